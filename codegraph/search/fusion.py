"""Reciprocal rank fusion: one ranking out of several whose scores cannot be compared.

    score(s) = sum over rankings r of  weight_r / (constant + rank_r(s))

(Cormack, Clarke and Buettcher, SIGIR 2009; weights are ours). Ranks start at 1; symbols that tie within a
ranking share the best rank of the tie, so that the order of equals decides nothing. Scores are divided by
what a symbol would get that is first everywhere: they lie between 0 and 1 whatever the constant.

Vectors of several models cannot be compared either, but each symbol has a vector of one model only, so
their rankings are *parts* of one: `interleave` puts them together by rank. The r-th of a part that holds
n of N symbols stands about where the (r - 1/2) N / n + 1/2-th of the whole would, so a part of three
symbols does not fill the first three places. One part alone keeps its ranks.
Pure. Tests: tests/unit/search/test_search_fusion.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt


class Ranking(NamedTuple):
    """What one index said: symbol numbers by falling score."""

    name: str
    weight: float
    numbers: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    ranks: npt.NDArray[np.float64] | None = None
    """From 1; None: as the scores say."""


class Part(Protocol):
    """A ranking of those symbols that one index knows; `search.vectors.Neighbours` is one."""

    @property
    def numbers(self) -> npt.NDArray[np.int32]:
        """Symbol numbers by falling score."""

    @property
    def scores(self) -> npt.NDArray[np.float32]:
        """Comparable within the part only."""

    @property
    def searched(self) -> int:
        """How many symbols the part was chosen from."""


class Fused(NamedTuple):
    """One symbol after fusion."""

    number: int
    score: float
    """Between 0 and 1."""
    parts: dict[str, float]
    """Ranking -> what it contributed to the score; only rankings that know the symbol."""
    raw: dict[str, float]
    """Ranking -> the score that it gave itself."""


def interleave(name: str, weight: float, parts: Sequence[Part]) -> Ranking:
    """Make one ranking of parts that share no symbol, by rank and never by score."""
    total = sum(part.searched for part in parts)
    numbers = np.concatenate([part.numbers for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    ranks = np.concatenate([_ranks(part.scores, total / max(1, part.searched)) for part in parts])
    order = np.lexsort((numbers, ranks))
    return Ranking(name, weight, numbers[order], scores[order], ranks[order])


def fuse(rankings: Sequence[Ranking], constant: int) -> list[Fused]:
    """Fuse rankings; the order of the result is that of first appearance and means nothing."""
    best = sum(ranking.weight for ranking in rankings) / (constant + 1)
    parts: dict[int, dict[str, float]] = {}
    raw: dict[int, dict[str, float]] = {}
    for ranking in rankings:
        if ranking.weight <= 0:
            continue
        ranks = _ranks(ranking.scores) if ranking.ranks is None else ranking.ranks
        rows = zip(ranking.numbers.tolist(), ranking.scores.tolist(), ranks.tolist(), strict=True)
        for number, score, rank in rows:
            parts.setdefault(number, {})[ranking.name] = ranking.weight / (constant + rank) / best
            raw.setdefault(number, {})[ranking.name] = score
    return [Fused(number, sum(own.values()), own, raw[number]) for number, own in parts.items()]


def _ranks(scores: npt.NDArray[np.float32], stretch: float = 1.0) -> npt.NDArray[np.float64]:
    """Rank falling scores from 1, equals sharing the best rank of the tie, as if each stood for `stretch` symbols."""
    first = np.flatnonzero(np.r_[True, scores[1:] != scores[:-1]]) if len(scores) else np.zeros(0, np.int64)
    ranks = np.repeat(first + 1.0, np.diff(np.r_[first, len(scores)]))
    return (ranks - 0.5) * stretch + 0.5
