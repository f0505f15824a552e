"""Claim: the data flow of a function costs at most a third of what the reference takes.

Two ways, over the functions of a directory of real source code, in CPU time: `text`, from a function's text to its
rows, parsing included, as the reference does it (only `export dataflow --function-text` works so); and `index`, as
an index does it, where the file has been parsed for other reasons and its tree is there: it never parses a function.
`parser` is what tree-sitter takes of `text`, and of the reference, for the same functions: no ratio of `text` can be
larger than the reference's time by this. With `--reference`, the folder `GraphCodeBERT/codesearch/parser` of a copy
of microsoft/CodeBERT, the reference runs beside both on the same functions, in turns, file by file, each file's
best of several rounds, so that a busy machine slows all alike. It runs unchanged, on today's grammars, where it
does not see all that it saw in 2021. Tests: tests/unit/benchmarks/test_bench_dataflow.py.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tree_sitter import Language, Parser

from benchmarks.figures import Figure, table
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


def cpu_seconds(file: SourceFile, language: str, reference: Follow | None, rounds: int) -> list[float]:
    """Return the CPU seconds of the best round over one file: by text, in its tree, the parser, by the reference."""
    table, parser = FLOW_TABLES[language], Parser(Language(LANGUAGES[language].grammar()))
    stripped = {text: strip_comments(text, table.comments) for text in file.texts}
    parsed = {text: f"{table.prefix}{rest}{table.suffix}".encode() for text, rest in stripped.items()}
    runs: list[Follow] = [lambda text: follow_text(text, language), lambda text: parser.parse(parsed[text])]
    runs += [reference] if reference else []
    best = [float("inf")] * (1 + len(runs))
    for _ in range(rounds):
        nodes = [one.node for one in _functions(file.data, language)]  # fresh ones: they remember their children
        begin = time.process_time()
        for node in nodes:
            follow_nodes([node], file.data, language)
        spent = [time.process_time() - begin]
        for run in runs:
            begin = time.process_time()
            for text in file.texts:
                run(text)
            spent.append(time.process_time() - begin)
        best = [min(pair) for pair in zip(best, spent, strict=True)]
    return [best[1], best[0], *best[2:]]


def measure(files: Mapping[str, Sequence[SourceFile]], reference: Any | None, rounds: int = ROUNDS) -> list[Figure]:
    """Measure language by language, and all of the reference's languages together."""
    figures: list[Figure] = []
    total, count = [0.0] * 4, 0
    for language, sources in files.items():
        compared = reference is not None and language in REFERENCE_FUNCTIONS
        follow = reference_follower(reference, language) if compared else None
        spent = [cpu_seconds(source, language, follow, rounds) for source in sources]
        seconds = [sum(column) for column in zip(*spent, strict=True)]
        functions = sum(len(source.texts) for source in sources)
        figures += _figures(language, functions, seconds, None)
        if compared:
            total, count = [one + other for one, other in zip(total, seconds, strict=True)], count + functions
    if count:
        figures += _figures("all", count, total, TARGET_RATIO)
    return figures


def _figures(language: str, count: int, seconds: Sequence[float], target: float | None) -> list[Figure]:
    figures: list[Figure] = []
    for way, spent in zip(("text", "index", "parser"), seconds, strict=False):
        figure = Figure(
            name=f"dataflow.{language}.{way}",
            value=count / spent,
            unit="functions/s",
            baseline=count / seconds[3] if len(seconds) > 3 else None,
            baseline_name="the reference",
            note=f"{count} functions, {spent / count * 1e6:.0f} us each",
        )
        figures.append(figure)
        if target is not None and way != "parser":
            name = f"dataflow.{language}.{way}.ratio"
            figures.append(Figure(name=name, value=seconds[3] / spent, unit="x", target=target, at_least=True))
    return figures


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
