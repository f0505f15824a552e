"""Kotlin, as far as its grammar goes (some one-line classes are syntax errors to it)."""

from __future__ import annotations

import tree_sitter_kotlin

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(__name__, "kotlin", "tree-sitter-kotlin", tree_sitter_kotlin.language, (".kt", ".kts"))
