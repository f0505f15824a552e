"""The benchmark's files: repositories, queries with their targets, and what others published.

repos.json has one object for each repository (name, language, benchmark_root), queries.jsonl one line for each query
(repo, language, category, query, relevant, perhaps exact, similar), published.json a table method -> repository ->
NDCG@10.
Tests: tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.search.scoring import Span


class Relevant(msgspec.Struct, frozen=True):
    """A target as the benchmark writes it."""

    path: str
    start_line: int | None = None
    end_line: int | None = None


class Task(msgspec.Struct, frozen=True, rename={"text": "query", "repository": "repo"}):
    """One query."""

    repository: str
    language: str
    category: str
    text: str
    relevant: tuple[Relevant, ...]
    exact: bool = False
    """Only a result with a target's own lines is a hit, none that overlaps it."""
    similar: bool = False
    """The text is a piece of code, and what is like it is asked for."""

    @property
    def targets(self) -> tuple[Span, ...]:
        """What should be found."""
        return tuple(Span(each.path, each.start_line, each.end_line) for each in self.relevant)


class Repository(msgspec.Struct, frozen=True, rename={"folder": "benchmark_root"}):
    """One repository; only `folder` of it is indexed."""

    name: str
    language: str
    folder: str | None = None

    def root(self, corpus: Path) -> Path:
        """Return the directory that is indexed."""
        return corpus / self.name / (self.folder or "")


Published = Mapping[str, Mapping[str, float]]
"""Method, then repository: NDCG@10."""


def read_tasks(path: Path) -> dict[str, list[Task]]:
    """Read the queries, by repository. Raises msgspec.DecodeError, OSError."""
    by_repository: dict[str, list[Task]] = {}
    for line in path.read_bytes().splitlines():
        if line.strip():
            task = msgspec.json.decode(line, type=Task)
            by_repository.setdefault(task.repository, []).append(task)
    return by_repository


def read_repositories(path: Path) -> list[Repository]:
    """Read the repositories in order of name. Raises msgspec.DecodeError, OSError."""
    return sorted(msgspec.json.decode(path.read_bytes(), type=list[Repository]), key=lambda one: one.name)


def read_published(path: Path | None) -> Published:
    """Read what others published; nothing without a path. Raises msgspec.DecodeError, OSError."""
    return {} if path is None else msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, float]])


def at_hand(repositories: Sequence[Repository], corpus: Path) -> tuple[list[Repository], list[str]]:
    """Return the repositories that lie below `corpus`, and the names of those that do not."""
    there = [one for one in repositories if one.root(corpus).is_dir()]
    return there, [one.name for one in repositories if one not in there]
