"""The hot tier: codegraph/cache/hot.py."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.cache.codec import FloatArray
from codegraph.cache.hot import ENTRY_BYTES, HotTier
from codegraph.core.symbols import EmbeddingKey

COST = 4 * 8 + ENTRY_BYTES


def _key(number: int) -> EmbeddingKey:
    return EmbeddingKey(number.to_bytes(16, "big"))


def _vector(number: int) -> FloatArray:
    return np.full(8, number, np.float32)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=60), st.integers(0, 5))
def test_the_least_recently_used_go_first(steps: list[tuple[bool, int]], room: int) -> None:
    """Against a plain model: the same vectors are here after any sequence of puts and gets."""
    tier = HotTier(room * COST)
    model: OrderedDict[int, None] = OrderedDict()
    for put, number in steps:
        if put:
            tier.put_many({_key(number): _vector(number)})
            model.pop(number, None)
            model[number] = None
            while len(model) > room:
                model.popitem(last=False)
        else:
            found = tier.get_many([_key(number)]).get(_key(number))
            assert (found is not None) == (number in model)
            if number in model:
                model.move_to_end(number)
                assert found is not None
                assert found[0] == number
        assert tier.statistics().entries == len(model)
        assert tier.statistics().bytes == len(model) * COST <= room * COST


def test_hits_misses_and_evictions_are_counted() -> None:
    """Each looked-up key is a hit or a miss."""
    tier = HotTier(2 * COST)
    tier.put_many({_key(number): _vector(number) for number in range(3)})
    tier.get_many([_key(0), _key(1), _key(2)])
    counts = tier.statistics()
    assert (counts.hits, counts.misses, counts.evictions, counts.entries) == (2, 1, 1, 2)
    tier.clear()
    assert (tier.statistics().entries, tier.statistics().bytes) == (0, 0)


def test_shared_vectors_cannot_be_changed_and_hold_no_matrix_alive() -> None:
    """A reader that writes gets an error; a row of a batch is copied out of it."""
    tier = HotTier(1 << 20)
    matrix = np.zeros((100, 8), np.float32)
    tier.put_many({_key(1): matrix[5]})
    found = tier.get_many([_key(1)])[_key(1)]
    assert found.base is None
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1


def test_threads_keep_the_bytes_right() -> None:
    """Concurrent puts and gets leave the count equal to what is there."""
    tier = HotTier(20 * COST)

    def work(seed: int) -> None:
        for number in range(200):
            tier.put_many({_key(seed * 7 + number % 30): _vector(number)})
            tier.get_many([_key(number % 50)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    counts = tier.statistics()
    assert counts.bytes == counts.entries * COST <= 20 * COST
