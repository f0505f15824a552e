"""Tables on a terminal: columns as wide as what stands in them, folded where the terminal is narrower.

Only what every start can afford: a library for tables takes longer to import than a question to be answered. If all
columns together are too wide, the widest give way, down to one width, and what does not fit goes on in the next line
of the same column. Styles are ECMA-48's, links the terminal's own (OSC 8). Pure but for the terminal's size.
Tests: tests/unit/cli/test_cli_tables.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TextIO

CODES: Mapping[str, str] = MappingProxyType(
    {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
)
"""The terminal's codes (ECMA-48, SGR) of all styles in use."""

GAP = "  "
USUAL_WIDTH = 80
NARROWEST = 8
"""A column is not folded to less."""


class Cell(NamedTuple):
    """A piece of text, on terminals with a style and a link."""

    text: str
    style: str = ""
    link: str = ""


def terminal_width(stream: TextIO) -> int:
    """Return the columns of the terminal that a stream writes to: those of COLUMNS, or of the system, or the usual."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):  # no terminal, or no file at all
        return USUAL_WIDTH


def table(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[str]:
    """Yield the lines of a table, painted, without blanks at their ends. Texts have printable characters only."""
    count = max(map(len, rows), default=0)
    full = [max((columns_of(row[place].text) for row in rows if place < len(row)), default=0) for place in range(count)]
    widths = fitted(full, width - len(GAP) * (count - 1))
    for row in rows:
        parts = [folded(cell.text, widths[place]) for place, cell in enumerate(row)]
        for line in range(max(map(len, parts), default=1)):
            yield _line(row, [part[line] if line < len(part) else "" for part in parts], widths)


def _line(row: Sequence[Cell], texts: Sequence[str], widths: Sequence[int]) -> str:
    last = max((place for place, text in enumerate(texts) if text), default=-1)
    painted: list[str] = []
    for cell, text, width in zip(row[: last + 1], texts, widths, strict=False):
        blanks = "" if len(painted) == last else " " * (width - columns_of(text))
        painted.append(paint(text, cell.style, cell.link) + blanks)
    return GAP.join(painted)


def paint(text: str, style: str, link: str = "") -> str:
    """Return a text with the codes for its style and its link around it; NO_COLOR forbids one, a dumb terminal both."""
    if os.environ.get("TERM") == "dumb":
        return text
    if style and text and not os.environ.get("NO_COLOR"):
        text = f"\x1b[{CODES[style]}m{text}\x1b[0m"
    return f"\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\" if link and text else text


def fitted(widths: Sequence[int], room: int) -> list[int]:
    """Return widths that fit into the room, the widest cut down to one; none below NARROWEST for that."""
    fixed, left = 0, len(widths)
    for width in sorted(widths):
        share = (room - fixed) // left
        if width > share:
            most = max(share, NARROWEST)
            return [min(each, most) for each in widths]
        fixed, left = fixed + width, left - 1
    return list(widths)


def folded(text: str, width: int) -> list[str]:
    """Cut a text into pieces of at most so many columns, behind a blank if there is one in the second half."""
    pieces = []
    while columns_of(text) > width:
        end = _most(text, width)
        blank = text.rfind(" ", end // 2, end + 1)
        cut = end if blank <= 0 else blank
        pieces.append(text[:cut].rstrip(" "))
        text = text[cut:].lstrip(" ")
    return [*pieces, text]


def _most(text: str, width: int) -> int:
    """Return how many characters fit, at least one."""
    if text.isascii():
        return max(width, 1)
    taken = 0
    for place, character in enumerate(text):
        taken += columns_of(character)
        if taken > width:
            return max(place, 1)
    return len(text)


def columns_of(text: str) -> int:
    """Return how many columns a text takes: two for each wide character (Unicode Standard Annex 11), none for marks."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
