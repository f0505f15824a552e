"""Whether a data file can be handed to LMDB, found out without LMDB.

LMDB maps its file into memory and trusts it: a truncated file ends the process with SIGBUS, a page of
garbage with SIGSEGV, and neither can be caught. So the file is judged by plain reads before it is
opened. What is caught:

    zero length, no LMDB file at all, another page size, another engine       the header
    a file shorter than the pages that its last commit counted                the header
    garbage, zeros or foreign pages in any tree, wrong counters, cycles       the walk over all pages
    garbage inside of a value                                                 its checksum, when read

The walk is `lmdb.verify`, which never maps the file (0.25 s of one processor for 184 MB). A clean
close leaves a *seal file* with size, time and inode of the data file; while they agree, nobody else
has written to it and the walk is left out. After a crash it is always done, although a killed process
alone cannot damage LMDB's file: only a power cut without sync can, or a foreign hand. What is not
caught: somebody who overwrites the file while it is open, and changes that keep size and time.

A damaged file is set aside as data.mdb.corrupt-<n> for whoever wants to look at it; the newest
KEPT_CORRUPT are kept. Tests:
tests/unit/store/test_store_damage.py, test_store_opening.py.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

import msgspec
from lmdb import verify as lmdb_verify

DATA_FILE = "data.mdb"
ENGINE_LOCK_FILE = "lock.mdb"
SEAL_FILE = "sealed.json"
KEPT_CORRUPT = 2

_MAGIC = 0xBEEFC0DE
_DATA_VERSION = 1
_PAGE_HEADER = 16
_META = struct.Struct("=IIQQI44s48sQQ")
"""Magic, version, address, map size, page size, rest of the free list's record, main table, last page, transaction."""
_PAGE_SIZES = frozenset(1 << power for power in range(9, 16))


class _Seal(msgspec.Struct, frozen=True):
    """What stat said of the data file after it was closed."""

    size: int
    mtime_ns: int
    inode: int


def find_damage(directory: Path) -> str | None:
    """Say what is wrong with the data file, or None when it is sound or absent. Raises OSError."""
    file = directory / DATA_FILE
    if not file.exists():
        return None
    problem = _bad_header(file)
    if problem is None and not _seal_holds(directory):
        problem = _bad_pages(file)
    return problem


def write_seal(directory: Path) -> None:
    """Vouch for the closed data file."""
    status = (directory / DATA_FILE).stat()
    seal = _Seal(status.st_size, status.st_mtime_ns, status.st_ino)
    (directory / SEAL_FILE).write_bytes(msgspec.json.encode(seal))


def break_seal(directory: Path) -> None:
    """Stop vouching: the file is about to be written."""
    (directory / SEAL_FILE).unlink(missing_ok=True)


def set_aside(directory: Path) -> Path:
    """Rename the data file to data.mdb.corrupt-<n>, forget the oldest of these, and return the new name."""
    suffixes = (file.name.rpartition("-")[2] for file in directory.glob(f"{DATA_FILE}.corrupt-*"))
    numbers = sorted(int(suffix) for suffix in suffixes if suffix.isdecimal())
    for number in numbers[: max(0, len(numbers) + 1 - KEPT_CORRUPT)]:
        (directory / f"{DATA_FILE}.corrupt-{number}").unlink()
    target = directory / f"{DATA_FILE}.corrupt-{numbers[-1] + 1 if numbers else 1}"
    (directory / DATA_FILE).replace(target)
    discard(directory)
    return target


def discard(directory: Path) -> None:
    """Remove the data file and what belongs to it, so that a fresh one is made."""
    for name in (DATA_FILE, ENGINE_LOCK_FILE, SEAL_FILE):
        (directory / name).unlink(missing_ok=True)


def _seal_holds(directory: Path) -> bool:
    try:
        seal = msgspec.json.decode((directory / SEAL_FILE).read_bytes(), type=_Seal)
    except (FileNotFoundError, msgspec.DecodeError):
        return False
    status = (directory / DATA_FILE).stat()
    return seal == _Seal(status.st_size, status.st_mtime_ns, status.st_ino)


def _bad_header(file: Path) -> str | None:
    """Check the two meta pages, and the file's length against the one that counts."""
    size = file.stat().st_size
    if size == 0:
        return "the file is empty"
    with file.open("rb") as stream:
        first = stream.read(_PAGE_HEADER + _META.size)
        if len(first) < _PAGE_HEADER + _META.size:
            return "the file ends inside of its header"
        page_size = _META.unpack_from(first, _PAGE_HEADER)[4]
        if page_size not in _PAGE_SIZES:
            return "the header is not LMDB's"
        stream.seek(page_size)
        second = stream.read(_PAGE_HEADER + _META.size)
    if len(second) < _PAGE_HEADER + _META.size:
        return "the file ends inside of its header"
    metas = [_META.unpack_from(page, _PAGE_HEADER) for page in (first, second)]
    if any(meta[0] != _MAGIC or meta[1] != _DATA_VERSION for meta in metas):
        return "the header is not that of LMDB's 0.9 format"
    last_page = max(metas, key=lambda meta: meta[8])[7]
    if size < (last_page + 1) * page_size:
        return f"the file has {size} bytes, its last commit {(last_page + 1) * page_size}"
    return None


def _bad_pages(file: Path) -> str | None:
    try:
        problems = lmdb_verify.verify(os.fspath(file), subdir=False)  # type: ignore[no-untyped-call]
    except OSError:
        raise
    except Exception as error:  # the verifier promises not to raise on content, but content is what is in doubt
        return f"the file cannot be walked: {error}"
    return f"{len(problems)} structural problems, first: {problems[0]}" if problems else None
