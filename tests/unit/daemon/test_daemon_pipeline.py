"""The main path over a real store and a real tree: what must hold when something goes wrong half-way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.changes import SourceFile
from codegraph.core.digests import blob_digest
from codegraph.core.facts import EncodedFacts, Occurrences, Role
from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon import facts_reader, inputs, pipeline
from codegraph.daemon.scheduler import MAX_IN_FLIGHT
from codegraph.daemon.uncertain import UncertainNames
from codegraph.embed.encoder import RecordingEncoder
from codegraph.errors import DaemonError, EncoderError, InternalError, StoreFull
from codegraph.events import Committed, Embedded, EmbeddingFailed, FilesChanged, FilesExtracted, Rebuilt, Reconciled
from codegraph.search.lexical import MOST_APART, YOUNG_APART
from codegraph.source.hints import Hint
from codegraph.store.schema import RevisionRecord

F = SymbolId("a.py/f().")
G = SymbolId("b.py/g().")
TWO_FILES = {"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): return 1\n"}


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """A project of two files, up to date."""
    made: Workbench = project_of(TWO_FILES)
    return made


def rebuild(bench: Workbench) -> None:
    """Compare the whole tree and believe nothing that is stored of it."""
    bench.forget()
    bench.project.writer.call(lambda: bench.project.pipeline.reconcile("asked for", rebuild=True))
    bench.turn()


def test_missed_events_are_made_up_for_by_a_comparison(bench: Workbench) -> None:
    """A watcher that said nothing of an edit, a new file and a deletion leaves no trace after a reconcile."""
    bench.write({"a.py": "def f(): return 2\n", "c.py": "def h(): return 3\n"})
    bench.delete("b.py")
    bench.forget()
    bench.turn()
    assert G in bench.view.snapshot.places
    bench.reconcile()
    bench.drain()
    assert G not in bench.view.snapshot.places
    bench.check()


@pytest.mark.parametrize("after", ["read", "gone"])
def test_a_file_that_could_not_be_read_is_listed_as_long_as_that_is_so(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    """Once it is read, or gone, the next hint takes it off the list of what is left out."""

    def refused(place: str, flags: int) -> int:
        raise PermissionError(13, "refused", place)

    bench.write({"c.py": "def h(): return 3\n"})
    with monkeypatch.context() as patch:
        patch.setattr("codegraph.source.reading.os.open", refused)
        bench.update()
    assert bench.project.pipeline.skipped["c.py"].reason == "unreadable"
    if after == "read":
        bench.touch("c.py")
    else:
        bench.delete("c.py")
    bench.update()
    bench.check()


def test_unresolved_references_are_followed_into_files_that_were_only_linked_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a definition goes, and comes again, import and call of another file are counted, and no more, unasked."""
    roles = frozenset(Role)
    assert bench.view.uncertain.missed(bench.view.snapshot.files, {"g"}, roles).counts == {}
    monkeypatch.setattr(UncertainNames, "_compare", None)
    for text, expected in (("def other(): return 1\n", {"missing": 2}), (TWO_FILES["b.py"], {})):
        bench.write({"b.py": text})
        bench.update()
        assert bench.view.uncertain.missed(bench.view.snapshot.files, {"g"}, roles).counts == expected


def test_rebuild_extracts_every_file_and_drops_those_that_are_gone(bench: Workbench) -> None:
    """A rebuild trusts neither stamps nor facts, and a file that vanished unnoticed does not survive it."""
    bench.delete("b.py")
    rebuild(bench)
    bench.drain()
    assert bench.events_of(FilesExtracted)[-1].files == 1
    assert G not in bench.view.snapshot.places
    bench.check()


def test_rebuild_of_an_unchanged_tree_embeds_nothing(bench: Workbench) -> None:
    """Facts come out equal, so keys do, so nothing is left to do."""
    batches, revision = len(bench.batches), bench.view.snapshot.clock.revision
    rebuild(bench)
    bench.drain()
    assert (len(bench.batches), bench.view.snapshot.clock.revision) == (batches, revision)
    bench.check()


def test_stale_vector_is_served_until_the_new_one_comes(bench: Workbench) -> None:
    """Between the edit and the encoder's answer the old vector stands there, and says that it is old."""
    before = bench.vector(G)
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.apply()
    assert bench.view.freshness(G) is Freshness.STALE
    assert bench.vector(G) is not None
    assert (bench.vector(G) == before).all()
    bench.drain()
    assert bench.view.freshness(G) is Freshness.FRESH
    assert not (bench.vector(G) == before).all()


def test_edit_while_embedding_is_not_overwritten(bench: Workbench) -> None:
    """The answer to an older version is filed under its own key; what is served belongs to the newest."""
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.apply()
    assert bench.embedder.held
    bench.write({"b.py": "def g(x=0, y=1): return 1\n"})
    bench.apply()
    bench.drain()
    bench.check()
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.update()
    asked = [key for batch in bench.batches for key in batch]
    assert len(asked) == len(set(asked)), "the overtaken vectors were kept under their keys"


def test_file_deleted_while_embedding_leaves_nothing_behind(bench: Workbench) -> None:
    """Vectors that come back for symbols that are gone are served to nobody."""
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.apply()
    bench.delete("b.py")
    bench.apply()
    bench.drain()
    assert G not in bench.view.served
    bench.check()


def test_failed_batch_comes_again(bench: Workbench) -> None:
    """A failure of the encoder is reported, stores nothing, and its keys are tried again later."""
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.apply()
    bench.embedder.answer(error=EncoderError("out of order"))
    bench.turn()
    assert bench.events_of(EmbeddingFailed)[-1].reason.startswith("out of order")
    assert not bench.project.scheduler.idle
    bench.drain()
    bench.check()


class FullStore:
    """A store whose disk is full while `full` is set; everything else is the real one's."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.full = False

    def commit(self, record: Any) -> None:
        """Commit, if there is room."""
        self._fail()
        self._store.commit(record)

    def put_vectors(self, *arguments: Any) -> None:
        """Store vectors, if there is room."""
        self._fail()
        self._store.put_vectors(*arguments)

    def _fail(self) -> None:
        if self.full:
            raise StoreFull("there is no room", "make room")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.parametrize("vectors_too", [False, True])
def test_full_disk_delays_the_record_and_not_the_answer(bench: Workbench, vectors_too: bool) -> None:
    """Readers see what could not be written; the next commit that succeeds writes all of it."""
    store = FullStore(bench.project.parts.store)
    bench.project.parts.store = store
    bench.project.pipeline.served._store = store  # type: ignore[assignment]
    store.full = True
    bench.write({"b.py": "def g(x=0): return 1\n", "c.py": "def h(): return 1\n"})
    bench.apply()
    assert "no room" in bench.project.pipeline.warning
    assert SymbolId("c.py/h().") in bench.view.snapshot.places
    store.full = vectors_too
    bench.drain()
    store.full = False
    bench.write({"d.py": "def k(): return 1\n"})
    bench.update()
    assert not bench.project.pipeline.warning
    bench.check()
    bench.restart()
    bench.update()
    bench.check()


class ForgetfulStore:
    """A store that has lost every own input."""

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return nothing."""
        return None


def test_lost_own_input_is_extracted_again(bench: Workbench) -> None:
    """When the store has lost what the encoder must read, the file is read again instead."""
    store = bench.project.parts.store
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.project.parts.inputs._decoded.clear()
    bench.project.parts.inputs._source = ForgetfulStore()
    bench.apply()
    extracted = len(bench.events_of(FilesExtracted))
    bench.answer()
    bench.turn()
    bench.project.parts.inputs._source = store
    bench.drain()
    assert len(bench.events_of(FilesExtracted)) > extracted
    assert bench.view.freshness(F) is Freshness.FRESH
    bench.check()


def test_inconsistent_index_is_built_anew(bench: Workbench) -> None:
    """After an internal error the index is replaced by an empty one and filled from the tree."""
    index = bench.project.parts.index

    def gone(language: str, blob: bytes) -> Occurrences:
        raise InternalError("the occurrences are gone from the store")

    index.relinker._load_occurrences = gone
    bench.write({"b.py": "def h(): return 1\n"})
    bench.watcher.push(Hint("b.py", False))
    bench.forget()
    writer = bench.project.writer
    writer.step(0.0)
    bench.now += 60
    writer.step(0.0)
    assert writer.error
    assert [event.what for event in bench.events_of(Rebuilt)] == ["index"]
    bench.turn()
    bench.drain()
    assert bench.project.parts.index is not index
    bench.check()


def test_cascade_over_budget_is_queued_and_not_cut_off(memory_path: Path) -> None:
    """A change that reaches a large part of the project goes to the cold lane, whole, and is counted."""
    bench = Workbench(memory_path, {"cascade.budget": 0.0})
    callers = "".join(f"def f{number}(): return g()\n" for number in range(120))
    bench.write({"a.py": f"from b import g\n{callers}", "b.py": "def g(): return 1\n"})
    bench.update()
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.update()
    assert bench.events_of(Committed)[-1].over_budget
    assert [event.lane for event in bench.events_of(Embedded)][-1] == "cold"
    assert bench.deltas[-1].over_budget
    bench.check()
    bench.close()


def test_own_change_goes_before_what_it_reaches(bench: Workbench) -> None:
    """The edited symbol is embedded before those whose context changed."""
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.update()
    snapshot = bench.view.snapshot
    assert bench.batches[-2:] == [[snapshot.wanted(G)], [snapshot.wanted(F)]]


def test_asked_for_symbol_goes_first(memory_path: Path) -> None:
    """A symbol that somebody wants to see overtakes those that nobody asked for."""
    bench = Workbench(memory_path, {"embedding.batch_symbols": 1})
    bench.write({"a.py": "".join(f"def f{number}(): return {number}\n" for number in range(9))})
    bench.apply()
    last = SymbolId("a.py/f8().")
    bench.project.hurry([last])
    bench.drain()
    assert bench.batches[MAX_IN_FLIGHT] == [bench.view.snapshot.wanted(last)]
    bench.close()


def test_other_model_embeds_everything_and_the_old_one_serves_until_then(bench: Workbench) -> None:
    """Vectors of two models never stand in one search index, and the old ones are called stale."""
    old = bench.encoder.identity
    bench.restart(encoder=RecordingEncoder("another"))
    assert all(bench.view.freshness(symbol) is Freshness.STALE for symbol in bench.view.snapshot.places)
    assert all(bench.served_by(symbol) == old for symbol in bench.view.snapshot.places)
    bench.update()
    bench.check()
    bench.restart(encoder=RecordingEncoder())
    batches = len(bench.batches)
    bench.update()
    assert len(bench.batches) == batches, "the first model's vectors were still there"
    bench.check()


def test_restart_in_the_middle_of_embedding_loses_no_key(bench: Workbench) -> None:
    """What is pending is derived again, not remembered."""
    bench.write({"b.py": "def g(x=0): return 1\n", "c.py": "def h(): return 1\n"})
    bench.apply()
    bench.restart()
    assert bench.view.freshness(F) is Freshness.STALE
    bench.update()
    bench.check()


def test_views_are_reconciled_only_after_the_tree_was_compared(bench: Workbench) -> None:
    """After a start the restored state is shown at once, and not called the state of the tree until it is."""
    bench.restart()
    assert G in bench.view.snapshot.places
    assert not bench.view.reconciled
    bench.apply()
    assert bench.view.reconciled
    assert [event.reason for event in bench.events_of(Reconciled)] == ["start", "start"]


def test_large_first_index_stores_facts_in_between(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in the middle of a first index does not lose all parsing."""
    monkeypatch.setattr(facts_reader, "FACTS_PER_TRANSACTION", 3)
    monkeypatch.setattr(pipeline, "FILES_KEPT", 3)
    bench: Workbench = project_of({f"m{number}.py": f"def f{number}(): return {number}\n" for number in range(10)})
    assert bench.project.parts.store.revision > 3
    bench.check()


def test_many_files_are_given_up_by_a_daemon_that_ends(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops it does not wait for them: nothing is half done, and the next start does it; few are finished."""
    monkeypatch.setattr(facts_reader, "FACTS_PER_TRANSACTION", 2)
    bench: Workbench = project_of({})
    reader = bench.project.pipeline.reader
    reader.ending = True
    bench.write({f"m{number}.py": f"def f(): return {number}\n" for number in range(5)})
    with pytest.raises(DaemonError):
        bench.project.pipeline.reconcile("start")
    assert not bench.view.snapshot.files
    assert not bench.project.pipeline.known
    for path in ("m2.py", "m3.py", "m4.py"):
        bench.delete(path)
    bench.update()
    assert sorted(bench.view.snapshot.files) == ["m0.py", "m1.py"]
    bench.write({f"m{number}.py": f"def f(): return {number}\n" for number in range(2, 5)})
    bench.restart()
    bench.update()
    bench.check()


def test_events_tell_what_a_change_did(bench: Workbench) -> None:
    """Counts in the event stream are those of the delta."""
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.delete("a.py")
    bench.update()
    changed, committed = bench.events_of(FilesChanged)[-1], bench.events_of(Committed)[-1]
    delta = bench.deltas[-1]
    assert (changed.written, changed.deleted) == (("b.py",), ("a.py",))
    assert (committed.files, committed.touched, committed.marked) == (2, len(delta.touched), len(delta.marked))
    assert committed.revision == bench.view.snapshot.clock.revision


def test_progress_is_told_per_file(bench: Workbench) -> None:
    """A listener hears of every extracted file until it stops listening."""
    heard: list[tuple[str, int]] = []
    stop = bench.project.pipeline.reader.listen(lambda stage, done: heard.append((stage, done)))
    bench.write({"c.py": "x = 1\n", "d.py": "y = 1\n"})
    bench.update()
    stop()
    bench.write({"e.py": "z = 1\n"})
    bench.update()
    assert heard == [("extract", 1), ("extract", 2)]


def test_an_edit_is_extracted_with_what_the_store_has_of_the_text_before(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a start, too, and of a file that was not edited until then; a rebuild believes nothing of it."""
    given: list[tuple[str, bytes | None]] = []

    def watch() -> None:
        extractor = bench.project.parts.extractor
        extract = extractor.extract

        def watched(files: Iterable[SourceFile], meanwhile: Callable[[], None]) -> Iterator[tuple[str, EncodedFacts]]:
            for file in files:
                given.append((file.path, file.before and file.before.blob))
                assert file.before is None or file.before.layout
                yield from extract([file])
            meanwhile()

        monkeypatch.setattr(extractor, "extract", watched)

    first = blob_digest(TWO_FILES["b.py"].encode())
    bench.restart()
    bench.update()
    watch()
    bench.write({"b.py": "def g(): return 2\n", "c.py": "def h(): return 3\n"})
    bench.update()
    assert sorted(given) == [("b.py", first), ("c.py", None)]
    given.clear()
    rebuild(bench)
    assert sorted(given) == [("a.py", None), ("b.py", None), ("c.py", None)]
    bench.check()


def test_the_model_works_on_an_edit_while_it_is_written_down(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an edit changed itself is with the encoder before the revision is committed."""
    store, busy = bench.project.parts.store, bench.project.pipeline.scheduler.busy
    commit, seen = store.commit, []

    def watched(record: RevisionRecord) -> None:
        seen.append(busy.total())
        commit(record)

    monkeypatch.setattr(store, "commit", watched)
    bench.write({"b.py": "def g(): return 2\n"})
    bench.update()
    assert seen == [1]
    bench.check()


def test_own_inputs_are_at_hand_where_stored_facts_are_used_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Files that come back beside new ones do not push those out of memory before they are written down."""
    for module in (pipeline, inputs):
        monkeypatch.setattr(module, "FILES_KEPT", 2)
    old = {f"a{number}.py": f"def f{number}(): return 1\n" for number in range(4)}
    for text in (old, dict.fromkeys(old, "")):
        bench.write(text)
        bench.update()
    bench.restart()
    bench.update()
    bench.write({**old, "z.py": "def z(): return 2\n"})
    bench.update()
    assert not [each for each in caplog.messages if "gone from the store" in each]
    bench.check()


def test_the_words_of_edits_are_merged_once_nobody_waits(bench: Workbench) -> None:
    """Saves one after the other leave a few segments, and readers see the merged ones."""
    for number in range(MOST_APART):
        bench.write({"b.py": f"def g(): return {number}\n"})
        bench.update()
        bench.drain()
    assert len(bench.view.search.lexical.segments) <= YOUNG_APART + 2
    bench.check()
