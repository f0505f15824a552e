"""Zig, up to the syntax of 0.13."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_zig

from codegraph.extract.languages.plain import WITH_ENUMS, plain_spec

SPEC = replace(
    plain_spec(__name__, "zig", tree_sitter_zig.language),
    constants_in=WITH_ENUMS,
)
