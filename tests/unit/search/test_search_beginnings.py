"""A sentence and a name begin alike when their first verbs are the same, or stand for each other."""

from __future__ import annotations

import pytest

from codegraph.search.analysis import query_terms
from codegraph.search.beginnings import begin_alike

CASES = [
    ("Parse a header", "parse_header", True),
    ("Parses the header", "parseHeader", True),
    ("Set the size", "set_size", True),
    ("Set the size", "get_size", False),
    ("Return the size", "get_size", True),
    ("Returns the size", "getSize", True),
    ("Retrieve a page", "get_page", True),
    ("Check whether it is open", "isOpen", True),
    ("Convert a date", "to_date", True),
    ("Get the size", "return_size", False),
    ("Open a header and parse it", "parse_header", False),
    ("Parse a header", "header_parse", False),
    ("Parse a header", "", False),
    ("", "parse", False),
]


@pytest.mark.parametrize(("sentence", "name", "alike"), CASES)
def test_beginnings(sentence: str, name: str, alike: bool) -> None:
    """Only first words count, by their roots; verbs of sentences have names' verbs beside them, not the reverse."""
    assert begin_alike(query_terms(sentence), name) == alike
