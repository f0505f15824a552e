"""What is remembered of links, within which bounds, and what is not."""

from __future__ import annotations

import pytest
from projects import Project

from codegraph.graph import link
from codegraph.graph.resolve import scheme_of

COUNT = 12
FILES = {f"m{number}.py": "from base import work\n\ndef run():\n    return work()\n" for number in range(COUNT)}
BASE = "def work(): pass\n"
OTHER = "def other(): pass\n"


def switch_twice(made: Project) -> list[int]:
    """Go to a tree where nobody finds what all import, and back, twice; how many files were remembered each time."""
    memory, found = made.index.relinker.memory, []
    for text in (OTHER, BASE, OTHER, BASE):
        before = memory.found
        made.change({"base.py": text})
        found.append(memory.found - before)
    return found


def test_both_sides_of_a_switch_are_found_again() -> None:
    """The first switch links all that reads what changed; later ones nothing."""
    made = Project({**FILES, "base.py": BASE})
    assert switch_twice(made) == [0, COUNT + 1, COUNT + 1, COUNT + 1]
    assert made.edges("m3.py/run().") == ["calls base.py/work()."]


def test_a_change_of_few_files_is_not_remembered() -> None:
    """What links no more files again than an edit does costs nothing beside."""
    made = Project({"m1.py": FILES["m1.py"], "base.py": BASE})
    assert switch_twice(made) == [0, 0, 0, 0]


def test_files_that_were_deleted_are_found_when_they_come_back() -> None:
    """A branch without a directory, and back: nothing is linked."""
    made = Project({**FILES, "base.py": BASE})
    made.change(dict.fromkeys(FILES))
    made.change(FILES)
    assert made.index.relinker.memory.found == COUNT
    assert made.edges("m3.py/run().") == ["calls base.py/work()."]


def test_documents_are_linked_each_time() -> None:
    """The values that a document asks for are not in the table, so nobody can compare them."""
    guides = {f"guide{number}.md": "# Guide\n\nCall `work()`.\n" for number in range(COUNT)}
    made = Project({**guides, "base.py": BASE})
    assert switch_twice(made) == [0, 1, 1, 1]
    assert made.edges("guide3.md/guide:") == ["references base.py/work()."]


def test_what_does_not_fit_displaces_nothing_that_is_used() -> None:
    """With room for one side of a switch, that side is found every other time, and the memory keeps its bound."""
    made = Project({**FILES, "base.py": BASE})
    switch_twice(made)
    both = made.index.relinker.memory._bytes
    small = Project({**FILES, "base.py": BASE})
    small.index.relinker.memory._most_bytes = both // 2
    found = switch_twice(small)
    assert found[0] == 0
    assert found[1] == found[3] == COUNT + 1
    assert found[2] < COUNT
    assert 0 < small.index.relinker.memory._bytes <= both // 2


def test_what_nobody_used_for_long_makes_room() -> None:
    """After a few change sets that had no use for it, the oldest goes."""
    made = Project({**FILES, "base.py": BASE})
    made.change({"base.py": OTHER})
    memory = made.index.relinker.memory
    memory._most_bytes = memory._bytes
    found = []
    for text in ("class work: pass\n", "work = 1\n", "class work: pass\n", "work = 1\n", BASE):
        before = memory.found
        made.change({"base.py": text})
        found.append(memory.found - before)
        assert memory._bytes <= memory._most_bytes
    assert found[0] == found[1] == found[4] == 0
    assert found[3] > COUNT // 2


def test_files_whose_linking_failed_are_linked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows that a scheme that stumbled stumbles again."""
    made = Project({**FILES, "base.py": BASE})
    newer = {path: text + "\nrun()\n" for path, text in FILES.items()}
    with monkeypatch.context() as broken:
        broken.setattr(link, "scheme_of", _Broken)
        with pytest.warns(RuntimeWarning, match="not linked"):
            made.change(newer)
    made.change(FILES)
    assert made.index.relinker.memory.found == COUNT
    made.change(newer)
    assert made.index.relinker.memory.found == COUNT
    assert made.index.stored_links("m3.py") == made.clean().stored_links("m3.py")


class _Broken:
    """A scheme that cannot link."""

    def __init__(self, language: str) -> None:
        self.contributions = scheme_of(language).contributions

    def link(self, *_: object) -> None:
        raise ValueError("stumbled")
