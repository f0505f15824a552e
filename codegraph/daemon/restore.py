"""Warm start: the index, the served vectors and what is known of the tree, out of the store.

What a start can use is decided file by file: a file whose record, outline, links and symbol states
are all there and fit each other is restored, unless its extraction ran out of time or died. Where the last end was
a clean one, that was found out then (`closing.py`), and files are decoded when an answer looks at them. Any
other is simply not known, so the reconcile that follows every start reads it again (from stored
facts where its bytes did not change). If the restored files do not fit together, nothing is
restored. When the cascade's depth, the key schema or the models changed, links are still good and
only keys are computed again; what was served goes on being served, as stale. A file whose facts were
extracted with data flow although none is wanted now, or without although it is, is restored and counts
as changed, so the reconcile extracts it again.

A warm start equals a cold one (invariant I10): every case runs with restarts between its steps.
Tests: tests/cases/, tests/unit/daemon/test_daemon_restore.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from codegraph.core.facts import Outline, is_repeatable
from codegraph.core.routes import Routes
from codegraph.core.symbols import NO_KEY, BlobDigest, EmbeddingKey
from codegraph.daemon.closing import read_closing
from codegraph.daemon.served import Served
from codegraph.errors import StoreCorrupt
from codegraph.events import EventLog, Rebuilt
from codegraph.graph.file_view import FileView, StoredFile, stored_file
from codegraph.graph.index import Index
from codegraph.graph.snapshot import Snapshot
from codegraph.source.stamps import KnownFile
from codegraph.store.protocol import StateStore
from codegraph.store.schema import FileRecord, decode_symbols

logger = logging.getLogger(__name__)

ROUTES = "routes"
"""Meta: the digest of the routes that the stored wanted keys follow; other bytes while they are being rewritten."""

UNKNOWN_BLOB = BlobDigest(b"")
"""Stands for the blob of a file that is known and has to be read again."""

KEYS_ONLY = frozenset({"key", "codec"})
"""Versions whose change leaves links as they are."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a warm start found."""

    known: dict[str, KnownFile]
    states: dict[str, bytes]
    """What is stored of each file's symbols, not decoded."""
    keys_outdated: bool
    """The wanted keys must be computed again."""
    left: frozenset[str] = frozenset()
    """Files of which something is stored that was not restored: written again, or removed, with the next commit."""
    is_complete: bool = False
    """The last end vouches for all of it, and nothing wanted a vector."""


def restore_index(store: StateStore, index: Index, routes: Routes, events: EventLog) -> Restored:
    """First step: restore an empty index from the store, so that queries can be answered."""
    outdated = keys_outdated(store, routes)
    links, rows, files = dict(store.links()), dict(store.symbol_rows()), store.files()
    paths = frozenset((*files, *links, *rows))
    if not KEYS_ONLY.issuperset(store.outdated):
        return _nothing(store, index, paths, outdated)
    outlines = store.outlines((file.blob, file.language) for file in files.values())
    parts = {
        path: _stored_file(path, file, outline, links.get(path), rows.get(path), outdated)
        for (path, file), outline in zip(files.items(), outlines, strict=True)
    }
    closing = None if outdated or None in parts.values() else read_closing(store, len(parts))
    known: dict[str, KnownFile] = {}
    stored: list[StoredFile] = []
    for path, file in parts.items():
        if file is None:
            continue
        trusted = KnownFile(files[path].stamp, files[path].blob, files[path].trusted_after_ns)
        found = trusted if closing is not None else _checked(file.view, rows[path], routes, trusted, outdated)
        if found is not None:
            known[path] = found
            stored.append(file)
    try:
        index.restore(stored, store.revision, None if closing is None else closing.counts)
    except StoreCorrupt as error:
        logger.warning("the stored graph cannot be used: %s", error)
        events.publish(Rebuilt(what="graph", reason=error.message))
        return _nothing(store, index, paths, outdated)
    left, is_complete = paths.difference(known), closing is not None and closing.is_complete
    return Restored(known, {path: rows[path] for path in known}, outdated, left, is_complete)


def keys_outdated(store: StateStore, routes: Routes) -> bool:
    """Whether the stored wanted keys were computed with another schema, another cascade or other routes."""
    return bool(store.outdated) or (store.revision > 0 and store.meta(ROUTES) != routes.digest)


def mark_outdated_files(known: dict[str, KnownFile], snapshot: Snapshot) -> None:
    """Forget the blobs of the files whose facts the routes do not accept: whoever compares them reads them again."""
    for path, file in known.items():
        view = snapshot.files.get(path)
        if view is not None and not snapshot.routes.accept(view.outline):
            known[path] = KnownFile(file.stamp, UNKNOWN_BLOB, 0)


def outdated_files(known: Mapping[str, KnownFile]) -> Iterator[str]:
    """Yield the files whose facts are not those that the routes need."""
    return (path for path, file in known.items() if file.blob == UNKNOWN_BLOB)


def _nothing(store: StateStore, index: Index, left: frozenset[str], outdated: bool) -> Restored:
    """Leave the index empty, but let its clock go on from where the store's has come to."""
    index.restore((), store.revision)
    return Restored({}, {}, outdated, left)


def restore_vectors(restored: Restored, index: Index, served: Served) -> None:
    """Second step, when queries are answered already: stored vectors are served, each in its own model's space."""
    snapshot = index.snapshot
    keys = {}
    for path, states in restored.states.items():
        keys.update(served.restore(snapshot.files[path], decode_symbols(states)))
    restored.states.clear()
    served.serve_restored(keys)
    served.clean()


def _stored_file(
    path: str, record: FileRecord, outline: bytes | None, links: bytes | None, states: bytes | None, outdated: bool
) -> StoredFile | None:
    if outline is None or links is None or states is None:
        return None
    keys = partial(_no_keys if outdated else _keys, states)
    return stored_file(path, BlobDigest(record.blob), record.language, outline, links, keys)


def _checked(view: FileView, states: bytes, routes: Routes, trusted: KnownFile, outdated: bool) -> KnownFile | None:
    """Decode a file and say as what it is known, `trusted` at best; None if what is stored of it is of no use."""
    try:
        outline, keys = view.outline, view.keys
    except StoreCorrupt as error:
        logger.warning("what is stored of %s cannot be used: %s", view.path, error.message)
        return None
    if not is_repeatable(outline) or not _describe(states, outline):
        return None
    if not routes.accept(outline):
        return KnownFile(trusted.stamp, UNKNOWN_BLOB, 0)
    return trusted if outdated or NO_KEY not in keys else None


def _describe(states: bytes, outline: Outline) -> bool:
    """Whether the states are those of the outline's definitions."""
    descriptors = [definition.descriptor for definition in outline.definitions]
    return [state.descriptor for state in decode_symbols(states)] == descriptors


def _keys(states: bytes) -> tuple[EmbeddingKey, ...]:
    return tuple([EmbeddingKey(state.wanted) for state in decode_symbols(states)])


def _no_keys(states: bytes) -> tuple[EmbeddingKey, ...]:
    return (NO_KEY,) * len(decode_symbols(states))
