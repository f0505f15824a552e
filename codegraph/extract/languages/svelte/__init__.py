"""Svelte: the scripts and the markup of a component, read as TypeScript (`javascript.markup`)."""

from __future__ import annotations

import tree_sitter_typescript

from codegraph.extract.languages.javascript.markup import component_spec
from codegraph.extract.languages.svelte.template import markup_of

SPEC = component_spec("svelte", tree_sitter_typescript.language_typescript, markup_of)
