"""A second task in the form of the first, made from Python packages: find the definition by the first sentence of its
documentation, which is taken out of the code: `python -m benchmarks.search.docstrings --into DIRECTORY PACKAGE...`.

Each package directory becomes a repository below `corpus`, without any docstring (lines stay where they were), beside
queries.jsonl and repos.json for `python -m benchmarks.search`. Queries are the first sentences of 4 to 30 words of
classes, functions and methods, distinct within a package, drawn in a fixed order. A result hits if the line of the
definition's name is within its lines, so an enclosing class hits as well.
Tests: tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

SEED = 7
QUERIES = 250
"""Drawn from each package."""

_END = re.compile(r"(?<=[.!?])\s|\n\s*\n")


def strip(source: str) -> tuple[str, list[tuple[str, int]]]:
    """Return a module without its docstrings, and the first sentences with the lines of their definitions.

    Raises SyntaxError.
    """
    tree = ast.parse(source)
    lines = source.split("\n")
    sentences = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        text = ast.get_docstring(node)
        if text is None or lines[node.body[0].lineno - 1][: node.body[0].col_offset].strip():
            continue
        first = node.body[0]
        for number in range(first.lineno - 1, first.end_lineno or first.lineno):
            lines[number] = ""
        if len(node.body) == 1:
            lines[first.lineno - 1] = " " * first.col_offset + "pass"
        if not isinstance(node, ast.Module):
            sentences.append((" ".join(_END.split(text.strip(), maxsplit=1)[0].split()), node.lineno))
    return "\n".join(lines), sentences


def make(package: Path, into: Path) -> Iterator[dict[str, Any]]:
    """Write one package without documentation and yield its queries."""
    found: dict[str, tuple[str, int]] = {}
    for file in sorted(package.rglob("*.py")):
        path = file.relative_to(package).as_posix()
        try:
            stripped, sentences = strip(file.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # a template, or a test of the parser
        place = into / "corpus" / package.name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(stripped, encoding="utf-8")
        for sentence, line in sentences:
            if 4 <= len(sentence.split()) <= 30:
                found.setdefault(sentence, (path, line))
    drawn = sorted(found)
    random.Random(SEED).shuffle(drawn)
    for sentence in drawn[:QUERIES]:
        path, line = found[sentence]
        target = {"path": path, "start_line": line, "end_line": line}
        yield {
            "repo": package.name,
            "language": "python",
            "category": "docstring",
            "query": sentence,
            "relevant": [target],
        }


def main() -> int:
    """Make the task."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.docstrings", description="make the docstring task")
    parser.add_argument("--into", type=Path, required=True, help="an empty directory")
    parser.add_argument("packages", type=Path, nargs="+", help="directories of Python packages, with distinct names")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    queries = [query for package in arguments.packages for query in make(package, arguments.into)]
    repositories = [{"name": package.name, "language": "python"} for package in arguments.packages]
    (arguments.into / "queries.jsonl").write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in queries))
    (arguments.into / "repos.json").write_bytes(msgspec.json.encode(repositories))
    print(f"{len(queries)} queries of {len(repositories)} packages")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
