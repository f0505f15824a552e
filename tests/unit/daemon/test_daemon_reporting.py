"""What status costs: figures of the system are not looked up for every question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegraph.daemon import reporting
from codegraph.daemon.reporting import status_report
from codegraph.daemon.statistics import RequestStatistics
from codegraph.source.reading import FileReader
from tests.workbench import Workbench


def test_status_counts_once_between_two_changes(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred clients that ask for the status cost a hundred times what one asked for, not what the tree weighs."""
    bench: Workbench = project_of({"a.py": "def f(): return 1\n"})
    counted: list[str] = []

    def noted(name: str, work: Any) -> Any:
        return lambda *arguments: (counted.append(name), work(*arguments))[1]

    monkeypatch.setattr(FileReader, "reasons", noted("skipped", FileReader.reasons))
    monkeypatch.setattr(reporting, "descendants", noted("processes", reporting.descendants))
    figures = RequestStatistics().figures()
    for _ in range(5):
        status_report(bench.project, figures)
    assert sorted(counted) == ["processes", "skipped"]
    bench.write({"notes.bin": "what no language claims"})
    bench.update()
    assert status_report(bench.project, figures).skipped["unknown_language"] == 1
    assert counted.count("skipped") == 2


def test_many_who_wait_are_counted_once_in_a_while(memory_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a large tree is embedded, status does not go through all of it for every question; few are exact."""
    bench = Workbench(memory_path)
    bench.write({f"m{number}.py": f"def f(): return {number}\n" for number in range(4)})
    bench.apply()
    looks: list[int] = []
    lanes = reporting._lanes
    monkeypatch.setattr(reporting, "_lanes", lambda *arguments: (looks.append(1), lanes(*arguments))[1])
    figures = RequestStatistics().figures()
    waiting = [sum(lane.pending for lane in status_report(bench.project, figures).lanes) for _ in range(3)]
    assert (waiting, len(looks)) == ([8] * 3, 3)
    monkeypatch.setattr(reporting, "MANY_WAITING", 3)
    waiting = [sum(lane.pending for lane in status_report(bench.project, figures).lanes) for _ in range(3)]
    assert (waiting, len(looks)) == ([8] * 3, 4)
    bench.drain()
    assert not sum(lane.pending for lane in status_report(bench.project, figures).lanes)
    bench.close()
