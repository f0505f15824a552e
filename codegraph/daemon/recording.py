"""What is written down of each revision, and what could not be.

If a write fails (a full disk), readers still get the new view, the failure is a standing warning, and
what was not written, the *owed*, is written with the next revision or comparison; until then the files'
old records on disk stay behind their stamps, so a restart would only do the work again. It would also
count on from what was written, so until then clocks are of another instance: no two states share one. Owed are the
records of files, reasons for skipping, vectors (kept by `Served`) and facts (by `KeptFacts`).

On the writer's thread. Tests: tests/unit/daemon/test_daemon_pipeline.py, test_daemon_failures.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from codegraph.core.changes import IndexDelta, Skipped
from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import EmbeddingKey
from codegraph.daemon.parts import Parts
from codegraph.daemon.restore import ROUTES
from codegraph.daemon.served import Served
from codegraph.errors import InternalError, StoreError
from codegraph.source.stamps import KnownFile
from codegraph.store.opening import new_instance_name
from codegraph.store.schema import FileRecord, RevisionRecord

logger = logging.getLogger(__name__)

TOGETHER_SECONDS = 2.0
"""While batches keep coming, the vectors of so long go into one transaction, and each file's records once.

A crash costs making those again: the cold tier holds back what comes without a pause."""


class Recorder:
    """Writes to the store for the pipeline; never raises StoreError."""

    def __init__(self, parts: Parts, served: Served, known: Mapping[str, KnownFile], owed: Iterable[str]) -> None:
        """Of the files in `owed` the store holds something else than the index."""
        self.failure: StoreError | None = None
        """Why the state on disk lags behind what readers see; None when it does not."""
        self._parts = parts
        self._served = served
        self._known = known
        self._owed = set(owed)
        self._written_at = parts.timer()
        self._owed_skipped: dict[str, Skipped | None] = {}

    @property
    def owing(self) -> bool:
        """There is something to write even if nothing changes."""
        return bool(self._owed) or self.failure is not None

    def owes(self, path: str) -> bool:
        """Whether the store holds something else of this file than the index."""
        return path in self._owed

    def owe(self, paths: Iterable[str]) -> None:
        """Write what the index says of these files, or that they are gone, with the next commit."""
        self._owed.update(paths)

    def store_facts(self, fresh: Iterable[EncodedFacts]) -> None:
        """Write facts alone, ahead of the revision they belong to."""
        facts = tuple(fresh)
        try:
            self._parts.store.commit(RevisionRecord(self._parts.store.revision + 1, facts=facts))
        except StoreError as error:
            self._parts.facts.keep(facts)
            self._failed(error)

    def commit(
        self,
        delta: IndexDelta,
        records: Mapping[str, FileRecord | None],
        fresh: Iterable[EncodedFacts],
        skipped: Mapping[str, Skipped | None],
    ) -> None:
        """Write one revision and everything owed."""
        record = self._revision(delta, records, fresh, skipped)
        try:
            self._note_keys()
            self._parts.store.commit(record)
        except StoreError as error:
            self._owed.update(record.links, record.symbols, record.files)
            self._parts.facts.keep(record.facts)
            self._owed_skipped = dict(record.skipped)
            self._failed(error)
            if self._parts.index.snapshot.clock.instance == self._parts.store.instance:
                self._parts.index.rename(new_instance_name())
        else:
            if self._parts.index.snapshot.clock.instance != self._parts.store.instance:
                self._parts.index.rename(self._parts.store.instance)
            self._owed.clear()
            self._owed_skipped = {}
            self._parts.facts.forget()
            self.failure = None
            self._served.clean()
            self.store_vectors(self._served.take_unsaved())
            self.settle_keys()

    def settle_keys(self) -> None:
        """Once no key is owed any more: write the records of all symbols that differ, and then that the keys hold."""
        store, snapshot = self._parts.store, self._parts.index.snapshot
        try:
            if snapshot.unkeyed or store.meta(ROUTES) == snapshot.routes.digest:
                return
            self.store_vectors(self._served.take_unsaved())
            if not self.owing:
                store.set_meta(ROUTES, snapshot.routes.digest)
        except StoreError as error:
            self._failed(error)

    def _note_keys(self) -> None:
        """Keys are owed beyond the commit: say so first, so that a start after a crash computes all of them again."""
        if self._parts.index.snapshot.unkeyed and self._parts.store.meta(ROUTES) != b"":
            self._parts.store.set_meta(ROUTES, b"")

    def write_vectors(self, more: bool) -> None:
        """Write what `Served` keeps; while `more` vectors are on their way, only if the last time was long ago."""
        if not more or self._parts.timer() >= self._written_at + TOGETHER_SECONDS:
            self.store_vectors(self._served.take_unsaved())
        if not more:
            self._parts.tiers.write_soon()

    def store_vectors(self, vectors: Mapping[EmbeddingKey, bytes]) -> None:
        """Write vectors, and the records of the symbols whose served keys changed.

        Symbols of files that are owed wait for the commit: a start would take their new keys for those of the old text.
        """
        self._written_at = self._parts.timer()
        snapshot = self._parts.index.snapshot
        paths = self._served.dirty_paths() - self._owed
        states = {path: found for path in sorted(paths) if (found := self._served.states(path, snapshot)) is not None}
        if not vectors and not states:
            return
        try:
            self._parts.store.put_vectors(vectors, states)
        except StoreError as error:
            self._owed |= paths
            self._served.keep_unsaved(vectors)
            self._failed(error)
        self._served.clean()

    def _revision(
        self,
        delta: IndexDelta,
        records: Mapping[str, FileRecord | None],
        fresh: Iterable[EncodedFacts],
        skipped: Mapping[str, Skipped | None],
    ) -> RevisionRecord:
        index = self._parts.index
        snapshot = index.snapshot
        linked = {*delta.relinked, *delta.files, *self._owed}
        symbols = {*linked, *self._served.dirty_paths()}
        files = {path: self._file(path) for path in sorted(self._owed - records.keys())}
        return RevisionRecord(
            revision=self._parts.store.revision + 1,
            files={**records, **files},
            facts=(*fresh, *self._owed_facts()),
            links={path: index.stored_links(path) if path in snapshot.files else None for path in sorted(linked)},
            symbols={path: self._served.states(path, snapshot) for path in sorted(symbols)},
            skipped={**self._owed_skipped, **skipped},
        )

    def _owed_facts(self) -> tuple[EncodedFacts, ...]:
        if self.failure is None:
            return ()
        files = self._parts.index.snapshot.files.values()
        return self._parts.facts.unsaved({(bytes(file.blob), file.language) for file in files})

    def _file(self, path: str) -> FileRecord | None:
        known = self._known.get(path)
        view = self._parts.index.snapshot.files.get(path)
        if known is None or view is None:
            return None
        return FileRecord(known.stamp, view.blob, view.language, known.trusted_after_ns)

    def _failed(self, error: StoreError) -> None:
        logger.error("the state could not be written: %s", error)
        self.failure = error


@contextmanager
def must_finish() -> Iterator[None]:
    """An error in here leaves the index ahead of what follows it: make it one after which the index is built anew."""
    try:
        yield
    except InternalError:
        raise
    except Exception as error:
        raise InternalError(f"a change was not followed to its end: {type(error).__name__}: {error}") from error
