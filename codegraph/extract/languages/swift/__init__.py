"""Swift, up to the syntax of 5.9."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_swift

from codegraph.extract.languages.plain import WITH_ENUMS, plain_spec

SPEC = replace(
    plain_spec(__name__, "swift", tree_sitter_swift.language),
    hollow=b"{}",
    constants_in=WITH_ENUMS,
)
