"""Collects what linking finds of one file, and puts it into the declared order.

Per definition: dependencies in source order of the first reference, then by target and kind; at most
one per (target, kind), with the earliest position and the surest confidence. `contains` edges are
added for every definition. To itself a definition has edges that say that its code calls or mentions it, none that
say that it names its own type.
"""

from __future__ import annotations

from collections.abc import Container
from operator import attrgetter

from codegraph.core.changes import Dependency, FileLinks, Unresolved
from codegraph.core.facts import Outline, Reference, Role
from codegraph.core.symbols import EDGE, SURE, Confidence, DependencyKind, SymbolId, symbol_id

_OF_ITSELF = frozenset({EDGE.CALLS, EDGE.REFERENCES})
_SURENESS = {Confidence.EXACT: 0, Confidence.INFERRED: 1, Confidence.AMBIGUOUS: 2}
_source_order = attrgetter("line", "column", "target", "kind")
_miss_order = attrgetter("owner", "line", "column", "name", "role")


class EdgeCollector:
    """Gathers the edges and the unresolved references of one file; `links` gives the result."""

    def __init__(self, path: str, outline: Outline, owners: Container[int] | None = None) -> None:
        """`owners`: the definitions whose edges are asked for, where these are not all."""
        self.ids: tuple[SymbolId, ...] = tuple(symbol_id(path, each.descriptor) for each in outline.definitions)
        self._edges: list[dict[tuple[SymbolId, DependencyKind], Dependency]] = [{} for _ in outline.definitions]
        self._unresolved: list[Unresolved] = []
        for index, definition in enumerate(outline.definitions):
            container = definition.container
            if container >= 0 and (owners is None or container in owners):
                place = definition.selection_range
                self.add(
                    container,
                    self.ids[index],
                    EDGE.CONTAINS,
                    SURE.EXACT,
                    place.start_line,
                    place.start_column,
                )

    def add(
        self, owner: int, target: SymbolId, kind: DependencyKind, confidence: Confidence, line: int, column: int
    ) -> None:
        """Record an edge of the definition with index `owner`; line and column are 0-based."""
        if target == self.ids[owner] and kind not in _OF_ITSELF:
            return
        edges = self._edges[owner]
        present = edges.get((target, kind))
        if present is not None:
            if _SURENESS[present.confidence] < _SURENESS[confidence]:
                confidence = present.confidence
            line, column = min((line, column), (present.line, present.column))
        edges[(target, kind)] = Dependency(target, kind, confidence, line, column)

    def miss(self, owner: int, name: str, role: Role, reason: str, line: int, column: int) -> None:
        """Record a reference without an edge; reasons stand at `core.changes.Unresolved`."""
        self._unresolved.append(Unresolved(owner, name, role, reason, line, column))

    def computed(self, reference: Reference) -> None:
        """Record a call of a function that nobody knows."""
        line, column = reference.positions[:2]
        self.miss(reference.owner, "", reference.role, "dynamic", line, column)

    def links(self) -> FileLinks:
        """Return everything in its declared order, without reads."""
        dependencies = tuple(
            [
                tuple(sorted(edges.values(), key=_source_order) if len(edges) > 1 else edges.values())
                for edges in self._edges
            ]
        )
        unresolved = tuple(sorted(self._unresolved, key=_miss_order))
        return FileLinks(dependencies, (), unresolved)
