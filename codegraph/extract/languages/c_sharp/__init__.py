"""C#, up to the syntax of 12: definitions by a query, types and mentions by a walk in Python (`walk`)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import tree_sitter_c_sharp

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.c_sharp.walk import collect
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Namespaces

_REF_PARTIAL: Final = re.compile(rb"\bref(?=\s+partial\s+struct\b)")


def _legible(data: bytes) -> bytes:
    """Hide `ref` in `ref partial struct`, which version 0.23 of the grammar takes for a method's result."""
    return _REF_PARTIAL.sub(b"   ", data)


SPEC = replace(
    plain_spec(
        __name__,
        "c_sharp",
        "tree-sitter-c-sharp",
        tree_sitter_c_sharp.language,
        (".cs", ".csx"),
        collect=collect,
        namespaces=Namespaces(frozenset({"namespace_declaration", "file_scoped_namespace_declaration"})),
        constants_in=frozenset({SymbolKind.MODULE, SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM}),
    ),
    prepare=_legible,
)
