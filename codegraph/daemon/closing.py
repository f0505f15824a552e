"""What a clean end knows of the state that it leaves, so that the next start need not find it out again.

A closing record says that the store holds exactly one consistent index: every file with all of its parts, fitting each
other and what the models need, and how much there is in all. It is written when a project is closed, after
everything else, and only if that is so; the next write to the store of any kind removes it in its own
transaction. So there is one after a clean end, and none, or one of another revision, after a crash: then a start
decodes and compares everything first. Tests: tests/unit/daemon/test_daemon_closing.py, tests/cases/.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from codegraph.core.facts import is_repeatable
from codegraph.core.symbols import NO_KEY
from codegraph.errors import StoreError
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Counts, Snapshot
from codegraph.store.protocol import StateStore

if TYPE_CHECKING:
    from codegraph.daemon.pipeline import Pipeline

logger = logging.getLogger(__name__)


class Closing(msgspec.Struct, frozen=True):
    """The record, kept as JSON."""

    revision: int
    """Of the store."""
    counts: Counts
    is_complete: bool
    """No symbol wanted a vector that it was not served with."""


def read_closing(store: StateStore, files: int) -> Closing | None:
    """Return what the last end says of a store that holds `files` files, None if it was not a clean one."""
    text = store.closing()
    if text is None:
        return None
    try:
        closing = msgspec.json.decode(text, type=Closing)
    except msgspec.DecodeError as error:
        logger.warning("the closing record cannot be read: %s", error)
        return None
    if (closing.revision, closing.counts.files) != (store.revision, files):
        logger.warning("the closing record is of revision %d, the store of %d", closing.revision, store.revision)
        return None
    return closing


def leave_closing(pipeline: Pipeline) -> None:
    """Write the closing record, if the store holds exactly the index and a start can use all of it."""
    store, snapshot = pipeline.parts.store, pipeline.parts.index.snapshot
    if not pipeline.view.reconciled or pipeline.failure is not None or pipeline.owes_keys:
        return
    if pipeline.served.dirty_paths() or set(pipeline.known) != set(snapshot.files):
        return
    try:
        if store.closing() is None and all(_is_usable(view, snapshot) for view in snapshot.files.values()):
            closing = Closing(store.revision, snapshot.counts, pipeline.idle)
            store.keep_closing(msgspec.json.encode(closing))
    except StoreError as error:
        logger.warning("no closing record could be left: %s", error)


def _is_usable(view: FileView, snapshot: Snapshot) -> bool:
    return is_repeatable(view.outline) and snapshot.routes.accept(view.outline) and NO_KEY not in view.keys
