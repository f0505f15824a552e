"""Claim: a daemon over a large, known tree answers within a second of being started, and status is instant.

The daemon is stopped, and the clock runs from before the command `codegraph start`, so it includes
the start of two interpreters: until the first search is answered (`first_answer`), and until the tree has
been compared with the index (`in_step`). `codegraph status` and `codegraph search` are timed as commands,
beside the bare start of the interpreter. Tests: tests/unit/benchmarks/test_bench_sandbox.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.corpus import assemble, tree_parser
from benchmarks.figures import Figure, sampled, spread_of, table
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.daemon.messages import Wait
from codegraph.daemon.operations import SyncParams

STARTS = 5
COMMANDS = 20
FIRST_ANSWER_TARGET = 1.0
STATUS_TARGET = 0.150
QUESTION = "parse a date"


def measure(box: Sandbox, quick: bool = False) -> list[Figure]:
    """Start and stop the daemon of an indexed project several times; none may run before, none runs after."""
    starts = [_start(box) for _ in range(2 if quick else STARTS)]
    figures = [
        *sampled("start.first_answer", [first for first, _ in starts], "s", {"p50": FIRST_ANSWER_TARGET}),
        *sampled("start.in_step", [in_step for _, in_step in starts], "s"),
    ]
    with box.daemon() as client:
        client.call(SyncParams(wait=Wait.INDEXED, timeout=600))
        times = COMMANDS // 4 if quick else COMMANDS
        bare = spread_of(_timed(lambda: _interpreter(box), times)).p50
        for command, target in ((("status",), {"p50": STATUS_TARGET}), (("search", QUESTION), {})):
            taken = _timed(lambda command=command: box.command(*command), times)  # type: ignore[misc]
            figures += [
                Figure(
                    name=figure.name,
                    value=figure.value,
                    unit="s",
                    target=figure.target,
                    spread=figure.spread,
                    baseline=bare,
                    baseline_name="python -c pass",
                )
                for figure in sampled(f"start.{command[0]}_command", taken, "s", target)
            ]
    return figures


def _start(box: Sandbox) -> tuple[float, float]:
    started = time.perf_counter()
    with box.daemon() as client:
        found = client.search(QUESTION)
        first = time.perf_counter() - started
        if not found.results:
            raise RuntimeError(f"the first answer was empty: {found.reason}")
        client.call(SyncParams(wait=Wait.INDEXED, timeout=600))
        return first, time.perf_counter() - started


def _timed(work: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return taken


def _interpreter(box: Sandbox) -> None:
    subprocess.run([sys.executable, "-P", "-c", "pass"], cwd=box.root, env=os.environ, check=True)


def main() -> int:
    """Measure one tree and print the figures."""
    arguments = tree_parser(__doc__).parse_args()
    with Sandbox() as box:
        assemble(box, arguments.tree, arguments.symbols)
        with box.daemon() as client:
            wait_until_embedded(client)
        print(table(measure(box)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
