"""Which vector each symbol is served with, and why: the writer's side of freshness.

`keys` maps a symbol to the key of the vector that stands in the search index for it; `verdicts` to what came of the
last marking. Both are persistent maps that go into every `View`. A symbol whose wanted key changes keeps its old
vector, known to be stale, until the new one is filed; a key whose vector is already there (undo, branch switch, equal
code elsewhere) is *reused*: looked up first in the project's own vectors, then in the tiers.

The store's value of a vector is a *tagged record*: the first `TAG_BYTES` of the identity of the model that
made it, and the record (`search.quantise`). So a vector that is served beyond a change of model, or a
restart, goes into the space of its own model and of no other. A tag that no model in use has is not served.

What changed since the last write to the store is remembered per file (`dirty_paths`), so that a commit writes the
symbol records of just those files.
Tests: tests/unit/daemon/test_daemon_served.py.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from codegraph.cache.tiers import Tiers
from codegraph.core.changes import Cause, IndexDelta, Verdict
from codegraph.core.symbols import EmbeddingKey, SymbolId
from codegraph.daemon.inputs import OwnInputs
from codegraph.errors import StoreCorrupt
from codegraph.graph.file_view import FileView
from codegraph.graph.relink import EDITED_TOGETHER
from codegraph.graph.snapshot import Snapshot
from codegraph.search.documents import FileDocuments, KeptDocument, LexicalDocument, make_document
from codegraph.search.quantise import RECORD_HEAD, from_records, quantise
from codegraph.search.search import Searcher
from codegraph.store.protocol import StateStore
from codegraph.store.schema import SymbolState

logger = logging.getLogger(__name__)

FIRST_INDEX_SYMBOLS = 10_000
"""A revision that adds more symbols than this is a first index (or a new directory of that size)."""

REUSED_TOGETHER = 4096
"""Symbols whose vectors are looked up at once: those of the cold tier are decoded, 4 bytes a dimension."""

RESTORED_TOGETHER = 16_384
"""Vectors that a start reads at once: a block of the index, and a few megabytes more while it is read."""

DOCUMENTED_TOGETHER = 128
"""Files whose documents are decoded at once."""

TAG_BYTES = 8

Rows = NDArray[np.float32]
Vectors = Mapping[EmbeddingKey, Rows]


class Served:
    """Serves vectors to the search index and remembers which. One thread's data, but for the two maps."""

    def __init__(self, store: StateStore, tiers: Tiers, searcher: Searcher) -> None:
        self.keys: Map[SymbolId, EmbeddingKey] = Map()
        self.verdicts: Map[SymbolId, Verdict] = Map()
        self.reused = 0
        self.cut = 0
        self.embedded = 0
        self.last_reused = 0
        self._store = store
        self._tiers = tiers
        self._searcher = searcher
        self._dirty: dict[str, None] = {}
        self._unsaved: dict[EmbeddingKey, bytes] = {}

    def restore(self, view: FileView, states: Iterable[SymbolState]) -> dict[SymbolId, EmbeddingKey]:
        """Take over what was stored of one file, a state for each symbol; return what they were served with."""
        rows = tuple(zip(view.ids, states, strict=True))
        verdicts = {symbol: state.verdict for symbol, state in rows if state.verdict is not None}
        if verdicts:
            self.verdicts = self.verdicts.update(verdicts)
        return {
            symbol: key if state.served == key else EmbeddingKey(state.served)
            for (symbol, state), key in zip(rows, view.keys, strict=True)
            if state.served
        }

    def catch_up_documents(self, snapshot: Snapshot, inputs: OwnInputs) -> None:
        """Bring the lexical index, as it was last written down, to the state of the restored graph."""
        tags = {path: bytes(view.blob) for path, view in snapshot.files.items()}
        changed, removed = self._searcher.outdated(tags)
        self._update_documents([snapshot.files[path] for path in changed], removed, snapshot, inputs)

    def document_again(self, paths: Iterable[str], snapshot: Snapshot, inputs: OwnInputs) -> None:
        """Hand the documents of files in once more, since their own inputs were not all there the last time."""
        views = [view for path in paths if (view := snapshot.files.get(path)) is not None]
        self._update_documents(views, [], snapshot, inputs)

    def serve_restored(self, served: Mapping[SymbolId, EmbeddingKey]) -> None:
        """Put the stored vectors of these symbols, all of them restored, into the search index.

        Those whose vector is gone are pending.
        """
        pairs = list(served.items())
        for start in range(0, len(pairs), RESTORED_TOGETHER):
            some = pairs[start : start + RESTORED_TOGETHER]
            stored = self._store.vectors(dict.fromkeys(key for _, key in some))
            self._serve([(symbol, key) for symbol, key in some if key in stored], stored)

    def follow(
        self,
        delta: IndexDelta,
        snapshot: Snapshot,
        inputs: OwnInputs,
        segments: Sequence[Path] = (),
    ) -> dict[SymbolId, EmbeddingKey]:
        """Take in what a change set did; return the symbols that want a vector and cannot be served with it yet.

        `segments`: documents of a first index that were inverted already.
        """
        lost = self._replace_documents(delta, snapshot, inputs, segments)
        self._forget(delta.removed)
        wanting = {symbol: key for symbol, key in delta.keys.items() if key and self.keys.get(symbol) != key}
        wanting |= {symbol: key for symbol in lost if (key := snapshot.wanted(symbol))}
        left = self.reuse(wanting, snapshot)
        reused = {symbol for symbol, key in delta.keys.items() if key and symbol not in left}
        self.last_reused = len(reused)
        self.reused += len(reused)
        self.cut += len(delta.cut)
        self._note_verdicts(delta, reused)
        for symbol in (delta.keys.keys() | delta.marked.keys()).difference(delta.added):
            place = snapshot.places.get(symbol)
            if place is not None:
                self._dirty[place[0]] = None
        self._dirty.update(dict.fromkeys(delta.files))
        return left

    def with_waited_keys(self, delta: IndexDelta, snapshot: Snapshot) -> IndexDelta:
        """Add to the keys of a delta those that came out equal to one that the symbol still waited for."""
        waited = {
            symbol: key for symbol in delta.cut if (key := snapshot.wanted(symbol)) and self.keys.get(symbol) != key
        }
        if not waited:
            return delta
        cut = tuple(symbol for symbol in delta.cut if symbol not in waited)
        return replace(delta, keys={**delta.keys, **waited}, cut=cut)

    def reuse(self, wanting: Mapping[SymbolId, EmbeddingKey], snapshot: Snapshot) -> dict[SymbolId, EmbeddingKey]:
        """Serve those whose wanted vector is in the project's state or in the tiers; return the rest."""
        symbols = tuple(wanting)
        models = snapshot.routes.models
        for start in range(0, len(symbols), REUSED_TOGETHER):
            some = symbols[start : start + REUSED_TOGETHER]
            one = models[0] if len(models) == 1 else b""  # nearly always
            found = self._look_up({wanting[symbol]: one or snapshot.model_of(symbol) for symbol in some})
            self._serve_in(snapshot, [(symbol, wanting[symbol]) for symbol in some if wanting[symbol] in found], found)
        return {symbol: key for symbol, key in wanting.items() if self.keys.get(symbol) != key}

    def file(
        self,
        model: bytes,
        vectors: Vectors,
        symbols: Mapping[EmbeddingKey, Iterable[SymbolId]],
        snapshot: Snapshot,
        inputs: OwnInputs,
    ) -> dict[EmbeddingKey, bytes]:
        """Serve a batch of one model's new vectors to the symbols that waited; return what the store must keep."""
        records = self._tagged(model, vectors, self._tiers.put_many(vectors))
        self.embedded += len(vectors)
        waited = [(symbol, key) for key, waiting in symbols.items() for symbol in waiting if key in records]
        undocumented = self._serve_in(snapshot, waited, records)
        if undocumented:
            self.document_again(sorted({snapshot.places[symbol][0] for symbol in undocumented}), snapshot, inputs)
            self._serve_in(snapshot, [(symbol, key) for symbol, key in waited if symbol in undocumented], records)
        return records

    def unserved(self, symbols: Mapping[EmbeddingKey, Iterable[SymbolId]]) -> set[EmbeddingKey]:
        """Return those of the keys with which not everybody who waited is served."""
        served = self.keys.get
        return {key for key, waiting in symbols.items() for symbol in waiting if served(symbol) != key}

    def states(self, path: str, snapshot: Snapshot) -> tuple[SymbolState, ...] | None:
        """Return the records of a file's symbols, None if it is not indexed."""
        view = snapshot.files.get(path)
        if view is None:
            return None
        served, verdict = self.keys.get, self.verdicts.get
        return tuple(
            [
                SymbolState(each.descriptor, key, served(symbol, b""), verdict(symbol))
                for symbol, key, each in zip(view.ids, snapshot.keys_in(view), view.outline.definitions, strict=True)
            ]
        )

    def dirty_paths(self) -> set[str]:
        """Return the files whose symbol records differ from what the store has."""
        return set(self._dirty)

    def mark_all(self, snapshot: Snapshot) -> None:
        """Every file's records differ from what the store has."""
        self._dirty.update(dict.fromkeys(snapshot.files))

    def forget_all(self) -> None:
        """Start with nothing served and no documents, as an empty index does."""
        _, documented = self._searcher.outdated({})
        self._searcher.update((), documented, self._searcher.revision)
        self.keys, self.verdicts = Map(), Map()

    def clean(self) -> None:
        """The store has been told."""
        self._dirty.clear()

    def keep_unsaved(self, vectors: Mapping[EmbeddingKey, bytes]) -> None:
        """The store could not take these now; they go with the next commit."""
        self._unsaved.update(vectors)

    def take_unsaved(self) -> dict[EmbeddingKey, bytes]:
        """Return the vectors that the store has not been given yet, and forget them."""
        unsaved, self._unsaved = self._unsaved, {}
        return unsaved

    def _look_up(self, wanted: Mapping[EmbeddingKey, bytes]) -> dict[EmbeddingKey, bytes]:
        """Find tagged records of keys, each with its model, in the project's state, then in the tiers."""
        found = {key: self._unsaved[key] for key in wanted if key in self._unsaved}
        found |= self._store.vectors(wanted)
        missing: dict[bytes, list[EmbeddingKey]] = {}
        for key, model in wanted.items():
            if key not in found:
                missing.setdefault(model, []).append(key)
        for model, keys in missing.items():
            records = self._tagged(model, self._tiers.get_many(keys))
            self._unsaved.update(records)
            found |= records
        return found

    def _tagged(self, model: bytes, vectors: Vectors, rows: Rows | None = None) -> dict[EmbeddingKey, bytes]:
        """Make tagged records of one model's vectors, which `rows` may hold; those not of its shape are left out."""
        mean = self._searcher.mean(model)
        keys = [key for key, vector in vectors.items() if mean is not None and vector.shape == mean.shape]
        if not keys or mean is None:
            return {}
        if rows is None or len(rows) != len(keys):
            rows = np.stack([vectors[key] for key in keys])
        return dict(zip(keys, quantise(rows, mean).to_records(model[:TAG_BYTES]), strict=True))

    def _serve_in(
        self, snapshot: Snapshot, pairs: Iterable[tuple[SymbolId, EmbeddingKey]], records: Mapping[EmbeddingKey, bytes]
    ) -> frozenset[SymbolId]:
        """Serve those of the symbols that are in the snapshot; return those that have no document."""
        pairs = list(pairs)
        places = list(snapshot.places.find_each([symbol for symbol, _ in pairs]))
        present = [pair for pair, place in zip(pairs, places, strict=True) if place is not None]
        undocumented = self._serve(present, records)
        for (symbol, _), place in zip(pairs, places, strict=True):
            if place is not None and symbol not in undocumented:
                self._dirty[place[0]] = None
        return undocumented

    def _serve(
        self, pairs: list[tuple[SymbolId, EmbeddingKey]], records: Mapping[EmbeddingKey, bytes]
    ) -> frozenset[SymbolId]:
        """Serve symbols, each in the space of its record's model; return those that have no document."""
        undocumented: frozenset[SymbolId] = frozenset()
        for model in self._searcher.models():
            mean = self._searcher.mean(model)
            tag, width = model[:TAG_BYTES], TAG_BYTES + RECORD_HEAD + (0 if mean is None else len(mean))
            own = [
                (symbol, key) for symbol, key in pairs if len(records[key]) == width and records[key].startswith(tag)
            ]
            if own:
                undocumented |= self._serve_model(model, own, records)
        return undocumented

    def _serve_model(
        self,
        model: bytes,
        pairs: list[tuple[SymbolId, EmbeddingKey]],
        records: Mapping[EmbeddingKey, bytes],
    ) -> frozenset[SymbolId]:
        width = len(records[pairs[0][1]]) - TAG_BYTES - RECORD_HEAD
        rows = from_records([records[key] for _, key in pairs], width, TAG_BYTES)
        undocumented = frozenset(self._searcher.put_vectors(model, [symbol for symbol, _ in pairs], rows))
        if undocumented:
            logger.warning("%d symbols have no document, so their vectors cannot be served", len(undocumented))
            pairs = [(symbol, key) for symbol, key in pairs if symbol not in undocumented]
        self.keys = self.keys.update(pairs)
        return undocumented

    def _forget(self, removed: Iterable[SymbolId]) -> None:
        gone = tuple(removed)
        if not gone:
            return
        keys, verdicts = self.keys.mutate(), self.verdicts.mutate()
        for symbol in gone:
            keys.pop(symbol, None)
            verdicts.pop(symbol, None)
        self.keys, self.verdicts = keys.finish(), verdicts.finish()
        self._searcher.remove_vectors(gone)

    def _note_verdicts(self, delta: IndexDelta, reused: set[SymbolId]) -> None:
        """Note what came of each marked symbol; to have come with a first index is no news worth keeping."""
        verdicts: dict[SymbolId, Verdict] = {}
        many = len(delta.added) > FIRST_INDEX_SYMBOLS
        for symbol, cause in delta.marked.items():
            if many and cause.rule == "new":
                continue
            verdicts[symbol] = Verdict(cause, symbol in delta.keys, delta.revision, symbol in reused)
        for symbol in delta.keys:
            if symbol not in delta.marked:
                verdicts[symbol] = Verdict(Cause("model", symbol), True, delta.revision, symbol in reused)
        self.verdicts = self.verdicts.update(verdicts)

    def _replace_documents(
        self,
        delta: IndexDelta,
        snapshot: Snapshot,
        inputs: OwnInputs,
        segments: Sequence[Path],
    ) -> list[SymbolId]:
        adopted = self._adopted(segments, snapshot.clock.revision)
        views = {path: snapshot.files.get(path) for path in delta.files if path not in adopted}
        present = [view for view in views.values() if view is not None]
        removed = [path for path, view in views.items() if view is None]
        return self._update_documents(present, removed, snapshot, inputs)

    def _adopted(self, segments: Sequence[Path], revision: int) -> frozenset[str]:
        try:
            return frozenset(self._searcher.adopt(segments, revision) if segments else ())
        except StoreCorrupt as error:
            logger.warning("%s; the documents are made again", error.message)
            return frozenset()

    def _update_documents(
        self,
        views: list[FileView],
        removed: list[str],
        snapshot: Snapshot,
        inputs: OwnInputs,
    ) -> list[SymbolId]:
        """Hand documents in, some files at a time: their tokens are the largest thing that is ever decoded.

        Return the symbols that have none, because their own input is lost. Those are served with nothing.
        """
        lost: list[SymbolId] = []
        for start in range(0, len(views), DOCUMENTED_TOGETHER):
            some = views[start : start + DOCUMENTED_TOGETHER]
            is_edit = len(views) <= EDITED_TOGETHER
            files = [
                documents_of(view, inputs, self._searcher.sources(view.path) if is_edit else None) for view in some
            ]
            for view, file in zip(some, files, strict=True):
                if len(file.documents) != len(view.ids):
                    documented = {document.symbol for document in file.documents}
                    lost += [symbol for symbol in view.ids if symbol not in documented]
            self._searcher.update(files, removed if start == 0 else [], snapshot.clock.revision)
        if removed and not views:
            self._searcher.update([], removed, snapshot.clock.revision)
        if lost:
            logger.warning("the own inputs of %d symbols are gone from the store", len(lost))
            self._withdraw(lost)
        return lost

    def recall(self, paths: Collection[str], snapshot: Snapshot) -> None:
        """Find what the documents of files are made of that are about to be edited, as far as the index can keep them.

        Whoever does without has all of their documents made again. `snapshot` is the one before the edit.
        """
        for view in filter(None, map(snapshot.files.get, paths if len(paths) <= EDITED_TOGETHER else ())):
            if not self._searcher.sources(view.path):
                own = (each.own for each in view.outline.definitions)
                self._searcher.recall(view.path, bytes(view.blob), dict(zip(view.ids, own, strict=True)))

    def _withdraw(self, symbols: Iterable[SymbolId]) -> None:
        """The search index has no vector of these any more."""
        keys = self.keys.mutate()
        for symbol in symbols:
            keys.pop(symbol, None)
        self.keys = keys.finish()


def documents_of(view: FileView, inputs: OwnInputs, known: Mapping[SymbolId, bytes] | None = None) -> FileDocuments:
    """Make the lexical documents of one file; definitions whose own input is lost are left out.

    `known`: what those that the index has were made of, if the next edit shall find these.
    """
    documents: list[LexicalDocument | KeptDocument] = []
    sources: list[bytes] = []
    for symbol, definition in zip(view.ids, view.outline.definitions, strict=True):
        if known and known.get(symbol) == definition.own:
            documents.append(KeptDocument(symbol))
        else:
            own = inputs.load(view.blob, view.language, definition.own)
            if own is None:
                continue
            documents.append(make_document(view.path, definition.descriptor, own))
        sources.append(definition.own)
    return FileDocuments(view.path, bytes(view.blob), tuple(documents), () if known is None else tuple(sources))
