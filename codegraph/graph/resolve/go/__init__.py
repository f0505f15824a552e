"""The scheme of Go: packages are directories, names are the package's, members are found by declared types.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_go.py.
"""

from __future__ import annotations

from posixpath import dirname

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.go.contributions import contributions
from codegraph.graph.resolve.go.linker import GoLinker
from codegraph.graph.resolve.go.names import MODULES, configuration_key
from codegraph.graph.resolve.keys import top_key
from codegraph.graph.resolve.parts import whole
from codegraph.graph.resolve.scheme import TableReader, Value


class GoScheme:
    """Links Go files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Resolve the references of this file."""
        linker = GoLinker(path, outline, occurrences, EdgeCollector(path, outline))
        linker.link(whole(outline, occurrences), table)
        return linker.collector.links()


class GoModScheme:
    """Links go.mod files: they offer the path of their module and refer to nothing."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer the module's path with its directory."""
        offered: dict[str, Value] = {
            configuration_key(path): tuple((each.name, *each.chain) for each in occurrences.exports)
        }
        for each in occurrences.exports:
            offered[top_key(MODULES, each.chain[0])] = ((dirname(path),),)
        return offered

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:  # noqa: ARG002
        """Give the `contains` edges, of which there are none."""
        return EdgeCollector(path, outline).links()
