"""Watchers for tests: one that says what it is told, one that forgets, repeats and reorders.

`LossyWatcher` draws what it does from a seed, so a failing run can be repeated exactly. It never
drops a Loss or a CookieSeen: those are what makes dropped hints bearable.
Tests: tests/unit/source/test_source_fake.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from codegraph.errors import SourceError
from codegraph.source.hints import Hint, Loss, Prune, Sighting, Sink, Watcher, WatcherHealth


class FakeWatcher:
    """Reports exactly what the test pushes, in the pushing thread."""

    def __init__(self) -> None:
        self._sink: Sink | None = None
        self._losses = 0
        self.prune: Prune = lambda _: False
        self.refreshed = 0
        self.nudged = 0
        self.rooted = True
        """What `watches_root` says, until a refresh."""
        self.completing: Callable[[], object] = lambda: None
        """Called by `complete`: what happens just before all is watched."""

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Accept pushes from now on. Raises SourceError if the root is no directory."""
        if not root.is_dir():
            raise SourceError(f"{root}: cannot be watched", "check that it exists")
        self._sink = sink
        self.prune = prune

    def push(self, *sightings: Sighting) -> None:
        """Report; nothing happens before start and after stop."""
        for sighting in sightings:
            if self._sink is not None:
                self._losses += isinstance(sighting, Loss)
                self._sink(sighting)

    def complete(self) -> None:
        """Let happen what the test wants to happen meanwhile."""
        self.completing()

    def refresh(self) -> None:
        """Count."""
        self.refreshed += 1
        self.rooted = True

    def watches_root(self) -> bool:
        """What `rooted` says."""
        return self.rooted

    def nudge(self) -> None:
        """Count."""
        self.nudged += 1

    def stop(self) -> None:
        """Ignore later pushes."""
        self._sink = None

    def health(self) -> WatcherHealth:
        """Alive between start and stop."""
        return WatcherHealth("fake", self._sink is not None, 0, 0, False, self._losses)


class LossyWatcher:
    """Passes another watcher's hints on, except that some are dropped, repeated, or held back and come out of order.

    The three shares are probabilities. Held hints come out before the next Loss or CookieSeen, at
    `release`, or after at most `hold` later hints.
    """

    def __init__(
        self, inner: Watcher, seed: int, *, drop: float = 0.2, repeat: float = 0.2, reorder: float = 0.2, hold: int = 8
    ) -> None:
        self._inner = inner
        self._random = random.Random(seed)  # noqa: S311 - a repeatable disturbance, no secret
        self._shares = (drop, repeat, reorder)
        self._hold = hold
        self._held: list[Hint] = []
        self._sink: Sink = lambda _: None
        self.dropped = 0

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Start the inner watcher."""
        self._sink = sink
        self._inner.start(root, prune, self._disturb)

    def complete(self) -> None:
        """Complete the inner watcher."""
        self._inner.complete()

    def refresh(self) -> None:
        """Refresh the inner watcher."""
        self._inner.refresh()

    def watches_root(self) -> bool:
        """Ask the inner watcher."""
        return self._inner.watches_root()

    def nudge(self) -> None:
        """Nudge the inner watcher."""
        self._inner.nudge()

    def stop(self) -> None:
        """Stop the inner watcher; held hints are lost."""
        self._inner.stop()
        self._held.clear()

    def health(self) -> WatcherHealth:
        """The inner watcher's."""
        return self._inner.health()

    def release(self) -> None:
        """Let all held hints out, shuffled."""
        held, self._held = self._held, []
        self._random.shuffle(held)
        for hint in held:
            self._sink(hint)

    def _disturb(self, sighting: Sighting) -> None:
        if not isinstance(sighting, Hint):
            self.release()
            self._sink(sighting)
            return
        drop, repeat, reorder = self._shares
        if self._random.random() < drop:
            self.dropped += 1
            return
        for _ in range(2 if self._random.random() < repeat else 1):
            if self._random.random() < reorder:
                self._held.append(sighting)
            else:
                self._sink(sighting)
        if len(self._held) >= self._hold:
            self.release()
