"""Polling: what differs between two looks is hinted at, and cookies come after the look that covers them."""

from __future__ import annotations

import itertools
import queue
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from codegraph.source.hints import CookieSeen, Hint, Loss, Sighting
from codegraph.source.polling import PollingWatcher

PATIENCE = 240.0


LATER_NS = 10**12
"""Far enough ahead for no write to leave a file with the times that it has."""


def started(
    root: Path, cookies: Path, now_ns: Callable[[], int] = lambda: time.time_ns() + LATER_NS
) -> tuple[PollingWatcher, queue.Queue[Sighting]]:
    sightings: queue.Queue[Sighting] = queue.Queue()
    watcher = PollingWatcher(3600, cookies, now_ns=now_ns)
    watcher.start(root, lambda path: path.endswith("ignored"), sightings.put)
    return watcher, sightings


def until_cookie(watcher: PollingWatcher, sightings: queue.Queue[Sighting], cookie: Path) -> list[Sighting]:
    """Make a cookie, let the watcher look, return what it said before the cookie."""
    cookie.touch()
    watcher.nudge()
    seen: list[Sighting] = []
    while CookieSeen(cookie.name) not in seen:
        seen.append(sightings.get(timeout=PATIENCE))
    return seen[:-1]


def test_differences_then_cookie(tmp_path: Path) -> None:
    """Written, new, removed and moved are hinted at, each once, in order; left out directories are not looked at."""
    root, cookies = tmp_path / "project", tmp_path / "cookies"
    cookies.mkdir()
    for path in ("a.py", "b.py", "d/c.py", "ignored/x.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    watcher, sightings = started(root, cookies)
    try:
        assert until_cookie(watcher, sightings, cookies / "1") == []
        (root / "a.py").write_text("x = 1\n")
        (root / "b.py").unlink()
        (root / "d").rename(root / "e")
        (root / "ignored/x.py").write_text("x = 1\n")
        assert until_cookie(watcher, sightings, cookies / "2") == [
            Hint("d", True),
            Hint("e", True),
            Hint("a.py", False),
            Hint("b.py", False),
        ]
        assert watcher.health()[:5] == ("poll", True, 2, 2, False)
    finally:
        watcher.stop()
    assert not watcher.health().alive


def test_a_file_whose_times_cannot_tell_is_hinted_at_until_they_can(tmp_path: Path) -> None:
    """A second write in the tick of the first leaves size and times as they were, and may come after the look."""
    root, cookies = tmp_path / "project", tmp_path / "cookies"
    root.mkdir()
    cookies.mkdir()
    (root / "a.py").write_text("x = 1\n")
    written = (root / "a.py").stat().st_ctime_ns
    moments = itertools.chain((written, written + 1_000_000), itertools.count(written + LATER_NS))
    watcher, sightings = started(root, cookies, lambda: next(moments))
    try:
        seen = [until_cookie(watcher, sightings, cookies / str(look)) for look in range(4)]
    finally:
        watcher.stop()
    assert seen == [[Hint("a.py", False)], [Hint("a.py", False)], [], []]


def test_a_cookie_made_during_a_look_waits_for_the_next(tmp_path: Path) -> None:
    """A look that began before the cookie may have passed the place of an earlier change already."""
    root, cookies = tmp_path / "project", tmp_path / "cookies"
    (root / "d/e").mkdir(parents=True)
    cookies.mkdir()
    (root / "a.py").touch()
    sightings: queue.Queue[Sighting] = queue.Queue()
    watcher = PollingWatcher(3600, cookies, now_ns=lambda: time.time_ns() + LATER_NS)
    looks: list[str] = []

    def prune(path: str) -> bool:
        if path == "d/e":  # by now the root, and with it a.py, was passed
            looks.append(path)
            if len(looks) == 2:
                (root / "a.py").write_text("x = 1\n")
                (cookies / "1").touch()
                watcher.nudge()
        return False

    watcher.start(root, prune, sightings.put)
    watcher.nudge()
    try:
        assert sightings.get(timeout=PATIENCE) == Hint("a.py", False)
        assert sightings.get(timeout=PATIENCE) == CookieSeen("1")
    finally:
        watcher.stop()


def test_root_gone(tmp_path: Path) -> None:
    """A vanished root is a Loss and ends the watch."""
    root = tmp_path / "project"
    root.mkdir()
    watcher, sightings = started(root, tmp_path)
    shutil.rmtree(root)
    watcher.nudge()
    loss = sightings.get(timeout=PATIENCE)
    assert isinstance(loss, Loss)
    assert loss.reason == "root_gone"
    watcher.stop()
