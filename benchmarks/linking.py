"""Claim: what is read is linked at 1.5 MB a second of one core, in every language, and an edit in 30 ms.

    python -m benchmarks.linking DIRECTORY...            # projects in many languages
    python -m benchmarks.linking DIRECTORY... --tree BIG  # and edits of files of about 2,000 lines in a big project

For each language in a process of its own: whole projects, as many as `--bytes` have room for, are extracted and linked
as an index does it, without store and vectors; time is the process's own. Memory is what the process grew by while
the index was built, over symbols and edges. `--tree`: files of 1,500 to 2,500 lines get a statement in a body, and
back; the time is from the new bytes to the new graph and keys.
Tests: tests/unit/benchmarks/test_bench_linking.py.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import psutil

from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.config import CascadeConfig, SourceConfig
from codegraph.core.changes import ChangeSet, SourceFile
from codegraph.core.facts import FileFacts, Occurrences
from codegraph.core.routes import Routes
from codegraph.core.symbols import BlobDigest
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import language_of
from codegraph.graph.index import Index
from codegraph.source.scan import Scanner

ELEVEN = ("python", "javascript", "typescript", "java", "go", "rust", "c", "cpp", "c_sharp", "ruby", "php")
RATE = 1.5
"""MB a second, the target for the mean of the eleven."""
EDIT_MS = 30.0
LINES = range(1_500, 2_500)
EDITED_FILES = 40
MAX_BYTES = 3_000_000


class Rates(msgspec.Struct):
    """One language's figures: bytes, CPU seconds, sizes."""

    bytes: int
    extract: float
    link: float
    symbols: int
    edges: int
    memory: int


class Project:
    """An index in this process, and the occurrences that it may ask for."""

    def __init__(self) -> None:
        self._occurrences: dict[tuple[str, BlobDigest], Occurrences] = {}
        self.index = Index(
            instance="linking",
            cascade=CascadeConfig(),
            routes=Routes(bytes(16)),
            load_occurrences=lambda language, blob: self._occurrences[language, blob],
        )

    def apply(self, facts: Mapping[str, FileFacts]) -> None:
        """Take files in."""
        for each in facts.values():
            self._occurrences[each.outline.language, each.blob] = each.occurrences
        self.index.apply(ChangeSet(dict(facts)))


def sources(root: Path, language: str = "") -> list[SourceFile]:
    """Return the files that an index of a directory reads, of one language or of all."""
    scanner = Scanner(root, SourceConfig(), language_of)
    read = (scanner.read(path) for path in scanner.reconcile({}).written)
    return [each for each in read if isinstance(each, SourceFile) and language in ("", each.language)]


def chosen_files(directories: Sequence[Path], language: str, most: int) -> dict[str, SourceFile]:
    """Return whole projects of a language until there are so many bytes; each below a folder of its own."""
    found: dict[str, SourceFile] = {}
    size = 0
    for directory in directories:
        files = sources(directory, language)
        if size < most and sum(len(each.data) for each in files) < 2 * most:
            found.update({f"{directory.name}/{each.path}": each for each in files})
            size += sum(len(each.data) for each in files)
    return found


def measure(files: Mapping[str, SourceFile]) -> Rates:
    """Extract and link files in this process."""
    process, project = psutil.Process(), Project()
    began = time.process_time()
    facts = {path: extract(each.data, each.language, Limits()) for path, each in files.items()}
    extracted = time.process_time() - began
    gc.collect()
    before = process.memory_info().rss
    began = time.process_time()
    project.apply(facts)
    linked = time.process_time() - began
    gc.collect()
    snapshot = project.index.snapshot
    return Rates(
        sum(len(each.data) for each in files.values()),
        extracted,
        linked,
        len(snapshot.places),
        sum(len(view.links.targets) for view in snapshot.files.values()),
        process.memory_info().rss - before,
    )


def figures_of(language: str, rates: Rates) -> list[Figure]:
    """Say how fast one language is."""
    size = rates.bytes / 1e6
    parts = max(rates.symbols + rates.edges, 1)
    name = f"linking.{language}"
    return [
        Figure(name=f"{name}.extract", value=size / rates.extract, unit="MB/s"),
        Figure(name=f"{name}.link", value=size / rates.link, unit="MB/s"),
        Figure(
            name=f"{name}.both",
            value=size / (rates.extract + rates.link),
            unit="MB/s",
            note=f"{size:.1f} MB, {rates.symbols} symbols, {rates.edges} edges",
        ),
        Figure(name=f"{name}.memory", value=rates.memory / parts, unit="bytes per symbol or edge"),
    ]


def edited(root: Path) -> Iterator[float]:
    """Edit a body in files of about 2,000 lines and yield the CPU ms until each edit is linked."""
    files = {each.path: each for each in sources(root)}
    project = Project()
    project.apply({path: extract(each.data, each.language, Limits()) for path, each in files.items()})
    long = [each for each in files.values() if each.data.count(b"\n") in LINES and each.language == "python"]
    for each in long[:EDITED_FILES]:
        changed = each.data.replace(b"    return ", b"    codegraph = 1; return ", 1)
        for data in (changed, each.data):
            began = time.process_time()
            project.apply({each.path: extract(data, each.language, Limits())})
            yield 1e3 * (time.process_time() - began)


def _in_process(chosen: argparse.Namespace, language: str) -> Rates | None:
    command = [sys.executable, "-m", "benchmarks.linking", *map(str, chosen.directories)]
    command += ["--only", language, "--bytes", str(chosen.bytes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Rates | None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every language, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking")
    parser.add_argument("directories", type=Path, nargs="+", help="projects")
    parser.add_argument("--tree", type=Path, help="a big Python project whose long files are edited")
    parser.add_argument("--bytes", type=int, default=MAX_BYTES, help="of each language, about")
    parser.add_argument("--only", default="", help="one language, in this process, as JSON")
    parser.add_argument("--out", type=Path, help="where the report goes; - for nowhere")
    chosen = parser.parse_args(arguments)
    if chosen.only:
        files = chosen_files(chosen.directories, chosen.only, chosen.bytes)
        sys.stdout.buffer.write(msgspec.json.encode(measure(files) if files else None))
        return
    began = now(), load()
    figures: list[Figure] = []
    skipped: dict[str, str] = {}
    means: list[float] = []
    for language in ELEVEN:
        rates = _in_process(chosen, language)
        if rates is None:
            skipped[f"linking.{language}"] = "no file of this language"
            continue
        figures += figures_of(language, rates)
        means.append(rates.bytes / 1e6 / (rates.extract + rates.link))
    if means:
        mean = sum(means) / len(means)
        note = f"{len(means)} languages"
        figures.append(Figure(name="linking.mean", value=mean, unit="MB/s", target=RATE, at_least=True, note=note))
    if chosen.tree:
        figures += sampled("linking.edit", edited(chosen.tree), "ms", {"p95": EDIT_MS})
    print(table(figures))
    report = gathered(began, {"directories": str(len(chosen.directories))}, figures, skipped, {})
    path = chosen.out or RESULTS / this_machine().slug / "linking.json"
    if str(path) != "-":
        write_report(report, path)


if __name__ == "__main__":
    main()
