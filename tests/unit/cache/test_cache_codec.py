"""Frames and what they lose: codegraph/cache/codec.py."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from codegraph.cache.codec import CodecName, FloatArray, VectorCodec
from codegraph.errors import CacheError
from codegraph.search.quantise import quantise

HEADER = struct.Struct("<2sBBBH")
HEAD_BYTES = HEADER.size + 4


def _vectors(count: int, dimensions: int) -> FloatArray:
    """Random unit vectors."""
    rows = np.random.default_rng(3).standard_normal((count, dimensions)) / np.sqrt(dimensions)
    unit: FloatArray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.mark.parametrize(
    ("name", "loss", "size"), [("f32", 0.0, 1.0), ("f16", 1e-6, 0.52), ("int8", 1e-4, 0.28)], ids=str
)
@pytest.mark.parametrize("dimensions", [256, 768])
def test_loss_and_size_are_within_what_is_claimed(name: CodecName, loss: float, size: float, dimensions: int) -> None:
    """1 - cosine stays below the codec's bound, and a frame below its share of the float32 size."""
    vectors = _vectors(200, dimensions)
    codec = VectorCodec(name)
    frames = codec.encode(vectors)
    decoded = np.stack([codec.decode(frame) for frame in frames])
    cosines = (vectors.astype(float) * decoded).sum(1) / np.linalg.norm(decoded.astype(float), axis=1)
    assert decoded.dtype == np.float32
    assert (1 - cosines).max() <= loss + 1e-7
    assert np.mean([len(frame) for frame in frames]) <= size * 4 * dimensions + HEAD_BYTES
    if name == "f32":
        assert np.array_equal(decoded, vectors)


@pytest.mark.parametrize("name", ["f32", "f16", "int8"])
def test_what_comes_back_is_searched_as_what_was_kept(name: CodecName) -> None:
    """Of a vector that was just made, rounded, and of one out of the cache the search index makes the same codes."""
    codec, nothing = VectorCodec(name), np.zeros(256, np.float32)
    numbers = codec.narrowed(_vectors(200, 256))
    made = numbers.astype(np.float32)
    found = np.stack([codec.decode(frame) for frame in codec.encode(numbers)])
    ours, theirs = quantise(made, nothing), quantise(found, nothing)
    assert np.array_equal(ours.codes, theirs.codes)
    assert np.allclose(ours.scales, theirs.scales, rtol=1e-6, atol=0)


def test_frames_outlive_the_setting() -> None:
    """Any codec decodes frames of the others, so changing the setting costs nothing."""
    (vector,) = vectors = _vectors(1, 64)
    names: tuple[CodecName, ...] = ("f32", "f16", "int8")
    for name in names:
        (frame,) = VectorCodec(name).encode(vectors)
        assert np.allclose(VectorCodec("f16").decode(frame), vector, atol=0.01)


def test_zeros_survive_int8() -> None:
    """A vector of zeros has no scale; it decodes to zeros."""
    codec = VectorCodec("int8")
    assert not codec.decode(codec.encode(np.zeros((1, 8), np.float32))[0]).any()


@given(st.binary(max_size=64))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    """No byte string that was not encoded here is taken for a vector."""
    with pytest.raises(CacheError):
        VectorCodec("f16").decode(data)


@given(st.data())
def test_damage_is_noticed(data: st.DataObject) -> None:
    """Any changed byte of a frame is an error, never another vector."""
    (frame,) = VectorCodec("f16").encode(_vectors(1, 32))
    at = data.draw(st.integers(0, len(frame) - 1))
    changed = data.draw(st.integers(1, 255))
    damaged = frame[:at] + bytes([frame[at] ^ changed]) + frame[at + 1 :]
    with pytest.raises(CacheError):
        VectorCodec("f16").decode(damaged)
    with pytest.raises(CacheError):
        VectorCodec("f16").decode(frame[:at])


def test_a_frame_cannot_make_us_allocate_more_than_it_says() -> None:
    """A small frame that unpacks to a gigabyte is refused before it is unpacked."""
    body = zstandard.ZstdCompressor().compress(bytes(1 << 26))
    header = HEADER.pack(b"cv", 1, 0, 1, 64)
    bomb = header + struct.pack("<I", zlib.crc32(header + body)) + body
    with pytest.raises(CacheError, match="claims a wrong size"):
        VectorCodec("f32").decode(bomb)


def test_bad_arguments_are_refused() -> None:
    """Unknown codecs and absurd vectors are errors at once."""
    with pytest.raises(ValueError, match="codec"):
        VectorCodec("f8")  # type: ignore[arg-type]
    with pytest.raises(CacheError):
        VectorCodec("f16").encode(np.zeros((1, 20_000), np.float32))
