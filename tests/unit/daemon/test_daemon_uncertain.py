"""How many references mention a name without an edge, and where: `codegraph.daemon.uncertain`."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from codegraph.core.changes import FileLinks, Unresolved
from codegraph.core.facts import Role
from codegraph.daemon import uncertain as module
from codegraph.daemon.uncertain import EXAMPLES, UNCERTAIN_REASONS, Missed, UncertainNames
from codegraph.graph.stored import REASONS, PackedLinks, pack

NAMES = ("a", "b", "c")


@dataclass(frozen=True)
class File:
    links: PackedLinks


Misses = list[tuple[str, str, Role]]
ROLES = (Role.CALL, Role.TYPE)


def file_of(misses: Misses) -> File:
    unresolved = tuple(Unresolved(0, name, role, reason, line, 0) for line, (name, reason, role) in enumerate(misses))
    return File(pack(FileLinks(((),), (), unresolved)))


FILES = st.dictionaries(
    st.sampled_from([f"{letter}.py" for letter in "stuvwxyz"]),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(REASONS), st.sampled_from(ROLES)), max_size=4),
    max_size=8,
)
LIMITS = st.fixed_dictionaries(
    {"SHORT_ROWS": st.sampled_from((0, 3, 1_000)), "TOGETHER": st.sampled_from((1, 3)), "MOST_NUMBERS": st.just(20)}
)
"""Small enough that tables are emptied into each other, and numbers used up."""


@given(
    revisions=st.lists(FILES, min_size=1, max_size=5),
    asked=st.sets(st.sampled_from(NAMES)),
    roles=st.sets(st.sampled_from(ROLES)),
    limits=LIMITS,
)
def test_answers_equal_a_search_of_every_file(
    revisions: list[dict[str, Misses]], asked: set[str], roles: set[Role], limits: dict[str, int]
) -> None:
    """Whatever revisions came before, in whatever order they are asked for, all answers are a full search's."""
    with mock.patch.multiple(module, **limits):
        compare_with_a_search(revisions, asked, roles)


def compare_with_a_search(revisions: list[dict[str, Misses]], asked: set[str], roles: set[Role]) -> None:
    names = UncertainNames()
    snapshots = [Map({path: file_of(misses) for path, misses in revision.items()}) for revision in revisions]
    for number in [*range(len(revisions)), *reversed(range(len(revisions)))]:
        expected = Missed()
        for path, file in sorted(snapshots[number].items()):
            for miss in file.links.unresolved():
                if miss.name in asked and miss.reason in UNCERTAIN_REASONS and miss.role in roles:
                    expected.add(path, miss)
        assert names.missed(snapshots[number], asked, roles) == expected
        for name in NAMES:
            assert names.holders(snapshots[number], name, Role.CALL) == [
                path
                for path, file in sorted(snapshots[number].items())
                if any(miss.name == name and miss.role is Role.CALL for miss in file.links.unresolved())
            ]


@given(
    revisions=st.lists(FILES, min_size=2, max_size=5),
    asked=st.sets(st.sampled_from(NAMES), min_size=1),
    short=st.sampled_from((0, 3, 1_000)),
)
def test_followed_ahead_answers_are_the_same(revisions: list[dict[str, Misses]], asked: set[str], short: int) -> None:
    """A writer that tells of each revision's changes gives the answers that comparing all files gives, unasked."""
    with mock.patch.object(module, "SHORT_ROWS", short):
        follow_and_compare(revisions, asked)


def follow_and_compare(revisions: list[dict[str, Misses]], asked: set[str]) -> None:
    followed, files = UncertainNames(), Map[str, File]()
    followed.missed(files, asked, ROLES)
    for number, revision in enumerate(revisions):
        made = {path: file_of(misses) for path, misses in revision.items()}
        kept = {path: file for path, file in files.items() if path in made and number % 2}
        now = Map({**made, **kept})
        changed = {path for path in {*files, *now} if files.get(path) is not now.get(path)}
        followed.follow(files, now, changed)
        files = now
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(followed, "_compare", None)  # nothing is left to compare
            found = followed.missed(files, asked, ROLES)
        assert found == UncertainNames().missed(files, asked, ROLES)


def test_a_revision_that_was_not_followed_is_not_taken_for_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes between two other revisions are not applied: the next question compares all files."""
    one, two, three = (Map({"x.py": file_of([("a", "missing", Role.CALL)] * n)}) for n in (1, 2, 3))
    names = UncertainNames()
    assert names.missed(one, {"a"}, ROLES).counts == {"missing": 1}
    names.follow(two, three, {"x.py"})
    assert names.missed(one, {"a"}, ROLES).counts == {"missing": 1}
    assert names.missed(three, {"a"}, ROLES).counts == {"missing": 3}


def test_no_revision_is_kept_alive() -> None:
    """What was followed once and has been replaced since can be freed, though nobody has asked again."""
    names = UncertainNames()
    files = Map({"x.py": file_of([("a", "missing", Role.CALL)])})
    assert names.missed(files, {"a"}, ROLES).counts == {"missing": 1}
    links = weakref.ref(files["x.py"].links)
    whole = weakref.ref(files)
    del files
    assert (links(), whole()) == (None, None)
    assert names.missed(Map(), {"a"}, ROLES) == Missed()


def test_only_files_of_examples_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that a thousand files mention costs a thousand additions, and five files to decode."""
    names = UncertainNames()
    files = Map({f"f{number:04}.py": file_of([("a", "missing", Role.CALL)] * 2) for number in range(1000)})
    decoded: list[int] = []
    unresolved = PackedLinks.unresolved

    def noted(links: PackedLinks, *arguments: object) -> object:
        decoded.append(1)
        return unresolved(links, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(PackedLinks, "unresolved", noted)
    found = names.missed(files, {"a"}, ROLES)
    assert found.counts == {"missing": 2000}
    assert [path for path, _ in found.examples["missing"]] == ["f0000.py"] * 2 + ["f0001.py"] * 2 + ["f0002.py"]
    assert len(decoded) == EXAMPLES


@given(misses=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(REASONS), st.sampled_from(ROLES)), max_size=8))
def test_misses_by_name_are_those_of_all_misses(misses: Misses) -> None:
    """Asking for the misses of some names gives exactly those rows, in the same order."""
    links = file_of(misses).links
    assert links.unresolved({"a", "c"}) == tuple(each for each in links.unresolved() if each.name in {"a", "c"})
