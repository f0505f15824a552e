"""Comments taken out of a function's text as the reference does, before it is parsed.

Python: by the tokenizer; comments go, and so does a string that starts a statement (a docstring) or stands in
column 0. What cannot be tokenized stays as it is. Python 3.12 cut f-strings into pieces; they are put together
again, so that all versions give what 3.8 to 3.11 gave. Ruby: nothing goes. Elsewhere one regular expression finds
comments and quoted strings; a comment becomes a blank. It does not know template literals, raw strings,
regular expressions and PHP's `#`, and takes the tail of an unquoted `http://x`: models were trained so.
Lines without text go everywhere, inside strings too.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import NamedTuple

from codegraph.extract.dataflow.plain_scan import NotPlain, PlainScan
from codegraph.extract.dataflow.rules import Comments

_C_LIKE = re.compile(
    r"""((?:[^/'"]++|'(?:[^\\']|\\.)*+'|"(?:[^\\"]|\\.)*+"|['"]|/(?!/|\*.*?\*/))*+)(?:/(?:/[^\n]*|\*.*?\*/)|\Z)""",
    re.DOTALL,
)
"""All up to a comment or the end, and the comment."""
_UNUSUAL = ("\t", "\f", "\r", "\v", "\x1c", "\x1d", "\x1e", "\\\n")
"""What `PlainScan` leaves to Python's tokenizer, and with it all that is not ASCII."""
_BLANK_OR_STRING_LINE = re.compile(r"\n *(?:\w{0,2}[\"']|\n|\Z)")
"""The only lines of plain Python without comments that anything is taken out of."""

_NONE, _BY_TREE, _LIKE_C = Comments.NONE, Comments.BY_TREE, Comments.C_LIKE
_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)


def strip_comments(text: str, comments: Comments) -> str:
    """Return the text that the reference would parse."""
    if comments is _NONE or comments is _BY_TREE:
        return text
    if comments is _LIKE_C:
        if "//" not in text and "/*" not in text:
            return _without_blank_lines(text)
        return _without_blank_lines(_C_LIKE.sub(_blank_for_comment, text))
    if text.isascii() and not any(unusual in text for unusual in _UNUSUAL):
        if "#" not in text and _BLANK_OR_STRING_LINE.search(f"\n{text}") is None:
            return text
        try:
            return _without_blank_lines(_without(text, PlainScan(text).spans()))
        except NotPlain:
            pass  # the tokenizer decides
    try:
        return _without_blank_lines("".join(_python_pieces(_tokens(text))))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return text


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    kept: list[str] = []
    at = 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join((*kept, text[at:]))


def _blank_for_comment(match: re.Match[str]) -> str:
    kept = match[1]
    return f"{kept} " if match.end() > match.end(1) else kept


def _without_blank_lines(text: str) -> str:
    return "\n".join(filter(str.strip, text.split("\n")))


class _Token(NamedTuple):
    type: int
    text: str
    start: tuple[int, int]
    end: tuple[int, int]


def _python_pieces(tokens: Iterable[_Token]) -> Iterator[str]:
    """Write the tokens back in their columns, but for comments and docstrings."""
    before = tokenize.INDENT
    line, column = -1, 0
    for token in tokens:
        start_line, start_column = token.start
        if start_line > line:
            column = 0
        if start_column > column:
            yield " " * (start_column - column)
        documents = before in (tokenize.INDENT, tokenize.NEWLINE) or not start_column
        if token.type != tokenize.COMMENT and not (token.type == tokenize.STRING and documents):
            yield token.text
        before = token.type
        line, column = token.end


def _tokens(text: str) -> Iterator[_Token]:
    """Tokenize Python; each f-string is one STRING. Raises TokenError and SyntaxError."""
    lines = text.splitlines(keepends=True)
    opened: list[tuple[int, int]] = []
    for type_, string, start, end, _ in tokenize.generate_tokens(StringIO(text).readline):
        if type_ == _FSTRING_START:
            opened.append(start)
        elif type_ == _FSTRING_END and opened:
            begin = opened.pop()
            if not opened:
                yield _Token(tokenize.STRING, _between(lines, begin, end), begin, end)
        elif not opened:
            yield _Token(type_, string, start, end)


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the text between two places of the tokenizer: lines from 1, columns in characters."""
    (first, begin), (last, stop) = start, end
    if first == last:
        return lines[first - 1][begin:stop]
    return "".join((lines[first - 1][begin:], *lines[first : last - 1], lines[last - 1][:stop]))
