"""Draws quality against speed from results that are kept: `python -m benchmarks.search.plot RESULT... --plot FILE`.

A point is a manner of searching in a result of `benchmarks.search`, or a published method: NDCG@10 over the same
repositories against the median time of a query, on a logarithmic axis. Times of published methods are those that semble
publishes beside its scores, on another machine, and are drawn hollow; ours are CPU time on the machine of the result.
Tests: tests/unit/benchmarks/test_bench_plot.py.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import msgspec

from benchmarks.machine import Report
from benchmarks.search.tasks import Published, read_published

PUBLISHED_MS = {"semble": 1.0, "cre-hybrid": 16.0}
"""Milliseconds a query, as semble's benchmark tells them."""

ABLATIONS = ("without_", "propagated_")
"""Labels of manners that take as long as the whole."""

WIDTH, HEIGHT, LEFT, TOP, RIGHT = 860, 380, 60, 40, 260
TICKS = (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64)


class Point(NamedTuple):
    """One manner of searching."""

    name: str
    milliseconds: float
    ndcg: float
    ours: bool


def points_of(report: Report) -> list[Point]:
    """Return the points of a result: the whole, and every manner whose CPU time was kept."""
    values = {figure.name: figure.value for figure in report.figures}
    model = report.tree.get("built", {}).get("model") or "codegraph"
    found = []
    for name, milliseconds in values.items():
        if name.startswith("search.") and name.endswith("query_cpu.p50"):
            label = name.removeprefix("search.").removesuffix("query_cpu.p50").strip(".")
            if label.startswith(ABLATIONS):
                continue
            quality = values[".".join(filter(None, ("search", label, "ndcg10")))]
            found.append(Point(" ".join((model, *label.split("_"))).strip(), milliseconds, quality, True))
    return found


def published_points(published: Published, repositories: Sequence[str]) -> list[Point]:
    """Return the published methods whose time is known, over the same repositories."""
    return [
        Point(f"{method} (published)", milliseconds, fmean(published[method][name] for name in repositories), False)
        for method, milliseconds in PUBLISHED_MS.items()
        if method in published
    ]


def plot(points: Sequence[Point], title: str) -> str:
    """Draw NDCG@10 against milliseconds as SVG, with a letter for each point."""
    low, high = (bound(point.milliseconds for point in points) for bound in (min, max))
    low, high = low / 1.5, high * 1.5
    floor = math.floor(20 * min(point.ndcg for point in points)) / 20
    roof = math.ceil(20 * max(point.ndcg for point in points)) / 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{title}</text>',
        (
            f'<text x="{LEFT}" y="{HEIGHT - 8}" font-size="11">median milliseconds of CPU a query; '
            "hollow: published times, of another machine</text>"
        ),
    ]

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(value / low) / math.log(high / low)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - 50) * (1 - (value - floor) / (roof - floor))

    for step in range(round((roof - floor) * 20) + 1):
        value = floor + step / 20
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.0f}" y2="{y(value):.0f}" stroke="#ddd"/>'
            f'<text x="{LEFT - 8}" y="{y(value) + 4:.0f}" text-anchor="end" font-size="11">{value:.2f}</text>'
        )
    for tick in TICKS:
        if low <= tick <= high:
            parts.append(
                f'<text x="{x(tick):.0f}" y="{HEIGHT - 30}" text-anchor="middle" font-size="11">{tick:g}</text>'
            )
    for number, point in enumerate(sorted(points, key=lambda each: -each.ndcg)):
        letter, fill = chr(ord("a") + number), "#26c" if point.ours else "none"
        at, up = x(point.milliseconds), y(point.ndcg)
        parts.append(f'<circle cx="{at:.0f}" cy="{up:.0f}" r="4" fill="{fill}" stroke="#26c"/>')
        parts.append(f'<text x="{at + 6:.0f}" y="{up + 3:.0f}" font-size="9">{letter}</text>')
        legend = f"{letter}  {point.name}: {point.ndcg:.3f}, {point.milliseconds:.2g} ms"
        parts.append(f'<text x="{WIDTH - RIGHT + 20}" y="{TOP + 19 * number}" font-size="11">{legend}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    """Read results, draw."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.plot", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("results", type=Path, nargs="+", help="written by benchmarks.search")
    parser.add_argument("--published", type=Path, help="published.json: the scores of other tools")
    parser.add_argument("--title", default="semble's benchmark", help="the name of the task")
    parser.add_argument("--plot", type=Path, required=True, help="the SVG")
    arguments = parser.parse_args()
    reports = [msgspec.json.decode(path.read_bytes(), type=Report) for path in arguments.results]
    points = [point for report in reports for point in points_of(report)]
    repositories = sorted(reports[0].details["repositories"])
    points += published_points(read_published(arguments.published), repositories)
    queries = reports[0].tree["queries"]
    title = f"{arguments.title}: NDCG@10, {len(repositories)} repositories, {queries} queries"
    arguments.plot.write_text(plot(points, title), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
