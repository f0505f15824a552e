"""Pages of an export, all of one snapshot.

The first page takes the newest view and remembers it under its clock; later pages read that one. At
most `VIEWS_KEPT` views are remembered, oldest out first, so a forgotten export costs bounded memory
(views share what did not change). Tests: tests/unit/daemon/test_daemon_exporting.py.
"""

from __future__ import annotations

from collections import OrderedDict

from codegraph.core.symbols import SymbolId
from codegraph.daemon.streams import (
    EdgeEnd,
    EdgePlace,
    ExportedEdge,
    ExportedSymbol,
    ExportKind,
    ExportParams,
    ExportResult,
)
from codegraph.daemon.targets import existing, module_name, qualified_name
from codegraph.daemon.view import View
from codegraph.errors import DaemonError
from codegraph.graph.snapshot import Snapshot, Symbol

VIEWS_KEPT = 4


class Exports:
    """Remembers the views that exports in progress read."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, tuple[View, tuple[str, ...]]] = OrderedDict()

    def page(self, view: View, params: ExportParams) -> ExportResult:
        """Return one page; the cursor holds the clock, the file and how many of its records were read.

        Raises DaemonError for a cursor whose snapshot is gone.
        """
        if params.cursor:
            clock, number, offset = self._parse(params.cursor)
            if clock not in self._views:
                raise DaemonError("the snapshot of this export is gone", "start the export again")
            view, paths = self._views[clock]
        else:
            clock, number, offset = str(view.snapshot.clock), 0, 0
            paths = tuple(sorted(view.snapshot.files))
            self._views[clock] = (view, paths)
            self._views.move_to_end(clock)
            while len(self._views) > VIEWS_KEPT:
                self._views.popitem(last=False)
        symbols: list[ExportedSymbol] = []
        edges: list[ExportedEdge] = []
        room = params.limit
        while number < len(paths) and room:
            path = paths[number]
            if params.what is ExportKind.SYMBOLS:
                records = exported_symbols(view.snapshot, path)
                symbols += records[offset : offset + room]
                total, taken = len(records), len(records[offset : offset + room])
            else:
                lines = exported_edges(view.snapshot, path)
                edges += lines[offset : offset + room]
                total, taken = len(lines), len(lines[offset : offset + room])
            room -= taken
            offset += taken
            if offset >= total:
                number, offset = number + 1, 0
        following = f"{clock}/{number}/{offset}" if number < len(paths) else ""
        return ExportResult(clock=clock, symbols=tuple(symbols), edges=tuple(edges), next=following)

    @staticmethod
    def _parse(cursor: str) -> tuple[str, int, int]:
        clock, _, rest = cursor.partition("/")
        number, _, offset = rest.partition("/")
        if not (number.isascii() and number.isdigit() and offset.isascii() and offset.isdigit()):
            raise DaemonError(f"{cursor!r} is no cursor of an export", "start the export again")
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
        name=definition.name or module_name(symbol.path).rpartition(".")[2],
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
    return EdgeEnd(id=found.id, file=found.path, line=found.definition.selection_range.start_line + 1)
