"""The embedders of several models: each is asked for its own, a silent one holds up nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from codegraph.core.symbols import EmbeddingKey
from codegraph.daemon.encoders import Encoders
from codegraph.daemon.model import ActiveModel
from codegraph.embed.embedder import InlineEmbedder
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.pasted import read_pasted
from codegraph.embed.spec import ModelSpec
from codegraph.errors import EncoderError

ONE, OTHER = RecordingEncoder("one", 8), RecordingEncoder("other", 16)


def active(encoder: RecordingEncoder, encode_query: Callable[[str], FloatArray] | None = None) -> ActiveModel:
    spec = ModelSpec(name=encoder.name, engine="lexical", dimensions=encoder.dimensions)
    return ActiveModel(spec, encoder.identity, encoder.dimensions, encode_query)


@pytest.fixture
def encoders() -> Iterator[Encoders]:
    """Two models in use."""
    known = {each.identity: each for each in (ONE, OTHER)}
    with ThreadPoolExecutor(1) as background:
        found = Encoders(lambda model: InlineEmbedder(known[model.identity]), background)
        found.use([active(ONE), active(OTHER)])
        yield found
        found.close()


def test_query_is_embedded_by_every_model_that_is_asked(encoders: Encoders) -> None:
    """Each model gives a vector of its own length; a model that is not in use is left out."""
    found = encoders.embed_query("words", [ONE.identity, OTHER.identity, b"x" * 16]).result(0)
    assert {model: len(vector) for model, vector in found.items()} == {ONE.identity: 8, OTHER.identity: 16}
    assert encoders.embed_query("words", []).result(0) == {}


def test_pasted_code_is_embedded_as_symbols_are(encoders: Encoders) -> None:
    """It has the vector of a symbol with that name, header and code, not that of the question in those words."""
    text = "def area(self):\n    return self.width * self.height\n"
    found = encoders.embed_code(text, [ONE.identity, b"x" * 16]).result(0)
    assert list(found) == [ONE.identity]
    assert found[ONE.identity].tolist() == ONE.encode([read_pasted(text)])[0].tolist()
    assert found[ONE.identity].tolist() != ONE.encode_query(text).tolist()
    assert list(encoders.embed_code("\ud800 (", [ONE.identity]).result(0)) == [ONE.identity]


def test_model_that_fails_is_left_out(encoders: Encoders) -> None:
    """The other model's ranking goes on without it."""
    embedder: Any = encoders.embedder(OTHER.identity)
    embedder.close()
    gathered = encoders.embed_query("words", [ONE.identity, OTHER.identity])
    assert list(gathered.result(0)) == [ONE.identity]
    assert not gathered.late, "it has answered, though with an error"


def test_models_that_take_too_long_are_left_out(encoders: Encoders) -> None:
    """Whoever waits no longer gets what is there, and is told who is late; what comes later is nobody's."""
    late: Future[FloatArray] = Future()
    encoders.embedder(OTHER.identity).submit_query = lambda _: late  # type: ignore[union-attr, method-assign]
    gathered = encoders.embed_query("words", [ONE.identity, OTHER.identity])
    assert not gathered.done()
    gathered.wait_no_longer()
    assert list(gathered.result(0)) == [ONE.identity]
    late.set_result(np.zeros(16, np.float32))
    assert list(gathered.result(0)) == [ONE.identity]
    assert gathered.late == {OTHER.identity}


def test_a_model_that_knows_no_word_of_a_query_is_left_out() -> None:
    """Its vector would be that of no words at all, and nearest would be what is as empty: it is named instead."""
    known = {"word": np.eye(8, dtype=np.float32)[1]}
    nothing = np.eye(8, dtype=np.float32)[0]
    with ThreadPoolExecutor(1) as background:
        encoders = Encoders(lambda _: InlineEmbedder(ONE), background)
        encoders.use([active(ONE, lambda text: known.get(text, nothing))])
        understood, foreign = (encoders.embed_query(text, [ONE.identity]) for text in ("word", "\u8a9e"))
        assert (list(understood.result(0)), understood.unknowing) == ([ONE.identity], frozenset())
        assert (foreign.result(0), foreign.unknowing) == ({}, {ONE.identity})
        encoders.close()


def test_dropped_model_is_closed_and_refused(encoders: Encoders) -> None:
    """What is asked of it afterwards fails with an EncoderError, and its embedder is closed."""
    embedder: Any = encoders.embedder(OTHER.identity)
    encoders.drop(OTHER.identity)
    future = encoders.submit(OTHER.identity, [(EmbeddingKey(b"k" * 16), None)])  # type: ignore[list-item]
    assert isinstance(future.exception(0), EncoderError)
    encoders._background.submit(lambda: None).result()
    assert embedder.status().state == "closed"
    assert list(encoders.models) == [ONE.identity]


def test_queries_may_be_embedded_by_a_substitute(encoders: Encoders) -> None:
    """Another model of the same space answers for queries, in this process if it can, and goes with its principal."""
    axis = np.eye(8, dtype=np.float32)[0]
    variant = RecordingEncoder("variant", 8)
    encoders._make = lambda model: InlineEmbedder(variant)
    encoders.substitute(ONE.identity, active(variant, lambda text: axis if text else -axis))
    assert encoders.embed_query("words", [ONE.identity]).result(0)[ONE.identity] is axis
    encoders.drop(ONE.identity)
    assert list(encoders.models) == [OTHER.identity]
