"""Which references may mean a name, though they have no edge: how many, why not, and where some of them stand.

`impact` and the other questions about edges must say how many unresolved references could be callers of what they
list. Looking through every file of the snapshot for them takes time in proportion to the project; `UncertainNames`
keeps, from name to files, how many such references stand there, so that an answer adds numbers up and decodes only
the few files that its examples are of. It follows snapshots by their differences: links that are the same object as
before are not looked at again. It is shared by all views of one project, filled at the first question, kept up by the
writer from then on, so that nobody's answer waits for what a change of many files takes, and guarded by a lock, because
readers ask from several threads, and not always for the newest revision. What it has seen it
refers to weakly: a revision that was replaced can be freed though nobody asks again.
Tests: tests/unit/daemon/test_daemon_uncertain.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from threading import Lock
from weakref import ReferenceType, ref

from immutables import Map

from codegraph.core.changes import Unresolved
from codegraph.core.facts import Role
from codegraph.graph.file_view import FileView
from codegraph.graph.stored import PackedLinks, role_and_reason

UNCERTAIN_REASONS = ("ambiguous", "unknown_receiver", "dynamic", "missing", "failed")
"""A reference left without an edge for one of these may be one to a symbol of that name."""

EXAMPLES = 5

Counts = tuple[tuple[int, int], ...]
"""(label, how many), in order of labels."""


@dataclass(frozen=True, slots=True)
class Missed:
    """References without an edge, by reason."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[tuple[str, Unresolved]]] = field(default_factory=dict)
    """The first `EXAMPLES` of each reason, with their paths."""

    def add(self, path: str, miss: Unresolved) -> None:
        """Count a reference."""
        self.counts[miss.reason] = self.counts.get(miss.reason, 0) + 1
        self.show(path, miss)

    def show(self, path: str, miss: Unresolved) -> None:
        """Take a reference as an example, while more are wanted."""
        shown = self.examples.setdefault(miss.reason, [])
        if len(shown) < EXAMPLES:
            shown.append((path, miss))


class UncertainNames:
    """Counts by the names that files mention without an edge."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._files: Callable[[], Map[str, FileView] | None] = lambda: None
        self._seen: dict[str, ReferenceType[PackedLinks]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._paths: dict[str, dict[str, Counts]] = {}
        self._shared: dict[Counts, Counts] = {}

    def missed(self, files: Map[str, FileView], names: Collection[str], roles: Collection[Role]) -> Missed:
        """Sum up the references of these roles that may mean a symbol of one of these names; examples by path."""
        found = Missed()
        holders: dict[str, set[str]] = {}
        reasons: dict[int, str] = {}
        for path, counts in self._counts(files, names):
            for label, count in counts:
                reason = reasons.get(label)
                if reason is None:
                    role, reason = role_and_reason(label)
                    reason = reasons[label] = reason if role in roles else ""
                if reason:
                    found.counts[reason] = found.counts.get(reason, 0) + count
                    holders.setdefault(reason, set()).add(path)
        shown = {path for paths in holders.values() for path in nsmallest(EXAMPLES, paths)}
        for path in sorted(shown):
            for miss in files[path].links.unresolved(names):
                if miss.reason in found.counts and miss.role in roles:
                    found.show(path, miss)
        return found

    def follow(self, before: Map[str, FileView], files: Map[str, FileView], changed: Collection[str]) -> None:
        """Follow one revision to the next ahead of questions, if that before it was followed.

        `changed`: all paths whose links are other objects than before, or gone.
        """
        if self._files() is not before:
            return
        views = {path: files.get(path) for path in changed}
        missed = {path: view.links.missed(UNCERTAIN_REASONS) for path, view in views.items() if view is not None}
        with self._lock:
            if self._files() is before:
                for path, view in views.items():
                    self._forget(path)
                    if view is not None:
                        self._learn(path, view.links, missed[path])
                self._files = ref(files)

    def _counts(self, files: Map[str, FileView], names: Iterable[str]) -> list[tuple[str, Counts]]:
        with self._lock:
            if files is not self._files():
                self._compare(files)
            return [each for name in names for each in self._paths.get(name, _NOWHERE).items()]

    def _compare(self, files: Map[str, FileView]) -> None:
        seen = self._seen
        for path in [path for path in seen if path not in files]:
            self._forget(path)
        for path, view in files.items():
            links = view.links
            before = seen.get(path)
            if before is None or before() is not links:
                self._forget(path)
                self._learn(path, links, links.missed(UNCERTAIN_REASONS))
        self._files = ref(files)

    def _learn(self, path: str, links: PackedLinks, missed: Mapping[str, Counts]) -> None:
        self._seen[path] = ref(links)
        self._names[path] = tuple(missed)
        for name, counts in missed.items():
            self._paths.setdefault(name, {})[path] = self._shared.setdefault(counts, counts)

    def _forget(self, path: str) -> None:
        self._seen.pop(path, None)
        for name in self._names.pop(path, ()):
            paths = self._paths[name]
            del paths[path]
            if not paths:
                del self._paths[name]


_NOWHERE: Mapping[str, Counts] = {}
