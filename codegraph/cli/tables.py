"""Tables on a terminal: columns as wide as what stands in them; where the terminal is narrower, rows of several lines.

Only what every start can afford: a library for tables takes longer to import than a question to be answered. A last
column that is too wide goes on below itself, if it is left room to be read in. Else as many columns as there is room
for are aligned, and the others stand in the lines below: names and places are read, copied and clicked on, so they are
folded only where they are wider than the terminal. Styles are ECMA-48's, links the terminal's own (OSC 8). Pure but
for the terminal's size.
Tests: tests/unit/cli/test_cli_tables.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple, TextIO

CODES: Mapping[str, str] = MappingProxyType(
    {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
)
"""The terminal's codes (ECMA-48, SGR) of all styles in use."""

GAP = "  "
USUAL_WIDTH = 80
READABLE = 40
"""The last column of a line is not folded to less."""


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
    widths = [max((columns_of(row[at].text) for row in rows if at < len(row)), default=0) for at in range(count)]
    starts = _starts(widths, width)
    leading, room = len(starts), max([READABLE, *widths[len(starts) :]])
    indent = max((start for start in starts if start and width - start >= room), default=0)
    for row in rows:
        yield from _aligned(row[:leading], [*widths[: leading - 1], width - starts[-1]])
        yield from _below(row[leading:], indent or (len(GAP) if width >= READABLE else 0), width)


def _starts(widths: Sequence[int], width: int) -> list[int]:
    """Return where the columns begin that stand in one line: the first, and as many more as there is room for."""
    starts = [0]
    for before, each in pairwise(widths):
        start = starts[-1] + before + len(GAP)
        if start + min(each, READABLE) > width:
            break
        starts.append(start)
    return starts


def _aligned(row: Sequence[Cell], widths: Sequence[int]) -> Iterator[str]:
    """Yield a row whose last column goes on below itself."""
    texts = [cell.text for cell in row]
    last = folded(texts[-1], widths[-1]) if len(row) == len(widths) else texts[-1:]
    yield _line(row, [*texts[:-1], *last[:1]], widths)
    for text in last[1:]:
        yield _line(row, [*("" for _ in texts[:-1]), text], widths)


def _below(cells: Sequence[Cell], indent: int, width: int) -> Iterator[str]:
    """Yield what had no room beside the leading columns, as many cells in a line as there is room for."""
    line, taken = "", 0
    for cell in cells:
        for text in folded(cell.text, width - indent):
            if not text:
                continue
            if taken and taken + len(GAP) + columns_of(text) > width - indent:
                yield " " * indent + line
                line, taken = "", 0
            line += (GAP if taken else "") + paint(text, cell.style, cell.link)
            taken += (len(GAP) if taken else 0) + columns_of(text)
    if taken:
        yield " " * indent + line


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
