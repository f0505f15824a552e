"""The watcher of last resort: it looks at the whole tree at fixed intervals and compares.

A *signature* is a hash of what stat says of a file; of one that a further write in the same tick of the clock
would leave as it is (stamps.py), also of the moment of the look, so that the next look hints at it once
more. Each look costs a few microseconds a file, so it is for trees where the system's own events are
missing: watch limits, network mounts, some container file systems. A cookie counts as seen when a look
that began after it was made is over, so `sync` means the same as with the native watcher; `nudge` makes the
next look begin at once.
Tests: tests/unit/source/test_source_polling.py.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from codegraph.errors import SourceError
from codegraph.source.hints import CookieSeen, Hint, Loss, Prune, Sink, WatcherHealth
from codegraph.source.stamps import is_settled

_Signatures = dict[str, dict[str, int]]
"""Directory -> name of a file in it, or of a directory that is left out -> signature."""

_LEFT_OUT = 0


class PollingWatcher:
    """Compares the tree with its last sight every `poll_seconds`."""

    def __init__(
        self,
        poll_seconds: float,
        cookie_directory: Path | None = None,
        detail: str = "",
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._poll_seconds = poll_seconds
        self._cookie_directory = cookie_directory
        self._detail = detail
        self._now_ns = now_ns
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._place = ""
        self._prune: Prune = lambda _: False
        self._sink: Sink = lambda _: None
        self._last: _Signatures = {}
        self._cookies: frozenset[str] = frozenset()
        self._losses = 0

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Take the first sight, then compare in a thread; see Watcher.start."""
        self._place = os.fspath(root)
        self._prune = prune
        self._sink = sink
        self._stopping.clear()
        self._last = self._look()
        self._thread = threading.Thread(target=self._run, name="codegraph-poll", daemon=True)
        self._thread.start()

    def complete(self) -> None:
        """Nothing to do: a look takes in everything."""

    def refresh(self) -> None:
        """Every look asks `prune` again; only one that found no root is the last."""
        if not self.watches_root():
            self.start(Path(self._place), self._prune, self._sink)

    def watches_root(self) -> bool:
        """Any directory at the root's path will do, as long as the thread looks."""
        return self._thread is None or self._thread.is_alive()

    def nudge(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread and wait for it, unless called from it."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def health(self) -> WatcherHealth:
        """Every directory counts as watched."""
        directories = len(self._last)
        alive = self._thread is not None and self._thread.is_alive()
        return WatcherHealth("poll", alive, directories, directories, False, self._losses, self._detail)

    def _run(self) -> None:
        while True:
            self._wake.wait(self._poll_seconds)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self._turn()
            except SourceError as error:
                self._losses += 1
                self._sink(Loss("root_gone", error.message))
                return

    def _turn(self) -> None:
        cookies = self._cookies_now()
        now = self._look()
        for hint in _differences(self._last, now):
            if self._stopping.is_set():
                return
            self._sink(hint)
        self._last = now
        for name in sorted(cookies - self._cookies):
            self._sink(CookieSeen(name))
        self._cookies = cookies

    def _look(self) -> _Signatures:
        """Take the signatures of all files in directories that are not left out; raises SourceError without a root."""
        signatures: _Signatures = {}
        now_ns = self._now_ns()
        pending = [""]
        while pending:
            directory = pending.pop()
            prefix = f"{directory}/" if directory else ""
            try:
                with os.scandir(f"{self._place}/{directory}") as iterator:
                    entries = list(iterator)
            except OSError as error:
                if not directory:
                    raise SourceError(f"{self._place}: cannot be listed: {error.strerror}") from error
                continue
            files = signatures[directory] = {}
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    files[entry.name] = _signature(entry, now_ns)
                elif self._prune(prefix + entry.name):
                    files[entry.name] = _LEFT_OUT
                else:
                    pending.append(prefix + entry.name)
        return signatures

    def _cookies_now(self) -> frozenset[str]:
        if self._cookie_directory is None:
            return frozenset()
        try:
            return frozenset(place.name for place in self._cookie_directory.iterdir())
        except OSError:
            return frozenset()


def _signature(entry: os.DirEntry[str], now_ns: int) -> int:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return 0
    changed_ns = status.st_ctime_ns  # no program sets this one
    moment = 0 if is_settled(changed_ns, changed_ns, now_ns) else now_ns
    return hash((status.st_mtime_ns, changed_ns, status.st_size, status.st_ino, status.st_mode, moment))


def _differences(before: _Signatures, now: _Signatures) -> list[Hint]:
    """Say where two sights differ: directories that came or went, then files, each sorted."""
    hints = [Hint(directory, True) for directory in sorted(before.keys() ^ now.keys())]
    for directory in sorted(before.keys() & now.keys()):
        old, new = before[directory], now[directory]
        if old != new:
            prefix = f"{directory}/" if directory else ""
            names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
            hints.extend(Hint(prefix + name, False) for name in names)
    return hints
