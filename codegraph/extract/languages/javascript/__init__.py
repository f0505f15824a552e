"""JavaScript: modules of every flavour, with JSX, classes and constructor functions."""

from __future__ import annotations

import tree_sitter_javascript

from codegraph.extract.languages.javascript.family import family_spec

SPEC = family_spec(
    "javascript",
    "tree-sitter-javascript",
    tree_sitter_javascript.language,
    (".js", ".mjs", ".cjs", ".jsx"),
    ("javascript",),
    jsdoc=True,
    interpreters=("node", "bun", "deno"),
)
