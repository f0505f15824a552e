"""Astro: the frontmatter, the scripts and the markup of a component, read as TSX (`javascript.markup`)."""

from __future__ import annotations

import tree_sitter_typescript

from codegraph.extract.languages.astro.template import markup_of
from codegraph.extract.languages.javascript.markup import component_spec

SPEC = component_spec("astro", tree_sitter_typescript.language_tsx, markup_of)
