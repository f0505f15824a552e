"""Which sets of hashes overlap enough: all pairs whose Jaccard similarity reaches a threshold, exactly.

Prefix filtering (Chaudhuri et al. 2006; Bayardo et al. 2007): put all hashes in one order, the rarest first. If
two sets overlap by the share t, then so do their first n - ceil(t n) + 1 elements in at least one. So only sets that
share one of their rarest elements are compared, most have none, and none that reaches t is missed; how rare a
hash is decides the work, never the answer. Nor do those that have too little left after the first hash that they
share (Xiao et al. 2008). Every pair that comes out was compared element by element.

Bounds. A hash that stands in the prefix of very many sets would give a number of pairs that grows with its square.
Such a list is ordered by size and each set compared with the next NEIGHBOURS only; then `complete` is false. The
comparison takes pairs in portions, so memory is bounded by the sets and not by the pairs.
Pure. Tests: tests/unit/search/test_search_overlap.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

NEIGHBOURS = 1_024
"""A set is compared with at most so many others for the sake of one hash."""

PORTION = 1 << 21
"""Elements of the sets that are compared at once."""

SKETCH_BITS = 512
"""Bits of the bitmap that rules most pairs out before their elements are compared."""

SKETCH = SKETCH_BITS >> 3
"""Its bytes."""

MOST_BUCKETS = 1 << 22
"""Hashes are counted in so many at most."""

MOST_COUNTED = (1 << 11) - 1
"""More frequent hashes count as equally frequent."""

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
    entries = _prefixes(flat, sizes, threshold)
    first, second, complete = _candidates(entries, sizes, threshold, _sketches(flat, sizes))
    similarity = _similarities(flat, sizes, first, second)
    reached = similarity >= threshold
    return Overlaps(first[reached], second[reached], similarity[reached], complete)


class _Entries(NamedTuple):
    """The hashes in the prefixes of all sets, those of one hash together, smaller sets first."""

    hashes: Hashes
    owners: Ints
    """Whose each is."""
    rest: Ints
    """How many elements the owner has from this one on, in the order of rarity."""


def _prefixes(flat: Hashes, sizes: Ints, threshold: float) -> _Entries:
    """Order the elements of each set by rarity, and return those of the prefixes.

    How often a hash occurs is counted by its lowest bits: any order would do that is the same for all sets.
    """
    mask = np.uint32(min(MOST_BUCKETS, 1 << len(flat).bit_length()) - 1)
    counts = np.minimum(np.bincount(flat & mask, minlength=int(mask) + 1), MOST_COUNTED).astype(np.uint16)
    rarity = counts[flat & mask]
    ends = np.cumsum(sizes)
    prefixes = sizes - _least(sizes, threshold) + 1
    found: list[_Entries] = [_Entries(flat[:0], sizes[:0], sizes[:0])]
    for part in _portions(sizes + 1):
        own = sizes[part]
        start, end = int(ends[part.start] - own[0]), int(ends[part.stop - 1])
        numbers = np.repeat(np.arange(len(own), dtype=np.uint64), own)
        keys = (numbers << np.uint64(43)) | (rarity[start:end].astype(np.uint64) << np.uint64(32)) | flat[start:end]
        keys.sort()
        length = np.where(own > 0, prefixes[part], 0)
        owners = np.repeat(np.arange(len(own)), length)
        places = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
        hashes = keys[(np.cumsum(own) - own)[owners] + places].astype(np.uint32)
        shared = counts[hashes & mask] > 1
        owners, places = owners[shared], places[shared]
        found.append(_Entries(hashes[shared], owners + part.start, own[owners] - places))
    entries = _Entries(*(np.concatenate(each) for each in zip(*found, strict=True)))
    by_size = np.empty(len(sizes), dtype=np.uint64)
    by_size[np.argsort(sizes, kind="stable")] = np.arange(len(sizes), dtype=np.uint64)
    order = np.argsort((entries.hashes.astype(np.uint64) << np.uint64(32)) | by_size[entries.owners])
    return _Entries(entries.hashes[order], entries.owners[order], entries.rest[order])


def _least(sizes: Ints, threshold: float) -> Ints:
    """Return how many elements a set must at least have in common with another that overlaps by the threshold."""
    return _ceiling(sizes * threshold)


def _common(together: Ints, threshold: float) -> Ints:
    """Return how many elements two sets of so many together have in common where they overlap by the threshold."""
    return _ceiling(together * (threshold / (1 + threshold)))


def _ceiling(values: npt.NDArray[np.floating]) -> Ints:
    whole: Ints = np.ceil(values - 1e-9).astype(np.int64)
    return whole


def _candidates(
    entries: _Entries, sizes: Ints, threshold: float, sketches: npt.NDArray[np.uint64]
) -> tuple[Ints, Ints, bool]:
    """Pair the sets that share a hash in their prefixes and whose sizes, places and sketches allow it.

    Where two sets share their first hash, all that they have in common lies in the rest of each, from there on.
    """
    hashes, owners, rest = entries
    own = sizes[owners]
    least = _least(own, threshold)
    found = [np.empty(0, dtype=np.int64)]
    here = np.flatnonzero(rest >= _common(2 * own, threshold))
    for distance in range(1, NEIGHBOURS + 2):
        here = here[: np.searchsorted(here, len(hashes) - distance)]
        there = here + distance
        here = here[(hashes[here] == hashes[there]) & (own[here] >= least[there])]
        if not len(here):
            return *_split(found), True
        if distance > NEIGHBOURS:
            break
        there = here + distance
        likely = np.minimum(rest[here], rest[there]) >= _common(own[here] + own[there], threshold)
        one, other = owners[here[likely]], owners[there[likely]]
        for start in range(0, len(one), PORTION // SKETCH):
            part = slice(start, start + PORTION // SKETCH)
            found.append(_alike(one[part], other[part], sizes, threshold, sketches))
    return *_split(found), False


def _alike(one: Ints, other: Ints, sizes: Ints, threshold: float, sketches: npt.NDArray[np.uint64]) -> Ints:
    """Return the pairs whose sketches do not differ in more bits than sets that overlap differ in elements."""
    differing = np.bitwise_count(sketches[one] ^ sketches[other]).sum(axis=1, dtype=np.int64)
    kept = differing <= (sizes[one] + sizes[other]) * ((1 - threshold) / (1 + threshold)) + 1e-9
    one, other = one[kept], other[kept]
    return (np.minimum(one, other) << 32) | np.maximum(one, other)


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
