"""Rust, edition 2021."""

from __future__ import annotations

import tree_sitter_rust

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(__name__, "rust", "tree-sitter-rust", tree_sitter_rust.language, (".rs",))
