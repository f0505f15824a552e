"""Could vectors tell the same operation written by somebody else? `python -m benchmarks.similar_pairs --pairs PAIRS`.

PAIRS are those of `training`. Of packages that no model was trained on, all pairs of documented functions of two
packages of other authors whose vectors are nearer than a cosine are counted; documentation is no part of the vectors,
and copies (see `search.twins`) are left out. *Found*: of all twins, those that are so near. *Agreed*: of all near
pairs, those whose documentations agree as twins' do, or whose names are one. Operations that are equal under other
names and words count as none, so `agreed` is a lower bound. Tests: tests/unit/benchmarks/test_bench_similar_pairs.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from benchmarks.docstring_task import Floats, embed
from benchmarks.search.twins import LEAST_SHARED, MOST_ALIKE, Function, distinct, independent, shared, twins_of
from codegraph.embed import registry
from codegraph.embed.encoder import Encoder
from training.dataset import packages, part_of
from training.pairs import STANDARD_LIBRARIES, read_examples
from training.tasks import LANGUAGES

COSINES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
ROWS = 512
"""Compared with all others at once."""


class Near(NamedTuple):
    """Two functions of two packages that are nearer than the first of COSINES."""

    cosine: float
    one: Function
    other: Function

    @property
    def agreed(self) -> bool:
        """Do names or documentations say that both do the same?"""
        same = self.one.name == self.other.name
        return same or shared(self.one.example.sentence, self.other.example.sentence) >= LEAST_SHARED


def vectors_of(functions: Sequence[Function], encoder: Encoder) -> Floats:
    """Embed functions by their own code and names, without documentation and context."""
    return embed(
        encoder, [msgspec.structs.replace(each.example.source, docstring="", context=()) for each in functions]
    )


def near(functions: Sequence[Function], vectors: Floats) -> Iterator[Near]:
    """Yield the pairs that are near and neither copies nor of one family of packages."""
    for start in range(0, len(functions), ROWS):
        cosines = vectors[start : start + ROWS] @ vectors.T
        for row, column in zip(*np.nonzero(cosines >= COSINES[0]), strict=True):
            one, other = functions[start + row], functions[column]
            if start + row < column and independent(one.package, other.package, {}) and not _copies(one, other):
                yield Near(float(cosines[row, column]), one, other)


def _copies(one: Function, other: Function) -> bool:
    grams, others = one.grams, other.grams
    return len(grams & others) >= MOST_ALIKE * min(len(grams), len(others))


def table(found: Sequence[Near], twins: Sequence[float]) -> str:
    """Lay out, for each cosine, how many pairs are as near, the share that agrees, and the share of twins found."""
    lines = [f"{'cosine':>8}{'pairs':>8}{'agreed':>8}{'found':>8}"]
    for least in COSINES:
        some = [each.agreed for each in found if each.cosine >= least]
        agreed = sum(some) / max(1, len(some))
        reached = sum(cosine >= least for cosine in twins) / max(1, len(twins))
        lines.append(f"{least:8.2f}{len(some):8}{agreed:8.3f}{reached:8.3f}")
    return "\n".join(lines)


def main() -> int:
    """Measure all languages together."""
    parser = argparse.ArgumentParser(prog="benchmarks.similar_pairs", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=Path, required=True, help="what training.pairs made of the packages")
    parser.add_argument("--model", default="codegraph-static")
    arguments = parser.parse_args()
    encoder = registry.load(registry.describe(arguments.model), device="auto")
    found: list[Near] = []
    cosines: list[float] = []
    count = 0
    for language in LANGUAGES:
        functions = [
            function
            for of, name, file in packages(arguments.pairs)
            if of == language and name not in STANDARD_LIBRARIES and part_of(name) != "train"
            for function in distinct(name, read_examples(file))
        ]
        vectors = vectors_of(functions, encoder)
        rows = {id(function): row for row, function in enumerate(functions)}
        found += near(functions, vectors)
        twins = twins_of(functions)
        cosines += [float(vectors[rows[id(one)]] @ vectors[rows[id(other)]]) for one, other in twins]
        count += len(functions)
    print(f"{count} functions in {len(LANGUAGES)} languages, {len(cosines)} twins\n{table(found, cosines)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
