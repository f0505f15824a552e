"""When a key that failed is tried again, and in what company.

The first failure of a key waits `first_seconds`, each further one twice as long, up to `longest_seconds`.
A key that failed more than once is to be embedded alone, so that one poisonous symbol cannot keep taking
its batch down with it. Pure: the caller passes the clock in. Nothing of this is ever stored; a restart of
the daemon forgives every key.
Tests: tests/unit/embed/test_embed_retry.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from codegraph.core.symbols import EmbeddingKey

LONGEST_SECONDS = 600.0


class _Failure(NamedTuple):
    times: int
    due: float


class RetryPolicy:
    """Back-off per embedding key. Times are seconds of whatever clock the caller uses. Not thread-safe."""

    def __init__(self, first_seconds: float, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._first = first_seconds
        self._longest = max(first_seconds, longest_seconds)
        self._failures: dict[EmbeddingKey, _Failure] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def failed(self, keys: Iterable[EmbeddingKey], now: float) -> None:
        """Note that these keys were tried and gave no vector."""
        for key in keys:
            known = self._failures.get(key)
            times = 1 if known is None else known.times + 1
            wait = min(self._longest, self._first * 2.0 ** min(times - 1, 60))
            self._failures[key] = _Failure(times, now + wait)

    def succeeded(self, keys: Iterable[EmbeddingKey]) -> None:
        """Forgive these keys."""
        for key in keys:
            self._failures.pop(key, None)

    def keep_only(self, live: Collection[EmbeddingKey]) -> None:
        """Forget keys that nobody wants any more."""
        self._failures = {key: failure for key, failure in self._failures.items() if key in live}

    def due(self, key: EmbeddingKey, now: float) -> bool:
        """Return whether the key may be tried now; a key that never failed always may."""
        known = self._failures.get(key)
        return known is None or known.due <= now

    def alone(self, key: EmbeddingKey) -> bool:
        """Return whether the key failed so often that it should have a batch of its own."""
        known = self._failures.get(key)
        return known is not None and known.times > 1

    def next_due(self) -> float | None:
        """Return the time at which the next key becomes due, None if none failed."""
        return min((failure.due for failure in self._failures.values()), default=None)
