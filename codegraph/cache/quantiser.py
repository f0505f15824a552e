"""Ways to write vectors down with fewer bits, side by side, for measuring and for choosing.

Each quantiser turns unit rows into rows of bytes and back: f32, f16, int8 (one scale per vector), binary (the sign
of each component) and sparse (blocks of components with little energy left out, the rest as f16). They are pure
and know nothing of frames, checksums or tiers: `codec` writes those that the cold tier offers, `search.quantise`
is the int8 of the search index. `rescored` is how binary codes are searched: the nearest by Hamming distance,
ordered anew by what another quantiser remembers of them. Which one is worth having is measured by
`benchmarks/codecs.py`. Tests: tests/unit/cache/test_cache_quantiser.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

BLOCK = 8
"""Components in a block of a sparse vector."""


class Quantiser(Protocol):
    """Writes unit rows, float32 (n, d), as rows of bytes."""

    @property
    def name(self) -> str:
        """What it is called in settings and tables."""
        ...

    def encode(self, vectors: Floats) -> Bytes:
        """Return uint8 (n, bytes per vector)."""
        ...

    def decode(self, rows: Bytes, dimensions: int) -> Floats:
        """Return what the bytes say of the vectors, float32 (n, dimensions)."""
        ...


@dataclass(frozen=True, slots=True)
class Float:
    """f32 or f16: IEEE 754, little-endian."""

    bits: int
    """32 or 16."""

    @property
    def name(self) -> str:
        """f32 or f16."""
        return f"f{self.bits}"

    def encode(self, vectors: Floats) -> Bytes:
        """Round to the format."""
        return np.ascontiguousarray(vectors.astype(f"<f{self.bits // 8}")).view(np.uint8)

    def decode(self, rows: Bytes, dimensions: int) -> Floats:
        """Widen again."""
        return np.ascontiguousarray(rows).view(f"<f{self.bits // 8}").reshape(-1, dimensions).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Int8:
    """One byte a component, and one float32 scale a vector: the largest component is 127."""

    name: str = "int8"

    def encode(self, vectors: Floats) -> Bytes:
        """Round to codes behind their scale."""
        scales = np.maximum(np.abs(vectors).max(axis=1, initial=0.0), np.finfo(np.float32).tiny) / np.float32(127)
        codes = np.rint(vectors / scales[:, None]).astype(np.int8)
        return np.hstack(
            [np.ascontiguousarray(scales.astype("<f4")).view(np.uint8).reshape(-1, 4), codes.view(np.uint8)]
        )

    def decode(self, rows: Bytes, dimensions: int) -> Floats:
        """Multiply codes by their scale."""
        scales = np.ascontiguousarray(rows[:, :4]).view("<f4")
        codes = np.ascontiguousarray(rows[:, 4 : 4 + dimensions]).view(np.int8)
        vectors: Floats = (codes * scales).astype(np.float32)
        return vectors


@dataclass(frozen=True, slots=True)
class Binary:
    """One bit a component: its sign. Of use only where the mean was removed before."""

    name: str = "binary"

    def encode(self, vectors: Floats) -> Bytes:
        """Pack the signs, eight to a byte, the first component in the highest bit."""
        return np.packbits(vectors > 0, axis=1)

    def decode(self, rows: Bytes, dimensions: int) -> Floats:
        """Give every component the same size."""
        signs = np.unpackbits(rows, axis=1, count=dimensions).astype(np.float32) * 2 - 1
        return (signs / np.float32(np.sqrt(dimensions))).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Sparse:
    """Blocks of eight components; the `kept` share of them with the most energy stays, as f16, behind a bit map."""

    kept: float

    @property
    def name(self) -> str:
        """sparse-50 keeps half of the blocks."""
        return f"sparse-{round(100 * self.kept)}"

    def encode(self, vectors: Floats) -> Bytes:
        """Keep the same number of blocks of every vector; ties go to the earlier block. d is a multiple of 8."""
        rows, dimensions = vectors.shape
        if dimensions % BLOCK:
            raise ValueError(f"{dimensions} dimensions are no whole number of blocks of {BLOCK}")
        blocks = vectors.reshape(rows, -1, BLOCK)
        energy = (blocks**2).sum(axis=2)
        count = max(1, round(self.kept * energy.shape[1]))
        order = np.sort(np.argsort(-energy, axis=1, kind="stable")[:, :count], axis=1)
        present = np.zeros(energy.shape, dtype=np.bool_)
        np.put_along_axis(present, order, True, axis=1)
        values = np.take_along_axis(blocks, order[:, :, None], axis=1).reshape(rows, -1)
        return np.hstack([np.packbits(present, axis=1), np.ascontiguousarray(values.astype("<f2")).view(np.uint8)])

    def decode(self, rows: Bytes, dimensions: int) -> Floats:
        """Put the blocks back where they were, zeros elsewhere, and scale to length one."""
        blocks = dimensions // BLOCK
        width = (blocks + 7) // 8
        present = np.unpackbits(rows[:, :width], axis=1, count=blocks).astype(np.bool_)
        values = np.ascontiguousarray(rows[:, width:]).view("<f2").astype(np.float32).reshape(-1, BLOCK)
        whole = np.zeros((len(rows), blocks, BLOCK), dtype=np.float32)
        whole[present] = values
        return _unit(whole.reshape(len(rows), dimensions))


def hamming(query: Bytes, codes: Bytes) -> npt.NDArray[np.int64]:
    """Return in how many bits each row of `codes`, uint8 (n, b), differs from `query`, uint8 (b,)."""
    distances: npt.NDArray[np.int64] = np.bitwise_count(np.bitwise_xor(codes, query)).sum(axis=1, dtype=np.int64)
    return distances


def rescored(
    query: Floats, codes: Bytes, exact: Bytes, quantiser: Quantiser, limit: int, candidates: int
) -> npt.NDArray[np.int64]:
    """Return the best `limit` rows: the nearest `candidates` by signs, ordered by what `quantiser` remembers."""
    distances = hamming(Binary().encode(query[None, :])[0], codes)
    if candidates < len(distances):
        near = np.argpartition(distances, candidates - 1)[:candidates]
    else:
        near = np.arange(len(distances))
    scores = quantiser.decode(exact[near], len(query)) @ query
    best: npt.NDArray[np.int64] = near[np.lexsort((near, -scores))[:limit]]
    return best


def _unit(rows: Floats) -> Floats:
    """Scale rows to length one; a row of zeros stays one."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    scaled: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
