"""Which watcher is chosen, and how one takes over from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.config import WatchConfig
from codegraph.errors import SourceError
from codegraph.source.fake import FakeWatcher
from codegraph.source.hints import Hint, Loss, Sighting
from codegraph.source.polling import PollingWatcher
from codegraph.source.watcher import FallbackWatcher, choose_watcher


def test_mode_decides() -> None:
    """poll polls, native insists, auto may fall back."""
    assert isinstance(choose_watcher(WatchConfig(mode="poll")), PollingWatcher)
    assert isinstance(choose_watcher(WatchConfig(mode="auto")), FallbackWatcher)
    assert not isinstance(choose_watcher(WatchConfig(mode="native")), FallbackWatcher | PollingWatcher)


@pytest.mark.parametrize("reason", ["watch_limit", "failed"])
def test_takes_over_for_good(tmp_path: Path, reason: str) -> None:
    """When the first watcher cannot go on, the second stands before the Loss is given, and the first is stopped."""
    first, second = FakeWatcher(), FakeWatcher()
    reasons: list[str] = []
    seen: list[tuple[Sighting, bool]] = []

    def make(why: str) -> FakeWatcher:
        reasons.append(why)
        return second

    watcher = FallbackWatcher(first, make)
    watcher.start(tmp_path, lambda _: False, lambda sighting: seen.append((sighting, second.health().alive)))
    first.push(Loss("overflow", ""), Hint("a", False))
    assert not second.health().alive
    first.push(Loss(reason, "because"))
    first.push(Hint("b", False))
    second.push(Hint("c", False))
    assert seen == [
        (Loss("overflow", ""), False),
        (Hint("a", False), False),
        (Loss(reason, "because; polling from now on"), True),
        (Hint("c", False), True),
    ]
    assert reasons == ["fell back to polling: because"]
    assert watcher.health().limited
    watcher.nudge()
    watcher.refresh()
    assert (second.nudged, second.refreshed) == (1, 1)
    watcher.stop()
    assert not watcher.health().alive


def test_a_missing_root_is_no_reason_to_poll(tmp_path: Path) -> None:
    """Neither watcher can watch what is not there: the error comes through."""
    with pytest.raises(SourceError):
        FallbackWatcher(FakeWatcher(), lambda _: FakeWatcher()).start(tmp_path / "no", lambda _: False, lambda _: None)
