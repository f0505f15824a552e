"""What status costs: figures of the system are not looked up for every question."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.daemon import reporting, versions
from codegraph.daemon.handlers import Handlers
from codegraph.daemon.messages import CallersParams, EmptyReason, SymbolsParams
from codegraph.daemon.reporting import how_far, status_report
from codegraph.daemon.statistics import RequestStatistics
from codegraph.errors import FileNotIndexed, SymbolNotFound
from codegraph.source.reading import FileReader
from codegraph.source.scan import Scanner
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


def test_a_start_says_how_far_it_is(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another version's index is built again, and answers nothing, status says so and how many files are read.

    So is told who asks for a symbol that is not there yet.
    """
    bench: Workbench = project_of({f"{name}.py": "x = 1\n" for name in "abc"})
    figures = RequestStatistics().figures()
    told: list[tuple[str, int, int, str]] = []
    refused: list[str] = []
    read = Scanner.read

    async def refusal() -> str:
        handlers = Handlers(bench.project, RequestStatistics(), lambda: None)
        with pytest.raises(SymbolNotFound) as caught:
            await handlers.callers(CallersParams(symbol="f"))
        handlers.close()
        return caught.value.message

    def looked(self: Scanner, path: str) -> Any:
        status = status_report(bench.project, figures)
        told.append((status.phase, status.files_read, status.files_to_read, "\n".join(status.warnings)))
        refused.append(asyncio.run(refusal()))
        return read(self, path)

    bench.close()
    monkeypatch.setattr(versions, "LINKER_VERSION", "another")
    monkeypatch.setattr(Scanner, "read", looked)
    bench.open()
    bench.project.running = True
    bench.update()
    assert [each[:3] for each in told] == [("indexing", 0, 0), ("indexing", 1, 3), ("indexing", 2, 3)]
    assert "another version made the index, and it is built again: 2 of 3 files are read" in told[2][3]
    assert refused[2].endswith("; another version made the index, and it is built again: 2 of 3 files are read")
    status = status_report(bench.project, figures)
    assert (status.phase, status.files_read, status.files_to_read) == ("idle", 0, 0)
    assert not any("is built again" in each for each in status.warnings)
    assert how_far(bench.project) == ""


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


def test_a_file_that_is_not_indexed_is_told_with_the_reason(project_of: Any) -> None:
    """Whether it is meant by a place, as a file or by a name that reads like one: not there, left out, or too new."""
    bench: Workbench = project_of({"a.py": "def f(): return 1\n", "b.py": "\0"})
    bench.write({"new.py": "def g(): return 1\n"})

    async def refusal(question: Any) -> str:
        handlers = Handlers(bench.project, RequestStatistics(), lambda: None)
        try:
            with pytest.raises(FileNotIndexed) as told:
                await getattr(handlers, question.method)(question)
        finally:
            handlers.close()
        return told.value.message

    asked = {
        SymbolsParams(name="nope.go"): "nope.go is not indexed: there is no such file",
        SymbolsParams(file="nope.go"): "nope.go is not indexed: there is no such file",
        CallersParams(file="b.py", line=0): "b.py is not indexed: binary (NUL at byte 0)",
        SymbolsParams(name="new.py"): "new.py is not indexed: it is newer than the index",
    }
    assert [asyncio.run(refusal(question)) for question in asked] == list(asked.values())


def test_a_name_that_reads_like_no_file_just_matches_nothing(project_of: Any) -> None:
    """So does the name of a file that is indexed, where the kinds leave nothing of it."""
    bench: Workbench = project_of({"a.py": "def f(): return 1\n"})

    async def reasons() -> list[str]:
        handlers = Handlers(bench.project, RequestStatistics(), lambda: None)
        asked = SymbolsParams(name="os.path"), SymbolsParams(name="a.py", kinds=(SymbolKind.CLASS,))
        found = [(await handlers.symbols(each)).reason for each in asked]
        handlers.close()
        return found

    assert asyncio.run(reasons()) == [EmptyReason.NO_MATCH] * 2
