"""Warm starts: what is stored and fits is used as it is, anything else is made again, nothing stays behind.

Every case of tests/cases/ runs with restarts between its steps; here is what goes wrong in between.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon import versions
from codegraph.embed.encoder import RecordingEncoder
from codegraph.events import FilesExtracted, Rebuilt
from codegraph.store import schema
from codegraph.store.environment import Environment

FILES = {
    "a.py": "from b import g\ndef f(): return g()\n",
    "b.py": "def g(): return h()\n",
    "c.py": "def h(): return 1\n",
}
F, G = SymbolId("a.py/f()."), SymbolId("b.py/g().")


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """Three files, up to date."""
    found: Workbench = project_of(FILES)
    return found


def tamper(bench: Workbench, table: str, keys: Iterable[bytes] | None = None, value: bytes | None = None) -> None:
    """Close the project and replace rows of its store (None: remove; no keys: all rows), as any write does."""
    directory = bench.project.parts.store._environment._directory
    bench.close()
    environment = Environment(directory, limit_bytes=1 << 30, sync=False)

    def work(transaction: Any) -> None:
        transaction.delete(schema.META, schema.CLOSING_KEY)
        for key in list(keys if keys is not None else [key for key, _ in transaction.items(table)]):
            if value is None:
                transaction.delete(table, key)
            else:
                transaction.put(table, key, value)

    environment.write(work)
    environment.close()


def facts_key(bench: Workbench, path: str) -> bytes:
    """Return the key of a file's facts."""
    view = bench.view.snapshot.files[path]
    return schema.facts_key(view.blob, view.outline.language)


def reopen(bench: Workbench) -> None:
    """Open again and follow the tree; afterwards everything must be as in a clean build."""
    bench.forget()
    bench.open()
    bench.update()
    bench.check()


def extracted(bench: Workbench, since: int) -> int:
    """Count the files that were parsed since an event."""
    return sum(event.files for event in bench.events[since:] if isinstance(event, FilesExtracted))


def test_answers_are_there_before_the_tree_was_looked_at(bench: Workbench) -> None:
    """A restored project answers at once, with edges and fresh vectors."""
    bench.restart()
    assert [edge.target for edge in bench.view.snapshot.dependencies(F)] == [G]
    assert bench.view.freshness(F) is Freshness.FRESH
    assert bench.vector(F) is not None


def test_graph_and_words_are_answered_before_vectors_are_there(bench: Workbench) -> None:
    """Opening does not wait for vectors: symbols are pending until the writer serves them in its first step."""
    bench.close()
    bench.open(vectors=False)
    assert [edge.target for edge in bench.view.snapshot.dependencies(F)] == [G]
    assert bench.view.freshness(F) is Freshness.PENDING
    assert bench.view.search.lexical.live == len(bench.view.snapshot.places)
    bench.turn()
    assert bench.view.freshness(F) is Freshness.FRESH
    assert not bench.project.waiting()
    bench.check()


def test_unchanged_tree_costs_nothing(bench: Workbench) -> None:
    """No parsing, no linking, no embedding, no revision."""
    events, batches, clock = len(bench.events), len(bench.batches), bench.view.snapshot.clock
    bench.restart()
    bench.update()
    assert (extracted(bench, events), len(bench.batches)) == (0, batches)
    assert bench.view.snapshot.clock == clock
    assert not any(delta.files for delta in bench.deltas[1:])
    bench.check()


def test_verdicts_survive(bench: Workbench) -> None:
    """Why a symbol was computed again is still known after a restart."""
    bench.write({"c.py": "def h(x=0): return 1\n"})
    bench.update()
    before = dict(bench.view.verdicts)
    bench.restart()
    assert dict(bench.view.verdicts) == before


@pytest.mark.parametrize("table", [schema.LINKS, schema.SYMBOLS, schema.OUTLINES])
def test_file_of_which_a_part_is_missing_is_read_again(bench: Workbench, table: str) -> None:
    """One file's lost row costs that file, not the project."""
    key = facts_key(bench, "b.py") if table == schema.OUTLINES else schema.path_key("b.py")
    tamper(bench, table, [key])
    events = len(bench.events)
    reopen(bench)
    assert extracted(bench, events) == (1 if table == schema.OUTLINES else 0)


@pytest.mark.parametrize("table", [schema.OUTLINES, schema.OCCURRENCES, schema.INPUTS])
def test_damaged_facts_are_made_again(bench: Workbench, table: str, caplog: pytest.LogCaptureFixture) -> None:
    """Facts whose checksum is wrong stop neither a start nor an edit that needs them."""
    caplog.set_level(logging.CRITICAL)
    tamper(bench, table, [facts_key(bench, "b.py")], b"\xc1 no such thing")
    bench.write({"c.py": "def k(): return 1\n"})
    reopen(bench)


def test_lost_own_inputs_are_made_again(bench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    """A file whose own inputs and whose written-down documents are gone is not called fresh without a vector."""
    caplog.set_level(logging.CRITICAL)
    tamper(bench, schema.INPUTS, [facts_key(bench, "b.py")])
    for file in sorted((bench.state_directory / "lexical").glob("*")):
        file.unlink()
    reopen(bench)


def test_file_that_could_not_be_restored_and_is_gone_leaves_no_rows(bench: Workbench) -> None:
    """What is stored of a file that nobody knows any more is removed by the first comparison."""
    tamper(bench, schema.LINKS, [schema.path_key("b.py")])
    bench.delete("b.py")
    reopen(bench)
    assert list(bench.project.parts.store.files()) == ["a.py", "c.py"]


def test_edge_that_leads_to_nothing_drops_the_graph_and_nothing_else(bench: Workbench) -> None:
    """Files that do not fit together are not half believed; facts and vectors are still there."""
    tamper(bench, schema.FILES, [schema.path_key("b.py")])
    events, batches = len(bench.events), len(bench.batches)
    reopen(bench)
    assert [event.what for event in bench.events_of(Rebuilt)] == ["graph"]
    assert (extracted(bench, events), len(bench.batches)) == (0, batches)


def test_lost_vectors_are_pending(bench: Workbench) -> None:
    """A symbol whose stored vector is gone is not called fresh."""
    tamper(bench, schema.VECTORS)
    bench.open()
    assert bench.view.freshness(F) is Freshness.PENDING
    bench.update()
    bench.check()


def test_other_linker_keeps_facts_and_vectors(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """New rules of resolution link everything again and parse nothing; what vanished meanwhile is forgotten."""
    bench.close()
    monkeypatch.setattr(versions, "LINKER_VERSION", "another")
    events, batches = len(bench.events), len(bench.batches)
    bench.delete("c.py")
    reopen(bench)
    assert extracted(bench, events) == 0
    assert len(bench.batches) == batches + 1, "g lost its edge to h, and nothing else changed"


def test_other_extractor_parses_everything_and_embeds_nothing(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts come out as before, so keys do."""
    bench.close()
    monkeypatch.setattr(versions, "EXTRACTOR_VERSION", "another")
    events, batches = len(bench.events), len(bench.batches)
    reopen(bench)
    assert (extracted(bench, events), len(bench.batches)) == (3, batches)


DEEP = (
    "def f():\n" + "".join(f"{'    ' * level}if x:\n" for level in range(1, 15)) + "    " * 15 + "g()\ndef g(): pass\n"
)
LONG = "var a={" + ",".join(f"k{n}:function(){{return {n}}}" for n in range(400)) + "}\n"


@pytest.mark.parametrize(
    ("files", "settings"),
    [
        (
            {"tool": "#!/bin/sh\nf() { echo; }\n", "x.h": "class A { public: int f(); };\n"},
            {"source.languages": ("c",)},
        ),
        ({"min.js": LONG}, {"source.max_line_bytes": 1_000}),
        ({"a.py": DEEP}, {"extract.max_depth": 10}),
    ],
)
def test_other_settings_of_what_is_read_hold_for_files_that_are_known(
    project_of: Any, files: dict[str, str], settings: dict[str, object]
) -> None:
    """A start with settings that take other files, or less of them, equals a clean build with these; and back."""
    bench: Workbench = project_of({"a.c": "int one(void) { return 1; }\n", **files})
    base, before = dict(bench.settings), sorted(bench.view.snapshot.files)
    for kept in (settings, {}):
        bench.close()
        bench.settings = base | kept
        bench.open()
        bench.update()
        bench.check()
    assert sorted(bench.view.snapshot.files) == before


def test_crash_between_new_versions_and_new_keys_believes_no_old_key(bench: Workbench) -> None:
    """A start that ends before keys were computed again leaves none behind that looks wanted."""
    bench.restart({"cascade.depth": 2})
    bench.project._stack.close()
    bench.open()
    bench.update()
    bench.check()


def test_crash_after_a_change_of_model_mixes_no_vectors(bench: Workbench) -> None:
    """Vectors of the old model do not come back at the second start."""
    bench.restart(encoder=RecordingEncoder("another"))
    bench.project._stack.close()
    bench.open()
    assert all(bench.view.freshness(symbol) is not Freshness.FRESH for symbol in bench.view.snapshot.places)
    bench.update()
    bench.check()


def test_vector_that_only_the_cold_tier_has_is_not_computed_again(bench: Workbench) -> None:
    """What the store has lost, or was not given before a crash, costs nothing if the machine-wide tier has it."""
    bench.restart({"cache.cold_bytes": 1_000_000}, encoder=RecordingEncoder("another"))
    bench.update()
    batches = len(bench.batches)
    bench.project.parts.tiers.drain()
    keys = [bench.view.served[F], bench.view.served[G]]
    tamper(bench, schema.VECTORS, keys)
    reopen(bench)
    assert len(bench.batches) == batches
    assert all(bench.project.parts.store.vectors(keys).values())
    assert not bench.project.scheduler.pending


def test_start_over_forgets_files_that_are_gone(bench: Workbench) -> None:
    """An index that was built anew has in its store what it has in memory, deletions included."""
    bench.delete("b.py")
    bench.forget()
    bench.project.writer.call(lambda: bench.project._start_over("the test says so"))
    bench.reconcile()
    bench.drain()
    bench.check()


@pytest.mark.parametrize("version", ["LINKER_VERSION", "EXTRACTOR_VERSION"])
def test_clock_never_goes_back(bench: Workbench, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """A start with nothing restored, and an index that is built anew, go on counting revisions."""
    bench.write({"c.py": "def h(x=0): return 1\n"})
    bench.update()
    clock = bench.view.snapshot.clock
    monkeypatch.setattr(versions, version, "another")
    bench.restart()
    bench.update()
    assert bench.view.snapshot.clock > clock
    assert bench.view.snapshot.clock.instance == clock.instance
    clock = bench.view.snapshot.clock
    bench.project.writer.call(lambda: bench.project._start_over("the test says so"))
    bench.reconcile()
    assert bench.view.snapshot.clock > clock
