"""Which files mention a name without an edge: `codegraph.daemon.uncertain`."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from codegraph.core.changes import FileLinks, Unresolved
from codegraph.core.facts import Role
from codegraph.daemon.uncertain import UNCERTAIN_REASONS, UncertainNames
from codegraph.graph.stored import REASONS, PackedLinks, pack

NAMES = ("a", "b", "c")


@dataclass(frozen=True)
class File:
    links: PackedLinks


def file_of(misses: list[tuple[str, str]]) -> File:
    unresolved = tuple(Unresolved(0, name, Role.CALL, reason, line, 0) for line, (name, reason) in enumerate(misses))
    return File(pack(FileLinks(((),), (), unresolved)))


FILES = st.dictionaries(
    st.sampled_from(("x.py", "y.py", "z.py")),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(REASONS)), max_size=4),
    max_size=3,
)


@given(revisions=st.lists(FILES, min_size=1, max_size=5), asked=st.sets(st.sampled_from(NAMES)))
def test_answers_equal_a_search_of_every_file(
    revisions: list[dict[str, list[tuple[str, str]]]], asked: set[str]
) -> None:
    """Whatever revisions came before, in whatever order they are asked for, the paths are those a full search finds."""
    names = UncertainNames()
    snapshots = [Map({path: file_of(misses) for path, misses in revision.items()}) for revision in revisions]
    for number in [*range(len(revisions)), *reversed(range(len(revisions)))]:
        expected = sorted(
            path
            for path, misses in revisions[number].items()
            if any(name in asked and reason in UNCERTAIN_REASONS for name, reason in misses)
        )
        assert names.files_with(snapshots[number], asked) == expected


def test_no_revision_is_kept_alive() -> None:
    """What was followed once and has been replaced since can be freed, though nobody has asked again."""
    names = UncertainNames()
    files = Map({"x.py": file_of([("a", "missing")])})
    assert names.files_with(files, {"a"}) == ["x.py"]
    links = weakref.ref(files["x.py"].links)
    whole = weakref.ref(files)
    del files
    assert (links(), whole()) == (None, None)
    assert names.files_with(Map(), {"a"}) == []


@given(misses=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(REASONS)), max_size=8))
def test_misses_by_name_are_those_of_all_misses(misses: list[tuple[str, str]]) -> None:
    """Asking for the misses of some names gives exactly those rows, in the same order."""
    links = file_of(misses).links
    assert links.unresolved({"a", "c"}) == tuple(each for each in links.unresolved() if each.name in {"a", "c"})
