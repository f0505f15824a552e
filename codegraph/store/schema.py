"""What the project's state consists of, and how it is written down.

*Tables*, each a named LMDB database:

    meta          name -> value: schema, instance, revision, "version.*", "user.*", "!closing" (Store.closing)
    files         path -> FileRecord                  what was on disk when the file was read
    skipped       path -> reason and detail           files that are not indexed
    outlines      blob + language -> msgpack          four parts of the facts; they have different
    occurrences   blob + language -> zstd frame       readers, so each is a value of its own
    inputs        blob + language -> zstd frame
    layouts       blob + language -> zstd frame       or nothing, where a file is always extracted whole
    links         path -> bytes                       opaque here: codegraph.graph says what is in them
    symbols       path -> tuple of SymbolState        which vector each symbol wants, and which it has
    vectors       embedding key -> search vector      16 bytes -> opaque bytes
    arrivals      number -> key and search vector     not yet sorted in: codegraph.store.arrivals
    retired       kind + key -> revision              when facts or a vector were last let go

There is no queue of pending work: pending is what `symbols` wants and `vectors` lacks.

*Sealing.* Every value ends in its CRC-32 (IEEE 802.3, from a start value of our own, little-endian),
so that damage inside of a page is noticed when the value is read: LMDB itself has no checksums.
Sealed bytes are recognised by the CRC's residue, without copying.

*Paths as keys.* LMDB's keys end at 511 bytes, paths do not. A longer path is cut, and a NUL and its
digest take the place of the rest: no path contains a NUL, so the two forms never meet. The value
holds the whole path. Paths are encoded as the file system does (surrogateescape), so every name that
can be on a disk can be a key.

The schema has a version, not migrations. Tests: tests/unit/store/test_store_schema.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import msgspec

from codegraph.core.changes import Skipped, Stamp, Verdict
from codegraph.core.digests import digest
from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import BlobDigest
from codegraph.errors import StoreCorrupt

SCHEMA_VERSION = "1"
"""Bumped whenever stored bytes get another meaning; the state is then built again."""

META = "meta"
FILES = "files"
SKIPPED = "skipped"
OUTLINES = "outlines"
OCCURRENCES = "occurrences"
INPUTS = "inputs"
LAYOUTS = "layouts"
LINKS = "links"
SYMBOLS = "symbols"
VECTORS = "vectors"
ARRIVALS = "arrivals"
RETIRED = "retired"
TABLES = (META, FILES, SKIPPED, OUTLINES, OCCURRENCES, INPUTS, LAYOUTS, LINKS, SYMBOLS, VECTORS, ARRIVALS, RETIRED)
FACTS_TABLES = (OUTLINES, OCCURRENCES, INPUTS, LAYOUTS)

USER_PREFIX = b"user."
CLOSING_KEY = b"!closing"
"""In `meta`: what a clean end knows of the whole state, for as long as nothing else is written."""

REBUILT = "restart the daemon: it rebuilds what it cannot read"

MAX_KEY_BYTES = 511
"""LMDB's compile-time limit."""

_PLAIN_PATH_BYTES = MAX_KEY_BYTES - 17
CRC_BYTES = 4
_CRC_START = 0x636F6465
"""Not zero, so that zeros are not the sealed form of nothing."""
_CRC_RESIDUE = zlib.crc32(_CRC_START.to_bytes(CRC_BYTES, "little"), _CRC_START)
_LENGTH_BYTES = 4


class FileRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One indexed file: what stat said when its bytes were read, and which bytes they were."""

    stamp: Stamp
    blob: BlobDigest
    language: str
    trusted_after_ns: int
    """Unix clock in ns before the read: a stamp that is not older vouches for nothing (racy-git rule)."""


class SymbolState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One symbol's vectors: the one it wants and the one that is served."""

    descriptor: str
    wanted: bytes
    """An EmbeddingKey; b"" when the versions it was computed with are gone."""
    served: bytes = b""
    """An EmbeddingKey; b"" when no vector was ever served."""
    verdict: Verdict | None = None
    """What came of looking at it last; None when it was new or never looked at."""


class _SymbolKeys(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The beginning of a SymbolState."""

    descriptor: msgspec.Raw
    wanted: bytes
    served: bytes = b""


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """All that one revision changes; None in a mapping removes the path."""

    revision: int
    """Larger than every committed one."""
    files: Mapping[str, FileRecord | None] = field(default_factory=dict)
    facts: tuple[EncodedFacts, ...] = ()
    links: Mapping[str, bytes | None] = field(default_factory=dict)
    symbols: Mapping[str, tuple[SymbolState, ...] | None] = field(default_factory=dict)
    skipped: Mapping[str, Skipped | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoreStatistics:
    """How much is kept. Bytes are bytes of the data file."""

    entries: Mapping[str, int]
    """Table name -> number of entries."""
    file_bytes: int
    used_bytes: int
    """Pages in use; the rest of the file is free pages, which only compaction gives back."""
    map_bytes: int
    """The size of the memory map at present; it grows up to the configured limit."""


def seal(data: bytes) -> bytes:
    """Append the CRC-32."""
    return data + zlib.crc32(data, _CRC_START).to_bytes(CRC_BYTES, "little")


def intact(sealed: bytes | memoryview) -> bool:
    """Tell whether sealed bytes are what was written."""
    return len(sealed) >= CRC_BYTES and zlib.crc32(sealed, _CRC_START) == _CRC_RESIDUE


def unseal(sealed: bytes, where: str) -> bytes:
    """Check and remove the CRC-32. Raises StoreCorrupt, naming `where`."""
    if not intact(sealed):
        raise StoreCorrupt(f"the stored {where} is damaged", REBUILT)
    return sealed[:-CRC_BYTES]


def path_bytes(path: str) -> bytes:
    """Encode a path as the file system does."""
    return path.encode("utf-8", "surrogateescape")


def path_key(path: str) -> bytes:
    """Return the LMDB key of a path. Raises ValueError on the empty path, which names no file."""
    encoded = path_bytes(path)
    if not encoded:
        raise ValueError("the empty path names no file")
    if len(encoded) <= _PLAIN_PATH_BYTES:
        return encoded
    return encoded[:_PLAIN_PATH_BYTES] + b"\0" + digest(encoded)


def user_key(name: str) -> bytes:
    """Return the LMDB key of a value that a caller keeps in `meta`."""
    return USER_PREFIX + name.encode("ascii")


def facts_key(blob: bytes, language: str) -> bytes:
    """Return the LMDB key of a file's facts; the extractor's version is a matter of the whole store."""
    return blob + language.encode("ascii")


def pack_row(path: str, body: bytes) -> bytes:
    """Return the sealed value of a path's row: the path where the key does not hold it, then the body."""
    encoded = path_bytes(path)
    kept = encoded if len(encoded) > _PLAIN_PATH_BYTES else b""
    return seal(len(kept).to_bytes(_LENGTH_BYTES, "little") + kept + body)


def unpack_row(key: bytes | memoryview, sealed: bytes | memoryview, table: str) -> tuple[str, bytes]:
    """Return a row's path and body, the only copy that is made. Raises StoreCorrupt."""
    if not intact(sealed):
        raise StoreCorrupt(f"the stored row of {table} is damaged", REBUILT)
    body_at = _LENGTH_BYTES + int.from_bytes(sealed[:_LENGTH_BYTES], "little")
    encoded = bytes(sealed[_LENGTH_BYTES:body_at]) or bytes(key)
    return encoded.decode("utf-8", "surrogateescape"), bytes(sealed[body_at:-CRC_BYTES])


_encoder = msgspec.msgpack.Encoder()
_file_decoder = msgspec.msgpack.Decoder(FileRecord)
_symbols_decoder = msgspec.msgpack.Decoder(tuple[SymbolState, ...])
_symbol_keys_decoder = msgspec.msgpack.Decoder(list[_SymbolKeys])
_skipped_decoder = msgspec.msgpack.Decoder(tuple[str, str])


def encode_file(record: FileRecord) -> bytes:
    """Encode a row of `files`."""
    return _encoder.encode(record)


def decode_file(body: bytes) -> FileRecord:
    """Decode a row of `files`."""
    return _file_decoder.decode(body)


def encode_symbols(states: tuple[SymbolState, ...]) -> bytes:
    """Encode a row of `symbols`."""
    return _encoder.encode(states)


def decode_symbols(body: bytes) -> tuple[SymbolState, ...]:
    """Decode a row of `symbols`."""
    return _symbols_decoder.decode(body)


def keys_in_symbols(body: bytes) -> set[bytes]:
    """Return the embedding keys that an encoded row of `symbols` refers to."""
    return keys_of(_symbol_keys_decoder.decode(body))


def keys_of(states: Collection[SymbolState | _SymbolKeys]) -> set[bytes]:
    """Return the embedding keys that symbols refer to."""
    keys = {state.wanted for state in states}
    keys.update([state.served for state in states])
    keys.discard(b"")
    return keys


def encode_skipped(skipped: Skipped) -> bytes:
    """Encode a row of `skipped`; the path is the row's own."""
    return _encoder.encode((skipped.reason, skipped.detail))


def decode_skipped(path: str, body: bytes) -> Skipped:
    """Decode a row of `skipped`."""
    reason, detail = _skipped_decoder.decode(body)
    return Skipped(path, reason, detail)
