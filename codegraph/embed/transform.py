"""Linear transforms that make vectors smaller or more even, fitted on the user's own vectors.

A *transform* maps a unit vector v to the unit vector of (v - mean) @ matrix. All of these are of that form:

    centre            matrix = I
    pca               the k directions of the largest variance (Pearson 1901)
    all_but_the_top   I - U U', U the first D directions; D = dimensions / 100 (Mu and Viswanath 2018)
    whiten            U (L + e I)^-1/2, cut to k directions (Su et al. 2021); e shrinks directions of little variance
    soft_zca          U (L + e I)^-1/2 U' (Diera et al. 2024): as whiten, turned back to the old axes

Two vectors can be compared only if the same transform made both, so a transform has a digest, and what is stored
under one says so. Nothing refits by itself: other numbers would make every stored vector foreign. The file
format is a header and raw float32: nothing is unpickled.
Tests: tests/unit/embed/test_embed_transform.py.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from codegraph.core.digests import digest
from codegraph.errors import EncoderError

Floats = npt.NDArray[np.float32]

MAGIC = b"cgtr"
MAX_DIMENSIONS = 16_384
SHRINKAGE = 1e-3
"""Added to each variance, in parts of the mean variance, before it divides: rare directions are noise."""
ROWS_PER_DIMENSION = 10
"""Fewer rows than this many per dimension do not tell variance from chance."""

_HEADER = struct.Struct("<4sII")
"""magic, dimensions, size"""
_CHECKSUM = struct.Struct("<I")


@dataclass(frozen=True)
class Transform:
    """A fitted transform."""

    mean: Floats
    """Shape (dimensions,)."""
    matrix: Floats
    """Shape (dimensions, size)."""

    @property
    def dimensions(self) -> int:
        """Components of what goes in."""
        return int(self.matrix.shape[0])

    @property
    def size(self) -> int:
        """Components of what comes out."""
        return int(self.matrix.shape[1])

    @cached_property
    def digest(self) -> bytes:
        """16 bytes that stand for exactly these numbers."""
        return digest(self.to_bytes())

    def apply(self, vectors: Floats) -> Floats:
        """Transform unit rows, float32 (n, dimensions), to unit rows (n, size). Raises ValueError on other shapes."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dimensions:
            raise ValueError(f"vectors of shape {vectors.shape} do not fit a transform of {self.dimensions} dimensions")
        return unit(((vectors - self.mean) @ self.matrix).astype(np.float32))

    def to_bytes(self) -> bytes:
        """Write the transform down."""
        numbers = self.mean.astype("<f4").tobytes() + np.ascontiguousarray(self.matrix, "<f4").tobytes()
        head = _HEADER.pack(MAGIC, self.dimensions, self.size)
        return head + _CHECKSUM.pack(zlib.crc32(numbers, zlib.crc32(head))) + numbers

    @classmethod
    def from_bytes(cls, data: bytes) -> Transform:
        """Read a transform back; raises EncoderError when it is not what was written."""
        if len(data) < _HEADER.size + _CHECKSUM.size:
            raise EncoderError("a stored transform is too short to be one", "fit it again: codegraph models fit")
        magic, dimensions, size = _HEADER.unpack_from(data)
        numbers = data[_HEADER.size + _CHECKSUM.size :]
        sound = magic == MAGIC and 0 < size <= dimensions <= MAX_DIMENSIONS
        if not sound or len(numbers) != 4 * dimensions * (1 + size):
            raise EncoderError("a stored transform has an unknown header", "fit it again: codegraph models fit")
        (checksum,) = _CHECKSUM.unpack_from(data, _HEADER.size)
        if zlib.crc32(numbers, zlib.crc32(data[: _HEADER.size])) != checksum:
            raise EncoderError("a stored transform is damaged", "fit it again: codegraph models fit")
        values = np.frombuffer(numbers, "<f4").astype(np.float32)
        return cls(values[:dimensions], values[dimensions:].reshape(dimensions, size))


def unit(vectors: Floats) -> Floats:
    """Scale rows to length one; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    scaled: Floats = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def centre(vectors: Floats) -> Transform:
    """Remove the mean of some vectors, float32 (n, d), and nothing else."""
    return Transform(_mean(vectors), np.eye(vectors.shape[1], dtype=np.float32))


def pca(vectors: Floats, size: int) -> Transform:
    """Keep the `size` directions in which the vectors differ most. Raises ValueError for too few rows."""
    mean, _, directions = _directions(vectors, size)
    return Transform(mean, directions[:, :size])


def all_but_the_top(vectors: Floats, count: int | None = None) -> Transform:
    """Remove the mean and the first `count` directions (default: a hundredth of the dimensions, at least one)."""
    dimensions = vectors.shape[1]
    mean, _, directions = _directions(vectors, dimensions)
    top = directions[:, : max(1, dimensions // 100) if count is None else count]
    return Transform(mean, (np.eye(dimensions) - top @ top.T).astype(np.float32))


def whiten(vectors: Floats, size: int | None = None, shrinkage: float = SHRINKAGE) -> Transform:
    """Give the first `size` directions (default: all) the same variance."""
    count = vectors.shape[1] if size is None else size
    mean, variances, directions = _directions(vectors, count)
    return Transform(mean, (directions * _divisors(variances, shrinkage))[:, :count].astype(np.float32))


def soft_zca(vectors: Floats, shrinkage: float = SHRINKAGE) -> Transform:
    """Whiten, and turn back to the axes that the vectors came with."""
    mean, variances, directions = _directions(vectors, vectors.shape[1])
    return Transform(mean, ((directions * _divisors(variances, shrinkage)) @ directions.T).astype(np.float32))


def _mean(vectors: Floats) -> Floats:
    mean: Floats = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def _divisors(variances: npt.NDArray[np.float64], shrinkage: float) -> npt.NDArray[np.float64]:
    divisors: npt.NDArray[np.float64] = 1 / np.sqrt(np.maximum(variances, 0) + shrinkage * variances.mean())
    return divisors


def _directions(vectors: Floats, size: int) -> tuple[Floats, npt.NDArray[np.float64], Floats]:
    """Return mean, variances and directions (as columns), largest variance first, each with a fixed sign."""
    rows, dimensions = vectors.shape
    if not 0 < size <= dimensions:
        raise ValueError(f"{size} directions cannot be taken of {dimensions}")
    if rows < ROWS_PER_DIMENSION * size:
        raise ValueError(f"{rows} vectors are too few to fit {size} directions; {ROWS_PER_DIMENSION * size} are needed")
    mean = _mean(vectors)
    rest = (vectors - mean).astype(np.float64)
    variances, directions = np.linalg.eigh(rest.T @ rest / rows)
    directions = directions[:, ::-1]
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(dimensions)])
    return mean, variances[::-1].copy(), (directions * np.where(signs == 0, 1, signs)).astype(np.float32)
