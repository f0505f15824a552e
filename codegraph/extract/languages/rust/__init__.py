"""Rust, edition 2021: definitions by a query, types and mentions by a walk in Python (`walk`)."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_rust

from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from codegraph.extract.languages.plain import LINE_REMARKS, WITH_ENUMS, plain_spec
from codegraph.extract.languages.rust.macros import MAX_PARSED
from codegraph.extract.languages.rust.walk import collect

SPEC = replace(
    plain_spec(__name__, "rust", tree_sitter_rust.language),
    collect=collect,
    hollow=b"{}",
    erasable=True,
    resumable=True,
    remarks=LINE_REMARKS,
    heeded=(b"!", MAX_PARSED),
    constants_in=WITH_ENUMS,
    nested=CALLABLE_KINDS | TYPE_KINDS | {SymbolKind.CONSTANT},
)
