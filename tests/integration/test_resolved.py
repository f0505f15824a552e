"""docs/resolved.md says what happens: every construct in every language, extracted and linked."""

from __future__ import annotations

from pathlib import Path

import pytest
from resolving import CONSTRUCTS, LIMITS, USUAL_PATHS, outcomes, written

PAGE = Path(__file__).parents[2] / "docs" / "resolved.md"


@pytest.fixture(scope="module")
def found():
    """What became of every reference."""
    return {language: outcomes(language) for language in USUAL_PATHS}


def test_the_page_says_what_happens(found):
    """`python tests/resolving.py > docs/resolved.md` has nothing to change."""
    assert written(found) == PAGE.read_text(encoding="utf-8")


def test_no_edge_leads_elsewhere(found):
    """No edge leads to a definition that is not meant; none is exact where nothing in the language leads."""
    assert not [(language, *row) for language, rows in found.items() for row in rows.items() if "WRONG" in row[1]]


def test_nothing_is_sure_where_the_language_is_not(found):
    """Libraries, dynamic calls, unknown receivers: no edge, or one that says how sure it is."""
    limits = [each.title for each in CONSTRUCTS if each.section == LIMITS]
    cells = [(language, title, rows.get(title, "-")) for language, rows in found.items() for title in limits]
    assert not [cell for cell in cells if "exact" in cell[2]]
