"""What a scan remembers of directories, and what one look at the tree found.

A `Listing` is the last sight of one directory, `Look` the growing state of one call of the scanner,
`Changes` its result. The sets in them never reach a result unsorted.
Tests: tests/unit/source/test_source_scan.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from codegraph.core.changes import Skipped
from codegraph.source.stamps import KnownFile


@dataclass(frozen=True, slots=True)
class Changes:
    """What a look at the tree found; paths are sorted."""

    written: tuple[str, ...]
    """New, different in stat, or not to be trusted: to be read."""
    deleted: tuple[str, ...]
    """Known, and no longer there or no longer a candidate."""
    skipped: Mapping[str, Skipped | None]
    """Files and directories left out, with the reason; None: no longer. Complete after a reconcile,
    otherwise what changed. Files that no language claims, single ignored files and symbolic links
    are only counted (`Scanner.counts`)."""
    directories: int
    """Directories that were listed."""
    files: int
    """Candidates that were seen in them."""
    reconcile_due: bool = False
    """Ignore rules turned out to have changed: refresh the watcher, then reconcile (again)."""


@dataclass(slots=True)
class Listing:
    """What one directory showed: names of candidates and of directories to enter, and what was left out, by path."""

    files: frozenset[str] = frozenset()
    directories: frozenset[str] = frozenset()
    left_out: dict[str, Skipped] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def paths(self, directory: str) -> Iterator[str]:
        """Yield the candidates' paths, in no order."""
        prefix = f"{directory}/" if directory else ""
        return (prefix + name for name in self.files)

    def entered(self, directory: str) -> Iterator[str]:
        """Yield the paths of the directories to enter, in no order."""
        prefix = f"{directory}/" if directory else ""
        return (prefix + name for name in self.directories)


@dataclass(slots=True)
class Look:
    """One call's view: what is known, the listings that it replaces, and what it found so far."""

    known: Mapping[str, KnownFile]
    tree: dict[str, Listing]
    full: bool
    doubtful: frozenset[str] = frozenset()
    """Hinted: directories are walked as a whole, files are read whatever their stat says."""
    listed: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    skipped: dict[str, Skipped | None] = field(default_factory=dict)
    linked: set[int] = field(default_factory=set)
    """Inodes of changed files that have other names."""
    newly_linked: set[int] = field(default_factory=set)
    """Inodes of files that had no other name when last seen."""
    files: int = 0
    rules_changed: bool = False

    def changes(self) -> Changes:
        """Sum up; a path that vanished and came back counts as written only."""
        return Changes(
            written=tuple(sorted(self.written)),
            deleted=tuple(sorted(self.deleted - self.written)),
            skipped=dict(sorted(self.skipped.items())),
            directories=len(self.listed),
            files=self.files,
            reconcile_due=self.rules_changed,
        )


def listings_of(paths: Iterable[str]) -> dict[str, Listing]:
    """Group known files by directory, as if each directory had been listed and nothing else had been there."""
    files: dict[str, list[str]] = {"": []}
    directories: dict[str, set[str]] = {"": set()}
    for path in paths:
        parent, _, name = path.rpartition("/")
        place = parent
        while place not in files:
            files[place] = []
            directories.setdefault(place, set())
            above, _, own_name = place.rpartition("/")
            directories.setdefault(above, set()).add(own_name)
            place = above
        files[parent].append(name)
    return {place: Listing(frozenset(names), frozenset(directories[place])) for place, names in files.items()}


def is_text(name: str) -> bool:
    """Say whether a name, decoded as the file system does, is UTF-8; others are listed and never entered."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
