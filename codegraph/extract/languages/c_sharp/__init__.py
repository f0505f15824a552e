"""C#, up to the syntax of 12: definitions by a query, types and mentions by a walk in Python (`walk`)."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_c_sharp

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.c_sharp.masking import legible
from codegraph.extract.languages.c_sharp.walk import collect
from codegraph.extract.languages.plain import LINE_REMARKS, WITH_ENUMS, plain_spec
from codegraph.extract.languages.spec import Namespaces

SPEC = replace(
    plain_spec(__name__, "c_sharp", tree_sitter_c_sharp.language),
    collect=collect,
    hollow=b"{}",
    erasable=True,
    remarks=LINE_REMARKS,
    namespaces=Namespaces(frozenset({"namespace_declaration", "file_scoped_namespace_declaration"})),
    constants_in=WITH_ENUMS,
    nested=frozenset({SymbolKind.FUNCTION}),
    prepare=legible,
    prepare_if_broken=True,
    resumable=True,
)
