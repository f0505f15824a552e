"""The main path: from hints to fresh vectors. Read this module first.

    hints   = settler.take()             the watcher's hints, once it is quiet      (writer.py)
    changes = scanner.verify(hints)      stat and hash say what really changed
    facts   = extractor.extract(...)     changed bytes become facts, in other processes
    delta   = index.apply(facts)         table, links, graph, marking, keys
    store.commit(delta)                  one write transaction per revision
    scheduler.wake()                     what wants a vector and has none is embedded

Everything here runs on the writer's thread. What readers see is `view`, published by one assignment
after the commit: a reply that carries clock c was sent after c was durable. What happens if the
commit fails is told in `recording.py`.

A step that fails before the index has changed leaves everything as it was: what is known of the tree
is updated only afterwards, so the next comparison finds the change again. A step that fails later
leaves an index ahead of documents, vectors and pending keys: that is an InternalError, and the index
is built anew.

Content decides, not time: facts are looked up by the hash of the bytes, vectors by the hash of the
encoder's input, so undo and branch switches cost neither parsing nor embedding.
Tests: tests/cases/, tests/integration/, tests/crash/.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from codegraph.core.changes import IndexDelta, Skipped
from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import EmbeddingKey, SymbolId
from codegraph.daemon.changeset import Run, change_set
from codegraph.daemon.comparing import compared
from codegraph.daemon.facts_reader import FactsReader
from codegraph.daemon.inputs import FILES_KEPT
from codegraph.daemon.parts import Parts
from codegraph.daemon.pending import Lane
from codegraph.daemon.recording import Recorder, must_finish
from codegraph.daemon.restore import mark_outdated_files, outdated_files
from codegraph.daemon.scheduler import Computed, Scheduler
from codegraph.daemon.served import Served
from codegraph.daemon.uncertain import UncertainNames
from codegraph.daemon.view import View
from codegraph.errors import StoreError
from codegraph.events import (
    Committed,
    Embedded,
    EmbeddingFailed,
    FilesChanged,
    FilesExtracted,
    KeysComputed,
    Reconciled,
)
from codegraph.graph.index import Index
from codegraph.source.hints import Hint
from codegraph.source.listing import Changes
from codegraph.source.stamps import KnownFile
from codegraph.store.schema import FileRecord

logger = logging.getLogger(__name__)

COLD_FILES = 200
"""A change set of more files than this is no edit: its keys go to the cold lane."""


class Pipeline:
    """Owns the parts of one project and leads every change along the main path."""

    def __init__(
        self,
        parts: Parts,
        scheduler: Scheduler,
        served: Served,
        known: dict[str, KnownFile],
        unsaved: Iterable[str],
        retire: Callable[[Mapping[bytes, int]], None],
    ) -> None:
        """Begin where a restore has come to; `unsaved`: files of which the store holds something else.

        `retire` is called, with how many batches each model has, when other vectors may be served than before.
        """
        self.parts = parts
        parts.index.relinker.before_each = parts.courtesy.give_way
        self.scheduler = scheduler
        self.served = served
        self.known = known
        self.outdated_files = set(outdated_files(known))
        """Files whose facts are not those that the routes need. Other threads may ask whether there are any."""
        self.skipped = parts.store.skipped()
        self._recorder = Recorder(parts, served, known, unsaved)
        self.reader = FactsReader(parts, self._recorder, known)
        self._retire = retire
        self._reconciled = False
        self._begun_anew = False
        self._uncertain = UncertainNames()
        self.view = self._new_view()

    @property
    def failure(self) -> StoreError | None:
        """Why the state on disk lags behind what readers see; None when it does not."""
        return self._recorder.failure

    @property
    def warning(self) -> str:
        """What the user should know of `failure`, or ""."""
        if self.failure is None:
            return ""
        return f"the state could not be written: {self.failure.explanation}"

    def take(self, hints: Iterable[Hint]) -> Run:
        """Follow hints to what changed and make it a revision; falls back to a reconcile where rules changed."""
        started = self.parts.timer()
        changes = self.parts.scanner.verify(hints, self.known)
        run = Run(seconds={"scan": self.parts.timer() - started})
        if changes.reconcile_due:
            self._make_revision(changes, run)
            self.parts.watcher.refresh()
            return self.reconcile("ignore rules changed")
        return self._make_revision(changes, run)

    def reconcile(self, reason: str, rebuild: bool = False, hints: Iterable[Hint] = ()) -> Run:
        """Compare the whole tree with the index. `rebuild` takes no stored facts for granted."""
        started = self.parts.timer()
        changes = self._compare(rebuild, hints)
        run = self._make_revision(changes, Run(seconds={"scan": self.parts.timer() - started}), rebuild=rebuild)
        if not self._reconciled:
            self._reconciled, self._begun_anew = True, False
            self.view = self._new_view()
        self.parts.events.publish(Reconciled(reason=reason, files=changes.files, seconds=self.parts.timer() - started))
        return run

    def is_in_step(self) -> bool:
        """Compare the whole tree with the index, and do nothing; whether there would be anything to do."""
        changes = self._compare(rebuild=False)
        return not (changes.written or changes.deleted) and all(
            self.skipped.get(path) == why for path, why in changes.skipped.items()
        )

    def finish(self, computed: Computed) -> None:
        """File a batch of vectors under its keys, serve them, and keep the encoder busy."""
        symbols = self.scheduler.pending.symbols_of(computed.vectors)
        try:
            records = self.served.file(computed.model, computed.vectors, symbols, self.view.snapshot, self.parts.inputs)
        except Exception:
            self.scheduler.settle(replace(computed, vectors={}))
            raise
        unserved = self.served.unserved(symbols)
        kept = {key: row for key, row in computed.vectors.items() if key not in unserved}
        self.scheduler.settle(replace(computed, vectors=kept))
        self.scheduler.pending.done(kept)
        self._retire(self.scheduler.busy)
        if computed.vectors:
            self.view = self._new_view()  # readers need not wait for the disk
            self.served.keep_unsaved(records)
            waited = sum(map(len, symbols.values()))
            keys, lane = len(computed.vectors), computed.lane.name.lower()
            self.parts.events.publish(Embedded(keys=keys, symbols=waited, lane=lane, seconds=computed.seconds))
        if computed.failure:
            missing = len(computed.asked) - len(computed.vectors)
            self.parts.events.publish(EmbeddingFailed(keys=missing, reason=computed.failure))
        self.scheduler.wake(self.view.snapshot)
        self.write_vectors(more=self.scheduler.busy.total() > 0)

    def write_vectors(self, more: bool = False) -> None:
        """Write down what was embedded; while `more` is on its way, together with that if it comes soon."""
        self._recorder.write_vectors(more)

    def publish(self) -> None:
        """Show readers what is served by now."""
        self.view = self._new_view()

    def resume(self, delta: IndexDelta | None) -> None:
        """Complete a warm start or a change of models: derive what is pending, and follow keys computed again."""
        with must_finish():
            snapshot = self.parts.index.snapshot
            if delta is not None:
                self._follow(delta, (), Run(cold=True))
                self.served.mark_all(snapshot)
            self._want(snapshot.files)
            self._recorder.store_vectors(self.served.take_unsaved())
            self._recorder.settle_keys()
            self.view = self._new_view()
        self.scheduler.wake(snapshot)

    @property
    def idle(self) -> bool:
        """Nothing wants a vector, and nothing is about to want one."""
        return self.scheduler.idle and not self.outdated_files and not self.owes_keys

    @property
    def owes_keys(self) -> bool:
        """There are symbols whose keys are still to be computed. Any thread may ask."""
        return bool(self.parts.index.snapshot.unkeyed)

    def compute_keys(self) -> None:
        """Compute some of the keys that are owed. What else waits, vectors or a save, has its turn between.

        The graph is that of the published revision, so it stays the same revision, as when vectors are filed.
        """
        with must_finish():
            delta = self.served.with_waited_keys(self.parts.index.compute_keys(), self.parts.index.snapshot)
            self._follow(delta, (), Run())
            self._recorder.settle_keys()
            self.view = self._new_view()
        self.scheduler.wake(self.view.snapshot)
        keys, cut, left = len(delta.marked), len(delta.cut), len(self.view.snapshot.unkeyed)
        seconds, reused = delta.seconds["key"], self.served.last_reused
        self.parts.events.publish(KeysComputed(keys=keys, cut=cut, reused=reused, left=left, seconds=seconds))

    def compute_all_keys(self) -> None:
        """Compute all keys that are owed, in one go: somebody compares them, or it is the end."""
        while self.owes_keys:
            self.compute_keys()

    def mark_outdated_files(self) -> None:
        """Other routes: forget the blobs of the files whose facts they do not accept."""
        mark_outdated_files(self.known, self.parts.index.snapshot)
        self.outdated_files = set(outdated_files(self.known))

    def extract_outdated_files(self) -> bool:
        """Extract some of the outdated files, so that an edit need not wait for all; return whether any are left."""
        paths = sorted(self.outdated_files)
        if paths:
            self._make_revision(Changes(tuple(paths[:FILES_KEPT]), (), {}, 0, 0), Run(cold=True))
        return len(paths) > FILES_KEPT

    def start_over(self, index: Index) -> None:
        """Replace an index by an empty one; a reconcile must follow, and until then readers keep the last view."""
        self._recorder.owe({*self.known, *self.parts.index.snapshot.files, *self.view.snapshot.files})
        self.parts.index = index
        index.relinker.before_each = self.parts.courtesy.give_way
        self.known.clear()
        self.outdated_files.clear()
        self.scheduler.forget_all()
        self.served.forget_all()
        self._reconciled, self._begun_anew = False, True
        self.view = replace(self.view, reconciled=False)

    def extract_again(self, path: str) -> None:
        """Read a file again of which the store has lost own inputs; if it is gone meanwhile, that is noticed."""
        if path not in self.known:
            return
        changes = self.parts.scanner.verify([Hint(path, False)], self.known)
        written = dict.fromkeys((*changes.written, path) if path not in changes.deleted else changes.written)
        self._make_revision(replace(changes, written=tuple(written)), Run(), rebuild=True)
        self.served.document_again([path], self.parts.index.snapshot, self.parts.inputs)
        self._want([path])
        self.view = self._new_view()

    def hurry(self, symbols: Iterable[SymbolId]) -> None:
        """Somebody asked for these stale symbols: embed them first."""
        symbols = tuple(symbols)
        self.parts.index.prefer_keys(symbols)
        if self.scheduler.pending.hurry(symbols):
            self.scheduler.wake(self.view.snapshot)

    def _compare(self, rebuild: bool, hints: Iterable[Hint] = ()) -> Changes:
        """Have the whole tree compared; what was skipped or known and is not there any more counts as changed."""
        known = {} if rebuild else self.known
        changes = compared(self.parts.scanner, self.parts.watcher, known, hints)
        no_longer = {path: None for path in self.skipped if path not in changes.skipped}
        deleted = tuple(sorted(self.known.keys() - changes.written)) if rebuild else changes.deleted
        return replace(changes, deleted=deleted, skipped={**no_longer, **changes.skipped})

    def _make_revision(self, changes: Changes, run: Run, rebuild: bool = False) -> Run:
        """Lead changes along the main path, from their facts to the commit; nothing happens if nothing differs."""
        records: dict[str, FileRecord | None] = {path: None for path in changes.deleted if path in self.known}
        facts: dict[str, EncodedFacts | None] = dict.fromkeys(records)
        skipped = dict(changes.skipped)
        changed = self.reader.read(changes.written, records, facts, skipped, rebuild)
        fresh = self.reader.extract(changed, facts, run, lambda: self._recall(records))
        skipped = {path: why for path, why in skipped.items() if self.skipped.get(path) != why}
        if not (records or skipped or self._recorder.owing):
            return run
        if len(facts) > FILES_KEPT:  # what documents and vectors are made of would not be at hand any more
            self._recorder.store_facts(fresh)
            fresh = []
        self._announce(run, facts)
        self.served.recall(records, self.parts.index.snapshot)
        before = self.parts.index.snapshot.files
        linked = None if before else self.parts.first.linked(facts)
        delta = self.parts.index.apply(change_set(facts), linked)
        self._uncertain.follow(before, self.parts.index.snapshot.files, {*delta.files, *delta.relinked})
        with must_finish():
            self._acknowledge(records, skipped)
            self.parts.courtesy.give_way()
            self._follow(delta, fresh, run)
            self.parts.courtesy.give_way()
            if self.scheduler.pending.ready(Lane.OWN):
                self.scheduler.wake(self.parts.index.snapshot)  # the model works while the revision is written
            started = self.parts.timer()
            self._recorder.commit(delta, records, fresh, skipped)
            run.seconds["commit"] = self.parts.timer() - started
            self._publish(delta, run)
        return run

    def _recall(self, paths: Collection[str]) -> None:
        """Have at hand what an edit of these files is linked and documented with: somebody else makes their facts."""
        self.parts.index.recall(paths)
        self.served.recall(paths, self.parts.index.snapshot)

    def _announce(self, run: Run, facts: Mapping[str, EncodedFacts | None]) -> None:
        written = tuple(sorted(path for path, made in facts.items() if made is not None))
        deleted = tuple(sorted(path for path, made in facts.items() if made is None))
        run.written, run.deleted, run.known = len(written), len(deleted), len(written) - run.extracted
        if facts:
            self.parts.events.publish(FilesChanged(written=written, deleted=deleted))
        if run.extracted or run.known:
            self.parts.events.publish(
                FilesExtracted(files=run.extracted, reused=run.known, seconds=run.seconds["extract"])
            )

    def _acknowledge(self, records: Mapping[str, FileRecord | None], skipped: Mapping[str, Skipped | None]) -> None:
        """The index has the change: from now on it is known."""
        self.outdated_files.difference_update(records)
        for path, record in records.items():
            if record is None:
                self.known.pop(path, None)
            else:
                self.known[path] = KnownFile(record.stamp, record.blob, record.trusted_after_ns)
        for path, why in skipped.items():
            if why is None:
                self.skipped.pop(path, None)
            else:
                self.skipped[path] = why

    def _follow(self, delta: IndexDelta, fresh: Iterable[EncodedFacts], run: Run) -> None:
        """Decide for every changed key: served already, reused, or pending in a lane."""
        started = self.parts.timer()
        run.seconds.update(delta.seconds)
        snapshot = self.parts.index.snapshot
        for made in fresh:
            self.parts.inputs.remember(made)
        for symbol in (*delta.removed, *(snapshot.unkeyed if delta.later else ())):
            self.scheduler.pending.discard(symbol)
        wanting = self.served.follow(delta, snapshot, self.parts.inputs, self.parts.first.segments())
        cold = run.cold or (delta.over_budget and not delta.later) or len(delta.files) > COLD_FILES
        broken = snapshot.broken(wanting, delta.files)
        if cold:
            self.scheduler.pending.add_all(wanting, Lane.COLD, broken)
        else:
            for symbol, key in wanting.items():
                cause = delta.marked.get(symbol)
                lane = Lane.OWN if cause is None or cause.rule in ("own", "new") else Lane.CONTEXT
                self.scheduler.pending.add(symbol, key, lane, symbol in broken)
        for symbol in delta.keys:
            if symbol not in wanting:
                self.scheduler.pending.discard(symbol)
        run.seconds["follow"] = self.parts.timer() - started

    def _want(self, paths: Iterable[str]) -> None:
        """Let every symbol of these files wait that is not served with its wanted key, and for which no tier has it."""
        snapshot, pending = self.parts.index.snapshot, self.scheduler.pending
        wanting: dict[SymbolId, EmbeddingKey] = {}
        for view in filter(None, map(snapshot.files.get, paths)):
            for symbol, key in zip(view.ids, snapshot.keys_in(view), strict=True):
                if not key or self.served.keys.get(symbol) == key:
                    continue
                if key in pending:
                    pending.add(symbol, key, Lane.COLD)
                else:
                    wanting[symbol] = key
        pending.add_all(self.served.reuse(wanting, snapshot), Lane.COLD)

    def _publish(self, delta: IndexDelta, run: Run) -> None:
        self._begun_anew = False
        self._retire(self.scheduler.busy)
        self.view = self._new_view()
        self.scheduler.wake(self.view.snapshot)
        if delta.files:
            self.parts.events.publish(
                Committed(
                    revision=delta.revision,
                    files=len(delta.files),
                    touched=len(delta.touched),
                    marked=len(delta.marked) + delta.later,
                    cut=len(delta.cut),
                    reused=self.served.last_reused,
                    pending=len(self.scheduler.pending),
                    over_budget=delta.over_budget,
                    milliseconds={stage: 1e3 * seconds for stage, seconds in run.seconds.items()},
                )
            )

    def _new_view(self) -> View:
        if self._begun_anew:
            return self.view
        return View(
            snapshot=self.parts.index.snapshot,
            search=self.parts.searcher.view(),
            served=self.served.keys,
            verdicts=self.served.verdicts,
            uncertain=self._uncertain,
            facts=self.parts.facts,
            reconciled=self._reconciled,
        )
