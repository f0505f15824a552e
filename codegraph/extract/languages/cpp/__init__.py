"""C++, up to the syntax of C++20: definitions, types and mentions by walks in Python (`definitions`, `walk`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import tree_sitter_cpp

from codegraph.extract.languages.cpp.definitions import find_definitions
from codegraph.extract.languages.cpp.gaps import readable
from codegraph.extract.languages.cpp.walk import collect
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Namespaces, Statements

CONDITIONS: Final = ("preproc_if", "preproc_ifdef", "preproc_elif", "preproc_elifdef", "preproc_else")

SPEC = replace(
    plain_spec(__name__, "cpp", tree_sitter_cpp.language, find=find_definitions),
    wrappers=frozenset({"template_declaration", "type_definition"}),
    header_end=frozenset({"{", "=", ";", ":"}),
    collect=collect,
    hollow=b"{}",
    erasable=True,
    namespaces=Namespaces(
        frozenset({"namespace_definition"}),
        frozenset({"linkage_specification", "declaration_list", *CONDITIONS}),
    ),
    prepare=readable,
    resumable=True,
    statements=Statements(
        frozenset({"declaration"}),
        frozenset({"namespace_definition", "linkage_specification", "declaration_list", *CONDITIONS}),
    ),
)
