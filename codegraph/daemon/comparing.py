"""The whole tree against what is known of it, while ignore rules may change.

Rules that changed unseen let in directories that nobody watches yet, so the watcher is asked to look again, and then
the tree, for what happened in them meanwhile. That holds for each look: rules may have changed since the last one.
Tests: tests/integration/test_writer.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codegraph.errors import SourceError
from codegraph.source.hints import Hint, Watcher
from codegraph.source.listing import Changes
from codegraph.source.scan import Scanner
from codegraph.source.stamps import KnownFile

LOOKS = 10
"""Whoever changes rules faster waits until they rest."""


def compared(scanner: Scanner, watcher: Watcher, known: Mapping[str, KnownFile], hints: Iterable[Hint] = ()) -> Changes:
    """Compare by one set of rules, by which everything is watched. Raises SourceError if they change all the time."""
    hints = tuple(hints)
    for _ in range(LOOKS):
        changes = scanner.reconcile(known, hints)
        if not changes.reconcile_due:
            return changes
        watcher.refresh()
    raise SourceError("the ignore rules changed during each look at the tree", "they are read again in a few seconds")
