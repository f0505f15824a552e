"""What a reference at a place of a file means: its definitions, or the reason why there is none.

The graph keeps the place of the first reference only, for each definition and what it refers to. Where the others
stand is read off the facts of the file in the store: mentions in one definition that are spelled alike, through the
same receiver, are one `Reference` with all its places, and what its first one means, all of them do. A reference
whose edge begins at an earlier one, spelled otherwise, is known by the name of what that edge leads to.
Tests: tests/unit/daemon/test_daemon_referenced.py.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import msgspec

from codegraph.core.changes import Dependency
from codegraph.core.facts import Chain, Occurrences, Reference, Role, decode_compressed_occurrences
from codegraph.core.symbols import DependencyKind, SymbolId
from codegraph.daemon.imported import module_at
from codegraph.daemon.messages import EmptyReason, Position
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Snapshot

CALL_ROLES = frozenset({Role.CALL, Role.DECORATOR})
MOST_PLACES = 1_000
"""Places of one edge that are told."""

MOST_FILES = 64
"""Files that one answer decodes to see what they export, 0.3 ms each."""

_OUTSIDE = frozenset({"external", "builtin"})

_SPELLED = re.compile(r"operator\(\)|[^(`]*")
"""The name in a link of a chain, which may have marks in front and arguments or arity behind: `::Set`, `put(1:int)`."""
_Spot = tuple[int, int]
"""Line and column."""


class OccurrenceSource(Protocol):
    """Where what files mention is kept; `KeptFacts` is one."""

    def occurrences(self, blob: bytes, language: str) -> bytes | None:
        """Return the frame stored for a file's bytes, or None."""


class Meaning(NamedTuple):
    """What a reference means."""

    targets: tuple[SymbolId, ...] = ()
    """Several where the reference is ambiguous, or is to overloads."""
    reason: EmptyReason = EmptyReason.NOT_EMPTY
    """EXTERNAL or UNRESOLVED where there are none."""


def meaning_at(snapshot: Snapshot, source: OccurrenceSource, path: str, line: int, character: int) -> Meaning | None:
    """Return what the reference at a place means (UTF-16, 0-based); None where no reference stands.

    A name that is bound in the function around is no reference to a definition: None, too.
    """
    view = snapshot.files.get(path)
    if view is None:
        return None
    mentions = Mentions(snapshot, source)
    if modules := module_at(snapshot, view, mentions.occurrences(view).imports, line, character):
        return Meaning(modules)
    covering = [each for each in mentions.of(view) if _covers(each, line, character)]
    found = [mentions.meaning(view, each) for each in covering]
    edges = [edge.target for edge in _edges_at(snapshot, path, line, character)]
    targets = dict.fromkeys((*(target for each in found for target in each.targets), *edges))
    if targets:
        # Who imports a name refers to its module, too; a module's id ends with a slash.
        named = tuple(each for each in targets if not each.endswith("/"))
        return Meaning(named or tuple(targets))
    reasons = {each.reason for each in found} - {EmptyReason.NOT_EMPTY}
    return Meaning(reason=min(reasons)) if reasons else None


class Mentions:
    """What files mention, each file decoded once. It lives as long as one answer."""

    def __init__(self, snapshot: Snapshot, source: OccurrenceSource) -> None:
        self._snapshot = snapshot
        self._source = source
        self._files: dict[str, Occurrences] = {}
        self._owners: dict[SymbolId, _Owner] = {}

    def of(self, view: FileView) -> tuple[Reference, ...]:
        """Return a file's references."""
        return self.occurrences(view).references

    def occurrences(self, view: FileView) -> Occurrences:
        """Return what a file mentions; nothing if that is lost or damaged, which `verify` finds."""
        if view.path not in self._files:
            frame = self._source.occurrences(view.blob, view.language)
            try:
                found = Occurrences() if frame is None else decode_compressed_occurrences(frame)
            except msgspec.DecodeError:
                found = Occurrences()
            self._files[view.path] = found
        return self._files[view.path]

    def meaning(self, view: FileView, reference: Reference) -> Meaning:
        """Return what a reference of a file means; nothing, without a reason, for a variable."""
        return self._owner(view, reference.owner).meaning(reference)

    def further(self, source: SymbolId, edge: Dependency) -> tuple[Position, ...]:
        """Return where else a symbol refers to what its edge leads to, and in the same way, in source order."""
        path, index = self._snapshot.places[source]
        is_call = edge.kind is DependencyKind.CALLS
        owner = self._owner(self._snapshot.files[path], index)
        spots = {
            spot
            for reference in owner.references
            if (reference.role in CALL_ROLES) == is_call and edge.target in owner.meaning(reference).targets
            for spot in _spots(reference)
        }
        return tuple(Position(*spot) for spot in sorted(spots - {(edge.line, edge.column)})[:MOST_PLACES])

    def is_only_exported(self, view: FileView, name: str) -> bool:
        """Say whether a file mentions a name outside of its definitions for nothing but to export it.

        Of many files that are asked for in one answer, the last ones are not looked at, and do not.
        """
        if view.path not in self._files and len(self._files) >= MOST_FILES:
            return False
        occurrences = self.occurrences(view)
        exported = Counter(each.chain for each in occurrences.exports)
        mentioned: Counter[Chain] = Counter()
        for each in occurrences.references:
            if not each.owner and each.role is Role.READ and each.chain[-1] == name:
                mentioned[each.chain] += len(each.positions) // 2
        return bool(mentioned) and all(count <= exported[chain] for chain, count in mentioned.items())

    def _owner(self, view: FileView, index: int) -> _Owner:
        symbol = view.ids[index]
        if symbol not in self._owners:
            references = [each for each in self.of(view) if each.owner == index]
            self._owners[symbol] = _Owner(self._snapshot, symbol, references)
        return self._owners[symbol]


class _Owner:
    """The references of one definition, beside its edges."""

    def __init__(self, snapshot: Snapshot, symbol: SymbolId, references: list[Reference]) -> None:
        self.references = references
        self._edges: defaultdict[_Spot, list[SymbolId]] = defaultdict(list)
        self._named: defaultdict[str, list[tuple[_Spot, SymbolId]]] = defaultdict(list)
        for edge in snapshot.dependencies(symbol):
            spot = edge.line, edge.column
            self._edges[spot].append(edge.target)
            target = snapshot.symbol(edge.target)
            if target is not None:
                self._named[target.definition.name].append((spot, edge.target))
        self._missed = {(miss.line, miss.column): miss.reason for miss in snapshot.unresolved_of(symbol)}
        self._spelled: defaultdict[Chain, list[_Spot]] = defaultdict(list)
        for reference in references:
            self._spelled[reference.chain].append(_first(reference))

    def meaning(self, reference: Reference) -> Meaning:
        first = _first(reference)
        if first in self._edges:
            return Meaning(tuple(self._edges[first]))
        reason = self._missed.get(first)
        if reason is not None:
            if reason == "local":
                return Meaning()
            return Meaning(reason=EmptyReason.EXTERNAL if reason in _OUTSIDE else EmptyReason.UNRESOLVED)
        alike = [target for spot in self._spelled[reference.chain] for target in self._edges.get(spot, ())]
        name = _name(reference.chain)
        called = self._named.get(name) or self._named.get(name.removesuffix("!"), [])  # as macros of Rust are
        named = [target for spot, target in called if spot < first]
        if alike or named or len(reference.chain) == 1:  # a bare name without an edge or a reason is a variable's
            return Meaning(tuple(alike or named))
        return Meaning(reason=EmptyReason.UNRESOLVED)


def _first(reference: Reference) -> _Spot:
    return reference.positions[0], reference.positions[1]


def _spots(reference: Reference) -> Iterator[_Spot]:
    return zip(reference.positions[::2], reference.positions[1::2], strict=True)


def _covers(reference: Reference, line: int, character: int) -> bool:
    length = _length(_name(reference.chain))
    return any(at == line and column <= character <= column + length for at, column in _spots(reference))


def _name(chain: Chain) -> str:
    """Return the name that a chain ends with as it stands in the text, without what tells overloads and calls apart."""
    last = chain[-2] if len(chain) > 1 and chain[-1].startswith("<new>") else chain[-1]
    bare = last.removeprefix("::").removeprefix("f:").rpartition("\\")[2]
    found = _SPELLED.match(bare)
    return found[0] if found and found[0] else bare


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
