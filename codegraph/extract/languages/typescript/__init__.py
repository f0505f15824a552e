"""TypeScript and TSX: JavaScript with types; two grammars, because `<T>x` is a cast in one and JSX in the other."""

from __future__ import annotations

import tree_sitter_typescript

from codegraph.extract.languages.javascript.family import family_spec
from codegraph.extract.languages.typescript.masking import repaired

SPEC = family_spec(
    "typescript",
    "tree-sitter-typescript",
    tree_sitter_typescript.language_typescript,
    (".ts", ".mts", ".cts"),
    ("javascript", "typescript"),
    repair=repaired,
)
TSX_SPEC = family_spec(
    "tsx",
    "tree-sitter-typescript",
    tree_sitter_typescript.language_tsx,
    (".tsx",),
    ("javascript", "typescript"),
    repair=repaired,
)
