"""Keys that are computed after the revision that made them doubtful, some at a time.

A key reads facts and edges, never another key, so it can be computed at any later moment: from the newest graph it
comes out as a clean build would have it. A change that marks many symbols (the signature of a hub) therefore becomes
a revision with the keys of what changed itself; those who were reached from there are *unkeyed* until their turn
comes. What an unkeyed symbol wants is not known, so it is served with its old vector and called stale, or pending
where it has none; never fresh (`Snapshot.wanted`).

Causes are worked out when a symbol's turn comes, and for all that is left before the graph changes again. The order
is that of identifiers, so a slice touches few files. The writer's data, but for `symbols`.
Tests: tests/unit/graph/test_graph_deferred.py, tests/model/.
"""

from __future__ import annotations

from collections.abc import Iterable

from immutables import Map

from codegraph.core.changes import Cause
from codegraph.core.symbols import SymbolId
from codegraph.errors import InternalError
from codegraph.graph.staleness import Marking

AT_ONCE = 256
"""So many marked symbols have their keys within the revision: some 10 ms."""

SLICE = 128
"""Keys that are computed between two looks at what else there is to do."""


class DeferredKeys:
    """Who waits for a key, and why each of them was marked."""

    def __init__(self) -> None:
        self.symbols: Map[SymbolId, None] = Map()
        """The unkeyed; shared with snapshots."""
        self.over_budget = False
        """Some of them belong to a closure that was larger than `cascade.budget`."""
        self._order: list[SymbolId] = []
        """Whose turn is next stands last; some may not wait any more."""
        self._marking: Marking | None = None
        self._causes: dict[SymbolId, Cause] = {}
        """Of those that were marked before the last change set."""

    def __len__(self) -> int:
        return len(self.symbols)

    def settle_causes(self) -> None:
        """Before the graph changes: work out why those were marked that still wait."""
        if self._marking is not None:
            for symbol in self.symbols:
                self._causes[symbol] = self._cause(symbol)
            self._marking = None

    def defer(self, marking: Marking, symbols: list[SymbolId], over_budget: bool) -> None:
        """Let these symbols of a marking wait. Causes of an earlier marking must be settled."""
        self._marking = marking
        self.over_budget |= over_budget
        for symbol in symbols:
            self._causes.pop(symbol, None)
        self.symbols = self.symbols.update(dict.fromkeys(symbols))
        self._order = sorted(self.symbols, reverse=True)

    def discard(self, symbols: Iterable[SymbolId]) -> None:
        """These wait no more: they are gone, or their keys are computed."""
        if not self.symbols:
            return
        waiting = self.symbols.mutate()
        for symbol in symbols:
            waiting.pop(symbol, None)
            self._causes.pop(symbol, None)
        self.symbols = waiting.finish()
        if not self.symbols:
            self.clear()

    def clear(self) -> None:
        """Nobody waits."""
        self.symbols, self.over_budget = Map(), False
        self._order, self._marking, self._causes = [], None, {}

    def prefer(self, symbols: Iterable[SymbolId]) -> None:
        """Somebody asked for these: they come next."""
        self._order += [symbol for symbol in symbols if symbol in self.symbols]

    def take(self, limit: int) -> dict[SymbolId, Cause]:
        """Return up to `limit` symbols whose turn it is, with their causes; they wait until `discard`."""
        taken: dict[SymbolId, Cause] = {}
        while self._order and len(taken) < limit:
            symbol = self._order.pop()
            if symbol in self.symbols and symbol not in taken:
                taken[symbol] = self._cause(symbol)
        return taken

    def _cause(self, symbol: SymbolId) -> Cause:
        settled = self._causes.get(symbol)
        if settled is not None:
            return settled
        if self._marking is None:
            raise InternalError(f"{symbol} waits for a key and was never marked")
        return self._marking[symbol]
