"""The laws of reciprocal rank fusion."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codegraph.search.fusion import Ranking, fuse


def ranking(name: str, numbers: list[int], weight: float = 1.0, scores: list[float] | None = None) -> Ranking:
    falling = [float(len(numbers) - position) for position in range(len(numbers))] if scores is None else scores
    return Ranking(name, weight, np.array(numbers, np.int32), np.array(falling, np.float32))


def scores_of(rankings: list[Ranking], constant: int = 60) -> dict[int, float]:
    return {one.number: one.score for one in fuse(rankings, constant)}


orders = st.permutations(range(8)).flatmap(lambda order: st.integers(0, 8).map(lambda count: list(order)[:count]))


@given(orders, st.integers(1, 100))
def test_one_ranking_keeps_its_order(order: list[int], constant: int) -> None:
    """Fusing a single ranking changes nothing about the order, and the first gets 1."""
    fused = scores_of([ranking("a", order)], constant)

    assert sorted(fused, key=lambda number: -fused[number]) == order
    assert not order or abs(fused[order[0]] - 1) < 1e-9


@given(orders, orders)
def test_the_order_of_the_rankings_is_irrelevant(first: list[int], second: list[int]) -> None:
    """Swapping the rankings gives equal scores, all within 0 and 1; everything in either is there."""
    one = scores_of([ranking("a", first), ranking("b", second)])
    other = scores_of([ranking("b", second), ranking("a", first)])

    assert one.keys() == set(first) | set(second)
    assert all(abs(one[number] - other[number]) < 1e-12 and 0 < one[number] <= 1 + 1e-12 for number in one)


@given(orders, st.permutations(range(8)), st.integers(1, 7))
def test_a_better_rank_never_hurts(first: list[int], second: list[int], place: int) -> None:
    """Moving a symbol up in one ranking does not lower its score."""
    moved = list(second)
    moved[place - 1], moved[place] = moved[place], moved[place - 1]
    before = scores_of([ranking("a", first), ranking("b", list(second))])
    after = scores_of([ranking("a", first), ranking("b", moved)])

    assert after[second[place]] >= before[second[place]]


def test_ties_share_a_rank() -> None:
    """Equal scores within a ranking contribute equally, and the next one counts them all."""
    fused = scores_of([ranking("a", [1, 2, 3], scores=[5.0, 5.0, 1.0])], 10)

    assert fused[1] == fused[2]
    assert abs(fused[3] - 11 / 13) < 1e-12


def test_parts_tell_where_a_score_came_from() -> None:
    """The parts add up to the score, raw scores are kept, and a weight of 0 leaves a ranking out."""
    rankings = [ranking("lexical", [1, 2], 2.0), ranking("vector", [2, 3]), ranking("off", [9], 0.0)]
    fused = {one.number: one for one in fuse(rankings, 60)}

    assert set(fused) == {1, 2, 3}
    assert set(fused[2].parts) == {"lexical", "vector"}
    assert fused[2].raw == {"lexical": 1.0, "vector": 2.0}
    assert all(abs(sum(one.parts.values()) - one.score) < 1e-12 for one in fused.values())
    assert fused[1].score > fused[3].score
