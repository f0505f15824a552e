"""Keys that are computed after their revision: what is at once, what is said meanwhile, and what comes of it."""

from __future__ import annotations

import pytest
from projects import Project

from codegraph.core.routes import Routes
from codegraph.core.symbols import NO_KEY, SymbolId
from codegraph.graph.compare import differences, is_equal
from codegraph.graph.deferred import AT_ONCE, SLICE
from codegraph.graph.index import Index

HUB = SymbolId("hub.py/hub().")
USERS = 12


def project_of(users: int = USERS, **seams: int) -> Project:
    """Return a hub and files with three functions each that call it."""
    files = {"hub.py": "def hub():\n    return 1\n"}
    for number in range(users // 3):
        functions = "".join(f"def f{each}():\n    return hub()\n" for each in range(3))
        files[f"user{number:03}.py"] = f"from hub import hub\n{functions}"
    return Project(files, **seams)


def edit(project: Project, text: str = "def hub(x=1):\n    return 1\n") -> None:
    """Change the hub's signature."""
    project.change({"hub.py": text})


def finish(project: Project, limit: int = 5) -> list[int]:
    """Compute what is owed; return how many keys each slice had."""
    sizes = []
    while project.index.snapshot.unkeyed:
        sizes.append(len(project.index.compute_keys(limit).marked))
    return sizes


@pytest.fixture
def project() -> Project:
    """A project that leaves every key for later that it can."""
    return project_of(at_once=0)


def test_what_changed_itself_has_its_key_at_once_and_nobody_else_has(project: Project) -> None:
    """The hub can be embedded when the revision is published; who depends on it is known to want something unknown."""
    before = {symbol.id: project.index.snapshot.wanted(symbol.id) for symbol in project.index.snapshot.symbols()}
    edit(project)
    snapshot = project.index.snapshot
    assert project.delta.keys == {HUB: snapshot.wanted(HUB)}
    assert snapshot.wanted(HUB) not in (NO_KEY, before[HUB])
    assert project.delta.later == len(snapshot.unkeyed) == USERS
    assert all(snapshot.wanted(symbol) == NO_KEY for symbol in snapshot.unkeyed)
    assert all(
        snapshot.wanted(symbol) == key for symbol, key in before.items() if symbol not in (HUB, *snapshot.unkeyed)
    )
    assert not is_equal(differences(project.index, project.clean()))


def test_slices_are_bounded_and_end_as_a_clean_build(project: Project) -> None:
    """Each slice computes what it was asked for, of the same revision, with the causes that one marking gives."""
    edit(project)
    revision = project.index.snapshot.clock.revision
    delta = project.index.compute_keys(5)
    assert (len(delta.marked), len(delta.keys), delta.cut, delta.revision) == (5, 5, (), revision)
    symbol, cause = next(iter(delta.marked.items()))
    assert (cause.rule, cause.origin, cause.route) == ("signature", HUB, (symbol, HUB))
    assert finish(project) == [5, 2]
    assert project.index.snapshot.clock.revision == revision
    assert is_equal(differences(project.index, project.clean()))


def test_few_are_computed_at_once() -> None:
    """An everyday change is one step: nothing is left, however the limits are drawn."""
    project = project_of()
    edit(project)
    assert project.delta.later == 0
    assert len(project.delta.keys) == USERS + 1
    many = project_of(3 * AT_ONCE)
    edit(many)
    assert many.delta.later == 3 * AT_ONCE
    assert len(many.index.compute_keys().marked) == SLICE


def test_a_change_between_slices_keeps_causes_and_computes_with_the_new_graph(project: Project) -> None:
    """The second change finds some waiting: they keep the first one's cause, and keys are those of the newest graph."""
    edit(project)
    project.index.compute_keys(2)
    project.change({"user001.py": "from hub import hub\ndef f0():\n    return hub()\n"})
    assert SymbolId("user001.py/f1().") not in project.index.snapshot.unkeyed
    edit(project, "def hub(x=1, y=2):\n    return 1\n")
    assert HUB in project.delta.keys
    causes = {}
    while project.index.snapshot.unkeyed:
        causes.update(project.index.compute_keys(3).marked)
    assert {cause.origin for cause in causes.values()} == {HUB}
    assert len(causes) == USERS - 2
    assert is_equal(differences(project.index, project.clean()))


def test_going_back_before_the_keys_are_computed_cuts_them_off(project: Project) -> None:
    """Who never had another key has none that changed."""
    edit(project)
    edit(project, "def hub():\n    return 1\n")
    deltas = []
    while project.index.snapshot.unkeyed:
        deltas.append(project.index.compute_keys(5))
    assert sum(len(delta.cut) for delta in deltas) == USERS
    assert not any(delta.keys for delta in deltas)
    assert is_equal(differences(project.index, project.clean()))


def test_those_who_are_asked_for_come_first(project: Project) -> None:
    """Somebody looks at a symbol: its key is in the next slice."""
    edit(project)
    asked = [SymbolId("user003.py/f2()."), SymbolId("nowhere.py/f().")]
    project.index.prefer_keys(asked)
    assert asked[0] in project.index.compute_keys(1).marked
    assert sum(finish(project)) == USERS - 1


def test_other_routes_leave_nothing_for_later(project: Project) -> None:
    """A change of models computes every key, so none is owed."""
    edit(project)
    project.index.set_routes(Routes(b"another model 16"))
    assert not project.index.snapshot.unkeyed
    assert not project.index.compute_keys().marked
    assert is_equal(differences(project.index, project.clean(routes=Routes(b"another model 16"))))


def test_a_wish_of_an_unkeyed_symbol_is_no_key() -> None:
    """Nothing can be embedded in the name of a key that is out of date."""
    from codegraph.graph.snapshot import Wishes

    project = project_of(at_once=0)
    edit(project)
    wishes = Wishes(project.index.snapshot)
    symbol = next(iter(project.index.snapshot.unkeyed))
    wish = next(wishes.each([symbol]))
    assert wish is not None
    assert wish.key == NO_KEY
    view = project.index.snapshot.files[symbol.rpartition("/")[0]]
    assert NO_KEY in project.index.snapshot.keys_in(view)
    assert NO_KEY not in view.keys


def test_a_first_index_leaves_nothing() -> None:
    """Everything is new, so every key is at once."""
    assert isinstance(project_of(at_once=0).index, Index)
    assert not project_of(at_once=0).index.snapshot.unkeyed
