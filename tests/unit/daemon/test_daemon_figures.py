"""Figures: sums over the event stream, and the story of the last change set."""

from __future__ import annotations

import time
from typing import Any

from codegraph.daemon.figures import WARNINGS_KEPT, Gatherer
from codegraph.events import (
    AnyEvent,
    Committed,
    Embedded,
    EmbeddingFailed,
    FilesChanged,
    Rebuilt,
    Reconciled,
    WatchTrouble,
    WorkerLost,
)


def committed(**fields: Any) -> Committed:
    """Make a commit."""
    defaults: dict[str, Any] = {
        "revision": 2,
        "files": 1,
        "touched": 1,
        "marked": 5,
        "cut": 2,
        "reused": 1,
        "pending": 2,
        "over_budget": False,
        "milliseconds": {"link": 0.5},
    }
    return Committed(**(defaults | fields))


def gathered(*events: AnyEvent) -> Gatherer:
    """Take events in."""
    gatherer = Gatherer()
    for event in events:
        gatherer.take(event)
    return gatherer


def test_totals_add_up() -> None:
    """Every commit and every batch counts; other events change nothing."""
    figures = gathered(
        committed(),
        committed(revision=3, cut=1, reused=0),
        Embedded(keys=2, symbols=3, lane="own", seconds=0.1),
        EmbeddingFailed(keys=4, reason="out of order"),
        Reconciled(reason="start", files=3, seconds=0.1),
        FilesChanged(written=("a.py",), deleted=()),
    ).figures
    assert (figures.avoided, figures.embedded) == (4, 2)


def test_last_change_gathers_what_was_embedded_for_it() -> None:
    """Batches after a commit belong to it, with their time; a new commit begins anew."""
    gatherer = gathered(
        committed(),
        Embedded(keys=2, symbols=2, lane="own", seconds=0.1),
        Embedded(keys=1, symbols=1, lane="context", seconds=0.2),
    )
    last = gatherer.figures.last
    assert last is not None
    assert (last.embedded, last.cut_off, last.reused) == (3, 2, 1)
    assert last.milliseconds["link"] == 0.5
    assert round(last.milliseconds["embed"]) == 300
    gatherer.take(committed(revision=3))
    assert gatherer.figures.last is not None
    assert gatherer.figures.last.embedded == 0


def test_cold_queue_belongs_to_no_change() -> None:
    """What a first index left to do is not told as the work of a later edit; an over-budget cascade's is."""
    cold = Embedded(keys=7, symbols=7, lane="cold", seconds=0.1)
    for change, embedded in ((committed(), 0), (committed(over_budget=True), 7), (committed(revision=1), 7)):
        last = gathered(change, cold).figures.last
        assert last is not None
        assert last.embedded == embedded


def test_trouble_is_a_warning_once() -> None:
    """Repeated trouble is told once, with the time when it was last, the latest last; the list is bounded."""
    noon = time.mktime((2026, 3, 1, 12, 0, 0, 0, 0, -1))
    gatherer = gathered(
        WatchTrouble(reason="overflow", detail="too many", at=noon),
        WorkerLost(worker="extract-1", reason="died", at=noon),
        WatchTrouble(reason="overflow", detail="too many", at=noon + 120),
        Rebuilt(what="graph", reason="why", at=noon + 180),
    )
    assert gatherer.figures.warnings == (
        "extract-1 worker replaced: died (2026-03-01 12:00)",
        "watcher: overflow: too many (2026-03-01 12:02)",
        "graph rebuilt: why (2026-03-01 12:03)",
    )
    gatherer.take(Rebuilt(what="outlines", reason="linker 1 -> 2", upgraded=True))  # nothing of an upgrade stays
    assert len(gatherer.figures.warnings) == 3
    for number in range(2 * WARNINGS_KEPT):
        gatherer.take(Rebuilt(what="store", reason=str(number)))
    assert len(gatherer.figures.warnings) == WARNINGS_KEPT


def test_embedding_before_any_commit_is_counted() -> None:
    """A warm start embeds what a crash left over, without a change set to blame."""
    figures = gathered(Embedded(keys=2, symbols=2, lane="cold", seconds=0.1)).figures
    assert (figures.embedded, figures.last) == (2, None)
