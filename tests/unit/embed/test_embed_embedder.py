"""What every embedder promises: codegraph/embed/embedder.py."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from codegraph.core.symbols import EmbeddingKey, SymbolKind
from codegraph.embed.embedder import Embedder, GrowingEmbedder, InlineEmbedder, accept
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput, PackedInput, pack
from codegraph.errors import EncoderError


def _batch(*names: str) -> list[tuple[EmbeddingKey, PackedInput]]:
    return [
        (EmbeddingKey(name.encode().ljust(16)), pack(EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", ())))
        for name in names
    ]


class _Faulty(RecordingEncoder):
    """Gives a NaN for "nan", a vector of length 5 for "long", and fails on "bad"."""

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        if any(source.name == "bad" for source in inputs):
            raise ValueError("bad input")
        rows = super().encode(inputs)
        for row, source in zip(rows, inputs, strict=True):
            if source.name == "nan":
                row[0] = np.nan
            if source.name == "long":
                row *= 5
        return rows


def test_vectors_come_back_under_their_keys() -> None:
    """Repeated keys are embedded once, and a query is a single vector."""
    encoder = RecordingEncoder()
    embedder: Embedder = InlineEmbedder(encoder)
    batch = _batch("a", "b", "a")
    found = embedder.submit(batch).result()
    assert list(found) == [batch[0][0], batch[1][0]]
    assert [source.name for source in encoder.recorded] == ["a", "b"]
    assert embedder.submit_query("q").result().shape == (encoder.dimensions,)
    assert embedder.status().embedded == 2


def test_unusable_vectors_are_left_out_and_counted() -> None:
    """A vector that is not finite or not of length 1 never reaches the store; its neighbours do."""
    embedder = InlineEmbedder(_Faulty())
    batch = _batch("a", "nan", "long", "b")
    assert list(embedder.submit(batch).result()) == [batch[0][0], batch[3][0]]
    assert embedder.status().rejected == 2


def test_failures_are_encoder_errors() -> None:
    """Whatever an engine raises, the scheduler sees one type; status tells of it until a vector is there."""
    embedder = InlineEmbedder(_Faulty())
    with pytest.raises(EncoderError, match="bad input"):
        embedder.submit(_batch("bad")).result()
    assert "bad input" in embedder.status().last_error
    embedder.submit(_batch("good")).result()
    assert embedder.status().last_error == ""
    embedder.close()
    with pytest.raises(EncoderError, match="closed"):
        embedder.submit(_batch("a")).result()
    assert embedder.status().failures == 2


def test_wrong_shapes_are_refused_whole() -> None:
    """A matrix that is not (keys, dimensions) has no vector for anybody."""
    keys = [key for key, _ in _batch("a", "b")]
    rows = RecordingEncoder(dimensions=4).encode([source.rendered() for _, source in _batch("a", "b")])
    assert accept(keys, rows, 5) == {}
    assert accept(keys[:1], rows, 4) == {}
    vectors = accept(keys, rows, 4)
    assert np.array_equal(vectors[keys[0]], rows[0])


def test_few_symbols_are_embedded_here_and_more_there() -> None:
    """What is soon done needs no other process; once it is more, nothing is done here any longer."""
    here, there = RecordingEncoder(), RecordingEncoder()
    embedder: Embedder = GrowingEmbedder(lambda: here, InlineEmbedder(there), most=3)
    first, second, third = _batch("a", "b"), _batch("c", "d"), _batch("e")
    assert [len(embedder.submit(batch).result()) for batch in (first, second, third)] == [2, 2, 1]
    assert [source.name for source in here.recorded] == ["a", "b"]
    assert [source.name for source in there.recorded] == ["c", "d", "e"]
    assert embedder.status().embedded == 5
    embedder.close()
    with pytest.raises(EncoderError, match="closed"):
        embedder.submit(_batch("a")).result()


def test_what_fails_here_is_tried_there() -> None:
    """Neither a model that cannot be loaded nor one that raises costs a vector, if the other one has it."""

    def broken() -> RecordingEncoder:
        raise EncoderError("no weights")

    for load in (broken, _Faulty):
        embedder = GrowingEmbedder(load, InlineEmbedder(RecordingEncoder()), most=10)
        assert len(embedder.submit(_batch("bad", "a")).result()) == 2
        assert len(embedder.submit(_batch("b")).result()) == 1
