"""Which sets of hashes overlap enough: all pairs whose Jaccard similarity reaches a threshold, exactly.

Prefix filtering (Chaudhuri et al. 2006; Bayardo et al. 2007): put all hashes in one order, the rarest first. If
two sets overlap by the share t, then so do their first n - ceil(t n) + 1 elements in at least one. So only sets that
share one of their rarest elements are compared, most have none, and none that reaches t is missed; how rare a
hash is decides the work, never the answer. Every pair that comes out was compared element by element.

Bounds. A hash that stands in the prefix of very many sets would give a number of pairs that grows with its square.
Such a list is ordered by size and each set compared with the next NEIGHBOURS only; then `complete` is false. The
comparison takes pairs in portions, so memory is bounded by the sets and not by the pairs.
Pure. Tests: tests/unit/search/test_search_overlap.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

NEIGHBOURS = 1_024
"""A set is compared with at most so many others for the sake of one hash."""

PORTION = 1 << 21
"""Elements of the sets that are compared at once."""

SKETCH_BITS = 512
"""Bits of the bitmap that rules most pairs out before their elements are compared."""

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """Pairs of sets by their numbers, `first` < `second`, in ascending order."""

    first: Ints
    second: Ints
    similarity: npt.NDArray[np.float64]
    """Elements in both through elements in either."""
    complete: bool
    """No pair was passed over."""


def overlapping(sets: Sequence[Hashes], threshold: float) -> Overlaps:
    """Return the pairs of sets (each ascending, distinct, uint32) with a similarity of at least `threshold`.

    Raises ValueError unless 0 < threshold <= 1.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"a similarity lies above 0 and does not exceed 1; {threshold} does not")
    sizes = np.array([len(one) for one in sets], dtype=np.int64)
    flat = np.concatenate([*sets, np.empty(0, dtype=np.uint32)])
    ranks, owners = _prefixes(flat, sizes, threshold)
    first, second, complete = _candidates(ranks, owners, sizes, threshold, _sketches(flat, sizes))
    similarity = _similarities(flat, sizes, first, second)
    reached = similarity >= threshold
    return Overlaps(first[reached], second[reached], similarity[reached], complete)


def _prefixes(flat: Hashes, sizes: Ints, threshold: float) -> tuple[Ints, Ints]:
    """Return the hashes, as ranks by rarity, in the prefixes of the sets, and whose they are; by rank and size."""
    distinct, numbers, counts = np.unique(flat, return_inverse=True, return_counts=True)
    rank_of = np.empty(len(distinct), dtype=np.int64)
    rank_of[np.argsort(counts, kind="stable")] = np.arange(len(distinct))
    keys = (np.repeat(np.arange(len(sizes)), sizes) << 32) | rank_of[numbers.reshape(-1)]
    keys.sort()
    places = np.arange(len(keys)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    prefix = sizes - _least(sizes, threshold) + 1
    in_prefix = places < np.repeat(prefix, sizes)
    keys = keys[in_prefix]
    ranks, owners = keys & 0xFFFFFFFF, keys >> 32
    shared = np.sort(counts)[ranks] > 1
    ranks, owners = ranks[shared], owners[shared]
    order = np.lexsort((owners, sizes[owners], ranks))
    return ranks[order], owners[order]


def _least(sizes: Ints, threshold: float) -> Ints:
    """Return how many elements a set must at least have in common with another that overlaps by the threshold."""
    least: Ints = np.ceil(sizes * threshold - 1e-9).astype(np.int64)
    return least


def _candidates(
    ranks: Ints, owners: Ints, sizes: Ints, threshold: float, sketches: npt.NDArray[np.uint64]
) -> tuple[Ints, Ints, bool]:
    """Pair the sets that share a hash in their prefixes and whose sizes and sketches allow it."""
    found = [np.empty(0, dtype=np.int64)]
    here = np.arange(len(ranks))
    least = _least(sizes, threshold)
    for distance in range(1, NEIGHBOURS + 2):
        here = here[: np.searchsorted(here, len(ranks) - distance)]
        here = here[ranks[here] == ranks[here + distance]]
        here = here[sizes[owners[here]] >= least[owners[here + distance]]]
        if not len(here):
            return *_split(found), True
        if distance > NEIGHBOURS:
            break
        for part in _portions(np.full(len(here), SKETCH_BITS >> 3)):
            one, other = owners[here[part]], owners[here[part] + distance]
            allowed = np.bitwise_count(sketches[one] ^ sketches[other]).sum(axis=1, dtype=np.int64)
            together = sizes[one] + sizes[other]
            kept = allowed <= together * ((1 - threshold) / (1 + threshold)) + 1e-9
            one, other = one[kept], other[kept]
            found.append(np.unique((np.minimum(one, other) << 32) | np.maximum(one, other)))
    return *_split(found), False


def _split(found: Sequence[Ints]) -> tuple[Ints, Ints]:
    keys = np.unique(np.concatenate(found))
    return keys >> 32, keys & 0xFFFFFFFF


def _sketches(flat: Hashes, sizes: Ints) -> npt.NDArray[np.uint64]:
    """Return a bitmap of each set, uint64 (n, SKETCH_BITS / 64): no two sets differ in fewer elements than bits."""
    sketches = np.zeros((len(sizes), SKETCH_BITS >> 6), dtype=np.uint64)
    ends = np.cumsum(sizes)
    for part in _portions(np.full(len(sizes), SKETCH_BITS)):
        start, end = int(ends[part.start] - sizes[part.start]), int(ends[part.stop - 1])
        bits = np.zeros((part.stop - part.start, SKETCH_BITS), dtype=np.bool_)
        bits[np.repeat(np.arange(len(bits)), sizes[part]), flat[start:end] % SKETCH_BITS] = True
        sketches[part] = np.packbits(bits, axis=1).view(np.uint64)
    return sketches


def _similarities(flat: Hashes, sizes: Ints, first: Ints, second: Ints) -> npt.NDArray[np.float64]:
    starts = np.cumsum(sizes) - sizes
    similarities = np.empty(len(first))
    for part in _portions(sizes[first] + sizes[second]):
        one, other = first[part], second[part]
        left, right = _elements(flat, starts, sizes, one), _elements(flat, starts, sizes, other)
        both = np.concatenate((left, right))
        both.sort()
        repeated = both[1:][both[1:] == both[:-1]] >> np.uint64(32)
        common = np.bincount(repeated.astype(np.int64), minlength=len(one))
        similarities[part] = common / (sizes[one] + sizes[other] - common)
    return similarities


def _elements(flat: Hashes, starts: Ints, sizes: Ints, sets: Ints) -> npt.NDArray[np.uint64]:
    """Return the elements of some sets, each under the number of its place among them."""
    lengths = sizes[sets]
    before = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(starts[sets] - before, lengths)
    numbers = np.repeat(np.arange(len(sets), dtype=np.uint64), lengths)
    elements: npt.NDArray[np.uint64] = (numbers << np.uint64(32)) | flat[places]
    return elements


def _portions(weights: Ints) -> Iterator[slice]:
    """Cut a sequence where the weights of a part exceed PORTION."""
    parts = np.cumsum(weights) // PORTION
    cuts = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), len(weights)]
    yield from (slice(start, end) for start, end in pairwise(cuts) if start < end)
