"""How well a ranked list finds a query's targets: NDCG, reciprocal rank and recall of its first ten places.

A result *hits* a target when their paths are equal, or one ends with the other at a slash, and, if both have a span
of lines, the closed spans overlap; for an *exact* query they must be equal. The rank of a target is that of the first
result that hits it. Gains are binary and a place gains once, however many targets it hits (Jarvelin and Kekalainen,
2002, with one grade):

    NDCG@10 = sum over places with a target of 1 / log2(1 + place)  /  the same sum over the first min(10, targets)

The figure of a repository is the mean over its queries, that of a language or of all the mean over its repositories,
that of a category the mean over repositories of their mean in it. Pure. Tests:
tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

import msgspec

PLACES = 10


class Span(NamedTuple):
    """A file, or some lines of it, counted from 1, both ends included."""

    path: str
    start: int | None = None
    end: int | None = None


class Score(msgspec.Struct, frozen=True):
    """What one list is worth, or the mean of several."""

    ndcg: float
    mrr: float
    recall: float


class Scored(msgspec.Struct, frozen=True):
    """A query's score with what it is grouped by."""

    repository: str
    language: str
    category: str
    score: Score


def hits(result: Span, target: Span, exact: bool = False) -> bool:
    """Say whether a result shows a target."""
    one, other = result.path, target.path
    if one != other and not one.endswith("/" + other) and not other.endswith("/" + one):
        return False
    if target.start is None or target.end is None or result.start is None or result.end is None:
        return True
    if exact:
        return (result.start, result.end) == (target.start, target.end)
    return result.start <= target.end and target.start <= result.end


def score(results: Sequence[Span], targets: Sequence[Span], exact: bool = False) -> Score:
    """Score the first ten places of a ranked list."""
    first = [
        next((at for at, one in enumerate(results[:PLACES], 1) if hits(one, wanted, exact)), 0) for wanted in targets
    ]
    found = [place for place in first if place]
    best = _gain(range(1, min(PLACES, len(targets)) + 1))
    return Score(
        ndcg=_gain(sorted(set(found))) / best if best else 0.0,
        mrr=1 / min(found) if found else 0.0,
        recall=len(found) / len(targets) if targets else 0.0,
    )


def one_per_file(results: Iterable[Span]) -> list[Span]:
    """Keep the first result of each file."""
    best: dict[str, Span] = {}
    for result in results:
        best.setdefault(result.path, result)
    return list(best.values())


def mean(scores: Iterable[Score]) -> Score:
    """Average scores; raises StatisticsError if there are none."""
    rows = list(scores)
    return Score(*(fmean(getattr(row, name) for row in rows) for name in Score.__struct_fields__))


def of_repositories(scored: Iterable[Scored]) -> dict[str, Score]:
    """Average each repository's queries."""
    return {name: mean(one.score for one in rows) for name, rows in grouped(scored, lambda one: one.repository).items()}


def overall(scored: Iterable[Scored]) -> Score:
    """Average the repositories' averages; raises StatisticsError if there are none."""
    return mean(of_repositories(scored).values())


def grouped(scored: Iterable[Scored], by: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    """Sort queries into groups, by name of the group."""
    groups: dict[str, list[Scored]] = {}
    for one in scored:
        groups.setdefault(by(one), []).append(one)
    return dict(sorted(groups.items()))


def _gain(places: Iterable[int]) -> float:
    return sum(1 / math.log2(1 + place) for place in places)
