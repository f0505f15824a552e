"""TSX: TypeScript with elements, in a grammar of its own because `<T>x` is a cast in the other."""

from __future__ import annotations

import tree_sitter_typescript

from codegraph.extract.languages.javascript.family import family_spec
from codegraph.extract.languages.typescript.masking import repaired

SPEC = family_spec("tsx", tree_sitter_typescript.language_tsx, ("javascript", "typescript"), repair=repaired)
