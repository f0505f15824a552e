"""Claim: a cold index costs little more than parsing, and nothing is done twice.

`codegraph index` runs over a tree that it has never seen, in a process of its own, with an empty cache;
then once more over the same tree, unchanged (`noop_index`). Compared with: tree-sitter's parse alone
over the same bytes, in as many processes, and universal-ctags over the same files if it is installed.
Shares are of the sum of all stages, where extraction overlaps with nothing and embedding is what
remained to be waited for. Tests: tests/unit/benchmarks/test_bench_cold_index.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import assemble, tree_parser
from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import cores
from benchmarks.sandbox import Sandbox, command_line
from benchmarks.usage import run_measured
from codegraph.config import SourceConfig
from codegraph.core.changes import SourceFile
from codegraph.extract.grammar import compiled
from codegraph.extract.languages import LANGUAGES, language_of
from codegraph.processes import spawn_context
from codegraph.source.scan import Scanner

NOOP_RUNS = 5
_FILES_PER_TASK = 64
_MEBI = 1 << 20


@dataclass(frozen=True, slots=True)
class ParseLimit:
    """Tree-sitter alone over everything that is indexed."""

    files: int
    bytes: int
    seconds: float
    cpu_seconds: float


def measure(box: Sandbox) -> tuple[list[Figure], dict[str, Any]]:
    """Index the sandbox's project cold, then again; return figures, and the summary of the cold run."""
    limit = parse_limit(box.root)
    cold = run_measured(command_line("index", "--json"), box.root, box.environment)
    if cold.code:
        raise RuntimeError(f"the index failed: {cold.output}")
    summary = json.loads(cold.output.splitlines()[-1])
    seconds: Mapping[str, float] = summary["seconds"]
    symbols = summary["symbols"]
    figures = [
        Figure(name="cold_index.seconds", value=cold.seconds, unit="s", note="whole command"),
        Figure(
            name="cold_index.cpu",
            value=cold.cpu_seconds,
            unit="CPU s",
            baseline=limit.cpu_seconds,
            baseline_name="tree-sitter alone",
            note=f"{limit.files:,} files, {limit.bytes / _MEBI:.1f} MiB",
        ),
        Figure(
            name="cold_index.extract",
            value=seconds["extract"],
            unit="s",
            baseline=limit.seconds,
            baseline_name="tree-sitter alone",
            note=f"{cores()} processes both",
        ),
        Figure(name="cold_index.source_rate", value=limit.bytes / _MEBI / cold.seconds, unit="MiB/s"),
        Figure(name="cold_index.symbol_rate", value=symbols / cold.seconds, unit="symbols/s"),
        Figure(name="cold_index.peak_own", value=cold.own_peak_bytes / _MEBI, unit="MiB", note="indexing process"),
        Figure(name="cold_index.peak_all", value=cold.peak_bytes / _MEBI, unit="MiB", note="with its workers"),
        Figure(
            name="cold_index.embed_rate",
            value=summary["embedded"] / seconds["embed"] if seconds["embed"] else 0.0,
            unit="vectors/s",
            target=5_000,
            at_least=True,
            note="while embedding is all that is left",
        ),
        *shares(seconds),
        *ctags(box.root, cold.cpu_seconds),
        *_again(box),
    ]
    return figures, summary


def shares(seconds: Mapping[str, float]) -> list[Figure]:
    """Return the share of each stage in the sum of all."""
    stages = {stage: taken for stage, taken in seconds.items() if stage != "total"}
    whole = sum(stages.values())
    return [
        Figure(name=f"cold_index.share.{stage}", value=100 * taken / whole, unit="%", note=f"{taken:.2f} s")
        for stage, taken in stages.items()
        if whole
    ]


def _again(box: Sandbox) -> Iterator[Figure]:
    runs = [run_measured(command_line("index", "--json"), box.root, box.environment) for _ in range(NOOP_RUNS)]
    for run in runs:
        summary = json.loads(run.output.splitlines()[-1])
        if summary["embedded"]:
            raise RuntimeError(f"indexing an unchanged tree embedded {summary['embedded']} symbols")
    yield from sampled("noop_index.seconds", [run.seconds for run in runs], "s")
    yield from sampled("noop_index.cpu", [run.cpu_seconds for run in runs], "CPU s")


def sources(root: Path) -> Iterator[SourceFile]:
    """Yield exactly the files that are indexed, as the scanner reads them."""
    scanner = Scanner(root, SourceConfig(), language_of)
    for path in scanner.reconcile({}).written:
        found = scanner.read(path)
        if isinstance(found, SourceFile):
            yield found


def parse_limit(root: Path) -> ParseLimit:
    """Parse all code that is indexed with tree-sitter alone, with one process per core, where there is a grammar."""
    code = [found for found in sources(root) if LANGUAGES[found.language].read is None]
    files = [(os.fspath(root / found.path), found.language, len(found.data)) for found in code]
    tasks = [files[start : start + _FILES_PER_TASK] for start in range(0, len(files), _FILES_PER_TASK)]
    with ProcessPoolExecutor(cores(), mp_context=spawn_context()) as pool:
        list(pool.map(parse_files, [[task] for task in _warming(files)]))
        started = time.perf_counter()
        cpu = sum(pool.map(parse_files, tasks))
        seconds = time.perf_counter() - started
    return ParseLimit(len(files), sum(size for _, _, size in files), seconds, cpu)


def _warming(files: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Return one file for each process, so that starting and compiling are not measured."""
    return list(files[: 2 * cores()])


def parse_files(files: Sequence[tuple[str, str, int]]) -> float:
    """Read and parse files; return the CPU seconds."""
    started = time.process_time()
    for path, language, _ in files:
        compiled(language).parser.parse(Path(path).read_bytes())
    return time.process_time() - started


def ctags(root: Path, cpu_seconds: float) -> Iterator[Figure]:
    """Compare CPU seconds with universal-ctags over the same files; nothing if it is not installed."""
    program = shutil.which("ctags")
    if program is None or "Universal Ctags" not in _version_of(program):
        return
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("".join(f"{found.path}\n" for found in sources(root)))
        names.flush()
        languages = "--languages=Python,JavaScript,TypeScript"
        usage = run_measured([program, languages, "-f", os.devnull, "-L", names.name], root)
    yield Figure(
        name="cold_index.against_ctags",
        value=cpu_seconds,
        unit="CPU s",
        baseline=usage.cpu_seconds,
        baseline_name="universal-ctags",
        note="which finds definitions only",
    )


def _version_of(program: str) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout


def main() -> int:
    """Measure one tree and print the figures."""
    arguments = tree_parser(__doc__).parse_args()
    with Sandbox() as box:
        print(assemble(box, arguments.tree, arguments.symbols))
        figures, _ = measure(box)
        print(table(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
