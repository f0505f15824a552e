"""The recording fake: codegraph/embed/encoder.py."""

from __future__ import annotations

import numpy as np

from codegraph.core.symbols import SymbolKind
from codegraph.embed.encoder import Encoder, RecordingEncoder
from codegraph.embed.render import EncoderInput


def _input(name: str) -> EncoderInput:
    return EncoderInput("python", SymbolKind.FUNCTION, name, "", f"def {name} ( )", "", ("def", name))


def test_recorder_remembers_every_input_in_order() -> None:
    """Tests can assert exactly what was embedded, and what was not."""
    encoder = RecordingEncoder()
    encoder.encode([_input("a"), _input("b")])
    encoder.encode([_input("a")])
    encoder.encode_query("where is a")
    assert [source.name for source in encoder.recorded] == ["a", "b", "a"]
    assert encoder.queries == ["where is a"]


def test_recorder_is_an_encoder_whose_vectors_are_functions_of_the_input() -> None:
    """Equal inputs give equal unit vectors, whatever the batch; other inputs give others."""
    encoder: Encoder = RecordingEncoder(dimensions=8)
    first = encoder.encode([_input("a"), _input("b")])
    again = RecordingEncoder(dimensions=8).encode([_input("b")])
    assert first.shape == (2, 8)
    assert first.dtype == np.float32
    assert np.array_equal(first[1], again[0])
    assert not np.allclose(first[0], first[1])
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)
    assert len(encoder.identity) == 16
    assert encoder.identity != RecordingEncoder("other", 8).identity
