"""Which calls may run another method than the one that they name, because the object decides.

A call of a method may run any that overrides it; or one of the same name that a derived type has from another base,
where it stands before (a class that is mixed in) or is what an interface asks for. A call on oneself of a method that
no class of the project has, but a library's base may (`inherited` to linking), may run one of a derived class, or of
one that is mixed in beside it.
Tests: tests/unit/daemon/test_daemon_edges.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from codegraph.core.changes import Unresolved
from codegraph.core.facts import Role
from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, DependencyKind, SymbolId
from codegraph.daemon.declared import with_joined
from codegraph.daemon.referenced import CALL_ROLES
from codegraph.daemon.targets import CONSTRUCTORS, existing
from codegraph.daemon.view import View
from codegraph.graph.file_view import FileView, Symbol
from codegraph.graph.snapshot import Snapshot

CALL_KINDS = frozenset({DependencyKind.CALLS})
MOST_RELATIVES = 5_000
"""Of a type with more, all calls that may be meant are."""

MOST_DERIVED = 100
"""Of two types with more, it is not looked whether one is derived from both."""

_OVERRIDES = frozenset({DependencyKind.OVERRIDES})
_BASES = frozenset({DependencyKind.INHERITS, DependencyKind.IMPLEMENTS})


def calls_of_overridden(snapshot: Snapshot, caller: Symbol) -> Iterator[Unresolved]:
    """Yield the calls of a symbol that may run another method than the one that they name."""
    for edge in snapshot.dependencies(caller.id, CALL_KINDS):
        called = with_joined(snapshot, [existing(snapshot, edge.target)])
        if any(True for each in called for _ in snapshot.each_dependent(each.id, _OVERRIDES)):
            name = called[0].definition.name
            if name not in CONSTRUCTORS:
                yield Unresolved(caller.index, name, Role.CALL, "overridden", edge.line, edge.column)


def calls_of_bases(snapshot: Snapshot, targets: Sequence[Symbol]) -> Iterator[tuple[str, Unresolved]]:
    """Yield the calls of methods that targets override, which may run these; not what the targets, which are known,
    call themselves."""
    known = {target.id for target in targets}
    methods = [each for each in targets if each.kind in CALLABLE_KINDS and each.definition.name not in CONSTRUCTORS]
    waiting = [(each.id, each.definition.name) for each in methods]
    above: dict[SymbolId, str] = {}
    while waiting:
        method, name = waiting.pop()
        overridden = [existing(snapshot, edge.target) for edge in snapshot.dependencies(method, _OVERRIDES)]
        bases = [each.id for each in with_joined(snapshot, overridden) if each.id not in above]
        above.update(dict.fromkeys(bases, name))
        waiting.extend((base, name) for base in bases)
    for base, name in above.items():
        for view, holder, edge in snapshot.each_edge_to(base, CALL_KINDS):
            if view.ids[holder] not in known:
                yield view.path, Unresolved(holder, name, Role.CALL, "overridden", edge.line, edge.column)


def calls_of_relatives(view: View, targets: Sequence[Symbol]) -> Iterator[tuple[str, Unresolved]]:
    """Yield the calls that may run one of the targets because of what types are derived from.

    This takes long where hundreds of types are, so it is for whoever knows of no other reason for doubt.
    """
    for target in targets:
        own = _type_around(view.snapshot.files[target.path], target.index)
        if own is not None and target.kind in CALLABLE_KINDS and target.definition.name not in CONSTRUCTORS:
            yield from _of_methods_beside(view.snapshot, own, target.definition.name)
            yield from _on_oneself(view, own, target.definition.name)


def _of_methods_beside(snapshot: Snapshot, own: SymbolId, name: str) -> Iterator[tuple[str, Unresolved]]:
    """Yield the calls of methods of a name that a type derived from `own` has from a base that is not above it."""
    others = snapshot.names.get(name, ())
    above = _with_bases(snapshot, [own]) if len(others) > 1 else set[SymbolId]()
    for other in others:
        holder = SymbolId(other[: other.rfind("#") + 1])
        if (
            above
            and holder in snapshot.places
            and holder not in above
            and _have_derived_in_common(snapshot, own, holder)
        ):
            for view, owner, edge in snapshot.each_edge_to(other, CALL_KINDS):
                yield view.path, Unresolved(owner, name, Role.CALL, "overridden", edge.line, edge.column)


def _have_derived_in_common(snapshot: Snapshot, one: SymbolId, other: SymbolId) -> bool:
    """Say whether a type may be derived from both, of which neither is a base of the other; of two hubs one may."""
    if one in _with_bases(snapshot, [other]):
        return False
    for base, wanted in ((other, one), (one, other)):
        derived = _derived(snapshot, base, MOST_DERIVED)
        if len(derived) <= MOST_DERIVED:
            return any(wanted in _with_bases(snapshot, [each]) for each in derived)
    return True


def _on_oneself(view: View, own: SymbolId, name: str) -> Iterator[tuple[str, Unresolved]]:
    """Yield the calls on oneself of what a library's base may have, in types with a derived type in common."""
    calls = list(_inherited(view, name))
    relatives = _relatives(view.snapshot, own) if calls else set[SymbolId]()
    for file, miss in calls:
        caller = _type_around(file, miss.owner)
        if caller is not None and (len(relatives) > MOST_RELATIVES or caller in relatives):
            yield file.path, Unresolved(miss.owner, name, miss.role, "overridden", miss.line, miss.column)


def _inherited(view: View, name: str) -> Iterator[tuple[FileView, Unresolved]]:
    files = view.snapshot.files
    for path in view.uncertain.holders(files, name, Role.CALL):
        for miss in files[path].links.unresolved((name,)):
            if miss.reason == "inherited" and miss.role in CALL_ROLES:
                yield files[path], miss


def _relatives(snapshot: Snapshot, own: SymbolId) -> set[SymbolId]:
    """Return what is derived from a type, and the bases of all of these; enough of them to be too many."""
    return _with_bases(snapshot, _derived(snapshot, own, MOST_RELATIVES))


def _derived(snapshot: Snapshot, own: SymbolId, most: int) -> set[SymbolId]:
    """Return a type and what is derived from it, a few more than so many if that is not all."""
    return _closure([own], lambda each: (source for source, _ in snapshot.each_dependent(each, _BASES)), most)


def _with_bases(snapshot: Snapshot, types: Iterable[SymbolId]) -> set[SymbolId]:
    return _closure(types, lambda each: (edge.target for edge in snapshot.dependencies(each, _BASES)), MOST_RELATIVES)


def _closure(starts: Iterable[SymbolId], next_of: Callable[[SymbolId], Iterable[SymbolId]], most: int) -> set[SymbolId]:
    found = set(starts)
    waiting = list(found)
    while waiting and len(found) <= most:
        for each in next_of(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def _type_around(view: FileView, index: int) -> SymbolId | None:
    """Return the type that a definition stands in, however deep."""
    definitions = view.outline.definitions
    while index > 0 and definitions[index].kind not in TYPE_KINDS:
        index = definitions[index].container
    return view.ids[index] if index > 0 else None
