"""A third task in the form of the first: find the twin, the same operation in a library of other authors.

    python -m benchmarks.search.twins --into DIRECTORY --sources SOURCES --pairs PAIRS

SOURCES and PAIRS are those of `training`. Two definitions of two packages of one language are *twins* if

    their names have the same terms (case, underscores and endings aside), and within each package only one has them;
    of the terms of their documentations' first sentences the two share at least LEAST_SHARED (Jaccard);
    both have at least MIN_TOKENS tokens, and share less than MOST_ALIKE of the shorter one's runs of GRAM tokens.

Packages of one family (the first two parts of their names are equal), those with FORK_COPIES equal functions or more,
and standard libraries are not independent of each other. The library that is searched is one that no model was trained
on; it is written down without documentation, as `docstrings` does it. A twin is asked for three times:

    twin              by the other's code, pasted as canonical tokens
    twin, unnamed     the same with `f` for the name
    twin, in words    by the other's first sentence: a question in somebody else's words

Tests: tests/unit/benchmarks/test_bench_twins.py.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.search.docstrings import Documented, write, written
from codegraph.search.analysis import query_terms, whole_name
from training.dataset import key_of, packages, part_of
from training.pairs import STANDARD_LIBRARIES, Example, read_examples, root_of
from training.tasks import LANGUAGES

SEED = 7
LEAST_SHARED = 0.4
MIN_TOKENS = 20
MOST_ALIKE = 0.5
GRAM = 6
FORK_COPIES = 3
TWINS = 60
"""Drawn of each language at most."""
SEARCHED = 4
"""Packages that are searched of each language at most: those with most twins."""


class Function(NamedTuple):
    """One definition of a package."""

    package: str
    example: Example

    @property
    def name(self) -> str:
        """Its name as one term."""
        return whole_name(self.example.source.name)

    @property
    def grams(self) -> set[tuple[str, ...]]:
        """Its runs of GRAM tokens."""
        tokens = self.example.source.tokens
        return {tokens[at : at + GRAM] for at in range(len(tokens) - GRAM + 1)}


class Twins(NamedTuple):
    """The one that asks, and the one that is to be found."""

    asking: Function
    wanted: Function


def shared(one: str, other: str) -> float:
    """Return what two sentences share of their terms."""
    terms, others = set(query_terms(one)), set(query_terms(other))
    return len(terms & others) / max(1, len(terms | others))


def are_twins(one: Function, other: Function) -> bool:
    """Say whether two functions of one name do the same and are not the same text."""
    if shared(one.example.sentence, other.example.sentence) < LEAST_SHARED:
        return False
    grams, others = one.grams, other.grams
    return len(grams & others) < MOST_ALIKE * min(len(grams), len(others))


def independent(one: str, other: str, copies: Mapping[frozenset[str], int]) -> bool:
    """Say whether two packages are of other authors, as far as names and copies tell."""
    family = one.split("-")[:2] == other.split("-")[:2]
    return one != other and not family and copies.get(frozenset({one, other}), 0) < FORK_COPIES


def distinct(package: str, examples: Iterable[Example]) -> list[Function]:
    """Return the definitions with a sentence whose names nobody else in the package has."""
    own = [Function(package, each) for each in examples]
    names = Counter(function.name for function in own)
    return [
        each
        for each in own
        if each.example.sentence and names[each.name] == 1 and len(each.example.source.tokens) >= MIN_TOKENS
    ]


def twins_of(functions: Sequence[Function]) -> list[Twins]:
    """Return all twins of a language whose second one is held out, in a fixed order."""
    by_code, by_name = defaultdict(set), defaultdict(list)
    for each in functions:
        by_code[each.example.source.tokens].add(each.package)
        by_name[each.name].append(each)
    copies = Counter(
        frozenset({one, other}) for same in by_code.values() for one in same for other in same if one < other
    )
    return [
        Twins(one, other)
        for name in sorted(by_name)
        for one in by_name[name]
        for other in by_name[name]
        if part_of(other.package) != "train"
        and independent(one.package, other.package, copies)
        and are_twins(one, other)
    ]


def chosen(twins: Sequence[Twins]) -> dict[str, list[Twins]]:
    """Draw twins, each wanted function once, and return them by searched package."""
    drawn = sorted(twins, key=lambda each: (each.wanted.package, each.wanted.name, each.asking.package))
    random.Random(SEED).shuffle(drawn)
    once = {(each.wanted.package, each.wanted.name): each for each in drawn}
    count = Counter(package for package, _ in once)
    most = [package for package, _ in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:SEARCHED]]
    found: dict[str, list[Twins]] = {package: [] for package in most}
    for each in islice((each for each in once.values() if each.wanted.package in found), TWINS):
        found[each.wanted.package].append(each)
    return found


def make(twins: Sequence[Twins], package: Path, language: str, into: Path) -> list[dict[str, Any]]:
    """Write a searched package down without documentation and return the queries for its twins."""
    places: dict[tuple[str, str], list[tuple[str, Documented]]] = defaultdict(list)
    for path, each in written(package, into / "corpus" / twins[0].wanted.package, language):
        places[whole_name(each.name), key_of(each.sentence)].append((path, each))
    queries: list[dict[str, Any]] = []
    for pair in twins:
        where = places[pair.wanted.name, key_of(pair.wanted.example.sentence)]
        if len(where) == 1:
            queries += _queries(pair, language, *where[0])
    return queries


def _queries(pair: Twins, language: str, path: str, place: Documented) -> Iterator[dict[str, Any]]:
    source = pair.asking.example.source
    unnamed = re.compile(rf"\b{re.escape(source.name)}\b")
    code = " ".join(source.tokens)
    for category, text in (
        ("twin", code),
        ("twin, unnamed", unnamed.sub("f", code)),
        ("twin, in words", pair.asking.example.sentence),
    ):
        yield {
            "repo": pair.wanted.package,
            "language": language,
            "category": category,
            "query": text,
            "similar": category != "twin, in words",
            "exact": True,
            "asking": pair.asking.package,
            "relevant": [{"path": path, "start_line": place.first, "end_line": place.last}],
        }


def main() -> int:
    """Make the task."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.twins", description="make the task of twins")
    parser.add_argument("--into", type=Path, required=True, help="an empty directory")
    parser.add_argument("--sources", type=Path, required=True, help="packages as training.collect lays them out")
    parser.add_argument("--pairs", type=Path, required=True, help="what training.pairs made of them")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    made = []
    for language in LANGUAGES:
        own = [(name, file) for found, name, file in packages(arguments.pairs) if found == language]
        functions = [
            function
            for name, file in own
            if name not in STANDARD_LIBRARIES
            for function in distinct(name, read_examples(file))
        ]
        twins = twins_of(functions)
        packaged = chosen(twins)
        print(f"{language}: {len(functions)} functions of {len(own)} packages, {len(twins)} twins", flush=True)
        for package, some in packaged.items():
            made.append(make(some, root_of(arguments.sources / language / package), language, arguments.into))
    write(made, arguments.into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
