"""When a batch is ready, on a clock of the test's own."""

from __future__ import annotations

import pytest

from codegraph.config import WatchConfig
from codegraph.source import settle
from codegraph.source.hints import CookieSeen, Hint, Loss
from codegraph.source.settle import LOCK_POLL_SECONDS, Settler

CONFIG = WatchConfig()


def settler(locked: bool = False) -> Settler:
    return Settler(CONFIG, lambda: locked)


def test_nothing_is_never_due() -> None:
    """Without sightings there is nothing to wait for."""
    assert settler().due(5.0) is None


def test_lone_save_after_five_milliseconds_of_quiet() -> None:
    """One file's events are one batch, ready 5 ms after the last of them."""
    some = settler()
    some.add(Hint("a.py", False), 1.0)
    some.add(Hint("a.py", False), 1.004)
    assert some.due(1.004) == pytest.approx(0.005)
    assert some.due(1.008) == pytest.approx(0.001)
    assert some.due(1.0095) == 0.0
    assert some.take().hints == (Hint("a.py", False),)
    assert some.due(2.0) is None


def test_burst_waits_for_fifty_milliseconds_of_quiet() -> None:
    """More than twenty paths within 50 ms are a burst; twenty are not, nor are many that trickle in."""
    some = settler()
    for number in range(20):
        some.add(Hint(f"{number}.py", False), 1.0)
    assert some.due(1.0) == pytest.approx(0.005)
    some.add(Hint("one more.py", False), 1.04)
    assert some.due(1.05) == pytest.approx(0.04)
    assert some.due(1.0901) == 0.0
    slow = settler()
    for number in range(50):
        slow.add(Hint(f"{number}.py", False), 1.0 + number * 0.004)
    assert slow.due(1.196) == pytest.approx(0.005)


def test_cap_of_one_second() -> None:
    """A stream without a pause is taken a second after it began."""
    some = settler()
    for number in range(400):
        some.add(Hint(f"{number}.py", False), 1.0 + number * 0.0025)
    assert some.due(1.9975) == pytest.approx(0.0025)
    assert some.due(2.0) == 0.0


def test_held_while_git_holds_its_lock() -> None:
    """The lock is looked for again and again, at most ten seconds."""
    held = True
    some = Settler(CONFIG, lambda: held)
    some.add(Hint("a.py", False), 1.0)
    assert some.due(2.0) == LOCK_POLL_SECONDS
    assert some.due(10.99) == pytest.approx(0.01)
    assert some.due(11.0) == 0.0
    held = False
    assert some.due(2.0) == 0.0


def test_cookie_makes_everything_ready() -> None:
    """Somebody waits: neither quiet nor the lock holds the batch back, and the cookie travels in it."""
    some = settler(locked=True)
    some.add(Hint("a.py", False), 1.0)
    some.add(CookieSeen("1-1"), 1.0)
    assert some.due(1.0) == 0.0
    batch = some.take()
    assert (batch.hints, batch.cookies) == ((Hint("a.py", False),), ("1-1",))
    assert some.take() == ((), (), ())


def test_loss_waits_like_a_burst_and_is_kept_once() -> None:
    """What lost the hints is usually still going on."""
    some = settler()
    some.add(Loss("overflow", ""), 1.0)
    some.add(Loss("overflow", ""), 1.0)
    assert some.due(1.0) == pytest.approx(0.05)
    assert some.take().losses == (Loss("overflow", ""),)


def test_one_hint_for_each_path() -> None:
    """Hints are merged by path, in order of arrival; doubt about a whole directory is never merged away."""
    some = settler()
    for hint in (Hint("b", False), Hint("a", True), Hint("b", True), Hint("a", False)):
        some.add(hint, 1.0)
    assert some.take().hints == (Hint("b", True), Hint("a", True))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many paths become a loss, which a full comparison makes good."""
    monkeypatch.setattr(settle, "MAX_PATHS", 3)
    some = settler()
    for number in range(5):
        some.add(Hint(str(number), False), 1.0)
    batch = some.take()
    assert [loss.reason for loss in batch.losses] == ["too_many"]
    assert len(batch.hints) <= 3
