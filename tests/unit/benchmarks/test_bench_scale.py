"""The scan at scale: it measures what it says, over an index that it changes and checks."""

from __future__ import annotations

from benchmarks.search.scale import measure


def test_every_step_is_measured_and_checked() -> None:
    """Searching, filtering, adding, replacing and removing have wall and CPU times; what was put is found."""
    found = {figure.name for figure in measure(3_000, 32, 5)}

    for step in ("search", "filtered", "add", "update", "remove"):
        assert {f"scale.{step}.p50", f"scale.{step}.p95", f"scale.{step}.cpu.p50"} <= found
    assert "scale.fill" in found
