"""All benchmarks on one tree: `python -m benchmarks.all [--quick] [--tree DIRECTORY]`, also `make bench`.

In this order, because each needs what the one before left: cold index and index of the unchanged tree, starts,
memory, marking, queries, edits, cache, memory again, `verify`, peers. The table on standard output has value,
target, verdict, and the ratio to the limit or baseline measured in the same run; the JSON file under
`benchmarks/results` also has the spread of every figure, the machine, its load and the commit. A target that is
missed is printed as MISSED and is no error: the exit code is 1 only if `verify` finds a difference.
Tests: tests/unit/benchmarks/test_bench_figures.py, tests/unit/benchmarks/test_bench_machine.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import cache, cold_index, edit_to_fresh, marking, memory, peers, query, start
from benchmarks.corpus import GOAL, QUICK_GOAL, assemble
from benchmarks.edits import Exported
from benchmarks.figures import Figure, table
from benchmarks.machine import Report, commit, gathered, load, now, result_path, this_machine, write_report
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.client import Client


class Run:
    """Gathers figures and says on standard error how far it is."""

    def __init__(self, kept: Path | None = None) -> None:
        """`kept` is where the figures go as they come, so that a run that is ended early is not lost."""
        self._kept = kept
        self.figures: list[Figure] = []
        self.details: dict[str, Any] = {}
        self.skipped: dict[str, str] = {}
        self._began = time.perf_counter()

    def say(self, what: str) -> None:
        """Announce the next part."""
        print(f"{time.perf_counter() - self._began:7.1f} s  {what} (load {load()[0]:.1f})", file=sys.stderr, flush=True)

    def add(self, figures: Iterable[Figure], details: dict[str, Any] | None = None) -> None:
        """Take what a part has measured."""
        self.figures.extend(figures)
        self.details.update(details or {})
        if self._kept is not None:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            self._kept.write_bytes(msgspec.json.encode(self.figures))

    def value(self, name: str) -> float:
        """Return a figure that was measured before."""
        return next(figure.value for figure in self.figures if figure.name == name)


def measure(tree: Path | None, goal: int, quick: bool, peer_directories: list[str], kept: Path | None) -> Report:
    """Run everything on one tree; the figures so far are in `kept` until the end."""
    began = now(), load()
    run = Run(kept)
    with Sandbox() as box:
        run.say("assembling the tree")
        described = assemble(box, tree, goal)
        run.say("cold index")
        figures, summary = cold_index.measure(box)
        run.add(figures, {"cold_index": summary})
        described |= {name: summary[name] for name in ("symbols", "edges")}
        run.say("starts")
        run.add(start.measure(box, quick))
        with box.daemon() as client:
            wait_until_embedded(client)
            _of_daemon(run, box, client, quick)
        run.say("peers")
        figures, run.skipped = peers.measure(box, run.value("cold_index.cpu"), peer_directories)
        run.add(figures)
    run.say("done")
    if kept is not None:
        kept.unlink(missing_ok=True)
    return gathered(began, described, run.figures, run.skipped, run.details)


def _of_daemon(run: Run, box: Sandbox, client: Client, quick: bool) -> None:
    run.add(memory.measure(client, "warm"))
    run.say("marking")
    graph = Exported.of(client)
    run.add(*marking.measure(graph, quick))
    run.say("queries")
    run.add(*query.measure(box, client, graph, quick))
    run.say("edits")
    samples = edit_to_fresh.QUICK_SAMPLES if quick else edit_to_fresh.SAMPLES
    run.add(*edit_to_fresh.measure(client, graph, box.root, samples))
    run.add(cache.figures_of(client.status()))
    run.add(memory.measure(client, "used"))
    run.say("verify")
    result = client.verify()
    differences = sum(map(len, result.differences.values()))
    run.add(
        [
            Figure(name="verify.differences", value=differences, unit="", target=0.0, note="after all of the above"),
            Figure(name="verify.seconds", value=result.seconds, unit="s"),
        ],
        {"verify": {part: list(lines) for part, lines in result.differences.items()}},
    )


def main() -> int:
    """Run everything, print the table, write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small tree and few samples; writes no result")
    parser.add_argument("--tree", type=Path, help="a directory; default: put together from installed packages")
    parser.add_argument("--peers", action="append", default=[], metavar="DIR", help="look for peers there first")
    parser.add_argument("--output", type=Path, help="where the JSON goes; default: benchmarks/results")
    arguments = parser.parse_args()
    goal = QUICK_GOAL if arguments.quick else GOAL
    path = arguments.output or (None if arguments.quick else result_path(this_machine(), commit()))
    kept = path.with_suffix(".partial") if path else None
    report = measure(arguments.tree, goal, arguments.quick, arguments.peers, kept)
    print(table(report.figures))
    for name, why in report.skipped.items():
        print(f"skipped {name}: {why}")
    before, after = (" ".join(f"{value:.1f}" for value in loads) for loads in report.load)
    print(f"{report.machine.processor}, {report.machine.cores} cores, commit {report.commit}; load {before} -> {after}")
    if path is not None:
        write_report(report, path)
        print(f"written to {path}")
    return int(any(figure.name == "verify.differences" and not figure.met for figure in report.figures))


if __name__ == "__main__":
    raise SystemExit(main())
