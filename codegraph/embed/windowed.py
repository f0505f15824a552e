"""Any encoder that cuts long inputs, as one that reads them in windows: the tail of a long function counts too.

An input that fills its encoder is cut into windows of canonical tokens (`embed.windows`), each with the same name,
docstring and context; its vector is the mean of their unit vectors, weighted by their estimated sub-tokens, scaled to
length 1. How many sub-tokens a token has is estimated from its characters, on the high side, because engines do
not say; a window that is too large all the same is cut by the engine. `GraphCodeBertEncoder` has windows of its own.
Tests: tests/unit/embed/test_embed_windowed.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import msgspec
import numpy as np

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.windows import LAYOUT_ENDS, cut

CHARACTERS_PER_SUBTOKEN = 3
"""Names in code have about four; punctuation has one."""

LEAST_SHARE = 4
"""A window has at least one part in so many of the limit for code, whatever prose and context take."""

Weighted = tuple[EncoderInput, int]


class _Windows:
    """The windows of inputs, found when somebody asks: the encoder belongs to one thread."""

    def __init__(self, inputs: Sequence[EncoderInput], encoder: WindowedEncoder) -> None:
        self._inputs = inputs
        self._encoder = encoder

    @cached_property
    def windows(self) -> list[list[Weighted]]:
        return [self._encoder.windows_of(source) for source in self._inputs]

    @cached_property
    def lengths(self) -> list[int]:
        """See `staging.Prepared`."""
        return [sum(self._encoder.length(part) for part, _ in parts) for parts in self.windows]


class WindowedEncoder:
    """Another encoder with windows. Belongs to one thread."""

    in_flight = 1

    def __init__(self, whole: Encoder, most: int) -> None:
        """Let every input become at most `most` windows."""
        self.identity = whole.identity
        self.name = whole.name
        self.dimensions = whole.dimensions
        self.max_length = whole.max_length
        self.device = whole.device
        self._whole = whole
        self._most = most

    def length(self, source: EncoderInput) -> int:
        """Return how many tokens the largest window takes."""
        return self._whole.length(source)

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises what the other encoder raises."""
        if not inputs:
            return np.empty((0, self.dimensions), np.float32)
        return self._mean([self.windows_of(source) for source in inputs])

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        return self._whole.encode_query(text)

    def prepare(self, inputs: Sequence[EncoderInput]) -> _Windows:
        """See `StagedEncoder`: nothing is done ahead, but all windows count when a batch is planned."""
        return _Windows(inputs, self)

    def start(self, prepared: _Windows, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """Encode at once."""
        rows = self._mean([prepared.windows[position] for position in positions])
        return lambda: rows

    def windows_of(self, source: EncoderInput) -> list[Weighted]:
        """Return the windows of an input and their weights; the input itself if it fits."""
        if self._whole.length(source) < self.max_length:
            return [(source, 1)]
        lengths = [_estimated(token) for token in source.tokens]
        taken = self._whole.length(msgspec.structs.replace(source, tokens=()))
        room = max(self.max_length - taken, self.max_length // LEAST_SHARE, 1)
        found = cut(source.tokens, lengths, room, self._most)
        if len(found) < 2:
            return [(source, 1)]
        return [
            (msgspec.structs.replace(source, tokens=source.tokens[first:last]), sum(lengths[first:last]))
            for first, last in found
        ]

    def _mean(self, windows: Sequence[Sequence[Weighted]]) -> FloatArray:
        rows = self._whole.encode([part for parts in windows for part, _ in parts])
        weights = np.array([weight for parts in windows for _, weight in parts], np.float32)
        starts = np.cumsum([0, *map(len, windows[:-1])])
        sums = np.add.reduceat(rows * weights[:, None], starts)
        found: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return found


def _estimated(token: str) -> int:
    return 1 if token in LAYOUT_ENDS else -(-len(token) // CHARACTERS_PER_SUBTOKEN)
