"""Metrics: status in Prometheus' text format, value for value."""

from __future__ import annotations

import asyncio
import re

import msgspec
import pytest
from fake_service import FakeService
from prometheus_client.parser import text_string_to_metric_families

from codegraph.daemon.metrics import exposition
from codegraph.daemon.reports import LaneFigures, MethodFigures, RequestFigures, StatusParams, StatusResult


@pytest.fixture
def status() -> StatusResult:
    """A report with a value everywhere."""
    found = asyncio.run(FakeService().status(StatusParams()))
    method = MethodFigures(method="search", count=4, errors=1, p50_milliseconds=1.0, p95_milliseconds=9.0)
    requests = RequestFigures(
        count=4, errors=1, error_rate=0.25, p50_milliseconds=1.0, p95_milliseconds=9.0, clients=2, by_method=(method,)
    )
    lanes = (LaneFigures(lane="own", pending=1, stale=2), LaneFigures(lane="cold", pending=3, stale=0))
    return msgspec.structs.replace(status_of(found), requests=requests, lanes=lanes)


def status_of(found: StatusResult) -> StatusResult:
    """Drop the warnings of the fake."""
    return msgspec.structs.replace(found, warnings=())


def samples(status: StatusResult) -> dict[tuple[str, str], float]:
    """Parse the text with the client library's own parser; (name, label value) -> value."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(exposition(status))
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_figures_are_those_of_status(status: StatusResult) -> None:
    """Nothing is counted a second time."""
    found = samples(status)
    assert found["codegraph_files", ""] == status.files
    assert found["codegraph_symbols", ""] == status.symbols
    assert found["codegraph_edges", ""] == status.edges
    assert found["codegraph_embedded_total", ""] == status.embedded
    assert found["codegraph_embeddings_avoided_total", ""] == status.embeddings_avoided
    assert found["codegraph_pending_symbols", "cold"] == 3
    assert found["codegraph_stale_symbols", "own"] == 2
    assert found["codegraph_cache_hits_total", "hot"] == status.hot.hits
    assert found["codegraph_cache_bytes", "cold"] == status.cold.bytes
    assert found["codegraph_resident_bytes", "daemon"] == status.memory.daemon_bytes
    assert found["codegraph_skipped_files", "binary"] == 1
    assert found["codegraph_uncertain_references", "dynamic"] == 2
    assert found["codegraph_requests_total", "search"] == 4
    assert found["codegraph_request_errors_total", "search"] == 1
    assert found["codegraph_request_p95_milliseconds", "search"] == 9.0
    assert found["codegraph_clients", ""] == 2


def test_health_follows_the_warnings(status: StatusResult) -> None:
    """A daemon that has something to warn of is not healthy."""
    assert samples(status)["codegraph_healthy", ""] == 1
    warned = msgspec.structs.replace(status, warnings=("watching by polling",))
    assert samples(warned)["codegraph_healthy", ""] == 0


def test_text_is_deterministic_and_every_family_is_described(status: StatusResult) -> None:
    """Two reports of one status are one text; each family has its help line."""
    text = exposition(status)
    assert text == exposition(status)
    families = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    assert families
    assert len(set(families)) == len(families)
    for family in families:
        assert re.search(rf"^# HELP {re.escape(family)} \S", text, re.MULTILINE)
