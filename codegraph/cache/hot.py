"""The hot tier: decoded vectors in memory, least recently used out first, bounded in bytes.

Bytes are those of the numbers plus `ENTRY_BYTES` for what Python needs around them. Vectors are made
read-only when they are stored, because all readers share them.
Tests: tests/unit/cache/test_cache_hot.py.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from codegraph.cache.codec import FloatArray
from codegraph.cache.statistics import TierStatistics
from codegraph.core.symbols import EmbeddingKey

ENTRY_BYTES = 300
"""Measured on CPython 3.11: array object, key, and place in the ordered dictionary."""


class HotTier:
    """An LRU cache of vectors. Safe to use from several threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._vectors: OrderedDict[EmbeddingKey, FloatArray] = OrderedDict()
        self._bytes = 0
        self._hits = self._misses = self._evictions = 0
        self._seconds = 0.0
        self._lock = threading.Lock()

    def get_many(self, keys: Iterable[EmbeddingKey]) -> dict[EmbeddingKey, FloatArray]:
        """Return the vectors that are here, read-only; they become the most recently used."""
        began = time.perf_counter()
        found: dict[EmbeddingKey, FloatArray] = {}
        missed = 0
        with self._lock:
            for key in keys:
                vector = self._vectors.get(key)
                if vector is None:
                    missed += 1
                else:
                    self._vectors.move_to_end(key)
                    found[key] = vector
            self._hits += len(found)
            self._misses += missed
            self._seconds += time.perf_counter() - began
        return found

    def put_many(self, vectors: Mapping[EmbeddingKey, FloatArray]) -> None:
        """Keep vectors, which become read-only; views are copied, so that they hold no larger array alive."""
        kept = {key: vector if vector.base is None else vector.copy() for key, vector in vectors.items()}
        for vector in kept.values():
            vector.flags.writeable = False
        with self._lock:
            for key, vector in kept.items():
                before = self._vectors.pop(key, None)
                if before is not None:
                    self._bytes -= before.nbytes + ENTRY_BYTES
                self._vectors[key] = vector
                self._bytes += vector.nbytes + ENTRY_BYTES
            self._evict()

    def clear(self) -> None:
        """Forget all vectors; counts stay."""
        with self._lock:
            self._vectors.clear()
            self._bytes = 0

    def statistics(self) -> TierStatistics:
        """Return the counts."""
        with self._lock:
            return TierStatistics(
                entries=len(self._vectors),
                bytes=self._bytes,
                limit_bytes=self._limit,
                hits=self._hits,
                misses=self._misses,
                evictions=self._evictions,
                lookup_seconds=self._seconds,
            )

    def _evict(self) -> None:
        while self._bytes > self._limit and self._vectors:
            _, vector = self._vectors.popitem(last=False)
            self._bytes -= vector.nbytes + ENTRY_BYTES
            self._evictions += 1
