"""Rankings whose scores cannot be compared: by place, and never by score.

    standing(s) = (constant + 1) / (constant + rank(s))

is the form of reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009), made 1 for the first. Ranks start
at 1; symbols that tie share the best rank of the tie, so that the order of equals decides nothing.

Vectors of several models cannot be compared, but each symbol has a vector of one model only, so their rankings are
*parts* of one: `interleave` puts them together by rank. The r-th of a part that holds n of N symbols stands about
where the (r - 1/2) N / n + 1/2-th of the whole would, so a part of three symbols does not fill the first three
places. One part alone keeps its ranks. Pure. Tests: tests/unit/search/test_search_fusion.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt


class Ranking(NamedTuple):
    """Symbol numbers from the first to the last."""

    numbers: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    """What the parts gave."""
    ranks: npt.NDArray[np.float64]
    """From 1."""

    def standings(self, constant: int) -> npt.NDArray[np.float64]:
        """Return each symbol's standing, 1 for the first."""
        return (constant + 1) / (constant + self.ranks)


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


def interleave(parts: Sequence[Part]) -> Ranking:
    """Make one ranking of parts that share no symbol; there is at least one part."""
    total = sum(part.searched for part in parts)
    numbers = np.concatenate([part.numbers for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    ranks = np.concatenate([_ranks(part.scores, total / max(1, part.searched)) for part in parts])
    order = np.lexsort((numbers, ranks))
    return Ranking(numbers[order], scores[order], ranks[order])


def _ranks(scores: npt.NDArray[np.float32], stretch: float) -> npt.NDArray[np.float64]:
    """Rank falling scores from 1, equals sharing the best rank of the tie, as if each stood for `stretch` symbols."""
    first = np.flatnonzero(np.r_[True, scores[1:] != scores[:-1]]) if len(scores) else np.zeros(0, np.int64)
    ranks = np.repeat(first + 1.0, np.diff(np.r_[first, len(scores)]))
    return (ranks - 0.5) * stretch + 0.5
