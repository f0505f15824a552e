"""The native watcher on Linux: one inotify instance, one watch for each directory that is not left out.

watchdog's own recursive emitter watches every directory below a path, ignored ones included; at the
system's limit it watches a part and says nothing; after a queue overflow it removes its watches one
by one, and the kernel's answer to each removal overflows the queue again. So only its lower layer is
used here, `InotifyFD`: the thread, the reads and the parsing. Which directories are watched, and
where they are now, is kept in `WatchTable`.

Rules that make hints complete. A directory is watched before it is listed, and its hint is given
after everything below it is watched: whatever happens later is reported, whatever happened before
is found by the scan that follows the hint. A directory that is moved loses its watches and gets new
ones at its new place. Opening, reading and closing a file for reading are not in the mask, so the
daemon's own reads wake nobody. On overflow the whole instance is replaced by a fresh one (closing an
instance queues nothing), and then a Loss is given. Cookies are made in a directory that is watched
by the same instance, whose queue is ordered, so a cookie's event comes after those of all earlier
changes. Tests: tests/integration/test_watching.py.
"""

from __future__ import annotations

import ctypes
import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.observers.inotify_c import (
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
    inotify_rm_watch,
)

from codegraph.errors import SourceError
from codegraph.source.hints import CookieSeen, Hint, Loss, Prune, RootIdentity, Sink, WatcherHealth, root_identity
from codegraph.source.listing import is_text
from codegraph.source.watch_table import WatchTable

_MASK = Mask(
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_DONT_FOLLOW
    | InotifyConstants.IN_EXCL_UNLINK
)
_ROOT_MASK = Mask((_MASK | InotifyConstants.IN_MOVE_SELF) & ~InotifyConstants.IN_DONT_FOLLOW)
_ARRIVALS = InotifyConstants.IN_CREATE | InotifyConstants.IN_MOVED_TO
_DEPARTURES = InotifyConstants.IN_DELETE | InotifyConstants.IN_MOVED_FROM
_NO_ROOM = (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class InotifyReader(InotifyFD):
    """watchdog's reading thread, handing every event to one receiver instead of to callbacks per watch."""

    def __init__(self, receive: Callable[[InotifyEvent], None], fail: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._receive = receive
        self._fail = fail

    def run(self) -> None:
        """Read until stopped; an error ends the thread and is passed on."""
        try:
            super().run()
        except Exception as error:
            self._fail(error)

    def handle_event(self, event: InotifyEvent) -> None:
        """Pass one event on, dropping the thread's own record of a watch that the kernel removed."""
        if event.is_ignored:
            with self._lock:
                self._remove_watch(event.wd)
        self._receive(event)

    def watch(self, place: str, mask: Mask) -> WatchDescriptor:
        """Watch a directory; -1 if it may not be read. Raises OSError if it is gone or there is no room."""
        with self._lock:
            if self._closed:
                raise OSError(errno.EBADF, "the inotify instance is closed")
            return self._get_or_create_watch(os.fsencode(place), mask).wd

    def unwatch(self, descriptor: WatchDescriptor) -> None:
        """End a watch; one that the kernel ended already is no error."""
        with self._lock:
            if not self._closed and self._remove_watch(descriptor) is not None:
                ctypes.set_errno(0)
                inotify_rm_watch(self._inotify_fd, descriptor)


class _Instance:
    """One inotify instance and what it watches; replaced as a whole."""

    def __init__(self, receive: Callable[[_Instance, InotifyEvent], None], fail: Callable[[_Instance, str], None]):
        self.reader = InotifyReader(
            lambda event: receive(self, event), lambda error: fail(self, f"{type(error).__name__}: {error}")
        )
        self.table = WatchTable()
        self.cookies = WatchDescriptor(-2)
        self.root: RootIdentity | None = None
        self.unwatched = 0
        self.limit = ""


class InotifyWatcher:
    """Watches a tree through inotify.

    `cookie_directory` lies outside of the tree and is watched too; None: no cookies. `watch_budget`
    is the most watches to take, None for as many as the system gives.
    """

    def __init__(self, cookie_directory: Path | None = None, watch_budget: int | None = None) -> None:
        self._cookie_directory = cookie_directory
        self._watch_budget = watch_budget
        self._lock = threading.RLock()
        self._arming = threading.Lock()
        self._instance: _Instance | None = None
        self._readers: list[InotifyReader] = []
        self._stopped = False
        self._losses = 0
        self._trouble = ""
        self._place = ""
        self._prune: Prune = lambda _: False
        self._sink: Sink = lambda _: None

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Watch the root; see Watcher.start."""
        self._place = os.fspath(root)
        self._prune = prune
        self._sink = sink
        self._stopped = False
        self._arm()

    def complete(self) -> None:
        """Watch all below the root. At the system's limit a Loss is given before the return."""
        self._watch_all()
        self._report_limit()

    def refresh(self) -> None:
        """Watch exactly the directories that are not left out now, through a fresh instance."""
        if not self._place:
            return
        self._arm()
        self.complete()
        if self._cookie_directory is not None:  # the event of a cookie may have gone with the former instance
            for cookie in sorted(self._cookie_directory.iterdir()):
                self._sink(CookieSeen(cookie.name))

    def watches_root(self) -> bool:
        """See Watcher.watches_root: watches belong to directories, not to their paths."""
        if not self._place:
            return True
        instance = self._instance
        return instance is not None and "" in instance.table and instance.root == root_identity(self._place)

    def nudge(self) -> None:
        """Nothing to do: the kernel wakes us."""

    def stop(self) -> None:
        """End the watch and wait for its thread, unless called from it."""
        with self._lock:
            self._stopped = True
            self._disarm()
            readers, self._readers = self._readers, []
        for reader in readers:
            if reader is not threading.current_thread():
                reader.join()

    def health(self) -> WatcherHealth:
        """Say how many of the directories are watched, and whether the thread lives."""
        instance = self._instance
        if instance is None:
            return WatcherHealth("inotify", False, 0, 0, bool(self._trouble), self._losses, self._trouble)
        watches = len(instance.table)
        return WatcherHealth(
            mode="inotify",
            alive=instance.reader.is_alive(),
            directories=watches + instance.unwatched,
            watches=watches,
            limited=bool(instance.limit),
            losses=self._losses,
            detail=instance.limit or self._trouble,
        )

    def _arm(self, replacing: _Instance | None = None) -> None:
        """Watch the root through a fresh instance, unless `replacing` was replaced already; raises SourceError."""
        with self._arming:
            with self._lock:
                if self._stopped or (replacing is not None and replacing is not self._instance):
                    return
                self._disarm()
                try:
                    instance = self._instance = _Instance(self._receive, self._fail)
                except OSError as error:
                    message = f"{self._place}: cannot be watched: {error.strerror}"
                    raise SourceError(message, "raise fs.inotify.max_user_instances") from error
                instance.reader.start()
            if self._cookie_directory is not None:
                instance.cookies = self._watch(instance, os.fspath(self._cookie_directory), _MASK)
            instance.root = root_identity(self._place)
            self._watch_place(instance, "")
            watched = len(instance.table) > 0 and (self._cookie_directory is None or instance.cookies >= 0)
            if not watched and not instance.limit:
                with self._lock:
                    self._disarm()
                raise SourceError(f"{self._place}: cannot be watched", "check that it exists and may be read")

    def _disarm(self) -> None:
        """Stop the instance without waiting for its thread, which may be the caller; needs the lock."""
        self._readers = [reader for reader in self._readers if reader.is_alive()]
        if self._instance is not None:
            self._readers.append(self._instance.reader)
            self._instance.reader.stop()
            self._instance = None

    def _watch(self, instance: _Instance, place: str, mask: Mask) -> WatchDescriptor:
        """Watch one directory; -1 if it is gone, may not be read, or there is no room left."""
        if instance.limit:
            return WatchDescriptor(-1)
        if self._watch_budget is not None and len(instance.table) >= self._watch_budget:
            instance.limit = f"the budget of {self._watch_budget} watches is used up"
            return WatchDescriptor(-1)
        try:
            return instance.reader.watch(place, mask)
        except OSError as error:
            if error.errno in _NO_ROOM:
                instance.limit = f"{error.strerror} (fs.inotify.max_user_watches) at {len(instance.table)} directories"
            return WatchDescriptor(-1)

    def _watch_all(self) -> None:
        instance = self._instance
        if instance is not None:
            self._watch_tree(instance, "")

    def _watch_tree(self, instance: _Instance, start: str) -> None:
        """Watch a directory and all below it that are not left out, each before it is listed."""
        pending = [start]
        while pending and instance is self._instance:
            path = pending.pop()
            descriptor = self._watch_place(instance, path)
            names = _directories_in(f"{self._place}/{path}" if path else self._place)
            if names is None:
                continue
            instance.unwatched += descriptor < 0
            prefix = f"{path}/" if path else ""
            pending.extend(prefix + name for name in names if not self._prune(prefix + name))

    def _watch_place(self, instance: _Instance, path: str) -> WatchDescriptor:
        """Watch one directory of the tree and note where it is; -1 if that cannot be."""
        place, mask = (f"{self._place}/{path}", _MASK) if path else (self._place, _ROOT_MASK)
        with self._lock:
            descriptor = self._watch(instance, place, mask)
            if descriptor >= 0:
                former = instance.table.put(descriptor, path)
                if former is not None:
                    instance.reader.unwatch(former)
        return descriptor

    def _receive(self, instance: _Instance, event: InotifyEvent) -> None:
        """Turn one event into a hint, in the watch thread."""
        if instance is not self._instance:
            return
        if event.is_queue_overflow:
            self._overflow(instance)
        elif event.wd == instance.cookies:
            if event.mask & _ARRIVALS:
                self._sink(CookieSeen(os.fsdecode(event.name)))
        elif event.is_ignored:
            with self._lock:
                path = instance.table.forget(event.wd)
            if path == "":
                self._lose(Loss("root_gone", self._place))
        elif event.mask & InotifyConstants.IN_UNMOUNT:
            self._lose(Loss("unmounted", instance.table.path_of.get(event.wd, "")))
        elif not event.name:
            if event.is_move_self:
                self._lose(Loss("root_gone", f"{self._place} was moved"))
        else:
            self._locate(instance, event)

    def _locate(self, instance: _Instance, event: InotifyEvent) -> None:
        parent = instance.table.path_of.get(event.wd)
        if parent is None:
            return  # its directory was moved or removed since; that has its own hint
        name = os.fsdecode(event.name)
        path = f"{parent}/{name}" if parent else name
        if event.mask & InotifyConstants.IN_ISDIR and is_text(name):
            self._directory_changed(instance, path, bool(event.mask & _DEPARTURES))
        else:
            self._sink(Hint(path, False))

    def _directory_changed(self, instance: _Instance, path: str, departed: bool) -> None:
        if departed:
            with self._lock:
                for descriptor in instance.table.forget_below(path):
                    instance.reader.unwatch(descriptor)
        elif not self._prune(path):  # of one that is left out the scan takes note, too
            limited = instance.limit
            self._watch_tree(instance, path)
            if instance.limit and not limited:
                self._report_limit()
        self._sink(Hint(path, True))

    def _overflow(self, instance: _Instance) -> None:
        """Start afresh: which directories came and went meanwhile is not known."""
        detail = f"the kernel's event queue overflowed at {len(instance.table)} directories"
        try:
            self._arm(replacing=instance)
        except SourceError as error:
            self._trouble = error.message
            self._lose(Loss("failed", f"{detail}; {error.message}"))
            return
        self._watch_all()
        self._lose(Loss("overflow", detail))
        self._report_limit()

    def _fail(self, instance: _Instance, detail: str) -> None:
        if instance is self._instance:
            self._trouble = detail
            self._lose(Loss("failed", detail))

    def _report_limit(self) -> None:
        instance = self._instance
        if instance is not None and instance.limit:
            self._lose(Loss("watch_limit", instance.limit))

    def _lose(self, loss: Loss) -> None:
        self._losses += 1
        if not self._stopped:
            self._sink(loss)


def _directories_in(place: str) -> list[str] | None:
    """Return the names of the directories in a directory, None if it is gone or may not be read."""
    try:
        with os.scandir(place) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and is_text(entry.name)]
    except OSError:
        return None
