"""Printing: one table or record in three ways. JSON for programs, columns for pipes, rich for terminals.

rich is imported only when the stream is a terminal. What is printed comes from other people's files,
so control characters never reach the terminal. Tests: tests/unit/cli/test_cli_output.py.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO

import msgspec

MARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"fresh": ("●", "green"), "stale": ("◐", "yellow"), "pending": ("○", "red")}
)
"""How a symbol's state looks on a terminal."""


_CODES = MappingProxyType({"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"})
"""The terminal's codes (ECMA-48, SGR) of all styles in use."""


class Cell(NamedTuple):
    """A piece of text, on terminals with a style and a link."""

    text: str
    style: str = ""
    link: str = ""


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
            self._rich(cells, columns)
        else:
            self._plain(cells, columns)

    def facts(self, rows: Sequence[Row]) -> None:
        """Print rows quickly: colours but no links or folding, and without importing rich (60 ms)."""
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
                _painted(cell.text if i == last else cell.text.ljust(widths[i]), cell.style if coloured else "")
                for i, cell in enumerate(line)
            ]
            self.stream.write("  ".join(padded).rstrip() + "\n")

    def _rich(self, rows: list[list[Cell]], columns: Sequence[str]) -> None:
        from rich.console import Console
        from rich.style import Style
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, show_header=bool(columns), header_style="bold")
        width = max(len(columns), max((len(row) for row in rows), default=0))
        for i in range(width):
            table.add_column(columns[i] if i < len(columns) else "", overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(c.text), Style.parse(c.style) + Style(link=c.link or None)) for c in row))
        Console(file=self.stream, force_terminal=True).print(table)


def _cell(value: Cell | str) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def _painted(text: str, style: str) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style else text


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
