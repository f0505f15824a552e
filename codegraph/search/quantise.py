"""Search vectors: eight bits a dimension, and the arithmetic that gets cosines back from them.

A unit vector v is stored as its difference from a mean vector m: r = v - m is scaled so that its
largest component becomes 127, and rounded. Three things are kept: the *codes* c (int8, one per
dimension), the *scale* s = max|r| / 127, and the *bias* b = r . m, computed before rounding. For a
unit query q = p + m with p quantised the same way to codes e and scale t,

    q . v  =  q . m  +  r . m  +  r . p   ~   q . m  +  b  +  s t (c . e)

so the score is the cosine of the *original* vectors, and rounding touches only what is left after the
mean is gone. (An anisotropic model has most of its length in the mean; rounding that costs recall.)

A vector on disk is a *record*: scale, bias (float32, little-endian), then the codes: dimensions + 8 bytes.
The mean belongs to the owner of the vectors. Records made with another mean are not comparable and
must be made again from the full-precision vectors.
Tests: tests/unit/search/test_search_quantise.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int8]

LARGEST_CODE = 127
RECORD_HEAD = 8
"""Bytes in front of the codes in a record."""

_CHUNK_ROWS = 64
"""Rows that stay in a core's cache from one step to the next: 200 KB at 768 dimensions."""


@dataclass(frozen=True, slots=True)
class Quantised:
    """n vectors of d dimensions as codes."""

    codes: Codes
    """int8 (n, d), C-contiguous."""
    scales: Floats
    """float32 (n,)."""
    biases: Floats
    """float32 (n,)."""

    def __post_init__(self) -> None:
        rows = len(self.codes)
        if self.codes.ndim != 2 or self.scales.shape != (rows,) or self.biases.shape != (rows,):
            raise ValueError("codes are a matrix; scales and biases have one entry for each of its rows")

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def dimensions(self) -> int:
        """Components of each vector."""
        return int(self.codes.shape[1])

    def take(self, rows: npt.NDArray[np.int64]) -> Quantised:
        """Return copies of some rows, in the order asked for."""
        return Quantised(self.codes[rows], self.scales[rows], self.biases[rows])

    def to_records(self, tag: bytes = b"") -> list[bytes]:
        """Return one record per vector, for the store, behind a tag that its owner wants in front."""
        start = len(tag)
        table = np.empty((len(self), start + RECORD_HEAD + self.dimensions), dtype=np.uint8)
        table[:, :start] = np.frombuffer(tag, dtype=np.uint8)
        table[:, start : start + 4] = _bytes_of(self.scales)
        table[:, start + 4 : start + 8] = _bytes_of(self.biases)
        table[:, start + RECORD_HEAD :] = self.codes.view(np.uint8)
        return [row.tobytes() for row in table]


def quantise(vectors: Floats, mean: Floats) -> Quantised:
    """Round float32 (n, d) vectors to codes after removing `mean`, float32 (d,).

    Vectors are taken as they are: for cosines they must have length one. Raises ValueError when a
    component is not finite or the shapes disagree.
    """
    if vectors.ndim != 2 or mean.shape != vectors.shape[1:]:
        raise ValueError(f"vectors of shape {vectors.shape} do not fit a mean of shape {mean.shape}")
    codes = np.empty(vectors.shape, dtype=np.int8)
    scales = np.empty(len(vectors), dtype=np.float32)
    biases = np.empty(len(vectors), dtype=np.float32)
    removed = mean.astype(np.float32, copy=False)
    centred = bool(removed.any())
    for start in range(0, len(vectors), _CHUNK_ROWS):
        rows = slice(start, start + _CHUNK_ROWS)
        rest = vectors[rows].astype(np.float32, copy=False)
        if centred:
            rest = rest - removed
        work = np.abs(rest)
        largest = work.max(axis=1, initial=0.0)
        if not np.isfinite(largest).all():
            raise ValueError("vectors must be finite")
        scales[rows] = largest / np.float32(LARGEST_CODE)
        divisors = np.where(scales[rows] > 0, scales[rows], np.float32(1))[:, None]
        np.rint(np.divide(rest, divisors, out=work), out=work)
        codes[rows] = np.clip(work, -LARGEST_CODE, LARGEST_CODE, out=work)
        # Not a matrix product: its last bits depend on how many rows are multiplied at once.
        biases[rows] = np.multiply(rest, removed, out=work).sum(axis=1) if centred else 0.0
    return Quantised(codes, scales, biases)


def from_records(records: Sequence[bytes], dimensions: int, tag_bytes: int = 0) -> Quantised:
    """Decode records behind tags of a length; raises ValueError when one has not the length of its dimensions."""
    width = tag_bytes + RECORD_HEAD + dimensions
    if not set(map(len, records)) <= {width}:
        raise ValueError(f"a vector record of {dimensions} dimensions has {width} bytes")
    table = np.frombuffer(b"".join(records), dtype=np.uint8).reshape(len(records), width)[:, tag_bytes:]
    scales = np.ascontiguousarray(table[:, 0:4]).view("<f4").reshape(-1).astype(np.float32)
    biases = np.ascontiguousarray(table[:, 4:8]).view("<f4").reshape(-1).astype(np.float32)
    return Quantised(np.ascontiguousarray(table[:, 8:]).view(np.int8), scales, biases)


def _bytes_of(values: Floats) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(values.astype("<f4")).view(np.uint8).reshape(len(values), 4)
