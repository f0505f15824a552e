"""Answers about edges: references, callers, callees, dependencies, impact.

All walk one snapshot breadth first, with a visited set, in the order of the edges, so equal snapshots
give equal answers. A name may mean several definitions that are one thing to whoever asks (overloads); then the
walk starts at all of them. What may be missing is said: an empty answer carries its reason, and an answer is
`exact` only if nothing that was met on the way was uncertain. Uncertain are: references that could not be
resolved, either by the name of a symbol that was looked at (they may be callers) or its own (they may lead
somewhere; a call of what a variable holds, which is `local` to linking, may as well), functions that are handed on as
values (whoever gets one may call it), calls of a method that others override (which one runs is the object's to say; a
constructor is none), methods that the language calls by itself, definitions that did not parse whole, a limit that cut
something off, a depth that did (but one step is all that is asked for by default), and an index that is not complete
yet. An accessor is called by whoever reads it, and who reads it of something unknown is not said. In languages that are
linked by names alone, nobody knows what else leads to a symbol, or from it: a function that is handed on, a call that
its syntax does not show, what an extension or an import brings.
Tests: tests/unit/daemon/test_daemon_edges.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from codegraph.core.changes import Dependency, Unresolved
from codegraph.core.facts import Role
from codegraph.core.symbols import (
    CALLABLE_KINDS,
    DOCUMENT_LANGUAGES,
    SCRIPT_LANGUAGES,
    Confidence,
    DependencyKind,
    SymbolId,
)
from codegraph.daemon.accessors import callees_of, callers_of, is_accessor, is_read_anywhere
from codegraph.daemon.implicit import is_called_unwritten, made_by
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
from codegraph.daemon.overriding import CALL_KINDS, calls_of_bases, calls_of_overridden, calls_of_relatives
from codegraph.daemon.referenced import CALL_ROLES, Mentions
from codegraph.daemon.targets import describe, existing
from codegraph.daemon.uncertain import EXAMPLES, UNCERTAIN_REASONS, Missed
from codegraph.daemon.view import View
from codegraph.graph.file_view import Symbol
from codegraph.graph.resolve import has_scheme
from codegraph.graph.snapshot import Snapshot

IMPACT_KINDS = frozenset(DependencyKind) - {DependencyKind.CONTAINS}
_MENTIONS = frozenset({DependencyKind.REFERENCES})
_WEAKNESS = {Confidence.EXACT: 0, Confidence.INFERRED: 1, Confidence.AMBIGUOUS: 2}

Step = tuple[SymbolId, Dependency, SymbolId]
"""The other end, the edge, and the symbol in whose list the edge stands."""
Neighbours = Callable[[SymbolId], Iterable[Step]]


class Way(NamedTuple):
    """A direction to walk in."""

    neighbours: Neighbours
    others: Neighbours
    """By edges of all other kinds, but for those to members."""
    missing: Callable[[View, Sequence[Symbol]], Missed]
    """What has no edge, and might lead on from these symbols."""


@dataclass(frozen=True, slots=True)
class _Reached:
    step: Step
    distance: int
    via: SymbolId
    """The symbol it was reached from."""


def outgoing(snapshot: Snapshot, kinds: Collection[DependencyKind]) -> Way:
    """Walk along dependencies, in source order."""
    roles = _roles_of(kinds)

    def along(kinds: Collection[DependencyKind]) -> Neighbours:
        if frozenset(kinds) == CALL_KINDS:
            return lambda symbol: ((edge.target, edge, symbol) for edge in callees_of(snapshot, symbol))
        return lambda symbol: ((edge.target, edge, symbol) for edge in snapshot.dependencies(symbol, kinds))

    def missing(view: View, symbols: Sequence[Symbol]) -> Missed:
        found = Missed()
        for symbol in symbols:
            for miss in view.snapshot.unresolved_of(symbol.id):
                if miss.reason in UNCERTAIN_REASONS and miss.role in roles:
                    found.add(symbol.path, miss)
                elif miss.reason == "local" and miss.role in CALL_ROLES:
                    found.add(symbol.path, replace(miss, reason="dynamic"))
            for miss in calls_of_overridden(view.snapshot, symbol) if CALL_KINDS.issubset(kinds) else ():
                found.add(symbol.path, miss)
        return found

    return Way(along(kinds), along(IMPACT_KINDS - frozenset(kinds)), missing)


def incoming(snapshot: Snapshot, kinds: Collection[DependencyKind]) -> Way:
    """Walk against dependencies, by path and position of the dependents."""
    roles = _roles_of(kinds)

    def along(kinds: Collection[DependencyKind]) -> Neighbours:
        calls = CALL_KINDS.intersection(kinds)

        def incoming_of(symbol: SymbolId) -> Iterator[Step]:
            is_read = frozenset(kinds) == CALL_KINDS and is_accessor(existing(snapshot, symbol).definition)
            found = callers_of(snapshot, symbol) if is_read else snapshot.each_dependent(symbol, kinds)
            yield from ((source, edge, source) for source, edge in found)
            for made in made_by(snapshot, symbol) if calls else ():
                yield from ((source, edge, source) for source, edge in snapshot.each_dependent(made, calls))

        return incoming_of

    def missing(view: View, symbols: Sequence[Symbol]) -> Missed:
        names = {target.definition.name for target in symbols} - {""}
        found = view.uncertain.missed(view.snapshot.files, names, roles)
        mentions = Mentions(view.snapshot, view.facts)
        for target in symbols:
            for path, mention in _handed_on(view.snapshot, target, mentions):
                found.add(path, mention)
        for target in symbols:
            reason = "implicit" if is_called_unwritten(view.snapshot, target) else ""
            reason = reason or ("accessor" if is_read_anywhere(target) else "")
            if reason:
                place = target.definition.selection_range
                name, line = target.definition.name, place.start_line
                found.add(target.path, Unresolved(target.index, name, Role.CALL, reason, line, place.start_column))
        if CALL_KINDS.issubset(kinds):
            for path, call in calls_of_bases(view.snapshot, symbols):
                found.add(path, call)
            for path, call in calls_of_relatives(view, symbols) if not found.counts else ():
                found.add(path, call)
        return found

    return Way(along(kinds), along(IMPACT_KINDS - frozenset(kinds)), missing)


def _handed_on(snapshot: Snapshot, target: Symbol, mentions: Mentions) -> Iterator[tuple[str, Unresolved]]:
    """Yield where a function is mentioned as a value; not where JavaScript does so to export it from its own file."""
    definition = target.definition
    if definition.kind not in CALLABLE_KINDS:
        return
    if is_accessor(definition):
        return  # it is mentioned where it is read
    for view, holder, edge in snapshot.each_edge_to(target.id, _MENTIONS):
        may_export = not holder and view.path == target.path and target.language in SCRIPT_LANGUAGES
        is_export = may_export and mentions.is_only_exported(view, definition.name)
        if not is_export and view.language not in DOCUMENT_LANGUAGES:
            yield view.path, Unresolved(holder, definition.name, Role.READ, "dynamic", edge.line, edge.column)


def _roles_of(kinds: Collection[DependencyKind]) -> frozenset[Role]:
    return CALL_ROLES if frozenset(kinds) == CALL_KINDS else frozenset(Role)


def answer_edges(
    view: View, targets: Sequence[Symbol], way: Way, depth: int, limit: int, *, places: bool = False
) -> EdgesResult:
    """List the edges met within `depth` steps of any target, nearest first; with `places` all places of each."""
    mentions = Mentions(view.snapshot, view.facts) if places else None
    starts = [target.id for target in targets]
    reached, truncated = _walk(starts, way.neighbours, depth, limit, once=False)
    edges = tuple(_edge_info(view, each, mentions) for each in (_distinct(reached) if len(starts) > 1 else reached))
    left = dict.fromkeys((*starts, *(each.step[0] for each in reached if each.distance < depth)))
    causes = _causes(view, way, [existing(view.snapshot, symbol) for symbol in left], truncated)
    if depth > 1 and not truncated:
        seen = {*starts, *(each.step[0] for each in reached)}
        causes += _depth_cause(reached, depth, way.neighbours, seen)
    return EdgesResult(
        clock=str(view.snapshot.clock),
        target=describe(view, targets[0]),
        more_targets=tuple(describe(view, target) for target in targets[1:]),
        edges=edges,
        truncated=truncated,
        bound=Bound.LOWER_BOUND if causes else Bound.EXACT,
        causes=tuple(causes),
        reason=EmptyReason.NOT_EMPTY if edges else _why_empty(view, causes, way, starts),
    )


def answer_impact(view: View, targets: Sequence[Symbol], depth: int | None, limit: int) -> ImpactResult:
    """List everything that a change of the targets may reach, and say whether that is all."""
    snapshot = view.snapshot
    way = incoming(snapshot, IMPACT_KINDS)
    starts = [target.id for target in targets]
    reached, truncated = _walk(starts, way.neighbours, depth, limit, once=True)
    by_id = {each.step[0]: each for each in reached}
    symbols = [existing(snapshot, symbol) for symbol in by_id]
    affected = tuple(_affected(view, symbol, by_id, starts) for symbol in symbols)
    causes = _causes(view, way, [*targets, *symbols], truncated)
    if depth is not None:
        causes += _depth_cause(reached, depth, way.neighbours, {*starts, *by_id})
    return ImpactResult(
        clock=str(snapshot.clock),
        target=describe(view, targets[0]),
        more_targets=tuple(describe(view, target) for target in targets[1:]),
        affected=affected,
        files=tuple(sorted({each.symbol.file for each in affected})),
        bound=Bound.LOWER_BOUND if causes else Bound.EXACT,
        causes=tuple(causes),
        reason=EmptyReason.NOT_EMPTY if affected else _why_empty(view, causes, way, starts),
    )


def _walk(
    starts: Sequence[SymbolId], neighbours: Neighbours, depth: int | None, limit: int, *, once: bool
) -> tuple[list[_Reached], bool]:
    """Walk breadth first; `once` keeps only the first edge to each symbol."""
    found: list[_Reached] = []
    visited = set(starts)
    layer, distance = list(starts), 0
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


def _distinct(reached: Iterable[_Reached]) -> Iterable[_Reached]:
    """Leave out what says the same again: one call may lead to each of several overloads."""
    seen: set[tuple[object, ...]] = set()
    for each in reached:
        other, edge, source = each.step
        place = other, source, edge.kind, edge.line, edge.column
        if place not in seen:
            seen.add(place)
            yield each


def _depth_cause(
    reached: list[_Reached], depth: int, neighbours: Neighbours, seen: Collection[SymbolId]
) -> list[Uncertainty]:
    last = (each.step[0] for each in reached if each.distance == depth)
    goes_on = any(step[0] not in seen for symbol in last for step in neighbours(symbol))
    return [Uncertainty(reason="depth", count=1)] if goes_on else []


def _edge_info(view: View, reached: _Reached, mentions: Mentions | None) -> EdgeInfo:
    other, edge, source = reached.step
    path = existing(view.snapshot, source).path
    return EdgeInfo(
        symbol=describe(view, existing(view.snapshot, other)),
        kind=edge.kind,
        confidence=edge.confidence,
        at=Place(path, Position(edge.line, edge.column)),
        more=() if mentions is None else mentions.further(source, edge),
        distance=reached.distance,
    )


def _affected(view: View, symbol: Symbol, by_id: Mapping[SymbolId, _Reached], starts: Collection[SymbolId]) -> Affected:
    reached = by_id[symbol.id]
    route = [symbol.id]
    weakest = reached.step[1].confidence
    at: _Reached | None = reached
    while at is not None:
        route.append(at.via)
        weakest = max(weakest, at.step[1].confidence, key=_WEAKNESS.__getitem__)
        at = by_id.get(at.via) if at.via not in starts else None
    return Affected(
        symbol=describe(view, symbol),
        distance=reached.distance,
        kind=reached.step[1].kind,
        confidence=weakest,
        route=tuple(route),
    )


def _causes(view: View, way: Way, symbols: Sequence[Symbol], truncated: bool) -> list[Uncertainty]:
    """Say why more may lead on from the symbols that the walk left again, and why the walk may lack some."""
    missed = way.missing(view, symbols)
    counts = dict(missed.counts)
    examples = {
        reason: [Place(path, Position(miss.line, miss.column)) for path, miss in shown]
        for reason, shown in missed.examples.items()
    }
    broken = [symbol for symbol in symbols if symbol.definition.parse_error]
    if broken:
        counts["parse_error"] = len(broken)
        starts = ((each.path, each.definition.range) for each in broken[:EXAMPLES])
        examples["parse_error"] = [Place(path, Position(at.start_line, at.start_column)) for path, at in starts]
    by_names = sum(not has_scheme(symbol.language) for symbol in symbols)
    if by_names:
        counts["names_only"] = by_names
    causes = [
        Uncertainty(reason=reason, count=counts[reason], examples=tuple(examples.get(reason, ())))
        for reason in sorted(counts)
    ]
    if truncated:
        causes.append(Uncertainty(reason="limit", count=1))
    if not view.reconciled:
        causes.append(Uncertainty(reason="indexing", count=1))
    return causes


def _why_empty(view: View, causes: Sequence[Uncertainty], way: Way, starts: Iterable[SymbolId]) -> EmptyReason:
    if not view.reconciled:
        return EmptyReason.INDEXING
    if any(cause.reason not in ("dynamic", "names_only") for cause in causes):
        return EmptyReason.UNCERTAIN
    if any(True for start in starts for _ in way.others(start)):
        return EmptyReason.OTHER_EDGES
    return EmptyReason.UNCERTAIN if causes else EmptyReason.NO_EDGES
