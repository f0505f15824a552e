"""The model that ships with codegraph: a trained table of sub-tokens, no network, numpy only.

A symbol's vector is the weighted sum of its sub-tokens' vectors, scaled to length 1. A sub-token that occurs in a field
`count` times weighs weight(sub-token, field) * count ** saturation(field); a field whose weights add up to `mass` is
scaled by mass ** -crowding(field), so that long code does not drown a name. Then each weight is multiplied by
exp(-redundancy(field) * v . u), where v is the sub-token's vector and u the direction of the sum so far, and the sum is
made again: what says the same as all the rest counts less. All of it is learnt (`training/`); the table is int8.

Sums are exact, so that neither the batch nor the order of summation shows in a vector: weights and u are rounded to
integers whose products add up to less than 2**24, and integers of that size add up without rounding in float32.
Tests: tests/unit/embed/test_embed_trained.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codegraph.embed.bags import FIELDS, Bags, Integers, bags, query_bag
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.pieces import Pieces
from codegraph.embed.render import EncoderInput
from codegraph.embed.safetensors_file import tensors
from codegraph.embed.spec import ModelSpec
from codegraph.errors import EncoderError

TRAINED_SCHEMA = 2
"""Bumped whenever the same weights would give another vector; part of the model's identity."""

TENSORS = ("table", "scales", "weights", "powers", "words")
"""int8 (n, d); float32 (n,), above 0, what a row is multiplied by; float32 (n, fields), not below 0; float32
(3, fields): saturation, crowding, redundancy; the words in UTF-8, one a line, n of them.

The first word is empty: its row is the vector of an input without any known sub-token."""

ROWS = 128
"""Inputs whose rows of the table are gathered together: about 8 MB of float32."""

MAX_COUNT = 4_095
"""A sub-token that occurs more often in one field counts as if it did so many times."""

LARGEST = 127
EXACT = 1 << 24
"""float32 holds every integer up to this."""
LARGEST_POWER = 16.0
LEAST_MASS = 1e-6
"""Added to a field's mass, so that a field without weight has a power, too."""
LARGEST_EXPONENT = 30.0


class TrainedEncoder:
    """A loaded table. Safe to use from several threads.

    Holds the table once, as int8, the words, and what `Pieces` remembers: about 25 MB, and 55 MB at most.
    """

    max_length = 512
    device = "cpu"

    def __init__(
        self,
        name: str,
        identity: bytes,
        vocabulary: Sequence[str],
        table: npt.NDArray[np.int8],
        weighting: tuple[FloatArray, FloatArray, FloatArray],
    ) -> None:
        """Wrap a table; `weighting` are the scales of its rows, the weights by field, and the fields' powers."""
        self.name = name
        self.identity = identity
        self.dimensions = table.shape[1]
        self._table = table
        self._scales, self._weights, powers = weighting
        saturation, self._crowding, self._redundancy = powers.astype(np.float64)
        self._saturated = np.maximum(np.arange(MAX_COUNT + 1), 1)[:, None] ** saturation
        self._pieces = Pieces({word: number for number, word in enumerate(vocabulary) if word})
        self._whole = float(EXACT // LARGEST - len(table) // 2 - 1)
        self._lock = threading.Lock()

    @classmethod
    def load(cls, spec: ModelSpec, directory: Path, identity: bytes) -> TrainedEncoder:
        """Read the weights; raises EncoderError."""
        found = tensors(spec.name, directory / "model.safetensors", TENSORS)
        try:
            table, scales, weights, powers, text = (found[key] for key in TENSORS)
            vocabulary = bytes(text).decode().split("\n")
        except (KeyError, UnicodeDecodeError) as error:
            raise EncoderError(f"{spec.name} in {directory} lacks {error}", "reinstall codegraph") from error
        fits = table.dtype == np.int8 and table.ndim == 2 and 0 < len(table) < EXACT // LARGEST
        fits = fits and table.shape[1] * LARGEST**2 < EXACT and scales.shape == (len(table),)
        fits = fits and weights.shape == (len(table), len(FIELDS)) and powers.shape == (3, len(FIELDS))
        if not fits or len(vocabulary) != len(table) or int(table.min()) < -LARGEST:
            raise EncoderError(f"the parts of {spec.name} in {directory} do not fit together", "reinstall codegraph")
        usable = (
            np.isfinite(scales).all() and (scales > 0).all() and np.isfinite(weights).all() and (weights >= 0).all()
        )
        if not (usable and (np.abs(powers) <= LARGEST_POWER).all()):
            raise EncoderError(f"{spec.name} in {directory} has weights out of range", "reinstall codegraph")
        return cls(spec.name, identity, vocabulary, table, (scales, weights, powers))

    def length(self, source: EncoderInput) -> int:
        """Return the input's tokens in eighths: nothing is padded here, and larger batches are faster."""
        return max(1, min(self.max_length, len(source.tokens) // 8))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input, shape (n, dimensions); never raises on content."""
        vectors = np.empty((len(inputs), self.dimensions), np.float32)
        with self._lock:
            for at in range(0, len(inputs), ROWS):
                self._pieces.forget_if_full()
                some = inputs[at : at + ROWS]
                vectors[at : at + ROWS] = self._sum(bags(self._pieces, some), len(some))
        return vectors

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query, shape (dimensions,)."""
        with self._lock:
            self._pieces.forget_if_full()
            vector: FloatArray = self._sum(query_bag(self._pieces, text), 1)[0]
            return vector

    def _sum(self, found: Bags, rows: int) -> FloatArray:
        """Return the rows' unit vectors: entries are weighed, those of one sub-token joined, and summed twice."""
        weights = self._weighed(found, rows)
        words = found.rows * len(self._table) + found.numbers
        fresh = np.diff(words, prepend=-1) != 0
        first, group = np.flatnonzero(fresh), np.cumsum(fresh) - 1
        numbers, owners = found.numbers[first], found.rows[first]
        vectors = self._table[numbers].astype(np.float32)
        ends = np.searchsorted(owners, np.arange(rows + 1)).tolist()
        scales = self._scales[numbers].astype(np.float64)
        whole = self._whole_weights(np.bincount(group, weights, len(first)) * scales, owners, rows)
        likeness = np.empty(len(first), np.float32)
        for start, end in pairwise(ends):
            direction = _direction(whole[start:end] @ vectors[start:end])
            length = max(float(direction @ direction), 1.0) ** 0.5
            likeness[start:end] = vectors[start:end] @ direction / length
        exponents = -self._redundancy[found.fields] * (likeness * scales)[group]
        weights *= np.exp(np.clip(exponents, -LARGEST_EXPONENT, LARGEST_EXPONENT))
        whole = self._whole_weights(np.bincount(group, weights, len(first)) * scales, owners, rows)
        sums = np.empty((rows, self.dimensions), np.float32)
        for row, (start, end) in enumerate(pairwise(ends)):
            np.dot(whole[start:end], vectors[start:end], out=sums[row])
        return self._unit(sums)

    def _weighed(self, found: Bags, rows: int) -> npt.NDArray[np.float64]:
        """Return every entry's weight before redundancy counts."""
        weights = self._weights[found.numbers, found.fields].astype(np.float64)
        weights *= self._saturated[np.minimum(found.counts, MAX_COUNT), found.fields]
        places = found.rows * len(FIELDS) + found.fields
        masses = np.bincount(places, weights, rows * len(FIELDS)).reshape(rows, len(FIELDS))
        crowded = (masses + LEAST_MASS) ** -self._crowding
        weighed: npt.NDArray[np.float64] = weights * crowded.ravel()[places]
        return weighed

    def _whole_weights(self, weights: npt.NDArray[np.float64], owners: Integers, rows: int) -> FloatArray:
        """Return integers in proportion to the weights, as large as an exact sum of a row allows."""
        totals = np.maximum(np.bincount(owners, weights, rows), np.finfo(np.float32).tiny)
        whole: FloatArray = np.rint(weights * (self._whole / totals)[owners]).astype(np.float32)
        return whole

    def _unit(self, sums: FloatArray) -> FloatArray:
        """Scale rows to length 1; quarters are below 2**22, so that their squares add up exactly."""
        whole = np.rint(sums.astype(np.float64) / 4)
        whole[~whole.any(axis=1)] = self._table[0]
        unit: FloatArray = (whole / np.sqrt(np.einsum("ij,ij->i", whole, whole))[:, None]).astype(np.float32)
        return unit


def _direction(vector: FloatArray) -> FloatArray:
    """Return integers of at most 127 that point where a vector does; their sums with rows of the table are exact."""
    found: FloatArray = np.rint(vector * (np.float32(LARGEST) / max(np.abs(vector).max(), np.float32(1))))
    return found


def on_first_query(load: Callable[[], Encoder]) -> Callable[[str], FloatArray]:
    """Return a function that embeds queries, and loads the model when it is first called."""
    loaded = lru_cache(1)(load)
    return lambda text: loaded().encode_query(text)
