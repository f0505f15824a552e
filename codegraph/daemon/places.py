"""What stands at a place of a file: its symbols, the one around a line, and which lines there are.

Tests: tests/unit/daemon/test_daemon_targets.py.
"""

from __future__ import annotations

from codegraph.errors import FileNotIndexed, SymbolNotFound
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot


def in_file(snapshot: Snapshot, path: str) -> tuple[Symbol, ...]:
    """Return a file's symbols, the module first. Raises FileNotIndexed."""
    found = snapshot.in_file(path)
    if not found:
        raise FileNotIndexed(f"{path} is not indexed", "paths are relative to the project", path)
    return found


def around(snapshot: Snapshot, path: str, line: int, character: int | None) -> Symbol:
    """Return the symbol whose name stands on a line, else the innermost around the place."""
    here = in_file(snapshot, path)
    check_line(here[0], line)
    if character is None:
        on_line = [each for each in here[1:] if each.definition.selection_range.start_line == line]
        if on_line:
            return on_line[0]
        spanning = [each for each in here[1:] if _spans(each, line)]
        return max(spanning, key=_start) if spanning else here[0]
    found = snapshot.at(path, line, character)
    return here[0] if found is None else found


def check_line(module: Symbol, line: int) -> None:
    """Raise SymbolNotFound for a line that a file does not have; an empty file has its first."""
    end = module.definition.range
    lines = end.end_line + (end.end_column > 0)
    if line >= max(lines, 1):
        raise SymbolNotFound(f"{module.path} has {lines} lines, not {line + 1}", "give a line inside of the file")


def _spans(symbol: Symbol, line: int) -> bool:
    extent = symbol.definition.range
    return extent.start_line <= line and (line, 0) < (extent.end_line, extent.end_column)


def _start(symbol: Symbol) -> tuple[int, int]:
    return symbol.definition.range.start_line, symbol.definition.range.start_column
