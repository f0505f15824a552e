"""The writer lets queries go first: between two steps of its work it waits while somebody is being answered.

Writer and queries share one interpreter. Side by side each of them takes twice as long, and a query that lets go of
the interpreter inside numpy gets it back only after the writer's slice; one after the other the query is done in its
own time. What the writer waits is bounded: never longer than it has worked since it last waited, never longer than
`LONGEST_SECONDS`, and for no query that has taken `SHORT_SECONDS` already. So it makes half of its speed at worst.
Tests: tests/unit/daemon/test_daemon_courtesy.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONGEST_SECONDS = 0.02
SHORT_SECONDS = 0.1


class Courtesy:
    """Knows who is being answered. Queries may be answered in any thread; one thread gives way."""

    def __init__(self, timer: Callable[[], float] = time.perf_counter) -> None:
        self._timer = timer
        self._begun: dict[int, float] = {}
        self._last = 0
        self._ended = threading.Condition()
        self._worked_from = timer()
        self._answered_at = float("-inf")

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let a query be answered."""
        with self._ended:
            self._last += 1
            number = self._last
            self._begun[number] = self._timer()
        try:
            yield
        finally:
            with self._ended:
                del self._begun[number]
                self._answered_at = self._timer()
                if not self._begun:
                    self._ended.notify_all()

    def is_quiet(self, seconds: float) -> bool:
        """Tell whether nobody has been answered for so long."""
        return not self._begun and self._timer() - self._answered_at >= seconds

    def give_way(self) -> None:
        """Wait, within bounds, until nobody is being answered."""
        if not self._begun:
            return
        now = self._timer()
        until = now + min(LONGEST_SECONDS, now - self._worked_from)
        with self._ended:
            while now < until and any(now - begun < SHORT_SECONDS for begun in self._begun.values()):
                self._ended.wait(until - now)
                now = self._timer()
        self._worked_from = now
