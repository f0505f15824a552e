"""Claim: the data flow of a function costs at most a third of what the reference takes, with the same result.

The functions of a directory of source code are followed one by one, from their text to their rows, parsing
included, as the reference does it. With `--reference`, the folder `GraphCodeBERT/codesearch/parser` of a copy of
microsoft/CodeBERT, the reference runs beside ours: in turns over small batches, each batch's best of several
rounds, in CPU time, so that a busy machine slows both. It runs unchanged on today's grammars, where it does not
see all that it saw in 2021; so rows are compared only in passing. Tests: tests/unit/benchmarks/test_bench_dataflow.py.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from tree_sitter import Language, Parser

from benchmarks.figures import Figure, table
from codegraph.extract.dataflow import FLOW_TABLES, follow_text
from codegraph.extract.dataflow.functions import functions_of
from codegraph.extract.languages import LANGUAGES, language_of

TARGET_RATIO = 3.0
ROUNDS = 5
BATCH = 50
MAX_FUNCTION_BYTES = 20_000
_REFERENCE = {
    "python": "DFG_python",
    "java": "DFG_java",
    "javascript": "DFG_javascript",
    "ruby": "DFG_ruby",
    "go": "DFG_go",
    "php": "DFG_php",
    "c_sharp": "DFG_csharp",
}
Follow = Callable[[str], object]


def collect(directory: Path, limit: int) -> dict[str, list[str]]:
    """Return the texts of at most `limit` functions per language, spread over the files."""
    texts: dict[str, list[str]] = {}
    for path in sorted(directory.rglob("*")):
        language = language_of(path.name, b"")
        if language is not None and language in FLOW_TABLES and path.is_file():
            texts.setdefault(language, []).extend(_texts(path, language))
    return {language: found[:: max(1, len(found) // limit)][:limit] for language, found in sorted(texts.items())}


def _texts(path: Path, language: str) -> Iterator[str]:
    data = path.read_bytes()
    for function in functions_of(data, language):
        if 40 < function.node.end_byte - function.node.start_byte < MAX_FUNCTION_BYTES:
            yield function.text(data)


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
    follow = getattr(reference, _REFERENCE[language])

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


def cpu_seconds(texts: Sequence[str], runs: Sequence[Follow], rounds: int) -> list[float]:
    """Return each run's CPU seconds over all texts: the sum over batches of the best round."""
    totals = [0.0] * len(runs)
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        best = [float("inf")] * len(runs)
        for _ in range(rounds):
            for at, run in enumerate(runs):
                begin = time.process_time()
                for text in batch:
                    run(text)
                best[at] = min(best[at], time.process_time() - begin)
        totals = [total + one for total, one in zip(totals, best, strict=True)]
    return totals


def measure(texts: Mapping[str, Sequence[str]], reference: Any | None, rounds: int = ROUNDS) -> list[Figure]:
    """Measure language by language, and all together."""
    figures: list[Figure] = []
    spent: list[tuple[int, float, float]] = []
    for language, functions in texts.items():
        runs: list[Follow] = [lambda text, language=language: follow_text(text, language)]  # type: ignore[misc]
        if reference is not None and language in _REFERENCE:
            runs.append(reference_follower(reference, language))
        seconds = cpu_seconds(functions, runs, rounds)
        figures += _figures(language, len(functions), seconds, None)
        if len(seconds) == 2:
            spent.append((len(functions), seconds[0], seconds[1]))
    if spent:
        count = sum(one[0] for one in spent)
        figures += _figures("all", count, [sum(one[at] for one in spent) for at in (1, 2)], TARGET_RATIO)
    return figures


def _figures(name: str, count: int, seconds: Sequence[float], target: float | None) -> list[Figure]:
    figure = Figure(
        name=f"dataflow.{name}",
        value=count / seconds[0],
        unit="functions/s",
        at_least=True,
        baseline=count / seconds[1] if len(seconds) > 1 else None,
        baseline_name="the reference",
        note=f"{count} functions, {seconds[0] / count * 1e6:.0f} us each",
    )
    if len(seconds) == 1:
        return [figure]
    faster = Figure(
        name=f"dataflow.{name}.ratio", value=seconds[1] / seconds[0], unit="x", target=target, at_least=True
    )
    return [figure, faster]


def main() -> int:
    """Measure a directory and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="real source code, in any of the languages")
    parser.add_argument("--reference", type=Path, help="GraphCodeBERT/codesearch/parser of microsoft/CodeBERT")
    parser.add_argument("--functions", type=int, default=500, help="at most so many of each language")
    arguments = parser.parse_args()
    sys.setrecursionlimit(10_000)  # the reference recurses
    reference = load_reference(arguments.reference) if arguments.reference else None
    print(table(measure(collect(arguments.directory, arguments.functions), reference)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
