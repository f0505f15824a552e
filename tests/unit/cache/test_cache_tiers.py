"""Hot before cold: codegraph/cache/tiers.py and codegraph/cache/statistics.py."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from codegraph.cache.codec import FloatArray, VectorCodec
from codegraph.cache.cold import MemoryColdTier
from codegraph.cache.hot import HotTier
from codegraph.cache.tiers import HELD_SECONDS, Tiers
from codegraph.core.symbols import EmbeddingKey


def _key(number: int) -> EmbeddingKey:
    return EmbeddingKey(number.to_bytes(16, "big"))


def _vectors(*numbers: int) -> dict[EmbeddingKey, FloatArray]:
    return {_key(number): np.full(8, number, np.float32) for number in numbers}


def _tiers(cold: MemoryColdTier, hot_bytes: int = 1 << 20, clock: Callable[[], float] = lambda: 0.0) -> Tiers:
    return Tiers(HotTier(hot_bytes), cold, VectorCodec("f16"), clock)


class _CountingTier(MemoryColdTier):
    """Remembers what each transaction wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[list[bytes]] = []
        self.wrote = threading.Event()

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        super().put_many(values)
        self.written.append(list(values))
        self.wrote.set()


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


def test_what_comes_without_a_pause_is_written_together_by_ascending_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are held back, found all the same, and written in sorted transactions of a bounded size."""
    monkeypatch.setattr("codegraph.cache.tiers.ROWS_TOGETHER", 4)
    cold = _CountingTier()
    tiers = _tiers(cold, hot_bytes=0)
    for batch in (_vectors(5, 3, 1), _vectors(4, 2, 6), _vectors(7)):
        tiers.put_many(batch)
    found = tiers.get_many([_key(5), _key(6), _key(8)])
    assert {key: vector[0] for key, vector in found.items()} == {_key(5): 5.0, _key(6): 6.0}
    assert cold.written == []
    tiers.write_soon()
    tiers.drain()
    assert cold.written == [[_key(1), _key(2), _key(3), _key(4)], [_key(5), _key(6), _key(7)]]
    assert [vector[0] for vector in tiers.get_many([_key(5)]).values()] == [5.0]
    tiers.close()


def test_holding_back_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many bytes are written although more keeps coming."""
    monkeypatch.setattr("codegraph.cache.tiers.HELD_BYTES", 1)
    cold = _CountingTier()
    tiers = _tiers(cold)
    tiers.put_many(_vectors(1))
    assert cold.wrote.wait(60)
    tiers.close()


def test_holding_back_is_bounded_in_time() -> None:
    """What has waited for so long is written although more keeps coming; the end writes the rest."""
    times = iter([0.0, 0.0, HELD_SECONDS])
    cold = _CountingTier()
    tiers = _tiers(cold, clock=lambda: next(times, 0.0))
    tiers.put_many(_vectors(1))
    tiers.put_many(_vectors(2))
    assert cold.wrote.wait(60)
    assert cold.written == [[_key(1), _key(2)]]
    tiers.put_many(_vectors(3))
    tiers.close()
    assert cold.written == [[_key(1), _key(2)], [_key(3)]]
