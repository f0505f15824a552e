"""What a reference at a place of a file means: its definitions, or the reason why there is none.

The graph keeps the place of the first reference only, for each definition and what it refers to. Where the others
stand is read off the facts of the file in the store: mentions of one definition that are spelled alike, through the
same receiver, are one `Reference` with all its places, and what its first one means, all of them do. A reference
whose edge begins at an earlier one, spelled otherwise, is known by the name of what that edge leads to.
Tests: tests/unit/daemon/test_daemon_referenced.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import msgspec

from codegraph.core.changes import Dependency
from codegraph.core.facts import Reference, decode_compressed_occurrences
from codegraph.core.symbols import SymbolId
from codegraph.daemon.messages import EmptyReason
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Snapshot

_OUTSIDE = frozenset({"external", "builtin"})


class OccurrenceSource(Protocol):
    """Where what files mention is kept; `KeptFacts` is one."""

    def occurrences(self, blob: bytes, language: str) -> bytes | None:
        """Return the frame stored for a file's bytes, or None."""


class Meaning(NamedTuple):
    """What a reference means."""

    targets: tuple[SymbolId, ...] = ()
    """Several where the reference is ambiguous, by their places in the graph's order."""
    reason: EmptyReason = EmptyReason.NOT_EMPTY
    """EXTERNAL or UNRESOLVED where there are none."""


def meaning_at(snapshot: Snapshot, source: OccurrenceSource, path: str, line: int, character: int) -> Meaning | None:
    """Return what the reference at a place means (UTF-16, 0-based); None where no reference stands.

    A name that is bound in the function around is no reference to a definition: None, too.
    """
    view = snapshot.files.get(path)
    if view is None:
        return None
    found: list[Meaning] = []
    mentioned = _mentions(view, source)
    for reference in mentioned:
        if _covers(reference, line, character):
            found.append(_meaning(snapshot, view, reference, mentioned))
    edges = [edge.target for edge in _edges_at(snapshot, path, line, character)]
    targets = dict.fromkeys((*(target for each in found for target in each.targets), *edges))
    if targets:
        # Who imports a name refers to its module, too; a module's id ends with a slash.
        named = tuple(each for each in targets if not each.endswith("/"))
        return Meaning(named or tuple(targets))
    reasons = {each.reason for each in found} - {EmptyReason.NOT_EMPTY}
    return Meaning(reason=min(reasons)) if reasons else None


def _mentions(view: FileView, source: OccurrenceSource) -> tuple[Reference, ...]:
    frame = source.occurrences(view.blob, view.language)
    try:
        return () if frame is None else decode_compressed_occurrences(frame).references
    except msgspec.DecodeError:
        return ()  # damaged: `verify` finds it; the places of edges are still known


def _covers(reference: Reference, line: int, character: int) -> bool:
    length = _length(reference.chain[-1])
    places = zip(reference.positions[::2], reference.positions[1::2], strict=True)
    return any(at == line and column <= character <= column + length for at, column in places)


def _length(name: str) -> int:
    return len(name.encode("utf-16-le", "surrogatepass")) // 2


def _edges_at(snapshot: Snapshot, path: str, line: int, character: int) -> Iterator[Dependency]:
    """Yield the edges whose first reference covers a place; it is as long as the name of what it leads to.

    What a definition is to others, which it overrides, stands at its own name, and is no reference.
    """
    owner = snapshot.at(path, line, character)
    if owner is None:
        return
    name = owner.definition.selection_range
    own = (name.start_line, name.start_column)
    for edge in snapshot.dependencies(owner.id):
        if edge.line == line and edge.column <= character and (line, edge.column) != own:
            target = snapshot.symbol(edge.target)
            if target is not None and character <= edge.column + _length(target.definition.name):
                yield edge


def _meaning(snapshot: Snapshot, view: FileView, reference: Reference, mentioned: tuple[Reference, ...]) -> Meaning:
    owner = view.ids[reference.owner]
    edges = snapshot.dependencies(owner)
    first = reference.positions[:2]
    at_first = tuple(edge.target for edge in edges if (edge.line, edge.column) == first)
    if at_first:
        return Meaning(at_first)
    for missed in snapshot.unresolved_of(owner):
        if (missed.line, missed.column) == first:
            if missed.reason == "local":
                return Meaning()
            return Meaning(reason=EmptyReason.EXTERNAL if missed.reason in _OUTSIDE else EmptyReason.UNRESOLVED)
    places = {
        each.positions[:2] for each in mentioned if each.owner == reference.owner and each.chain == reference.chain
    }
    earlier = [edge for edge in edges if (edge.line, edge.column) < first]
    alike = tuple(edge.target for edge in earlier if (edge.line, edge.column) in places)
    named = tuple(edge.target for edge in earlier if _is_named(snapshot, edge, reference.chain[-1]))
    if alike or named or len(reference.chain) == 1:  # a bare name without an edge or a reason is a variable's
        return Meaning(alike or named)
    return Meaning(reason=EmptyReason.UNRESOLVED)


def _is_named(snapshot: Snapshot, edge: Dependency, name: str) -> bool:
    target = snapshot.symbol(edge.target)
    return target is not None and target.definition.name == name
