"""Spaces of several models: a symbol stands in one, each is asked with its own query, views do not move."""

from __future__ import annotations

import numpy as np
import pytest

from codegraph.search.fusion import interleave
from codegraph.search.quantise import Floats, Quantised, quantise
from codegraph.search.spaces import VectorSpaces, zero_mean

OLD, NEW = b"o" * 16, b"n" * 16


def unit(dimensions: int, place: int) -> Floats:
    found: Floats = np.eye(dimensions, dtype=np.float32)[place]
    return found


def rows(dimensions: int, *places: int) -> Quantised:
    return quantise(np.stack([unit(dimensions, place) for place in places]), zero_mean(dimensions))


def two_spaces() -> VectorSpaces:
    """Four symbols of an old model of four dimensions; the last also got a vector of a new one of two."""
    spaces = VectorSpaces()
    spaces.open(OLD, zero_mean(4))
    spaces.open(NEW, zero_mean(2))
    spaces.put(OLD, np.arange(4, dtype=np.int32), rows(4, 0, 1, 2, 3))
    spaces.put(NEW, np.array([3], np.int32), rows(2, 0))
    return spaces


def test_a_symbol_leaves_its_old_space() -> None:
    """Whichever model embedded it last has the only vector; removing takes it from wherever it is."""
    spaces = two_spaces()
    assert spaces.counts() == {OLD: 3, NEW: 1}
    found = spaces.view().vector(3)
    assert found is not None
    assert found[0] == NEW
    spaces.remove([3, 0])
    assert spaces.counts() == {OLD: 2, NEW: 0}
    assert spaces.view().vector(3) is None


def test_each_space_is_asked_with_its_own_query() -> None:
    """Only spaces with a query are searched, and views that are out stay as they were."""
    spaces = two_spaces()
    view = spaces.view()
    spaces.close(OLD)
    (near,) = view.search({OLD: unit(4, 1)}, 1)
    assert near.numbers.tolist()[0] == 1
    assert [part.searched for part in view.search({OLD: unit(4, 1), NEW: unit(2, 0)}, 10)] == [3, 1]
    assert view.live == 4
    assert spaces.view().search({OLD: unit(4, 1)}, 1) == []


def test_a_vector_of_another_shape_is_refused() -> None:
    """Vectors of one model never enter another's space."""
    with pytest.raises(ValueError, match="dimensions"):
        two_spaces().put(NEW, np.array([1], np.int32), rows(4, 1))
    with pytest.raises(KeyError):
        two_spaces().put(b"x" * 16, np.array([1], np.int32), rows(4, 1))


def test_a_small_part_does_not_fill_the_first_places() -> None:
    """Three symbols of a new model, none of them near, do not push out the best of three hundred of the old one."""
    generator = np.random.default_rng(5)
    many = generator.standard_normal((300, 16)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    spaces = VectorSpaces()
    spaces.open(OLD, zero_mean(16))
    spaces.open(NEW, zero_mean(2))
    spaces.put(OLD, np.arange(300, dtype=np.int32), quantise(many, zero_mean(16)))
    alone = interleave(spaces.view().search({OLD: many[7]}, 50))
    spaces.put(NEW, np.arange(300, 303, dtype=np.int32), rows(2, 1, 1, 1))

    together = interleave(spaces.view().search({OLD: many[7], NEW: unit(2, 0)}, 50))

    assert alone.numbers.tolist()[:20] == together.numbers.tolist()[:20]
    assert together.numbers[0] == 7
    assert set(together.numbers.tolist()) >= {300, 301, 302}


def test_equal_halves_take_turns() -> None:
    """Parts of the same size share the places, and one part alone keeps its ranks."""
    spaces = VectorSpaces()
    spaces.open(OLD, zero_mean(4))
    spaces.open(NEW, zero_mean(4))
    near = np.array([[1, 0, 0, 0], [0.9, 0.4359, 0, 0], [0.8, 0.6, 0, 0]], np.float32)
    spaces.put(OLD, np.array([0, 1, 2], np.int32), quantise(near, zero_mean(4)))
    spaces.put(NEW, np.array([3, 4, 5], np.int32), quantise(near, zero_mean(4)))
    ranking = interleave(spaces.view().search({OLD: unit(4, 0), NEW: unit(4, 0)}, 10))
    assert ranking.numbers.tolist() == [0, 3, 1, 4, 2, 5]
    assert ranking.ranks.tolist() == [1.5, 1.5, 3.5, 3.5, 5.5, 5.5]
    alone = interleave(spaces.view().search({OLD: unit(4, 0)}, 10))
    assert alone.ranks.tolist() == [1.0, 2.0, 3.0]
