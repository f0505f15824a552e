"""Sync cookies: how a client learns that everything that happened before its question has been seen.

A cookie is an empty file with a name of its own, made in a directory under the project's state
directory, never in the user's tree. The watcher watches that directory through the same stream as
the tree, and reports the cookie after all that happened before it was made. The batch that carries
it is committed, and only then `release` wakes the waiter: what it asks now is answered from a state
that has seen every change made before `request` was called.

What this guarantees depends on the stream. With inotify there is one ordered queue for all watches
of an instance, so the guarantee is exact for files of the same machine; a file in a directory too
new to be watched has no event, but its directory's comes before the cookie, and the scan walks it.
With polling the cookie counts only in a look that began after it was made: exact too, and slower.
Elsewhere the order between two directories is not promised by the system (see observer.py). Changes
that another machine makes on a network mount are never ordered by a local cookie.

When hints were lost, the stream says nothing any more: `abort` wakes all waiters, and they ask again
after the full comparison. Waiters are futures, so threads and an event loop can both wait.
Tests: tests/unit/source/test_source_cookies.py.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from enum import Enum
from pathlib import Path

from codegraph.errors import SourceError

MAX_WAITING = 10_000


class CookieOutcome(Enum):
    """What became of a cookie."""

    SEEN = "seen"
    """Everything before the request is committed."""
    ABORTED = "aborted"
    """Hints were lost or the watch ended: ask again after the next full comparison."""


class CookieJar:
    """Makes cookies in `directory` and wakes whoever waits for them; safe for several threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._waiting: dict[str, Future[CookieOutcome]] = {}
        self._made = 0
        try:
            directory.mkdir(parents=True, exist_ok=True)
            for leftover in directory.iterdir():
                leftover.unlink()
        except OSError as error:
            raise _unusable(directory, error) from error

    @property
    def directory(self) -> Path:
        """Where the watcher has to look."""
        return self._directory

    def request(self) -> Future[CookieOutcome]:
        """Make a cookie; the future is done when it was released or aborted.

        Raises SourceError if the file cannot be made or too many are waiting.
        """
        future: Future[CookieOutcome] = Future()
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                raise SourceError(f"{MAX_WAITING} requests to sync are waiting already", "try again later")
            self._made += 1
            name = f"{os.getpid()}-{self._made}"
            self._waiting[name] = future
        try:
            (self._directory / name).touch(exist_ok=False)
        except OSError as error:
            with self._lock:
                self._waiting.pop(name, None)
            raise _unusable(self._directory, error) from error
        return future

    def release(self, names: Iterable[str]) -> None:
        """Wake the waiters of cookies whose batch is committed; names of others are ignored."""
        for name in names:
            self._finish(name, CookieOutcome.SEEN)

    def abort(self) -> None:
        """Wake all waiters: the stream that should have carried their cookies is broken or closed."""
        with self._lock:
            names = list(self._waiting)
        for name in names:
            self._finish(name, CookieOutcome.ABORTED)

    def _finish(self, name: str, outcome: CookieOutcome) -> None:
        with self._lock:
            future = self._waiting.pop(name, None)
        if future is not None:
            (self._directory / name).unlink(missing_ok=True)
            if future.set_running_or_notify_cancel():
                future.set_result(outcome)


def _unusable(directory: Path, error: OSError) -> SourceError:
    advice = "check the state directory; if it was removed, ask again: the daemon ends, and the next one makes it anew"
    return SourceError(f"{directory}: cannot hold sync cookies: {error.strerror}", advice)
