"""A hub's signature changes: its own vector does not wait for its users', and nothing is ever called fresh wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon.explaining import explain
from codegraph.daemon.messages import Wait
from codegraph.daemon.reporting import status_report
from codegraph.daemon.restore import ROUTES
from codegraph.daemon.statistics import RequestStatistics
from codegraph.errors import StoreFull
from codegraph.events import Committed, KeysComputed
from codegraph.graph.index import Index
from tests.workbench import Workbench

HUB = SymbolId("hub.py/hub().")
USERS = [SymbolId(f"user{number}.py/f().") for number in range(8)]
NEW_HUB = {"hub.py": "def hub(x=1): return 1\n"}
SLICE = 3


@pytest.fixture
def bench(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """A hub with eight users, up to date, and an index that computes three keys at a time."""
    monkeypatch.setitem(Index.__init__.__kwdefaults__, "at_once", 0)
    monkeypatch.setattr(Index.compute_keys, "__defaults__", (SLICE,))
    users = {f"user{number}.py": f"from hub import hub\ndef f(): return hub() + {number}\n" for number in range(8)}
    made: Workbench = project_of({"hub.py": "def hub(): return 1\n", **users})
    return made


def take_in(bench: Workbench) -> None:
    """Follow what was written, and not a step further: no key is computed after the revision."""
    changed = bench.project.pipeline
    changed.take([])
    changed.reconcile("the test says so")


def states(bench: Workbench) -> list[Freshness]:
    """Return the freshness of all users."""
    return [bench.view.freshness(symbol) for symbol in USERS]


def test_the_hub_is_embedded_before_any_key_of_its_users_is_computed(bench: Workbench) -> None:
    """The first batch after the edit is the hub's alone, and it is on its way when the revision is published."""
    batches = len(bench.batches)
    bench.write(NEW_HUB)
    take_in(bench)
    assert bench.view.snapshot.unkeyed
    assert states(bench) == [Freshness.STALE] * 8
    assert bench.answer()
    assert bench.batches[batches] == [bench.view.snapshot.wanted(HUB)]
    bench.drain()
    assert states(bench) == [Freshness.FRESH] * 8
    bench.check()


def test_the_writer_turns_to_what_waits_between_slices(bench: Workbench) -> None:
    """One step computes one slice; a vector that came back, or a save, is taken in before the next one."""
    bench.write(NEW_HUB)
    take_in(bench)
    assert bench.answer()
    bench.project.writer.step(0.0)
    assert bench.view.freshness(HUB) is Freshness.FRESH
    assert len(bench.view.snapshot.unkeyed) == 8 - SLICE
    bench.write({"hub.py": "def hub(x=1, y=2): return 1\n"})
    bench.apply()
    bench.drain()
    bench.check()


def test_who_waits_for_vectors_waits_for_keys_too(bench: Workbench) -> None:
    """`sync wait=embedded` is not answered while a key is owed, and status does not call the index idle."""
    bench.write(NEW_HUB)
    take_in(bench)
    indexed, embedded = bench.project.writer.when(Wait.INDEXED), bench.project.writer.when(Wait.EMBEDDED)
    bench.project.writer.step(0.0)
    assert indexed.done()
    assert not embedded.done()
    report = status_report(bench.project, RequestStatistics().figures())
    assert report.phase == "embedding"
    assert sum(lane.stale for lane in report.lanes) >= 8
    assert set(bench.view.snapshot.unkeyed) <= set(bench.project.waiting())
    assert explain(bench.view, bench.view.snapshot.symbol(USERS[7]), lambda _: "").outcome == "pending"  # type: ignore[arg-type]
    bench.drain()
    bench.project.writer.step(0.0)
    assert embedded.done()


def test_a_restart_computes_what_was_owed(bench: Workbench) -> None:
    """The store says that keys are owed from before the revision until they are written; a death between loses none."""
    store = bench.project.parts.store
    bench.write(NEW_HUB)
    held = store.meta(ROUTES)
    assert held
    take_in(bench)
    assert store.meta(ROUTES) == b""
    bench.drain()
    assert store.meta(ROUTES) == held
    bench.restart()
    bench.reconcile()
    assert not bench.view.snapshot.unkeyed
    bench.check()


def test_an_end_in_between_writes_all_keys(bench: Workbench) -> None:
    """Who stops the daemon then pays a moment, not a start that computes every key."""
    bench.write(NEW_HUB)
    take_in(bench)
    bench.restart()
    assert bench.project.parts.store.meta(ROUTES) == bench.view.snapshot.routes.digest
    bench.reconcile()
    bench.drain()
    bench.check()


def test_keys_stay_owed_while_the_store_cannot_be_written(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: readers see everything, the store goes on saying that its keys do not hold, and is mended later."""
    store = bench.project.parts.store
    bench.write(NEW_HUB)
    take_in(bench)

    def full(*_arguments: object, **_options: object) -> None:
        raise StoreFull("the disk is full", "make room")

    with monkeypatch.context() as broken:
        broken.setattr(store, "put_vectors", full)
        bench.drain()
        assert bench.project.pipeline.failure is not None
        assert states(bench) == [Freshness.FRESH] * 8
        assert store.meta(ROUTES) == b""
    bench.reconcile()
    assert store.meta(ROUTES) == bench.view.snapshot.routes.digest
    bench.check()


def test_an_edit_and_its_undo_embed_nothing_and_leave_nothing(bench: Workbench) -> None:
    """The users' keys come out as they were: cut off, though some had been waiting for a vector of the other key."""
    bench.write(NEW_HUB)
    take_in(bench)
    bench.project.writer.step(0.0)
    batches = len(bench.batches)
    bench.write({"hub.py": "def hub(): return 1\n"})
    take_in(bench)
    bench.drain()
    assert len(bench.embedded(batches)) <= 1 + SLICE
    bench.check()


def test_a_symbol_that_still_waited_for_the_same_key_waits_again(bench: Workbench) -> None:
    """Nobody is forgotten whose key comes out equal to one that has no vector yet."""
    bench.write({"user0.py": "from hub import hub\ndef f():\n    return hub() + 1\n"})
    take_in(bench)
    bench.write(NEW_HUB)
    take_in(bench)
    bench.write({"hub.py": "def hub(): return 1\n"})
    take_in(bench)
    bench.drain()
    bench.check()


def test_figures_of_the_change_count_what_was_computed_later(bench: Workbench) -> None:
    """The change's figures name all that were marked at once, and what came of them as it comes."""
    bench.events.clear()
    bench.write(NEW_HUB)
    bench.update()
    (committed,) = bench.events_of(Committed)
    later = bench.events_of(KeysComputed)
    assert committed.marked == 9
    assert [event.keys for event in later] == [3, 3, 2]
    assert [event.left for event in later] == [5, 2, 0]
    last = bench.project.gatherer.figures.last
    assert last is not None
    assert (last.marked, last.cut_off, last.embedded) == (9, 0, 9)
