"""What makes a symbol stale: the exact rule, with causes.

After linking a change set, with G the new graph and d the depth:

1. `own(s)` changed, s is new, or another model is to embed it: s is marked.
2. `sig(t)` changed (t in both states): every s that reaches t in at most d steps.
3. the ordered out-edges of t changed (t in both states): t, and every s that reaches t in at most
   d - 1 steps; nothing if d = 0.

Rules 2 and 3 are one search: seeds of rule 2 start at level 0, seeds of rule 3 at level 1, and the
search goes back along edges to level d. A symbol's *route* to the origin follows, from each level k,
the first of its out-edges in source order that has level k - 1, so it depends on the graph alone and
not on the search. Marking is an upper bound: the keys of the marked are computed and compared.

Why it covers every changed key: let key(s) change while own(s) and the model do not. If no symbol that the old search
from s met at distance d - 1 or less changed its out-edges, the new search meets the same list, so a signature in it
changed, and that symbol is reached in at most d steps of G (rule 2). Otherwise take the nearest one that did, t at
distance k <= d - 1: all symbols nearer kept their edges, so the path from s to t exists in G, too (rule 3). Cutting the
list to `max_context` is a function of the list. Hence the old graph need not be searched.

Tests: tests/unit/graph/test_graph_staleness.py and tests/model/ (every changed key is marked; each weakened rule is
caught).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from codegraph.core.changes import Cause
from codegraph.core.symbols import SymbolId
from codegraph.graph.dependency_graph import UNREACHED, DependencyGraph, Levels


@dataclass(slots=True)
class Seeds:
    """Where a change set touched the graph: numbers of symbols, each list without repetition."""

    new: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    """In both states, own digest changed."""
    model: list[int] = field(default_factory=list)
    """In both states, own digest the same, embedded by another model."""
    signature: list[int] = field(default_factory=list)
    """In both states, signature changed."""
    edges: list[int] = field(default_factory=list)
    """In both states, ordered out-edges changed."""


class Marking(Mapping[SymbolId, Cause]):
    """The marked symbols; a cause is worked out when somebody asks for it.

    It reads the graph as it is, so it is valid until the next change set.
    """

    def __init__(self, graph: DependencyGraph, seeds: Seeds, levels: Levels) -> None:
        self._graph = graph
        self._levels = levels
        self._direct = dict.fromkeys(seeds.model, "model")
        self._direct |= dict.fromkeys(seeds.own, "own") | dict.fromkeys(seeds.new, "new")
        reached = levels != UNREACHED
        reached[list(self._direct)] = False
        self.numbers: list[int] = [*self._direct, *np.flatnonzero(reached).tolist()]
        """The marked symbols, in no order that means anything."""

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[SymbolId]:
        return iter(sorted(self._graph.ids[number] for number in self.numbers))

    def __getitem__(self, symbol: SymbolId) -> Cause:
        if symbol in self._graph:
            number = self._graph.number(symbol)
            if number in self._direct or self._levels[number] != UNREACHED:
                return self.cause(number)
        raise KeyError(symbol)

    @property
    def direct(self) -> list[int]:
        """Those who are marked for themselves (rule 1)."""
        return list(self._direct)

    @property
    def cascaded(self) -> int:
        """How many are marked only because of others (rules 2 and 3)."""
        return len(self.numbers) - len(self._direct)

    def cause(self, number: int) -> Cause:
        """Say why a marked symbol was marked; rules 1, 2, 3 in that order where several hold."""
        graph = self._graph
        symbol = graph.ids[number]
        if number in self._direct:
            return Cause(self._direct[number], symbol)
        route = [symbol]
        while (nearer := self._nearer(number)) is not None:
            number = nearer
            route.append(graph.ids[number])
        rule = "signature" if self._levels[number] == 0 else "edges"
        return Cause(rule, graph.ids[number], tuple(route))

    def causes(self, numbers: Iterable[int]) -> dict[SymbolId, Cause]:
        """Work out the causes of some of the marked now, by symbol, sorted."""
        ids = self._graph.ids
        return {ids[number]: self.cause(number) for number in sorted(numbers, key=ids.__getitem__)}

    def _nearer(self, number: int) -> int | None:
        level = int(self._levels[number])
        return next((target for target in self._graph.out[number] if self._levels[target] == level - 1), None)


MarkingRule = Callable[[DependencyGraph, Seeds, int], Marking]
"""(the new graph, what was touched, d) -> the marked."""


def mark(graph: DependencyGraph, seeds: Seeds, depth: int) -> Marking:
    """Apply the rule; one backward search whatever the number of seeds."""
    starts = [(number, 0) for number in seeds.signature] + [(number, 1) for number in seeds.edges]
    return Marking(graph, seeds, graph.levels(starts, depth))
