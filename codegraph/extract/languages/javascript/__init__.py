"""JavaScript: modules of every flavour, with JSX, classes and constructor functions."""

from __future__ import annotations

import tree_sitter_javascript

from codegraph.extract.languages.javascript.family import family_spec

SPEC = family_spec(
    "javascript",
    tree_sitter_javascript.language,
    ("javascript",),
    jsdoc=True,
)
