"""Vue: the scripts and the template of a single-file component, read as TypeScript (`javascript.markup`)."""

from __future__ import annotations

import tree_sitter_typescript

from codegraph.extract.languages.javascript.markup import component_spec
from codegraph.extract.languages.javascript.places import ObjectForm
from codegraph.extract.languages.vue.template import markup_of

_FORM = ObjectForm(
    groups=frozenset({"methods", "computed", "watch", "filters"}),
    makers=frozenset({"defineComponent", "defineNuxtComponent", "extend"}),
)

SPEC = component_spec("vue", tree_sitter_typescript.language_typescript, markup_of, _FORM)
