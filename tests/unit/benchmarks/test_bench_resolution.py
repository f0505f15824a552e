"""Holding edges against a truth: who may stand for whom, what is judged, what the naive resolvers see."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks.resolution import Indexed, calibration, measure
from benchmarks.truth import Edge, Place, Truth

SOURCES = {
    "a.ts": "import { g } from './b'\nexport function f() {\n  const inner = () => g()\n  inner()\n  x.odd()\n}\n",
    "b.ts": "export function g() {}\nexport function other() {}\n",
}
DEFINITIONS = [
    [0, 1, 0, "module", "a.ts", "a.ts", 1, 6, -1, "module", 0],
    [1, 1, 0, "module", "b.ts", "b.ts", 1, 2, -1, "module", 1],
    [0, 2, 16, "function", "f", "f", 2, 6, 0, "core", 2],
    [0, 3, 8, "function", "inner", "f.inner", 3, 3, 2, "nested", 3],
    [1, 1, 16, "function", "g", "g", 1, 1, 1, "core", 4],
    [1, 2, 16, "function", "other", "other", 2, 2, 1, "core", 5],
    [1, 2, 30, "variable", "value", "value", 2, 2, 1, "value", 6],
]
EDGES = [
    [0, 1, "import", 1, 0, -1],
    [0, 4, "import", 1, 0, -1],
    [3, 4, "call", 3, 0, -1],
    [2, 3, "call", 4, 0, -1],
]
TRUTH = {
    "project": "small",
    "language": "typescript",
    "files": ["a.ts", "b.ts"],
    "defs": DEFINITIONS,
    "edges": EDGES,
    "ctor": {},
    "resolved_elsewhere": [],
    "unresolved": [[2, "odd"], [3, "other"]],
}
F, INNER = Place("a.ts", 2, "f"), Place("a.ts", 3, "inner")
G, OTHER = Place("b.ts", 1, "g"), Place("b.ts", 2, "other")


def counted(*pairs: tuple[Place, Place]) -> tuple[int, int, int, int]:
    """Return how many edges are right, false, unjudged, aside."""
    edges = Truth(TRUTH).score([Edge(source, target, "calls", "exact") for source, target in pairs]).edges
    return edges.right, edges.false, edges.unjudged, edges.aside


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (INNER, G, (1, 0, 0, 0)),
        (F, G, (1, 0, 0, 0)),
        (Place("a.ts", 5, ""), INNER, (1, 0, 0, 0)),
        (Place("a.ts", 0, "a"), Place("b.ts", 0, "b"), (1, 0, 0, 0)),
        (G, OTHER, (0, 1, 0, 0)),
        (INNER, OTHER, (0, 0, 1, 0)),
        (F, F, (0, 0, 0, 1)),
        (F, Place("b.ts", 2, "value"), (0, 0, 0, 1)),
        (F, Place("c.ts", 1, "far"), (0, 0, 0, 0)),
        (F, Place("a.ts", 6, "none"), (0, 0, 0, 0)),
    ],
)
def test_verdicts(source: Place, target: Place, expected: tuple[int, int, int, int]) -> None:
    """An outer function may stand for an inner one; unknown names are not judged, empty lines name nothing."""
    assert counted((source, target)) == expected


def test_recall_counts_true_edges_once() -> None:
    """Every distinct true edge counts, whoever of those that may has it."""
    score = Truth(TRUTH).score([Edge(F, G, "calls", "inferred"), Edge(F, INNER, "calls", "exact")])
    assert (score.found, score.truth) == ({"import": 0, "call": 2}, {"import": 2, "call": 2})
    assert {level: each.right for level, each in score.by_confidence.items()} == {"inferred": 1, "exact": 1}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write the sources and the truth."""
    for path, text in SOURCES.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "truth.json.gz").write_bytes(gzip.compress(json.dumps(TRUTH).encode()))
    return tmp_path


def test_a_project_is_measured(project: Path) -> None:
    """Ours is right on a small project; the naive resolvers are measured on the same mentions."""
    figures, details = measure(project, Truth.read(project), jedi=False)
    values = {figure.name.removeprefix(f"resolution.{project.name}."): figure.value for figure in figures}
    assert (values["precision"], values["recall"], values["definitions.f1"]) == (1.0, 1.0, 1.0)
    assert values["every.recall"] == 0.5
    assert f"| {project.name} | 1.000 (4) | none | none | 1.000 (4) | 1.000 | 1.000 |" in calibration(
        {project.name: details}
    )


def test_names_alone(project: Path) -> None:
    """A local definition is mentioned by its name; a name with more definitions than allowed gives nothing."""
    indexed = Indexed(project)
    assert (F, INNER) in {(edge.source, edge.target) for edge in indexed.by_name(1, {"a.ts", "b.ts"})}
    assert not list(indexed.by_name(0, {"a.ts", "b.ts"}))
