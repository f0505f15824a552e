"""From candidate paths to facts: bytes are read, facts of the same bytes are looked up, others are extracted.

Content decides, not time: facts are looked up by the hash of the bytes, so undo and branch switches cost no
parsing. Where there are none, those of the file's bytes before the change go along: what an edit left as it was is
taken from them (`extract.again`). Facts of many files are stored in between, so that a crash during a first index
does not lose all of it.
On the writer's thread. Tests: tests/unit/daemon/test_daemon_pipeline.py, tests/integration/.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from codegraph.core.changes import Skipped, SourceFile
from codegraph.core.facts import EncodedFacts, decode_outline, is_repeatable
from codegraph.daemon.changeset import Run
from codegraph.daemon.parts import Parts
from codegraph.daemon.recording import Recorder
from codegraph.errors import DaemonError
from codegraph.source.stamps import KnownFile
from codegraph.store.schema import FileRecord

logger = logging.getLogger(__name__)

FACTS_PER_TRANSACTION = 256
"""During a first index, facts are stored in between, so that a crash does not lose all parsing."""


class FactsReader:
    """Reads what changed and has its facts made."""

    def __init__(self, parts: Parts, recorder: Recorder, known: Mapping[str, KnownFile]) -> None:
        """`known` is the pipeline's, and read only here."""
        self._parts = parts
        self._recorder = recorder
        self._known = known
        self._listeners: list[Callable[[str, int], None]] = []
        self.position = (0, 0)
        """How many files of the last change set were looked at, and of how many."""
        self.ending = False
        """Set from any thread: what would take long is given up, and the next start does it."""

    def listen(self, progress: Callable[[str, int], None]) -> Callable[[], None]:
        """Tell `progress` of each stage and how many files it has done; the result ends that."""
        self._listeners.append(progress)
        return lambda: self._listeners.remove(progress)

    def read(
        self,
        paths: Sequence[str],
        records: dict[str, FileRecord | None],
        facts: dict[str, EncodedFacts | None],
        skipped: dict[str, Skipped | None],
        rebuild: bool,
    ) -> Iterable[SourceFile]:
        """Read candidates; yield those whose facts must be made, and fill in the rest on the way."""
        look_up = not rebuild and not (self._is_first() and self._parts.facts.nothing())
        for done, path in enumerate(paths, 1):
            self._parts.courtesy.give_way()
            found = self._parts.scanner.read(path)
            skipped[path] = found if isinstance(found, Skipped) else None
            self.position = (done, len(paths))
            if not isinstance(found, SourceFile):
                if path in self._known:
                    records[path] = facts[path] = None
                continue
            records[path] = FileRecord(found.stamp, found.blob, found.language, found.trusted_after_ns)
            before = self._known.get(path)
            if rebuild or before is None or before.blob != found.blob or self._recorder.owes(path):
                stored = self._stored_facts(found) if look_up else None
                if stored is None:
                    if before is not None and not rebuild:
                        found = replace(found, before=self._parts.facts.with_layout(before.blob, found.language))
                    yield found
                else:
                    facts[path] = stored

    def _is_first(self) -> bool:
        return not self._parts.index.snapshot.files

    def _stored_facts(self, source: SourceFile) -> EncodedFacts | None:
        found = self._parts.facts.get(source.blob, source.language)
        try:
            outline = None if found is None else decode_outline(found.outline)
            good = outline is not None and is_repeatable(outline)
            return found if good and outline and self._parts.index.snapshot.routes.accept(outline) else None
        except msgspec.DecodeError:
            logger.warning("the stored outline of %s cannot be read", source.path)
            return None

    def extract(
        self,
        sources: Iterable[SourceFile],
        facts: dict[str, EncodedFacts | None],
        run: Run,
        meanwhile: Callable[[], None],
    ) -> list[EncodedFacts]:
        """Have facts made; store them in between when there are many. Return those not stored yet.

        Raises DaemonError if the daemon is to end and there are many; nothing has changed then but what is stored.
        """
        started = self._parts.timer()
        fresh: list[EncodedFacts] = []
        first = self._is_first()
        for path, made in self._parts.extractor.extract(sources, meanwhile):
            if self.ending and self.position[1] > FACTS_PER_TRANSACTION:
                raise DaemonError("the daemon ends before all files are read", "the next start goes on")
            self._parts.courtesy.give_way()
            facts[path] = slim = replace(made, layout=b"")  # only the store has a use for it
            fresh.append(made)
            if first:
                self._parts.first.offer(path, slim)
            run.extracted += 1
            for progress in self._listeners:
                progress("extract", run.extracted)
            if len(fresh) >= FACTS_PER_TRANSACTION:
                self._recorder.store_facts(fresh)
                fresh = []
        run.seconds["extract"] = self._parts.timer() - started
        return fresh
