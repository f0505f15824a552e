"""The event log: what was published, in what order, and to whom."""

from __future__ import annotations

import logging
import threading
import typing

import msgspec
import pytest

from codegraph import events as events_module
from codegraph.events import AnyEvent, Event, EventLog, FilesExtracted, Rebuilt, Reconciled, WorkerLost


def _lost(number: int) -> WorkerLost:
    return WorkerLost(worker="extract", reason=str(number))


def test_published_events_are_stamped_and_remembered_in_order():
    """The log fills in the time of its clock and keeps the order."""
    times = iter([1.5, 2.5])
    log = EventLog(lambda: next(times))
    log.publish(_lost(1))
    log.publish(Rebuilt(what="store", reason="empty"))
    assert log.recent() == (
        WorkerLost(at=1.5, worker="extract", reason="1"),
        Rebuilt(at=2.5, what="store", reason="empty"),
    )


def test_log_forgets_the_oldest():
    """Memory is bounded by the capacity."""
    log = EventLog(lambda: 0.0, capacity=3)
    for number in range(10):
        log.publish(_lost(number))
    log.publish(Reconciled(reason="start", files=1, seconds=0.1))
    assert [event.reason for event in log.recent()] == ["8", "9", "start"]


def test_subscribers_hear_what_comes_later_until_they_cancel():
    """A subscription begins and ends where it says; cancelling twice is harmless."""
    log, heard = EventLog(lambda: 7.0), []
    log.publish(_lost(0))
    cancel = log.subscribe(heard.append)
    log.publish(_lost(1))
    cancel()
    cancel()
    log.publish(_lost(2))
    assert heard == [WorkerLost(at=7.0, worker="extract", reason="1")]


def test_failing_subscriber_disturbs_nobody(caplog: pytest.LogCaptureFixture):
    """An error in one subscriber is logged; the publisher and the others go on."""
    log, heard = EventLog(lambda: 0.0), []

    def fail(event: AnyEvent) -> None:
        raise RuntimeError("subscriber's own fault")

    log.subscribe(fail)
    log.subscribe(heard.append)
    with caplog.at_level(logging.ERROR, "codegraph.events"):
        log.publish(_lost(1))
    assert len(heard) == len(log.recent()) == 1
    assert "subscriber failed on WorkerLost" in caplog.text


def test_subscriber_to_remembered_events_hears_each_once_and_in_order():
    """What is published while the remembered events are handed over comes after them; none is missed or doubled."""
    log, heard = EventLog(lambda: 0.0), []
    log.publish(_lost(0))
    started = threading.Event()
    publisher = threading.Thread(target=lambda: (started.wait(), log.publish(_lost(1))))
    publisher.start()

    def hear(event: AnyEvent) -> None:
        heard.append(event.reason)
        started.set()

    log.subscribe(hear, recent=True)
    publisher.join()
    log.publish(_lost(2))
    assert heard == ["0", "1", "2"]


def test_subscriber_may_publish_and_cancel():
    """A subscriber can use the log it is called by without a deadlock."""
    log = EventLog(lambda: 0.0)

    def answer(event: AnyEvent) -> None:
        cancel()
        log.publish(_lost(2))

    cancel = log.subscribe(answer)
    log.publish(_lost(1))
    assert [event.reason for event in log.recent()] == ["1", "2"]


def test_every_event_can_be_told_apart_on_the_wire():
    """Each event class is in AnyEvent, has a tag of its own and survives encoding."""
    classes = [
        value
        for value in vars(events_module).values()
        if isinstance(value, type) and issubclass(value, Event) and value is not Event
    ]
    assert set(classes) == set(typing.get_args(AnyEvent))
    assert len({each.__struct_config__.tag for each in classes}) == len(classes)
    event = FilesExtracted(at=1.0, files=1, reused=2, seconds=0.5)
    assert msgspec.json.decode(msgspec.json.encode(event), type=AnyEvent) == event
