"""The model that ships with codegraph: a trained table of sub-tokens, no network, numpy only.

A symbol's vector is the weighted sum of its sub-tokens' vectors, scaled to length 1. A sub-token's weight is the sum
over the fields it occurs in of gain(field) * count ** saturation, times the gain of the sub-token itself; table and
gains are learnt (`training/`). The table is int8; a sub-token's gain and the scale of its row are one number.

The sum is exact, so that neither the batch nor the order of summation shows in a vector: weights are rounded to
integers whose sum times 127 stays below 2**24, and integers of that size add up without rounding in float32.
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

from codegraph.embed.bags import FIELDS, Bags, bags, query_bag
from codegraph.embed.encoder import FloatArray
from codegraph.embed.pieces import Pieces
from codegraph.embed.render import EncoderInput
from codegraph.embed.safetensors_file import tensors
from codegraph.embed.spec import ModelSpec
from codegraph.errors import EncoderError

TRAINED_SCHEMA = 1
"""Bumped whenever the same weights would give another vector; part of the model's identity."""

TENSORS = ("table", "scales", "gains", "saturation", "words")
"""int8 (n, d); float32 (n,), above 0; float32, one a field; float32 (1,); the words in UTF-8, one a line, n of them.

The first word is empty: its row is the vector of an input without any known sub-token."""

ROWS = 128
"""Inputs whose rows of the table are gathered together: about 8 MB of float32."""

MAX_COUNT = 4_095
"""A sub-token that occurs more often in one field counts as if it did so many times."""

LARGEST = 127
EXACT = 1 << 24
"""float32 holds every integer up to this."""
RESOLUTION = float(1 << 20)
"""A weight's fraction while the weights of one input are added up."""


class TrainedEncoder:
    """A loaded table. Safe to use from several threads.

    Holds the table once, as int8, the words, and what `Pieces` remembers: about 20 MB, and 50 MB at most.
    """

    max_length = 512
    device = "cpu"

    def __init__(
        self,
        name: str,
        identity: bytes,
        vocabulary: Sequence[str],
        table: npt.NDArray[np.int8],
        weighting: tuple[FloatArray, FloatArray, float],
    ) -> None:
        """Wrap a table; `weighting` are the scales of its rows, the gains of fields, and the saturation."""
        self.name = name
        self.identity = identity
        self.dimensions = table.shape[1]
        self._table = table
        self._scales, self._gains, saturation = weighting
        self._saturated = np.arange(MAX_COUNT + 1) ** saturation
        self._pieces = Pieces({word: number for number, word in enumerate(vocabulary) if word})
        self._whole = float(EXACT // LARGEST - len(table) // 2 - 1)
        self._lock = threading.Lock()

    @classmethod
    def load(cls, spec: ModelSpec, directory: Path, identity: bytes) -> TrainedEncoder:
        """Read the weights; raises EncoderError."""
        found = tensors(spec.name, directory / "model.safetensors", TENSORS)
        try:
            table, scales, gains, saturation, text = (found[key] for key in TENSORS)
            vocabulary = bytes(text).decode().split("\n")
        except (KeyError, UnicodeDecodeError) as error:
            raise EncoderError(f"{spec.name} in {directory} lacks {error}", "reinstall codegraph") from error
        fits = table.dtype == np.int8 and table.ndim == 2 and 0 < len(table) < EXACT // LARGEST
        fits = fits and scales.shape == (len(table),) and gains.shape == (len(FIELDS),) and saturation.shape == (1,)
        if not fits or len(vocabulary) != len(table) or int(table.min()) < -LARGEST:
            raise EncoderError(f"the parts of {spec.name} in {directory} do not fit together", "reinstall codegraph")
        if not (np.isfinite(scales).all() and (scales > 0).all() and np.isfinite(gains).all() and (gains >= 0).all()):
            raise EncoderError(f"{spec.name} in {directory} has weights that are not finite", "reinstall codegraph")
        return cls(spec.name, identity, vocabulary, table, (scales, gains, float(saturation[0])))

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
        weights = self._gains[found.fields] * self._saturated[np.minimum(found.counts, MAX_COUNT)]
        weights = np.rint(weights * self._scales[found.numbers] * RESOLUTION)
        totals = np.bincount(found.rows, weights, rows)
        weights = np.rint(weights * (self._whole / np.maximum(totals, 1.0))[found.rows])
        weights = weights.astype(np.float32)
        table = self._table[found.numbers].astype(np.float32)
        ends = np.searchsorted(found.rows, np.arange(rows + 1)).tolist()
        sums = np.empty((rows, self.dimensions), np.float32)
        for row, (start, end) in enumerate(pairwise(ends)):
            np.einsum("i,ij->j", weights[start:end], table[start:end], out=sums[row])
        return self._unit(sums)

    def _unit(self, sums: FloatArray) -> FloatArray:
        """Scale rows to length 1; quarters are below 2**22, so that their squares add up exactly."""
        whole = np.rint(sums.astype(np.float64) / 4)
        whole[~whole.any(axis=1)] = self._table[0]
        unit: FloatArray = (whole / np.sqrt(np.einsum("ij,ij->i", whole, whole))[:, None]).astype(np.float32)
        return unit


def on_first_query(load: Callable[[], TrainedEncoder]) -> Callable[[str], FloatArray]:
    """Return a function that embeds queries, and loads the model when it is first called."""
    loaded = lru_cache(1)(load)
    return lambda text: loaded().encode_query(text)
