"""Shorter vectors of models that were trained for it (Kusupati et al. 2022, Matryoshka representation learning).

The first numbers of such a vector are a vector of their own: the rest is cut off and what remains is scaled to
length 1 again. A model trained with layer normalisation before the cut gets it: the mean of the vector's own numbers
is subtracted first; what layer normalisation divides by is undone by scaling to length 1.
Tests: tests/unit/embed/test_embed_matryoshka.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput


class CutEncoder:
    """Another encoder with shorter vectors."""

    def __init__(self, whole: Encoder, identity: bytes, dimensions: int, *, layer_norm: bool = False) -> None:
        self.identity = identity
        self.dimensions = dimensions
        self.name = f"{whole.name}@{dimensions}"
        self.max_length = whole.max_length
        self.device = whole.device
        self._whole = whole
        self._layer_norm = layer_norm

    def length(self, source: EncoderInput) -> int:
        """Return what the whole model says."""
        return self._whole.length(source)

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises what the whole model raises."""
        return cut(self._whole.encode(inputs), self.dimensions, layer_norm=self._layer_norm)

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        row: FloatArray = cut(self._whole.encode_query(text)[None], self.dimensions, layer_norm=self._layer_norm)[0]
        return row


def cut(rows: FloatArray, dimensions: int, *, layer_norm: bool = False) -> FloatArray:
    """Cut rows to their first numbers and scale them to length 1; rows that then are zero become NaN."""
    centred = rows - rows.mean(1, keepdims=True) if layer_norm else rows
    kept = centred[:, :dimensions]
    with np.errstate(divide="ignore", invalid="ignore"):
        shorter: FloatArray = (kept / np.linalg.norm(kept, axis=1, keepdims=True)).astype(np.float32)
    return shorter
