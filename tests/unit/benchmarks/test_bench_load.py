"""Many clients: every question is answered or counted as failed, and the plan decides how many are asked."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fake_daemon import FakeDaemon
from fake_project import LOAD

from benchmarks.load import Outcome, Plan, carry_out, merged
from benchmarks.query import one_client
from codegraph.client import Client
from codegraph.errors import ProjectError

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (("search", {"query": "retry"}), ("status", {}))


@pytest.fixture
def daemon() -> Iterator[FakeDaemon]:
    """A daemon over the fake service, at a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="cg-") as directory, FakeDaemon(Path(directory) / "s") as running:
        yield running


def _plan(daemon: FakeDaemon, **changes: Any) -> Plan:
    plan = Plan(socket=str(daemon.path), root="/project", clients=4, seconds=0.09, interval=0.05, questions=QUESTIONS)
    return msgspec.structs.replace(plan, **changes)


def test_paced_clients_ask_as_often_as_planned(daemon):
    """Four clients with a question each twentieth of a second: those due within the time are asked, no others."""
    outcome = asyncio.run(carry_out(_plan(daemon)))
    asked = [call for call in daemon.service.calls if call.method in ("search", "status")]
    assert outcome.answered == len(asked) == 8
    assert outcome.success == 1.0
    assert all(latency > 0 for latency in outcome.latencies())


def test_clients_without_a_pause_go_on_until_the_end(daemon):
    """Each asks again as soon as it has an answer."""
    assert asyncio.run(carry_out(_plan(daemon, interval=0.0))).answered > 8


def test_failures_are_counted_by_reason(daemon):
    """A question without an answer lowers the share of successes and keeps its error."""
    daemon.service.failures["search"] = ProjectError("it broke", "mend it")
    outcome = asyncio.run(carry_out(_plan(daemon, questions=QUESTIONS[:1])))
    assert outcome.answered == 0
    assert outcome.success == 0.0
    assert outcome.failures == ["search: ProjectError: it broke"] * 8


def test_outcomes_add_up():
    """Several processes count as one."""
    one = Outcome(milliseconds={"search": [1.0]}, failures=["x"], seconds=1.0)
    two = Outcome(milliseconds={"search": [2.0], "status": [3.0]}, failures=[], seconds=2.0)
    both = merged([one, two])
    assert (both.latencies(), both.failures, both.seconds) == ([1.0, 2.0, 3.0], ["x"], 2.0)
    assert both.success == 0.75


def test_one_client_asks_each_method_equally(daemon):
    """Rounds go through the questions of a method in turn, from where the last ones ended."""
    asked = [("search", {"query": word}) for word in ("a", "b", "c")] + [
        ("callers", {"symbol": LOAD.id}),
        ("impact", {"symbol": LOAD.id}),
        ("status", {}),
    ]
    with Client(daemon.path, root="/project") as client:
        taken = one_client(client, asked, 2, first=2)
    assert {method: len(values) for method, values in taken.items()} == dict.fromkeys(taken, 2)
    assert [call.query for call in daemon.service.calls if call.method == "search"] == ["c", "a"]
