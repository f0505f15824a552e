"""Claim: edges are right, and their confidence says how right: precision and recall against independent resolvers.

`python -m benchmarks.resolution DIRECTORY TRUTH [DIRECTORY TRUTH ...] [--jedi] [--output FILE]` indexes each directory
in this process and holds definitions and edges against its truth file (`truth.py` has the rules). Beside ours stand two
naive resolvers that see the same mentions and nothing but names: *every* takes all definitions of a name, *unique*
takes the definition of a name that has only one; and for Python, if it is installed and asked for, jedi, with its time.
Tests: tests/unit/benchmarks/test_bench_resolution.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.figures import Figure, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from benchmarks.truth import Counts, Edge, Place, Score, Truth
from codegraph.config import CascadeConfig, SourceConfig
from codegraph.core.changes import ChangeSet, SourceFile
from codegraph.core.facts import FileFacts
from codegraph.core.routes import Routes
from codegraph.core.symbols import SymbolKind
from codegraph.daemon.exporting import exported_edges, exported_symbols
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import language_of
from codegraph.graph.index import Index
from codegraph.graph.snapshot import Snapshot
from codegraph.source.scan import Scanner

TARGETS = {"exact": 0.97, "all": 0.95, "definitions": 0.98}
RECALL = {"python": 0.92, "javascript": 0.90, "typescript": 0.90, "go": 0.92, "java": 0.90, "c": 0.92, "cpp": 0.82}
_Item = TypeVar("_Item")
LEVELS = ("exact", "inferred", "ambiguous")


class Indexed:
    """A directory, extracted and linked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        scanner = Scanner(root, SourceConfig(), language_of)
        read = [scanner.read(path) for path in scanner.reconcile({}).written]
        files = [each for each in read if isinstance(each, SourceFile)]
        self.bytes = sum(len(each.data) for each in files)
        started = time.process_time()
        self.facts: dict[str, FileFacts] = {each.path: extract(each.data, each.language, Limits()) for each in files}
        index = Index(
            instance="resolution",
            cascade=CascadeConfig(),
            routes=Routes(bytes(16)),
            load_occurrences=lambda language, blob: occurrences[language, blob],
        )
        occurrences = {(each.outline.language, each.blob): each.occurrences for each in self.facts.values()}
        index.apply(ChangeSet(dict(self.facts)))
        self.seconds = time.process_time() - started
        self.snapshot: Snapshot = index.snapshot

    def symbols(self) -> Iterator[tuple[Place, str]]:
        """Yield definitions with their kinds."""
        for path in self.facts:
            for each in exported_symbols(self.snapshot, path):
                yield Place(each.file, each.line, each.name.rpartition(".")[2]), each.kind.value

    def edges(self) -> Iterator[Edge]:
        """Yield all edges but those of containment."""
        for path in self.facts:
            for each in exported_edges(self.snapshot, path):
                if each.kind.value != "contains":
                    source = Place(each.source.file, each.source.line, each.source.name)
                    target = Place(each.target.file, each.target.line, each.target.name)
                    yield Edge(source, target, each.kind.value, each.confidence.value)

    def positions(self, path: str) -> Iterator[tuple[Place, int, int]]:
        """Yield owner, line and column (from 0) of all that a file mentions or imports by name."""
        facts = self.facts[path]
        owners = [_place(path, each.name, each.kind, each) for each in facts.outline.definitions]
        for each in facts.occurrences.references:
            yield from ((owners[each.owner], *position) for position in _two_by_two(each.positions))
        for imported in facts.occurrences.imports:
            yield owners[imported.owner], imported.line, imported.column

    def by_name(self, most: int, files: Collection[str]) -> Iterator[Edge]:
        """Yield edges by name alone: to all definitions of a name that has at most `most` in some files."""
        named: dict[str, list[Place]] = defaultdict(list)
        for path, facts in self.facts.items():
            for each in facts.outline.definitions[1:] if path in files else ():
                named[each.name].append(_place(path, each.name, each.kind, each))
        for path, facts in self.facts.items():
            owners = [_place(path, each.name, each.kind, each) for each in facts.outline.definitions]
            for reference in facts.occurrences.references:
                places = named.get(_spelled(reference.chain[-1]), ())
                if len(places) <= most:
                    yield from (Edge(owners[reference.owner], place, "by name", "") for place in places)


def _place(path: str, name: str, kind: SymbolKind, definition: Any) -> Place:
    return Place(path, 0 if kind is SymbolKind.MODULE else definition.selection_range.start_line + 1, name)


def _spelled(element: str) -> str:
    """Return the name behind a chain's element; a local definition's is the end of its descriptor."""
    if element.startswith("@="):
        return element.rstrip("#.():").replace("#", ".").rpartition(".")[2]
    return element.partition("@")[0]


def jedi_edges(indexed: Indexed) -> Iterator[Edge]:
    """Yield what jedi finds for each mention in Python files. Raises ImportError if it is not installed."""
    jedi: Any = import_module("jedi")
    roots = [str(each) for each in (indexed.root / "src", indexed.root) if each.is_dir()]
    project = jedi.Project(roots[-1], sys_path=roots)  # what is installed here would stand before what is asked about
    for path in indexed.facts:
        if not path.endswith(".py"):
            continue
        script = jedi.Script(path=str(indexed.root / path), project=project)
        for owner, line, column in indexed.positions(path):
            for found in _goto(script, line + 1, column):
                place = found.module_path
                if place is not None and found.line and place.is_relative_to(indexed.root):
                    line_found = 0 if found.type == "module" else found.line
                    target = Place(place.relative_to(indexed.root).as_posix(), line_found, found.name)
                    yield Edge(owner, target, "jedi", "")


def _two_by_two(items: Sequence[_Item]) -> Iterator[tuple[_Item, _Item]]:
    return zip(items[::2], items[1::2], strict=True)


def _goto(script: Any, line: int, column: int) -> Sequence[Any]:
    try:
        found: Sequence[Any] = script.goto(line, column, follow_imports=True)
    except Exception as error:  # it raises many kinds on odd code
        print(f"jedi: {type(error).__name__} at line {line}", file=sys.stderr)
        return ()
    return found


def measure(root: Path, truth: Truth, *, jedi: bool) -> tuple[list[Figure], dict[str, Any]]:
    """Measure one project; return its figures and all counts."""
    indexed = Indexed(root)
    ours = truth.score(indexed.edges(), indexed.symbols())
    others = {
        "every": truth.score(indexed.by_name(sys.maxsize, truth.files)),
        "unique": truth.score(indexed.by_name(1, truth.files)),
    }
    figures = _figures(root.name, truth.language, ours, others["every"], "every same name")
    figures.append(Figure(name=f"resolution.{root.name}.seconds", value=indexed.seconds, unit="s CPU"))
    for name, score in others.items():
        figures += _pair(f"{root.name}.{name}", score)
    if jedi and truth.language == "python":
        started = time.process_time()
        others["jedi"] = truth.score(jedi_edges(indexed))
        figures += _pair(f"{root.name}.jedi", others["jedi"])
        spent = time.process_time() - started
        figures.append(Figure(name=f"resolution.{root.name}.jedi.seconds", value=spent, unit="s CPU"))
    return figures, {"ours": ours, "bytes": indexed.bytes, **others}


def _figures(project: str, language: str, score: Score, baseline: Score, named: str) -> list[Figure]:
    name = f"resolution.{project}"

    def figure(what: str, value: float, target: float | None, other: float | None = None, note: str = "") -> Figure:
        return Figure(
            name=f"{name}.{what}",
            value=value,
            unit="",
            target=target,
            at_least=True,
            baseline=other,
            baseline_name=named if other is not None else "",
            note=note,
        )

    levels = {level: score.by_confidence.get(level, Counts()) for level in LEVELS}
    return [
        figure("definitions.f1", score.definition_f1, TARGETS["definitions"]),
        figure("precision", score.edges.precision, TARGETS["all"], baseline.edges.precision, _note(score.edges)),
        *(
            figure(f"precision.{level}", counts.precision, TARGETS.get(level), note=_note(counts))
            for level, counts in levels.items()
        ),
        *(
            figure(f"precision.kind.{kind}", counts.precision, None, note=_note(counts))
            for kind, counts in sorted(score.by_kind.items())
        ),
        figure("recall", score.recall, RECALL.get(language), baseline.recall),
        *(
            figure(f"recall.{kind}", score.found[kind] / total, None, note=f"{score.found[kind]} of {total}")
            for kind, total in sorted(score.truth.items())
        ),
    ]


def _note(counts: Counts) -> str:
    return f"{counts.right} right, {counts.false} false, {counts.unjudged} unjudged"


def _pair(name: str, score: Score) -> list[Figure]:
    return [
        Figure(name=f"resolution.{name}.precision", value=score.edges.precision, unit="", note=_note(score.edges)),
        Figure(name=f"resolution.{name}.recall", value=score.recall, unit=""),
    ]


def calibration(details: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a Markdown table: precision per confidence of every project, with the counts."""
    lines = ["| project | " + " | ".join(LEVELS) + " | all | recall | definitions |", "|---" * 7 + "|"]
    for project, found in details.items():
        score: Score = found["ours"]
        cells = [_cell(score.by_confidence.get(level)) for level in LEVELS]
        cells += [_cell(score.edges), f"{score.recall:.3f}", f"{score.definition_f1:.3f}"]
        lines.append(f"| {project} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(counts: Counts | None) -> str:
    if counts is None or not counts.right + counts.false:
        return "none"
    return f"{counts.precision:.3f} ({counts.right + counts.false:,})"


def main() -> int:
    """Measure the projects on the command line, print and keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pairs", nargs="+", type=Path, metavar="DIRECTORY TRUTH", help="a project and its truth file")
    parser.add_argument("--jedi", action="store_true", help="measure jedi beside ours on Python")
    parser.add_argument("--output", type=Path, help="where the JSON goes; standard place without it")
    arguments = parser.parse_args()
    if len(arguments.pairs) % 2:
        parser.error("each DIRECTORY needs a TRUTH")
    began = now(), load()
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    for root, truth in _two_by_two(arguments.pairs):
        found, details[root.name] = measure(root.resolve(), Truth.read(truth), jedi=arguments.jedi)
        figures += found
    print(table(figures))
    print(calibration(details))
    path = arguments.output or RESULTS / this_machine().slug / "resolution.json"
    write_report(gathered(began, {"projects": list(details)}, figures, {}, details), path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
