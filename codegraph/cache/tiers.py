"""Hot before cold: the one place where vectors are looked up by key.

A vector found in the cold tier moves up into the hot one. The cold tier's failures are counted, logged once
in a row, and otherwise taken for misses: a cache that cannot answer costs time and nothing else. A frame
that does not decode is deleted and counted.

Writing to the cold tier happens behind the caller's back, in one thread, so that a disk never stands
between an edit and its answer; at most `WRITES_AHEAD` batches wait, then the caller does. What comes without
a pause is held back, encoded, up to `HELD_BYTES` or `HELD_SECONDS`, and written by ascending keys: a key is a hash,
so each vector written alone rewrites a page of the table of keys, and many at once rewrite it no more often than
few do. A lookup finds what is not written yet. What is lost when the process dies before that is computed again; the
project that asked for it has it in its own state.
Tests: tests/unit/cache/test_cache_tiers.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np

from codegraph.cache.codec import FloatArray, Numbers, VectorCodec
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

HELD_BYTES = 33_554_432
"""Frames held back at most, some 60,000 of 256 dimensions: a table of a million keys is rewritten 18 times."""

HELD_SECONDS = 60.0
"""So long they are held back at most while more keep coming."""

ROWS_TOGETHER = 4_096
"""Rows a transaction: other processes that write wait for a tenth of a second, not for all that was held back."""


class Tiers:
    """Both tiers behind one lookup. Safe to use from several threads; never raises CacheError."""

    def __init__(
        self, hot: HotTier, cold: ColdTier, codec: VectorCodec, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hot = hot
        self._cold = cold
        self._codec = codec
        self._lock = threading.Lock()
        self._hits = self._misses = self._errors = 0
        self._seconds = 0.0
        self._failure = ""
        self._clock = clock
        self._queued: dict[EmbeddingKey, FloatArray] = {}
        self._held: dict[bytes, bytes] = {}
        self._held_bytes = 0
        self._held_since = 0.0
        self._closed = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="cold")
        self._ahead = threading.BoundedSemaphore(WRITES_AHEAD)

    def get_many(self, keys: Sequence[EmbeddingKey]) -> dict[EmbeddingKey, FloatArray]:
        """Return the vectors that are in either tier, read-only."""
        found = self._hot.get_many(keys)
        with self._lock:
            found |= {key: self._queued[key] for key in keys if key not in found and key in self._queued}
        missing = [key for key in keys if key not in found]
        if missing and not self._cold.disabled:
            fetched = self._fetch(missing)
            self._hot.put_many(fetched)
            found.update(fetched)
        return found

    def put_many(self, vectors: Mapping[EmbeddingKey, FloatArray]) -> FloatArray:
        """Keep vectors of one model in both tiers. `write_soon` says that no more come.

        Return them as they come back, a row each, so that nothing made of them tells from where one was taken.
        """
        if not vectors:
            return np.empty((0, 0), dtype=np.float32)
        numbers = self._codec.narrowed(np.stack(list(vectors.values())))
        rows = numbers.astype(np.float32, copy=False)
        kept = dict(zip(vectors, rows, strict=True))
        self._hot.put_many(kept)
        if not self._cold.disabled:
            self._ahead.acquire()
            with self._lock:
                self._queued.update(kept)
            self._writer.submit(self._hold, tuple(kept), numbers)
        return rows

    def write_soon(self) -> None:
        """Hold nothing back any longer; returns at once."""
        self._writer.submit(self._write_held)

    @property
    def trouble(self) -> str:
        """Why vectors are not kept in the cold tier, or "" when they are."""
        return self._cold.disabled or self._failure

    def drain(self) -> None:
        """Return once everything put before is in the cold tier, or was refused by it."""
        self._writer.submit(self._write_held).result()

    def _hold(self, keys: Sequence[EmbeddingKey], rows: Numbers) -> None:
        """Encode a batch, and write what is held back if that is enough by now."""
        try:
            frames: dict[bytes, bytes] = dict(zip(keys, self._encoded(rows), strict=True))
            with self._lock:
                if not self._held:
                    self._held_since = self._clock()
                self._held.update(frames)
                self._held_bytes += sum(map(len, frames.values()))
            if self._held_bytes >= HELD_BYTES or self._clock() >= self._held_since + HELD_SECONDS:
                self._write_held()
        except Exception:
            logger.exception("a batch of vectors could not be cached")
        finally:
            with self._lock:
                for key in keys:
                    self._queued.pop(key, None)
            self._ahead.release()

    def _write_held(self) -> None:
        buckets: list[list[bytes]] = [[] for _ in range(256)]
        for key in self._held:
            buckets[key[0]].append(key)
        keys = [key for bucket in buckets for key in sorted(bucket)]  # one sort of all would hold up every thread
        for start in range(0, len(keys), ROWS_TOGETHER):
            rows = {key: self._held[key] for key in keys[start : start + ROWS_TOGETHER]}
            self._attempt(partial(self._cold.put_many, rows), None)
        with self._lock:
            self._held, self._held_bytes = {}, 0

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
        if not self._closed:
            self._closed = True
            self._writer.submit(self._write_held)
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
        with self._lock:
            frames: dict[bytes, bytes] = {key: self._held[key] for key in keys if key in self._held}
        absent = [key for key in keys if key not in frames]
        frames |= self._attempt(lambda: self._cold.get_many(absent), nothing)
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

    def _encoded(self, rows: Numbers) -> list[bytes]:
        frames: list[bytes] = []
        for start in range(0, len(rows), ENCODED_TOGETHER):
            frames += self._codec.encode(rows[start : start + ENCODED_TOGETHER])
        return frames

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
