"""Links that are remembered from an earlier state are those that linking would give now (I1)."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from checked_project import CheckedProject
from libraries import Library
from test_model_teeth import DOCUMENTED, KINDS, NAMES

from codegraph.errors import InternalError
from codegraph.graph import index
from codegraph.graph.file_view import FileView
from codegraph.graph.remembered import LinkMemory
from codegraph.graph.resolve.scheme import Value

LIBRARIES = [library for library, _ in KINDS if library is not DOCUMENTED]
HISTORIES = 12
STEPS = 12


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every change set be remembered, however small."""
    monkeypatch.setattr(index, "MANY_FILES", 0)


def switched(library: Library, number: int) -> int:
    """Lead a project through edits and back to trees that it was, and compare with a clean build each time.

    Returns how many files were not linked because they were remembered.
    """
    choose = random.Random(number)
    checked = CheckedProject()
    choices = library.draw(choose)
    checked.change({path: library.text(path, choice) for path, choice in choices.items() if choose.random() < 0.8})
    for _ in range(STEPS):
        if choose.random() < 0.5:
            tree = choose.choice(checked.history[1:])
            gone: dict[str, str | None] = dict.fromkeys(checked.project.files)
            checked.change(gone | tree)
        else:
            path, place, variant = choose.choice(library.edits)
            choices[path][place] = variant
            checked.change({path: None if choose.random() < 0.15 else library.text(path, choices[path])})
        checked.compare()
    return checked.project.index.relinker.memory.found


def all_switched(library: Library) -> int:
    """Do so in some histories."""
    return sum(switched(library, number) for number in range(HISTORIES))


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: NAMES[id(library)])
def test_going_back_gives_what_a_clean_build_gives(library: Library) -> None:
    """In every language: whatever a file read, its old links are taken only where they are right, and they are."""
    assert all_switched(library) > HISTORIES


def test_links_are_not_taken_where_a_value_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above has teeth: a memory that does not compare values is found out."""
    monkeypatch.setattr(LinkMemory, "_holds", lambda *_: True)
    with pytest.raises((AssertionError, InternalError)):
        all_switched(LIBRARIES[0])


def test_values_are_those_of_before_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has another tooth: a memory that keeps the values after the change beside the links before it."""
    keep = LinkMemory.keep

    def keep_late(self: LinkMemory, views: list[FileView], _: Mapping[str, Value | None]) -> None:
        keep(self, views, {})

    monkeypatch.setattr(LinkMemory, "keep", keep_late)
    with pytest.raises((AssertionError, InternalError)):
        all_switched(LIBRARIES[0])
