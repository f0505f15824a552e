"""Java, up to the syntax of 21: definitions, types and mentions by walks in Python (`definitions`, `walk`)."""

from __future__ import annotations

import re
from dataclasses import replace

import tree_sitter_java

from codegraph.extract.languages.java.definitions import find_definitions
from codegraph.extract.languages.java.walk import collect
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Namespaces

_BEFORE_ELLIPSIS = re.compile(rb"@[\w.]+(?=\s*\.\.\.)")
"""`Object @Nullable ... rest`: the grammar knows no annotation there, and loses the parameter."""


def _legible(data: bytes) -> bytes:
    """Blank out what the grammar cannot read."""
    return _BEFORE_ELLIPSIS.sub(lambda found: b" " * len(found.group()), data)


SPEC = replace(
    plain_spec(__name__, "java", tree_sitter_java.language, find=find_definitions),
    collect=collect,
    hollow=b"{}",
    erasable=True,
    namespaces=Namespaces(frozenset({"package_declaration"})),
    prepare=_legible,
    prepare_if_broken=True,
)
