"""The tree against the index: which files were written, which are gone, which are left out and why.

Terms. A *candidate* is a regular file whose name some language claims and that no rule leaves out. A
*listing* (listing.py) is what one directory showed when it was last listed; the scanner keeps one for
every directory that it entered, so the work of `verify` depends on the hinted directories, not on the
tree. A *verdict* (reading.py) is a remembered reason for not indexing a candidate.

`verify` lists the directories of the hints again, walks those never seen before (or in doubt as a
whole), and reports what vanished; `reconcile` does so for the whole tree, needing no hint. Both
answer with `Changes`: `written` are paths that differ from the record in stat, whose record
cannot be trusted (see stamps.py), or that were hinted themselves (writes to mapped memory need not change
the stat); only `read` tells whether their bytes differ. If Changes could not be applied, the next call must
be `reconcile`.

Names are taken from listings only, never by asking for a known path, so a rename that changes
nothing but case is seen on file systems that ignore case. Symbolic links are never followed. Hard
links are ordinary files; when one of them changes, the directories of the others are listed too,
because the system reports only the name that was used; a name outside of the tree is found by whoever
asks (`changed_elsewhere`). Invariant: after every call, known paths
minus `deleted` plus `written` are exactly the candidates on disk (in the directories looked at).
One thread calls everything but `prune`. Tests: tests/unit/source/test_source_scan.py.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from codegraph.config import SourceConfig
from codegraph.core.changes import Skipped, SourceFile
from codegraph.errors import SourceError
from codegraph.source.content import most_bytes
from codegraph.source.hints import Hint
from codegraph.source.ignore import ALWAYS_PRUNED, IGNORED, MARKED, MARKERS, DirectoryRules, IgnoreRules
from codegraph.source.left_out import SPECIAL, SYMLINK, LanguageOf, claimed
from codegraph.source.listing import Changes, Listing, Look, is_text, listings_of
from codegraph.source.reading import UNKNOWN_LANGUAGE, FileReader
from codegraph.source.stamps import KnownFile, stamp_of


class Scanner:
    """Compares one project's tree with what is known of it. `language_of(path, first bytes)` claims files."""

    def __init__(
        self,
        root: Path,
        config: SourceConfig,
        language_of: LanguageOf,
        *,
        environment: Mapping[str, str] | None = None,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._root = root
        self._place = os.fspath(root)
        self._max_file_bytes = config.max_file_bytes
        self._claim = claimed(config, language_of)
        self._rules = IgnoreRules(root, config.use_gitignore, config.ignore, environment)
        self._reader = FileReader(root, config, self._claim, now_ns)
        self._tree: dict[str, Listing] = {}
        self._links: dict[int, dict[str, None]] = {}
        self._marked: dict[str, str] = {}
        """Directories that were left out for a file in them, which nobody watches, and the reason."""
        self._lock = threading.Lock()
        self._unwatched: set[str] = set()
        """Directories that were left out when last looked at, by the scan or for the watcher. Under the lock."""
        self._looks = 0
        self._counted: tuple[int, dict[str, int]] = (0, {})
        """What `counts` gave, and after how many looks."""

    def prune(self, directory: str) -> bool:
        """Say whether a directory, whose parents are not left out, is left out. Safe from any thread."""
        with self._lock:
            is_left_out = self._rules.directory_reason(directory) is not None
            (self._unwatched.add if is_left_out else self._unwatched.discard)(directory)
        return is_left_out

    def counts(self) -> dict[str, int]:
        """Return how many entries are left out now, by reason, files that no language claims included.

        Safe from any thread; counted once after each look at the tree.
        """
        looks, (counted, counts) = self._looks, self._counted
        if counted != looks:
            total = Counter(self._reader.reasons())
            for listing in list(self._tree.values()):
                for reason, count in listing.counts.items():
                    total[reason] += count
                for skipped in listing.left_out.values():
                    total[skipped.reason] += 1
            counts = dict(sorted(total.items()))
            self._counted = (looks, counts)
        return dict(counts)

    def read(self, path: str) -> SourceFile | Skipped | None:
        """Read one file consistently: stat before and after agree, and the name still leads to it.

        None if it is gone or no regular file: whoever knows it takes it as deleted. Skipped if its
        content keeps it out. Raises SourceError for a path that is not below the root.
        """
        found = self._reader.read(path)
        self._looks += 1
        return found

    def reconcile(self, known: Mapping[str, KnownFile], hints: Iterable[Hint] = ()) -> Changes:
        """Compare the whole tree with `known`; files of the hints are read. Raises SourceError if the root is gone."""
        with self._lock:
            self._unwatched = {path for path in self._unwatched if (self._root / path).is_dir()}
        doubtful = frozenset(hint.path for hint in hints)
        look = Look(known, {}, full=True, doubtful=doubtful, rules_changed=self._rules.observe_shared())
        self._links, self._marked = {}, {}
        self._walk("", look)
        if not self._root.is_dir():
            raise self._root_gone()
        seen = {path for directory, listing in look.tree.items() for path in listing.paths(directory)}
        self._reader.forget_all_but(seen)
        look.deleted.update(path for path in known if path not in seen)
        self._tree = look.tree
        self._looks += 1
        return look.changes()

    def rules_outside_changed(self) -> bool:
        """Read what leaves files out and is watched by nobody, and say whether a `reconcile` is due.

        That are the ignore rules outside of the tree, and the marks in directories that are left out for them.
        """
        return self._rules.shared_changed() or any(
            self._rules.directory_reason(path) != reason and (self._root / path).is_dir()
            for path, reason in self._marked.items()
        )

    def changed_elsewhere(self, known: Mapping[str, KnownFile]) -> list[Hint]:
        """Return hints of files that changed by another name, outside of the tree, where nobody watches."""
        found = []
        for inode, names in self._links.items():
            # A write had an event if all names are here, and were: by one that is gone it may have been written before.
            status = {path: status for path in names if (status := _status(f"{self._place}/{path}", inode)) is not None}
            path = next(iter(status), "")
            if not path or len(names) == len(status) == status[path].st_nlink:
                continue
            if not self._is_as_read(path, status[path], known):
                found.append(Hint(path, False))
        return found

    def _is_as_read(self, path: str, status: os.stat_result, known: Mapping[str, KnownFile]) -> bool:
        """Say whether a candidate is as it was when it was read, or left out for what it still is."""
        if status.st_size > most_bytes(path, self._max_file_bytes):
            listing = self._tree.get(path.rpartition("/")[0], Listing())
            return listing.left_out.get(path) == _too_large(path, status)
        stamp, record = stamp_of(status), known.get(path)
        return (record is not None and record.vouches_for(stamp)) or self._reader.verdict(path, stamp) is not None

    def verify(self, hints: Iterable[Hint], known: Mapping[str, KnownFile]) -> Changes:
        """Look again where the hints point. Raises SourceError if the root is gone."""
        if not self._tree:
            self._tree = listings_of(known)
        places, doubtful = self._places(hints)
        look = Look(known, self._tree, full=False, doubtful=doubtful)
        while places:
            for directory in places:
                if directory in self._tree and directory not in look.listed:
                    self._walk(directory, look)
            places = [place for place in self._places_of_other_names(look) if place in self._tree]
        self._looks += 1
        return look.changes()

    def _places(self, hints: Iterable[Hint]) -> tuple[list[str], frozenset[str]]:
        """Return the directories to list again, parents first, and what is in doubt as a whole."""
        places: set[str] = set()
        doubtful: set[str] = set()
        for path, _ in hints:
            doubtful.add(path)
            place = path.rpartition("/")[0]
            while place and place not in self._tree:
                place = place.rpartition("/")[0]
            places.add(place)
        return sorted(places), frozenset(doubtful)

    def _places_of_other_names(self, look: Look) -> list[str]:
        """Return the directories, not listed yet, where changed files have other names."""
        if look.newly_linked:
            # The first name was an ordinary file until the second came, so it is found by its inode only.
            for path, record in look.known.items():
                if record.stamp.inode in look.newly_linked:
                    self._links[record.stamp.inode][path] = None
            look.newly_linked.clear()
        places = {path.rpartition("/")[0] for inode in look.linked for path in self._links[inode]}
        look.linked.clear()
        return sorted(places - look.listed)

    def _walk(self, start: str, look: Look) -> None:
        """List `start`, and below it every directory that is new or in doubt; all of them in a full look."""
        pending = [(start, look.full or start in look.doubtful)]
        while pending:
            directory, whole = pending.pop()
            if directory in look.listed:
                continue
            listing = self._list(directory, look)
            if listing is None:
                self._drop(directory, look)
                continue
            prefix = f"{directory}/" if directory else ""
            for name in listing.directories:
                path = prefix + name
                if whole or path not in look.tree or path in look.doubtful:
                    pending.append((path, True))

    def _list(self, directory: str, look: Look) -> Listing | None:
        """List one directory and compare it with its last listing; None if it is gone."""
        look.listed.add(directory)
        unreadable: Skipped | None = None
        entries: list[os.DirEntry[str]] = []
        try:
            with os.scandir(f"{self._place}/{directory}") as iterator:
                entries = list(iterator)
        except (FileNotFoundError, NotADirectoryError) as error:
            if not directory:
                raise self._root_gone() from error
            return None
        except OSError as error:
            if not directory:
                message = f"{self._root}: cannot be listed: {error.strerror}"
                raise SourceError(message, "check its permissions") from error
            unreadable = Skipped(directory, "unreadable", error.strerror or "")
        names = {entry.name for entry in entries}
        if self._rules.observe(directory, names) or (directory and MARKERS & names and self.prune(directory)):
            look.rules_changed = True
        listing = self._sorted_out(directory, entries, look)
        with self._lock:
            unwatched = self._unwatched.intersection(listing.entered(directory))
            self._unwatched -= unwatched
            self._unwatched.update(listing.left_out)
        look.rules_changed |= bool(unwatched)  # the refresh that follows has them watched
        if unreadable is not None:
            listing.left_out[directory] = unreadable
        before = self._tree.get(directory)
        look.tree[directory] = listing
        look.files += len(listing.files)
        if look.full:
            look.skipped.update(listing.left_out)
        else:
            self._compare(directory, before or Listing(), listing, look)
        return listing

    def _sorted_out(self, directory: str, entries: list[os.DirEntry[str]], look: Look) -> Listing:
        """Tell candidates and directories to enter from what is left out."""
        listing = Listing()
        rules = self._rules.of(directory)
        prefix = f"{directory}/" if directory else ""
        files: list[str] = []
        directories: list[str] = []
        for entry in entries:
            name = entry.name
            path = prefix + name
            if not name.isascii() and not is_text(name):
                readable = os.fsencode(path).decode("utf-8", "backslashreplace")
                listing.left_out[readable] = Skipped(readable, "undecodable", "the name is not UTF-8")
            elif entry.is_dir(follow_symlinks=False):
                reason = self._rules.directory_reason(path)
                if reason is None:
                    directories.append(name)
                elif name not in ALWAYS_PRUNED:
                    listing.left_out[path] = Skipped(path, reason)
                    if reason in MARKED and self._rules.marked_reason(path):
                        self._marked[path] = reason
            elif not entry.is_file(follow_symlinks=False):
                listing.counts[SYMLINK if entry.is_symlink() else SPECIAL] += 1
            elif self._is_candidate(path, name, rules, listing) and self._examine(path, entry, listing, look):
                files.append(name)
        listing.files = frozenset(files)
        listing.directories = frozenset(directories)
        return listing

    def _is_candidate(self, path: str, name: str, rules: DirectoryRules, listing: Listing) -> bool:
        """Claimed by its name, or without an extension, so that the first line may claim it; and not ignored."""
        language = self._claim(path, b"")
        if language is None and "." in name[1:]:
            listing.counts[UNKNOWN_LANGUAGE] += 1
            return False
        if rules.leaves_out(path, name, language):
            listing.counts[IGNORED] += 1
            return False
        return True

    def _examine(self, path: str, entry: os.DirEntry[str], listing: Listing, look: Look) -> bool:
        """Compare a candidate's stat with its record; False if it is gone or too large."""
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            return False  # it vanished since the listing, which is no error: its own event will follow
        stamp = stamp_of(status)
        linked = status.st_nlink > 1
        if linked:
            names = self._links.setdefault(stamp.inode, {})
            if path not in names:
                names[path] = None
                look.newly_linked.add(stamp.inode)
        if status.st_size > most_bytes(path, self._max_file_bytes):
            if linked:
                look.linked.add(stamp.inode)
            listing.left_out[path] = _too_large(path, status)
            return False
        is_doubtful = path in look.doubtful
        known = look.known.get(path)
        if known is not None and known.vouches_for(stamp) and not is_doubtful:
            return True
        verdict = None if is_doubtful else self._reader.verdict(path, stamp)
        if verdict is None:
            look.written.add(path)
            if linked:
                look.linked.add(stamp.inode)
            if self._reader.forget(path):
                look.skipped[path] = None
            return True
        if look.full:
            look.skipped[path] = verdict
        if known is not None:
            look.deleted.add(path)
        return True

    def _compare(self, directory: str, before: Listing, listing: Listing, look: Look) -> None:
        """Report what the last listing of this directory had and the new one has not."""
        prefix = f"{directory}/" if directory else ""
        for name in before.files - listing.files:
            self._lose(prefix + name, look)
        for name in before.directories - listing.directories:
            self._drop(prefix + name, look)
        for path in before.left_out.keys() - listing.left_out.keys():
            look.skipped.setdefault(path, None)
        for path, skipped in listing.left_out.items():
            if before.left_out.get(path) != skipped:
                look.skipped[path] = skipped

    def _drop(self, directory: str, look: Look) -> None:
        """Report everything below a directory that is gone, or no longer entered, as lost."""
        pending = [directory]
        while pending:
            place = pending.pop()
            listing = look.tree.pop(place, None)
            if listing is not None:
                for path in listing.paths(place):
                    self._lose(path, look)
                for path in listing.left_out:
                    look.skipped.setdefault(path, None)
                pending.extend(f"{place}/{name}" for name in listing.directories)

    def _lose(self, path: str, look: Look) -> None:
        record = look.known.get(path)
        if record is not None:
            look.deleted.add(path)
            if record.stamp.inode in self._links:
                look.linked.add(record.stamp.inode)  # it may have been written by this name before
        self._reader.forget(path)
        look.skipped.setdefault(path, None)

    def _root_gone(self) -> SourceError:
        return SourceError(f"{self._root}: the project's directory is gone", "start again where the project is now")


def _too_large(path: str, status: os.stat_result) -> Skipped:
    return Skipped(path, "too_large", f"{status.st_size} bytes")


def _status(place: str, inode: int) -> os.stat_result | None:
    """Return the stat of what stands at a place, None if it is gone or has another inode."""
    try:
        status = os.lstat(place)
    except OSError:
        return None  # its own event follows
    return status if status.st_ino == inode else None
