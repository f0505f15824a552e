"""Which references may mean a name, though they have no edge: how many, why not, and where some of them stand.

`impact` and the other questions about edges must say how many unresolved references could be callers of what they
list, and `calls:NAME` finds callers of what nobody here defines. Looking through every file of the snapshot for them
takes time in proportion to the project; `UncertainNames` keeps, by name, which files have how many such references, so
that an answer adds numbers up and decodes only the few files that it shows. It follows snapshots by their differences:
links that are the same object as before are not looked at again. It is shared by all views of one project, filled at
the first question, kept up by the writer from then on, so that nobody's answer waits for what a change of many files
takes, and guarded by a lock, because readers ask from several threads, and not always for the newest revision. What it
has seen it refers to weakly: a revision that was replaced can be freed though nobody asks again.

Kept are rows of numbers, sorted: 64 bits for name, file and label, and how many. A file that changes gets a new number,
and rows of the old one are dead. New rows go to a short table, which is emptied into the long one when it has become
long itself: 12 bytes a row, of all reasons, where a dictionary for each name took about 150 for half of them.
Tests: tests/unit/daemon/test_daemon_uncertain.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from threading import Lock
from typing import NamedTuple
from weakref import ReferenceType, ref

import numpy as np
import numpy.typing as npt
from immutables import Map

from codegraph.core.changes import Unresolved
from codegraph.core.facts import Role
from codegraph.graph.file_view import FileView
from codegraph.graph.stored import PackedLinks, missed, role_and_reason

UNCERTAIN_REASONS = ("ambiguous", "unknown_receiver", "dynamic", "missing", "failed", "unparsed")
"""A reference left without an edge for one of these may be one to a symbol of that name."""

EXAMPLES = 5

SHORT_ROWS = 1 << 14
"""A short table with more rows is emptied into the long one."""

TOGETHER = 1_000
"""So many files are taken in at once."""

_LABEL_BITS, _FILE_BITS = 16, 24
MOST_NUMBERS = 1 << (_FILE_BITS - 1)
"""Of files, and of names; when they are used up, after some million edits, all files are looked at again."""

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


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


class _Rows(NamedTuple):
    """Rows by rising key, which is name, file and label."""

    keys: Keys
    counts: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, names: Numbers, files: Numbers, labels: Numbers) -> _Rows:
        """Count equal references."""
        keys = np.sort((names << (_FILE_BITS + _LABEL_BITS) | files << _LABEL_BITS | labels).astype(np.uint64))
        first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        return cls(keys[first], np.diff(first, append=len(keys)).astype(np.uint32))

    @classmethod
    def joined(cls, several: Sequence[_Rows], alive: npt.NDArray[np.bool_]) -> _Rows:
        """Merge the rows of living files."""
        keys, counts = (
            np.concatenate([rows.keys for rows in several]),
            np.concatenate([rows.counts for rows in several]),
        )
        kept = np.flatnonzero(alive[_file_of(keys)])
        kept = kept[np.argsort(keys[kept], kind="stable")]
        return cls(keys[kept], counts[kept])

    def of_name(self, name: int) -> tuple[Numbers, Numbers, Numbers]:
        """Return the files of a name's rows, the labels and how many."""
        ends = np.array([name, name + 1], dtype=np.uint64) << np.uint64(_FILE_BITS + _LABEL_BITS)
        first, last = np.searchsorted(self.keys, ends).tolist()
        keys = self.keys[first:last]
        labels = (keys & np.uint64((1 << _LABEL_BITS) - 1)).astype(np.int64)
        return _file_of(keys), labels, self.counts[first:last].astype(np.int64)


_NO_ROWS = _Rows(np.empty(0, np.uint64), np.empty(0, np.uint32))


class UncertainNames:
    """Counts by the names that files mention without an edge."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._start_over()

    def _start_over(self) -> None:
        self._files: Callable[[], Map[str, FileView] | None] = lambda: None
        self._seen: dict[str, tuple[ReferenceType[PackedLinks], int]] = {}
        """Path -> its links, and its number."""
        self._paths: list[str] = []
        """By number, those of dead ones included."""
        self._alive = np.zeros(1_024, dtype=np.bool_)
        """By number."""
        self._names: dict[str, int] = {}
        self._long, self._short = _NO_ROWS, _NO_ROWS

    def missed(self, files: Map[str, FileView], names: Collection[str], roles: Collection[Role]) -> Missed:
        """Sum up the references of these roles that may mean a symbol of one of these names; examples by path."""
        found = Missed()
        holders: dict[str, set[str]] = {}
        for label, paths, count in self._rows_of(files, names):
            role, reason = role_and_reason(label)
            if role in roles and reason in UNCERTAIN_REASONS:
                found.counts[reason] = found.counts.get(reason, 0) + count
                holders.setdefault(reason, set()).update(nsmallest(EXAMPLES, paths))
        shown = {path for paths in holders.values() for path in nsmallest(EXAMPLES, paths)}
        for path in sorted(shown):
            for miss in files[path].links.unresolved(names):
                if miss.reason in found.counts and miss.role in roles:
                    found.show(path, miss)
        return found

    def holders(self, files: Map[str, FileView], name: str, role: Role) -> list[str]:
        """Return the sorted paths of files with a reference of this role by this name without an edge, whyever."""
        rows = self._rows_of(files, (name,))
        return sorted({path for label, paths, _ in rows if role_and_reason(label)[0] is role for path in paths})

    def follow(self, before: Map[str, FileView], files: Map[str, FileView], changed: Collection[str]) -> None:
        """Follow one revision to the next ahead of questions, if that before it was followed.

        `changed`: all paths whose links are other objects than before, or gone.
        """
        if self._files() is not before:
            return
        links = {path: None if (view := files.get(path)) is None else view.links for path in changed}
        with self._lock:
            if self._is_full(len(links)):
                self._start_over()  # nobody waits here for a look at all files; the next question does
            elif self._files() is before:
                self._replace(links)
                self._files = ref(files)

    def _rows_of(self, files: Map[str, FileView], names: Iterable[str]) -> Iterator[tuple[int, list[str], int]]:
        """Yield, by label, the files that mention one of these names so, and how often they do together."""
        with self._lock:
            if files is not self._files():
                self._compare(files)
            numbers = [number for name in names if (number := self._names.get(name)) is not None]
            parts = [rows.of_name(number) for rows in (self._long, self._short) for number in numbers]
            alive, paths = self._alive.copy() if parts else self._alive, self._paths
        if parts:
            holders, labels, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
            living = alive[holders]
            holders, labels, counts = holders[living], labels[living], counts[living]
            for label in np.flatnonzero(np.bincount(labels)).tolist():
                rows = labels == label
                yield label, [paths[number] for number in holders[rows].tolist()], int(counts[rows].sum())

    def _is_full(self, more: int) -> bool:
        """Whether so many more files would use up the numbers of files or names."""
        return max(len(self._paths) + more, len(self._names)) >= MOST_NUMBERS

    def _compare(self, files: Map[str, FileView]) -> None:
        if self._is_full(len(files)):
            self._start_over()
        seen = self._seen
        changed: dict[str, PackedLinks | None] = {path: None for path in seen if path not in files}
        for path, view in files.items():
            links = view.links
            before = seen.get(path)
            if before is None or before[0]() is not links:
                changed[path] = links
        self._replace(changed)
        self._files = ref(files)

    def _replace(self, changed: Mapping[str, PackedLinks | None]) -> None:
        """Forget what was known of some paths, and learn what there is now."""
        for path in changed:
            before = self._seen.pop(path, None)
            if before is not None:
                self._alive[before[1]] = False
        present = [(path, links) for path, links in changed.items() if links is not None]
        added = [self._learnt(present[at : at + TOGETHER]) for at in range(0, len(present), TOGETHER)]
        if sum(len(rows.keys) for rows in (self._short, *added)) > SHORT_ROWS:
            self._long = _Rows.joined((self._long, self._short, *added), self._alive)
            self._short = _NO_ROWS
        elif changed:
            self._short = _Rows.joined((self._short, *added), self._alive)

    def _learnt(self, files: Sequence[tuple[str, PackedLinks]]) -> _Rows:
        """Give files numbers and return their rows."""
        first, names = len(self._paths), self._names
        self._paths.extend(path for path, _ in files)
        if len(self._paths) > len(self._alive):
            self._alive = np.concatenate((self._alive, np.zeros(len(self._paths), dtype=np.bool_)))
        self._alive[first : len(self._paths)] = True
        self._seen.update((path, (ref(links), first + at)) for at, (path, links) in enumerate(files))
        spelled = [names.setdefault(name, len(names)) for _, links in files for name in links.names]
        starts = np.cumsum([0, *(len(links.names) for _, links in files)])
        holders, indices, labels = missed([links for _, links in files])
        return _Rows.of(np.array(spelled, np.int64)[starts[holders] + indices], holders + first, labels)


def _file_of(keys: Keys) -> Numbers:
    return (keys >> np.uint64(_LABEL_BITS) & np.uint64((1 << _FILE_BITS) - 1)).astype(np.int64)
