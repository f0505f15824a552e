"""PHP, up to the syntax of 8.3, with HTML around it."""

from __future__ import annotations

import tree_sitter_php

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(
    __name__,
    "php",
    "tree-sitter-php",
    tree_sitter_php.language_php,
    (".php", ".phtml", ".inc"),
    interpreters=("php",),
)
