"""Claim: what is read is linked at 1.5 MB a second of one core, in every language, and an edit in 30 ms.

    python -m benchmarks.linking DIRECTORY...            # projects in many languages
    python -m benchmarks.linking DIRECTORY... --tree BIG  # and edits of files of about 2,000 lines in a big project

For each language in a process of its own: whole projects, as many as `--bytes` have room for, are extracted and linked
as an index does it, without store and vectors; time is the process's own, and the collector of cycles is set as workers
and the daemon set it. Where those are too little to judge a language by (`LEAST_BYTES`), a larger project is read, too;
what is still too little is no part of the mean. `parse` is the parser alone: nothing that reads a syntax tree can be
faster. Memory is what the process grew by while the index was built, over symbols and edges.

`--tree`: files of 1,500 to 2,500 lines (of languages that have none: files put together) get a statement in a body, and
back; the time is from the new bytes to the new graph and keys: of extraction in a worker process, and of decoding and
linking in this one. Tests: tests/unit/benchmarks/test_bench_linking.py.
"""

from __future__ import annotations

import argparse
import gc
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil

from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.config import CascadeConfig, SourceConfig
from codegraph.core.changes import ChangeSet, SourceFile
from codegraph.core.facts import (
    EncodedFacts,
    FileFacts,
    Occurrences,
    decode_compressed_occurrences,
    decode_outline,
)
from codegraph.core.routes import Routes
from codegraph.core.symbols import BlobDigest
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.languages import language_of
from codegraph.extract.worker import extract_encoded
from codegraph.graph.index import Index
from codegraph.graph.resolve import scheme_of
from codegraph.processes import calm_collector
from codegraph.source.scan import Scanner

ELEVEN = ("python", "javascript", "typescript", "java", "go", "rust", "c", "cpp", "c_sharp", "ruby", "php")
RATE = 1.5
"""MB a second, the target for the mean of the eleven."""
EDIT_MS = 30.0
LINES = range(1_500, 2_500)
EDITED = ("python", "javascript", "typescript", "java", "go", "rust", "c", "cpp", "c_sharp", "ruby", "php")
EDITED_FILES = 20
MAX_BYTES = 3_000_000
LEAST_BYTES = 200_000
"""Less says more of a few files than of their language: 36 kB of Java once were the fastest of eleven."""
PART_BYTES = 1_000
"""A symbol or an edge of a large index takes fewer bytes than this."""
RETURN = re.compile(rb"^([^*/#\"'\n]*)\breturn ", re.MULTILINE)
"""In a statement, not in a comment."""
FEW = 1_000
"""Fewer symbols than these say nothing of memory: what grew is the interpreter."""


class Rates(msgspec.Struct):
    """One language's figures: bytes, CPU seconds, sizes."""

    bytes: int
    parse: float
    extract: float
    link: float
    symbols: int
    edges: int
    memory: int
    projects: str
    """What was read."""


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
    """Return whole projects of a language until there are so many bytes; each below a folder of its own.

    Those of twice as many bytes are left out, but for the smallest, if all others are less than `LEAST_BYTES`.
    """
    found: dict[str, SourceFile] = {}
    large: list[tuple[int, dict[str, SourceFile]]] = []
    size = 0
    for directory in directories:
        files = {f"{directory.name}/{each.path}": each for each in sources(directory, language)}
        more = sum(len(each.data) for each in files.values())
        if more >= 2 * most:
            large.append((more, files))
        elif size < most:
            found.update(files)
            size += more
    if large and size < LEAST_BYTES:
        found.update(min(large, key=itemgetter(0))[1])
    return found


def measure(files: Mapping[str, SourceFile]) -> Rates:
    """Extract and link files in this process."""
    process, project = psutil.Process(), Project()
    for language in {each.language for each in files.values()}:
        scheme_of(language)  # a process loads it once: of 36 kB of Java that was a third of the time
    work_alone()
    began = time.process_time()
    for each in files.values():
        compiled(each.language).read(each.data)
    parsed = time.process_time() - began
    began = time.process_time()
    facts = {path: extract(each.data, each.language, Limits()) for path, each in files.items()}
    extracted = time.process_time() - began
    gc.enable()
    calm_collector()
    gc.collect()
    before = process.memory_info().rss
    began = time.process_time()
    project.apply(facts)
    linked = time.process_time() - began
    gc.collect()
    snapshot = project.index.snapshot
    return Rates(
        sum(len(each.data) for each in files.values()),
        parsed,
        extracted,
        linked,
        len(snapshot.places),
        sum(len(view.links.targets) for view in snapshot.files.values()),
        process.memory_info().rss - before,
        ", ".join(dict.fromkeys(path.partition("/")[0] for path in files)),
    )


def figures_of(language: str, rates: Rates) -> list[Figure]:
    """Say how fast one language is."""
    size = rates.bytes / 1e6
    parts = max(rates.symbols + rates.edges, 1)
    name = f"linking.{language}"
    bound = PART_BYTES if rates.symbols >= FEW else None
    judged = "" if rates.bytes >= LEAST_BYTES else "; too little, not in the mean"
    return [
        Figure(name=f"{name}.parse", value=size / rates.parse, unit="MB/s"),
        Figure(name=f"{name}.extract", value=size / rates.extract, unit="MB/s"),
        Figure(name=f"{name}.link", value=size / rates.link, unit="MB/s"),
        Figure(
            name=f"{name}.both",
            value=size / (rates.extract + rates.link),
            unit="MB/s",
            note=f"{size:.2f} MB of {rates.projects}: {rates.symbols} symbols, {rates.edges} edges{judged}",
        ),
        Figure(name=f"{name}.memory", value=rates.memory / parts, unit="bytes per symbol or edge", target=bound),
    ]


class Source(NamedTuple):
    """A file as an edit needs it."""

    path: str
    language: str
    data: bytes


def long_files(files: Sequence[Source], language: str) -> list[Source]:
    """Return files of about 2,000 lines of a language; where it has none, files of it put together."""
    own = sorted(each for each in files if each.language == language)
    found = [each for each in own if each.data.count(b"\n") in LINES]
    if not found:
        data = b""
        for each in own:
            data += each.data + b"\n"
            if data.count(b"\n") >= LINES.start:
                found.append(Source(f"joined/{len(found)}/{each.path}", language, data))
                data = b""
    return [each for each in found if each.data.count(b"\n") in LINES and RETURN.search(each.data)][:EDITED_FILES]


def work_alone() -> None:
    """Set the collector of cycles as an extract worker does."""
    gc.freeze()
    gc.disable()


@cache
def memory() -> Memory:
    """Return what a worker remembers."""
    return Memory()


def worked(source: Source, name: str = "") -> tuple[float, EncodedFacts]:
    """Extract and encode in a worker, which remembers what has a name; return the CPU ms as well."""
    began = time.process_time()
    facts = extract_encoded(source.data, source.language, Limits(), memory(), name)
    return 1e3 * (time.process_time() - began), facts


class Edits:
    """A big project, and the time from new bytes of one file to the new graph."""

    def __init__(self, files: Sequence[Source], worker: Executor) -> None:
        self._worker = worker
        self._project = Project()
        calm_collector()
        self._project.apply({each.path: decoded(worker.submit(worked, each).result()[1]) for each in files})
        self.symbols = len(self._project.index.snapshot.places)
        gc.collect()
        gc.freeze()

    def time(self, source: Source) -> float:
        """Put a file in and return the CPU ms of worker and writer."""
        took, facts = self._worker.submit(worked, source, source.path).result()
        began = time.process_time()
        self._project.apply({source.path: decoded(facts)})
        return took + 1e3 * (time.process_time() - began)

    def samples(self, sources: Sequence[Source]) -> Iterator[float]:
        """Edit a body in each file, and put it back."""
        for each in sources:
            self.time(each)
            changed = RETURN.sub(rb"\1codegraph(); return ", each.data, count=1)
            yield self.time(each._replace(data=changed))
            yield self.time(each)


def decoded(facts: EncodedFacts) -> FileFacts:
    """Decode what linking reads of a worker's answer."""
    occurrences = decode_compressed_occurrences(facts.occurrences)
    return FileFacts(facts.blob, decode_outline(facts.outline), occurrences, {})


def edit_figures(tree: Path, directories: Sequence[Path]) -> list[Figure]:
    """Edit files of each language in a big project."""
    read = {directory: sources(directory) for directory in (tree, *directories)}
    files = [
        Source(f"{directory.name}/{each.path}", each.language, each.data)
        for directory, found in read.items()
        for each in found
        if directory == tree or each.language in EDITED
    ]
    figures: list[Figure] = []
    with ProcessPoolExecutor(1, get_context("spawn"), work_alone) as worker:
        edits = Edits(files, worker)
        for language in EDITED:
            chosen = long_files(files, language)
            if chosen:
                figures += sampled(f"linking.edit.{language}", edits.samples(chosen), "ms", {"p95": EDIT_MS})
    figures.append(Figure(name="linking.edit.symbols", value=edits.symbols, unit="symbols"))
    return figures


def _in_process(chosen: argparse.Namespace, language: str) -> Rates | None:
    command = [sys.executable, "-m", "benchmarks.linking", *map(str, chosen.directories)]
    command += ["--only", language, "--bytes", str(chosen.bytes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Rates | None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every language, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking")
    parser.add_argument("directories", type=Path, nargs="+", help="projects")
    parser.add_argument("--tree", type=Path, help="a big project; long files in it and in the directories are edited")
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
        if rates.bytes >= LEAST_BYTES:
            means.append(rates.bytes / 1e6 / (rates.extract + rates.link))
    if means:
        mean = sum(means) / len(means)
        note = f"{len(means)} languages"
        figures.append(Figure(name="linking.mean", value=mean, unit="MB/s", target=RATE, at_least=True, note=note))
    if chosen.tree:
        figures += edit_figures(chosen.tree, chosen.directories)
    print(table(figures))
    report = gathered(began, {"directories": str(len(chosen.directories))}, figures, skipped, {})
    path = chosen.out or RESULTS / this_machine().slug / "linking.json"
    if str(path) != "-":
        write_report(report, path)


if __name__ == "__main__":
    main()
