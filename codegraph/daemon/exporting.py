"""Pages of an export, all of one snapshot.

The first page takes the newest snapshot and remembers it under its clock; later pages read that one. With the last
page it is let go, or an export of an hour ago would keep a whole graph that has been replaced since. At most
`SNAPSHOTS_KEPT` are remembered, oldest out first, so an export that is never finished costs bounded memory (snapshots
share what did not change; the search indexes of a view are not kept).
Tests: tests/unit/daemon/test_daemon_exporting.py.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.daemon.naming import bare_name, qualified_name
from codegraph.daemon.streams import (
    EdgeEnd,
    EdgePlace,
    ExportedEdge,
    ExportedSymbol,
    ExportKind,
    ExportParams,
    ExportResult,
)
from codegraph.daemon.targets import existing
from codegraph.daemon.view import View
from codegraph.errors import DaemonError
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot

SNAPSHOTS_KEPT = 4
_MAX_DIGITS = 18


class _Reading:
    """A snapshot, the order in which its files are exported, and how many exports of it are in progress."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.paths = tuple(sorted(snapshot.files))
        self.exports = 0


class Exports:
    """Remembers the snapshots that exports in progress read. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readings: OrderedDict[str, _Reading] = OrderedDict()

    def page(self, view: View, params: ExportParams) -> ExportResult:
        """Return one page; the cursor holds the clock, the file and how many of its records were read.

        Raises DaemonError for a cursor whose snapshot is gone.
        """
        if params.cursor:
            clock, number, offset = self._parse(params.cursor)
            reading = self._remembered(clock, view)
        else:
            clock, number, offset = str(view.snapshot.clock), 0, 0
            reading = self._begun(clock, view)
        snapshot, paths = reading.snapshot, reading.paths
        symbols: list[ExportedSymbol] = []
        edges: list[ExportedEdge] = []
        room = params.limit
        while number < len(paths) and room:
            path = paths[number]
            if params.what is ExportKind.SYMBOLS:
                records = exported_symbols(snapshot, path)
                symbols += records[offset : offset + room]
                total, taken = len(records), len(records[offset : offset + room])
            else:
                lines = exported_edges(snapshot, path)
                edges += lines[offset : offset + room]
                total, taken = len(lines), len(lines[offset : offset + room])
            room -= taken
            offset += taken
            if offset >= total:
                number, offset = number + 1, 0
        following = f"{clock}/{number}/{offset}" if number < len(paths) else ""
        if not following:
            self._ended(clock)
        return ExportResult(clock=clock, symbols=tuple(symbols), edges=tuple(edges), next=following)

    def _begun(self, clock: str, view: View) -> _Reading:
        with self._lock:
            reading = self._readings.setdefault(clock, _Reading(view.snapshot))
            reading.exports += 1
            self._readings.move_to_end(clock)
            while len(self._readings) > SNAPSHOTS_KEPT:
                self._readings.popitem(last=False)
            return reading

    def _remembered(self, clock: str, view: View) -> _Reading:
        with self._lock:
            found = self._readings.get(clock)
        if found is not None:
            return found
        if str(view.snapshot.clock) == clock:  # it has ended, and the last pages are asked for once more
            return _Reading(view.snapshot)
        raise DaemonError("the snapshot of this export is gone", "start the export again")

    def _ended(self, clock: str) -> None:
        """One export of a snapshot has its last page; the snapshot is let go when all of them have."""
        with self._lock:
            reading = self._readings.get(clock)
            if reading is not None:
                reading.exports -= 1
                if reading.exports <= 0:
                    del self._readings[clock]

    @staticmethod
    def _parse(cursor: str) -> tuple[str, int, int]:
        clock, _, rest = cursor.partition("/")
        number, _, offset = rest.partition("/")
        if not all(part.isascii() and part.isdigit() and len(part) <= _MAX_DIGITS for part in (number, offset)):
            raise DaemonError(f"{cursor[:100]!r} is no cursor of an export", "start the export again")
        return clock, int(number), int(offset)


def exported_symbols(snapshot: Snapshot, path: str) -> list[ExportedSymbol]:
    """Return the lines of `export symbols` for one file, in source order."""
    return [_symbol(snapshot, symbol) for symbol in snapshot.in_file(path)]


def exported_edges(snapshot: Snapshot, path: str) -> list[ExportedEdge]:
    """Return the lines of `export edges` for the edges that start in one file, in source order."""
    lines: list[ExportedEdge] = []
    for symbol in snapshot.in_file(path):
        source = _end(snapshot, symbol.id)
        lines += [
            ExportedEdge(
                source=source,
                target=_end(snapshot, edge.target),
                kind=edge.kind,
                confidence=edge.confidence,
                at=EdgePlace(file=path, line=edge.line + 1, column=edge.column),
            )
            for edge in snapshot.dependencies(symbol.id)
        ]
    return lines


def _symbol(snapshot: Snapshot, symbol: Symbol) -> ExportedSymbol:
    definition = symbol.definition
    return ExportedSymbol(
        id=symbol.id,
        name=bare_name(symbol),
        qualified_name=qualified_name(snapshot, symbol),
        kind=definition.kind,
        language=symbol.language,
        file=symbol.path,
        line=definition.selection_range.start_line + 1,
        column=definition.selection_range.start_column,
        end_line=definition.range.end_line + 1,
    )


def _end(snapshot: Snapshot, symbol: SymbolId) -> EdgeEnd:
    found = existing(snapshot, symbol)
    definition = found.definition
    line = 0 if definition.kind is SymbolKind.MODULE else definition.selection_range.start_line + 1
    return EdgeEnd(id=found.id, name=bare_name(found), file=found.path, line=line)
