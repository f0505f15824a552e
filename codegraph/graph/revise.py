"""Makes the next snapshot out of the last one and the file views that differ.

The work is in proportion to the files that differ, whatever the size of the project: persistent maps
are opened, changed and closed again, and everything else is shared with the last snapshot.

Tests: tests/unit/graph/test_graph_snapshot.py, tests/model/test_model_readers.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from immutables import Map

from codegraph.core.changes import Clock
from codegraph.core.facts import READ_IN_PART, Outline
from codegraph.core.routes import Routes
from codegraph.core.symbols import SymbolId, names_between
from codegraph.graph.file_view import FileView
from codegraph.graph.places import Places
from codegraph.graph.snapshot import Counts, Deferred, Snapshot
from codegraph.graph.spellings import Spellings
from codegraph.graph.stored import KINDS, REASONS

_Key = TypeVar("_Key", bound=str)
_Item = TypeVar("_Item", bound=str)


def empty_snapshot(clock: Clock, depth: int, max_context: int, routes: Routes) -> Snapshot:
    """Return the snapshot of a project without files."""
    counts = Counts(0, 0, {kind.value: 0 for kind in KINDS}, dict.fromkeys(REASONS, 0), {}, {})
    nothing = Map[str, FileView]()
    return Snapshot(
        clock,
        depth,
        max_context,
        routes,
        nothing,
        Places(nothing, 0),
        Deferred(Map),
        Deferred(Map),
        Deferred(lambda: Spellings.of(())),
        Deferred(Map),
        Deferred(lambda: Spellings.of(())),
        counts,
    )


def revise(
    before: Snapshot,
    clock: Clock,
    views: Mapping[str, FileView | None],
    routes: Routes | None = None,
    counts: Counts | None = None,
    unkeyed: Map[SymbolId, None] | None = None,
) -> Snapshot:
    """Return the next snapshot; `views` maps each path that differs to its new view, or to None.

    `counts`: those of the result, where they are known already.
    """
    old = {path: view for path in views if (view := before.files.get(path)) is not None}
    new = {path: view for path, view in views.items() if view is not None}
    files = before.files.mutate()
    for path in old:
        if path not in new:
            del files[path]
    files.update(new)
    finished = files.finish()
    counts = counts or _counts(before.counts, old, new)
    named = Deferred(lambda: _grouped(_named(finished, {})), _follow(before.named, _named, old, new))
    return Snapshot(
        clock,
        before.depth,
        before.max_context,
        before.routes if routes is None else routes,
        finished,
        Places(finished, counts.symbols),
        Deferred(lambda: _grouped(_mentioned(finished, {})), _follow(before.mentioned, _mentioned, old, new)),
        named,
        Deferred(lambda: Spellings.of(named.get()), _spelled(before, named.value, old, new)),
        Deferred(lambda: _grouped(_declared(finished, {})), _follow(before.declared, _declared, old, new)),
        Deferred(lambda: Spellings.of(finished), _respelled(before.written.value, old.keys() - new, new.keys() - old)),
        counts,
        Map() if unkeyed is None else unkeyed,
    )


def _follow(
    before: Deferred[Map[_Key, tuple[_Item, ...]]],
    listed: Callable[[Mapping[str, FileView], Mapping[str, FileView]], Iterable[tuple[_Key, _Item]]],
    old: Mapping[str, FileView],
    new: Mapping[str, FileView],
) -> Map[_Key, tuple[_Item, ...]] | None:
    """Return the next state of a table that was made before; one that nobody has asked for stays unmade."""
    return _changed(before.value, listed(old, new), listed(new, old)) if before.value is not None else None


def _mentioned(views: Mapping[str, FileView], others: Mapping[str, FileView]) -> Iterable[tuple[SymbolId, str]]:
    """Yield (target, path) of what `views` mention across files and `others` do not."""
    for path, view in views.items():
        other = others.get(path)
        if other is not None and other.links is view.links:
            continue
        excluded = {*view.ids, *(other.links.targets if other is not None else ())}
        for target in view.links.targets:
            if target not in excluded:
                yield target, path


def _named(views: Mapping[str, FileView], others: Mapping[str, FileView]) -> Iterable[tuple[str, SymbolId]]:
    """Yield (name, symbol) of what `views` define and `others` do not; a heading's case is not in its id."""
    for path, view in views.items():
        other = others.get(path)
        if other is not None and other.outline is view.outline:
            continue
        excluded = frozenset(_names_in(other)) if other is not None else frozenset()
        yield from (each for each in _names_in(view) if each[0] and each not in excluded)


def _names_in(view: FileView) -> Iterable[tuple[str, SymbolId]]:
    return zip((definition.name for definition in view.outline.definitions), view.ids, strict=True)


def _declared(views: Mapping[str, FileView], others: Mapping[str, FileView]) -> Iterable[tuple[str, str]]:
    """Yield (namespace, path) of what `views` declare and `others` do not."""
    for path, view in views.items():
        other = others.get(path)
        if other is None or other.outline is not view.outline:
            known = frozenset() if other is None else frozenset(_namespaces_in(other.outline))
            yield from ((name, path) for name in dict.fromkeys(_namespaces_in(view.outline)) if name not in known)


def _namespaces_in(outline: Outline) -> Iterator[str]:
    """Yield the namespaces of a file, and what its definitions say themselves that they stand in."""
    yield from (name for _, name in outline.namespaces if name)
    definitions = outline.definitions
    for each in definitions[1:]:
        if names := names_between(definitions[each.container].descriptor, each.descriptor):
            yield ".".join(names)


def _spelled(
    before: Snapshot,
    names: Map[str, tuple[SymbolId, ...]] | None,
    old: Mapping[str, FileView],
    new: Mapping[str, FileView],
) -> Spellings | None:
    """Return the next state of the spellings if they were made before; `names` are those of the next state."""
    spelled, known = before.spelled.value, before.named.value
    if spelled is None or known is None or names is None:
        return None
    touched = {name for views, others in ((old, new), (new, old)) for name, _ in _named(views, others)}
    gone = [name for name in touched if name in known and name not in names]
    come = [name for name in touched if name in names and name not in known]
    return _respelled(spelled, gone, come)


def _respelled(before: Spellings | None, gone: Collection[str], come: Collection[str]) -> Spellings | None:
    return before if before is None or not (gone or come) else before.changed(gone, come)


def _changed(
    before: Map[_Key, tuple[_Item, ...]], gone: Iterable[tuple[_Key, _Item]], come: Iterable[tuple[_Key, _Item]]
) -> Map[_Key, tuple[_Item, ...]]:
    if not before:
        return _grouped(come)
    differences: dict[_Key, dict[_Item, int]] = {}
    for key, item in gone:
        counted = differences.setdefault(key, {})
        counted[item] = counted.get(item, 0) - 1
    for key, item in come:
        counted = differences.setdefault(key, {})
        counted[item] = counted.get(item, 0) + 1
    if not differences:
        return before
    mutation = before.mutate()
    for key, counted in differences.items():
        present = mutation.get(key, ())
        kept = [item for item in present if counted.get(item, 0) >= 0] if present else []
        added = [item for item, sign in counted.items() if sign > 0]
        items = sorted({*kept, *added}) if added else kept
        if items:
            mutation[key] = tuple(items)
        elif present:
            del mutation[key]
    return mutation.finish()


def _grouped(pairs: Iterable[tuple[_Key, _Item]]) -> Map[_Key, tuple[_Item, ...]]:
    """Return all items by key, sorted and distinct."""
    groups: dict[_Key, list[_Item]] = {}
    for key, item in pairs:
        group = groups.get(key)
        if group is None:
            groups[key] = [item]
        else:
            group.append(item)
    return Map({key: tuple(sorted(set(items))) if len(items) > 1 else (items[0],) for key, items in groups.items()})


def _counts(before: Counts, old: Mapping[str, FileView], new: Mapping[str, FileView]) -> Counts:
    symbols, unread, languages = before.symbols, Counter(before.unread), Counter(before.languages)
    edges, unresolved = list(before.edges.values()), list(before.unresolved.values())
    for sign, views, others in ((-1, old, new), (1, new, old)):
        for path, view in views.items():
            languages[view.language] += sign
            other = others.get(path)
            if other is not None and other.links is view.links and other.outline is view.outline:
                continue
            symbols += sign * len(view.ids)
            for problem in view.outline.problems:
                unread[problem.reason] += sign * (problem.reason in READ_IN_PART)
            for number, found in enumerate(view.links.kind_counts()):
                edges[number] += sign * found
            for number, found in enumerate(view.links.reason_counts()):
                unresolved[number] += sign * found
    return Counts(
        before.files + len(new) - len(old),
        symbols,
        dict(zip(before.edges, edges, strict=True)),
        dict(zip(before.unresolved, unresolved, strict=True)),
        dict(sorted((+unread).items())),
        dict(sorted((+languages).items())),
    )
