"""The lexical encoder: codegraph/embed/lexical.py and codegraph/embed/vocabulary.py."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolKind
from codegraph.embed import vocabulary
from codegraph.embed.lexical import LexicalEncoder, lexical_identity
from codegraph.embed.render import EncoderInput

TEXT = st.text(max_size=40)
INPUTS = st.builds(
    EncoderInput,
    language=st.just("python"),
    kind=st.sampled_from(list(SymbolKind)),
    name=TEXT,
    container=TEXT,
    signature=TEXT,
    docstring=TEXT,
    tokens=st.lists(TEXT, max_size=12).map(tuple),
    context=st.lists(TEXT, max_size=3).map(tuple),
)


def _function(name: str, body: str = "", docstring: str = "", context: tuple[str, ...] = ()) -> EncoderInput:
    return EncoderInput(
        "python", SymbolKind.FUNCTION, name, "", f"def {name} ( )", docstring, tuple(body.split()), context
    )


@settings(max_examples=40)
@given(st.lists(INPUTS, min_size=1, max_size=8), st.data())
def test_vector_is_a_function_of_the_input_alone(inputs: list[EncoderInput], data: st.DataObject) -> None:
    """Bit for bit: neither the rest of the batch nor anything encoded before shows in a vector."""
    encoder = LexicalEncoder()
    order = data.draw(st.permutations(range(len(inputs))))
    together = encoder.encode(inputs)
    shuffled = encoder.encode([inputs[at] for at in order])
    assert np.array_equal(together[order], shuffled)
    alone = np.concatenate([LexicalEncoder().encode([source]) for source in inputs])
    assert np.array_equal(together, alone)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_vectors_stay_the_same_from_release_to_release() -> None:
    """The identity promises these very bits; a change needs a new VERSION and a new digest here."""
    source = EncoderInput(
        "python", SymbolKind.METHOD, "getUser", "class Users", "def getUser ( self , id )", "Find a user.", ("x1", "ü")
    )
    encoder = LexicalEncoder()
    found = hashlib.sha256(encoder.encode([source]).tobytes() + encoder.encode_query("users").tobytes()).hexdigest()
    assert (encoder.identity.hex(), found[:16]) == ("6f985750dec3ecfb56b07a4a4a32a190", "1034927461b0c28b")


def test_input_without_words_has_a_direction() -> None:
    """Nothing to read is no reason for a vector that cannot be compared."""
    encoder = LexicalEncoder()
    empty = encoder.encode([_function("", "( ) + -"), _function("")])
    assert np.allclose(np.linalg.norm(empty, axis=1), 1)
    assert np.allclose(np.linalg.norm(encoder.encode_query("?!")), 1)
    assert encoder.encode([]).shape == (0, 256)


def test_name_counts_more_than_body_and_body_more_than_context() -> None:
    """A query for a word finds it in the name first, then in the text, then among dependencies."""
    encoder = LexicalEncoder()
    rows = encoder.encode(
        [
            _function("checksum", "return total of blocks"),
            _function("update", "return checksum of blocks"),
            _function("update", "return total of blocks", context=("def checksum ( data )",)),
            _function("update", "return total of blocks"),
        ]
    )
    scores = rows @ encoder.encode_query("checksum")
    assert list(np.argsort(-scores)) == [0, 1, 2, 3]


@pytest.mark.parametrize("query", ["parse http headers", "HttpHeaderParser", "parsing of HTTP header"])
def test_spelling_and_inflection_do_not_matter(query: str) -> None:
    """Case, compounds and endings of words lead to the same symbol."""
    encoder = LexicalEncoder()
    rows = encoder.encode([_function("parse_http_headers"), _function("write_json_file"), _function("open_socket")])
    assert int(np.argmax(rows @ encoder.encode_query(query))) == 0


def test_forgetting_the_vocabulary_changes_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memo is bounded, and its end does not show."""
    inputs = [_function(f"name_{number}", f"alpha{number} beta{number}") for number in range(50)]
    expected = LexicalEncoder().encode(inputs)
    monkeypatch.setattr(vocabulary, "MAX_WORDS", 5)
    monkeypatch.setattr(vocabulary, "MAX_TEXTS", 3)
    encoder = LexicalEncoder()
    found = np.concatenate([encoder.encode([source]) for source in inputs])
    assert np.array_equal(expected, found)


def test_threads_share_an_encoder() -> None:
    """A query thread and an indexing thread do not disturb each other."""
    encoder = LexicalEncoder()
    inputs = [_function(f"read_{number}", f"load item{number}") for number in range(200)]
    expected = LexicalEncoder().encode(inputs)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda source: encoder.encode([source])[0], inputs))
    assert np.array_equal(expected, np.stack(rows))


def test_lengths_are_within_bounds() -> None:
    """Batch planning never sees a length below 1 or above the maximum."""
    encoder = LexicalEncoder()
    assert encoder.length(_function("")) >= 1
    assert encoder.length(_function("a", "x " * 99_999)) == encoder.max_length
    assert lexical_identity(256) != lexical_identity(128)
