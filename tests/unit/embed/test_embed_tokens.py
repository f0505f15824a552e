"""Code-aware tokenisation: codegraph/embed/tokens.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.embed.tokens import MAX_WORD, split_word, stem, subtokens, words


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("parse_requests2", ["parse", "requests", "2"]),
        ("HTTPServer", ["http", "server"]),
        ("getHTTPResponseCode", ["get", "http", "response", "code"]),
        ("XMLHttpRequest", ["xml", "http", "request"]),
        ("SCREAMING_SNAKE", ["screaming", "snake"]),
        ("__init__", ["init"]),
        ("_", []),
        ("größe_mm", ["größe", "mm"]),
        ("x86_64", ["x", "86", "64"]),
    ],
)
def test_words_split_at_their_borders(word: str, parts: list[str]) -> None:
    """camelCase, snake_case, acronyms and digits are borders; other scripts stay whole."""
    assert split_word(word) == parts


@pytest.mark.parametrize(
    "family",
    [
        ("parse", "parses", "parsed", "parsing"),
        ("cache", "caches", "cached", "caching"),
        ("entry", "entries"),
        ("copy", "copies", "copied", "copying"),
        ("run", "runs", "running"),
        ("use", "used", "using", "uses"),
        ("request", "requests", "requested", "requesting"),
        ("process", "processes", "processed", "processing"),
    ],
)
def test_forms_of_one_word_share_a_stem(family: tuple[str, ...]) -> None:
    """Plural, -ing and -ed forms mean the same to search."""
    assert {stem(word) for word in family} == {stem(family[0])}


@pytest.mark.parametrize("word", ["string", "need", "class", "status", "this", "bus", "utf8"])
def test_words_that_only_look_inflected_are_kept(word: str) -> None:
    """An ending that belongs to the word is not removed."""
    assert stem(word) == word


def test_order_and_repetitions_are_kept() -> None:
    """Counting is the caller's business, so nothing is merged here."""
    assert subtokens("read(file); readFile()") == ["read", "fil", "read", "fil"] == subtokens("read_file READ_FILES")


@given(st.text(max_size=200))
def test_any_text_gives_lower_case_pieces_of_itself(text: str) -> None:
    """Every sub-token is non-empty and bounded, and tokenising never fails."""
    for part in subtokens(text):
        assert part
        assert part == part.lower()
        assert len(part) <= 3 * MAX_WORD
    assert all(word in text for word in words(text))
