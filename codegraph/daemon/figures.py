"""Figures about the index since the start, gathered from the event stream and nowhere else.

Tests: tests/unit/daemon/test_daemon_figures.py.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

import msgspec

from codegraph.daemon.reports import ChangeFigures
from codegraph.events import (
    AnyEvent,
    Committed,
    Embedded,
    KeysComputed,
    Rebuilt,
    WatchTrouble,
    WorkerLost,
)

WARNINGS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Totals since the start, and the last change set."""

    embedded: int = 0
    avoided: int = 0
    """Marked symbols that needed no computation: cut off or reused."""
    last: ChangeFigures | None = None
    warnings: tuple[str, ...] = field(default=())


class Gatherer:
    """Subscribes to events and sums them up; safe to read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._figures = Figures()

    @property
    def figures(self) -> Figures:
        """The totals so far; immutable."""
        return self._figures

    def take(self, event: AnyEvent) -> None:
        """Add one event; the subscriber to give to an EventLog."""
        with self._lock:
            self._figures = _added(self._figures, event)


def _added(figures: Figures, event: AnyEvent) -> Figures:
    if isinstance(event, Committed):
        return replace(figures, avoided=figures.avoided + event.cut + event.reused, last=_change(event))
    if isinstance(event, KeysComputed):
        return replace(
            figures, avoided=figures.avoided + event.cut + event.reused, last=_with_keys(figures.last, event)
        )
    if isinstance(event, Embedded):
        return replace(figures, embedded=figures.embedded + event.keys, last=_with_embedded(figures.last, event))
    if isinstance(event, WatchTrouble):
        return _warned(figures, f"watcher: {event.reason}: {event.detail}", event.at)
    if isinstance(event, WorkerLost):
        return _warned(figures, f"{event.worker} worker replaced: {event.reason}", event.at)
    if isinstance(event, Rebuilt) and not event.upgraded:  # of an upgrade the status tells while it goes on
        return _warned(figures, f"{event.what} rebuilt: {event.reason}", event.at)
    return figures


def _change(event: Committed) -> ChangeFigures:
    return ChangeFigures(
        revision=event.revision,
        at=event.at,
        files=event.files,
        touched=event.touched,
        marked=event.marked,
        cut_off=event.cut,
        reused=event.reused,
        embedded=0,
        over_budget=event.over_budget,
        milliseconds=event.milliseconds,
    )


def _with_keys(last: ChangeFigures | None, event: KeysComputed) -> ChangeFigures | None:
    """Count keys that were computed later towards the last change set."""
    if last is None:
        return None
    return msgspec.structs.replace(
        last,
        cut_off=last.cut_off + event.cut,
        reused=last.reused + event.reused,
        milliseconds={**last.milliseconds, "key": last.milliseconds.get("key", 0.0) + 1e3 * event.seconds},
    )


def _with_embedded(last: ChangeFigures | None, event: Embedded) -> ChangeFigures | None:
    """Count a batch towards the last change set; batches of the cold queue belong to none."""
    if last is None or (event.lane == "cold" and not last.over_budget and last.revision > 1):
        return last
    return msgspec.structs.replace(
        last,
        embedded=last.embedded + event.keys,
        milliseconds={**last.milliseconds, "embed": last.milliseconds.get("embed", 0.0) + 1e3 * event.seconds},
    )


def _warned(figures: Figures, warning: str, at: float) -> Figures:
    """Keep what happened with its time, or it would read as if it still were so; of the same, the last time."""
    kept = [each for each in figures.warnings if not each.startswith(f"{warning} (")]
    dated = f"{warning} ({time.strftime('%Y-%m-%d %H:%M', time.localtime(at))})"
    return replace(figures, warnings=tuple([*kept, dated][-WARNINGS_KEPT:]))
