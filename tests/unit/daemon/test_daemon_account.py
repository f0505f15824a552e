"""What the daemon's account of itself costs: figures of the system are not looked up for every question."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegraph.daemon import account
from codegraph.daemon.account import GLANCE_SECONDS, GLANCE_SHARE, Glance, status_report
from codegraph.daemon.statistics import RequestStatistics
from codegraph.source.reading import FileReader
from tests.workbench import Workbench


def test_a_glance_is_kept_for_a_moment_and_for_its_question() -> None:
    """The figure is looked up again when the moment has passed or something else is asked, and not before."""
    now = [0.0]
    looks: Iterator[int] = iter(range(10))
    glance: Glance[int] = Glance(lambda: now[0])
    assert [glance.of("a", lambda: next(looks)) for _ in range(3)] == [0, 0, 0]
    now[0] = GLANCE_SECONDS / 2
    assert glance.of("a", lambda: next(looks)) == 0
    assert glance.of("b", lambda: next(looks)) == 1
    now[0] += GLANCE_SECONDS
    assert glance.of("b", lambda: next(looks)) == 2


def test_a_glance_that_takes_long_is_taken_seldom() -> None:
    """Looking again and again takes a small part of the time, however long one look does."""
    now, looks = [0.0], [0]

    def look() -> int:
        now[0] += 5.0
        looks[0] += 1
        return looks[0]

    glance: Glance[int] = Glance(lambda: now[0])
    assert glance.of("a", look) == 1
    now[0] = 5.0 + 5.0 * (GLANCE_SHARE - 1)
    assert glance.of("a", look) == 1
    now[0] = 5.0 + 5.0 * GLANCE_SHARE
    assert glance.of("a", look) == 2


def test_while_one_looks_others_get_what_was_seen_last() -> None:
    """Many who ask at once cost one look, and those that have something to go by do not wait for it."""
    now: list[float] = [0.0]
    found: list[str] = []
    glance: Glance[str] = Glance(lambda: now[0])
    assert glance.of("a", lambda: "first") == "first"
    now[0] = 2 * GLANCE_SECONDS

    def look() -> str:
        other = threading.Thread(target=lambda: found.append(glance.of("a", lambda: "third")))
        other.start()
        other.join()
        return "second"

    assert glance.of("a", look) == "second"
    assert found == ["first"]


def test_status_counts_once_between_two_changes(memory_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred clients that ask for the status cost a hundred times what one asked for, not what the tree weighs."""
    bench = Workbench(memory_path)
    bench.write({"a.py": "def f(): return 1\n"})
    bench.update()
    counted: list[str] = []

    def noted(name: str, work: Any) -> Any:
        return lambda *arguments: (counted.append(name), work(*arguments))[1]

    monkeypatch.setattr(FileReader, "reasons", noted("skipped", FileReader.reasons))
    monkeypatch.setattr(account, "descendants", noted("processes", account.descendants))
    figures = RequestStatistics().figures()
    for _ in range(5):
        status_report(bench.project, figures)
    assert sorted(counted) == ["processes", "skipped"]
    bench.write({"notes.bin": "what no language claims"})
    bench.update()
    assert status_report(bench.project, figures).skipped["unknown_language"] == 1
    assert counted.count("skipped") == 2
    bench.close()


def test_many_who_wait_are_counted_once_in_a_while(memory_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a large tree is embedded, status does not go through all of it for every question; few are exact."""
    bench = Workbench(memory_path)
    bench.write({f"m{number}.py": f"def f(): return {number}\n" for number in range(4)})
    bench.apply()
    looks: list[int] = []
    lanes = account._lanes
    monkeypatch.setattr(account, "_lanes", lambda *arguments: (looks.append(1), lanes(*arguments))[1])
    figures = RequestStatistics().figures()
    waiting = [sum(lane.pending for lane in status_report(bench.project, figures).lanes) for _ in range(3)]
    assert (waiting, len(looks)) == ([8] * 3, 3)
    monkeypatch.setattr(account, "MANY_WAITING", 3)
    waiting = [sum(lane.pending for lane in status_report(bench.project, figures).lanes) for _ in range(3)]
    assert (waiting, len(looks)) == ([8] * 3, 4)
    bench.drain()
    assert not sum(lane.pending for lane in status_report(bench.project, figures).lanes)
    bench.close()
