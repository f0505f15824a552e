"""A second task in the form of the first: find a definition by the first sentence of its documentation, which is taken
out of the code: `python -m benchmarks.search.docstrings --into DIRECTORY --sources SOURCES [--part test]`.

SOURCES is what `training.collect` laid out; packages are those of a part that no model was trained on
(`training.dataset.part_of`), in seven languages, drawn in a fixed order among those that are neither too large nor
without documentation. Or packages are named: `--language go DIRECTORY...`.

Each package becomes a repository below `corpus`, without any comment or docstring (lines stay where they were), beside
queries.jsonl and repos.json for `python -m benchmarks.search`. What is documentation, and of what, codegraph's own
extraction says; a query is a first sentence that one definition of the package only has, without its markup. Only
the definition itself is a hit, not the class around it. Queries are drawn in a fixed order. With `--reworded` they are
asked in other words (`training.rewording`), those that hardly have any left out.
Tests: tests/unit/benchmarks/test_bench_docstrings.py.
"""

from __future__ import annotations

import argparse
import ast
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from codegraph.core.facts import Definition, decode_own_input
from codegraph.core.symbols import DOCUMENT_LANGUAGES
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.languages import language_of
from training.dataset import key_of, part_of
from training.pairs import KINDS, MAX_FILE_BYTES, root_of
from training.rewording import Thesaurus
from training.sentences import split
from training.tasks import LANGUAGES

SEED = 7
QUERIES = 100
"""Drawn from each package."""
LEAST_QUERIES = 40
"""A package with fewer is passed over."""
PACKAGES = 3
"""Of each language."""
MAX_FILES = 250
"""Packages with more files are passed over."""
MIN_TOKENS = 4
"""A definition with fewer canonical tokens is no answer."""

_FAMILY = {"typescript": "javascript", "tsx": "javascript", "jsx": "javascript"}


class Documented(NamedTuple):
    """A definition that had documentation, with its lines, from 1, both ends included."""

    name: str
    sentence: str
    first: int
    last: int


class Stripped(NamedTuple):
    """One file without documentation."""

    text: bytes
    documented: tuple[Documented, ...]


def family(path: str) -> str:
    """Return the language of a file, JavaScript standing for TypeScript too; "" if it has none."""
    language = language_of(path, b"") or ""
    return _FAMILY.get(language, language)


def strip(path: str, data: bytes) -> Stripped | None:
    """Take all comments and docstrings out of a file; None if it is a document, cannot be read, or something stays."""
    language = language_of(path, b"")
    if language is None or language in DOCUMENT_LANGUAGES:
        return None
    before = _definitions(data, language)
    blank = _blanked(data, compiled(language).captured_in(compiled(language).parser.parse(data).root_node).captures)
    text = blank if language != "python" else _without_docstrings(blank)
    if text is None:
        return None
    after = _definitions(text, language)
    if any(documentation for _, documentation in after.values()):
        return None
    documented = []
    for descriptor, (definition, documentation) in before.items():
        sentence = split(documentation)[0]
        if sentence and descriptor in after and _is_answer(definition):
            documented.append(Documented(definition.name, sentence, *_lines(after[descriptor][0])))
    return Stripped(text, tuple(documented))


def _definitions(data: bytes, language: str) -> dict[str, tuple[Definition, str]]:
    facts = extract(data, language, Limits())
    return {
        each.descriptor: (each, decode_own_input(facts.inputs[each.own]).docstring)
        for each in facts.outline.definitions
    }


def _is_answer(definition: Definition) -> bool:
    return definition.kind in KINDS and definition.length >= MIN_TOKENS


def _lines(definition: Definition) -> tuple[int, int]:
    extent = definition.range
    first = extent.start_line + 1
    return first, max(first, extent.end_line + (1 if extent.end_column else 0))


def _blanked(data: bytes, captures: dict[str, list[Any]]) -> bytes:
    """Write blanks over comments; line breaks stay."""
    text = bytearray(data)
    for node in captures.get("comment", ()):
        for at in range(node.start_byte, node.end_byte):
            if text[at] not in b"\r\n":
                text[at] = 0x20
    return bytes(text)


def _without_docstrings(data: bytes) -> bytes | None:
    """Take docstrings out of a Python file; None if it does not parse."""
    try:
        text = data.decode()
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None  # a template, or a test of the parser
    lines = text.split("\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node) is None or lines[node.body[0].lineno - 1][: node.body[0].col_offset].strip():
            continue
        first = node.body[0]
        for number in range(first.lineno - 1, first.end_lineno or first.lineno):
            lines[number] = ""
        if len(node.body) == 1:
            lines[first.lineno - 1] = " " * first.col_offset + "pass"
    return "\n".join(lines).encode()


def written(package: Path, place: Path, language: str) -> Iterator[tuple[str, Documented]]:
    """Write a package at a place without documentation; yield what was documented in files of one language."""
    for file in sorted(package.rglob("*")):
        path = file.relative_to(package).as_posix()
        if not family(path) or not file.is_file() or file.is_symlink() or file.stat().st_size > MAX_FILE_BYTES:
            continue
        stripped = strip(path, file.read_bytes())
        if stripped is None:
            continue
        copy = place / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(stripped.text)
        if family(path) == language:
            yield from ((path, each) for each in stripped.documented)


def make(package: Path, name: str, language: str, into: Path) -> list[dict[str, Any]]:
    """Write one package without documentation and return its queries, which are about files of one language."""
    found: dict[str, list[tuple[str, Documented]]] = {}
    for path, each in written(package, into / "corpus" / name, language):
        found.setdefault(key_of(each.sentence), []).append((path, each))
    drawn = sorted(key for key, some in found.items() if len(some) == 1)
    random.Random(SEED).shuffle(drawn)
    return [_query(name, language, *found[key][0]) for key in drawn[:QUERIES]]


def _query(name: str, language: str, path: str, asked: Documented) -> dict[str, Any]:
    return {
        "repo": name,
        "language": language,
        "category": "docstring",
        "query": asked.sentence,
        "exact": True,
        "relevant": [{"path": path, "start_line": asked.first, "end_line": asked.last}],
    }


def held_out(sources: Path, part: str, packages: int, into: Path) -> Iterator[list[dict[str, Any]]]:
    """Make packages of a part, so many of each language."""
    for language in LANGUAGES:
        drawn = sorted(package for package in sources.joinpath(language).iterdir() if part_of(package.name) == part)
        random.Random(SEED).shuffle(drawn)
        made = (make(root_of(package), package.name, language, into) for package in drawn if not _too_large(package))
        yield from islice((queries for queries in made if len(queries) >= LEAST_QUERIES), packages)


def _too_large(package: Path) -> bool:
    return sum(bool(family(file.name)) for file in package.rglob("*")) > MAX_FILES


def in_other_words(queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the queries that can be put in other words, so put."""
    thesaurus = Thesaurus()
    reworded = [query | {"query": thesaurus.reworded(query["query"])} for query in queries]
    return [query for query in reworded if query["query"]]


def write(made: Sequence[Sequence[dict[str, Any]]], into: Path) -> None:
    """Write the queries and the list of repositories."""
    queries = [query for some in made for query in some]
    repositories = {query["repo"]: {"name": query["repo"], "language": query["language"]} for query in queries}
    (into / "queries.jsonl").write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in queries))
    (into / "repos.json").write_bytes(msgspec.json.encode(list(repositories.values())))
    print(f"{len(queries)} queries of {len(repositories)} packages")


def main() -> int:
    """Make the task."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.docstrings", description="make the docstring task")
    parser.add_argument("--into", type=Path, required=True, help="an empty directory")
    parser.add_argument("--sources", type=Path, help="packages as training.collect lays them out")
    parser.add_argument("--part", default="test", choices=("test", "validation"), help="which held-out packages")
    parser.add_argument("--packages", type=int, default=PACKAGES, help="at most so many of a language")
    parser.add_argument("--language", default="python", choices=LANGUAGES, help="of the packages that are named")
    parser.add_argument("--reworded", action="store_true", help="ask in other words")
    parser.add_argument("directories", type=Path, nargs="*", help="packages with distinct names")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    made = [make(package, package.name, arguments.language, arguments.into) for package in arguments.directories]
    if arguments.sources:
        made += held_out(arguments.sources, arguments.part, arguments.packages, arguments.into)
    write(list(map(in_other_words, made)) if arguments.reworded else made, arguments.into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
