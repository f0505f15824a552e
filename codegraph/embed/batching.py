"""Which symbols go through the model together.

A transformer pads a batch to its longest member, so symbols of like length belong together. A batch is
bounded three ways: padded tokens (memory), symbols, and the seconds it is expected to take, because a
batch in progress cannot be interrupted and a query may be waiting behind it.

`Pace` learns the seconds per token from batches that are done and says how many tokens the next one may have.
Tests: tests/unit/embed/test_embed_batching.py.
"""

from __future__ import annotations

from collections.abc import Sequence

PADDING = 16
"""Lengths are rounded up to a multiple of this many tokens, so that few shapes occur."""

FIRST_TOKENS = 1_024
"""Size of the first batch, before anything is known of the model's speed."""


def padded(length: int) -> int:
    """Round a length up to the next multiple of `PADDING`."""
    return -(-max(length, 1) // PADDING) * PADDING


def first_batch(lengths: Sequence[int], batch_tokens: int) -> int:
    """Return how many of `lengths`, longest first, fit into one batch; at least one."""
    return min(len(lengths), max(1, batch_tokens // padded(lengths[0])))


class Pace:
    """How many tokens a batch may have so that it takes about `target_seconds`."""

    def __init__(self, batch_tokens: int, target_seconds: float) -> None:
        self._limit = batch_tokens
        self._target = target_seconds
        self._seconds_per_token: float | None = None

    @property
    def batch_tokens(self) -> int:
        """The size of the next batch in padded tokens."""
        if self._seconds_per_token is None:
            return min(self._limit, FIRST_TOKENS)
        return max(1, min(self._limit, int(self._target / self._seconds_per_token)))

    def record(self, tokens: int, seconds: float) -> None:
        """Learn from a finished batch; recent batches count half."""
        observed = max(seconds, 1e-9) / max(tokens, 1)
        before = self._seconds_per_token
        self._seconds_per_token = observed if before is None else (before + observed) / 2

    def reduce(self, tokens: int) -> None:
        """Never again plan a batch as large as one that did not fit into memory."""
        self._limit = max(1, min(self._limit, tokens // 2))
