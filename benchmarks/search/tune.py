"""Fit the weights of the ranking, and say what they are worth elsewhere: `python -m benchmarks.search.tune --help`.

Every repository is indexed and asked once; what the signals hold of each candidate does not depend on the weights, so
one setting costs some hundredths of a second. Weights are moved one after another by steps, the best step is kept,
until a round gains nothing. What is maximised is NDCG@10 of the first ten symbols, as the mean over repositories. The
lexical weight stays 1: only ratios matter.

Fitted weights flatter themselves. So repositories are dealt into groups, weights are fitted without one group and
scored on it, and the mean of that is printed beside the fitted score; and again without each signal: one without
which the score on left-out repositories is not lower should be deleted. Tests:
tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt

from benchmarks.search.asking import Asked, Built, opened, span_lines
from benchmarks.search.scoring import PLACES, Span, hits
from benchmarks.search.tasks import Task, at_hand, read_repositories, read_tasks
from codegraph.search.rank import MOST_REPEATED, RankWeights
from codegraph.search.search import Query
from codegraph.search.shape import QueryKind
from codegraph.search.signals import SIGNALS, signal_values

Weights = dict[str, float]
STEPS = (-0.6, -0.3, -0.15, -0.05, 0.05, 0.15, 0.3, 0.6)
ROUNDS = 4
LEAST_GAIN = 2e-4
"""A step that gains less is not taken."""
GROUPS = 5
SEED = 3

SHIPPED = RankWeights()
WEIGHTS = tuple(field.name for field in dataclasses.fields(RankWeights))

_DISCOUNTS = 1 / np.log2(np.arange(2, PLACES + 2))
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """One query with its candidates."""

    repository: str
    kind: QueryKind
    held: Vector
    """(candidates, signals but `repeated`)."""
    files: npt.NDArray[np.int64]
    """Per candidate, the number of its file, from 0 without gaps."""
    hits: npt.NDArray[np.bool_]
    """(candidates, targets)."""

    def ndcg(self, weights: Mapping[str, float]) -> float:
        """Score the ten best under these weights."""
        return self.scored(_vectors(weights)[self.kind])

    def scored(self, weighed: tuple[Vector, Vector | None, float]) -> float:
        """Score the ten best, given a `Weighing` as vectors."""
        own, leading, spread = weighed
        scores = self.held @ own
        if leading is not None:
            best = np.full(int(self.files.max()) + 1, -np.inf)
            np.maximum.at(best, self.files, self.held @ leading)
            scores = scores + best[self.files]
        scores = scores + spread * self._before(scores)
        found = self.hits[np.argsort(-scores, kind="stable")[:PLACES]]
        first = np.flatnonzero(found.any(0))
        places = np.unique(found.argmax(0)[first])
        return float(_DISCOUNTS[places].sum() / _DISCOUNTS[: self.hits.shape[1]].sum())

    def _before(self, scores: Vector) -> npt.NDArray[np.int64]:
        """Count, for each candidate, the better ones of its file."""
        order = np.lexsort((-scores, self.files))
        own = self.files[order]
        start = np.flatnonzero(np.r_[True, own[1:] != own[:-1]])
        counts = np.empty(len(order), np.int64)
        counts[order] = np.arange(len(order)) - np.repeat(start, np.diff(np.r_[start, len(order)]))
        return np.minimum(counts, MOST_REPEATED)


def _vectors(weights: Mapping[str, float]) -> dict[QueryKind, tuple[Vector, Vector | None, float]]:
    """Return the weighing of each kind of query, as vectors in the order of SIGNALS."""
    ranking = RankWeights(**weights)
    found = {}
    for kind in QueryKind:
        own, leading, spread = ranking.of(kind)
        found[kind] = _vector(own), _vector(leading) if leading else None, spread
    return found


def _vector(weights: Mapping[str, float]) -> Vector:
    return np.array([weights.get(name, 0.0) for name in SIGNALS[:-1]])


def sample_of(index: Asked, task: Task) -> Sample | None:
    """Gather a query's candidates; None if there are none."""
    view = index.project.pipeline.view
    vectors = index.project.embed_query(task.text).result()
    shape, found, _ = index.project.parts.searcher.gather(Query(task.text, vectors), view.search)
    snapshot = view.snapshot
    rows = found.candidates(view.search.catalogue, snapshot)
    if not rows.symbols:
        return None
    held = signal_values(shape, found.matches.idf, rows, SIGNALS[:-1])
    spans = [Span(path, *span_lines(snapshot, symbol)) for symbol, path in zip(rows.symbols, rows.paths, strict=True)]
    return Sample(
        repository=task.repository,
        kind=shape.kind_among(rows.names),
        held=np.stack([held[name] for name in SIGNALS[:-1]], axis=1),
        files=np.unique(rows.paths, return_inverse=True)[1],
        hits=np.array([[hits(span, target, task.exact) for target in task.targets] for span in spans]),
    )


Samples = Mapping[str, Sequence[Sample | None]]
"""By repository."""


class Scores:
    """NDCG@10 of each repository under any weights; what was computed once is remembered."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._known: dict[tuple[float, ...], dict[str, float]] = {}

    def of(self, weights: Weights) -> dict[str, float]:
        """Return the mean of each repository's queries."""
        key = tuple(weights[name] for name in WEIGHTS)
        if key not in self._known:
            vectors = _vectors(weights)
            self._known[key] = {
                name: fmean(0.0 if one is None else one.scored(vectors[one.kind]) for one in some)
                for name, some in self._samples.items()
            }
        return self._known[key]

    def value(self, weights: Weights, without: Collection[str] = ()) -> float:
        """Return the mean over repositories, but for some of them."""
        return fmean(score for name, score in self.of(weights).items() if name not in without)


def fitted(
    scores: Scores, start: Weights, names: Sequence[str], without: Collection[str] = ()
) -> tuple[float, Weights]:
    """Move these weights as long as that gains something on the repositories, but for some of them."""
    weights, best = dict(start), scores.value(start, without)
    for _ in range(ROUNDS):
        before = best
        for name in names:
            tried = {step: scores.value(weights | {name: round(weights[name] + step, 4)}, without) for step in STEPS}
            step = max(tried, key=lambda one: (tried[one], -abs(one)))
            if tried[step] > best + LEAST_GAIN:
                best, weights[name] = tried[step], round(weights[name] + step, 4)
        if best < before + LEAST_GAIN:
            break
    return best, weights


def left_out(
    scores: Scores, repositories: Sequence[str], start: Weights, names: Sequence[str], groups: int
) -> dict[str, float]:
    """Fit without each group of repositories, and return the score of each repository when it was left out."""
    order = sorted(repositories)
    random.Random(SEED).shuffle(order)
    found = {}
    for group in (order[place::groups] for place in range(groups)):
        _, weights = fitted(scores, start, names, group)
        found.update({name: scores.of(weights)[name] for name in group})
    return found


def main() -> int:
    """Fit, score on repositories that were left out, print both."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.tune", description=(__doc__ or "").partition(":")[0])
    for name in ("corpus", "queries", "repos", "state"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="as for benchmarks.search")
    parser.add_argument("--model", default="", help="the embedding model; default: the configuration's")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=(*SIGNALS[1:], "within"),
        help="also fit without this signal; repeatable",
    )
    parser.add_argument("--groups", type=int, default=GROUPS, help="of repositories left out; 0: each by itself")
    parser.add_argument("--from-shipped", action="store_true", help="fit from the shipped weights, not from nothing")
    arguments = parser.parse_args()
    tasks = read_tasks(arguments.queries)
    samples: dict[str, list[Sample | None]] = {}
    for repository in at_hand(read_repositories(arguments.repos), arguments.corpus)[0]:
        with opened(
            repository.root(arguments.corpus), repository.name, arguments.state, Built(arguments.model)
        ) as index:
            samples[repository.name] = [sample_of(index, task) for task in tasks.get(repository.name, [])]
    start: Weights = {name: getattr(SHIPPED, name) for name in WEIGHTS}
    movable = [name for name in SIGNALS if name != "lexical"]
    scores, groups = Scores(samples), arguments.groups or len(samples)
    print(f"{'as shipped':24}{scores.value(start):8.4f}   {start}")
    best, weights = fitted(scores, start, movable)
    print(f"{'fitted on all':24}{best:8.4f}   {weights}")
    zero: Weights = start | {name: float(name == "lexical") for name in SIGNALS}
    begin = start if arguments.from_shipped else zero
    whole = left_out(scores, list(samples), begin, movable, groups)
    print(f"{'on left-out ones':24}{fmean(whole.values()):8.4f}   {groups} groups", flush=True)
    for name in arguments.without:
        others = [other for other in movable if other != name]
        less = left_out(scores, list(samples), begin | {name: 0.0}, others, groups)
        change = [whole[each] - less[each] for each in whole]
        error = float(np.std(change) / np.sqrt(len(change)))
        print(
            f"{'  without ' + name:24}{fmean(less.values()):8.4f}   worth {fmean(change):+.4f} +- {error:.4f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
