"""The native watcher outside of Linux: watchdog's Observer, which is recursive by the system's own means there.

Only events that change something are asked for. Directories that are left out are watched all the
same (the systems' interfaces offer no other way); what happens in them is dropped here. The cookie
directory is a second watch, whose order relative to the tree's is not guaranteed: on these systems a
cookie says that the stream is alive and has come about this far, and the settle period and the
periodic reconcile cover the rest. Tests: tests/integration/test_watching.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from codegraph.errors import SourceError
from codegraph.source.hints import CookieSeen, Hint, Prune, RootIdentity, Sighting, Sink, WatcherHealth, root_identity

_ASKED_FOR: tuple[type[FileSystemEvent], ...] = (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
)


class _Handler(FileSystemEventHandler):
    """Passes what happened to each path of an event on to `receive`."""

    def __init__(self, watcher: ObserverWatcher) -> None:
        self._watcher = watcher

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Take the source and, for a move, the destination."""
        for path in (event.src_path, event.dest_path):
            if path:
                self._watcher.receive(os.fsdecode(path), event.is_directory)


class ObserverWatcher:
    """Watches a tree through watchdog's Observer of this platform."""

    def __init__(self, cookie_directory: Path | None = None) -> None:
        self._cookie_directory = cookie_directory
        self._observer: BaseObserver | None = None
        self._place = ""
        self._root: RootIdentity | None = None
        self._cookie_place = ""
        self._prune: Prune = lambda _: False
        self._sink: Sink = lambda _: None

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Watch the tree; see Watcher.start."""
        # The system reports real paths, whatever the path that was asked for looked like.
        self._place = os.path.realpath(root)
        self._prune = prune
        self._sink = sink
        self._root = root_identity(self._place)
        observer = Observer()
        try:
            observer.schedule(_Handler(self), self._place, recursive=True, event_filter=list(_ASKED_FOR))
            if self._cookie_directory is not None:
                self._cookie_place = os.path.realpath(self._cookie_directory)
                observer.schedule(_Handler(self), self._cookie_place, event_filter=list(_ASKED_FOR))
            observer.start()
        except OSError as error:
            raise SourceError(f"{root}: cannot be watched: {error.strerror}", "check that it exists") from error
        self._observer = observer

    def complete(self) -> None:
        """Nothing to do: the system watches all below the root."""

    def refresh(self) -> None:
        """Everything is watched, and `prune` is asked at each event; only another root needs another observer."""
        if not self.watches_root():
            self.stop()
            self.start(Path(self._place), self._prune, self._sink)

    def watches_root(self) -> bool:
        """Some systems watch directories, some paths; nothing is lost where the watch is made anew for no reason."""
        if not self._place:
            return True
        observer = self._observer
        alive = observer is not None and all(emitter.is_alive() for emitter in observer.emitters)
        return alive and self._root == root_identity(self._place)

    def nudge(self) -> None:
        """Nothing to do: the system wakes us."""

    def stop(self) -> None:
        """End the observer and wait for its threads."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()

    def health(self) -> WatcherHealth:
        """One watch for the whole tree."""
        observer = self._observer
        alive = observer is not None and observer.is_alive()
        return WatcherHealth("observer", alive, 1, 1 if alive else 0, False, 0)

    def receive(self, place: str, is_directory: bool) -> None:
        """Turn an absolute path with an event into a sighting, unless it is left out."""
        for sighting in self._sightings(place, is_directory):
            self._sink(sighting)

    def _sightings(self, place: str, is_directory: bool) -> Iterator[Sighting]:
        if self._cookie_place and Path(place).parent == Path(self._cookie_place):
            if os.path.lexists(place):
                yield CookieSeen(Path(place).name)
            return
        if place != self._place and not place.startswith(self._place + os.sep):
            return
        path = place[len(self._place) + 1 :].replace(os.sep, "/")
        parts = path.split("/")
        folders = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        if not any(self._prune(folder) for folder in folders):
            yield Hint(path, is_directory)
