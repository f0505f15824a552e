"""Vectors that came many at a time: codegraph/store/arrivals.py."""

from __future__ import annotations

from pathlib import Path

import lmdb
import pytest

from codegraph.config import StoreConfig
from codegraph.core.symbols import EmbeddingKey
from codegraph.events import EventLog
from codegraph.store import arrivals, schema
from codegraph.store.arrivals import ARRIVING_TOGETHER
from codegraph.store.opening import open_store
from codegraph.store.store import Store

COUNT = 10 * ARRIVING_TOGETHER


def _vectors(samples, first: int = 0, count: int = COUNT, mark: bytes = b"") -> dict[EmbeddingKey, bytes]:
    return {samples.key(str(number)): b"%d" % number + mark for number in range(first, first + count)}


def _opened(directory: Path) -> Store:
    return open_store(directory, StoreConfig(sync=False), {}, EventLog(lambda: 0.0))


def _entries(store: Store) -> tuple[int, int]:
    entries = store.statistics().entries
    return entries[schema.ARRIVALS], entries[schema.VECTORS]


def _sort_all(store: Store) -> int:
    steps = 0
    while store.unsorted:
        store.sort_vectors()
        steps += 1
    return steps


@pytest.fixture
def store(tmp_path):
    """A store in a directory of its own."""
    store = _opened(tmp_path)
    yield store
    store.close()


def test_batches_are_found_wherever_they_stand(store, samples, monkeypatch):
    """A batch is found as it came, half sorted in, and sorted in; nothing of it is kept twice in the end."""
    monkeypatch.setattr(arrivals, "SORTED_TOGETHER", 50)
    vectors = _vectors(samples)
    store.put_vectors(vectors)
    assert (store.unsorted, _entries(store)) == (COUNT, (COUNT, 0))
    while store.unsorted:
        assert store.vectors(vectors) == vectors
        assert store.vector_keys() == set(vectors)
        before = store.unsorted
        store.sort_vectors()
        assert before - 60 < store.unsorted < before
    assert _entries(store) == (0, COUNT)
    assert store.vectors(vectors) == vectors


def test_few_vectors_go_to_their_place(store, samples):
    """What an edit brings is not sorted in later, and goes before what came in a batch."""
    few = _vectors(samples, count=ARRIVING_TOGETHER - 1)
    store.put_vectors(few)
    assert (store.unsorted, _entries(store)) == (0, (0, len(few)))
    store.put_vectors(_vectors(samples, mark=b" batch"))
    again = _vectors(samples, count=3, mark=b" again")
    store.put_vectors(again)
    assert store.vectors(again) == again
    _sort_all(store)
    assert store.vectors(_vectors(samples)) == _vectors(samples, mark=b" batch") | again


def test_batches_that_come_amid_the_sorting_are_not_lost(store, samples, monkeypatch):
    """What comes between two steps, before or behind the place that they have come to, is sorted in as well."""
    monkeypatch.setattr(arrivals, "SORTED_TOGETHER", 100)
    vectors = _vectors(samples, count=2 * COUNT)
    store.put_vectors(_vectors(samples))
    store.sort_vectors()
    store.put_vectors(_vectors(samples, COUNT))
    assert _sort_all(store) > 1
    assert _entries(store) == (0, 2 * COUNT)
    assert store.vectors(vectors) == vectors


def test_a_crash_amid_the_sorting_loses_nothing(tmp_path, samples, monkeypatch):
    """A store that was left half sorted finds everything, and ends with every vector in its place."""
    monkeypatch.setattr(arrivals, "SORTED_TOGETHER", 100)
    vectors = _vectors(samples)
    store = _opened(tmp_path)
    store.put_vectors(vectors)
    store.sort_vectors()
    store.close()
    store = _opened(tmp_path)
    assert store.vectors(vectors) == vectors
    store.put_vectors(_vectors(samples, COUNT))
    _sort_all(store)
    assert _entries(store) == (0, 2 * COUNT)
    assert store.vectors(vectors) == vectors
    store.close()


def test_garbage_is_looked_for_among_all(store, samples):
    """A collection sorts in what is left, and then lets go of what nothing refers to."""
    store.put_vectors(_vectors(samples))
    assert store.collect_garbage(orphan_bytes=0).vectors == COUNT
    assert _entries(store) == (0, 0)


def test_damage_costs_the_vector_only(tmp_path, samples):
    """A row that was damaged is missing, is not sorted in, and does not hide a sound vector of the same key."""
    vectors = _vectors(samples)
    store = _opened(tmp_path)
    store.put_vectors(dict(list(vectors.items())[:2]))
    store.put_vectors(vectors)
    store.close()
    with lmdb.open(str(tmp_path), max_dbs=20, map_size=1 << 26, lib_version=0) as raw, raw.begin(write=True) as writing:
        table = raw.open_db(schema.ARRIVALS.encode(), txn=writing)
        rows = {value[:16]: (name, value) for name, value in writing.cursor(table)}
        for key in list(vectors)[1:3]:
            name, value = rows[key]
            writing.put(name, value[:-1] + bytes([value[-1] ^ 1]), db=table)
    store = _opened(tmp_path)
    kept = {key: value for place, (key, value) in enumerate(vectors.items()) if place != 2}
    for _ in range(2):
        assert store.vectors(vectors) == kept
        _sort_all(store)
    assert _entries(store) == (0, COUNT - 1)
    store.close()
