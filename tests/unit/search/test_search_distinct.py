"""Arrays as sets: what Python's own sets say, in ascending order."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codegraph.search.distinct import distinct, placed, stable_order, union, without

NUMBERS = st.lists(st.integers(0, 9), max_size=12)


@given(NUMBERS, NUMBERS)
def test_they_are_sets(one: list[int], other: list[int]) -> None:
    """Ascending, each once."""
    left, right = np.array(one, dtype=np.int32), np.array(other, dtype=np.int32)
    assert distinct(left).tolist() == sorted(set(one))
    assert union(left, right).tolist() == sorted({*one, *other})
    assert without(left, right).tolist() == sorted(set(one) - set(other))
    values, places = placed(left)
    assert values.tolist() == sorted(set(one))
    assert values[places].tolist() == one


@given(st.lists(st.integers(0, 5) | st.integers(0, (1 << 63) - 1), max_size=30))
def test_equal_numbers_stay_in_order(values: list[int]) -> None:
    """However large they are."""
    numbers = np.array(values, dtype=np.int64)
    assert stable_order(numbers).tolist() == sorted(range(len(values)), key=values.__getitem__)


def test_nothing_large_is_imported_for_them() -> None:
    """Masked arrays, which the first call of numpy's own function imports, stay where they are."""
    code = (
        "import sys, numpy as np; from codegraph.search.distinct import *; a = np.arange(3)\n"
        "distinct(a), union(a, a), without(a, a), placed(a); sys.exit('numpy.ma' in sys.modules)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)
