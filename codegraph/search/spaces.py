"""The vectors of several models side by side: one exact index for each *space*, no symbol in two.

Cosines mean something within one model's space and nothing between two, so every model has an index of
its own, is asked with a query vector of its own, and the answers are put together by rank
(`fusion.interleave`). A symbol whose vector is replaced by another model's leaves the old space in the
same step, so a view never shows it twice. A project with one model has one space.
Tests: tests/unit/search/test_search_spaces.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codegraph.search.quantise import Floats, Quantised
from codegraph.search.vectors import DotProducts, Mask, Neighbours, Numbers, VectorIndex, VectorView


@dataclass(frozen=True, slots=True)
class SpacesView:
    """What the spaces held at one moment, by the identity of the model."""

    spaces: Mapping[bytes, VectorView]

    @property
    def live(self) -> int:
        """How many symbols have a vector."""
        return sum(view.live for view in self.spaces.values())

    def search(self, queries: Mapping[bytes, Floats], limit: int, allowed: Mask | None = None) -> list[Neighbours]:
        """Ask every space that a query was given for; see `VectorView.search`, also for what is raised."""
        asked = [(view, queries[model]) for model, view in self.spaces.items() if model in queries and view.live]
        return [view.search(query, limit, allowed) for view, query in asked]

    def vector(self, number: int) -> tuple[bytes, Floats] | None:
        """Return one symbol's model and vector as the codes tell it, float32 (d,); None if there is none."""
        for model, view in self.spaces.items():
            found = view.vector(number)
            if found is not None:
                return model, found
        return None


class VectorSpaces:
    """The writer's side: open, put, remove, close. One writer; views may be used in any thread."""

    def __init__(self, dot_products: DotProducts | None = None) -> None:
        self._dot_products = dot_products
        self._indexes: dict[bytes, VectorIndex] = {}

    def open(self, model: bytes, mean: Floats) -> None:
        """Begin an empty space for a model; `mean`, float32 (d,), was removed from its vectors. Twice is once."""
        if model not in self._indexes:
            self._indexes[model] = VectorIndex(mean, self._dot_products)

    def close(self, model: bytes) -> None:
        """Forget a model and its vectors."""
        self._indexes.pop(model, None)

    def mean(self, model: bytes) -> Floats | None:
        """Return what vectors of a model must have had removed; None if it has no space."""
        index = self._indexes.get(model)
        return None if index is None else index.mean

    def counts(self) -> dict[bytes, int]:
        """Count the vectors of each space."""
        return {model: len(index) for model, index in self._indexes.items()}

    def put(self, model: bytes, numbers: Numbers, vectors: Quantised) -> None:
        """Set the vectors of some symbols, distinct ones; what other models said of them is forgotten.

        Raises KeyError without a space, ValueError when the dimensions are not those of its mean.
        """
        self._indexes[model].put(numbers, vectors)
        for other, index in self._indexes.items():
            if other != model and len(index):
                index.remove(numbers)

    def remove(self, numbers: Sequence[int] | Numbers) -> None:
        """Forget the vectors of some symbols."""
        for index in self._indexes.values():
            if len(index):
                index.remove(numbers)

    def view(self) -> SpacesView:
        """Return what was last published."""
        return SpacesView({model: index.view() for model, index in self._indexes.items()})


def zero_mean(dimensions: int) -> Floats:
    """Return the mean of a model about which nothing is known."""
    return np.zeros(dimensions, np.float32)
