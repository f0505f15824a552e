"""The beginning of a sentence tells how the name begins of what it describes, and of which kind that is."""

from __future__ import annotations

import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.embed.tokens import words
from codegraph.search.analysis import query_terms
from codegraph.search.beginnings import begin_alike, described_kinds

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


OPENINGS = [
    ("Create a subscription", SymbolKind.METHOD),
    ("Validates what was sent", SymbolKind.FUNCTION),
    ("return the size", SymbolKind.FUNCTION),
    ("A subscription of a topic", SymbolKind.CLASS),
    ("Represents a message", SymbolKind.INTERFACE),
    ("An exception", SymbolKind.ENUM),
    ("The size of a page", None),
    ("", None),
]


@pytest.mark.parametrize(("sentence", "kind"), OPENINGS)
def test_an_opening_tells_functions_from_types(sentence: str, kind: SymbolKind | None) -> None:
    """A verb is said of what acts, an article of a type, and neither of modules or constants."""
    described = described_kinds(words(sentence))

    assert (kind in described) if kind else not described
    assert described.isdisjoint({SymbolKind.MODULE, SymbolKind.CONSTANT, SymbolKind.SECTION})
