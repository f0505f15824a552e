"""What kind of question a query is."""

from __future__ import annotations

import pytest

from codegraph.search.analysis import defined
from codegraph.search.shape import QueryKind, shape_of


@pytest.mark.parametrize(
    ("text", "is_identifier"),
    [
        ("parse", True),
        ("Cls::run()", True),
        ("a.b.c", True),
        ("read a file", False),
        ("", False),
        ("*Cache", True),
        ("`load`", True),
        ("()", False),
        ("$", False),
        ("my-lib/to-be.js", True),
        ("to-be", False),
    ],
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
        ("Find stale entries", True),
        ("find stale entries.", True),
        ("find stale entries", False),
        ("close the connections that are idle", False),
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
    """An article, the verb of an action or a full stop makes a sentence; a question word, a gerund, a list do not.

    What is typed without a capital in front or a full stop behind is none either.
    """
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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nx.DiGraph.add_edge", [("DiGraph", "add_edge"), ("add_edge",)]),
        ("where is Cache.get_all called", [("Cache", "get_all"), ("get_all",)]),
        ("topological sort", [("topological_sort",)]),
        ("what is sorted after all that", []),
    ],
)
def test_definitions_that_may_be_meant(text: str, names: list[tuple[str, ...]]) -> None:
    """A name is looked up with what is before it and alone; a few words may be one name."""
    assert shape_of(text).defined == tuple(defined(*name) for name in names)


def test_a_query_may_be_a_path() -> None:
    """A name with the extension of a language is the end of a path."""
    assert shape_of("src/app.py").path == "src/app.py"
    assert shape_of("app.set").path == ""
