"""Questions to a tree of any size: every kind is asked and counted, and errors are answers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_daemon import FakeDaemon

from benchmarks.size import drawn, measure, processor_milliseconds, questions
from codegraph.client import Client
from codegraph.errors import SymbolNotFound


@pytest.fixture
def daemon() -> Iterator[FakeDaemon]:
    """A daemon over the fake service, at a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="cg-") as directory, FakeDaemon(Path(directory) / "s") as running:
        yield running


def test_every_kind_of_question_is_asked_and_measured(daemon, tmp_path):
    """Processor time and time on the clock of each kind are given; an error counts as an answer."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cart.py").write_text("", encoding="utf-8")
    daemon.service.failures["definition"] = SymbolNotFound("there is none", "look again")
    with Client(str(daemon.path), root="/project") as client:
        symbols = drawn(client, tmp_path, 3)
        asked = questions(symbols or client.symbols("").symbols)
        figures = measure(client, asked)
    names = {figure.name for figure in figures}
    assert all({f"size.{kind}.cpu.p95", f"size.{kind}.wall.p50"} <= names for kind in asked)
    assert {"search", "similar", "callers", "callees", "impact", "status", "symbols", "definition"} <= {
        call.method for call in daemon.service.calls
    }


def test_processor_time_is_that_of_one_process():
    """It does not fall, and a process that is not there has had none."""
    before = processor_milliseconds(os.getpid())
    assert processor_milliseconds(os.getpid()) >= before >= 0
    assert processor_milliseconds(1 << 30) == 0
