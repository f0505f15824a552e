"""What `benchmarks.gpu` found, laid out for people. Tests: tests/unit/benchmarks/test_bench_gpu.py."""

from __future__ import annotations

from typing import Any

TARGET = 10_000
"""Symbols a second on one H200, of 39,000 that its arithmetic allows."""
COLUMNS = {
    "way": "way",
    "distance": "distance",
    "symbols_per_second": "symbols/s",
    "tokens_per_second": "tokens/s",
    "tflop_per_second": "TFLOP/s",
    "percent_of_peak": "% of peak",
    "padding_percent": "% padding",
    "single_p50_ms": "P50 ms",
    "single_p95_ms": "P95 ms",
    "peak_memory_mb": "MB",
    "seconds_until_ready": "ready s",
}


def table(report: dict[str, Any]) -> str:
    """Lay a report out for people."""
    lines = [" | ".join(COLUMNS.values())]
    for row in report["ways"]:
        if "failed" in row:
            lines.append(f"{row['way']} | FAILED {row['failed']}")
            continue
        lines.append(" | ".join(_cell(row[key]) for key in COLUMNS) + " | NOT EQUAL" * (not row["equal"]))
        lines += [f"    {said}" for said in row.get("said", ())]
    for row in report["beside"]:
        outcome = f"{row['symbols_per_second']:,.0f} symbols/s" if "symbols_per_second" in row else row["holds"]
        lines.append(f"{row['what']}: {outcome} {row.get('why', '')}")
    fastest = max(row.get("symbols_per_second", 0.0) for row in [{}, *report["ways"]])
    lines.append(f"fastest: {fastest:,.0f} symbols/s, {100 * fastest / TARGET:.0f} % of the target on an H200")
    return "\n".join((*lines, *(f"no time was left for {name}" for name in report["left_out"])))


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
