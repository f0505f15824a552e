"""Figures of status that take a while to find, kept for a moment: a hundred clients that ask cost what one does.

Tests: tests/unit/daemon/test_daemon_cached_figures.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from codegraph.daemon.reports import LaneFigures, MemoryFigures, ModelInfo, RouteFigures

KEPT_SECONDS = 1.0
LOOKING_SHARE = 20
"""Looking takes at most one part in so many of the time: a million who wait are counted in seconds."""

Value = TypeVar("Value")
Waiting = tuple[tuple[LaneFigures, ...], tuple[RouteFigures, ...]]
"""Who waits for a vector, by lane and by model."""


class CachedFigure(Generic[Value]):
    """A figure, looked up once every `KEPT_SECONDS` for the same question, or less often."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looking = threading.Lock()
        self._last: tuple[object, float, Value] | None = None
        """The question, until when its answer holds, and the answer."""

    def get(self, question: object, look: Callable[[], Value]) -> Value:
        """Return what `look` gave, now or before. From any thread: while one looks, others get what was seen last."""
        last = self._last
        if last is not None and last[0] == question and (self._clock() < last[1] or self._looking.locked()):
            return last[2]
        with self._looking:
            last, now = self._last, self._clock()
            if last is None or last[0] != question or now >= last[1]:
                value, ended = look(), self._clock()
                last = self._last = (question, ended + max(KEPT_SECONDS, LOOKING_SHARE * (ended - now)), value)
            return last[2]


class CachedFigures:
    """What `status` looks up once in a while."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.memory: CachedFigure[MemoryFigures] = CachedFigure(clock)
        self.model: CachedFigure[ModelInfo] = CachedFigure(clock)
        self.waiting: CachedFigure[Waiting] = CachedFigure(clock)
