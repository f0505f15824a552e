"""Answers about edges: references, callers, callees, dependencies, impact.

All walk one snapshot breadth first, with a visited set, in the order of the edges, so equal snapshots
give equal answers. What may be missing is said: an empty answer carries its reason, and impact says
`exact` only if nothing that was met on the way was uncertain. Uncertain are: references by the name
of an affected symbol that could not be resolved (they may be callers), files that did not parse
whole, a depth or result limit that cut something off, and an index that is not complete yet.
Tests: tests/unit/daemon/test_daemon_edges.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from codegraph.core.changes import Dependency
from codegraph.core.symbols import Confidence, DependencyKind, SymbolId
from codegraph.daemon.messages import (
    Affected,
    Bound,
    EdgeInfo,
    EdgesResult,
    EmptyReason,
    ImpactResult,
    Place,
    Position,
    Uncertainty,
)
from codegraph.daemon.targets import describe, existing
from codegraph.daemon.view import View
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot

CALL_KINDS = frozenset({DependencyKind.CALLS})
IMPACT_KINDS = frozenset(DependencyKind) - {DependencyKind.CONTAINS}
EXAMPLES = 5
_WEAKNESS = {Confidence.EXACT: 0, Confidence.INFERRED: 1, Confidence.AMBIGUOUS: 2}

Step = tuple[SymbolId, Dependency, SymbolId]
"""The other end, the edge, and the symbol in whose list the edge stands."""
Neighbours = Callable[[SymbolId], Iterable[Step]]


@dataclass(frozen=True, slots=True)
class _Reached:
    step: Step
    distance: int
    via: SymbolId
    """The symbol it was reached from."""


def outgoing(snapshot: Snapshot, kinds: Collection[DependencyKind]) -> Neighbours:
    """Walk along dependencies, in source order."""

    def neighbours(symbol: SymbolId) -> Iterable[Step]:
        return ((edge.target, edge, symbol) for edge in snapshot.dependencies(symbol) if edge.kind in kinds)

    return neighbours


def incoming(snapshot: Snapshot, kinds: Collection[DependencyKind]) -> Neighbours:
    """Walk against dependencies, by path and position of the dependents."""

    def neighbours(symbol: SymbolId) -> Iterable[Step]:
        return ((source, edge, source) for source, edge in snapshot.each_dependent(symbol) if edge.kind in kinds)

    return neighbours


def answer_edges(view: View, target: Symbol, neighbours: Neighbours, depth: int, limit: int) -> EdgesResult:
    """List the edges met within `depth` steps, nearest first."""
    reached, truncated = _walk(target.id, neighbours, depth, limit, once=False)
    edges = tuple(_edge_info(view, each) for each in reached)
    return EdgesResult(
        clock=str(view.snapshot.clock),
        target=describe(view, target),
        edges=edges,
        truncated=truncated,
        reason=EmptyReason.NOT_EMPTY if edges else _why_empty(view, target),
    )


def answer_impact(view: View, target: Symbol, depth: int | None, limit: int) -> ImpactResult:
    """List everything that a change of `target` may reach, and say whether that is all."""
    snapshot = view.snapshot
    neighbours = incoming(snapshot, IMPACT_KINDS)
    reached, truncated = _walk(target.id, neighbours, depth, limit, once=True)
    by_id = {each.step[0]: each for each in reached}
    affected = tuple(_affected(view, each, by_id, target.id) for each in reached)
    causes = [*_uncertainties(view, [target.id, *by_id])]
    if truncated:
        causes.append(Uncertainty(reason="limit", count=1))
    if depth is not None and _goes_on(reached, depth, neighbours, {target.id, *by_id}):
        causes.append(Uncertainty(reason="depth", count=1))
    if not view.reconciled:
        causes.append(Uncertainty(reason="indexing", count=1))
    return ImpactResult(
        clock=str(snapshot.clock),
        target=describe(view, target),
        affected=affected,
        files=tuple(sorted({each.symbol.file for each in affected})),
        bound=Bound.LOWER_BOUND if causes else Bound.EXACT,
        causes=tuple(causes),
        reason=EmptyReason.NOT_EMPTY if affected else _why_empty(view, target),
    )


def _walk(
    start: SymbolId, neighbours: Neighbours, depth: int | None, limit: int, *, once: bool
) -> tuple[list[_Reached], bool]:
    """Walk breadth first; `once` keeps only the first edge to each symbol."""
    found: list[_Reached] = []
    visited = {start}
    layer, distance = [start], 0
    while layer and (depth is None or distance < depth):
        distance += 1
        following: list[SymbolId] = []
        for symbol in layer:
            for step in neighbours(symbol):
                other = step[0]
                new = other not in visited
                if new:
                    visited.add(other)
                    following.append(other)
                if new or not once:
                    if len(found) == limit:
                        return found, True
                    found.append(_Reached(step, distance, symbol))
        layer = following
    return found, False


def _goes_on(reached: list[_Reached], depth: int, neighbours: Neighbours, seen: Collection[SymbolId]) -> bool:
    last = (each.step[0] for each in reached if each.distance == depth)
    return any(step[0] not in seen for symbol in last for step in neighbours(symbol))


def _edge_info(view: View, reached: _Reached) -> EdgeInfo:
    other, edge, source = reached.step
    path = existing(view.snapshot, source).path
    return EdgeInfo(
        symbol=describe(view, existing(view.snapshot, other)),
        kind=edge.kind,
        confidence=edge.confidence,
        at=Place(path, Position(edge.line, edge.column)),
        distance=reached.distance,
    )


def _affected(view: View, reached: _Reached, by_id: Mapping[SymbolId, _Reached], target: SymbolId) -> Affected:
    route = [reached.step[0]]
    weakest = reached.step[1].confidence
    at: _Reached | None = reached
    while at is not None:
        route.append(at.via)
        weakest = max(weakest, at.step[1].confidence, key=_WEAKNESS.__getitem__)
        at = by_id.get(at.via) if at.via != target else None
    return Affected(
        symbol=describe(view, existing(view.snapshot, reached.step[0])),
        distance=reached.distance,
        kind=reached.step[1].kind,
        confidence=weakest,
        route=tuple(route),
    )


def _uncertainties(view: View, symbols: list[SymbolId]) -> list[Uncertainty]:
    """Count unresolved references by the names of these symbols, and those among them that did not parse whole."""
    snapshot = view.snapshot
    definitions = [existing(snapshot, symbol) for symbol in symbols]
    names = {each.definition.name for each in definitions} - {""}
    counts: dict[str, int] = {}
    examples: dict[str, list[Place]] = {}
    for path, miss in view.uncertain.mentions(snapshot, names):
        counts[miss.reason] = counts.get(miss.reason, 0) + 1
        places = examples.setdefault(miss.reason, [])
        if len(places) < EXAMPLES:
            places.append(Place(path, Position(miss.line, miss.column)))
    broken = [each for each in definitions if each.definition.parse_error]
    if broken:
        counts["parse_error"] = len(broken)
        starts = ((each.path, each.definition.range) for each in broken[:EXAMPLES])
        examples["parse_error"] = [Place(path, Position(at.start_line, at.start_column)) for path, at in starts]
    return [
        Uncertainty(reason=reason, count=counts[reason], examples=tuple(examples[reason])) for reason in sorted(counts)
    ]


def _why_empty(view: View, target: Symbol) -> EmptyReason:
    if not view.reconciled:
        return EmptyReason.INDEXING
    return EmptyReason.UNCERTAIN if _uncertainties(view, [target.id]) else EmptyReason.NO_EDGES
