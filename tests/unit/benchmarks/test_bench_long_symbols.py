"""Long symbols: what is asked, and that windows answer it, with an encoder that reads eight words."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

pytest.importorskip("torch")

from benchmarks.long_symbols import asked, embedded, recall
from codegraph.core.symbols import SymbolKind
from codegraph.embed.render import EncoderInput
from codegraph.embed.windowed import WindowedEncoder


class _Words:
    """The sum of a random direction for each of the first eight tokens."""

    name, identity, dimensions, max_length, device = "words", b"w" * 16, 64, 8, "cpu"

    def length(self, source):
        return min(8, max(1, len(source.tokens)))

    def encode(self, inputs):
        return np.stack([self._sum(source.tokens[:8]) for source in inputs])

    def encode_query(self, text):
        return self._sum(text.split())

    def _sum(self, tokens):
        drawn = [np.random.default_rng(crc32(token.encode())).standard_normal(64) for token in tokens]
        return (np.sum(drawn, 0) / np.linalg.norm(np.sum(drawn, 0))).astype(np.float32)


def _input(number, *tail):
    tokens = (f"a{number}", f"b{number}", ";") * 3 + tail
    return EncoderInput("go", SymbolKind.FUNCTION, f"f{number}", "", "", "", tokens)


def test_questions_about_a_tail_are_of_words_that_stand_there_only():
    """Words that the head has too, or the name, would be found without the tail."""
    source = EncoderInput("go", SymbolKind.FUNCTION, "reader", "", "", "", ())
    assert asked(source, ["openFile", "closing", "writing", "value"], ["file"]) == "open closing writing value"
    assert asked(source, ["open", "file"], ["file"]) == ""


def test_windows_find_what_a_cut_hides():
    """Recall of tails is full with windows and chance without."""
    sources = [_input(number, f"tail{number}", ";") for number in range(40)]
    questions = [f"tail{number}" for number in range(40)]
    found = {}
    for name, encoder in (("cut", _Words()), ("windows", WindowedEncoder(_Words(), 4))):
        found[name] = recall(encoder, embedded(encoder, sources), questions)
    assert found["windows"] > 95
    assert found["cut"] < 60
