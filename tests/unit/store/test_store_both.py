"""What every StateStore promises; each test runs against LMDB and against the fake."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegraph.config import StoreConfig
from codegraph.core.changes import Cause, Skipped, Verdict
from codegraph.core.symbols import SymbolId
from codegraph.errors import StoreError
from codegraph.events import EventLog
from codegraph.store.memory import MemoryStore
from codegraph.store.opening import open_store
from codegraph.store.protocol import StateStore
from codegraph.store.schema import RevisionRecord, SymbolState, decode_symbols


def _record(revision: int, **changes: Any) -> RevisionRecord:
    return RevisionRecord(revision, **changes)


def test_store_is_empty_at_first(store, samples):
    """A fresh store has revision 0 and nothing in it."""
    assert store.revision == 0
    assert (store.files(), store.skipped(), list(store.links()), list(store.symbols())) == ({}, {}, [], [])
    assert store.vector_keys() == set()
    assert store.outline(samples.file("a").blob, "python") is None
    assert store.meta("mean") is None


def test_store_returns_what_was_committed(store, samples):
    """Everything in a revision is read back as it was given."""
    verdict = Verdict(Cause("signature", SymbolId("b.py/f()."), (SymbolId("a.py/g()."),)), True, 1)
    states = (samples.state("f().", "k1", "k0"), SymbolState("g().", samples.key("k2"), b"", verdict))
    skipped = Skipped("big.py", "too_large", "9 MB")
    store.commit(
        _record(
            1,
            files={"a.py": samples.file("a")},
            facts=(samples.facts("a"),),
            links={"a.py": b"links"},
            symbols={"a.py": states},
            skipped={"big.py": skipped},
        )
    )
    blob = samples.file("a").blob
    assert store.revision == 1
    assert store.files() == {"a.py": samples.file("a")}
    assert list(store.links()) == [("a.py", b"links")]
    assert list(store.symbols()) == [("a.py", states)]
    assert store.skipped() == {"big.py": skipped}
    assert store.has_facts(blob, "python")
    assert store.outline(blob, "python") == b"outline a"
    assert store.occurrences(blob, "python") == b"occurrences a"
    assert store.inputs(blob, "python") == b"inputs a"
    assert store.layout(blob, "python") == b"layout a"


def test_store_removes_what_a_revision_removes(store, samples):
    """None removes a path, from its own table only, and removing what is not there is no error."""
    row = {"a.py": samples.file("a"), "b.py": samples.file("b")}
    states = {path: (samples.state("f().", path),) for path in row}
    store.commit(_record(1, files=row, links=dict.fromkeys(row, b"l"), symbols=states))
    store.commit(
        _record(
            2, files={"a.py": None, "c.py": None}, links={"b.py": None}, symbols={"a.py": None}, skipped={"x": None}
        )
    )
    assert list(store.files()) == ["b.py"]
    assert [path for path, _ in store.links()] == ["a.py"]
    assert [path for path, _ in store.symbols()] == ["b.py"]


def test_store_refuses_a_revision_that_does_not_follow(store):
    """Revisions only grow; a refused one changes nothing."""
    store.commit(_record(3))
    with pytest.raises(ValueError, match="does not follow 3"):
        store.commit(_record(3, links={"a.py": b"l"}))
    assert (store.revision, list(store.links())) == (3, [])


@pytest.mark.parametrize("table", ["files", "links", "symbols", "skipped"])
def test_store_refuses_the_empty_path(store, samples, table):
    """No file has the empty path, and nothing of the revision that says so is kept."""
    value = {"files": samples.file("a"), "links": b"", "symbols": (), "skipped": Skipped("", "binary")}[table]
    with pytest.raises(ValueError, match="empty path"):
        store.commit(_record(1, **{table: {"": value}}))
    assert store.revision == 0


def test_store_keeps_paths_of_any_length_and_bytes(store, samples):
    """Paths beyond LMDB's key limit, paths that share their first 500 bytes, and undecodable names are all distinct."""
    long = "d/" * 400
    paths = ["a.py", long + "x.py", long + "y.py", "é" * 300 + ".py", "bad\udcff.py", "é" * 247]
    files = {path: samples.file(path.encode("utf-8", "surrogateescape").hex()) for path in paths}
    store.commit(_record(1, files=files, links={path: path.encode("utf-8", "surrogateescape") for path in paths}))
    assert store.files() == files
    assert {path: path.encode("utf-8", "surrogateescape") for path in paths} == dict(store.links())
    store.commit(_record(2, files={long + "x.py": None}))
    assert sorted(store.files()) == sorted(set(paths) - {long + "x.py"})


def test_store_lists_rows_in_the_order_of_path_bytes(store, samples):
    """Two stores with the same rows give them in the same order, whatever order they came in."""
    paths = ["b.py", "a.py", "ä.py", "a/b.py", "Z.py"]
    store.commit(_record(1, files={path: samples.file(path) for path in paths}, links=dict.fromkeys(paths, b"")))
    assert list(store.files()) == ["Z.py", "a.py", "a/b.py", "b.py", "ä.py"]
    assert [path for path, _ in store.links()] == list(store.files())


def test_store_shares_facts_of_equal_bytes_by_language(store, samples):
    """Facts belong to bytes and language, not to a path; a file without them has none."""
    store.commit(
        _record(
            1,
            facts=(samples.facts("a"),),
            files={"x.py": samples.file("a"), "y.py": samples.file("a"), "z.js": samples.file("a", "javascript")},
        )
    )
    assert [path for path, file in store.files().items() if not store.has_facts(file.blob, file.language)] == ["z.js"]


def test_store_files_vectors_with_the_symbols_they_serve(store, samples):
    """A batch of vectors and the rows that point to it arrive together."""
    store.commit(_record(1, symbols={"a.py": (samples.state("f().", "k"),), "b.py": (samples.state("g().", "q"),)}))
    store.put_vectors({samples.key("k"): b"vector"}, {"a.py": (samples.state("f().", "k", "k"),)})
    assert store.vectors([samples.key("k"), samples.key("q")]) == {samples.key("k"): b"vector"}
    assert dict(store.symbols()) == {"a.py": (samples.state("f().", "k", "k"),), "b.py": (samples.state("g().", "q"),)}
    assert store.vector_keys() == {samples.key("k")}


def test_store_replaces_a_vector_under_its_key(store, samples):
    """Putting a key again leaves one vector, the last."""
    store.put_vectors({samples.key("k"): b"1"})
    store.put_vectors({samples.key("k"): b"2"})
    assert store.vectors([samples.key("k")]) == {samples.key("k"): b"2"}


def test_store_keeps_named_values(store):
    """Small values are kept by name and replaced."""
    store.set_meta("mean", b"\x00\x01")
    store.set_meta("mean", b"\x02")
    store.set_meta("revision", b"mine")
    assert (store.meta("mean"), store.meta("revision"), store.revision) == (b"\x02", b"mine", 0)


@pytest.mark.parametrize("what", ["commit", "put_vectors", "set_meta", "collect_garbage"])
def test_store_keeps_a_closing_record_until_anything_is_written(store, samples, what):
    """What a clean end said of the whole state is not believed of another state."""
    assert store.closing() is None
    store.put_vectors({samples.key("k"): b"vector"})
    store.keep_closing(b"first")
    store.keep_closing(b"second")
    assert store.closing() == b"second"
    writes = {
        "commit": lambda: store.commit(_record(1)),
        "put_vectors": lambda: store.put_vectors({samples.key("l"): b"vector"}),
        "set_meta": lambda: store.set_meta("mean", b"value"),
        "collect_garbage": lambda: store.collect_garbage(orphan_bytes=0),
    }
    writes[what]()
    assert store.closing() is None


def test_store_gives_symbols_encoded_as_well(store, samples):
    """A start that believes them need not decode them all."""
    store.commit(_record(1, symbols={"a.py": (samples.state("f().", "k1"),)}))
    assert [(path, decode_symbols(row)) for path, row in store.symbol_rows()] == list(store.symbols())


def test_iterators_show_the_revision_at_which_they_were_started(store):
    """A commit during an iteration does not change what it yields."""
    store.commit(_record(1, links={"a.py": b"1", "b.py": b"1"}))
    rows = store.links()
    assert next(rows) == ("a.py", b"1")
    store.commit(_record(2, links={"b.py": None, "c.py": b"2"}))
    assert list(rows) == [("b.py", b"1")]


def test_garbage_collection_keeps_what_files_and_symbols_refer_to(store, samples):
    """Wanted and served keys and facts of present files survive a budget of zero."""
    store.commit(
        _record(
            1,
            files={"a.py": samples.file("a")},
            facts=(samples.facts("a"), samples.facts("b")),
            symbols={"a.py": (samples.state("f().", "wanted", "served"),)},
        )
    )
    store.put_vectors({samples.key(name): b"v" for name in ("wanted", "served", "gone")})
    swept = store.collect_garbage(orphan_bytes=0)
    assert (swept.vectors, swept.facts, swept.kept_orphans) == (1, 1, 0)
    assert store.vector_keys() == {samples.key(name) for name in ("wanted", "served")}
    assert store.has_facts(samples.file("a").blob, "python")
    assert not store.has_facts(samples.file("b").blob, "python")
    assert store.inputs(samples.file("b").blob, "python") is None
    assert store.layout(samples.file("b").blob, "python") is None


def test_garbage_collection_keeps_the_latest_orphans(store, samples):
    """Facts let go last are kept up to the budget, so that going back to them costs nothing."""
    for revision, content in enumerate("abcd", 1):
        facts = (samples.facts(content, size=1_000),)
        store.commit(_record(revision, files={"x.py": samples.file(content)}, facts=facts))
    swept = store.collect_garbage(orphan_bytes=1_500)
    kept = [content for content in "abcd" if store.has_facts(samples.file(content).blob, "python")]
    assert (kept, swept.facts, swept.kept_orphans) == (["c", "d"], 2, 1)
    assert store.collect_garbage(orphan_bytes=1_500).facts == 0


def test_garbage_collection_keeps_the_latest_vectors(store, samples):
    """Vectors let go last are kept; those that nobody ever referred to go first."""
    for revision, name in enumerate(["k1", "k2", "k3"], 1):
        store.commit(_record(revision, symbols={"x.py": (samples.state("f().", name),)}))
        store.put_vectors({samples.key(name): b"." * 100})
    store.put_vectors({samples.key("never"): b"." * 100})
    assert store.collect_garbage(orphan_bytes=110).vectors == 2
    assert store.vector_keys() == {samples.key("k3"), samples.key("k2")}


def test_garbage_collection_forgets_the_age_of_what_lives_again(store, samples):
    """An orphan that was used again counts from when it was let go last."""
    for revision, name in enumerate(["k1", "k2", "k1", "k3"], 1):
        store.commit(_record(revision, symbols={"x.py": (samples.state("f().", name),)}))
        store.put_vectors({samples.key(name): b"." * 100})
        store.collect_garbage()
    store.collect_garbage(orphan_bytes=110)
    assert store.vector_keys() == {samples.key("k1"), samples.key("k3")}


def test_statistics_count_entries(store, samples):
    """Statistics name every table and count its entries."""
    store.commit(_record(1, files={"a.py": samples.file("a")}, facts=(samples.facts("a"),), links={"a.py": b""}))
    store.put_vectors({samples.key("k"): b"v"})
    entries = store.statistics().entries
    names = ("files", "skipped", "outlines", "occurrences", "inputs", "links", "symbols", "vectors")
    assert [entries[name] for name in names] == [1, 0, 1, 1, 1, 1, 0, 1]


def test_closed_store_refuses_work(store, samples):
    """After close, every call but close raises StoreError instead of touching freed memory."""
    store.close()
    store.close()
    for call in (
        store.files,
        store.skipped,
        store.links,
        store.symbols,
        store.vector_keys,
        store.collect_garbage,
        store.compact,
        store.statistics,
        lambda: store.meta("x"),
        lambda: store.set_meta("x", b""),
        lambda: store.has_facts(b"", "python"),
        lambda: store.outline(b"", "python"),
        lambda: store.vectors([samples.key("k")]),
        lambda: store.put_vectors({}),
        lambda: store.commit(_record(1)),
    ):
        with pytest.raises(StoreError):
            call()


_NAMES = st.sampled_from(["a", "b", "c", "d/" * 300 + "e"])
_SYMBOLS = st.lists(st.tuples(_NAMES, st.sampled_from(["", "a", "b"])), max_size=3)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), _NAMES, st.one_of(st.none(), _NAMES)),
        st.tuples(st.just("symbols"), _NAMES, st.one_of(st.none(), _SYMBOLS)),
        st.tuples(st.just("vectors"), st.lists(_NAMES, max_size=3), st.integers(0, 40)),
        st.tuples(st.just("collect"), st.none(), st.integers(0, 300)),
    ),
    max_size=12,
)


def _apply(store: StateStore, step: Any, samples: Any) -> object:
    kind, first, second = step
    revision = store.revision + 1
    if kind == "file":
        file = None if second is None else samples.file(second)
        facts = () if second is None else (samples.facts(second),)
        store.commit(_record(revision, files={first: file}, facts=facts))
    elif kind == "symbols":
        states = None if second is None else tuple(samples.state("f().", wanted, served) for wanted, served in second)
        store.commit(_record(revision, symbols={first: states}))
    elif kind == "vectors":
        store.put_vectors({samples.key(name): b"." * second for name in first})
    else:
        return store.collect_garbage(second)
    return None


def _contents(store: StateStore) -> object:
    vectors = store.vectors(store.vector_keys())
    files = store.files()
    facts = [store.outline(file.blob, file.language) for file in files.values()]
    return store.revision, files, facts, list(store.symbols()), vectors


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_both_stores_agree_on_any_history(steps, samples, tmp_path_factory):
    """The fake and the real one give the same answers after every step of any history, collections included."""
    directory = tmp_path_factory.mktemp("history")
    real = open_store(directory, StoreConfig(sync=False), {}, EventLog(lambda: 0.0))
    fake = MemoryStore()
    try:
        for step in steps:
            assert _apply(real, step, samples) == _apply(fake, step, samples)
            assert _contents(real) == _contents(fake)
    finally:
        real.close()
