"""The rows of a trained table that words stand for."""

from __future__ import annotations

import numpy as np
import pytest

from codegraph.embed import pieces
from codegraph.embed.pieces import LITERAL, Pieces

WORDS = {"parse": 1, "request": 2, "http": 3, "ser": 4, "server": 5, "less": 6, "2": 7, "pars": 8}


def numbers(word: str) -> list[int]:
    """Look a word up in a vocabulary of its own."""
    return np.frombuffer(Pieces(WORDS).words[word], "<i4").tolist()


def test_identifiers_are_split() -> None:
    """Case, underscores and digits part a word; all its parts count, in order."""
    assert numbers("parseHTTPRequest2") == [1, 3, 2, 7]
    assert numbers("parse_http_request") == [1, 3, 2]


def test_unknown_words_stand_for_their_stem_or_pieces() -> None:
    """A stem comes first, then the longest pieces from the left; what is left over and unknown numbers are silent."""
    assert numbers("requests") == [2]
    assert numbers("parsing") == [8]
    assert numbers("serverless") == [5, 6]
    assert numbers("xxserverzz") == [5]
    assert numbers("98765") == []
    assert numbers("qq") == []


@pytest.mark.parametrize("literal", ['"parse"', "'parse'", 'b"parse"', "`parse`"])
def test_literals_are_marked(literal: str) -> None:
    """A word inside of a string is not a name."""
    assert numbers(literal) == [1 | LITERAL]


def test_texts_are_their_words() -> None:
    """A text has the numbers of its words, remembered or not."""
    known = Pieces(WORDS)
    assert known.texts["parse ( http ) -> server"] == known.of_text("parse http server")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is let go of beyond a bound, and comes back the same."""
    monkeypatch.setattr(pieces, "MAX_WORDS", 2)
    monkeypatch.setattr(pieces, "MAX_TEXTS", 0)
    known = Pieces(WORDS)
    before = known.texts["parse http server"]
    known.forget_if_full()
    assert (len(known.words), len(known.texts)) == (0, 0)
    assert known.texts["parse http server"] == before
