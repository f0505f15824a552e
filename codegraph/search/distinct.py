"""Arrays as sets: values in ascending order, each once.

numpy has these, too, and they take four times as long; the first call of its `unique` besides imports all of
`numpy.ma`, for which the first answer of a daemon would wait. Pure. Tests: tests/unit/search/test_search_distinct.py.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return the values in ascending order, each once."""
    ascending = np.sort(values)
    return ascending[_first_ones(ascending)]


def union(one: npt.NDArray[Number], other: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return what is in either, ascending and distinct."""
    return distinct(np.concatenate((one, other)))


def without(some: npt.NDArray[Number], others: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return what is in `some` and not in `others`, ascending and distinct."""
    values = distinct(some)
    return values[~np.isin(values, others)]


def stable_order(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places of numbers, none of them negative, in ascending order, equal ones as they stand.

    Sorted as one number with its place below, which numpy does four times as fast as it orders places.
    """
    below = len(numbers).bit_length()
    if int(numbers.max(initial=0)) >> (63 - below):
        return np.argsort(numbers, kind="stable")
    packed = (numbers << below) | np.arange(len(numbers))
    packed.sort()
    packed &= (1 << below) - 1
    return packed


def placed(values: npt.NDArray[Number]) -> tuple[npt.NDArray[Number], npt.NDArray[np.int64]]:
    """Return the distinct values, ascending, and for each value its index among them."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    first = _first_ones(ascending)
    places = np.empty(len(values), dtype=np.int64)
    places[order] = np.cumsum(first) - 1
    return ascending[first], places


def _first_ones(ascending: npt.NDArray[Number]) -> npt.NDArray[np.bool_]:
    first = np.ones(len(ascending), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return first
