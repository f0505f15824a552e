"""Java, up to the syntax of 21: definitions, types and mentions by walks in Python (`definitions`, `walk`)."""

from __future__ import annotations

import tree_sitter_java

from codegraph.extract.languages.java.definitions import find_definitions
from codegraph.extract.languages.java.walk import collect
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Namespaces

SPEC = plain_spec(
    __name__,
    "java",
    "tree-sitter-java",
    tree_sitter_java.language,
    (".java",),
    find=find_definitions,
    collect=collect,
    hollow=b"{}",
    erasable=True,
    namespaces=Namespaces(frozenset({"package_declaration"})),
)
