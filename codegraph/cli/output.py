"""Printing: one table or record in three ways. JSON for programs, columns for pipes, folded columns for terminals.

What is printed comes from other people's files, so control characters never reach the terminal.
Tests: tests/unit/cli/test_cli_output.py.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TextIO

import msgspec

from codegraph.cli.tables import Cell, paint, table, terminal_width

__all__ = ["MARKS", "Cell", "Output", "Row", "duration", "printable", "size"]

MARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"fresh": ("●", "green"), "stale": ("◐", "yellow"), "pending": ("○", "red")}
)
"""How a symbol's state looks on a terminal."""


Row = Sequence[Cell | str]


class Output:
    """Prints to `stream`; `terminal` says how, by default after what the stream is."""

    def __init__(self, *, json: bool = False, stream: TextIO | None = None, terminal: bool | None = None) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.json = json
        self.terminal = self.stream.isatty() if terminal is None else terminal

    def record(self, value: Any) -> None:
        """Print one line of JSON."""
        self.stream.write(msgspec.json.encode(value).decode() + "\n")

    def line(self, text: str | Cell = "") -> None:
        """Print one line of text."""
        self.rows([[text]])

    def rows(self, rows: Sequence[Row], columns: Sequence[str] = ()) -> None:
        """Print rows under column names (none: no header)."""
        cells = [[_cell(value) for value in row] for row in rows]
        if self.terminal:
            self._folded(cells, columns)
        else:
            self._plain(cells, columns)

    def facts(self, rows: Sequence[Row]) -> None:
        """Print rows quickly: colours but no links or folding."""
        self._plain([[_cell(value) for value in row] for row in rows], (), coloured=self.terminal)

    def warn(self, warnings: Sequence[str]) -> None:
        """Print what the user should know, a line each."""
        self.facts([[Cell(f"! {warning}", "yellow")] for warning in warnings])

    def flush(self) -> None:
        """Write out what is buffered."""
        self.stream.flush()

    def _plain(self, rows: list[list[Cell]], columns: Sequence[str], *, coloured: bool = False) -> None:
        lines = [[Cell(name.upper()) for name in columns]] if columns else []
        lines += [[Cell(printable(cell.text), cell.style) for cell in row] for row in rows]
        count = max((len(line) for line in lines), default=0)
        widths = [max((len(line[i].text) for line in lines if i < len(line)), default=0) for i in range(count)]
        for line in lines:
            last = len(line) - 1
            padded = [
                paint(cell.text if i == last else cell.text.ljust(widths[i]), cell.style if coloured else "")
                for i, cell in enumerate(line)
            ]
            self.stream.write("  ".join(padded).rstrip() + "\n")

    def _folded(self, rows: list[list[Cell]], columns: Sequence[str]) -> None:
        header = [[Cell(name, "bold") for name in columns]] if columns else []
        shown = [[cell._replace(text=printable(cell.text)) for cell in row] for row in rows]
        for line in table([*header, *shown], terminal_width(self.stream)):
            self.stream.write(line + "\n")


def _cell(value: Cell | str) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def printable(text: str) -> str:
    """Replace everything that would move a cursor or change a colour."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def size(count: int) -> str:
    """Write a number of bytes for people: 1536 is "1.5 KiB"."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def duration(seconds: float) -> str:
    """Write a time for people: 3661 is "1 h 1 min"."""
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours, days = int(seconds // 60), int(seconds // 3_600), int(seconds // 86_400)
    if minutes < 60:
        return f"{minutes} min {int(seconds % 60)} s"
    if hours < 24:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"
