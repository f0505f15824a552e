"""Hot before cold: the one place where vectors are looked up by key.

A vector found in the cold tier moves up into the hot one. The cold tier's failures are counted, logged once
in a row, and otherwise taken for misses: a cache that cannot answer costs time and nothing else. A frame
that does not decode is deleted and counted.

Writing to the cold tier happens behind the caller's back, in one thread, so that a disk never stands
between an edit and its answer; at most `WRITES_AHEAD` batches wait, then the caller does. What is lost
when the process dies before its last batches are written is computed again.
Tests: tests/unit/cache/test_cache_tiers.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from codegraph.cache.codec import FloatArray, VectorCodec
from codegraph.cache.cold import ColdTier
from codegraph.cache.hot import HotTier
from codegraph.cache.statistics import CacheStatistics, TierStatistics
from codegraph.core.symbols import EmbeddingKey
from codegraph.errors import CacheError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

WRITES_AHEAD = 16
"""Batches that may wait for the disk: 8,192 vectors at 512 a batch, 25 MB at 768 dimensions."""

ENCODED_TOGETHER = 64
"""Vectors that stay in a core's cache while they are encoded."""


class Tiers:
    """Both tiers behind one lookup. Safe to use from several threads; never raises CacheError."""

    def __init__(self, hot: HotTier, cold: ColdTier, codec: VectorCodec) -> None:
        self._hot = hot
        self._cold = cold
        self._codec = codec
        self._lock = threading.Lock()
        self._hits = self._misses = self._errors = 0
        self._seconds = 0.0
        self._failure = ""
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="cold")
        self._ahead = threading.BoundedSemaphore(WRITES_AHEAD)

    def get_many(self, keys: Sequence[EmbeddingKey]) -> dict[EmbeddingKey, FloatArray]:
        """Return the vectors that are in either tier, read-only."""
        found = self._hot.get_many(keys)
        missing = [key for key in keys if key not in found]
        if missing and not self._cold.disabled:
            fetched = self._fetch(missing)
            self._hot.put_many(fetched)
            found.update(fetched)
        return found

    def put_many(self, vectors: Mapping[EmbeddingKey, FloatArray]) -> None:
        """Keep vectors of one model in both tiers; they become read-only."""
        if not vectors:
            return
        self._hot.put_many(vectors)
        if not self._cold.disabled:
            self._ahead.acquire()
            self._writer.submit(self._write, dict(vectors))

    @property
    def trouble(self) -> str:
        """Why vectors are not kept in the cold tier, or "" when they are."""
        return self._cold.disabled or self._failure

    def drain(self) -> None:
        """Return once everything put before is in the cold tier, or was refused by it."""
        self._writer.submit(lambda: None).result()

    def _write(self, vectors: Mapping[EmbeddingKey, FloatArray]) -> None:
        try:
            self._attempt(lambda: self._store(vectors), None)
        except Exception:
            logger.exception("a batch of vectors could not be cached")
        finally:
            self._ahead.release()

    def prune(self, cold_bytes: int) -> int:
        """Shrink the cold tier to `cold_bytes`; return how many entries went."""
        self.drain()
        return self._attempt(lambda: self._cold.prune(cold_bytes), 0)

    def clear(self) -> None:
        """Forget everything in both tiers."""
        self.drain()
        self._hot.clear()
        self._attempt(self._cold.clear, None)

    def close(self) -> None:
        """Write what waits and release the cold tier's files; a second call does nothing."""
        self._writer.shutdown(wait=True)
        self._cold.close()

    def statistics(self) -> CacheStatistics:
        """Return the counts of both tiers."""
        entries, size = self._attempt(self._cold.size, (0, 0))
        with self._lock:
            cold = TierStatistics(
                entries=entries,
                bytes=size,
                limit_bytes=self._cold.limit_bytes,
                hits=self._hits,
                misses=self._misses,
                evictions=self._cold.evictions,
                errors=self._errors,
                lookup_seconds=self._seconds,
                disabled=self._cold.disabled,
            )
        return CacheStatistics(self._hot.statistics(), cold)

    def _fetch(self, keys: Sequence[EmbeddingKey]) -> dict[EmbeddingKey, FloatArray]:
        began = time.perf_counter()
        nothing: dict[bytes, bytes] = {}
        frames = self._attempt(lambda: self._cold.get_many(keys), nothing)
        vectors: dict[EmbeddingKey, FloatArray] = {}
        damaged: list[EmbeddingKey] = []
        for key in keys:
            frame = frames.get(key)
            if frame is None:
                continue
            try:
                vectors[key] = self._codec.decode(frame)
            except CacheError as error:
                logger.debug("a cached vector is thrown away: %s", error.message)
                damaged.append(key)
        if damaged:
            self._attempt(lambda: self._cold.delete_many(damaged), None)
        with self._lock:
            self._hits += len(vectors)
            self._misses += len(keys) - len(vectors)
            self._errors += len(damaged)
            self._seconds += time.perf_counter() - began
        return vectors

    def _store(self, vectors: Mapping[EmbeddingKey, FloatArray]) -> None:
        rows = list(vectors.values())
        frames: list[bytes] = []
        for start in range(0, len(rows), ENCODED_TOGETHER):
            frames += self._codec.encode(np.stack(rows[start : start + ENCODED_TOGETHER]))
        self._cold.put_many(dict(zip(vectors, frames, strict=True)))

    def _attempt(self, work: Callable[[], Result], fallback: Result) -> Result:
        """Do `work` on the cold tier; count a failure, say it once in a row, and go on with `fallback`."""
        try:
            result = work()
        except CacheError as error:
            with self._lock:
                self._errors += 1
                first, self._failure = not self._failure, error.message
            if first:
                logger.warning("%s; vectors are computed again until it works", error.message)
            return fallback
        self._failure = ""
        return result
