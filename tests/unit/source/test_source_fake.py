"""The watchers for tests keep their own promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.errors import SourceError
from codegraph.source.fake import FakeWatcher, LossyWatcher
from codegraph.source.hints import CookieSeen, Hint, Loss, Sighting

HINTS = [Hint(f"{number}.py", False) for number in range(200)]


def test_fake_says_what_it_is_told(tmp_path: Path) -> None:
    """Pushes reach the sink between start and stop, and losses are counted."""
    watcher = FakeWatcher()
    seen: list[Sighting] = []
    watcher.push(HINTS[0])
    watcher.start(tmp_path, lambda _: False, seen.append)
    watcher.push(HINTS[1], Loss("overflow", ""), CookieSeen("1"))
    assert watcher.health().losses == 1
    watcher.stop()
    watcher.push(HINTS[2])
    assert seen == [HINTS[1], Loss("overflow", ""), CookieSeen("1")]
    with pytest.raises(SourceError):
        FakeWatcher().start(tmp_path / "missing", lambda _: False, seen.append)


def disturbed(root: Path, seed: int) -> list[Sighting]:
    fake = FakeWatcher()
    seen: list[Sighting] = []
    watcher = LossyWatcher(fake, seed)
    watcher.start(root, lambda _: False, seen.append)
    fake.push(*HINTS, CookieSeen("1"))
    return seen


def test_lossy_drops_repeats_and_reorders_by_seed(tmp_path: Path) -> None:
    """One seed gives one disturbance; it drops, repeats and reorders, but nothing comes after a later cookie."""
    seen = disturbed(tmp_path, 1)
    assert seen == disturbed(tmp_path, 1)
    assert seen != disturbed(tmp_path, 2)
    assert seen[-1] == CookieSeen("1")
    hints = [sighting for sighting in seen if isinstance(sighting, Hint)]
    assert 0 < len(set(hints)) < len(HINTS)
    assert len(hints) > len(set(hints))
    assert hints != sorted(hints, key=HINTS.index)
