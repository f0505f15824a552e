"""Files that only say what names in other files mean: `package.json`, `tsconfig.json`, `go.mod`, `Cargo.toml`.

Extraction gives such a file a module without definitions, and its settings as exports. They are offered to the table,

    cfg   path      one entry per setting: (name, value, ...)

so that reading a setting is a traced read like any other, and a change links exactly its readers again.
Tests: tests/unit/graph/test_graph_resolve_javascript.py.
"""

from __future__ import annotations

from collections.abc import Callable

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.scheme import TableReader, Value


def configuration_key(path: str) -> str:
    """Ask for the settings of a configuration file."""
    return f"cfg\x1f{path}"


class SettingsScheme:
    """Offers settings, and what `packages` says of where a package lives; refers to nothing."""

    def __init__(self, packages: Callable[[str, Occurrences], dict[str, Value]]) -> None:
        self._packages = packages

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer the settings and the package."""
        settings = tuple((each.name, *each.chain) for each in occurrences.exports)
        return {configuration_key(path): settings, **self._packages(path, occurrences)}

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:  # noqa: ARG002
        """Give the `contains` edges, of which there are none."""
        return EdgeCollector(path, outline).links()
