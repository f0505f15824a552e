"""Which symbols go through the model together.

A transformer pads a batch to its longest member, so symbols of like length belong together. A batch is
bounded three ways: padded tokens (memory), symbols, and the seconds it is expected to take, because a
batch in progress cannot be interrupted and a query may be waiting behind it.

`plan` is pure. `Pace` learns the seconds per token from batches that are done and says how many tokens
the next one may have. `encode_halving` answers a MemoryError with two smaller batches.
Tests: tests/unit/embed/test_embed_batching.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput

PADDING = 16
"""Lengths are rounded up to a multiple of this many tokens, so that few shapes occur."""

FIRST_TOKENS = 1_024
"""Size of the first batch, before anything is known of the model's speed."""

Item = TypeVar("Item")


def padded(length: int) -> int:
    """Round a length up to the next multiple of `PADDING`."""
    return -(-max(length, 1) // PADDING) * PADDING


def plan(items: Sequence[tuple[Item, int]], batch_tokens: int, batch_symbols: int) -> list[tuple[Item, ...]]:
    """Cut (item, length) pairs into batches, longest first; repeated items are planned once.

    No batch has more than `batch_symbols` items or, unless it has one item only, more than `batch_tokens`
    tokens with its padding. The result depends on the set of pairs and, for equal lengths, their order.
    """
    lengths = dict(items)
    ordered = sorted(lengths, key=lambda item: -lengths[item])
    batches: list[tuple[Item, ...]] = []
    at = 0
    while at < len(ordered):
        count = first_batch([lengths[item] for item in ordered[at : at + batch_symbols]], batch_tokens)
        batches.append(tuple(ordered[at : at + count]))
        at += count
    return batches


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


def encode_halving(encoder: Encoder, inputs: Sequence[EncoderInput]) -> tuple[FloatArray, bool]:
    """Encode `inputs`, halving on MemoryError; the flag says whether that was necessary.

    A single input that does not fit gets a row of NaN, which the caller rejects like any unusable vector.
    """
    try:
        return encoder.encode(inputs), False
    except MemoryError:
        if len(inputs) == 1:
            return np.full((1, encoder.dimensions), np.nan, np.float32), True
    middle = len(inputs) // 2
    first, _ = encode_halving(encoder, inputs[:middle])
    second, _ = encode_halving(encoder, inputs[middle:])
    return np.concatenate([first, second]), True
