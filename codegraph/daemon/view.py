"""What a reader holds for the length of one query: the graph, the served vectors, the search indexes.

A `View` is immutable and belongs to one revision. The writer publishes the next one by a single
assignment, so a reader never waits and never sees two revisions in one answer (invariant I6).
Freshness is read off it and nowhere else: a symbol is fresh when the key of the vector it is served
with equals the key it wants. Tests: tests/integration/test_readers.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from codegraph.core.changes import Verdict
from codegraph.core.symbols import EmbeddingKey, Freshness, SymbolId
from codegraph.daemon.referenced import OccurrenceSource
from codegraph.daemon.uncertain import UncertainNames
from codegraph.graph.snapshot import Snapshot
from codegraph.search.search import SearchView


@dataclass(frozen=True, slots=True)
class View:
    """One state of everything that queries read."""

    snapshot: Snapshot
    search: SearchView
    """Both search indexes, with the documents and vectors of this revision."""
    served: Map[SymbolId, EmbeddingKey]
    """The key of the vector that stands in the search index for a symbol; absent: none does."""
    verdicts: Map[SymbolId, Verdict]
    """What came of the last time a symbol was marked; absent: never since it was indexed."""
    uncertain: UncertainNames
    """Where unresolved references stand, by name; one for all views of a project."""
    facts: OccurrenceSource
    """What files mention, in the store: of this revision's bytes or newer ones, known by their hashes."""
    reconciled: bool
    """False after a start until the tree has been compared with the index once."""

    def freshness(self, symbol: SymbolId) -> Freshness:
        """Say what may be believed of a symbol's vector. Raises SymbolNotFound."""
        served = self.served.get(symbol)
        if served is None:
            return Freshness.PENDING
        return Freshness.FRESH if served == self.snapshot.wanted(symbol) else Freshness.STALE
