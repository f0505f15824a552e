"""Index the benchmark's repositories, ask its queries, print what that is worth: `python -m benchmarks.search`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.figures import Figure
from benchmarks.machine import Report, commit, gathered, load, now, result_path, this_machine, write_report
from benchmarks.search.asking import BY_DEFAULT, Answers, Built, Made, Manner, opened
from benchmarks.search.report import (
    Run,
    ablation_table,
    by_repository,
    details,
    figures,
    language_table,
    result_lines,
    table,
)
from benchmarks.search.tasks import Repository, Task, at_hand, read_published, read_repositories, read_tasks
from codegraph.search.signals import SIGNALS

RERANKING = (*(name for name in SIGNALS if name not in ("lexical", "vector")), "within")
PROPAGATED = (0.15, 0.3)
"""Shares that are tried of vectors propagated along the graph."""


def parts() -> dict[str, Manner]:
    """Return the manners of searching with one of both rankings, and without the rerank."""
    return {
        "lexical only": Manner(use_vectors=False),
        "vectors only": Manner(use_words=False),
        "no rerank": Manner(without=RERANKING),
        "lexical only, no rerank": Manner(without=RERANKING, use_vectors=False),
        "vectors only, no rerank": Manner(without=RERANKING, use_words=False),
    }


def ablations() -> dict[str, Manner]:
    """Return every manner of searching with one part less, and those with propagated vectors."""
    manners = parts() | {f"without {name}": Manner(without=(name,)) for name in RERANKING}
    return manners | {f"propagated {share}": Manner(propagated=share) for share in PROPAGATED}


def measure(
    repositories: Sequence[Repository],
    tasks: dict[str, list[Task]],
    corpus: Path,
    state: Path,
    manners: dict[str, Manner],
    built: Built = BY_DEFAULT,
) -> dict[str, Run]:
    """Ask every query of every repository in every manner."""
    found: dict[str, list[Answers]] = {label: [] for label in manners}
    asked: list[Task] = []
    made: dict[str, Made] = {}
    for repository in repositories:
        own = tasks.get(repository.name, [])
        with opened(repository.root(corpus), repository.name, state, built) as index:
            made[repository.name] = index.made
            asked += own
            for label, manner in manners.items():
                index.prepare(manner)
                index.ask("warm", manner)
                found[label] += [index.ask(task.text, manner, task.similar) for task in own]
        print(f"{repository.name}: {made[repository.name].symbols} symbols", file=sys.stderr, flush=True)
    return {label: Run(tuple(asked), tuple(answers), made) for label, answers in found.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.search", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="a directory with each repository under its name")
    parser.add_argument("--queries", type=Path, required=True, help="queries.jsonl of the benchmark")
    parser.add_argument("--repos", type=Path, required=True, help="repos.json of the benchmark")
    parser.add_argument("--published", type=Path, help="published.json: the scores of other tools")
    parser.add_argument("--state", type=Path, required=True, help="where indexes are kept from one run to the next")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this repository only")
    parser.add_argument("--model", default="", help="the embedding model; default: the configuration's")
    parser.add_argument("--lexical-only", action="store_true", help="rank by words alone")
    parser.add_argument("--vectors-only", action="store_true", help="rank by vectors alone")
    parser.add_argument(
        "--without", action="append", default=[], choices=sorted((*SIGNALS, "within")), help="switch a signal off"
    )
    parser.add_argument("--no-rerank", action="store_true", help="words and vectors alone, fused")
    parser.add_argument(
        "--propagate", type=float, default=0.0, metavar="SHARE", help="average vectors with neighbours'"
    )
    parser.add_argument("--depth", type=int, help="steps of context in a vector")
    parser.add_argument("--data-flow", action="store_true", help="follow data flow, for models that read it")
    parser.add_argument("--ablations", action="store_true", help="also ask with every part switched off, one at a time")
    parser.add_argument("--parts", action="store_true", help="also ask by words and by vectors alone; MRR by language")
    parser.add_argument("--per-repository", action="store_true", help="print each repository's score")
    parser.add_argument("--results", type=Path, help="write the ranked lists there, as JSON lines")
    parser.add_argument("--json", action="store_true", help="write the figures under benchmarks/results")
    parser.add_argument("--output", type=Path, help="write the figures there instead")
    return parser


def main() -> int:
    """Measure, print, write the result."""
    arguments = _parser().parse_args()
    began = now(), load()
    repositories, left_out = at_hand(read_repositories(arguments.repos), arguments.corpus)
    if arguments.only:
        repositories = [one for one in repositories if one.name in arguments.only]
    whole = Manner(
        tuple(arguments.without) if not arguments.no_rerank else RERANKING,
        not arguments.vectors_only,
        not arguments.lexical_only,
        arguments.propagate,
    )
    built = Built(arguments.model, arguments.depth, arguments.data_flow)
    manners = {"": whole} | (ablations() if arguments.ablations else parts() if arguments.parts else {})
    runs = measure(repositories, read_tasks(arguments.queries), arguments.corpus, arguments.state, manners, built)
    run, others = runs.pop(""), runs
    published = read_published(arguments.published)
    if arguments.per_repository:
        print(by_repository(run, published))
    print(table(run, published, left_out))
    kept = figures(run)
    print("\n".join(f"{one.name:24}{one.value:10.2f} {one.unit}  {one.note}" for one in kept if one.unit))
    if others:
        print(ablation_table(others, run))
        print(language_table({"all": run} | others))
        kept += [figure for label, other in others.items() for figure in figures(other, label.replace(" ", "_"))]
    if arguments.results:
        arguments.results.write_bytes(b"".join(result_lines(run)))
    if arguments.json or arguments.output:
        path = arguments.output or _result_path()
        write_report(_report(began, run, kept, left_out, (built, whole)), path)
        print(f"written to {path}")
    return 0


def _result_path() -> Path:
    path = result_path(this_machine(), commit())
    return path.with_name(f"search-{path.name}")


def _report(
    began: tuple[str, tuple[float, float, float]],
    run: Run,
    kept: Sequence[Figure],
    left_out: Sequence[str],
    how: tuple[Built, Manner],
) -> Report:
    tree = {
        "repositories": len(run.made),
        "queries": len(run.tasks),
        "built": msgspec.to_builtins(how[0]),
        "manner": msgspec.to_builtins(how[1]),
    }
    skipped = dict.fromkeys(left_out, "not at hand")
    return gathered(began, tree, kept, skipped, {"repositories": details(run)})


if __name__ == "__main__":
    raise SystemExit(main())
