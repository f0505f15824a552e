"""TypeScript: JavaScript with types."""

from __future__ import annotations

import tree_sitter_typescript

from codegraph.extract.languages.javascript.family import family_spec
from codegraph.extract.languages.typescript.masking import repaired

SPEC = family_spec(
    "typescript", tree_sitter_typescript.language_typescript, ("javascript", "typescript"), repair=repaired
)
