"""The tables that a run prints, and the figures that it keeps.

Tests: tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

import msgspec

from benchmarks.figures import Figure, sampled
from benchmarks.search.asking import Answers, Made
from benchmarks.search.scoring import Score, Scored, grouped, mean, of_repositories, overall, score
from benchmarks.search.tasks import Published, Task

COLUMNS = ("semble", "cre-hybrid", "semble-bm25", "bm25-raw")
"""Published methods that are shown beside ours."""


class Run(msgspec.Struct, frozen=True):
    """All answers of one manner of searching."""

    tasks: tuple[Task, ...]
    answers: tuple[Answers, ...]
    made: dict[str, Made]

    @property
    def raw(self) -> list[Scored]:
        """Score the first ten symbols of each answer."""
        rows = zip(self.tasks, self.answers, strict=True)
        return [_scored(task, score(each.raw, task.targets, task.exact)) for task, each in rows]

    @property
    def files(self) -> list[Scored]:
        """Score the first ten distinct files of each answer."""
        rows = zip(self.tasks, self.answers, strict=True)
        return [_scored(task, score(each.files, task.targets, task.exact)) for task, each in rows]


def _scored(task: Task, value: Score) -> Scored:
    return Scored(task.repository, task.language, task.category, value)


def table(run: Run, published: Published, left_out: Sequence[str]) -> str:
    """Lay out NDCG@10 per language, per category and over all, with the published columns of the same repositories."""
    columns = [method for method in COLUMNS if method in published]
    raw, files = run.raw, run.files
    lines = [
        f"{'':22}{'queries':>8}{'NDCG@10':>9}{'MRR':>8}{'rec@10':>8}{'per file':>10}"
        + "".join(f"{c:>13}" for c in columns)
    ]
    by_file = grouped(files, lambda one: one.language)
    for language, rows in grouped(raw, lambda one: one.language).items():
        lines.append(_line(language, rows, by_file[language], published, columns))
    by_file = grouped(files, lambda one: one.category)
    for category, rows in grouped(raw, lambda one: one.category).items():
        lines.append(_line(f"category {category}", rows, by_file[category], {}, ()))
    lines.append(_line("mean of repositories", raw, files, published, columns))
    if left_out:
        lines.append(f"left out, not at hand: {', '.join(left_out)}")
    return "\n".join(lines)


def by_repository(run: Run, published: Published) -> str:
    """Lay out NDCG@10 of each repository."""
    columns = [method for method in COLUMNS if method in published]
    files = grouped(run.files, lambda one: one.repository)
    rows = grouped(run.raw, lambda one: one.repository).items()
    return "\n".join(_line(name, some, files[name], published, columns) for name, some in rows)


def _line(
    label: str, raw: Sequence[Scored], files: Sequence[Scored], published: Published, columns: Sequence[str]
) -> str:
    repositories = of_repositories(raw)
    own = mean(repositories.values())
    cells = [fmean(published[method][name] for name in repositories) for method in columns]
    return f"{label:22}{len(raw):8}{own.ndcg:9.3f}{own.mrr:8.3f}{own.recall:8.3f}{overall(files).ndcg:10.3f}" + "".join(
        f"{cell:13.3f}" for cell in cells
    )


def figures(run: Run, label: str = "") -> list[Figure]:
    """Return what is kept of a run; `label` names an ablation."""
    prefix = f"search.{label}." if label else "search."
    raw, files = run.raw, run.files
    found = [
        Figure(name=f"{prefix}ndcg10", value=overall(raw).ndcg, unit="", target=None if label else 0.87, at_least=True),
        Figure(name=f"{prefix}ndcg10_per_file", value=overall(files).ndcg, unit=""),
        Figure(name=f"{prefix}mrr", value=overall(raw).mrr, unit=""),
        Figure(name=f"{prefix}recall10", value=overall(raw).recall, unit=""),
    ]
    found += [
        Figure(name=f"{prefix}language.{group}.mrr", value=overall(rows).mrr, unit="")
        for group, rows in grouped(raw, lambda one: one.language).items()
    ]
    latencies = sampled(f"{prefix}query_cpu", [each.cpu_seconds * 1000 for each in run.answers], "ms")
    if label:
        return [*found, *latencies, *sampled(f"{prefix}query", [each.seconds * 1000 for each in run.answers], "ms")]
    for name, by in (("language", lambda one: one.language), ("category", lambda one: one.category)):
        found += [
            Figure(name=f"search.{name}.{group}.ndcg10", value=overall(rows).ndcg, unit="")
            for group, rows in grouped(raw, by).items()
        ]
    seconds = sum(made.seconds for made in run.made.values())
    symbols = sum(made.symbols for made in run.made.values())
    found.append(
        Figure(name="search.index", value=seconds, unit="s", note=f"{symbols} symbols, first index, one by one")
    )
    found += sampled("search.query", [each.seconds * 1000 for each in run.answers], "ms", {"p50": 5.0})
    return [*found, *latencies]


def details(run: Run) -> dict[str, Any]:
    """Return each repository's score and size."""
    raw, files = of_repositories(run.raw), of_repositories(run.files)
    return {
        name: {
            "ndcg10": score.ndcg,
            "ndcg10_per_file": files[name].ndcg,
            "first_index": msgspec.to_builtins(run.made[name]),
        }
        for name, score in raw.items()
    }


def ablation_table(runs: Mapping[str, Run], whole: Run) -> str:
    """Lay out what each part is worth: the score without it, and the difference."""
    base, base_files = overall(whole.raw).ndcg, overall(whole.files).ndcg
    lines = [
        f"{'':30}{'NDCG@10':>9}{'change':>9}{'per file':>10}{'change':>9}",
        f"{'all':30}{base:9.4f}{'':9}{base_files:10.4f}",
    ]
    for label, run in runs.items():
        value, by_file = overall(run.raw).ndcg, overall(run.files).ndcg
        lines.append(f"{label:30}{value:9.4f}{value - base:+9.4f}{by_file:10.4f}{by_file - base_files:+9.4f}")
    return "\n".join(lines)


def language_table(runs: Mapping[str, Run]) -> str:
    """Lay out MRR@10 by language, a line for each manner of searching, with the mean of the languages."""
    lines: list[str] = []
    for label, run in runs.items():
        scores = {language: overall(rows).mrr for language, rows in grouped(run.raw, lambda one: one.language).items()}
        if not lines:
            lines.append(f"{'MRR@10':30}" + "".join(f"{language:>11}" for language in (*scores, "mean")))
        lines.append(f"{label:30}" + "".join(f"{value:11.3f}" for value in (*scores.values(), fmean(scores.values()))))
    return "\n".join(lines)


def result_lines(run: Run) -> Iterable[bytes]:
    """Yield each answer as a line of JSON, in the form that the benchmark's other scorers read."""
    for task, answers in zip(run.tasks, run.answers, strict=True):
        results = [{"file": one.path, "start_line": one.start, "end_line": one.end} for one in answers.raw]
        yield msgspec.json.encode({"repo": task.repository, "query": task.text, "results": results}) + b"\n"
