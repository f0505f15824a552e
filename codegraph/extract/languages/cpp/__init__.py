"""C++, up to the syntax of C++20."""

from __future__ import annotations

import tree_sitter_cpp

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(
    __name__,
    "cpp",
    "tree-sitter-cpp",
    tree_sitter_cpp.language,
    (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".tpp", ".inl", ".cu", ".cuh"),
    wrappers=frozenset({"template_declaration", "type_definition"}),
    header_end=frozenset({"{", "=", ";", ":"}),
)
