"""Batches: codegraph/embed/batching.py and staging.py."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolKind
from codegraph.embed.batching import PADDING, Pace, first_batch, padded
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput
from codegraph.embed.staging import encode_halving, staged


@given(st.lists(st.integers(1, 600), min_size=1, max_size=60), st.integers(1, 4_000))
def test_a_batch_is_bounded_by_its_padded_tokens(lengths: list[int], batch_tokens: int) -> None:
    """As many of the longest as fit, and at least one."""
    lengths.sort(reverse=True)
    count = first_batch(lengths, batch_tokens)
    assert count == 1 or count * padded(lengths[0]) <= batch_tokens
    assert count == len(lengths) or (count + 1) * padded(lengths[0]) > batch_tokens


def test_lengths_are_padded_to_few_shapes() -> None:
    """Padded lengths are multiples of 16, and nothing is padded to nothing."""
    assert [padded(length) for length in (0, 1, 16, 17)] == [PADDING, PADDING, 16, 32]


def test_pace_keeps_batches_short() -> None:
    """A slow model gets small batches, a fast one the configured size, and one that overflowed stays below."""
    pace = Pace(batch_tokens=16_384, target_seconds=0.2)
    assert pace.batch_tokens == 1_024
    pace.record(1_000, 1.0)
    assert pace.batch_tokens == 200
    for _ in range(40):
        pace.record(1_000, 0.001)
    assert pace.batch_tokens == 16_384
    pace.reduce(4_000)
    assert pace.batch_tokens == 2_000


class _Small(RecordingEncoder):
    """Has room for two inputs at a time, and none for those named "huge"."""

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        if len(inputs) > 2 or any(source.name == "huge" for source in inputs):
            raise MemoryError
        return super().encode(inputs)


def test_a_batch_that_does_not_fit_is_halved() -> None:
    """Only the input that does not fit alone is lost; rows stay in order."""
    names = ["a", "b", "huge", "c", "d"]
    inputs = [EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", ()) for name in names]
    encoder = staged(_Small())
    rows = encode_halving(encoder, encoder.prepare(inputs), range(5))
    assert np.isnan(rows[2]).all()
    assert np.array_equal(rows[[0, 1, 3, 4]], RecordingEncoder().encode([inputs[at] for at in (0, 1, 3, 4)]))
