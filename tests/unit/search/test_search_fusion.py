"""Rankings by place: what stands where, and that ties decide nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.search.fusion import Ranking, interleave


class Part(NamedTuple):
    """Symbols that one index knows."""

    numbers: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    searched: int


def part(numbers: list[int], scores: list[float], searched: int) -> Part:
    return Part(np.array(numbers, np.int32), np.array(scores, np.float32), searched)


@given(st.integers(1, 20), st.integers(1, 100))
def test_one_part_keeps_its_order(count: int, constant: int) -> None:
    """The first stands at 1, every further one lower, whatever the scores are."""
    ranking = interleave([part(list(range(count)), [1000.0 / 2**i for i in range(count)], count)])
    standings = ranking.standings(constant)

    assert ranking.numbers.tolist() == list(range(count))
    assert standings[0] == 1.0
    assert (np.diff(standings) < 0).all()


def test_ties_share_a_standing() -> None:
    """Equal scores stand equally high, and the next one counts them all."""
    standings = interleave([part([1, 2, 3], [5.0, 5.0, 1.0], 3)]).standings(10)

    assert standings[0] == standings[1]
    assert standings[2] == pytest.approx(11 / 13)


def test_a_small_part_does_not_fill_the_first_places() -> None:
    """Two of two symbols stand about the first and the last quarter of a hundred, however near they are."""
    many = part(list(range(10, 20)), [0.5 - i / 100 for i in range(10)], 98)
    few = part([1, 2], [0.99, 0.98], 2)

    ranking = interleave([few, many])

    assert isinstance(ranking, Ranking)
    assert ranking.numbers.tolist()[:2] == [10, 11]
    assert dict(zip(ranking.numbers.tolist(), ranking.ranks.tolist(), strict=True))[1] == pytest.approx(25.5)
