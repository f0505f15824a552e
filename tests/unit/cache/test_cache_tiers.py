"""Hot before cold: codegraph/cache/tiers.py and codegraph/cache/statistics.py."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from codegraph.cache.codec import FloatArray, VectorCodec
from codegraph.cache.cold import MemoryColdTier
from codegraph.cache.hot import HotTier
from codegraph.cache.tiers import Tiers
from codegraph.core.symbols import EmbeddingKey


def _key(number: int) -> EmbeddingKey:
    return EmbeddingKey(number.to_bytes(16, "big"))


def _vectors(*numbers: int) -> dict[EmbeddingKey, FloatArray]:
    return {_key(number): np.full(8, number, np.float32) for number in numbers}


def _tiers(cold: MemoryColdTier, hot_bytes: int = 1 << 20) -> Tiers:
    return Tiers(HotTier(hot_bytes), cold, VectorCodec("f16"))


def test_vectors_are_found_in_either_tier_and_move_up() -> None:
    """What another process stored is fetched once from the cold tier and then from memory."""
    cold = MemoryColdTier()
    before = _tiers(cold)
    before.put_many(_vectors(1, 2))
    before.drain()
    tiers = _tiers(cold)
    for _ in range(2):
        found = tiers.get_many([_key(1), _key(2), _key(3)])
        assert {key: vector[0] for key, vector in found.items()} == {_key(1): 1.0, _key(2): 2.0}
    counts = tiers.statistics()
    assert (counts.cold.hits, counts.cold.misses, counts.cold.entries) == (2, 2, 2)
    assert (counts.hot.hits, counts.hot.misses, counts.hot.entries) == (2, 4, 2)
    assert counts.cold.lookup_seconds > 0


def test_a_failing_cold_tier_costs_time_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """Failures are counted and said once; the hot tier goes on; recovery is noticed."""
    cold = MemoryColdTier()
    cold.failing = True
    tiers = _tiers(cold)
    with caplog.at_level(logging.WARNING):
        tiers.put_many(_vectors(1))
        tiers.drain()
        assert list(tiers.get_many([_key(1), _key(2)])) == [_key(1)]
        assert tiers.prune(0) == 0
    assert len(caplog.records) == 1
    assert tiers.statistics().cold.errors >= 2
    cold.failing = False
    tiers.put_many(_vectors(2))
    tiers.drain()
    assert list(cold.values) == [_key(2)]


def test_damaged_frames_are_deleted_and_counted() -> None:
    """A frame that does not decode is a miss, and is not met again."""
    cold = MemoryColdTier()
    cold.put_many({_key(1): b"no frame"})
    tiers = _tiers(cold)
    assert tiers.get_many([_key(1)]) == {}
    assert tiers.statistics().cold.errors == 1
    assert cold.values == {}


def test_a_disabled_cold_tier_is_not_asked() -> None:
    """The reason is in the statistics, and lookups count no misses against it."""
    tiers = _tiers(MemoryColdTier(0, disabled="read-only"))
    tiers.put_many(_vectors(1))
    assert tiers.get_many([_key(2)]) == {}
    counts = tiers.statistics().cold
    assert (counts.disabled, counts.misses, counts.entries) == ("read-only", 0, 0)


def test_clearing_and_pruning() -> None:
    """Both tiers are empty after clear; prune shrinks the cold one."""
    cold = MemoryColdTier()
    tiers = _tiers(cold)
    tiers.put_many({})
    tiers.put_many(_vectors(1, 2, 3))
    assert tiers.prune(0) == 3
    assert list(tiers.get_many([_key(1)])) == [_key(1)]
    tiers.put_many(_vectors(4))
    tiers.clear()
    assert tiers.get_many([_key(1), _key(4)]) == {}
    tiers.close()
