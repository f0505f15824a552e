"""Exact nearest-neighbour search over int8 vectors that change while they are searched.

Rows lie in *blocks* of a fixed capacity. A row is written once, behind the last row that anybody can
see, and never again: replacing a vector buries the old row (sets a mark in a copy of the block's burial
marks) and appends a new one. A block that is full and has more than a quarter of its rows buried is
emptied into the last block and dropped. Readers take a `VectorView`, a tuple of row stretches that
stays as it is for as long as somebody holds it, so no reader ever sees a torn or changed row (I6).

Every query reads every row: at 8 bits and 256 dimensions simsimd's kernel needs 1.4 ms for 100k rows and
12 ms for 1M on one core, where reading the bytes alone takes 9; so neither a binary prefilter nor an approximate
index is called for. Many rows are shared with a second thread: 1.28M take 16 ms, and 11 to 13 of two cores. Without
simsimd the same products come from float32 matrix products, exactly equal and about four times slower.
Memory: dimensions + 13 bytes a row (26 MB for 100k x 256), a quarter more at worst while rows are buried.

Scores are cosines, see `quantise`. The result of a search depends only on which vectors are in the
index, not on the order in which they came: rows that tie with the last of the k best are all returned.
Tests: tests/unit/search/test_search_vectors.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from codegraph.search.distinct import distinct
from codegraph.search.quantise import Codes, Floats, Quantised, quantise

try:
    import simsimd

    HAS_SIMSIMD = True
except ImportError:
    HAS_SIMSIMD = False
    """A platform without a wheel: the numpy kernel answers."""

BLOCK_ROWS = 65_536
"""Rows in a block: 16 MB of codes at 256 dimensions, of which the system gives only what is written to. With a quarter
of that a scan of a million rows takes a seventh more, for what is done between two blocks."""

SHARED_BLOCKS = 4
"""From so many blocks on, a quarter of a million rows, a scan has a second thread: the kernel leaves Python's lock."""

BURIED_SHARE = 0.25
"""A full block with a larger share of buried rows is emptied."""

SAMPLE_EVERY = 16
"""One row of so many says how near the rest must be at least; neighbouring rows are of one file, and of one mind."""

SPARSE_SHARE = 0.25
"""A filter that admits a smaller share of a block has its rows copied out before the scan."""

Numbers = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
DotProducts = Callable[[Codes, Codes], Floats]
"""(codes (d,), matrix (n, d)) -> float32 (n,), exact integers."""


def dot_products_simsimd(query: Codes, matrix: Codes) -> Floats:
    """Multiply with simsimd's int8 kernel, in the calling thread.

    Its `out` argument is not used: simsimd 6.5 then takes a reference to None that it does not own at every
    call, and Python 3.11 dies of it after some thousand queries.
    """
    products = simsimd.cdist(query[None, :], matrix, metric="dot", out_dtype="float32", threads=1)
    row: Floats = np.asarray(products)[0]
    return row


def dot_products_numpy(query: Codes, matrix: Codes) -> Floats:
    """Multiply in float32, which holds these integers exactly up to 1,040 dimensions."""
    wide = query.astype(np.float32)
    products = np.empty(len(matrix), dtype=np.float32)
    for start in range(0, len(matrix), 1024):
        products[start : start + 1024] = matrix[start : start + 1024].astype(np.float32) @ wide
    return products


def fastest_dot_products() -> DotProducts:
    """Return simsimd's kernel where it is installed, numpy's elsewhere."""
    return dot_products_simsimd if HAS_SIMSIMD else dot_products_numpy


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Symbols by falling score, ties by rising number."""

    numbers: Numbers
    scores: Floats
    """Cosines."""
    searched: int = 0
    """How many rows were allowed."""

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of one block that a view shows."""

    numbers: Numbers
    vectors: Quantised
    buried: Mask | None
    """None when no row is."""

    def visible(self, allowed: Mask | None) -> Mask | None:
        """Mark the rows that a search may return; None means all of them."""
        mask = None if self.buried is None else ~self.buried
        if allowed is None:
            return mask
        return allowed[self.numbers] if mask is None else mask & allowed[self.numbers]


@dataclass(frozen=True, slots=True)
class VectorView:
    """What the index held at one moment."""

    stretches: tuple[Stretch, ...]
    live: int
    mean: Floats
    dot_products: DotProducts

    def search(self, query: Floats, limit: int, allowed: Mask | None = None) -> Neighbours:
        """Return the `limit` rows with the largest cosines, and all that tie with the last of them.

        `query`: float32 (d,), length one. `allowed`: True for each symbol number that may be returned.
        Raises ValueError when the query does not fit the index or is not finite.
        """
        if limit <= 0 or not self.stretches:
            return _sorted([], [])
        encoded = quantise(query[None, :], self.mean)
        left = iter(self.stretches)  # of two threads, each takes the next one
        helper = None
        if len(self.stretches) >= SHARED_BLOCKS and (helpers := _helpers()) is not None:
            helper = helpers.submit(self._best, left, encoded, limit, allowed)
        found = [self._best(left, encoded, limit, allowed)]
        if helper is not None and not helper.cancel():
            found.append(helper.result())
        best = _sorted(*_best_of([each.numbers for each in found], [each.scores for each in found], limit)[:2])
        # q . v = q . m + what the scan computed; the first term is the same for all rows.
        constant = np.float32(query @ self.mean)
        return Neighbours(best.numbers, best.scores + constant, sum(each.searched for each in found))

    def _best(self, stretches: Iterator[Stretch], query: Quantised, limit: int, allowed: Mask | None) -> Neighbours:
        """Return the best rows of the stretches that nobody else takes, and all that tie with the last of them."""
        threshold, searched = np.float32(-np.inf), 0
        numbers: list[Numbers] = []
        scores: list[Floats] = []
        for stretch in stretches:
            found, values = self._scan(stretch, query, allowed)
            searched += len(found)
            if not numbers:  # the limit-th best of some rows is a bound for that of all, so few rows are gathered
                threshold = _least_of_best(values[::SAMPLE_EVERY], limit)
            good = np.flatnonzero(values >= threshold)
            if len(good):
                numbers, scores = [*numbers, found[good]], [*scores, values[good]]
                numbers, scores, threshold = _best_of(numbers, scores, limit)
        best = _sorted(numbers, scores)
        return Neighbours(best.numbers, best.scores, searched)

    def vector(self, number: int) -> Floats | None:
        """Return one symbol's vector as the codes tell it, float32 (d,); None if there is none."""
        for stretch in self.stretches:
            for row in np.flatnonzero(stretch.numbers == number):
                if stretch.buried is None or not stretch.buried[row]:
                    decoded: Floats = stretch.vectors.codes[row] * stretch.vectors.scales[row] + self.mean
                    return decoded
        return None

    def _scan(self, stretch: Stretch, query: Quantised, allowed: Mask | None) -> tuple[Numbers, Floats]:
        """Return the numbers and scores of the visible rows of one stretch."""
        visible = stretch.visible(allowed)
        vectors, numbers = stretch.vectors, stretch.numbers
        if visible is not None:
            rows = np.flatnonzero(visible)
            if len(rows) < SPARSE_SHARE * len(numbers):
                return numbers[rows], self._scores(vectors.take(rows), query)
            return numbers[rows], self._scores(vectors, query)[rows]
        return numbers, self._scores(vectors, query)

    def _scores(self, vectors: Quantised, query: Quantised) -> Floats:
        if not len(vectors):
            return np.empty(0, dtype=np.float32)
        scores = self.dot_products(query.codes[0], vectors.codes)
        scores *= vectors.scales
        scores *= query.scales[0]
        scores += vectors.biases
        return scores


class _Block:
    """Rows that only the writer appends to; `used` rows are published."""

    def __init__(self, dimensions: int) -> None:
        self.codes = np.empty((BLOCK_ROWS, dimensions), dtype=np.int8)
        self.scales = np.empty(BLOCK_ROWS, dtype=np.float32)
        self.biases = np.empty(BLOCK_ROWS, dtype=np.float32)
        self.numbers = np.empty(BLOCK_ROWS, dtype=np.int32)
        self.used = 0
        self.buried: Mask | None = None
        self.buried_count = 0

    def append(self, numbers: Numbers, vectors: Quantised) -> None:
        rows = slice(self.used, self.used + len(numbers))
        self.codes[rows] = vectors.codes
        self.scales[rows] = vectors.scales
        self.biases[rows] = vectors.biases
        self.numbers[rows] = numbers
        self.used += len(numbers)

    def bury(self, rows: npt.NDArray[np.int64]) -> None:
        marks = np.zeros(BLOCK_ROWS, dtype=np.bool_) if self.buried is None else self.buried.copy()
        marks[rows] = True
        self.buried = marks
        self.buried_count += len(rows)

    def stretch(self) -> Stretch:
        rows = slice(0, self.used)
        vectors = Quantised(self.codes[rows], self.scales[rows], self.biases[rows])
        return Stretch(self.numbers[rows], vectors, None if self.buried is None else self.buried[rows])


class VectorIndex:
    """The writer's side: put, remove, publish. One writer; views may be used in any thread."""

    def __init__(self, mean: Floats, dot_products: DotProducts | None = None) -> None:
        """`mean`: float32 (d,), what was removed from the vectors before they were rounded."""
        self._mean = np.array(mean, dtype=np.float32)
        self._dot_products = dot_products or fastest_dot_products()
        self._blocks: dict[int, _Block] = {}
        self._stretches: dict[int, Stretch] = {}
        self._next_block = 0
        self._places = np.full(0, -1, dtype=np.int64)
        self._live = 0
        self._view = self._built_view()

    @property
    def dimensions(self) -> int:
        """Components of each vector."""
        return len(self._mean)

    @property
    def mean(self) -> Floats:
        """What is removed from vectors and queries before they are rounded, float32 (d,)."""
        return self._mean

    def __len__(self) -> int:
        return self._live

    def __contains__(self, number: int) -> bool:
        return 0 <= number < len(self._places) and bool(self._places[number] >= 0)

    def view(self) -> VectorView:
        """Return what was last published."""
        return self._view

    def put(self, numbers: Sequence[int] | Numbers, vectors: Quantised) -> None:
        """Set the vectors of some symbols, distinct ones, replacing what they had, and publish.

        Raises ValueError when a number repeats or is negative, or the shapes disagree.
        """
        wanted = np.asarray(numbers, dtype=np.int32)
        if vectors.dimensions != self.dimensions or len(vectors) != len(wanted):
            raise ValueError("one vector for each number, with the index's number of dimensions")
        if len(wanted) == 0:
            return
        if wanted.min() < 0 or len(distinct(wanted)) != len(wanted):
            raise ValueError("symbol numbers are distinct and not negative")
        self._make_room(int(wanted.max()) + 1)
        self._bury(wanted)
        self._append(wanted, vectors)
        self._live += len(wanted)
        self._publish()

    def remove(self, numbers: Sequence[int] | Numbers) -> None:
        """Forget the vectors of some symbols, those without one included, and publish."""
        wanted = distinct(np.asarray(numbers, dtype=np.int32))
        wanted = wanted[(wanted >= 0) & (wanted < len(self._places))]
        if len(wanted) and self._bury(wanted):
            self._publish()

    def _make_room(self, count: int) -> None:
        if count > len(self._places):
            places = np.full(max(count, 2 * len(self._places)), -1, dtype=np.int64)
            places[: len(self._places)] = self._places
            self._places = places

    def _bury(self, numbers: Numbers) -> int:
        """Bury the rows of `numbers`; return how many had one."""
        places = self._places[numbers]
        places = places[places >= 0]
        self._places[numbers] = -1
        self._live -= len(places)
        for block_number, rows in _by_block(places):
            self._blocks[block_number].bury(rows)
            self._stretches.pop(block_number, None)
        return len(places)

    def _append(self, numbers: Numbers, vectors: Quantised) -> None:
        done = 0
        while done < len(numbers):
            last = self._next_block - 1
            if last not in self._blocks or self._blocks[last].used == BLOCK_ROWS:
                last = self._next_block
                self._blocks[last] = _Block(self.dimensions)
                self._next_block += 1
            block = self._blocks[last]
            rows = slice(done, min(len(numbers), done + BLOCK_ROWS - block.used))
            first = last * BLOCK_ROWS + block.used
            part = Quantised(vectors.codes[rows], vectors.scales[rows], vectors.biases[rows])
            block.append(numbers[rows], part)
            self._stretches.pop(last, None)
            self._places[numbers[rows]] = np.arange(first, first + len(part))
            done = rows.stop

    def _publish(self) -> None:
        self._empty_buried_blocks()
        self._view = self._built_view()

    def _empty_buried_blocks(self) -> None:
        """Move the live rows of each full, much buried block behind the last row, and drop the block."""
        full = [number for number, block in self._blocks.items() if block.used == BLOCK_ROWS]
        for number in full:
            block = self._blocks[number]
            if block.buried is None or block.buried_count <= BURIED_SHARE * BLOCK_ROWS:
                continue
            rows = np.flatnonzero(~block.buried)
            whole = block.stretch()
            del self._blocks[number]
            self._stretches.pop(number, None)
            self._append(whole.numbers[rows], whole.vectors.take(rows))

    def _built_view(self) -> VectorView:
        for number, block in self._blocks.items():
            if number not in self._stretches:
                self._stretches[number] = block.stretch()
        ordered = tuple(self._stretches[number] for number in sorted(self._stretches))
        return VectorView(ordered, self._live, self._mean, self._dot_products)


@cache
def _helpers() -> Executor | None:
    """Return who shares scans, None on a single core."""
    return ThreadPoolExecutor(1, thread_name_prefix="scan") if (os.cpu_count() or 1) > 1 else None


def _by_block(places: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Group places into (block, rows in it)."""
    blocks = places // BLOCK_ROWS
    for number in distinct(blocks):
        yield int(number), places[blocks == number] % BLOCK_ROWS


def _least_of_best(scores: Floats, limit: int) -> np.float32:
    """Return the `limit`-th best score; of fewer none is too small."""
    if len(scores) < limit:
        return np.float32(-np.inf)
    least: np.float32 = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    return least


def _best_of(
    numbers: Sequence[Numbers], scores: Sequence[Floats], limit: int
) -> tuple[list[Numbers], list[Floats], np.float32]:
    """Keep the best `limit` and whatever ties with the last of them; return their least score, too."""
    names, values = np.concatenate(numbers), np.concatenate(scores)
    least = _least_of_best(values, limit)
    good = np.flatnonzero(values >= least)
    return [names[good]], [values[good]], least


def _sorted(numbers: Sequence[Numbers], scores: Sequence[Floats]) -> Neighbours:
    """Join and order candidates."""
    if not numbers:
        return Neighbours(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))
    names, values = np.concatenate(numbers), np.concatenate(scores)
    order = np.lexsort((names, -values))
    return Neighbours(names[order], values[order])
