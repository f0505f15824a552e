"""C, up to the syntax of C23."""

from __future__ import annotations

import tree_sitter_c

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(
    __name__,
    "c",
    "tree-sitter-c",
    tree_sitter_c.language,
    (".c", ".h"),
    header_end=frozenset({"{", "=", ";"}),
)
