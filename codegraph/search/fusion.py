"""Reciprocal rank fusion: one ranking out of several whose scores cannot be compared.

    score(s) = sum over rankings r of  weight_r / (constant + rank_r(s))

(Cormack, Clarke and Buettcher, SIGIR 2009; weights are ours). Ranks start at 1; symbols that tie within a
ranking share the best rank of the tie, so that the order of equals decides nothing. Scores are divided by
what a symbol would get that is first everywhere: they lie between 0 and 1 whatever the constant.
Pure. Tests: tests/unit/search/test_search_fusion.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Ranking(NamedTuple):
    """What one index said: symbol numbers by falling score."""

    name: str
    weight: float
    numbers: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]


class Fused(NamedTuple):
    """One symbol after fusion."""

    number: int
    score: float
    """Between 0 and 1."""
    parts: dict[str, float]
    """Ranking -> what it contributed to the score; only rankings that know the symbol."""
    raw: dict[str, float]
    """Ranking -> the score that it gave itself."""


def fuse(rankings: Sequence[Ranking], constant: int) -> list[Fused]:
    """Fuse rankings; the order of the result is that of first appearance and means nothing."""
    best = sum(ranking.weight for ranking in rankings) / (constant + 1)
    parts: dict[int, dict[str, float]] = {}
    raw: dict[int, dict[str, float]] = {}
    for ranking in rankings:
        if ranking.weight <= 0:
            continue
        numbers, scores = ranking.numbers.tolist(), ranking.scores.tolist()
        rank = 1
        for position, (number, score) in enumerate(zip(numbers, scores, strict=True)):
            if position and score != scores[position - 1]:
                rank = position + 1
            parts.setdefault(number, {})[ranking.name] = ranking.weight / (constant + rank) / best
            raw.setdefault(number, {})[ranking.name] = score
    return [Fused(number, sum(own.values()), own, raw[number]) for number, own in parts.items()]
