"""Segments and their manifest on disk: written whole, checked whole, mapped into memory.

A file is a magic, the length of a header, the header (msgpack: names, types and places of the arrays and
the checksum of everything behind the header), and the arrays, each on a multiple of 64 bytes. Nothing is
ever changed in place: a file appears under its name complete (written beside it, flushed, renamed) or not
at all. Reading checks length, checksum and header; whatever is amiss raises StoreCorrupt.

The manifest names the segments that belong together, the dead paths of each, and the revision that they
are: it is written after them, so a crash leaves the old manifest with all of its segments.
Tests: tests/unit/search/test_search_segment.py.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.errors import StoreCorrupt
from codegraph.search.catalogue import KINDS, CatalogueView, Coded
from codegraph.search.segment import Offsets, Segment, TermDictionary

MAGIC = b"CGLEX\x00\x00\x01"
MANIFEST = "manifest"
_ALIGNMENT = 64
_MAX_HEADER = 1 << 20

Array = npt.NDArray[Any]
AdmitStored = Callable[[Sequence[SymbolId], Coded, Coded, Coded], npt.NDArray[np.int32]]
"""(symbol, kind, language, path) -> symbol number."""


class _Place(msgspec.Struct, frozen=True, array_like=True):
    kind: str
    start: int
    count: int


class _Header(msgspec.Struct, frozen=True):
    checksum: int
    arrays: dict[str, _Place]
    kinds: tuple[str, ...]
    languages: tuple[str, ...]


class StoredSegment(msgspec.Struct, frozen=True):
    """One segment of a manifest."""

    file: str
    dead_paths: tuple[int, ...]


class Manifest(msgspec.Struct, frozen=True):
    """Which segments make up the index, and what they are an index of."""

    identity: str
    revision: int
    segments: tuple[StoredSegment, ...]


def write_segment(file: Path, segment: Segment, catalogue: CatalogueView) -> None:
    """Write a segment; its symbols are written by name. Raises OSError."""
    numbers = segment.numbers
    symbols, symbol_ends = _packed([catalogue.symbols[number].encode() for number in numbers.tolist()])
    paths, path_ends = _packed([path.encode("utf-8", "surrogateescape") for path in segment.paths])
    tags, tag_ends = _packed(segment.tags)
    arrays: dict[str, Array] = {
        "symbols": symbols,
        "symbol_ends": symbol_ends,
        "kinds": catalogue.kinds[numbers],
        "languages": catalogue.languages[numbers],
        "paths": paths,
        "path_ends": path_ends,
        "tags": tags,
        "tag_ends": tag_ends,
        "starts": segment.starts,
        "terms": np.frombuffer(segment.terms.text, dtype=np.uint8),
        "term_ends": segment.terms.offsets,
        "offsets": segment.offsets,
        "postings": segment.postings,
        "impacts": segment.impacts,
        "peaks": segment.peaks,
    }
    body = bytearray()
    places: dict[str, _Place] = {}
    for name, array in arrays.items():
        body.extend(b"\0" * (-len(body) % _ALIGNMENT))
        places[name] = _Place(array.dtype.newbyteorder("<").str, len(body), len(array))
        body.extend(np.ascontiguousarray(array).view(np.uint8).data)
    header = msgspec.msgpack.encode(_Header(zlib.crc32(body), places, tuple(map(str, KINDS)), catalogue.language_names))
    start = len(MAGIC) + 4 + len(header)
    _write_whole(file, [MAGIC, len(header).to_bytes(4, "little"), header, b"\0" * (-start % _ALIGNMENT), body])


def read_segment(file: Path, admit: AdmitStored) -> Segment:
    """Map a segment and admit its symbols. Raises StoreCorrupt when it is not what was written."""
    header, body = _opened(file)
    arrays = {name: _array(body, place, file) for name, place in header.arrays.items()}
    try:
        kinds = [SymbolKind(name).value for name in header.kinds]
        paths = [path.decode("utf-8", "surrogateescape") for path in _unpacked(arrays["paths"], arrays["path_ends"])]
        path_of = np.repeat(np.arange(len(paths)), np.diff(arrays["starts"]))
        numbers = admit(
            _symbols(arrays["symbols"], arrays["symbol_ends"]),
            Coded(kinds, arrays["kinds"]),
            Coded(header.languages, arrays["languages"]),
            Coded(paths, path_of),
        )
        return Segment(
            paths=tuple(paths),
            tags=tuple(_unpacked(arrays["tags"], arrays["tag_ends"])),
            starts=np.array(arrays["starts"]),
            numbers=numbers,
            terms=TermDictionary(arrays["terms"].data, arrays["term_ends"]),
            offsets=arrays["offsets"],
            postings=arrays["postings"],
            impacts=arrays["impacts"],
            peaks=arrays["peaks"],
        )
    except (KeyError, IndexError, ValueError) as error:
        raise StoreCorrupt(f"{file}: {error}", "the lexical index is built again") from error


def mapped(file: Path, segment: Segment) -> Segment:
    """Return a segment that was just written with its postings read through the file's map.

    Raises StoreCorrupt when the file is not what was written.
    """
    header, body = _opened(file)
    arrays = {name: _array(body, place, file) for name, place in header.arrays.items()}
    return replace(
        segment,
        terms=TermDictionary(arrays["terms"].data, arrays["term_ends"]),
        offsets=arrays["offsets"],
        postings=arrays["postings"],
        impacts=arrays["impacts"],
        peaks=arrays["peaks"],
    )


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Make `manifest` the one that counts. Raises OSError."""
    content = msgspec.msgpack.encode(manifest)
    _write_whole(directory / MANIFEST, [zlib.crc32(content).to_bytes(4, "little"), content])


def read_manifest(directory: Path) -> Manifest | None:
    """Return the manifest, None when there never was one; raises StoreCorrupt when it cannot be read."""
    try:
        data = (directory / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreCorrupt(f"{directory / MANIFEST}: {error}", "the lexical index is built again") from error
    if zlib.crc32(data[4:]).to_bytes(4, "little") != data[:4]:
        raise StoreCorrupt(f"{directory / MANIFEST}: checksum", "the lexical index is built again")
    try:
        return msgspec.msgpack.decode(data[4:], type=Manifest)
    except msgspec.DecodeError as error:
        raise StoreCorrupt(f"{directory / MANIFEST}: {error}", "the lexical index is built again") from error


def _opened(file: Path) -> tuple[_Header, memoryview]:
    """Map a file and check all of it; return its header and what stands behind it."""
    try:
        with file.open("rb") as stream:
            whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        length = int.from_bytes(whole[len(MAGIC) : len(MAGIC) + 4], "little")
        start = len(MAGIC) + 4 + length
        if bytes(whole[: len(MAGIC)]) != MAGIC or length > _MAX_HEADER or start > len(whole):
            raise StoreCorrupt(f"{file}: no header", "the lexical index is built again")
        header = msgspec.msgpack.decode(whole[len(MAGIC) + 4 : start], type=_Header)
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise StoreCorrupt(f"{file}: {error}", "the lexical index is built again") from error
    body = whole[start + -start % _ALIGNMENT :]
    if zlib.crc32(body) != header.checksum:
        raise StoreCorrupt(f"{file}: checksum", "the lexical index is built again")
    return header, body


def _array(body: memoryview, place: _Place, file: Path) -> Array:
    try:
        return np.frombuffer(body, dtype=np.dtype(place.kind), count=place.count, offset=place.start)
    except (TypeError, ValueError) as error:
        if place.count == 0:
            return np.empty(0, dtype=np.dtype(place.kind))
        raise StoreCorrupt(f"{file}: {error}", "the lexical index is built again") from error


def _packed(parts: Sequence[bytes]) -> tuple[npt.NDArray[np.uint8], Offsets]:
    ends = np.concatenate(([0], np.cumsum([len(part) for part in parts], dtype=np.int64))).astype(np.int64)
    return np.frombuffer(b"".join(parts), dtype=np.uint8), ends


def _unpacked(text: Array, ends: Array) -> list[bytes]:
    whole, bounds = text.tobytes(), ends.tolist()
    return [whole[start:end] for start, end in pairwise(bounds)]


def _symbols(text: Array, ends: Array) -> list[SymbolId]:
    whole = text.tobytes()
    if whole.isascii():
        letters = whole.decode()
        return cast("list[SymbolId]", [letters[start:end] for start, end in pairwise(ends.tolist())])
    return [SymbolId(symbol.decode()) for symbol in _unpacked(text, ends)]


def _write_whole(file: Path, parts: Sequence[bytes | bytearray]) -> None:
    beside = file.with_name(file.name + ".new")
    with beside.open("wb") as stream:
        stream.writelines(parts)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def remove_others(directory: Path, wanted: Mapping[str, object]) -> None:
    """Delete every file of the index that `wanted` does not name; those in use elsewhere stay."""
    for file in sorted(directory.iterdir()):
        if file.name not in wanted and file.name != MANIFEST and file.is_file():
            try:
                file.unlink()
            except OSError:
                continue  # mapped by a process on a system that then forbids it; the next start tries again
