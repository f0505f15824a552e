"""Messages of the methods that give more than one answer: paged exports and event subscriptions.

An export is read page by page: the first request has an empty cursor, each next one the cursor of
the page before, until `next` is empty. All pages of one export show one snapshot. The records are
the lines that `codegraph export --format jsonl` prints, field for field: outside programs read them,
so lines count from 1 here, and columns from 0 in UTF-16 code units.
Tests: tests/unit/daemon/test_daemon_protocol.py.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from codegraph.core.symbols import Confidence, DependencyKind, SymbolKind
from codegraph.daemon.messages import Answer, Name, Names, Params, Query
from codegraph.daemon.operations import Progress


class ExportedSymbol(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `export symbols`."""

    id: str
    name: str
    qualified_name: str
    kind: SymbolKind
    language: str
    file: str
    line: int
    """1-based line of the name."""
    column: int
    """0-based column of the name."""
    end_line: int
    """1-based last line of the definition."""


class EdgeEnd(msgspec.Struct, frozen=True, kw_only=True):
    """One end of an exported edge."""

    id: str
    name: str
    file: str
    line: int
    """1-based line of the name; 0: the file as a whole."""


class EdgePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the reference of an exported edge stands."""

    file: str
    line: int
    """1-based."""
    column: int
    """0-based."""


class ExportedEdge(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `export edges`."""

    source: EdgeEnd = msgspec.field(name="from")
    """The enclosing definition."""
    target: EdgeEnd = msgspec.field(name="to")
    kind: DependencyKind
    confidence: Confidence
    at: EdgePlace


class ExportKind(StrEnum):
    """What to export."""

    SYMBOLS = "symbols"
    EDGES = "edges"


class ExportResult(Answer, frozen=True, kw_only=True):
    """One page, in order of path and position; only the asked-for list is filled."""

    symbols: tuple[ExportedSymbol, ...] = ()
    edges: tuple[ExportedEdge, ...] = ()
    next: str = ""
    """The cursor of the next page; empty: this was the last."""


class ExportParams(Query[ExportResult], frozen=True, kw_only=True):
    """Read the whole graph in pages of one snapshot; DaemonError when the snapshot of a cursor is gone."""

    method: ClassVar[str] = "export"
    result: ClassVar[type[msgspec.Struct]] = ExportResult
    what: ExportKind
    cursor: Name = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 2_000


class EventsResult(msgspec.Struct, frozen=True, kw_only=True):
    """`event` notifications follow until the connection ends or `unsubscribe`."""

    subscription: int


class EventsParams(Params[EventsResult], frozen=True, kw_only=True):
    """Subscribe to trace events. A client that does not read them is disconnected."""

    method: ClassVar[str] = "events"
    result: ClassVar[type[msgspec.Struct]] = EventsResult
    types: Names = ()
    """Tags such as committed or embedded; empty: all."""
    recent: bool = False
    """Send the remembered events first."""


class UnsubscribeResult(msgspec.Struct, frozen=True, kw_only=True):
    """Whether there was such a subscription on this connection."""

    ended: bool


class UnsubscribeParams(Params[UnsubscribeResult], frozen=True, kw_only=True):
    """End a subscription."""

    method: ClassVar[str] = "unsubscribe"
    result: ClassVar[type[msgspec.Struct]] = UnsubscribeResult
    subscription: int


class EventNotification(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of an `event` notification."""

    subscription: int
    event: msgspec.Raw
    """One of the events of `codegraph.events`, as an object whose `type` is its tag."""


class ProgressNotification(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of a `progress` notification."""

    id: int | str | None
    """The request that it belongs to."""
    progress: Progress


class CancelParams(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of the `$/cancelRequest` notification: the request ends with the error RequestCancelled."""

    id: int | str
