"""Closing records: after a clean end a start decodes what is asked for, after any other it looks at everything."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.symbols import SymbolId
from codegraph.daemon.indexing import nothing_to_do
from codegraph.events import Rebuilt
from codegraph.graph.stored import PackedLinks, Trace, encode_links
from codegraph.store import schema
from codegraph.store.environment import Environment

FILES = {
    "a.py": "from b import g\ndef f(): return g()\n",
    "b.py": "def g(): return h()\n",
    "c.py": "def h(): return 1\n",
}


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """Three files, up to date."""
    found: Workbench = project_of(FILES)
    return found


def settled(bench: Workbench) -> Workbench:
    """Compare until every stamp is old enough to be trusted: files were written a moment before they were read."""
    while not bench.project.pipeline.is_in_step():
        bench.reconcile()
    return bench


def decoded(bench: Workbench) -> list[str]:
    """Return the files that were decoded by now."""
    return sorted(path for path, view in bench.view.snapshot.files.items() if view._parts is not None)


def rewrite(bench: Workbench, table: str, key: bytes, value: bytes | None) -> None:
    """Change the closed state's file by a hand other than ours, which leaves the closing record as it is."""
    environment = Environment(bench.state_directory, limit_bytes=1 << 30, sync=False)
    environment.write(
        lambda transaction: transaction.delete(table, key) if value is None else transaction.put(table, key, value)
    )
    environment.close()


def updated(bench: Workbench) -> None:
    """Follow the tree; afterwards everything must be as in a clean build."""
    bench.update()
    bench.check()


def test_a_start_after_a_clean_end_decodes_what_is_asked_for(bench: Workbench) -> None:
    """An answer of one file costs one file, and counts are known all the same."""
    counts = bench.view.snapshot.counts
    bench.close()
    bench.open(vectors=False)
    assert decoded(bench) == []
    assert bench.view.snapshot.counts == counts
    assert bench.view.snapshot.symbol(SymbolId("b.py/g().")) is not None
    assert decoded(bench) == ["b.py"]
    updated(bench)


def test_a_start_that_writes_nothing_leaves_the_record_as_it_is(bench: Workbench) -> None:
    """Start and stop, and start again: still fast."""
    for _ in range(2):
        bench.restart()
    bench.close()
    bench.open(vectors=False)
    assert decoded(bench) == []
    updated(bench)


def test_an_end_before_everything_was_written_vouches_for_nothing(bench: Workbench) -> None:
    """After a crash everything is decoded and compared: an edit has taken the record away with its own commit."""
    bench.write({"c.py": "def h(x): return 1\n"})
    bench.update()
    bench.close(cleanly=False)
    bench.open(vectors=False)
    assert bench.project.parts.store.closing() is None
    assert decoded(bench) == ["a.py", "b.py", "c.py"]
    updated(bench)


def test_an_unchanged_tree_is_known_to_be_done_without_decoding_it(bench: Workbench) -> None:
    """`codegraph index` after a clean end compares the tree, and that is all."""
    counts = settled(bench).view.snapshot.counts
    bench.close()
    bench.open(vectors=False)
    done = nothing_to_do(bench.project)
    assert done is not None
    assert (done.files, done.symbols, done.edges) == (counts.files, counts.symbols, sum(counts.edges.values()))
    assert (done.embedded, decoded(bench)) == (0, [])
    updated(bench)


@pytest.mark.parametrize(
    "change", [{"c.py": "def h(x): return 1\n"}, {"d.py": "def k(): return 2\n"}, {"b.py": None}, {"e.py": b"\0\1\2"}]
)
def test_a_changed_tree_is_not_taken_for_done(bench: Workbench, change: dict[str, str | bytes | None]) -> None:
    """A file written, added, deleted, or one to be skipped: all are work."""
    settled(bench).close()
    for path, text in change.items():
        if text is None:
            bench.delete(path)
        else:
            bench.write({path: text})
    bench.forget()
    bench.open(vectors=False)
    assert nothing_to_do(bench.project) is None
    updated(bench)


def test_an_index_without_all_of_its_vectors_is_not_taken_for_done(bench: Workbench) -> None:
    """Symbols that waited for a vector at the end wait still."""
    bench.write({"c.py": "def h(x): return 1\n"})
    bench.apply()
    assert bench.project.scheduler.pending
    settled(bench).close()
    bench.open(vectors=False)
    assert decoded(bench) == []
    assert nothing_to_do(bench.project) is None
    updated(bench)


@pytest.mark.parametrize("text", ["", "{", '{"revision": 1}', '{"revision": 99, "counts": {}}'])
def test_a_record_that_is_not_of_this_state_is_not_believed(
    bench: Workbench, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Truncated, foreign or old: the start says so and looks at everything."""
    bench.close()
    rewrite(bench, schema.META, schema.CLOSING_KEY, schema.seal(text.encode()))
    with caplog.at_level(logging.WARNING):
        bench.open(vectors=False)
    assert "closing record" in caplog.text
    assert decoded(bench) == ["a.py", "b.py", "c.py"]
    updated(bench)


def test_a_record_of_another_revision_is_not_believed(bench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    """A state that was put back, or written by a version that knows of no records, has another revision."""
    bench.close()
    rewrite(bench, schema.META, b"revision", schema.seal(b"77"))
    with caplog.at_level(logging.WARNING):
        bench.open(vectors=False)
    assert "the store of 77" in caplog.text
    assert decoded(bench) == ["a.py", "b.py", "c.py"]
    updated(bench)


@pytest.mark.parametrize("table", [schema.FILES, schema.LINKS, schema.SYMBOLS, schema.OUTLINES])
def test_a_lost_row_is_noticed_in_spite_of_the_record(
    bench: Workbench, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a file lacks a part, all others are looked at, too."""
    caplog.set_level(logging.CRITICAL)
    view = bench.view.snapshot.files["b.py"]
    key = schema.facts_key(view.blob, view.language) if table == schema.OUTLINES else schema.path_key("b.py")
    bench.close()
    rewrite(bench, table, key, None)
    bench.open(vectors=False)
    updated(bench)


def test_a_record_that_is_wrong_all_the_same_costs_a_rebuild(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows with good checksums that do not fit each other are found before the first write, and made again."""
    caplog.set_level(logging.CRITICAL)
    packed = bench.view.snapshot.files["a.py"].links
    targets = tuple(SymbolId(f"{target}gone().") for target in packed.targets)
    nowhere = PackedLinks(targets, packed.starts, packed.edges, packed.names, packed.misses)
    row = schema.pack_row("a.py", encode_links(nowhere, Trace({}, ())))
    bench.close()
    rewrite(bench, schema.LINKS, schema.path_key("a.py"), row)
    bench.open(vectors=False)
    bench.write({"c.py": "def h(x): return 1\n"})
    bench.forget()
    updated(bench)
    assert "index" in [event.what for event in bench.events_of(Rebuilt)]
