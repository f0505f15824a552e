"""What kind of question a query is."""

from __future__ import annotations

import pytest

from codegraph.search.shape import QueryKind, shape_of


@pytest.mark.parametrize(
    ("text", "is_identifier"),
    [("parse", True), ("Cls::run()", True), ("a.b.c", True), ("read a file", False), ("", False)],
)
def test_one_name_is_an_identifier(text: str, is_identifier: bool) -> None:
    """A query that is one name, dotted or not, is told from one of several words."""
    assert (shape_of(text).kind is QueryKind.IDENTIFIER) == is_identifier


@pytest.mark.parametrize(
    ("text", "is_sentence"),
    [
        ("Return the number of a page.", True),
        ("Whether the queue is empty", True),
        ("Parses command line options", True),
        ("find stale entries", True),
        ("String description of a pattern.", True),
        ("Abstract tree object.", True),
        ("insert, update and delete callbacks", False),
        ("update and delete statement builders", False),
        ("session storage and expiry", False),
        ("how the router finds a handler", False),
        ("parsing a JSON object", False),
        ("the", False),
        ("", False),
    ],
)
def test_sentences_describe_one_thing(text: str, is_sentence: bool) -> None:
    """An article, the verb of an action or a full stop makes a sentence; a question word, a gerund, a list do not."""
    assert (shape_of(text).kind is QueryKind.SENTENCE) == is_sentence


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Options for watching a file", QueryKind.SENTENCE),
        ("Draws body bounds", QueryKind.SENTENCE),
        ("Visitor pattern for readers", QueryKind.SUBJECT),
        ("Visitor and reader", QueryKind.SUBJECT),
        ("Where readers wait", QueryKind.SUBJECT),
        ("HTTP router and middleware", QueryKind.SUBJECT),
        ("Parsing field names", QueryKind.SUBJECT),
        ("options for watching", QueryKind.SUBJECT),
        ("Options", QueryKind.IDENTIFIER),
    ],
)
def test_a_capital_begins_a_sentence_or_a_name(text: str, kind: QueryKind) -> None:
    """A capitalised word in front makes a sentence, unless something that was found has that name."""
    assert shape_of(text).kind_among(["Visitor", "options"]) is kind


def test_words_written_like_code_are_identifiers() -> None:
    """Within prose, words of two parts or in capitals are names; a name alone always is one."""
    assert shape_of("how HTTPServer calls get_request twice").identifiers == {"httpserver", "getrequest"}
    assert shape_of("server").identifiers == {"server"}
