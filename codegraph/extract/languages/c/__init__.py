"""C, up to the syntax of C23."""

from __future__ import annotations

import tree_sitter_c

from codegraph.core.facts import ImportKind
from codegraph.extract.languages.plain import bind_names, plain_spec
from codegraph.extract.view import FileView


def _collect(view: FileView) -> None:
    """Add the local names, and an import for each file that is included in quotes."""
    bind_names(view)
    for match in view.forms("include"):
        for target in match.get("target", ()):
            view.add_import(target, ImportKind.EFFECT, view.text.of(target).strip('"'), "", "")


SPEC = plain_spec(
    __name__,
    "c",
    "tree-sitter-c",
    tree_sitter_c.language,
    (".c", ".h"),
    header_end=frozenset({"{", "=", ";"}),
    collect=_collect,
)
