"""Batches: codegraph/embed/batching.py."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolKind
from codegraph.embed.batching import PADDING, Pace, encode_halving, padded, plan
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput

ITEMS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 600)), max_size=60)


@given(ITEMS, st.integers(1, 4_000), st.integers(1, 20))
def test_plans_cover_everything_once_within_bounds(
    items: list[tuple[int, int]], batch_tokens: int, batch_symbols: int
) -> None:
    """Every distinct item is in exactly one batch, and no batch is larger than allowed."""
    lengths = dict(items)
    batches = plan(items, batch_tokens, batch_symbols)
    planned = [item for batch in batches for item in batch]
    assert sorted(planned) == sorted(lengths)
    for batch in batches:
        assert len(batch) <= batch_symbols
        longest = max(lengths[item] for item in batch)
        assert len(batch) == 1 or len(batch) * padded(longest) <= batch_tokens


def test_symbols_of_like_length_stand_together() -> None:
    """Longest first, so that padding is small and a lack of memory shows at once."""
    assert plan([("a", 10), ("b", 300), ("c", 12), ("d", 290)], 640, 8) == [("b", "d"), ("c", "a")]


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
    rows, too_large = encode_halving(_Small(), inputs)
    assert too_large
    assert np.isnan(rows[2]).all()
    assert np.array_equal(rows[[0, 1, 3, 4]], RecordingEncoder().encode([inputs[at] for at in (0, 1, 3, 4)]))
    assert not encode_halving(_Small(), inputs[:2])[1]
