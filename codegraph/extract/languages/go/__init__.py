"""Go, up to the syntax of 1.23."""

from __future__ import annotations

import tree_sitter_go

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(
    __name__,
    "go",
    "tree-sitter-go",
    tree_sitter_go.language,
    (".go",),
    wrappers=frozenset({"type_declaration", "const_declaration", "var_declaration"}),
)
