"""Choosing how to watch: the system's events where they work, polling where they do not, said loudly.

`choose_watcher` gives what `watch.mode` asks for: "native" insists on the system's events, "poll" on
polling, "auto" begins with the system's events and goes over to polling as soon as they turn out to
be incomplete for good: the limit on watches is reached (at the start or later), or the watch thread
dies. The change is reported as a Loss, so the tree is compared as a whole, and stays visible in
`health().detail`.
Tests: tests/unit/source/test_source_watcher.py, tests/integration/test_watching.py.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from codegraph.config import WatchConfig
from codegraph.errors import SourceError
from codegraph.source.hints import Loss, Prune, Sighting, Sink, Watcher, WatcherHealth
from codegraph.source.polling import PollingWatcher

_FOR_GOOD = ("watch_limit", "failed")


def native_watcher(cookie_directory: Path | None = None) -> Watcher:
    """Return the watcher that uses this platform's own events, through watchdog."""
    if sys.platform == "linux":
        from codegraph.source.inotify import InotifyWatcher

        return InotifyWatcher(cookie_directory)
    else:  # noqa: RET505 - the type checker reads only the branch of its own platform
        from codegraph.source.observer import ObserverWatcher

        return ObserverWatcher(cookie_directory)


def choose_watcher(config: WatchConfig, cookie_directory: Path | None = None) -> Watcher:
    """Return the watcher that `watch.mode` asks for; it is not started.

    `cookie_directory` must exist and lie outside of the project's tree.
    """

    def polling(detail: str) -> Watcher:
        return PollingWatcher(config.poll_seconds, cookie_directory, detail)

    if config.mode == "poll":
        return polling("")
    native = native_watcher(cookie_directory)
    return native if config.mode == "native" else FallbackWatcher(native, polling)


class FallbackWatcher:
    """Watches through `first` until that cannot go on, then through what `second(reason)` makes."""

    def __init__(self, first: Watcher, second: Callable[[str], Watcher]) -> None:
        self._current = first
        self._second = second
        self._lock = threading.RLock()
        self._fallen_back = False
        self._stopped = False
        self._root = Path()
        self._prune: Prune = lambda _: False
        self._sink: Sink = lambda _: None

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Start the first watcher, or the second if that fails; raises SourceError if the root is no directory."""
        self._root, self._prune, self._sink = root, prune, sink
        try:
            self._current.start(root, prune, self._receive)
        except SourceError as error:
            if not root.is_dir():
                raise
            self._fall_back(Loss("failed", error.message))

    def complete(self) -> None:
        """Complete the watch of the watcher in use; one that was fallen back to is complete."""
        self._current.complete()

    def refresh(self) -> None:
        """Refresh the watcher in use."""
        self._current.refresh()

    def watches_root(self) -> bool:
        """Ask the watcher in use."""
        return self._current.watches_root()

    def nudge(self) -> None:
        """Nudge the watcher in use."""
        self._current.nudge()

    def stop(self) -> None:
        """Stop the watcher in use."""
        with self._lock:
            self._stopped = True
            current = self._current
        current.stop()

    def health(self) -> WatcherHealth:
        """The health of the watcher in use; `limited` and `detail` tell of the first one's end."""
        health = self._current.health()
        return health._replace(limited=health.limited or self._fallen_back)

    def _receive(self, sighting: Sighting) -> None:
        if isinstance(sighting, Loss) and sighting.reason in _FOR_GOOD and not self._fallen_back:
            self._fall_back(sighting)
        else:
            self._sink(sighting)

    def _fall_back(self, loss: Loss) -> None:
        """Change over in the thread that noticed; the Loss is given when the second watcher stands."""
        with self._lock:
            if self._fallen_back or self._stopped:
                return
            self._fallen_back = True
            first = self._current
            second = self._second(f"fell back to polling: {loss.detail}")
            try:
                second.start(self._root, self._prune, self._sink)
                told = Loss(loss.reason, f"{loss.detail}; polling from now on")
            except SourceError as error:
                told = Loss("root_gone", error.message)
            self._current = second
        first.stop()
        self._sink(told)
