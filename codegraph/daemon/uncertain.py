"""Which files have a reference that may mean a name, though it has no edge.

`impact` must say how many unresolved references could be callers of what it lists. Looking through every file of
the snapshot for them takes time in proportion to the project; `UncertainNames` keeps, from name to files, where
such references stand. It follows snapshots by their differences: a file view that is the same object as before
not looked at again. What it has followed it remembers by weak references, or a question of an hour ago would keep
alive what was replaced since. It is shared by all views of one project, filled at the first question, and guarded by a
lock, because readers ask from several threads, and not always for the newest revision.
Tests: tests/unit/daemon/test_daemon_uncertain.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from threading import Lock
from weakref import ReferenceType, ref

from immutables import Map

from codegraph.core.changes import Unresolved
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Snapshot
from codegraph.graph.stored import PackedLinks

UNCERTAIN_REASONS = ("ambiguous", "unknown_receiver", "dynamic", "missing", "failed")
"""A reference left without an edge for one of these may be one to a symbol of that name."""


class UncertainNames:
    """Files by the names that they mention without an edge."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._files: Callable[[], Map[str, FileView] | None] = lambda: None
        self._seen: dict[str, ReferenceType[PackedLinks]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._paths: dict[str, dict[str, None]] = {}

    def mentions(self, snapshot: Snapshot, names: Collection[str]) -> Iterator[tuple[str, Unresolved]]:
        """Yield, by path and position, the references without an edge that may mean a symbol of one of these names."""
        for path in self.files_with(snapshot.files, names):
            for miss in snapshot.files[path].links.unresolved(names):
                if miss.reason in UNCERTAIN_REASONS:
                    yield path, miss

    def files_with(self, files: Map[str, FileView], names: Collection[str]) -> list[str]:
        """Return the paths among `files` that mention one of the names without an edge, sorted."""
        with self._lock:
            if files is not self._files():
                self._follow(files)
            found: set[str] = set()
            for name in names:
                found.update(self._paths.get(name, ()))
        return sorted(found)

    def _follow(self, files: Map[str, FileView]) -> None:
        seen = self._seen
        for path in [path for path in seen if path not in files]:
            self._forget(path)
        for path, view in files.items():
            links = view.links
            before = seen.get(path)
            if before is None or before() is not links:
                self._forget(path)
                self._learn(path, links)
        self._files = ref(files)

    def _learn(self, path: str, links: PackedLinks) -> None:
        names = links.missed_names(UNCERTAIN_REASONS)
        self._seen[path] = ref(links)
        self._names[path] = names
        for name in names:
            self._paths.setdefault(name, {})[path] = None

    def _forget(self, path: str) -> None:
        self._seen.pop(path, None)
        for name in self._names.pop(path, ()):
            paths = self._paths[name]
            del paths[path]
            if not paths:
                del self._paths[name]
