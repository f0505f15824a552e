"""docs/refreshed.md says what happens: every edit in every language, made in a real project."""

from __future__ import annotations

from pathlib import Path

import pytest
from refreshing import DOCUMENT_EDITS, EDITS, LANGUAGES, documented, documents_written, observed, written

PAGE = Path(__file__).parents[2] / "docs" / "refreshed.md"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What every edit led to; each was compared with a clean build."""
    return {
        language: {
            name: observed(sources, edit, tmp_path_factory.mktemp("project").resolve()) for name, edit in EDITS.items()
        }
        for language, sources in LANGUAGES.items()
    }


@pytest.fixture(scope="module")
def sections(tmp_path_factory):
    """Which sections of documents every edit embedded again."""
    edits = {**EDITS, **DOCUMENT_EDITS}
    return {name: documented(edit, tmp_path_factory.mktemp("project").resolve()) for name, edit in edits.items()}


def test_the_page_says_what_happens(found, sections):
    """`python tests/refreshing.py > docs/refreshed.md` has nothing to change."""
    assert written(found) + documents_written(sections) == PAGE.read_text(encoding="utf-8")


def test_only_what_may_have_changed_is_linked_again(found):
    """An edit of a body links its own file again and no other, in every language."""
    for language, rows in found.items():
        own = Path(LANGUAGES[language].names[0]).name
        assert rows["the body of `leaf` changes"].linked == (own,), language
        assert set(rows["a comment and blank lines are added"].linked) <= {own}, language


def test_dependents_are_embedded_again_in_every_language(found):
    """A signature reaches the caller, and its own caller no more; no language is without edges."""
    for language, rows in found.items():
        renamed = set(rows["a parameter of `leaf` is renamed"].embedded)
        assert {"leaf", "middle"} <= renamed, language
        assert "far" not in renamed, language
        user = "base" if language == "C" else "derived"  # the member `base` of Derived has the type
        assert {user, "middle"} <= set(rows["the file of `leaf` and `Base` is deleted"].embedded), language
