"""C, up to the syntax of C23."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_c

from codegraph.core.facts import ImportKind
from codegraph.extract.languages.cpp.masking import masked
from codegraph.extract.languages.plain import bind_names, plain_spec
from codegraph.extract.view import FileView


def _collect(view: FileView) -> None:
    """Add the local names, and an import for each included file; its name keeps the bracket of `<a.h>`."""
    bind_names(view)
    for match in view.forms("include"):
        for target in match.get("target", ()):
            text = view.text.of(target)
            view.add_import(target, ImportKind.EFFECT, text[1:-1], "<" if text[:1] == "<" else "", "")


SPEC = replace(
    plain_spec(
        __name__,
        "c",
        "tree-sitter-c",
        tree_sitter_c.language,
        (".c", ".h"),
        header_end=frozenset({"{", "=", ";"}),
        collect=_collect,
        hollow=b"{}",
    ),
    prepare=masked,
    prepare_if_broken=True,
)
