"""Any encoder that cuts long inputs, as one that reads them in windows: the tail of a long function counts too.

An input that fills its encoder is cut into windows of canonical tokens (`embed.windows`), each with the same name and
docstring; its vector is the mean of their unit vectors, weighted by their estimated sub-tokens, scaled to length 1.
Context stands in the first window alone: what all windows have in common adds up in the mean while their code averages
out, which is right for a name, and cost retrieval what signatures of others were in each of them
(docs/measurements.md, "What the parts of an input are worth"). A window is as large as what prose and context leave
when each is cut to its share (`text.shares`), so long signatures make no windows. How many sub-tokens a token has is
estimated from its characters, on the high side, because engines do not say; a window that is too large all the same is
cut by the engine.
`GraphCodeBertEncoder` has windows of its own.
Tests: tests/unit/embed/test_embed_windowed.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import msgspec
import numpy as np

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.staging import staged
from codegraph.embed.text import CONTEXT_SHARE, PROSE_SHARE
from codegraph.embed.windows import LAYOUT_ENDS, cut

CHARACTERS_PER_SUBTOKEN = 3
"""Names in code have about four; punctuation has one."""

LEAST_SHARE = 4
"""A window has at least one part in so many of the limit for code, however long the header of the container is."""

Weighted = tuple[EncoderInput, int]


@dataclass(frozen=True, slots=True)
class _Windows:
    """All windows of some inputs, prepared, and which of them are whose."""

    whole: Any
    starts: Sequence[int]
    weights: Sequence[int]
    lengths: Sequence[int]
    """See `staging.Prepared`: of all windows of an input together."""


class WindowedEncoder:
    """Another encoder with windows. As for threads, it is what the other one is."""

    def __init__(self, whole: Encoder, most: int) -> None:
        """Let every input become at most `most` windows."""
        self.identity = whole.identity
        self.name = whole.name
        self.dimensions = whole.dimensions
        self.max_length = whole.max_length
        self.device = whole.device
        self.whole = whole
        """What encodes the windows."""
        self._stages = staged(whole)
        self.in_flight = self._stages.in_flight
        self._most = most

    def length(self, source: EncoderInput) -> int:
        """Return how many tokens the largest window takes."""
        return self.whole.length(source)

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises what the other encoder raises."""
        if not inputs:
            return np.empty((0, self.dimensions), np.float32)
        return self.start(self.prepare(inputs), range(len(inputs)))()

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        return self.whole.encode_query(text)

    def prepare(self, inputs: Sequence[EncoderInput]) -> _Windows:
        """Cut the inputs and prepare all windows; whoever plans a batch counts all of them."""
        windows = [self.windows_of(source) for source in inputs]
        whole = self._stages.prepare([part for parts in windows for part, _ in parts])
        starts = [0, *accumulate(map(len, windows))]
        lengths = [sum(whole.lengths[first:last]) for first, last in pairwise(starts)]
        return _Windows(whole, starts, [weight for parts in windows for _, weight in parts], lengths)

    def start(self, prepared: _Windows, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """Begin the windows of some inputs."""
        chosen = [range(prepared.starts[position], prepared.starts[position + 1]) for position in positions]
        parts = [part for own in chosen for part in own]
        weights = np.array([prepared.weights[part] for part in parts], np.float32)
        starts = np.cumsum([0, *map(len, chosen[:-1])])
        finish = self._stages.start(prepared.whole, parts)

        def mean() -> FloatArray:
            sums = np.add.reduceat(finish() * weights[:, None], starts)
            found: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
            return found

        return mean

    def windows_of(self, source: EncoderInput) -> list[Weighted]:
        """Return the windows of an input and their weights; the input itself if it fits."""
        if self.whole.length(source) < self.max_length:
            return [(source, 1)]
        lengths = [_estimated(token) for token in source.tokens]
        found = cut(source.tokens, lengths, self._room(source), self._most)
        if len(found) < 2:
            return [(source, 1)]
        return [
            (
                msgspec.structs.replace(
                    source, tokens=source.tokens[first:last], context=() if first else source.context
                ),
                sum(lengths[first:last]),
            )
            for first, last in found
        ]

    def _room(self, source: EncoderInput) -> int:
        """Return how many sub-tokens of code a window of this input has room for."""
        least = msgspec.structs.replace(source, name="", docstring="", container="", tokens=("x",), context=())
        ends = self.whole.length(least)  # with one token of code, for what says nothing is given words (`text.passage`)

        def taken(**part: Any) -> int:
            return self.whole.length(msgspec.structs.replace(least, **part)) - ends

        prose = min(taken(name=source.name, docstring=source.docstring), self.max_length // PROSE_SHARE)
        context = min(taken(context=source.context), self.max_length // CONTEXT_SHARE)
        left = self.max_length - ends - prose - context - taken(container=source.container)
        return max(left, self.max_length // LEAST_SHARE, 1)


def _estimated(token: str) -> int:
    return 1 if token in LAYOUT_ENDS else -(-len(token) // CHARACTERS_PER_SUBTOKEN)
