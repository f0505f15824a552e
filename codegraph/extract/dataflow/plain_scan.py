"""Comments and docstrings of ordinary Python text, six times as fast as the tokenizer finds them.

One regular expression finds what matters: strings, comments, line ends, brackets. Text with tabs, continued
lines or characters that are not ASCII is not for this module, and what the tokenizer might refuse raises NotPlain.
For all other text PlainScan says exactly what the tokenizer of Python 3.8 to 3.11 says.
Tests: tests/unit/extract/test_dataflow_stripping.py compares the two.
"""

from __future__ import annotations

import re
from enum import IntEnum

_PLAIN = r"""[^"'\#\n()\[\]{}\\]"""
_QUOTED = r"""(?:"(?!"")(?:[^\\"\n]|\\.)*+"|'(?!'')(?:[^\\'\n]|\\.)*+')"""
_INNER = rf"[(\[{{](?:{_PLAIN}++|{_QUOTED})*+[)\]}}]"
_CLOSED = rf"[(\[{{](?:{_PLAIN}++|{_QUOTED}|{_INNER})*+[)\]}}]"
"""Brackets in brackets, closed on their line: there is nothing in them that matters."""
_PIECE = re.compile(
    rf"""{_PLAIN}*+(?:(?:{_CLOSED}|(?<=[=,+%] ){_QUOTED}){_PLAIN}*+)*+"""
    rf"""(?:(?P<string>\"""(?:[^\\"]|\\.|"(?!""))*\"""|'''(?:[^\\']|\\.|'(?!''))*'''|{_QUOTED})"""
    r"""|(?P<comment>\#[^\n]*)|(?P<line>\n[ ]*)"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<bad>["'\\])|(?P<end>\Z))""",
    re.DOTALL,
)
_STRING, _COMMENT, _LINE, _OPEN, _CLOSE, _BAD, _END = range(1, 8)
_PREFIX = re.compile("[bBfFrRuU]{1,2}\\Z")


class NotPlain(ValueError):
    """Text that only the tokenizer can judge."""


class _Before(IntEnum):
    """The kind of token before the first one of a line."""

    INDENT = 0
    NEWLINE = 1
    OTHER = 2
    """An empty line, a comment, or the end of a block."""


class PlainScan:
    """Scans one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._indents = [0]
        self._before = _Before.INDENT

    def spans(self) -> list[tuple[int, int]]:
        """Return where comments and docstrings stand, in order. Raises NotPlain."""
        text = self._text
        found: list[tuple[int, int]] = []
        depth = 0
        column = len(text) - len(text.lstrip(" "))
        first = column
        waiting = True  # for the first token of a logical line
        for match in _PIECE.finditer(text):
            kind = match.lastindex or _END
            if kind == _END:
                break
            start, end = match.span(kind)
            if kind == _STRING and (prefix := _PREFIX.search(text, max(0, start - 2), start)):
                start = prefix.start()
            if kind == _COMMENT:
                found.append((start, end))
                if waiting and start != first:
                    self._begin(column)
                    waiting = False
                continue
            if waiting and not (kind == _LINE and (start == first or self._is_comment(found, first, start))):
                self._begin(column)
                waiting = False
                if kind == _STRING and start == first and self._documents(column):
                    found.append((start, end))
                    continue
            if kind == _STRING:
                if text[start - 1 : start] in ("\n", ""):
                    found.append((start, end))
            elif kind == _LINE:
                if not depth:
                    self._before = _Before.OTHER if waiting else _Before.NEWLINE
                    waiting = True
                    column = end - start - 1
                    first = end
            elif kind == _OPEN:
                depth += 1
            elif kind == _CLOSE and depth:
                depth -= 1
            else:
                raise NotPlain("a quote without its other half, a backslash or a bracket too many")
        if depth:
            raise NotPlain("a bracket is not closed")
        if waiting and first < len(text) and not self._is_comment(found, first, len(text)):
            self._begin(column)
        return found

    def _documents(self, column: int) -> bool:
        return self._before is not _Before.OTHER or not column

    def _is_comment(self, found: list[tuple[int, int]], first: int, end: int) -> bool:
        """Tell whether a line has nothing but a comment."""
        return bool(found) and found[-1] == (first, end)

    def _begin(self, column: int) -> None:
        """Note the indentation of a logical line."""
        if column > self._indents[-1]:
            self._indents.append(column)
            self._before = _Before.INDENT
        while column < self._indents[-1]:
            if column not in self._indents:
                raise NotPlain("the indentation matches no outer block")
            self._indents.pop()
            self._before = _Before.OTHER
