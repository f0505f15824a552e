"""The vector index: exact, history-free, and whole for every reader."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.search import vectors as module
from codegraph.search.quantise import Codes, Floats, quantise
from codegraph.search.vectors import (
    HAS_SIMSIMD,
    VectorIndex,
    dot_products_numpy,
    dot_products_simsimd,
)

DIMENSIONS = 8
MEAN = np.linspace(-0.1, 0.1, DIMENSIONS, dtype=np.float32)
POOL = np.random.default_rng(0).normal(size=(12, DIMENSIONS)).astype(np.float32)
POOL /= np.linalg.norm(POOL, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def small_blocks() -> Iterator[None]:
    """Blocks of eight rows, so that a few vectors fill, bury and empty several, and two threads share a scan."""
    with mock.patch.multiple(module, BLOCK_ROWS=8, SHARED_BLOCKS=2):
        yield


def put(index: VectorIndex, vectors: dict[int, Floats]) -> None:
    if vectors:
        index.put(list(vectors), quantise(np.stack(list(vectors.values())), index.mean))


def answer(index: VectorIndex, query: Floats, limit: int) -> tuple[list[int], list[float]]:
    near = index.view().search(query, limit)
    return near.numbers.tolist(), near.scores.tolist()


operations = st.lists(
    st.tuples(st.booleans(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 11)), min_size=1, max_size=12)),
    max_size=25,
)


@settings(max_examples=60)
@given(operations, st.integers(0, 11), st.integers(1, 10))
def test_history_leaves_no_trace(steps: list[tuple[bool, list[tuple[int, int]]]], query: int, limit: int) -> None:
    """Adding, replacing and removing in any order answers as an index built afresh from what is left."""
    index, expected = VectorIndex(MEAN), dict[int, Floats]()
    for is_put, pairs in steps:
        if is_put:
            changed = {number: POOL[row] for number, row in pairs}
            put(index, changed)
            expected.update(changed)
        else:
            index.remove([number for number, _ in pairs])
            for number, _ in pairs:
                expected.pop(number, None)
    fresh = VectorIndex(MEAN)
    put(fresh, dict(sorted(expected.items())))

    assert len(index) == len(expected) == index.view().live
    assert answer(index, POOL[query], limit) == answer(fresh, POOL[query], limit)
    assert all((number in index) == (number in expected) for number in range(31))


def test_the_best_are_the_best() -> None:
    """Scores are cosines of the original vectors within a percent, in falling order."""
    index = VectorIndex(MEAN)
    put(index, dict(enumerate(POOL)))

    near = index.view().search(POOL[3], 5)

    exact = POOL @ POOL[3]
    assert near.numbers[0] == 3
    assert np.all(np.diff(near.scores) <= 0)
    assert np.allclose(near.scores, exact[near.numbers], atol=0.01)
    assert set(near.numbers.tolist()) == set(np.argsort(-exact)[:5].tolist())


@pytest.mark.parametrize(("clusters", "offset"), [(0, 0.0), (40, 0.0), (40, 1.5)])
def test_recall_against_full_precision(clusters: int, offset: float) -> None:
    """At 256 dimensions the ten best of full precision are found to 95 % or more."""
    random = np.random.default_rng(7)
    vectors = random.normal(size=(4000, 256))
    if clusters:
        vectors += 1.5 * random.normal(size=(clusters, 256))[random.integers(clusters, size=4000)]
    vectors = vectors + offset * random.normal(size=256)
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    mean = vectors.mean(axis=0)
    with mock.patch.object(module, "BLOCK_ROWS", 1024):
        index = VectorIndex(mean)
        index.put(range(4000), quantise(vectors, mean))
    found = 0
    for row in range(40):
        query = vectors[row] + 0.03 * random.normal(size=256).astype(np.float32)
        query /= np.linalg.norm(query)
        best = set(np.argsort(-(vectors @ query))[:10].tolist())
        found += len(best & set(index.view().search(query, 10).numbers[:10].tolist()))

    assert found / 400 >= 0.95


def test_ties_with_the_last_are_all_returned() -> None:
    """Equal vectors are not cut apart by the order in which they came."""
    index = VectorIndex(MEAN)
    put(index, {number: POOL[number % 2] for number in (9, 4, 30, 2, 7, 12, 5)})

    near = index.view().search(POOL[0], 2)

    assert near.numbers.tolist() == [2, 4, 12, 30]


@given(st.sets(st.integers(0, 40)), st.integers(1, 10))
@settings(max_examples=50)
def test_a_filter_before_equals_a_filter_after(allowed: set[int], limit: int) -> None:
    """A mask gives what ranking everything and striking out the rest gives, however many it admits."""
    index = VectorIndex(MEAN)
    put(index, {number: POOL[number % 12] for number in range(41)})
    index.remove([3, 17])
    mask = np.array([number in allowed for number in range(41)])

    near = index.view().search(POOL[1], limit, mask)

    everything = index.view().search(POOL[1], 41)
    wanted = [pair for pair in zip(everything.numbers, everything.scores, strict=True) if pair[0] in allowed]
    kept = [pair for pair in wanted if len(wanted) <= limit or pair[1] >= wanted[limit - 1][1]]
    assert list(zip(near.numbers, near.scores, strict=True)) == kept


def test_a_view_outlives_every_change() -> None:
    """A view answers the same after its rows were replaced, removed and their blocks emptied."""
    index = VectorIndex(MEAN)
    put(index, {number: POOL[number % 12] for number in range(20)})
    index.remove([4])
    view = index.view()
    before = view.search(POOL[2], 20)
    index.remove([3, 5])

    for _ in range(5):
        put(index, {number: POOL[(number + 5) % 12] for number in range(20)})
    index.remove(range(20))
    after = view.search(POOL[2], 20)

    assert np.array_equal(before.numbers, after.numbers)
    assert np.array_equal(before.scores, after.scores)
    assert len(index.view().search(POOL[2], 20)) == 0


def test_buried_rows_are_given_back() -> None:
    """Replacing the same vectors for ever does not make the index grow for ever."""
    index = VectorIndex(MEAN)
    for turn in range(60):
        put(index, {number: POOL[(number + turn) % 12] for number in range(16)})

    assert sum(len(stretch.numbers) for stretch in index.view().stretches) <= 6 * 8


def test_a_reader_never_sees_a_torn_or_mixed_vector() -> None:
    """While one thread rewrites all vectors together, every view of another holds one version, whole."""
    index = VectorIndex(np.zeros(DIMENSIONS, np.float32))
    versions = [np.full(DIMENSIONS, value / 8, np.float32) for value in (1, -1, 2, -2)]
    put(index, dict.fromkeys(range(30), versions[0]))
    stop, torn = threading.Event(), list[str]()

    def read() -> None:
        while not stop.is_set():
            view = index.view()
            rows = []
            for stretch in view.stretches:
                shown = slice(None) if stretch.buried is None else ~stretch.buried
                products = stretch.vectors.codes * stretch.vectors.scales[:, None]
                rows.append(products[shown])
            values = np.concatenate(rows)
            if len(values) != 30 or len(np.unique(np.round(values, 4))) != 1:
                torn.append(f"{len(values)} rows, {np.unique(values)}")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(400):
        put(index, dict.fromkeys(range(30), versions[turn % 4]))
    stop.set()
    for reader in readers:
        reader.join()

    assert torn == []


@pytest.mark.skipif(not HAS_SIMSIMD, reason="simsimd is not installed")
def test_both_kernels_agree_and_keep_none() -> None:
    """simsimd and numpy give the same integers, and thousands of calls leave None's references alone."""
    random = np.random.default_rng(1)
    matrix = random.integers(-127, 128, (1500, 256), dtype=np.int8)
    query = random.integers(-127, 128, 256, dtype=np.int8)
    before = sys.getrefcount(None)
    for _ in range(1000):
        products = dot_products_simsimd(query, matrix[:1])

    assert abs(sys.getrefcount(None) - before) < 500
    products = dot_products_simsimd(query, matrix)
    exact = matrix.astype(np.int64) @ query.astype(np.int64)
    assert products.dtype == np.float32
    assert np.array_equal(products, exact)
    assert np.array_equal(dot_products_numpy(query, matrix), exact)


def test_a_long_scan_is_shared() -> None:
    """Two threads are in the kernel at the same time, and together they find what one would."""
    both = threading.Barrier(2)

    def meeting(query: Codes, matrix: Codes) -> Floats:
        both.wait(60)
        return dot_products_numpy(query, matrix)

    shared, alone = VectorIndex(MEAN, meeting), VectorIndex(MEAN, dot_products_numpy)
    for index in (shared, alone):
        put(index, dict(enumerate(np.tile(POOL, (2, 1))[:16])))
    with ThreadPoolExecutor(1) as helpers, mock.patch.object(module, "_helpers", return_value=helpers):
        found = answer(shared, POOL[3], 5)
        with mock.patch.object(module, "SHARED_BLOCKS", 3):
            assert found == answer(alone, POOL[3], 5)


def test_whoever_would_help_may_be_busy() -> None:
    """A search that gets no second thread reads all rows itself, and waits for nobody."""
    index, done = VectorIndex(MEAN, dot_products_numpy), threading.Event()
    put(index, dict(enumerate(np.tile(POOL, (2, 1))[:16])))
    with ThreadPoolExecutor(1) as helpers, mock.patch.object(module, "_helpers", return_value=helpers):
        helpers.submit(done.wait, 60)
        found = answer(index, POOL[3], 5)
        assert not done.is_set()
        done.set()
    assert found == answer(index, POOL[3], 5)


def test_what_does_not_fit_is_refused() -> None:
    """Repeated or negative numbers and foreign dimensions raise; an empty index answers with nothing."""
    index = VectorIndex(MEAN)
    one = quantise(POOL[:2], MEAN)

    assert len(index.view().search(POOL[0], 10)) == 0
    for numbers in ([1, 1], [-1, 2], [1]):
        with pytest.raises(ValueError):
            index.put(numbers, one)
    with pytest.raises(ValueError):
        index.put([1, 2], quantise(POOL[:2, :4], MEAN[:4]))
    index.put([1, 2], one)
    with pytest.raises(ValueError):
        index.view().search(POOL[0, :4], 10)


def test_a_vector_can_be_read_back() -> None:
    """One symbol's vector comes back close to what was put in; None once it is gone."""
    index = VectorIndex(MEAN)
    put(index, {5: POOL[0], 6: POOL[1]})
    put(index, {5: POOL[2]})

    read = index.view().vector(5)

    assert read is not None
    assert np.allclose(read, POOL[2], atol=0.01)
    index.remove([5])
    assert index.view().vector(5) is None
