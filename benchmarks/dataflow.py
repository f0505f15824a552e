"""Claim: the data flow of a function costs at most a third of what the reference takes.

Two ways, over the functions of a directory of real source code, in CPU time: `text`, from a function's text to its
rows, parsing included, as the reference does it (only `export dataflow --function-text` works so); and `index`, as
an index does it, where the file has been parsed for other reasons and its tree is there: it never parses a function.
Two limits, of the same functions: `parser` is what tree-sitter takes to parse them, which `text` and the reference
include; `tree` is that and an object for every node, which whatever reads a tree from Python has to make: no ratio of
`text` can be larger than the reference's time by `tree`.

With `--reference`, the folder `GraphCodeBERT/codesearch/parser` of a copy of microsoft/CodeBERT, the reference runs
beside all of them on the same functions, in turns, file by file, each file's best of several rounds, so that a busy
machine slows all alike. Both strip comments, parse, make tokens and rows, and drop rows that nothing is joined to. The
reference runs unchanged, on today's grammars, where it does not see all that it saw in 2021.
Tests: tests/unit/benchmarks/test_bench_dataflow.py.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from tree_sitter import Language, Node, Parser

from benchmarks.figures import Figure, spread_of, table
from codegraph.extract.dataflow import FLOW_TABLES, follow_nodes, follow_text
from codegraph.extract.dataflow.functions import FoundFunction, functions_of
from codegraph.extract.dataflow.stripping import strip_comments
from codegraph.extract.languages import LANGUAGES, language_of

TARGET_RATIO = 3.0
ROUNDS = 5
MAX_FUNCTION_BYTES = 20_000
REFERENCE_FUNCTIONS = {
    "python": "DFG_python",
    "java": "DFG_java",
    "javascript": "DFG_javascript",
    "ruby": "DFG_ruby",
    "go": "DFG_go",
    "php": "DFG_php",
    "c_sharp": "DFG_csharp",
}
Follow = Callable[[str], object]
Item = TypeVar("Item")


class SourceFile(NamedTuple):
    """A file with at least one function of a line's length and more."""

    data: bytes
    texts: list[str]


def collect(directory: Path, limit: int) -> dict[str, list[SourceFile]]:
    """Return files with about `limit` functions of each language, spread over the directory."""
    found: dict[str, list[SourceFile]] = {}
    counts: Counter[str] = Counter()
    for path in sorted(directory.rglob("*"), key=lambda path: sha256(path.as_posix().encode()).digest()):
        language = language_of(path.name, b"")
        if language is None or language not in FLOW_TABLES or counts[language] >= limit or not path.is_file():
            continue
        data = path.read_bytes()
        texts = [one.text(data) for one in _functions(data, language)]
        if texts:
            found.setdefault(language, []).append(SourceFile(data, texts))
            counts[language] += len(texts)
    return dict(sorted(found.items()))


def _functions(data: bytes, language: str) -> list[FoundFunction]:
    sizes = range(40, MAX_FUNCTION_BYTES)
    return [one for one in functions_of(data, language) if one.node.end_byte - one.node.start_byte in sizes]


def load_reference(folder: Path) -> ModuleType:
    """Import the reference's package from its folder."""
    name = "graphcodebert_reference"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None or not (folder / "DFG.py").exists():
        raise SystemExit(f"{folder}: is not the folder of the reference's parser")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def reference_follower(reference: Any, language: str) -> Follow:
    """Return what runs the reference over one function's text: its own steps, in its own order."""
    flow = FLOW_TABLES[language]
    parser = Parser(Language(LANGUAGES[language].grammar()))
    follow = getattr(reference, REFERENCE_FUNCTIONS[language])

    def run(text: str) -> object:
        try:
            text = reference.remove_comments_and_docstrings(text, language)
        except Exception:  # whatever it raises, it goes on with the text as it is
            pass
        text = flow.prefix + text + flow.suffix
        root = parser.parse(text.encode()).root_node
        places = reference.tree_to_token_index(root)
        lines = text.split("\n")
        tokens = [reference.index_to_code_token(place, lines) for place in places]
        try:
            rows, _ = follow(root, {place: (at, tokens[at]) for at, place in enumerate(places)}, {})
        except Exception:
            rows = []
        kept = {row[1] for row in rows if row[4]}.union(*(row[4] for row in rows))
        return [row for row in sorted(rows, key=lambda row: row[1]) if row[1] in kept]

    return run


class Times(NamedTuple):
    """CPU seconds of one round over some functions; the reference's is 0 where it did not run."""

    text: float
    indexed: float
    parser: float
    tree: float
    reference: float

    @classmethod
    def sum(cls, times: Iterable[Times]) -> Times:
        """Add up, way by way."""
        return cls(*(sum(column) for column in zip(*times, strict=True)))

    @classmethod
    def best(cls, times: Iterable[Times]) -> Times:
        """Return the shortest of each way."""
        return cls(*(min(column) for column in zip(*times, strict=True)))


def rounds_of(file: SourceFile, language: str, reference: Follow | None, rounds: int) -> list[Times]:
    """Run all ways over one file, in turns."""
    table, parser = FLOW_TABLES[language], Parser(Language(LANGUAGES[language].grammar()))
    stripped = [strip_comments(text, table.comments) for text in file.texts]
    parsed = [f"{table.prefix}{text}{table.suffix}".encode() for text in stripped]
    return [_round(file, parsed, language, parser, reference) for _ in range(rounds)]


def _round(file: SourceFile, parsed: Sequence[bytes], language: str, parser: Parser, reference: Follow | None) -> Times:
    nodes = [one.node for one in _functions(file.data, language)]  # fresh ones: they remember their children
    return Times(
        text=_cpu_seconds(file.texts, lambda text: follow_text(text, language)),
        indexed=_cpu_seconds(nodes, lambda node: follow_nodes([node], file.data, language)),
        parser=_cpu_seconds(parsed, parser.parse),
        tree=_cpu_seconds(parsed, lambda data: _visit(parser.parse(data).root_node)),
        reference=_cpu_seconds(file.texts, reference) if reference else 0.0,
    )


def _cpu_seconds(items: Sequence[Item], run: Callable[[Item], object]) -> float:
    begin = time.process_time()
    for item in items:
        run(item)
    return time.process_time() - begin


def _visit(root: Node) -> None:
    """Make an object of every node, which nothing that reads a tree from Python can do without."""
    stack = [root]
    while stack:
        stack += stack.pop().children


def measure(files: Mapping[str, Sequence[SourceFile]], reference: Any | None, rounds: int = ROUNDS) -> list[Figure]:
    """Measure language by language, and all of the reference's languages together."""
    figures: list[Figure] = []
    together: list[list[Times]] = []
    count = 0
    for language, sources in files.items():
        compared = reference is not None and language in REFERENCE_FUNCTIONS
        follow = reference_follower(reference, language) if compared else None
        times = [rounds_of(source, language, follow, rounds) for source in sources]
        functions = sum(len(source.texts) for source in sources)
        figures += _figures(language, functions, times)
        if compared:
            together, count = together + times, count + functions
    return figures + (_figures("all", count, together) if count else [])


def _figures(language: str, count: int, times: Sequence[Sequence[Times]]) -> list[Figure]:
    """Return the figures of a language from the rounds of each of its files."""
    best = Times.sum(Times.best(rounds) for rounds in times)
    figures = [
        Figure(
            name=f"dataflow.{language}.{way}",
            value=count / spent,
            unit="functions/s",
            baseline=count / best.reference if best.reference else None,
            baseline_name="the reference",
            note=f"{count} functions, {spent / count * 1e6:.0f} us each",
        )
        for way, spent in zip(("text", "index", "parser", "tree"), best, strict=False)
    ]
    if best.reference:
        whole = [Times.sum(one) for one in zip(*times, strict=True)]
        limits = (
            f"; at most {best.reference / best.tree:.2f}, and {best.reference / best.parser:.2f} if walking were free"
        )
        texts, trees = [one.reference / one.text for one in whole], [one.reference / one.indexed for one in whole]
        figures.append(_ratio(f"{language}.text", best.reference / best.text, texts, limits))
        figures.append(_ratio(f"{language}.index", best.reference / best.indexed, trees, ""))
    return figures


def _ratio(name: str, value: float, rounds: Sequence[float], limits: str) -> Figure:
    """Return how many times our time the reference takes, and how that varies from round to round."""
    return Figure(
        name=f"dataflow.{name}.ratio",
        value=value,
        unit="x",
        target=TARGET_RATIO,
        at_least=True,
        spread=spread_of(rounds),
        note=f"{min(rounds):.2f} to {max(rounds):.2f} in {len(rounds)} rounds{limits}",
    )


def main() -> int:
    """Measure a directory and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="real source code, in any of the languages")
    parser.add_argument("--reference", type=Path, help="GraphCodeBERT/codesearch/parser of microsoft/CodeBERT")
    parser.add_argument("--functions", type=int, default=500, help="about so many of each language")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)  # the reference recurses
    reference = load_reference(arguments.reference) if arguments.reference else None
    print(table(measure(collect(arguments.directory, arguments.functions), reference)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
