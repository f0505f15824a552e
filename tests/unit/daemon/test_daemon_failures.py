"""A step that fails half-way loses nothing: what it was about is done again, and nobody is told otherwise meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.changes import ChangeSet, Clock
from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon.changeset import change_set
from codegraph.daemon.messages import Wait
from codegraph.daemon.reporting import status_report
from codegraph.daemon.statistics import RequestStatistics
from codegraph.errors import InternalError, SourceError, StoreError, StoreFull
from codegraph.events import FilesExtracted, Rebuilt
from codegraph.source.hints import Hint
from codegraph.store.schema import RevisionRecord

F = SymbolId("a.py/f().")
G = SymbolId("b.py/g().")
TWO_FILES = {"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): return 1\n"}
EDIT = {"b.py": "def g(x=0): return 1\n"}


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """A project of two files, up to date."""
    made: Workbench = project_of(TWO_FILES)
    return made


class Once:
    """Stands in for a method: fails the first time, and is the real one from then on."""

    def __init__(self, owner: Any, name: str, error: Exception) -> None:
        self._real: Callable[..., Any] = getattr(owner, name)
        self._error: Exception | None = error
        setattr(owner, name, self)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Fail or work."""
        error, self._error = self._error, None
        if error is not None:
            raise error
        return self._real(*arguments, **named)


def report(bench: Workbench) -> Future[Clock]:
    """Let the watcher report what was written, and the writer fail over it; return what somebody waits for then."""
    waiting: Future[Clock] = bench.project.writer.when(Wait.INDEXED)
    for path in list(bench._touched):
        bench.watcher.push(Hint(path, False))
    bench.forget()
    bench.project.writer.step(0.0)
    bench.now += bench.config.watch.max_settle_seconds
    bench.project.writer.step(0.0)
    return waiting


def recover(bench: Workbench) -> None:
    """Let the time pass after which a failed step is made up for."""
    bench.now += 60
    bench.turn()
    bench.drain()
    bench.check()


@pytest.mark.parametrize("error", [StoreError("the disk answers nothing", "look at it"), MemoryError("no memory")])
def test_failure_after_the_index_has_changed_is_made_up_for(bench: Workbench, error: Exception) -> None:
    """When documents or vectors cannot follow the index, the change is not forgotten and its keys are embedded."""
    Once(bench.project.pipeline.served, "follow", error)
    bench.write(EDIT)
    report(bench)
    assert bench.project.writer.error
    recover(bench)
    assert bench.view.freshness(G) is Freshness.FRESH


def test_failure_before_the_index_has_changed_is_made_up_for(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts that do not become a change set are not taken for indexed."""
    failing = [ValueError("these are no facts")]

    def once(files: Any) -> ChangeSet:
        if failing:
            raise failing.pop()
        return change_set(files)

    monkeypatch.setattr("codegraph.daemon.pipeline.change_set", once)
    bench.write(EDIT)
    report(bench)
    assert bench.project.writer.error
    recover(bench)


def test_failure_to_file_vectors_loses_no_key(bench: Workbench) -> None:
    """Vectors that could not be filed are wanted still: they are held back and asked for again."""
    Once(bench.project.parts.searcher, "put_vectors", MemoryError("no memory"))
    bench.write(EDIT)
    bench.apply()
    bench.embedder.answer()
    bench.project.writer.step(0.0)
    assert bench.project.writer.error
    assert not bench.project.scheduler.idle
    recover(bench)


def test_file_deleted_in_a_change_that_failed_leaves_no_record(bench: Workbench) -> None:
    """An index that is built anew also removes from the store what was deleted while it broke."""
    Once(bench.project.parts.index, "_replace", InternalError("broken"))
    bench.delete("b.py")
    report(bench)
    assert [event.what for event in bench.events_of(Rebuilt)] == ["index"]
    recover(bench)


def test_failing_to_start_over_does_not_end_the_writer(bench: Workbench) -> None:
    """Even the repair may fail; it is tried again."""
    Once(bench.project.pipeline.served, "forget_all", MemoryError("no memory"))
    Once(bench.project.parts.index, "_replace", InternalError("broken"))
    bench.write(EDIT)
    report(bench)
    assert bench.project.writer.error
    recover(bench)


def test_failure_to_write_vectors_beside_a_revision_is_shown(bench: Workbench) -> None:
    """A revision that was written does not hide that its vectors were not."""
    bench.write(EDIT)
    bench.update()
    bench.collect()
    bench.write({"b.py": TWO_FILES["b.py"]})
    Once(bench.project.parts.store, "put_vectors", StoreFull("there is no room", "make room"))
    bench.apply()
    assert "no room" in bench.project.pipeline.warning
    bench.write({"c.py": "x = 1\n"})
    bench.update()
    bench.check()
    assert bench.project.parts.store.vectors([bench.view.snapshot.wanted(G)])


def test_facts_that_could_not_be_written_are_written_later(bench: Workbench) -> None:
    """The next revision carries the facts of the one that failed, so the file can be linked again without a rebuild."""
    Once(bench.project.parts.store, "commit", StoreFull("there is no room", "make room"))
    bench.write({"a.py": "from b import g\ndef f(x): return g()\n"})
    bench.update()
    bench.write({"b.py": "def g(y): return 1\ndef h(): return 2\n"})
    bench.update()
    bench.write({"b.py": "def h(): return 2\n"})
    bench.update()
    assert not bench.events_of(Rebuilt)
    bench.check()


def test_symbols_are_not_written_ahead_of_their_file(bench: Workbench) -> None:
    """The disk was full for a revision and has room for what follows it: no new key stands beside the old text.

    Otherwise a start would embed the old text under the key of the new one, here and in the tier that projects share.
    """
    Once(bench.project.parts.store, "commit", StoreFull("there is no room", "make room"))
    bench.write({"b.py": "def g(): return 2\n"})
    bench.apply()
    bench.restart()
    bench.turn()
    bench.drain()
    bench.check()


def test_no_two_states_share_a_clock(bench: Workbench) -> None:
    """What could not be written is of another instance, for a start counts on from what was written."""
    before = bench.view.snapshot.clock
    Once(bench.project.parts.store, "commit", StoreFull("there is no room", "make room"))
    bench.write(EDIT)
    bench.update()
    unwritten = bench.view.snapshot.clock
    assert (unwritten.revision, unwritten.instance == before.instance) == (before.revision + 1, False)
    bench.write({"c.py": "x = 1\n"})
    bench.update()
    assert bench.view.snapshot.clock == Clock(before.instance, unwritten.revision + 1)
    bench.check()


def test_lost_input_of_a_file_that_is_gone_leaves_no_ghost(bench: Workbench) -> None:
    """A file that vanishes while it is to be read again is still known, so its deletion is noticed."""
    (bench.root / "b.py").unlink()
    bench.project.writer.call(lambda: bench.project.pipeline.extract_again("b.py"))
    bench.turn()
    bench.reconcile()
    bench.drain()
    assert G not in bench.view.snapshot.places
    bench.check()


class ForgetfulStore:
    """A store that has lost every own input."""

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return nothing."""
        return None


def test_reused_vector_without_a_document_is_not_forgotten(bench: Workbench) -> None:
    """A symbol whose vector is known, but whose document could not be made, waits until it can be served."""
    bench.write(EDIT)
    bench.update()
    bench.write({"b.py": TWO_FILES["b.py"]})
    inputs = bench.project.parts.inputs
    store, inputs._source = inputs._source, ForgetfulStore()
    inputs._decoded.clear()
    bench.apply()
    inputs._source = store
    recover(bench)


def test_comparison_that_finds_nothing_writes_nothing(bench: Workbench) -> None:
    """A tree with skipped files that rests costs no transaction."""
    bench.write({"c.py": b"x = '\0'\n" * 9, "d.py": "x" * 3_000_000})
    bench.update()
    assert bench.project.pipeline.skipped
    written: list[RevisionRecord] = []
    commit = bench.project.parts.store.commit
    bench.project.parts.store.commit = lambda record: (written.append(record), commit(record))[1]  # type: ignore
    for _ in range(1_000):  # a file read within a tick of its writing is read, and its record written, again
        written.clear()
        bench.reconcile()
        if not written:
            break
    assert not written
    bench.write({"c.py": "x = 1\n"})
    bench.update()
    bench.check()


def test_each_revision_is_written_once(bench: Workbench) -> None:
    """Symbol records that a commit has written are not written again with vectors that there are none of."""
    puts: list[Any] = []
    put_vectors = bench.project.parts.store.put_vectors
    bench.project.parts.store.put_vectors = lambda *parts: (puts.append(parts), put_vectors(*parts))[1]  # type: ignore
    bench.write(EDIT)
    bench.apply()
    assert not puts
    bench.drain()
    bench.check()


def test_rebuild_links_every_file_again(bench: Workbench) -> None:
    """What was linked wrongly does not survive a rebuild that somebody asks for."""
    index = bench.project.parts.index
    extracted = len(bench.events_of(FilesExtracted))
    future = bench.project.start_indexing(True, True, lambda _: None)
    bench.turn()
    bench.drain()
    assert future.result(0).files == 2
    assert bench.events_of(FilesExtracted)[extracted].files == 2
    assert bench.project.parts.index is not index
    bench.check()


def test_indexing_run_ends_with_the_writer(bench: Workbench) -> None:
    """Whoever waits for an index when the daemon ends is told, and does not wait for ever."""
    future = bench.project.start_indexing(False, True, lambda _: None)
    bench.write(EDIT)
    bench.project.writer.stop()
    bench.project.writer.run()
    assert future.done()
    with pytest.raises(Exception, match="ending"):
        future.result()


def test_readers_keep_the_last_view_during_a_rebuild(bench: Workbench) -> None:
    """While everything is extracted and linked again, answers are the old ones, said to be not compared; then new."""
    seen: list[tuple[int, bool]] = []
    pipeline = bench.project.pipeline
    before = len(pipeline.view.snapshot.places)

    def look(stage: str, done: int) -> None:
        seen.append((len(pipeline.view.snapshot.places), pipeline.view.reconciled))

    stop = pipeline.reader.listen(look)
    bench.project.writer.call(lambda: bench.project.compare(rebuild=True))
    bench.update()
    stop()
    assert set(seen) == {(before, False)}
    assert len(pipeline.view.snapshot.places) == before
    assert pipeline.view.reconciled
    bench.check()


def test_vectors_that_come_after_a_failed_rebuild_show_no_empty_index(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until a comparison has succeeded, readers keep the last view, whatever the encoder still answers."""
    bench.write({"a.py": "def changed(): return 5\n"})
    bench.apply()
    pipeline = bench.project.pipeline
    before = pipeline.view.snapshot

    def vanished(known: object) -> None:
        raise SourceError("the tree cannot be listed", "wait")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.parts.scanner, "reconcile", vanished)
        bench.project.writer.call(lambda: bench.project.compare(rebuild=True))
        bench.project.writer.step(0.0)
        assert bench.answer()
        bench.project.writer.step(0.0)
        assert (pipeline.view.snapshot, pipeline.view.reconciled) == (before, False)
    bench.reconcile()
    bench.drain()
    bench.check()


def test_unusable_cold_tier_is_told_in_status(bench: Workbench) -> None:
    """That vectors are not kept costs time later, so it is a standing warning and no line in a log."""
    figures = RequestStatistics().figures()
    assert not status_report(bench.project, figures).warnings
    bench.close()
    bench.locations.cache_directory.mkdir(exist_ok=True)
    (bench.locations.cache_directory / "vectors").write_text("a file where a directory should be")
    bench.settings["cache.cold_bytes"] = 1_000_000
    bench.open()
    (warning,) = status_report(bench.project, figures).warnings
    assert "vectors are not kept" in warning
    assert str(bench.locations.cache_directory / "vectors") in warning


def test_languages_are_counted_again_with_each_revision(bench: Workbench) -> None:
    """Status counts the files of each language once a revision, and never shows those of an older one."""
    figures = RequestStatistics().figures()
    assert status_report(bench.project, figures).languages == {"python": 2}
    bench.write({"c.js": "function c() {}\n"})
    bench.update()
    assert status_report(bench.project, figures).languages == {"javascript": 1, "python": 2}
