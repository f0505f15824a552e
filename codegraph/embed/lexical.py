"""The encoder of a fresh installation: hashed words and trigrams, no weights, no training, numpy only.

It is honest rather than clever: two symbols are near when they share sub-tokens or pieces of them, more
so in the name than in the body. It knows no synonyms. Weights by field were chosen on a small task, the
first sentence of a docstring against the functions of the same package, over Python's standard library.

A sub-token's weight is the sum over fields of gain * count ** SATURATION; a constant list of keywords and
function words counts little. Nothing here depends on the project: a document frequency would move every
key with every edit.

Contributions are rounded to multiples of 2**-14 before they are summed. Sums of such numbers are exact in
float64 in any order, so an input has the same vector, bit for bit, whatever stands beside it in the batch
and whatever was encoded before.
Tests: tests/unit/embed/test_embed_lexical.py.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codegraph.core.digests import digest
from codegraph.embed.encoder import MAX_QUERY_CHARACTERS, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.vocabulary import EMPTY, Vocabulary

VERSION = 1
"""Bumped whenever any vector would come out differently."""

NAME, CONTAINER, SIGNATURE, DOCSTRING, TOKENS, CONTEXT, QUERY = range(7)
GAINS = np.array([2.1, 1.3, 1.4, 1.2, 1.0, 0.2, 1.0])
"""By field, in the order above."""
SATURATION = 0.13
RESOLUTION = float(1 << 14)

_FIELD_BITS = 3
_NUMBER_BITS = 32
_MAX_ROWS = 4_096


class LexicalEncoder:
    """Signed feature hashing of code-aware sub-tokens. Safe to use from several threads."""

    max_length = 512
    device = "cpu"

    def __init__(self, dimensions: int = 256, name: str = "lexical") -> None:
        self.name = name
        self.dimensions = dimensions
        self.identity = lexical_identity(dimensions)
        self._vocabulary = Vocabulary(dimensions)
        self._lock = threading.Lock()

    def length(self, source: EncoderInput) -> int:
        """Return the input's tokens in eighths: nothing is padded here, and larger batches are faster."""
        return max(1, min(self.max_length, len(source.tokens) // 8))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input, shape (n, dimensions); never raises on content."""
        parts = [self._encode_fields(inputs[at : at + _MAX_ROWS]) for at in range(0, len(inputs), _MAX_ROWS)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query, shape (dimensions,); all its words count alike."""
        with self._lock:
            self._vocabulary.reset_if_full()
            numbers = self._vocabulary.number_text(text[:MAX_QUERY_CHARACTERS])
            vectors: FloatArray = self._sum([numbers], [QUERY], 1)[0]
            return vectors

    def _encode_fields(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        with self._lock:
            self._vocabulary.reset_if_full()
            word, text = self._vocabulary.words.__getitem__, self._vocabulary.texts.__getitem__
            pieces: list[bytes] = []
            for source in inputs:
                pieces += (
                    word(source.name),
                    text(source.container),
                    text(source.signature),
                    self._vocabulary.number_text(source.docstring),
                    b"".join(map(word, source.tokens)),
                    b"".join(map(text, source.context)),
                )
            return self._sum(pieces, list(range(QUERY)), len(inputs))

    def _sum(self, pieces: list[bytes], fields: list[int], rows: int) -> FloatArray:
        """Add up the features of rows * fields pieces, each the numbers of one field of one row."""
        lengths = np.array([len(piece) for piece in pieces], np.int64) // 4
        numbers = np.frombuffer(b"".join(pieces), np.int32).astype(np.int64)
        row = np.repeat(np.repeat(np.arange(rows), len(fields)), lengths)
        field = np.repeat(np.tile(np.array(fields), rows), lengths)
        codes = (row << (_NUMBER_BITS + _FIELD_BITS)) | (numbers << _FIELD_BITS) | field
        codes, counts = np.unique(codes, return_counts=True)
        weights = GAINS[codes & ((1 << _FIELD_BITS) - 1)] * counts.astype(np.float64) ** SATURATION
        terms, first = np.unique(codes >> _FIELD_BITS, return_index=True)
        if len(terms):
            weights = np.add.reduceat(weights, first)
        sums = self._spread(terms >> _NUMBER_BITS, terms & ((1 << _NUMBER_BITS) - 1), weights, rows)
        return _unit(sums, self._spread_empty())

    def _spread(
        self, row: npt.NDArray[np.int64], number: npt.NDArray[np.int64], weight: npt.NDArray[np.float64], rows: int
    ) -> npt.NDArray[np.float64]:
        """Scatter each (row, sub-token, weight) over the sub-token's features; shape (rows, dimensions)."""
        starts, buckets, sizes = self._vocabulary.features()
        first = starts[number]
        counts = starts[number + 1] - first
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        at = np.arange(total) + np.repeat(first - (ends - counts), counts)
        values = np.rint(sizes[at] * np.repeat(weight * RESOLUTION, counts))
        cells = np.repeat(row * self.dimensions, counts) + buckets[at]
        sums: npt.NDArray[np.float64] = np.bincount(cells, values, rows * self.dimensions).astype(np.float64)
        return sums.reshape(rows, self.dimensions)

    def _spread_empty(self) -> npt.NDArray[np.float64]:
        number = np.array([self._vocabulary.number(EMPTY)])
        spread: npt.NDArray[np.float64] = self._spread(np.zeros(1, np.int64), number, np.ones(1), 1)[0]
        return spread


def lexical_identity(dimensions: int) -> bytes:
    """Fingerprint the lexical encoder of that many dimensions, 16 bytes."""
    return digest(f"codegraph-lexical:{VERSION}:{dimensions}".encode())


def _unit(sums: npt.NDArray[np.float64], empty: npt.NDArray[np.float64]) -> FloatArray:
    """Scale rows to length 1; a row of zeros becomes `empty`.

    Sums are integers below 2**22, so the squares add up exactly and the length does not depend on the order.
    """
    sums[~sums.any(axis=1)] = empty
    lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    unit: FloatArray = (sums / lengths[:, None]).astype(np.float32)
    return unit
