"""The scheme of files of which only the words are read: nothing is resolved, every name may be a caller's.

Whoever asks for callers of such a name is told that there may be more, and where
(`daemon/uncertain.UNCERTAIN_REASONS`). No key is read, so nothing else's change links such a file again.
Tests: tests/unit/graph/test_graph_unparsed.py.
"""

from __future__ import annotations

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.core.symbols import UNPARSED_LANGUAGES
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.scheme import TableReader, Value


class UnparsedScheme:
    """Links no name; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer nothing."""
        return {}

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:  # noqa: ARG002
        """Say of every name that it may be called here."""
        collector = EdgeCollector(path, outline)
        for each in occurrences.references:
            collector.miss(each.owner, each.chain[-1], each.role, "unparsed", *each.positions[:2])
        return collector.links()


SCHEMES = dict.fromkeys(UNPARSED_LANGUAGES, UnparsedScheme())
