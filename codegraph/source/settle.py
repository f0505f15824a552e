"""When a batch of hints is ready: soon for a lone save, after the storm for a checkout.

Terms. *Quiet* is the time since the last sighting. A lone save is ready after `settle_seconds` of
quiet. A *burst*, more than `burst_paths` different paths within `burst_settle_seconds`, is ready
after that much quiet. Either is ready at the latest `max_settle_seconds` after its first sighting.
While git holds its index lock nothing is ready, at most `git_lock_seconds` after the first sighting:
half a checkout is not worth indexing. A Loss waits like a burst. A cookie makes everything ready at
once, lock or no lock: somebody asked for the tree as it is now.

Pure: the clock is an argument (seconds, monotonic), and `locked` is asked only when a batch would be
ready otherwise. Memory is bounded: beyond MAX_PATHS hints become one Loss. One thread uses it.
Tests: tests/unit/source/test_source_settle.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from codegraph.config import WatchConfig
from codegraph.source.hints import CookieSeen, Hint, Loss, Sighting

MAX_PATHS = 200_000
LOCK_POLL_SECONDS = 0.02
"""How often the lock is looked for while it holds a batch back: nobody reports its end."""


class Batch(NamedTuple):
    """What came in since the last batch; hints in order of their first sighting, one for each path."""

    hints: tuple[Hint, ...]
    losses: tuple[Loss, ...]
    cookies: tuple[str, ...]
    """Names of cookies to release once this batch is committed."""


class Settler:
    """Collects sightings and says when they are ready."""

    def __init__(self, config: WatchConfig, locked: Callable[[], bool]) -> None:
        self._config = config
        self._locked = locked
        self._clear()

    def _clear(self) -> None:
        self._paths: dict[str, bool] = {}
        self._losses: dict[Loss, None] = {}
        self._cookies: dict[str, None] = {}
        self._recent: deque[float] = deque(maxlen=self._config.burst_paths + 1)
        self._burst = False
        self._first = 0.0
        self._last = 0.0

    def add(self, sighting: Sighting, now: float) -> None:
        """Take one sighting in."""
        if not (self._paths or self._losses or self._cookies):
            self._first = now
        self._last = now
        if isinstance(sighting, CookieSeen):
            self._cookies[sighting.name] = None
        elif isinstance(sighting, Loss):
            self._losses[sighting] = None
            self._burst = True
        else:
            self._add_hint(sighting, now)

    def due(self, now: float) -> float | None:
        """Return the seconds until the batch is ready, 0.0 if it is, None if there is nothing.

        More sightings, or the lock, can move that moment: ask again after each.
        """
        if self._cookies:
            return 0.0
        if not (self._paths or self._losses):
            return None
        quiet = self._config.burst_settle_seconds if self._burst else self._config.settle_seconds
        ready = min(self._last + quiet, self._first + self._config.max_settle_seconds)
        if now < ready:
            return ready - now
        held = self._first + self._config.git_lock_seconds - now
        return min(LOCK_POLL_SECONDS, held) if held > 0 and self._locked() else 0.0

    def take(self) -> Batch:
        """Return everything collected, ready or not, and begin anew."""
        batch = Batch(
            tuple(Hint(path, directory) for path, directory in self._paths.items()),
            tuple(self._losses),
            tuple(self._cookies),
        )
        self._clear()
        return batch

    def _add_hint(self, hint: Hint, now: float) -> None:
        known = self._paths.get(hint.path)
        if known is None:
            if len(self._paths) >= MAX_PATHS:
                self._paths.clear()
                self._losses[Loss("too_many", f"more than {MAX_PATHS} paths in one batch")] = None
            self._recent.append(now)
            full = len(self._recent) == self._recent.maxlen
            self._burst = self._burst or (full and now - self._recent[0] <= self._config.burst_settle_seconds)
        self._paths[hint.path] = bool(known) or hint.directory
