"""Clones of a real project: the same after any edits as from a clean build, and complete or owned up to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbench import Workbench, fast_directory

from codegraph.core.symbols import CloneKind
from codegraph.daemon.clones import ClonesParams, ClonesResult
from codegraph.daemon.cloning import CloneFinder
from codegraph.daemon.messages import Bound, EmptyReason
from codegraph.errors import ProjectError

BODY = """
    total = {start}
    for {each} in {source}:
        if {each} is None:
            continue
        total += {each}.size * scale
    return total / max(len({source}), 1)
"""
PARTS = [
    "def average(items, scale):" + BODY.format(start="0", each="item", source="items"),
    "def mean(parts, scale):" + BODY.format(start="1.5", each="part", source="parts"),
    "def nearly(parts, scale):\n    print(scale)" + BODY.format(start="1.5", each="part", source="parts"),
    "class Box:\n    def average(self, items, scale):"
    + BODY.format(start="0", each="item", source="items").replace("\n", "\n    "),
    "LIMIT = 1",
]
PATHS = ["a.py", "b.py", "lib/c.py"]
EDITS = st.lists(
    st.tuples(st.sampled_from(PATHS), st.none() | st.lists(st.sampled_from(PARTS), max_size=3)), min_size=1, max_size=6
)
PARAMS = ClonesParams(min_lines=3, min_tokens=20)


def groups(found: ClonesResult) -> list[Any]:
    """Return an answer without its clock and without the state of vectors."""
    return [
        (group.kind, group.similarity, group.tokens, [(each.symbol.id, each.kind) for each in group.members])
        for group in found.groups
    ]


def test_memory_is_given_back_after_new_groups() -> None:
    """What making groups took is given back once for each time they are made, not for answers that are kept."""
    with fast_directory() as directory:
        bench = Workbench(directory, {})
        try:
            bench.write({"a.py": PARTS[0] + "\n", "b.py": PARTS[1] + "\n"})
            bench.apply()
            freed: list[str] = []
            finder = CloneFinder(bench.project.parts.facts, lambda: freed.append("now"))
            for _ in range(3):
                finder.answer(bench.view, PARAMS)
            assert freed == ["now"]
        finally:
            bench.close()


def of(bench: Workbench) -> CloneFinder:
    """Return a finder that knows nothing yet."""
    return CloneFinder(bench.project.parts.facts)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(EDITS)
def test_incremental_equals_clean(edits: list[tuple[str, list[str] | None]]) -> None:
    """After every edit, a finder that was asked before answers as one over a clean build of the same tree."""
    with fast_directory() as directory:
        bench = Workbench(directory, {})
        try:
            finder = of(bench)
            for path, parts in edits:
                if parts is not None:
                    bench.write({path: "\n\n".join(parts) + "\n"})
                elif (bench.root / path).exists():
                    bench.delete(path)
                bench.apply()
                found = finder.answer(bench.view, PARAMS)
                assert found.bound is Bound.EXACT
            with bench.clean() as other:
                assert groups(of(other).answer(other.view, PARAMS)) == groups(found)
        finally:
            bench.close()


def test_an_answer_says_what_it_is_of(project_of: Any) -> None:
    """Clock, kinds, members as symbols, how many groups there are in all."""
    bench = project_of({"a.py": PARTS[0], "lib/b.py": "import x\n" + PARTS[1], "lib/c.py": PARTS[4]})
    found = of(bench).answer(bench.view, PARAMS)
    assert found.clock == str(bench.view.snapshot.clock)
    assert (found.total, found.bound, found.reason) == (1, Bound.EXACT, EmptyReason.NOT_EMPTY)
    assert [each.symbol.id for each in found.groups[0].members] == ["a.py/average().", "lib/b.py/mean()."]
    assert found.groups[0].kind is CloneKind.RENAMED


def test_documents_are_no_clones(project_of: Any) -> None:
    """What is said twice is not code that is there twice."""
    text = "# Average\n" + "The average of all items is their total by their number.\n" * 8
    bench = project_of({"a.md": text, "b.md": text})
    assert of(bench).answer(bench.view, PARAMS).groups == ()


def test_a_place_narrows_to_groups_with_a_member_there(project_of: Any) -> None:
    """Members elsewhere are still shown; a folder is no prefix of a name."""
    bench = project_of({"a.py": PARTS[0], "lib/b.py": "import x\n" + PARTS[1], "li.py": "L = 1\n"})
    finder = of(bench)

    def total(path: str) -> int:
        found = finder.answer(bench.view, ClonesParams(min_lines=3, min_tokens=20, path=path))
        assert (found.reason is EmptyReason.FILTERED) == (not found.groups)
        return found.total

    assert [total(path) for path in ("", "lib", "lib/", "lib/b.py", "a.py", "li.py")] == [1, 1, 1, 1, 1, 0]
    with pytest.raises(ProjectError, match="nothing at li is indexed"):
        total("li")


def test_a_limit_cuts_and_says_how_many_there_are(project_of: Any) -> None:
    """`total` counts all groups."""
    other = (
        "def other(x):\n    while x.go(1):\n        x.turn(left=2, right=3)\n        x.log('a', x.place(), x.time())\n"
    )
    bench = project_of({"a.py": PARTS[0] + "\n" + other, "b.py": "import x\n" + PARTS[0] + "\n" + other})
    found = of(bench).answer(bench.view, ClonesParams(min_lines=3, min_tokens=20, limit=1))
    assert (len(found.groups), found.total) == (1, 2)


def test_nothing_found_has_a_reason(project_of: Any) -> None:
    """An empty project is not one without clones."""
    empty, single = project_of({}), project_of({"a.py": PARTS[0]})
    assert of(empty).answer(empty.view, PARAMS).reason is EmptyReason.NOTHING_INDEXED
    assert of(single).answer(single.view, PARAMS).reason is EmptyReason.NO_MATCH


class Lossy:
    """A store that has lost the own inputs of one file."""

    def __init__(self, bench: Workbench, path: str) -> None:
        self._facts = bench.project.parts.facts
        self._lost = bench.view.snapshot.files[path].blob
        self.asked = 0

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Count, and give what is there."""
        self.asked += 1
        return None if blob == self._lost else self._facts.inputs(blob, language)


def test_lost_tokens_make_a_lower_bound(project_of: Any) -> None:
    """A file that cannot be looked at is counted, and no group is made up of it."""
    bench = project_of({"a.py": PARTS[0], "b.py": "import x\n" + PARTS[0], "c.py": "import y\n" + PARTS[0]})
    found = CloneFinder(Lossy(bench, "c.py")).answer(bench.view, PARAMS)
    assert (found.bound, found.causes[0].reason, found.causes[0].count) == (Bound.LOWER_BOUND, "missing", 1)
    assert [each.symbol.file for each in found.groups[0].members] == ["a.py", "b.py"]


def test_an_edit_costs_the_edited_file(project_of: Any) -> None:
    """Of all other files the tokens are not read again, and a second question reads nothing."""
    bench = project_of({"a.py": PARTS[0], "b.py": "import x\n" + PARTS[0]})
    source = Lossy(bench, "a.py")
    source._lost = bench.view.snapshot.files["a.py"].blob[:0]
    finder = CloneFinder(source)
    finder.answer(bench.view, PARAMS)
    finder.answer(bench.view, PARAMS)
    assert source.asked == 2
    bench.write({"b.py": "import x\n\n\n" + PARTS[1]})
    bench.update()
    assert finder.answer(bench.view, PARAMS).groups[0].kind is CloneKind.RENAMED
    assert source.asked == 3
