"""Vectors that came many at a time: written in the order in which they came, and sorted into their table later.

A vector's key is a hash, so in the table `vectors` each new one rewrites a page that it shares with a dozen others,
however many come at once: fourteen times what it holds. Batches are therefore written to the table `arrivals`, row
behind row, and once nothing more comes they are put into `vectors` by ascending keys, slice by slice, so that every
page is written once. Until then `Arrivals` knows the row of each vector; it is made of the table when somebody
first looks a vector up, so that no start waits for it.

A row: number (8 bytes, big-endian) -> embedding key (16 bytes) and sealed vector. A crash amid the sorting leaves
vectors in both tables; both have the same. Tests: tests/unit/store/test_store_arrivals.py.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from codegraph.store import schema
from codegraph.store.environment import Environment, Transaction

ARRIVING_TOGETHER = 64
"""So many vectors in one write are a batch; fewer, as after an edit, go to their place at once."""

SORTED_TOGETHER = 512
"""Vectors that a step sorts in, or a 256th of all if that is more: some milliseconds at 100,000."""

KEY_BYTES = 16
_NUMBER_BYTES = 8
_BUCKETS = 256

Items = Sequence[tuple[bytes, bytes]]


class Slice(NamedTuple):
    """What one step sorts in."""

    rows: Sequence[tuple[bytes, int]]
    """Embedding keys, ascending, and the numbers of their rows."""
    after: int
    """The bucket that the next slice begins with."""
    is_last: bool
    """Nothing is left in the table that is not in its place then."""


class Arrivals:
    """The row of each vector that is not sorted in. The writer changes it; looking up is safe from any thread."""

    def __init__(self, environment: Environment) -> None:
        """Nothing is read yet."""
        self._environment = environment
        self._lock = threading.Lock()
        self._buckets: list[dict[bytes, int]] | None = None
        self._count = 0
        self._next_number = 0
        self._next_bucket = 0

    def __len__(self) -> int:
        """Count the vectors that are not sorted in."""
        self._loaded()
        return self._count

    def load(self) -> None:
        """Read the table, if that was not done yet. Not within a transaction."""
        self._loaded()

    def rows(self, keys: Iterable[bytes]) -> list[int | None]:
        """Return the number of each vector's row, None where it has none; asked before the transaction that reads it.

        A vector that is sorted in between the two is found in its place.
        """
        buckets = self._loaded()
        return [buckets[key[0]].get(key) if key else None for key in keys]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the keys of the vectors that are not sorted in."""
        for bucket in self._loaded():
            yield from list(bucket)

    def write(self, transaction: Transaction, items: Items) -> None:
        """Write a batch; `load` goes before the transaction, `written` follows the commit."""
        names = map(_name, count(self._next_number))
        transaction.put_many(schema.ARRIVALS, zip(names, map(b"".join, items), strict=False))

    def written(self, items: Items) -> None:
        """A batch was committed."""
        buckets = self._loaded()
        for key, _ in items:
            bucket = buckets[key[0]]
            self._count += key not in bucket
            bucket[key] = self._next_number
            self._next_number += 1

    def replaced(self, keys: Iterable[bytes]) -> None:
        """These were written to their place."""
        buckets = self._loaded()
        for key in keys:
            if key and buckets[key[0]].pop(key, None) is not None:
                self._count -= 1

    def next_slice(self) -> Slice:
        """Choose what to sort in next."""
        buckets = self._loaded()
        rows: list[tuple[bytes, int]] = []
        at = self._next_bucket
        for _ in range(_BUCKETS):
            if rows and len(rows) + len(buckets[at]) > SORTED_TOGETHER:
                break
            rows += sorted(buckets[at].items())
            at = (at + 1) % _BUCKETS
        rows.sort()
        return Slice(rows, at, len(rows) == self._count)

    def sorted_in(self, one: Slice) -> None:
        """A slice was committed."""
        self.replaced([key for key, _ in one.rows])
        self._next_bucket = 0 if one.is_last else one.after

    def _loaded(self) -> list[dict[bytes, int]]:
        buckets = self._buckets
        if buckets is None:
            with self._lock:
                buckets = self._buckets or self._load()
                self._buckets = buckets
        return buckets

    def _load(self) -> list[dict[bytes, int]]:
        buckets: list[dict[bytes, int]] = [{} for _ in range(_BUCKETS)]

        def note(name: memoryview, row: memoryview) -> None:
            number, key = int.from_bytes(name, "big"), bytes(row[:KEY_BYTES])
            buckets[key[0]][key] = number
            self._next_number = number + 1

        self._environment.scan(schema.ARRIVALS, note)
        self._count = sum(map(len, buckets))
        return buckets


def are_batch(keys: Collection[bytes]) -> bool:
    """Tell whether vectors that are written together are to be sorted in later."""
    return len(keys) >= ARRIVING_TOGETHER and set(map(len, keys)) == {KEY_BYTES}


def read_vector(transaction: Transaction, key: bytes, number: int) -> bytes | None:
    """Return a sealed vector, out of its row or, where that is gone or damaged, its place."""
    row = transaction.get(schema.ARRIVALS, _name(number))
    arrived = row[KEY_BYTES:] if row is not None and row.startswith(key) else None
    if arrived is not None and schema.intact(arrived):
        return arrived
    return transaction.get(schema.VECTORS, key) or arrived


def sort_in(transaction: Transaction, one: Slice) -> None:
    """Put the vectors of a slice into their place."""
    found = ((key, read_vector(transaction, key, number)) for key, number in one.rows)
    transaction.put_many(schema.VECTORS, [(key, value) for key, value in found if value and schema.intact(value)])
    if one.is_last:
        transaction.clear(schema.ARRIVALS)


def _name(number: int) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big")
