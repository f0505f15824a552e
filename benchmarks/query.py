"""Claim: an answer takes milliseconds, also while the whole tree is being indexed again, also for many clients.

Three situations, all against one daemon over one tree:

    alone      one client asks search, callers, impact and status in turn
    indexing   the same, while every Python file has been written and is extracted and linked again
    clients    100 clients, each with a question every second (and, for the throughput, without a pause),
               while the tree is being edited

The questions are words from the names of real symbols, drawn with a fixed seed; callers and impact ask
for symbols that have dependents. Beside latencies the share of answered questions is given: none may
fail. Tests: tests/unit/benchmarks/test_bench_load.py.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.corpus import assemble, source_files, tree_parser
from benchmarks.edits import SEED, Exported, Target, body_edit, choose, load, save
from benchmarks.figures import Figure, sampled, table
from benchmarks.load import METHODS, Outcome, Plan
from benchmarks.machine import REPOSITORY
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.client import Client

PARTS = ("alone", "indexing", "clients")
CLIENTS = 100
LOAD_SECONDS = 30.0
ROUNDS = 100
QUESTIONS = 200
QUERY_TARGET = {"p95": 10.0}
LOAD_TARGET = {"p99": 50.0}
EDIT_SECONDS = 0.5
IMPACT_DEPTH = 3

Question = tuple[str, dict[str, Any]]
_WORD = re.compile(r"[A-Z]?[a-z]{3,}")


def measure(
    box: Sandbox, client: Client, graph: Exported, quick: bool = False, parts: Sequence[str] = PARTS
) -> tuple[list[Figure], dict[str, Any]]:
    """Measure the situations; return figures, and the errors that clients got."""
    asked = questions(graph, QUESTIONS)
    rounds, seconds = (ROUNDS // 5, LOAD_SECONDS / 6) if quick else (ROUNDS, LOAD_SECONDS)
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    if "alone" in parts:
        figures += _by_method("query.alone", one_client(client, asked, rounds), QUERY_TARGET)
    if "indexing" in parts:
        figures += _by_method("query.indexing", while_indexing(box, client, asked, rounds), QUERY_TARGET)
        wait_until_embedded(client)
    if "clients" in parts:
        paced = Plan(socket="", root="", clients=CLIENTS, seconds=seconds, interval=1.0, questions=tuple(asked))
        target = choose(graph, box.root, 1)["median"][0]
        for name, plan in (("clients", paced), ("clients_at_once", msgspec.structs.replace(paced, interval=0.0))):
            with editing(client, target, box.root / target.path):
                outcome = many_clients(box, plan)
            figures += _of_load(name, outcome, LOAD_TARGET if plan.interval else {})
            details[f"query.{name}.failures"] = outcome.failures[:20]
    return figures, details


def while_indexing(box: Sandbox, client: Client, asked: Sequence[Question], rounds: int) -> dict[str, list[float]]:
    """Ask while everything is indexed again, up to `rounds` questions of each method; return milliseconds by method."""
    found: dict[str, list[float]] = {}
    with indexing(box) as busy:
        while busy() and min(map(len, found.values()), default=0) < rounds:
            first = min(map(len, found.values()), default=0)
            for method, values in one_client(client, asked, 1, first).items():
                found.setdefault(method, []).extend(values)
    return found


def questions(graph: Exported, count: int) -> list[Question]:
    """Make questions about the symbols of a project, a quarter of each method."""
    choice = random.Random(SEED)
    symbols = graph.symbols
    dependents = graph.dependents()
    used = [symbol.id for symbol in symbols if symbol.id in dependents]
    made: list[Question] = []
    for _ in range(count // len(METHODS)):
        words = _WORD.findall(" ".join(symbol.name for symbol in choice.sample(symbols, 2)))
        made.append(("search", {"query": " ".join(words).lower() or "parse"}))
        made.append(("callers", {"symbol": choice.choice(used)}))
        made.append(("impact", {"symbol": choice.choice(used), "depth": IMPACT_DEPTH, "limit": 100}))
        made.append(("status", {}))
    return made


def one_client(client: Client, asked: Sequence[Question], rounds: int, first: int = 0) -> dict[str, list[float]]:
    """Ask one question after another, `rounds` of each method from the `first` on; return milliseconds by method."""
    taken: dict[str, list[float]] = {}
    for method in METHODS:
        of_method = [parameters for name, parameters in asked if name == method]
        for number in range(rounds):
            params = METHODS[method](**of_method[(first + number) % len(of_method)])
            started = time.perf_counter()
            client.call(params)
            taken.setdefault(method, []).append(1e3 * (time.perf_counter() - started))
    return taken


@contextmanager
def indexing(box: Sandbox) -> Iterator[Callable[[], bool]]:
    """Have every Python file written with another text meanwhile; gives a function that tells whether that is followed.

    Afterwards all files have their old text again.
    """
    originals = {path: path.read_bytes() for path in source_files(box.root) if path.suffix == ".py"}
    with box.client() as other:

        def rewrite() -> None:
            for path, data in originals.items():
                path.write_bytes(data + b"\n# indexed again\n")
            wait_until_embedded(other)

        with ThreadPoolExecutor(1) as thread:
            rewritten = thread.submit(rewrite)
            try:
                yield lambda: not rewritten.done()
            finally:
                rewritten.result()
                for path, data in originals.items():
                    path.write_bytes(data)
                wait_until_embedded(other)


@contextmanager
def editing(client: Client, target: Target, path: Path) -> Iterator[None]:
    """Have somebody save a file twice a second meanwhile, and put the old text back at the end."""
    original = load(path)
    ended = threading.Event()

    def edit() -> None:
        number = 0
        while not ended.wait(EDIT_SECONDS):
            number += 1
            save(path, body_edit(original, target, number) or original)

    thread = threading.Thread(target=edit)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        save(path, original)
        wait_until_embedded(client)


def many_clients(box: Sandbox, plan: Plan) -> Outcome:
    """Run the clients in a process of their own."""
    plan = msgspec.structs.replace(plan, socket=str(box.locations.socket(box.root)), root=str(box.root))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=REPOSITORY,
        input=msgspec.json.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
        timeout=plan.seconds * 4 + 60,
    )
    return msgspec.json.decode(done.stdout, type=Outcome)


def _by_method(name: str, taken: dict[str, list[float]], targets: dict[str, float]) -> list[Figure]:
    return [figure for method, values in taken.items() for figure in sampled(f"{name}.{method}", values, "ms", targets)]


def _of_load(name: str, outcome: Outcome, targets: dict[str, float]) -> list[Figure]:
    latencies = outcome.latencies()
    return [
        Figure(
            name=f"query.{name}.success",
            value=100 * outcome.success,
            unit="%",
            target=100.0,
            at_least=True,
            note=f"{outcome.answered:,} answers in {outcome.seconds:g} s",
        ),
        Figure(name=f"query.{name}.rate", value=outcome.answered / outcome.seconds, unit="answers/s"),
        Figure(name=f"query.{name}.mean", value=sum(latencies) / max(1, len(latencies)), unit="ms"),
        *sampled(f"query.{name}", latencies, "ms", targets),
    ]


def main() -> int:
    """Measure one tree and print the figures."""
    parser = tree_parser(__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", action="append", choices=PARTS, help="measure only this; repeatable")
    arguments = parser.parse_args()
    with Sandbox() as box:
        assemble(box, arguments.tree, arguments.symbols)
        with box.daemon() as client:
            wait_until_embedded(client)
            figures, details = measure(box, client, Exported.of(client), arguments.quick, arguments.part or PARTS)
        print(table(figures))
        print(details)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
