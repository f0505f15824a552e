"""Terms: the same for documents and queries, however an identifier is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.embed.tokens import split_word, words
from codegraph.search import analysis
from codegraph.search.analysis import (
    DEFINED,
    MAX_QUERY_TERMS,
    MAX_TERMS,
    Analyser,
    defined,
    query_terms,
    root,
    whole_name,
)


@pytest.mark.parametrize("token", ["parseRequests", "parse_request", "ParseRequest", "PARSE_REQUESTS"])
def test_spellings_of_a_name_meet(token: str) -> None:
    """An identifier gives its parts and itself in one piece, whatever the convention."""
    assert Analyser().terms(token) == ("pars", "request", "parserequest")


def test_punctuation_has_no_terms_and_literals_have_words() -> None:
    """Tokens of code are analysed alike, string literals by their words."""
    analyser = Analyser()

    assert analyser.terms("->") == ()
    assert analyser.terms('"%d files removed"') == ("d", "fil", "remov")


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With hardly any memory the terms are the same."""
    tokens = [f"tokenNumber{i % 7}_of_{i % 5}" for i in range(60)]
    roomy = Analyser()
    expected = [roomy.terms(token) for token in tokens]
    monkeypatch.setattr(analysis, "MAX_REMEMBERED", 2)
    forgetful = Analyser()

    assert [forgetful.terms(token) for token in tokens] == expected


def test_terms_are_bounded() -> None:
    """A huge literal or query does not become a huge document or query."""
    text = " ".join(f"word{chr(97 + i % 26)}{i}" for i in range(5000))

    assert len(Analyser().terms(text)) == MAX_TERMS
    assert len(query_terms(text)) == MAX_QUERY_TERMS


def test_function_words_are_dropped_from_queries() -> None:
    """`of` and `the` do not count, unless nothing else is asked."""
    assert query_terms("the size of a file") == ("siz", "fil")
    assert query_terms("how and why does the size change") == ("siz", "chang")
    assert query_terms("if") == ("if",)
    assert query_terms("") == ()


@pytest.mark.parametrize(
    "family",
    [
        "connect connects connector connection connecting",
        "validate validator validation valid",
        "serialize serializer serialization serializable",
        "configure configuration config",
        "route router routing",
    ],
)
def test_what_does_and_what_is_done_meet(family: str) -> None:
    """A thing is found by the name of what it does, and the other way round."""
    assert len({root(word) for word in family.split()}) == 1


@pytest.mark.parametrize("word", ["user", "order", "option", "action", "client", "content", "static", "color"])
def test_short_words_keep_their_endings(word: str) -> None:
    """Where too little would remain, nothing is taken."""
    assert len(root(word)) >= len(word) - 1


def test_a_name_in_one_piece_is_not_its_relatives() -> None:
    """Spelling does not matter to a whole name, its ending does."""
    assert whole_name("parseRequests") == whole_name("parse_request")
    assert whole_name("Router") != whole_name("Route")


@given(st.text(st.sampled_from("aB9_$.é "), max_size=80))
def test_a_defined_name_keeps_every_letter(name: str) -> None:
    """However it is written: its term is that of its words' parts, joined."""
    joined = "".join(part for word in words(name) for part in split_word(word))
    assert defined(name, "x") == f"{DEFINED}{joined}.x"
