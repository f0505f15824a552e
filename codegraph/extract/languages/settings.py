"""Files that define nothing and only say what others mean: their settings are exports, and there is no token.

`settings_spec` makes the spec of such a language; the setting's name is the export's name, its values the chain, so
they reach resolution through the table like everything else. Tests: tests/unit/extract/test_extract_json_config.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.spec import Docstring, LanguageSpec, Queries, Sighting

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import FileView, Found

NO_TOKEN: Final = re.compile(r"(?!)")


def settings_spec(
    package: str,
    name: str,
    grammar: Callable[[], object],
    read: Callable[[bytes], Iterable[tuple[str, Chain]]],
    packages: Callable[[FileView], Iterable[str]] | None = None,
) -> LanguageSpec:
    """Make the spec of a language of settings whose folder is `package`; `read` gives names and values."""

    def collect(view: FileView) -> None:
        for setting, values in read(view.text.data):
            view.add_export(setting, values)

    return LanguageSpec(
        name=name,
        grammar=grammar,
        queries=Queries((), (), (files(package) / "tokens.scm",)),
        token_pattern=NO_TOKEN,
        layout=list,
        chain=no_chain,
        receivers=no_receivers,
        docstring=no_docstring,
        collect=collect,
        find=_find,
        packages=packages,
    )


def _find(_root: Node, _candidates: Sequence[Node], _limit: int) -> list[Sighting]:
    return []


def no_chain(node: Node, text: SourceText) -> Chain:  # noqa: ARG001
    """Return the chain of an expression where there are none."""
    return ()


def no_receivers(view: FileView, found: Found) -> Mapping[str, str]:  # noqa: ARG001
    """Return the receivers of a function where there are none."""
    return {}


def no_docstring(view: FileView, found: Found) -> Docstring | None:  # noqa: ARG001
    """Return the docstring of a definition where there are none."""
    return None
