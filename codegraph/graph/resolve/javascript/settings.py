"""Project configuration that decides what imports mean: `package.json`, `tsconfig.json`, `jsconfig.json`.

Extraction gives such a file a module without definitions and its settings as exports (see
`extract.languages.json_config`). This scheme offers them to the table, under two keys:

    cfg   path              one entry per setting: (name, value, ...)
    top   family, package   (directory of its package.json,)

so that reading a setting is a traced read like any other, and a change links exactly its readers again.
Tests: tests/unit/graph/test_graph_resolve_javascript.py.
"""

from __future__ import annotations

from posixpath import basename, dirname

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.javascript.names import FAMILY
from codegraph.graph.resolve.keys import top_key
from codegraph.graph.resolve.scheme import TableReader, Value


def configuration_key(path: str) -> str:
    """Ask for the settings of a configuration file."""
    return f"cfg\x1f{path}"


class SettingsScheme:
    """Links configuration files: they offer settings and refer to nothing."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer the settings, and the package's name with its directory."""
        offered: dict[str, Value] = {
            configuration_key(path): tuple((each.name, *each.chain) for each in occurrences.exports)
        }
        if basename(path) == "package.json":
            for each in occurrences.exports:
                if each.name == "name" and each.chain:
                    offered[top_key(FAMILY, each.chain[0])] = ((dirname(path),),)
        return offered

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:  # noqa: ARG002
        """Give the `contains` edges, of which there are none."""
        return EdgeCollector(path, outline).links()
