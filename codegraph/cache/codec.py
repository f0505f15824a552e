"""How a vector is written down: f32, f16 or int8, compressed with zstd, in a frame that guards itself.

A *frame* is a header and a payload. The header: magic, format version, codec, whether the payload is
compressed, dimensions, and the CRC-32 of all that with the payload as it stands. So a frame can be decoded whatever the
codec setting was when it was written, and a torn, foreign or oversized one is refused, not believed. Numbers of 16 and
32 bits are compressed only where some of a vector's are zero: of others 3 % would go, for two thirds of the time.

`int8` stores round(v / scale) with one scale per vector, max|v| / 127, behind eight bytes that say that nothing was
subtracted before.
Tests (with the loss of each codec): tests/unit/cache/test_cache_codec.py.
"""

from __future__ import annotations

import struct
import threading
import zlib
from typing import Literal

import numpy as np
import numpy.typing as npt
import zstandard

from codegraph.core.digests import digest
from codegraph.errors import CacheError

CodecName = Literal["f32", "f16", "int8"]
FloatArray = npt.NDArray[np.float32]
Numbers = FloatArray | npt.NDArray[np.float16]

MAGIC = b"cv"
VERSION = 1
MAX_DIMENSIONS = 16_384
COMPRESSION_LEVEL = 1
SPARSE_SHARE = 1 / 32
"""A vector with a larger share of zeros is worth compressing."""

_HEADER = struct.Struct("<2sBBBH")
"""magic, version, codec, compressed, dimensions"""
_CHECKSUM = struct.Struct("<I")
_HEAD_BYTES = _HEADER.size + _CHECKSUM.size
_NUMBERS: dict[str, int] = {"f32": 0, "f16": 1, "int8": 2}
_NO_MEAN = digest(b"")[:8]
"""Eight bytes where a frame of int8 may name a mean that was subtracted; none is."""
_SCALE = struct.Struct("<f")


class VectorCodec:
    """Encodes vectors with one codec and decodes frames of all. Safe to use from several threads."""

    def __init__(self, name: CodecName) -> None:
        if name not in _NUMBERS:
            raise ValueError(f"there is no codec {name!r}")
        self.name = name
        self._compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, write_content_size=True)
        self._decompressor = zstandard.ZstdDecompressor()
        self._lock = threading.Lock()

    def narrowed(self, vectors: FloatArray) -> Numbers:
        """Return vectors (n, dimensions) as numbers that `encode` need not round any more, but for those of `int8`."""
        return vectors.astype(np.float16) if self.name == "f16" else vectors

    def encode(self, vectors: Numbers) -> list[bytes]:
        """Write each row of (n, dimensions) as a frame; raises CacheError for more than MAX_DIMENSIONS."""
        dimensions = vectors.shape[1]
        if not 0 < dimensions <= MAX_DIMENSIONS:
            raise CacheError(f"vectors of {dimensions} dimensions cannot be cached")
        plain, packed = (_HEADER.pack(MAGIC, VERSION, _NUMBERS[self.name], small, dimensions) for small in (0, 1))
        plain_start, packed_start = zlib.crc32(plain), zlib.crc32(packed)
        frames: list[bytes] = []
        for payload, dense in zip(self._payloads(vectors), self._are_dense(vectors), strict=True):
            if not dense:
                with self._lock:
                    body = self._compressor.compress(payload)
                if len(body) < len(payload):
                    frames.append(b"".join((packed, _CHECKSUM.pack(zlib.crc32(body, packed_start)), body)))
                    continue
            frames.append(b"".join((plain, _CHECKSUM.pack(zlib.crc32(payload, plain_start)), payload)))
        return frames

    def decode(self, frame: bytes) -> FloatArray:
        """Read a frame of any codec, shape (dimensions,); raises CacheError if it is not one."""
        if len(frame) < _HEAD_BYTES:
            raise CacheError("a cached vector is too short to be one")
        magic, version, number, compressed, dimensions = _HEADER.unpack_from(frame)
        if magic != MAGIC or version != VERSION or not 0 < dimensions <= MAX_DIMENSIONS or number > 2:
            raise CacheError("a cached vector has an unknown header")
        body = frame[_HEAD_BYTES:]
        (checksum,) = _CHECKSUM.unpack_from(frame, _HEADER.size)
        if zlib.crc32(body, zlib.crc32(frame[: _HEADER.size])) != checksum:
            raise CacheError("a cached vector is damaged: its checksum does not match")
        size = _payload_size(number, dimensions)
        payload = self._decompress(body, size) if compressed else body
        if len(payload) != size:
            raise CacheError("a cached vector has the wrong size")
        return _vector(number, payload)

    def _payloads(self, vectors: Numbers) -> list[bytes]:
        if self.name == "f32":
            return [row.tobytes() for row in vectors.astype("<f4", copy=False)]
        if self.name == "f16":
            return [row.tobytes() for row in vectors.astype("<f2", copy=False)]
        scales = np.maximum(np.abs(vectors).max(axis=1), np.finfo(np.float32).tiny) / 127
        rounded = np.rint(vectors / scales[:, None]).astype(np.int8)
        return [
            _NO_MEAN + _SCALE.pack(scale) + row.tobytes() for scale, row in zip(scales.tolist(), rounded, strict=True)
        ]

    def _are_dense(self, vectors: Numbers) -> list[bool]:
        """Tell of each vector whether compressing it is not worth the time."""
        if self.name == "int8":
            return [False] * len(vectors)
        zeros = vectors.shape[1] - np.count_nonzero(vectors, axis=1)
        dense: list[bool] = (zeros <= SPARSE_SHARE * vectors.shape[1]).tolist()
        return dense

    def _decompress(self, body: bytes, size: int) -> bytes:
        """Decompress to exactly `size` bytes; the size that the frame claims is checked before any is made."""
        try:
            if zstandard.frame_content_size(body) != size:
                raise CacheError("a cached vector claims a wrong size")
            with self._lock:
                return self._decompressor.decompress(body, max_output_size=size)
        except zstandard.ZstdError as error:
            raise CacheError(f"a cached vector cannot be decompressed: {error}") from error


def _vector(number: int, payload: bytes) -> FloatArray:
    if number == _NUMBERS["f32"]:
        return np.frombuffer(payload, "<f4").astype(np.float32)
    if number == _NUMBERS["f16"]:
        return np.frombuffer(payload, "<f2").astype(np.float32)
    if not payload.startswith(_NO_MEAN):
        raise CacheError("a cached vector was written relative to a mean")
    (scale,) = _SCALE.unpack_from(payload, len(_NO_MEAN))
    return np.frombuffer(payload, np.int8, offset=len(_NO_MEAN) + _SCALE.size) * np.float32(scale)


def _payload_size(number: int, dimensions: int) -> int:
    if number == _NUMBERS["int8"]:
        return len(_NO_MEAN) + _SCALE.size + dimensions
    return dimensions * (4 if number == _NUMBERS["f32"] else 2)
