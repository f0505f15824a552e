"""Upkeep happens when it is quiet, and not before."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

from codegraph.daemon.upkeep import (
    FLUSH_LATEST_SECONDS,
    FLUSH_QUIET_SECONDS,
    LOOK_SECONDS,
    QUIET_SECONDS,
    SWEEP_QUIET_SECONDS,
    SWEEP_REVISIONS,
    Upkeep,
)
from codegraph.errors import StoreFull


class Held(Executor):
    """Runs what it was given when told to."""

    def __init__(self) -> None:
        self.work: list[tuple[Future[Any], Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.work.append((future, fn))
        return future

    def run(self) -> None:
        for future, fn in self.work:
            future.set_result(fn())
        self.work.clear()


def make(lacking: bool = False) -> tuple[Upkeep, Held, list[str]]:
    """Build an upkeep that notes what it did."""
    done: list[str] = []
    held = Held()
    notes = [lambda name=name: done.append(name) for name in ("flush", "sweep", "look")]
    return Upkeep(*notes, lambda: lacking, held), held, done


def test_missing_models_are_looked_for_now_and_then() -> None:
    """Not at once, for whoever chose them has just looked; then every half minute, and never when none is missing."""
    upkeep, held, done = make(lacking=True)
    upkeep.tick(100.0)
    assert upkeep.due() == 100.0 + LOOK_SECONDS
    upkeep.tick(100.0 + LOOK_SECONDS - 0.1)
    held.run()
    assert done == []
    upkeep.tick(100.0 + LOOK_SECONDS)
    held.run()
    upkeep.tick(101.0 + LOOK_SECONDS)
    held.run()
    assert done == ["look"]
    assert make()[0].due() is None


def test_a_change_is_written_down_after_quiet() -> None:
    """The lexical index is flushed once, two quiet seconds after a change."""
    upkeep, held, done = make()
    upkeep.changed(100.0)
    upkeep.tick(100.0 + FLUSH_QUIET_SECONDS - 0.1)
    held.run()
    assert done == []
    upkeep.tick(100.0 + FLUSH_QUIET_SECONDS)
    held.run()
    upkeep.tick(200.0)
    assert done == ["flush"]
    assert upkeep.due() is None


def test_a_tree_that_never_rests_is_written_down_all_the_same() -> None:
    """Changes every second do not put the flush off for ever."""
    upkeep, held, done = make()
    for second in range(int(FLUSH_LATEST_SECONDS) + 1):
        upkeep.changed(float(second))
        upkeep.tick(float(second))
    held.run()
    assert done == ["flush"]


def test_a_change_during_a_flush_is_written_down_by_another() -> None:
    """A flush that runs already does not count for a later change."""
    upkeep, held, done = make()
    upkeep.changed(0.0)
    upkeep.tick(5.0)
    upkeep.changed(6.0)
    upkeep.tick(10.0)
    due = upkeep.due()
    assert due is not None
    assert due > 10.0, "nobody looks again and again whether the flush has ended"
    held.run()
    upkeep.tick(20.0)
    held.run()
    assert done == ["flush", "flush"]


def test_orphans_are_swept_after_many_revisions_and_a_long_quiet() -> None:
    """The sweep waits for both, and starts counting again afterwards."""
    upkeep, _, done = make()
    for _ in range(SWEEP_REVISIONS):
        upkeep.changed(50.0)
    upkeep.tick(50.0 + SWEEP_QUIET_SECONDS - 1)
    assert done == []
    upkeep.tick(50.0 + SWEEP_QUIET_SECONDS)
    upkeep.tick(1000.0)
    assert done == ["sweep"]


def test_vectors_are_put_into_their_place_step_by_step() -> None:
    """As long as there are any, one step after the other; a full disk is no error, and is tried again later."""
    left, full, quiet, steps = 3, False, True, 0

    def sort() -> None:
        nonlocal left, steps
        steps += 1
        if full:
            raise StoreFull("there is no room", "make room")
        left -= 1

    upkeep = Upkeep(list, list, list, lambda: False, Held(), sort, lambda: left, lambda _: quiet)
    assert upkeep.due() == 0.0
    upkeep.tick(100.0)
    assert (left, upkeep.due()) == (2, 0.0)
    quiet = False
    upkeep.tick(100.5)
    assert (left, upkeep.due()) == (2, 100.5 + QUIET_SECONDS), "somebody asks, and goes first"
    quiet = True
    full = True
    upkeep.tick(102.0)
    assert upkeep.due() == 102.0 + LOOK_SECONDS
    upkeep.tick(103.0)
    upkeep.sort_all()
    assert (left, steps) == (2, 3)
    full = False
    upkeep.sort_all()
    assert (left, upkeep.due()) == (0, None)


def test_what_sorting_has_brought_into_memory_is_given_back() -> None:
    """After the last vector, and some quiet, comes a flush, which lets go of the store's pages."""
    left, done, held = 2, list[str](), Held()

    def sort() -> None:
        nonlocal left
        left -= 1

    upkeep = Upkeep(lambda: done.append("flush"), list, list, lambda: False, held, sort, lambda: left)
    upkeep.tick(100.0)
    upkeep.tick(100.0 + FLUSH_QUIET_SECONDS)
    upkeep.tick(101.0 + FLUSH_QUIET_SECONDS)
    assert not held.work, "the last one was put into its place a second ago"
    upkeep.tick(100.0 + 2 * FLUSH_QUIET_SECONDS)
    held.run()
    assert done == ["flush"]
    assert upkeep.due() is None
