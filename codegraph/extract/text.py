"""A file's bytes seen as text, with byte offsets, lines and UTF-16 columns.

`SourceText.text` is the Latin-1 reading of the bytes: one character for each byte, so that byte offsets
of the syntax tree are also offsets of the string, and regular expressions run on it directly. For ASCII
files (nearly all) it is the text itself; `decode` repairs a slice of any other.
Lines end with LF, CRLF or CR (LSP 3.17); columns count UTF-16 code units; a byte order mark has no column.
Tests: tests/unit/extract/test_extract_text.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from tree_sitter import Node

from codegraph.core.symbols import Range

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SourceText:
    """One file's text; every offset is in bytes."""

    __slots__ = ("ascii", "data", "lines", "mark", "plain", "text")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.ascii = data.isascii()
        self.text = data.decode("latin-1")
        self.mark = len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0
        self.plain = self.ascii or data[self.mark :].isascii()
        """Whether all behind the byte order mark is ASCII; whole projects have nothing else but that mark."""
        self.lines = [self.mark, *accumulate(map(len, data.splitlines(keepends=True)))]
        if data and not data.endswith((b"\n", b"\r")):
            self.lines.pop()  # the last line has no end: nothing starts behind it

    def decode(self, piece: str) -> str:
        """Turn a slice of `text` into what its bytes say in UTF-8; invalid bytes become U+FFFD."""
        if self.ascii or piece.isascii():
            return piece
        return piece.encode("latin-1").decode("utf-8", "replace")

    def slice(self, start: int, end: int) -> str:
        """Return the decoded text between two byte offsets."""
        return self.decode(self.text[start:end])

    def of(self, node: Node) -> str:
        """Return the decoded text of a node."""
        piece = self.text[node.start_byte : node.end_byte]
        return piece if self.ascii or piece.isascii() else self.decode(piece)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 0-based line and the UTF-16 column of a byte offset."""
        line = bisect_right(self.lines, offset) - 1
        if line < 0:
            return 0, 0
        start = self.lines[line]
        if self.plain:
            return line, offset - start
        piece = self.data[start:offset]
        if piece.isascii():
            return line, offset - start
        return line, len(piece.decode("utf-8", "replace").encode("utf-16-le")) // 2

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a position at which a character starts."""
        start = self.lines[line]
        if self.ascii or self.data[start : start + column].isascii():
            return start + column
        piece = self.data[start : self.lines[line + 1] if line + 1 < len(self.lines) else None].decode("utf-8")
        return start + len(piece.encode("utf-16-le")[: 2 * column].decode("utf-16-le").encode())

    def positions(self, offsets: Iterable[int]) -> tuple[int, ...]:
        """Return line and column of each byte offset, one pair after another."""
        found: list[int] = []
        if self.plain:
            lines = self.lines
            for offset in offsets:
                line = bisect_right(lines, offset) - 1
                found += (line, offset - lines[line]) if line >= 0 else (0, 0)
        else:
            for offset in offsets:
                found += self.position(offset)
        return tuple(found)

    def range(self, start: int, end: int) -> Range:
        """Return the Range between two byte offsets."""
        return Range(start, end, *self.position(start), *self.position(end))
