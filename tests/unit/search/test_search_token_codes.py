"""Codes of tokens: as if each token were decoded and looked at by itself."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegraph.search.token_codes import (
    CLASS_BITS,
    KEYWORDS,
    MEMBER_OPERATOR,
    NAME,
    NUMBER,
    OPENING,
    OTHER,
    STRING,
    read_codes,
)

START = re.compile(r"([A-Za-z@$#]{0,3}[\"'`])|(\.?[0-9])|([A-Za-z_$@])")
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])
TEXT = st.text(st.sampled_from("aZ_$@#09.\"'`(-") | LETTERS, max_size=6)
LONG = st.integers(0, 70_000).map(lambda length: "x" * length) | st.sampled_from(["\u0651" * 20, "\u06a9" * 200])
TOKENS = st.lists(TEXT | st.sampled_from([*sorted(KEYWORDS), ".", "->", "::", "?.", "("]) | LONG, max_size=20)


def class_of(token: str) -> int:
    """Tell the class of a token of ASCII, letter by letter."""
    if token == "(":
        return OPENING
    if token in (".", "->", "::", "?.", "&."):
        return MEMBER_OPERATOR
    match = START.match(token)
    if match is None or token in KEYWORDS:
        return OTHER
    return (STRING, NUMBER, NAME)[(match.lastindex or 1) - 1]


@given(st.lists(TOKENS, max_size=5))
@example([["", "\x01", "\x00\x00", "\x03"]])
def test_codes_are_equal_exactly_for_equal_tokens(definitions: list[list[str]]) -> None:
    """Wherever a token stands and whatever stands around it; long ones and other alphabets too."""
    codes, counts = read_codes([msgspec.msgpack.encode(tokens) for tokens in definitions])
    assert counts.tolist() == [len(tokens) for tokens in definitions]
    tokens = [token for own in definitions for token in own]
    seen = dict(zip(tokens, codes.tolist(), strict=True))
    assert [seen[token] for token in tokens] == codes.tolist()
    assert all(one < other for one, other in pairwise(sorted(seen.values())))


@given(TOKENS)
def test_a_token_has_the_class_of_its_first_letters(tokens: list[str]) -> None:
    """Names, strings with what may stand before the quote, numbers, operators, words of a language."""
    codes, _ = read_codes([msgspec.msgpack.encode(tokens)])
    for token, code in zip(tokens, codes.tolist(), strict=True):
        if token.isascii():
            assert code & int(CLASS_BITS) == class_of(token), token


def test_other_alphabets_have_names_and_operators() -> None:
    """A letter begins a name in any of them."""
    codes, _ = read_codes([msgspec.msgpack.encode(["\u00e4rger", "\u2192", "\u0663", "\u540d"])])
    assert [code & 7 for code in codes.tolist()] == [NAME, OTHER, NUMBER, NAME]


LONGER_THAN_NEEDED = b"\x91\xd9\x02\xc3\xa4"
DAMAGED = [
    b"",
    b"\x81\xa1a\xa1b",
    b"\x92\xa1a",
    b"\x91\x01",
    b"\x91\xa1ab",
    b"\x91\xa5ab",
    b"\xdc\x00",
    LONGER_THAN_NEEDED,
]


@pytest.mark.parametrize("damaged", DAMAGED)
def test_what_is_no_array_of_strings_is_refused(damaged: bytes) -> None:
    """Too few, too many, too short, or something else; or written as extraction never writes it."""
    with pytest.raises(ValueError, match="token"):
        read_codes([damaged])
