"""Overlapping sets: exactly those pairs that a comparison of all with all finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.search import overlap
from codegraph.search.overlap import Hashes, overlapping

SETS = st.lists(st.sets(st.integers(0, 30), max_size=14), max_size=12)


def arrays(sets: list[set[int]]) -> list[Hashes]:
    """Return the sets as the module takes them."""
    return [np.array(sorted(one), dtype=np.uint32) for one in sets]


@given(SETS, st.sampled_from([0.3, 0.5, 0.7, 0.75, 0.8, 1.0]))
def test_no_pair_is_missed_and_none_is_invented(sets: list[set[int]], threshold: float) -> None:
    """The pairs and their similarities are those of the definition, in ascending order."""
    expected = []
    for first in range(len(sets)):
        for second in range(first + 1, len(sets)):
            both, either = sets[first] & sets[second], sets[first] | sets[second]
            if both and len(both) / len(either) >= threshold:
                expected.append((first, second, len(both) / len(either)))
    found = overlapping(arrays(sets), threshold)
    assert list(zip(found.first.tolist(), found.second.tolist(), found.similarity.tolist(), strict=True)) == expected
    assert found.complete


def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is compared at once, the answer is the same."""
    generator = np.random.default_rng(7)
    sets = [set(generator.integers(0, 60, size=40).tolist()) for _ in range(60)]
    whole = overlapping(arrays(sets), 0.4)
    monkeypatch.setattr(overlap, "PORTION", 128)
    parts = overlapping(arrays(sets), 0.4)
    assert len(whole.first)
    assert parts.first.tolist() == whole.first.tolist()
    assert parts.similarity.tolist() == whole.similarity.tolist()


def test_too_many_neighbours_are_owned_up_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bound cuts something off, the answer says so; what it does hold is right."""
    monkeypatch.setattr(overlap, "NEIGHBOURS", 3)
    found = overlapping(arrays([{1, 2, 3, 4}] * 10), 0.9)
    assert not found.complete
    assert 0 < len(found.first) < 45
    assert set(found.similarity.tolist()) == {1.0}


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.1])
def test_a_threshold_lies_between_nothing_and_one(threshold: float) -> None:
    """Everything else is refused."""
    with pytest.raises(ValueError, match="similarity"):
        overlapping([], threshold)
