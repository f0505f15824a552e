"""The cold tier: compressed vectors on disk for all projects, branches and clones of a user.

`ColdTier` is the seam: bytes under bytes. `DiskColdTier` is the real one, a diskcache that stores raw bytes
only and that several processes may have open; `MemoryColdTier` is its fake, and stands in, disabled, when
the directory cannot be used or the limit is 0. `open_cold` chooses.

What goes wrong never stops anybody. A damaged database is set aside as `cache.db.damaged`, a new one is
begun and `Rebuilt` is published; a full disk, a lock held too long and the like are CacheErrors, which
`tiers.Tiers` counts. Everything here can be computed again.
Tests: tests/unit/cache/test_cache_cold.py.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import diskcache

from codegraph.cache.raw_disk import RawCache, unix_now
from codegraph.errors import CacheError
from codegraph.events import EventLog, Rebuilt

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

DATABASE = "cache.db"
LOCK_SECONDS = 2.0
"""How long a writer waits for another process's transaction."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})


class ColdTier(Protocol):
    """Bytes under bytes on something slow. All methods may raise CacheError, from any thread."""

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values that are there."""
        ...

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Store values, all or none, and evict what the limit demands."""
        ...

    def delete_many(self, keys: Sequence[bytes]) -> None:
        """Forget keys; unknown ones are no error."""
        ...

    def size(self) -> tuple[int, int]:
        """Return (entries, bytes)."""
        ...

    def prune(self, limit_bytes: int) -> int:
        """Evict until at most `limit_bytes` are used and give freed space back; return how many went."""
        ...

    def clear(self) -> None:
        """Forget everything and give the space back."""
        ...

    def close(self) -> None:
        """Release the files."""
        ...

    @property
    def limit_bytes(self) -> int:
        """The limit that `put_many` keeps to."""
        ...

    @property
    def evictions(self) -> int:
        """How many entries this process evicted."""
        ...

    @property
    def disabled(self) -> str:
        """Why the tier does nothing; "" when it works."""
        ...


def open_cold(directory: Path, limit_bytes: int, events: EventLog) -> ColdTier:
    """Open the cold tier in `directory`; when that cannot be, say so in the log and return a disabled one."""
    if limit_bytes <= 0:
        return MemoryColdTier(0, disabled="cache.cold_bytes is 0")
    try:
        return DiskColdTier(directory, limit_bytes, events)
    except CacheError as error:
        logger.warning("vectors are not kept on disk: %s", error.message)
        return MemoryColdTier(0, disabled=error.message)


class DiskColdTier:
    """The real cold tier. Safe for several threads and several processes."""

    disabled = ""

    def __init__(self, directory: Path, limit_bytes: int, events: EventLog) -> None:
        """Open or create the database; raises CacheError when the directory cannot be used."""
        self.limit_bytes = limit_bytes
        self.evictions = 0
        self._directory = directory
        self._events = events
        self._lock = threading.Lock()
        self._cache: RawCache
        _own_directory(directory)
        try:
            self._cache = self._open()
        except Exception as error:
            if not _damaged(error):
                raise CacheError(f"{directory} cannot be used: {error}", "check its permissions") from error
            self._rebuild(None, error)

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values that are there; entries that are no raw bytes are deleted and count as missing."""

        def read(cache: RawCache) -> dict[bytes, bytes]:
            found, refused = cache.read_many(list(keys), unix_now())
            if refused:
                logger.warning("the cold tier held %d entries that codegraph did not write", len(refused))
                cache.delete_rows(refused)
            return found

        return self._attempt(read, {})

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Store values in one transaction, then evict."""

        def write(cache: RawCache) -> int:
            cache.write_many(values)
            return cache.evict(self.limit_bytes)

        self._count(self._attempt(write, 0))

    def delete_many(self, keys: Sequence[bytes]) -> None:
        """Forget keys."""

        def delete(cache: RawCache) -> None:
            with cache.transact():
                for key in keys:
                    cache.delete(key)

        self._attempt(delete, None)

    def size(self) -> tuple[int, int]:
        """Return (entries, bytes in use in the database)."""
        return self._attempt(lambda cache: (len(cache), cache.used_bytes()), (0, 0))

    def prune(self, limit_bytes: int) -> int:
        """Evict down to `limit_bytes` and shrink the file."""

        def evict(cache: RawCache) -> int:
            evicted = cache.evict(limit_bytes)
            cache.give_back()
            return evicted

        evicted = self._attempt(evict, 0)
        self._count(evicted)
        return evicted

    def clear(self) -> None:
        """Forget everything and shrink the file."""

        def clear(cache: RawCache) -> None:
            cache.clear()
            cache.give_back()

        self._attempt(clear, None)

    def close(self) -> None:
        """Close the database; who asks later opens it anew."""
        self._cache.close()

    def _open(self) -> RawCache:
        return RawCache(str(self._directory), LOCK_SECONDS)

    def _attempt(self, work: Callable[[RawCache], Result], fallback: Result) -> Result:
        """Do `work`; after damage begin anew and return `fallback`; raises CacheError for all else."""
        cache = self._cache
        try:
            return work(cache)
        except diskcache.Timeout as error:
            raise CacheError("another process holds the cold tier's lock", "try again") from error
        except (sqlite3.Error, OSError) as error:
            if not _damaged(error):
                raise CacheError(f"the cold tier failed: {error}", "check the disk's space and permissions") from error
            damage = error
        self._rebuild(cache, damage)
        return fallback

    def _rebuild(self, damaged: RawCache | None, reason: Exception) -> None:
        """Set a damaged database aside and open a new one, unless another thread or process already did."""
        try:
            with self._lock, _exclusive(self._directory / "rebuild.lock"):
                if damaged is not None:
                    damaged.close()
                    if self._cache is not damaged:
                        return
                sound = self._open_sound()
                if sound is None:
                    self._set_aside()
                    sound = self._open()
                    self._events.publish(Rebuilt(what="cold tier", reason=str(reason)))
                self._cache = sound
        except (sqlite3.Error, OSError) as error:
            raise CacheError(f"the cold tier cannot be rebuilt: {error}", "delete its directory") from error

    def _open_sound(self) -> RawCache | None:
        """Open the database if it is in order; None if it is damaged; raises sqlite3.Error if neither is known."""
        try:
            cache = self._open()
            if cache.sound():
                return cache
            cache.close()
        except Exception as error:
            if not _damaged(error):
                raise
        return None

    def _set_aside(self) -> None:
        database = self._directory / DATABASE
        database.replace(database.with_name(DATABASE + ".damaged"))
        for suffix in ("-wal", "-shm"):
            database.with_name(DATABASE + suffix).unlink(missing_ok=True)

    def _count(self, evicted: int) -> None:
        with self._lock:
            self.evictions += evicted


def _damaged(error: Exception) -> bool:
    """Return whether the error says that the file is not the database that was written.

    Our statements are constant, so SQLITE_ERROR means foreign tables, except where it says that SQLite has
    already rolled back; settings in the file that diskcache cannot use raise TypeError or ValueError.
    """
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code in _DAMAGED and "transaction" not in str(error)
    return isinstance(error, TypeError | ValueError)


def _own_directory(directory: Path) -> None:
    """Make the directory for this user alone; raises CacheError."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = directory.stat().st_uid
    except OSError as error:
        raise CacheError(f"{directory} cannot be made: {error}", "check its permissions") from error
    if owner != os.geteuid():
        raise CacheError(f"{directory} belongs to another user", "remove it, or choose another cache directory")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise CacheError(f"{directory} is read-only", "check its permissions")


@contextmanager
def _exclusive(file: Path) -> Iterator[None]:
    """Hold a lock that all processes of this cache respect; it goes with the process."""
    with file.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


class MemoryColdTier:
    """A fake: the same promises, in memory. While `failing` is set every call raises CacheError."""

    def __init__(self, limit_bytes: int = 1 << 30, disabled: str = "") -> None:
        self.limit_bytes = limit_bytes
        self.disabled = disabled
        self.evictions = 0
        self.failing = False
        self.values: OrderedDict[bytes, bytes] = OrderedDict()

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values that are there."""
        self._check()
        found = {key: self.values[key] for key in keys if key in self.values}
        for key in found:
            self.values.move_to_end(key)
        return found

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        """Store values and evict."""
        self._check()
        self.values.update(values)
        self.prune(self.limit_bytes)

    def delete_many(self, keys: Sequence[bytes]) -> None:
        """Forget keys."""
        self._check()
        for key in keys:
            self.values.pop(key, None)

    def size(self) -> tuple[int, int]:
        """Return (entries, bytes of keys and values)."""
        self._check()
        return len(self.values), sum(len(key) + len(value) for key, value in self.values.items())

    def prune(self, limit_bytes: int) -> int:
        """Evict the least recently used."""
        evicted = 0
        while self.values and self.size()[1] > limit_bytes:
            self.values.popitem(last=False)
            evicted += 1
        self.evictions += evicted
        return evicted

    def clear(self) -> None:
        """Forget everything."""
        self._check()
        self.values.clear()

    def close(self) -> None:
        """Nothing to release."""

    def _check(self) -> None:
        if self.failing:
            raise CacheError("the cold tier fails on request")
