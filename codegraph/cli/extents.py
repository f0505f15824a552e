"""What lies inside of what, by the places that editors use. Pure. Tests: tests/integration/test_language_server.py."""

from __future__ import annotations

from codegraph.daemon.messages import LspRange, Position, SymbolInfo


def is_around(symbol: SymbolInfo, file: str, here: Position) -> bool:
    """Whether a symbol may have been found only because the place stands somewhere inside of it."""
    return symbol.file == file and _holds(symbol.range, here) and not _holds(symbol.selection_range, here)


def is_within(inner: LspRange, outer: LspRange) -> bool:
    """Whether one stretch lies in another one."""
    return _holds(outer, inner.start) and _holds(outer, inner.end)


def _holds(extent: LspRange, place: Position) -> bool:
    start, end = extent.start, extent.end
    return (start.line, start.character) <= (place.line, place.character) <= (end.line, end.character)
