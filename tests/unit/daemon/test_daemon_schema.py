"""docs/api.md says what the message types say."""

from __future__ import annotations

import re
from pathlib import Path

from codegraph.daemon.methods import METHODS
from codegraph.daemon.protocol import ERROR_KINDS
from codegraph.daemon.schema import document

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"


def test_the_document_is_up_to_date() -> None:
    """After a change of the messages: `python -m codegraph.daemon.schema > docs/api.md`."""
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_everything_is_documented() -> None:
    """Every method and every error kind has its place, and every link leads somewhere."""
    text = document()
    for name in METHODS:
        assert f"\n### {name}\n" in text
    for kind in ERROR_KINDS:
        assert f"\n| {kind} | " in text
    headings = {heading.lower() for heading in re.findall(r"^###? (.+)$", text, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert links
    assert links <= headings


def test_notes_of_fields_reach_the_document() -> None:
    """The string under a field stands beside it, that of an inherited field too."""
    text = document()
    query = "Plain words, identifiers or a piece of code, and filters: see docs/query_language.md."
    assert f"| `query` | string (at most 100000) |  | {query} |" in text
    assert re.search(r"\| `from` \| \[EdgeEnd\]\(#edgeend\) \|  \| The enclosing definition. \|", text)
