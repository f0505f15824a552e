"""Encoding in stages, so that a model never waits for Python.

`prepare` turns inputs into what the model eats (tokens, features) and may run in another thread, ahead of
time. `start` begins one batch of what was prepared and returns a function that waits for its rows: on a GPU the
device works in between, so the next batch can be padded and sent meanwhile. An encoder with one piece of work
and no stages is `InOnePiece`. Tests: tests/unit/embed/test_embed_worker_process.py, test_embed_batching.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput

logger = logging.getLogger(__name__)


class Prepared(Protocol):
    """Inputs made ready by `StagedEncoder.prepare`, which alone knows what is inside."""

    @property
    def lengths(self) -> Sequence[int]:
        """Tokens that each input takes in a batch, at least 1."""
        ...


@runtime_checkable
class StagedEncoder(Protocol):
    """An encoder that can be given work ahead."""

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        ...

    @property
    def in_flight(self) -> int:
        """How many batches may be started before the first of them is waited for, at least 1."""
        ...

    def prepare(self, inputs: Sequence[EncoderInput]) -> Any:
        """Return `Prepared`. One thread may prepare while another starts what was prepared before."""
        ...

    def start(self, prepared: Any, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """Begin one batch of prepared inputs; the result waits for their unit rows. Both raise MemoryError."""
        ...


class _Whole:
    """Inputs as they are; what they need is found out by whoever asks, for the encoder belongs to one thread."""

    def __init__(self, inputs: Sequence[EncoderInput], length: Callable[[EncoderInput], int]) -> None:
        self.inputs = inputs
        self._length = length

    @cached_property
    def lengths(self) -> Sequence[int]:
        """See `Prepared`."""
        return [self._length(source) for source in self.inputs]


class InOnePiece:
    """Any encoder as a staged one: nothing is done ahead, all of it when a batch starts."""

    in_flight = 1

    def __init__(self, encoder: Encoder) -> None:
        self.dimensions = encoder.dimensions
        self._encoder = encoder

    def prepare(self, inputs: Sequence[EncoderInput]) -> _Whole:
        """Keep the inputs."""
        return _Whole(inputs, self._encoder.length)

    def start(self, prepared: _Whole, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """Encode at once."""
        rows = self._encoder.encode([prepared.inputs[position] for position in positions])
        return lambda: rows


def staged(encoder: Encoder) -> StagedEncoder:
    """Return the encoder's stages."""
    return encoder if isinstance(encoder, StagedEncoder) else InOnePiece(encoder)


def encode_halving(encoder: StagedEncoder, prepared: Prepared, positions: Sequence[int]) -> FloatArray:
    """Encode prepared inputs, halving on MemoryError.

    A single input that does not fit gets a row of NaN, which the caller rejects like any unusable vector.
    """
    try:
        return encoder.start(prepared, positions)()
    except MemoryError:
        if len(positions) == 1:
            logger.warning("there is too little memory for one input of %d tokens", prepared.lengths[positions[0]])
            return np.full((1, encoder.dimensions), np.nan, np.float32)
    middle = len(positions) // 2
    halves = (positions[:middle], positions[middle:])
    return np.concatenate([encode_halving(encoder, prepared, half) for half in halves])
