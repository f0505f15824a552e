"""Vectors in fewer bits: `codegraph.cache.quantiser`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from codegraph.cache.quantiser import Binary, Float, Int8, Quantiser, Sparse, hamming, rescored
from codegraph.embed.transform import unit

BOUNDS: list[tuple[Quantiser, int, float]] = [
    (Float(32), 64, 0.0),
    (Float(16), 32, 1e-3),
    (Int8(), 20, 2e-2),
    (Sparse(1.0), 33, 1e-3),
]
"""Quantiser, bytes for 16 dimensions, and the largest error of a component."""


@given(arrays(np.float32, (5, 16), elements=st.floats(-1, 1, width=32)))
def test_what_comes_back_is_near(values: np.ndarray) -> None:
    """Each quantiser needs the stated bytes, and what it remembers is within its bound, zero rows included."""
    vectors = unit(values)
    for quantiser, size, bound in BOUNDS:
        rows = quantiser.encode(vectors)
        assert rows.shape == (5, size)
        assert rows.dtype == np.uint8
        assert np.abs(quantiser.decode(rows, 16) - vectors).max() <= bound


def test_sparse_keeps_the_blocks_with_the_most_energy() -> None:
    """Half of the blocks stay, those with the largest sum of squares, and the rest reads as zero."""
    vector = unit(np.repeat(np.array([[1.0, 0.1, 0.5, 0.2]], np.float32), 8, axis=1))
    back = Sparse(0.5).decode(Sparse(0.5).encode(vector), 32)[0].reshape(4, 8)
    assert [bool(block.any()) for block in back] == [True, False, True, False]
    assert np.linalg.norm(back) == pytest.approx(1)


def test_binary_keeps_signs_and_hamming_counts_them() -> None:
    """The distance of two codes is the number of components whose signs differ."""
    random = np.random.default_rng(1)
    vectors = random.standard_normal((20, 24)).astype(np.float32)
    codes = Binary().encode(vectors)
    expected = ((vectors > 0) != (vectors[0] > 0)).sum(axis=1)
    assert hamming(codes[0], codes).tolist() == expected.tolist()
    assert ((Binary().decode(codes, 24) > 0) == (vectors > 0)).all()


def test_rescoring_all_rows_is_an_exact_search() -> None:
    """With every row a candidate the result is the exact order; with few it is drawn from the nearest by signs."""
    random = np.random.default_rng(2)
    vectors = unit(random.standard_normal((200, 32)).astype(np.float32))
    query = unit(random.standard_normal((1, 32)).astype(np.float32))[0]
    codes, exact = Binary().encode(vectors), Float(32).encode(vectors)
    order = np.argsort(-(vectors @ query))[:10]
    assert rescored(query, codes, exact, Float(32), 10, 200).tolist() == order.tolist()
    near = set(np.argsort(hamming(Binary().encode(query[None, :])[0], codes), kind="stable")[:60].tolist())
    distances = hamming(Binary().encode(query[None, :])[0], codes)
    found = rescored(query, codes, exact, Float(32), 10, 60)
    assert distances[found].max() <= distances[sorted(near)].max()


def test_odd_dimensions_have_no_blocks() -> None:
    """Sparse codes need whole blocks, and say so."""
    with pytest.raises(ValueError, match="blocks"):
        Sparse(0.5).encode(np.ones((1, 12), np.float32))
