"""The writer gives way to queries, and never for longer than is said."""

from __future__ import annotations

import threading

import pytest

from codegraph.daemon.courtesy import LONGEST_SECONDS, SHORT_SECONDS, Courtesy


class Watch:
    """A clock that somebody else moves; whoever waits moves it by what he waits at most."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    """A clock."""
    return Watch()


@pytest.fixture
def courtesy(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Courtesy:
    """One whose waits pass at once, by the clock."""

    def wait(_condition: object, seconds: float) -> bool:
        watch.waits.append(seconds)
        watch.now += seconds
        return False

    monkeypatch.setattr(threading.Condition, "wait", wait)
    return Courtesy(watch)


def test_nobody_waits_for_nobody(courtesy: Courtesy, watch: Watch) -> None:
    """Without a query, and once it is answered, the writer goes on."""
    watch.now += 1
    courtesy.give_way()
    with courtesy.answering():
        pass
    courtesy.give_way()
    assert watch.waits == []


def test_a_wait_is_no_longer_than_the_work_before(courtesy: Courtesy, watch: Watch) -> None:
    """Half of its time the writer works, however many queries there are; and no single wait is long."""
    with courtesy.answering():
        for worked in (0.004, 0.001, 5.0):
            watch.now += worked
            with courtesy.answering():
                courtesy.give_way()
    assert watch.waits == pytest.approx([0.004, 0.001, LONGEST_SECONDS])


def test_a_long_query_is_not_waited_for(courtesy: Courtesy, watch: Watch) -> None:
    """What has been answered for a while already has had its turn."""
    with courtesy.answering():
        watch.now += 1.01 * SHORT_SECONDS
        courtesy.give_way()
    assert watch.waits == []


def test_the_end_of_a_query_ends_the_wait() -> None:
    """The writer goes on as soon as the last query is answered."""
    now = [0.0]
    courtesy = Courtesy(lambda: now[0])  # a clock that stands still: only the query's end ends the wait
    now[0] = LONGEST_SECONDS
    asked, answered = threading.Event(), threading.Event()

    def ask() -> None:
        with courtesy.answering():
            asked.set()
            answered.wait()

    query = threading.Thread(target=ask)
    query.start()
    asked.wait()
    writer = threading.Thread(target=courtesy.give_way)
    writer.start()
    answered.set()
    query.join(60)
    writer.join(60)
    assert not writer.is_alive()


def test_it_is_quiet_some_time_after_the_last_answer() -> None:
    """Work that can wait for ever is left until nobody has asked for a while."""
    now = 5.0
    courtesy = Courtesy(lambda: now)
    assert courtesy.is_quiet(1.0)
    with courtesy.answering():
        now = 7.0
        assert not courtesy.is_quiet(1.0)
    now = 7.5
    assert not courtesy.is_quiet(1.0)
    now = 8.0
    assert courtesy.is_quiet(1.0)
