"""What a benchmark says: figures with unit, spread, target and the limit they are compared with.

A *figure* is one number that somebody may hold against a target. `Spread` describes the samples that
it was taken from. Percentiles are of the nearest-rank kind: a value that was really measured, never one
between two. Tests: tests/unit/benchmarks/test_bench_figures.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How samples lie, all in the unit of their figure."""

    count: int
    minimum: float
    p50: float
    p95: float
    p99: float
    maximum: float


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One measured number."""

    name: str
    """`benchmark.what`, unique within a run."""
    value: float
    unit: str
    target: float | None = None
    """What the project promises, in the same unit; None: nothing was promised."""
    at_least: bool = False
    """The target is a floor; otherwise it is a ceiling."""
    baseline: float | None = None
    """A limit or another program, measured in the same run, in the same unit."""
    baseline_name: str = ""
    spread: Spread | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target holds; None without a target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    @property
    def ratio(self) -> float | None:
        """The value as a multiple of the baseline; None without one."""
        return self.value / self.baseline if self.baseline else None


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of ascending values; `share` from 0 to 1. Raises ValueError if empty."""
    if not ordered:
        raise ValueError("there are no samples")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread_of(samples: Iterable[float]) -> Spread:
    """Describe samples. Raises ValueError if there are none."""
    ordered = sorted(samples)
    return Spread(
        count=len(ordered),
        minimum=percentile(ordered, 0.0),
        p50=percentile(ordered, 0.5),
        p95=percentile(ordered, 0.95),
        p99=percentile(ordered, 0.99),
        maximum=ordered[-1],
    )


def sampled(name: str, samples: Iterable[float], unit: str, targets: dict[str, float] | None = None) -> list[Figure]:
    """Return one figure each for P50, P95 and P99; `targets` by p50, p95, p99. P99 takes a hundred samples."""
    spread = spread_of(samples)
    chosen = targets or {}
    names = ["p50", "p95", "p99"] if spread.count >= 100 else ["p50", "p95"]
    return [
        Figure(name=f"{name}.{share}", value=getattr(spread, share), unit=unit, target=chosen.get(share), spread=spread)
        for share in names
    ]


def table(figures: Sequence[Figure]) -> str:
    """Lay figures out in columns: name, value, target, verdict, ratio to the baseline, note."""
    rows = [("figure", "value", "target", "", "against", "note")]
    for figure in figures:
        bound = "" if figure.target is None else f"{'>=' if figure.at_least else '<='} {_number(figure.target)}"
        verdict = {None: "", True: "met", False: "MISSED"}[figure.met]
        against = f"{figure.ratio:.2f} x {figure.baseline_name}" if figure.ratio is not None else ""
        rows.append((figure.name, f"{_number(figure.value)} {figure.unit}", bound, verdict, against, figure.note))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
