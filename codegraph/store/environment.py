"""LMDB at arm's length: one environment, its tables, its transactions and its failures.

The environment belongs to one process (a lock of our own, besides LMDB's) and, for writing, to one
thread at a time. LMDB is asked for its 0.9 engine by name: the package ships two, and their files do
not read each other.

*Growth.* The map starts small and is made larger when it is full, between transactions: the failed
transaction has left no trace, and is done again in the larger map. At the configured limit, or when
the disk is full, StoreFull is raised and the last commit stands.

*Reads* are short: each is one transaction, values are copied out, and no transaction is open while
the caller works. A long one would keep every page that is replaced meanwhile.

Raises on any operation: StoreFull, StoreReadOnly, StoreCorrupt, StoreError.
Tests: tests/unit/store/test_store_environment.py.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import lmdb
from lmdb import _Database as Database

from codegraph.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked, StoreReadOnly
from codegraph.store.damage import DATA_FILE, ENGINE_LOCK_FILE, break_seal, write_seal
from codegraph.store.gate import Gate
from codegraph.store.schema import TABLES, StoreStatistics

logger = logging.getLogger(__name__)

INITIAL_MAP_BYTES = 67_108_864
LOCK_FILE = "store.lock"

_ENGINE = 0
_GROWTH = 4
_META_PAGES = 2
_COMPACTED_FILE = f"{DATA_FILE}.compacted"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})
_SHORT_WRITE = errno.EIO
"""What LMDB says when the system wrote only a part, as it does when the disk becomes full amid a write."""
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

Result = TypeVar("Result")
Handles = dict[str, Database]


class Transaction:
    """One open transaction, tables by name. Values read are copies."""

    __slots__ = ("_handles", "_raw")

    def __init__(self, raw: lmdb.Transaction[bytes], handles: Handles) -> None:
        self._raw = raw
        self._handles = handles

    def get(self, table: str, key: bytes) -> bytes | None:
        """Return a value."""
        return self._raw.get(key, db=self._handles[table])

    def get_many(self, table: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values that are there."""
        with self._raw.cursor(self._handles[table]) as cursor:
            return dict(cursor.getmulti(keys))

    def put(self, table: str, key: bytes, value: bytes) -> None:
        """Write a value, over an older one."""
        self._raw.put(key, value, db=self._handles[table])

    def put_many(self, table: str, items: Iterable[tuple[bytes, bytes]]) -> None:
        """Write values; ascending keys are the fastest."""
        with self._raw.cursor(self._handles[table]) as cursor:
            cursor.putmulti(items)

    def delete(self, table: str, key: bytes) -> None:
        """Remove a value, if there is one."""
        self._raw.delete(key, db=self._handles[table])

    def clear(self, table: str) -> None:
        """Remove all values of a table."""
        self._raw.drop(self._handles[table], delete=False)

    def items(self, table: str) -> list[tuple[bytes, bytes]]:
        """Return a table's keys and values, ascending."""
        with self._raw.cursor(self._handles[table]) as cursor:
            return list(cursor)

    def keys(self, table: str) -> list[bytes]:
        """Return a table's keys, ascending."""
        with self._raw.cursor(self._handles[table]) as cursor:
            return list(cursor.iternext(keys=True, values=False))


class Environment:
    """An open environment. `directory` exists; its data file was found sound or is absent."""

    def __init__(
        self, directory: Path, *, limit_bytes: int, sync: bool, initial_map_bytes: int = INITIAL_MAP_BYTES
    ) -> None:
        self._directory = directory
        self._limit_bytes = limit_bytes
        self._sync = sync
        self._gate = Gate()
        self._writing = threading.Lock()
        self._raw: lmdb.Environment | None = None
        self._handles: Handles = {}
        break_seal(directory)
        self._open(min(initial_map_bytes, limit_bytes))

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Do `work` in a read transaction and return its result, which must not refer to the transaction."""
        with self._gate.shared(), _translated(), self._opened().begin() as raw:
            return work(Transaction(raw, self._handles))

    def scan(self, table: str, work: Callable[[memoryview, memoryview], None]) -> None:
        """Show every key and value of a table to `work`, ascending, without copying.

        The views die with the call; `work` copies what it keeps.
        """
        with (
            self._gate.shared(),
            _translated(),
            self._opened().begin(buffers=True) as raw,
            raw.cursor(self._handles[table]) as cursor,
        ):
            for key, value in cursor:
                work(key, value)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do `work` in a write transaction and commit it, growing the map as needed.

        `work` may be called more than once, each time on the state of the last commit.
        """
        with self._writing:
            while True:
                try:
                    with self._gate.shared(), _translated(), self._opened().begin(write=True) as raw:
                        return work(Transaction(raw, self._handles))
                except _MapFull as error:
                    self._grow(error)

    def compact(self) -> int:
        """Rewrite the file without its free pages and return the number of bytes gained.

        The copy takes the file's place in one rename, so a crash leaves one of the two.
        """
        compacted = self._directory / _COMPACTED_FILE
        with self._writing, self._gate.alone(), _translated():
            raw = self._opened()
            before = (self._directory / DATA_FILE).stat().st_size
            try:
                with compacted.open("wb") as stream:
                    raw.copyfd(stream.fileno(), compact=True)
                    os.fsync(stream.fileno())
            except BaseException:
                compacted.unlink(missing_ok=True)
                raise
            map_bytes = raw.info()["map_size"]
            self._close_raw()
            compacted.replace(self._directory / DATA_FILE)
            (self._directory / ENGINE_LOCK_FILE).unlink(missing_ok=True)
            self._open(map_bytes)
            return before - (self._directory / DATA_FILE).stat().st_size

    def statistics(self) -> StoreStatistics:
        """Count entries and bytes."""

        with self._gate.shared(), _translated(), self._opened().begin() as raw:
            information = self._opened().info()
            tables = {table: raw.stat(handle) for table, handle in self._handles.items()}
            main = raw.stat()
        pages = sum(
            each["branch_pages"] + each["leaf_pages"] + each["overflow_pages"] for each in (main, *tables.values())
        )
        return StoreStatistics(
            entries={table: each["entries"] for table, each in tables.items()},
            file_bytes=(self._directory / DATA_FILE).stat().st_size,
            used_bytes=(pages + _META_PAGES) * main["psize"],
            map_bytes=information["map_size"],
        )

    def close(self) -> None:
        """Flush, close and seal the file; a second call does nothing."""
        with self._writing, self._gate.alone(), _translated():
            if self._raw is not None:
                self._raw.sync(True)
                self._close_raw()
                try:
                    write_seal(self._directory)
                except OSError as error:  # a full disk; the state itself is whole
                    logger.warning("the closed state has no seal, so the next start walks all of it: %s", error)

    def _opened(self) -> lmdb.Environment:
        if self._raw is None:
            raise StoreError("the store is closed")
        return self._raw

    def _open(self, map_bytes: int) -> None:
        (self._directory / _COMPACTED_FILE).unlink(missing_ok=True)
        with _translated():
            self._raw = lmdb.open(
                os.fspath(self._directory),
                map_size=map_bytes,
                max_dbs=len(TABLES),
                sync=self._sync,
                metasync=self._sync,
                mode=0o600,
                lib_version=_ENGINE,
            )
            self._handles = {table: self._raw.open_db(table.encode()) for table in TABLES}
        _sync_directory(self._directory)

    def _close_raw(self) -> None:
        raw, self._raw, self._handles = self._opened(), None, {}
        raw.close()

    def _grow(self, cause: Exception) -> None:
        with self._gate.alone():
            raw = self._opened()
            present = raw.info()["map_size"]
            if present >= self._limit_bytes:
                raise StoreFull(
                    f"the project's state has reached its limit of {self._limit_bytes} bytes",
                    "raise store.map_bytes, or index fewer files",
                ) from cause
            raw.set_mapsize(min(present * _GROWTH, self._limit_bytes))


def lock_directory(directory: Path) -> int:
    """Take the directory for this process and return the lock's descriptor; closing it gives it back.

    Raises StoreLocked if another process (or another store of this one) has it, StoreReadOnly, StoreFull.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise translate_os_error(error, directory) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise StoreLocked(
            f"the state in {directory} is in use by process {holder or '(unknown)'}",
            "wait until that `codegraph index` is done; a daemon ends with `codegraph stop`",
        ) from error
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
    except OSError as error:
        os.close(descriptor)
        raise translate_os_error(error, directory) from error
    return descriptor


def translate_os_error(error: OSError, directory: Path) -> StoreError:
    """Return the error of our own that an OSError in the state directory means."""
    if error.errno in _NO_ROOM:
        return StoreFull(f"no room left in {directory}: {error}", "free some space and restart the daemon")
    if error.errno in _NO_RIGHT:
        advice = "check its owner and mode, or set CODEGRAPH_STATE_DIR"
        return StoreReadOnly(f"{directory} cannot be written: {error}", advice)
    return StoreError(f"{directory} cannot be used: {error}", "check the directory, or set CODEGRAPH_STATE_DIR")


class _MapFull(Exception):
    """The map is full; `write` grows it."""


@contextmanager
def _translated() -> Iterator[None]:
    """Turn LMDB's errors into ours."""
    try:
        yield
    except lmdb.MapFullError as error:
        raise _MapFull from error
    except (
        lmdb.CorruptedError,
        lmdb.PageNotFoundError,
        lmdb.InvalidError,
        lmdb.VersionMismatchError,
    ) as error:
        raise StoreCorrupt(f"LMDB: {error}", "restart the daemon: a damaged state is set aside and rebuilt") from error
    except lmdb.Error as error:
        if error.code in _NO_ROOM or error.code == _SHORT_WRITE:
            raise StoreFull(f"LMDB: {error}", "free some space; the last revision stands") from error
        if error.code in _NO_RIGHT:
            raise StoreReadOnly(f"LMDB: {error}", "check owner and mode of the state directory") from error
        raise StoreError(f"LMDB: {error}", "restart the daemon") from error


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
