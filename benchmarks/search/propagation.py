"""A baseline for context: vectors averaged with those of their neighbours in the graph.

    v'(s) = normalised((1 - share) v(s) + share * mean of v(t) over the distinct neighbours t of s)

Neighbours are those that s depends on and those that depend on it, one step, all kinds of edges; a symbol without
neighbours keeps its vector. Only the searched vectors change, and only in this process: what the project keeps stays as
it is. Tests: tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from codegraph.daemon.project import Project
from codegraph.daemon.view import View
from codegraph.graph.snapshot import Snapshot
from codegraph.search.quantise import quantise
from codegraph.search.vectors import VectorView

Floats = npt.NDArray[np.float32]


def blended(vectors: Floats, edges: npt.NDArray[np.int64], share: float) -> Floats:
    """Return vectors, float32 (n, d), averaged with their neighbours'; `edges`, (m, 2), hold rows and go both ways."""
    both = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    both = both[both[:, 0] != both[:, 1]]
    sums = np.zeros_like(vectors)
    np.add.at(sums, both[:, 0], vectors[both[:, 1]])
    counts = np.bincount(both[:, 0], minlength=len(vectors))[:, None].astype(np.float32)
    mixed = np.where(counts > 0, (1 - share) * vectors + share * sums / np.maximum(counts, 1), vectors)
    found: Floats = (mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return found


def rows_of(space: VectorView) -> tuple[npt.NDArray[np.int32], Floats]:
    """Return the numbers of all symbols of a space, and their vectors."""
    numbers, vectors = [], []
    for stretch in space.stretches:
        alive = (
            np.ones(len(stretch.numbers), bool) if stretch.buried is None else ~stretch.buried[: len(stretch.numbers)]
        )
        numbers.append(stretch.numbers[alive])
        kept = stretch.vectors
        vectors.append((kept.codes * kept.scales[:, None] + space.mean)[alive])
    return np.concatenate(numbers), np.concatenate(vectors).astype(np.float32)


class Propagation:
    """The searched vectors of an open project, with any share of their neighbours'."""

    def __init__(self, project: Project) -> None:
        view = project.pipeline.view
        self._project, self._own = project, view
        self._spaces = {model: rows_of(space) for model, space in view.search.vectors.spaces.items()}
        self._share = 0.0

    @property
    def view(self) -> View:
        """What to search."""
        return (
            self._own if not self._share else dataclasses.replace(self._own, search=self._project.parts.searcher.view())
        )

    def set(self, share: float) -> None:
        """Search vectors with this share from now on."""
        if share == self._share:
            return
        searcher, symbols = self._project.parts.searcher, self._own.search.catalogue.symbols
        for model, (numbers, vectors) in self._spaces.items():
            names = [symbols[number] for number in numbers.tolist()]
            changed = blended(vectors, _edges(self._own.snapshot, names), share) if share else vectors
            mean = searcher.mean(model)
            if mean is not None:
                searcher.put_vectors(model, names, quantise(changed, mean))
        self._share = share


def _edges(snapshot: Snapshot, names: list[str]) -> npt.NDArray[np.int64]:
    rows = {name: row for row, name in enumerate(names)}
    pairs = [
        (row, rows[edge.target])
        for name, row in rows.items()
        if name in snapshot.places
        for edge in snapshot.dependencies(name)  # type: ignore[arg-type]
        if edge.target in rows
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
