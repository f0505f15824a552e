"""Shorter vectors: codegraph/embed/matryoshka.py."""

from __future__ import annotations

import numpy as np
import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.embed.encoder import RecordingEncoder
from codegraph.embed.matryoshka import CutEncoder, cut
from codegraph.embed.render import EncoderInput

INPUTS = [EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", ("def", name)) for name in ("load", "save")]


@pytest.mark.parametrize("layer_norm", [False, True])
def test_cut_vectors_are_the_first_numbers_at_length_one(layer_norm: bool) -> None:
    """With layer normalisation they equal normalising the raw vector, cutting and scaling, as models do it."""
    raw = np.random.default_rng(1).normal(2, 3, (5, 64)).astype(np.float32)
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    normalised = (raw - raw.mean(1, keepdims=True)) / raw.std(1, keepdims=True) if layer_norm else raw
    wanted = normalised[:, :16] / np.linalg.norm(normalised[:, :16], axis=1, keepdims=True)
    assert np.allclose(cut(unit, 16, layer_norm=layer_norm), wanted, atol=1e-6)


def test_symbols_and_queries_are_cut_alike() -> None:
    """The cut encoder is another model by name, length and identity, and as long-winded as the whole one."""
    whole = RecordingEncoder(dimensions=16)
    encoder = CutEncoder(whole, b"other", 4)
    assert (encoder.name, encoder.dimensions, encoder.identity) == ("recording@4", 4, b"other")
    assert np.allclose(encoder.encode(INPUTS), cut(whole.encode(INPUTS), 4))
    assert np.allclose(encoder.encode_query("x"), cut(whole.encode_query("x")[None], 4)[0])
    assert encoder.length(INPUTS[0]) == whole.length(INPUTS[0])


def test_nothing_is_made_of_zeros() -> None:
    """A vector whose first numbers are all zero gives none: callers reject NaN."""
    rows = np.array([[0, 0, 1, 0], [1, 0, 0, 0]], np.float32)
    assert np.isnan(cut(rows, 2)).tolist() == [[True, True], [False, False]]
