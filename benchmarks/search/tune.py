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
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt

from benchmarks.search.asking import Asked, opened, span_lines
from benchmarks.search.scoring import PLACES, Span, hits
from benchmarks.search.tasks import Task, at_hand, read_repositories, read_tasks
from codegraph.search.rank import MOST_REPEATED, SIGNALS, RankWeights, signal_values
from codegraph.search.search import Query
from codegraph.search.shape import QueryShape

Weights = dict[str, float]
STEPS = (-0.6, -0.3, -0.15, -0.05, 0.05, 0.15, 0.3, 0.6)
ROUNDS = 4
LEAST_GAIN = 2e-4
"""A step that gains less is not taken."""
GROUPS = 5
SEED = 3

SHIPPED = RankWeights()

_DISCOUNTS = 1 / np.log2(np.arange(2, PLACES + 2))


@dataclass(frozen=True, eq=False)
class Sample:
    """One query with its candidates."""

    repository: str
    shape: QueryShape
    held: npt.NDArray[np.float64]
    """(candidates, signals but `repeated`)."""
    files: npt.NDArray[np.int64]
    """Per candidate, the number of its file."""
    hits: npt.NDArray[np.bool_]
    """(candidates, targets)."""

    def ndcg(self, weights: Mapping[str, float]) -> float:
        """Score the ten best under these weights."""
        vector = np.array([weights[name] * SHIPPED.factor(name, self.shape) for name in SIGNALS])
        scores = self.held @ vector[:-1]
        scores = scores + vector[-1] * self._before(scores)
        found = self.hits[np.argsort(-scores, kind="stable")[:PLACES]]
        first = np.flatnonzero(found.any(0))
        places = np.unique(found.argmax(0)[first])
        return float(_DISCOUNTS[places].sum() / _DISCOUNTS[: self.hits.shape[1]].sum())

    def _before(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Count, for each candidate, the better ones of its file."""
        order = np.lexsort((-scores, self.files))
        own = self.files[order]
        start = np.flatnonzero(np.r_[True, own[1:] != own[:-1]])
        counts = np.empty(len(order), np.int64)
        counts[order] = np.arange(len(order)) - np.repeat(start, np.diff(np.r_[start, len(order)]))
        return np.minimum(counts, MOST_REPEATED)


def sample_of(index: Asked, task: Task) -> Sample | None:
    """Gather a query's candidates; None if there are none."""
    view = index.project.pipeline.view
    vectors = index.project.embed_query(task.text).result()
    shape, found, _ = index.project.parts.searcher.gather(Query(task.text, vectors), view.search)
    rows = found.candidates(view.search.catalogue, view.snapshot.lines)
    if not rows.symbols:
        return None
    held = signal_values(shape, found.matches.idf, rows, SIGNALS[:-1])
    spans = [
        Span(path, *span_lines(view.snapshot, symbol)) for symbol, path in zip(rows.symbols, rows.paths, strict=True)
    ]
    return Sample(
        repository=task.repository,
        shape=shape,
        held=np.stack([held[name] for name in SIGNALS[:-1]], axis=1),
        files=np.unique(rows.paths, return_inverse=True)[1],
        hits=np.array([[hits(span, target) for target in task.targets] for span in spans]),
    )


Samples = Mapping[str, Sequence[Sample | None]]
"""By repository."""


def value(samples: Samples, weights: Weights) -> float:
    """Return NDCG@10, the mean over repositories of the mean over queries."""
    return fmean(fmean(0.0 if one is None else one.ndcg(weights) for one in some) for some in samples.values())


def fitted(samples: Samples, start: Weights, names: Sequence[str]) -> tuple[float, Weights]:
    """Move the weights of these signals as long as that gains something."""
    weights, best = dict(start), value(samples, start)
    for _ in range(ROUNDS):
        before = best
        for name in names:
            tried = {step: value(samples, weights | {name: weights[name] + step}) for step in STEPS}
            step = max(tried, key=lambda one: (tried[one], -abs(one)))
            if tried[step] > best + LEAST_GAIN:
                best, weights[name] = tried[step], round(weights[name] + step, 4)
        if best < before + LEAST_GAIN:
            break
    return best, weights


def left_out(samples: Samples, start: Weights, names: Sequence[str]) -> dict[str, float]:
    """Fit without each group of repositories, and return the score of each repository when it was left out."""
    order = sorted(samples)
    random.Random(SEED).shuffle(order)
    scores = {}
    for group in (order[place::GROUPS] for place in range(GROUPS)):
        _, weights = fitted({name: samples[name] for name in samples if name not in group}, start, names)
        scores.update({name: value({name: samples[name]}, weights) for name in group})
    return scores


def main() -> int:
    """Fit, score on repositories that were left out, print both."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.tune", description=(__doc__ or "").partition(":")[0])
    for name in ("corpus", "queries", "repos", "state"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="as for benchmarks.search")
    parser.add_argument("--model", default="", help="the embedding model; default: the configuration's")
    parser.add_argument(
        "--without", action="append", default=[], choices=SIGNALS[1:], help="also fit without this signal; repeatable"
    )
    arguments = parser.parse_args()
    tasks = read_tasks(arguments.queries)
    samples: dict[str, list[Sample | None]] = {}
    for repository in at_hand(read_repositories(arguments.repos), arguments.corpus)[0]:
        with opened(repository.root(arguments.corpus), repository.name, arguments.state, arguments.model) as index:
            samples[repository.name] = [sample_of(index, task) for task in tasks.get(repository.name, [])]
    start: Weights = {name: getattr(SHIPPED, name) for name in SIGNALS}
    movable = [name for name in SIGNALS if name != "lexical"]
    print(f"{'as shipped':24}{value(samples, start):8.4f}   {start}")
    best, weights = fitted(samples, start, movable)
    print(f"{'fitted on all':24}{best:8.4f}   {weights}")
    zero: Weights = {name: float(name == "lexical") for name in SIGNALS}
    whole = left_out(samples, zero, movable)
    print(f"{'on left-out ones':24}{fmean(whole.values()):8.4f}   fitted from nothing, {GROUPS} groups", flush=True)
    for name in arguments.without:
        less = left_out(samples, zero, [other for other in movable if other != name])
        change = [whole[each] - less[each] for each in whole]
        error = float(np.std(change) / np.sqrt(len(change)))
        print(
            f"{'  without ' + name:24}{fmean(less.values()):8.4f}   worth {fmean(change):+.4f} +- {error:.4f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
