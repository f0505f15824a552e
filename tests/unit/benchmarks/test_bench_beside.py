"""The comparison with semble: sums and latencies of both programs, side by side."""

from __future__ import annotations

from pathlib import Path

from benchmarks.search.beside import Costs, Measured, figures, ours, semble_environment
from benchmarks.search.tasks import Relevant, Task


def measured(seconds: float, query: float) -> Measured:
    return Measured(
        name="a", seconds=seconds, cpu_seconds=2 * seconds, units=3, query_ms=[query], query_cpu_ms=[query / 2]
    )


def test_both_programs_stand_side_by_side() -> None:
    """Sums over repositories are ours with semble's as baseline; each program has its own latencies."""
    own, other = [measured(2, 4.0), measured(4, 6.0)], [measured(1, 8.0), measured(2, 8.0)]

    found = {one.name: one for one in figures(own, other, (Costs([5.0], [6.0]), Costs([10.0], [3.0])))}

    assert (found["beside.running.seconds"].value, found["beside.running.seconds"].ratio) == (6, 2.0)
    assert (found["beside.running.cpu"].value, found["beside.running.cpu"].baseline) == (12, 6)
    assert found["beside.process.seconds"].ratio == 0.5
    assert found["beside.process.cpu"].ratio == 2.0
    assert found["beside.query.codegraph.p50"].met
    assert found["beside.query.semble.p50"].value == 8.0


def test_ours_is_measured_over_a_real_index(tmp_path: Path) -> None:
    """One latency for each query, and the time of an index that did not exist."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "mux.py").write_text("def route_request():\n    return 1\n", encoding="utf-8")
    task = Task("tree", "python", "symbol", "route_request", (Relevant("mux.py"),))

    found = ours(tmp_path / "tree", "tree", [task, task], tmp_path / "state")

    assert len(found.query_ms) == len(found.query_cpu_ms) == 2
    assert found.seconds > 0
    assert found.units >= 1


def test_semble_gets_a_home_of_its_own_and_no_network(tmp_path: Path) -> None:
    """Neither its cache nor a download can take part."""
    environment = semble_environment(tmp_path)
    assert environment["HOME"] == str(tmp_path)
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert not any(name.startswith("PYTHON") for name in environment)
