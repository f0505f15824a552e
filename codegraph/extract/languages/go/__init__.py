"""Go, up to the syntax of 1.23: definitions, types and mentions by walks in Python (`definitions`, `walk`)."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_go

from codegraph.extract.languages.go.definitions import find_definitions
from codegraph.extract.languages.go.walk import collect
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Namespaces

SPEC = replace(
    plain_spec(__name__, "go", tree_sitter_go.language, find=find_definitions),
    collect=collect,
    hollow=b"{}",
    erasable=True,
    resumable=True,
    namespaces=Namespaces(frozenset({"package_clause"})),
)
