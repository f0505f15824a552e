"""Scores models on held-out packages, beside BM25 and all-MiniLM-L6-v2.

    python -m training.evaluate PAIRS --models bm25 lexical minilm DIRECTORY... [--part test] [--packages N] [--mix]

Mean over the queries of a language of MRR@10 and Recall@10, then over languages. `--mix` adds every model's fusion
with BM25: the sum of both scores, each scaled to a query's best, BM25's counting a third. What a model gives for a
part is remembered in `--cache`. Tests: tests/unit/training/test_training_tasks.py.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.docstring_task import PLACES, Floats, Task, embed, mrr, ranks
from codegraph.core.symbols import symbol_id
from codegraph.embed import registry
from codegraph.embed.encoder import Encoder
from codegraph.search.analysis import query_terms
from codegraph.search.documents import LexicalDocument
from codegraph.search.lexical import LexicalIndex
from training.rewording import Thesaurus
from training.tasks import MAX_SYMBOLS, HeldOutTask, Kind, held_out

BM25 = "bm25"
MIX = 1 / 3

Scorer = Callable[[Task], Floats]
"""Scores of a task: queries x inputs."""


class Score(NamedTuple):
    """One model in one language."""

    mrr: float
    recall: float
    hard: float
    reworded: float
    queries: int


def bm25(task: Task) -> Floats:
    """Score with codegraph's own lexical index; the path, which no input has, is the same everywhere."""
    index = LexicalIndex.open(None, identity="task")
    documents = [
        LexicalDocument(
            symbol=symbol_id("", str(row)),
            kind=source.kind,
            language=source.language,
            name=source.name,
            qualified_name=source.name,
            signature=source.signature,
            docstring=source.docstring,
            body=source.tokens,
        )
        for row, source in enumerate(task.inputs)
    ]
    index.replace("", documents)
    rows = {document.symbol: row for row, document in enumerate(documents)}
    scores = np.zeros((len(task.queries), len(task.inputs)), np.float32)
    for at, query in enumerate(task.queries):
        for symbol, score in index.search(query_terms(query), len(documents)):
            scores[at, rows[symbol]] = score
    return scores


def by_vectors(encoder: Encoder) -> Scorer:
    """Score by the cosine of a model's vectors."""

    def scores(task: Task) -> Floats:
        queries = np.stack([encoder.encode_query(query) for query in task.queries])
        return queries @ embed(encoder, task.inputs).T

    return scores


def mixed(one: Floats, other: Floats) -> Floats:
    """Return the weighted sum of two rankings' scores, each relative to the query's best."""
    found: Floats = _relative(one) + np.float32(MIX) * _relative(other)
    return found


def _relative(scores: Floats) -> Floats:
    best = np.maximum(scores.max(axis=1, keepdims=True), np.float32(1e-6))
    found: Floats = scores / best
    return found


def summary(tasks: Sequence[HeldOutTask], scores: Sequence[Floats]) -> dict[str, Score]:
    """Return the scores by language, and their mean as `mean`."""
    places: dict[str, list[tuple[int, Kind]]] = {}
    for task, table in zip(tasks, scores, strict=True):
        found = [ranks(row, answer) for row, answer in zip(table, task.task.answers, strict=True)]
        places.setdefault(task.language, []).extend(zip(found, task.kinds, strict=True))
    result = {language: _score(some) for language, some in places.items()}
    *columns, queries = zip(*result.values(), strict=True)
    means = [float(np.mean(column)) for column in columns]
    result["mean"] = Score(means[0], means[1], means[2], means[3], sum(queries))
    return result


def _score(places: Sequence[tuple[int, Kind]]) -> Score:
    asked = [place for place, kind in places if kind != "reworded"]
    hard, reworded = ([place for place, kind in places if kind == wanted] for wanted in ("hard", "reworded"))
    recall = float(np.mean([place <= PLACES for place in asked]))
    return Score(mrr(asked), recall, mrr(hard) if hard else 0.0, mrr(reworded) if reworded else 0.0, len(asked))


def scorer_of(model: str) -> Scorer:
    """Return how a model scores: BM25, a registered model, or the directory of one of ours."""
    if model == BM25:
        return bm25
    if Path(model).is_dir():
        from codegraph.embed.spec import ModelSpec
        from codegraph.embed.trained import TrainedEncoder

        return by_vectors(TrainedEncoder.load(ModelSpec(name=model, engine="trained"), Path(model), b""))
    return by_vectors(registry.load(registry.describe(model)))


def _fingerprint(model: str) -> str:
    return model if model == BM25 else f"{model}-{registry.identity(registry.describe(model)).hex()}"


def cached(model: str, tasks: Sequence[HeldOutTask], cache: Path | None) -> list[Floats]:
    """Return a model's scores of all tasks, from the cache where they are there."""
    file = None if cache is None or Path(model).is_dir() else cache / f"{_fingerprint(model)}.npz"
    if file is not None and file.exists():
        known = np.load(file)
        tables = [known.get(f"{task.language}/{task.package}", np.empty(0)) for task in tasks]
        shapes = [(len(task.task.queries), len(task.task.inputs)) for task in tasks]
        if [table.shape for table in tables] == shapes:
            return tables
    began = time.process_time()
    scorer = scorer_of(model)
    scores = [scorer(task.task) for task in tasks]
    print(f"{model}: {time.process_time() - began:.1f} CPU seconds", flush=True)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        names = [f"{task.language}/{task.package}" for task in tasks]
        np.savez(file, allow_pickle=False, **dict(zip(names, scores, strict=True)))
    return scores


def main() -> None:
    """Print a table: a line a model, columns by language."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("pairs", type=Path)
    arguments.add_argument("--models", nargs="+", required=True)
    arguments.add_argument("--part", default="test", choices=("test", "validation"))
    arguments.add_argument("--packages", type=int, default=100, help="at most so many a language")
    arguments.add_argument("--symbols", type=int, default=MAX_SYMBOLS, help="at most so many a package")
    arguments.add_argument("--mix", action="store_true")
    arguments.add_argument("--cache", type=Path)
    given = arguments.parse_args()
    tasks = held_out(given.pairs, given.part, given.packages, given.symbols, Thesaurus())
    report(tasks, given.models, mix=given.mix, cache=given.cache)


def report(tasks: Sequence[HeldOutTask], models: Sequence[str], *, mix: bool, cache: Path | None = None) -> None:
    """Print every model's scores by language."""
    rows = {model: cached(model, tasks, cache) for model in models}
    if mix and BM25 in rows:
        for model in [model for model in rows if model != BM25]:
            rows[f"{model} + bm25"] = [mixed(a, b) for a, b in zip(rows[model], rows[BM25], strict=True)]
    print(f"{len(tasks)} packages, {sum(len(task.task.inputs) for task in tasks)} functions")
    for model, scores in rows.items():
        print(model)
        for language, score in summary(tasks, scores).items():
            print(
                f"  {language:11} {score.mrr:.3f} recall {score.recall:.3f} hard {score.hard:.3f} "
                f"reworded {score.reworded:.3f} of {score.queries}"
            )


if __name__ == "__main__":
    main()
