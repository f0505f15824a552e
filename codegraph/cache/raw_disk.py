"""diskcache without pickle: a `Disk` that knows raw bytes only, and a `Cache` with batched reads.

diskcache's own `Disk` unpickles any row that says it is a pickle, and opens any file that a row names.
Whoever can write into the cache directory could so run code in the daemon. `RawDisk` overrides every
method through which that can happen: keys and values are bytes in the database, there are no files, and a
row that says otherwise is refused. Nothing is deleted by a name that stands in a row either.

`RawCache` closes the connections of all threads; diskcache leaves those of other threads to the collector of garbage.
It reads many keys with one statement and no transaction. diskcache's `get` would write the time of
access on every read; here only entries that were not used for `TOUCH_SECONDS` are written, so reading
costs no lock and the order of eviction is right to within that time. It relies on the columns of
diskcache's table, which are its format on disk. Tests: tests/unit/cache/test_cache_cold.py.
"""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import diskcache

from codegraph.errors import CacheError

Item = TypeVar("Item")

MAX_VALUE_BYTES = 1 << 20
TOUCH_SECONDS = 6 * 3_600.0
KEYS_PER_STATEMENT = 500
EVICTED_TOGETHER = 1_000
KEPT_AFTER_EVICTION = 0.9
"""Eviction goes a little below the limit, so that it is not due again with the next batch."""

PAGE_BYTES = 16_384
"""Of a new database: with 4,096 writing takes half as long again, and a vector of 768 numbers a quarter more room."""

_MODE_RAW = 1
"""diskcache's mode for a value that stands in the database as it is."""


ROWS_PER_STATEMENT = 128
"""Python lets others run at each step of SQLite, and then waits for them: one step writes so many rows."""

_INSERT = "INSERT INTO Cache (raw, access_count, size, mode, store_time, access_time, key, value) VALUES "
_ROW = "(1, 0, 0, 1, ?, ?, ?, ?)"
_UNLESS_THERE = " ON CONFLICT (key, raw) DO NOTHING"
_UPDATE = (
    "UPDATE Cache SET store_time = ?, access_time = ?, access_count = 0, expire_time = NULL, tag = NULL, size = 0,"
    " mode = 1, filename = NULL, value = ? WHERE key = ? AND raw = 1"
)
"""Together what diskcache's own `set` does, without Python in between."""

_COUNT = "UPDATE Settings SET value = value + ? WHERE key = 'count'"
_TRIGGERS = ("Settings_count_insert", "Settings_size_insert", "Settings_size_update")
"""They write into another table for each row; what they count is known for all rows of a batch."""

_SELECT = "SELECT key, rowid, access_time, mode, filename, value FROM Cache"


class RawDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache ships no types
    """Stores bytes under bytes, inside the database; everything else is refused with CacheError."""

    def put(self, key: Any) -> tuple[memoryview, bool]:
        """Turn a key into what the database stores."""
        if type(key) is not bytes:
            _refuse_key(key)
        return sqlite3.Binary(key), True

    def get(self, key: Any, raw: Any) -> bytes:
        """Turn a stored key back; never unpickles."""
        if not raw or not isinstance(key, bytes):
            _refuse("a key that is not raw bytes")
        return key

    def store(self, value: Any, read: Any, **_: Any) -> tuple[int, int, None, memoryview]:
        """Turn a value into the columns (size, mode, filename, value)."""
        if read or type(value) is not bytes or len(value) > MAX_VALUE_BYTES:
            _refuse_value()
        return 0, _MODE_RAW, None, sqlite3.Binary(value)

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> bytes:
        """Turn stored columns back into the value; never unpickles, never opens a file."""
        if mode != _MODE_RAW or filename is not None or read or not isinstance(value, bytes):
            _refuse("an entry that is not raw bytes")
        return value

    def filename(self, *_: Any) -> NoReturn:
        """There are no files."""
        _refuse("a value in a file")

    def remove(self, file_path: Any) -> None:
        """Leave alone whatever file a row names: it is none of ours."""


def _refuse(what: str) -> NoReturn:
    raise CacheError(f"the cold tier refuses {what}")


def _refuse_key(key: object) -> NoReturn:
    _refuse(f"a key of type {type(key).__name__}")


def _refuse_value() -> NoReturn:
    _refuse("a value that is not a short byte string")


class RawCache(diskcache.Cache):  # type: ignore[misc]  # diskcache ships no types
    """A diskcache on `RawDisk` with batched reads, writes and eviction; raises what sqlite3 raises."""

    def __init__(self, directory: str, timeout: float) -> None:
        self._opened: list[sqlite3.Connection] = []
        _begin(directory, timeout)
        try:
            super().__init__(
                directory,
                timeout=timeout,
                disk=RawDisk,
                eviction_policy="least-recently-used",
                statistics=0,
                cull_limit=0,
                sqlite_auto_vacuum=2,
                sqlite_journal_mode="wal",
                sqlite_synchronous=1,
                sqlite_cache_size=512,
                sqlite_mmap_size=0,
                disk_min_file_size=MAX_VALUE_BYTES + 1,
            )
        except BaseException:
            self.close()
            raise

    @property
    def _con(self) -> sqlite3.Connection:
        """This thread's connection, set up as diskcache does, but for whoever closes the cache to close."""
        connection: sqlite3.Connection | None = getattr(self._local, "con", None)
        if connection is None:
            place = Path(self._directory) / diskcache.core.DBNAME
            connection = sqlite3.connect(place, timeout=self._timeout, isolation_level=None, check_same_thread=False)
            self._local.con = connection
            self._opened.append(connection)
            for key, value in self._own_settings(connection):
                self.reset(key, value, update=False)
        return connection

    def close(self) -> None:
        """Close the connections of all threads; one that asks again has a new one."""
        self._local = threading.local()
        while self._opened:
            self._opened.pop().close()

    def read_many(self, keys: Sequence[bytes], now: float) -> tuple[dict[bytes, bytes], list[int]]:
        """Return the values that are there, and the row numbers of entries that had to be refused."""
        found: dict[bytes, bytes] = {}
        refused: list[int] = []
        idle: list[int] = []
        for part in _parts(keys, KEYS_PER_STATEMENT):
            statement = _SELECT + f" WHERE raw = 1 AND key IN ({','.join('?' * len(part))})"
            for key, row, accessed, mode, filename, value in self._sql(statement, part).fetchall():
                try:
                    found[bytes(key)] = self._disk.fetch(mode, filename, value, False)
                except CacheError:
                    refused.append(row)
                    continue
                if not isinstance(accessed, float) or accessed < now - TOUCH_SECONDS:
                    idle.append(row)
        self._touch(idle, now)
        return found, refused

    def write_many(self, values: Mapping[bytes, bytes]) -> None:
        """Store values in one transaction. Raises CacheError for what is not bytes, or too long."""
        now = unix_now()
        for key, value in values.items():
            if type(key) is not bytes:
                _refuse_key(key)
            if type(value) is not bytes or len(value) > MAX_VALUE_BYTES:
                _refuse_value()
        with self._transact() as (sql, _):
            try:
                for trigger in _TRIGGERS:  # whoever opens the cache makes them again
                    sql(f"DROP TRIGGER IF EXISTS {trigger}")
                added = sum(self._insert(part, now) for part in _parts(list(values.items()), ROWS_PER_STATEMENT))
                if added < len(values):
                    self._con.executemany(_UPDATE, [(now, now, value, key) for key, value in values.items()])
                sql(_COUNT, (added,))
            except sqlite3.Error:
                if not self._con.in_transaction:  # a full disk ends it, and diskcache is about to do that, too
                    sql("BEGIN")
                raise

    def _insert(self, items: Sequence[tuple[bytes, bytes]], now: float) -> int:
        """Insert rows whose keys are not there; return how many."""
        statement = _INSERT + ", ".join((_ROW,) * len(items)) + _UNLESS_THERE
        rows = chain.from_iterable((now, now, key, value) for key, value in items)
        return int(self._con.execute(statement, tuple(rows)).rowcount)

    def delete_rows(self, rows: Sequence[int]) -> None:
        """Delete entries by row number."""
        with self._transact() as (sql, _):
            for row in rows:
                sql("DELETE FROM Cache WHERE rowid = ?", (row,))

    def used_bytes(self) -> int:
        """Return the bytes of pages that hold something; freed pages are used again and do not count."""
        return (self._pragma("page_count") - self._pragma("freelist_count")) * self._pragma("page_size")

    def evict(self, limit_bytes: int) -> int:
        """Delete the least recently used entries until a little below the limit; return how many.

        Each transaction is short, so other processes get their turn.
        """
        evicted = 0
        while (used := self.used_bytes()) > limit_bytes:
            excess = used - limit_bytes * KEPT_AFTER_EVICTION
            count = math.ceil(excess * max(1, len(self)) / used)
            with self._transact() as (sql, _):
                statement = "DELETE FROM Cache WHERE rowid IN (SELECT rowid FROM Cache ORDER BY access_time LIMIT ?)"
                deleted = sql(statement, (min(count, EVICTED_TOGETHER),)).rowcount
            if deleted <= 0:
                break
            evicted += deleted
        return evicted

    def give_back(self) -> None:
        """Return freed pages to the file system.

        The first statement is a script because it frees one page per step, and `execute` steps once.
        """
        self._con.executescript("PRAGMA incremental_vacuum")
        self._sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def sound(self) -> bool:
        """Return whether the file is in order and has our columns; takes seconds for a large one."""
        self._sql(_SELECT + " LIMIT 1").fetchall()
        return bool(self._sql("PRAGMA quick_check(1)").fetchall() == [("ok",)])

    def _own_settings(self, connection: sqlite3.Connection) -> list[tuple[str, Any]]:
        """Return the settings that SQLite forgets with a connection; none before there is a table of them."""
        try:
            settings = connection.execute("SELECT key, value FROM Settings").fetchall()
        except sqlite3.OperationalError:
            return []
        return [(key, value) for key, value in settings if key.startswith("sqlite_")]

    def _touch(self, rows: Sequence[int], now: float) -> None:
        if not rows:
            return
        try:
            with self._transact() as (sql, _):
                for row in rows:
                    sql("UPDATE Cache SET access_time = ? WHERE rowid = ?", (now, row))
        except diskcache.Timeout:
            return  # another process is writing; the entries only look a little older than they are

    def _pragma(self, name: str) -> int:
        ((value,),) = self._sql(f"PRAGMA {name}").fetchall()
        return int(value)


def _begin(directory: str, timeout: float) -> None:
    """Begin the database, if there is none, with pages that hold ten vectors; diskcache's hold two."""
    place = Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(place / diskcache.core.DBNAME, timeout=timeout)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA auto_vacuum = 2")
        connection.execute("PRAGMA journal_mode = wal").fetchall()


def unix_now() -> float:
    """Return the time that diskcache writes into its rows, seconds of the Unix clock."""
    return time.time()


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]
