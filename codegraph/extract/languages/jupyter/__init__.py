"""Notebooks of Jupyter: cells of Python in JSON, read as one Python file of equally many bytes.

Each line of a code cell is a string of JSON on a line of its own (nbformat 4 as Jupyter writes it), so the file is
read with blanks in place of all that is JSON, and every place is the file's own. The lines stand further in than the
first ones, so they are the body of an `if` that is always true. Escaped quotes and backslashes keep their width with a
blank: strings differ by blanks, code does not. Commands of IPython (`%run`, `!ls`, `name?`) are comments; a cell that
`%%` hands to something else is none.

A notebook in another language or form (a cell as one string, several lines in one) is read by its words instead.
Format: nbformat 4, docs/format_description.rst of jupyter/nbformat.
Tests: tests/unit/extract/test_extract_jupyter.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from codegraph.extract.languages.embedded import Span, blanked, unparsed
from codegraph.extract.languages.python import SPEC as PYTHON
from codegraph.extract.languages.spec import Document
from codegraph.extract.languages.unparsed.forms import Form
from codegraph.extract.text import SourceText

MAX_CELLS: Final = 10_000

_TOKEN: Final = re.compile(rb"\"(?P<text>[^\"\\\r\n]*+(?:\\.[^\"\\\r\n]*+)*+)\"|[{}\[\]:,]")
_ESCAPES: Final = re.compile(rb"(?:\\\")+|\\(?:u[0-9A-Fa-f]{4}|.)")
_SHORT: Final = {b"\\\\": b" \\", b"\\/": b" /"}
_LINE_END: Final = re.compile(rb"(?:\\r)?\\n\Z")
_COMMAND: Final = re.compile(rb"\s*(?:[%!?]|[\w.]+\s*\?+\s*\Z)")
_OF_PYTHON: Final = re.compile(rb"%%(?:time|timeit|capture|prun|python3?|pypy)\b")
_LANGUAGE: Final = re.compile(
    rb"\"language\"\s*:\s*\"([^\"]{0,50})\""
    rb"|\"language_info\"\s*:\s*\{[^{}]{0,2000}(?:\{[^{}]{0,500}\}[^{}]{0,2000})?\"name\"\s*:\s*\"([^\"]{0,50})\""
)
_ALWAYS: Final = b"if 1:"
_IN_CELLS: Final = Form(called=True)


class _Level(NamedTuple):
    bracket: bytes
    key: bytes


def code_lines(data: bytes) -> Iterator[list[Span]]:
    """Yield, for each code cell, the stretches inside of the quotes of its source."""
    levels: list[_Level] = []
    key, is_code, source = b"", False, list[Span]()
    for found in _TOKEN.finditer(data):
        token = found.group()
        if token in (b"{", b"["):
            levels.append(_Level(token, key))
            key = b""
            if len(levels) == 3:
                is_code, source = False, []
        elif token in (b"}", b"]"):
            if len(levels) == 3 and is_code and [each.key for each in levels[:2]] == [b"", b"cells"]:
                yield source
            if levels:
                levels.pop()
            key = b""
        elif token == b",":
            key = b"" if levels and levels[-1].bracket == b"{" else key
        elif token != b":":
            if levels and levels[-1].bracket == b"{" and not key:
                key = found["text"]
            elif len(levels) == 3 and key == b"cell_type":
                is_code = found["text"] == b"code"
            elif (len(levels) == 3 and key == b"source") or (len(levels) == 4 and levels[-1].key == b"source"):
                source.append(found.span("text"))


def rewritten(text: SourceText) -> bytes | Document:
    """Return the notebook as Python, or what it names where it cannot be read so."""
    read = _as_python(text.data)
    if read is not None:
        return read
    code = bytearray(blanked(text.data))
    for cell in code_lines(text.data):
        for start, end in cell:
            code[start:end] = _ESCAPES.sub(_unescaped, text.data[start:end])
    return unparsed(SourceText(bytes(code)), _IN_CELLS)


def _as_python(data: bytes) -> bytes | None:
    language = _LANGUAGE.search(data)
    if language is not None and (language[1] or language[2]).lower() not in (b"python", b"ipython"):
        return None
    read = bytearray(blanked(data))
    column = -1
    first = len(data)
    for number, cell in enumerate(code_lines(data)):
        if number >= MAX_CELLS:
            return None
        is_python = not cell or not data[slice(*cell[0])].startswith(b"%%") or _OF_PYTHON.match(data, *cell[0])
        goes_on = False
        for start, end in cell:
            at = start - 1 - (data.rfind(b"\n", 0, start - 1) + 1)
            if data[start - 1 - at : start - 1].strip() or column not in (-1, at):
                return None
            column, first = at, min(first, start)
            line = _LINE_END.sub(lambda found: b" " * len(found.group()), data[start:end])
            if b"\\n" in line.replace(b"\\\\", b""):
                return None
            is_command = goes_on or _COMMAND.match(line) is not None
            goes_on = is_command and line.rstrip().endswith(b"\\")
            if is_python and not is_command:
                code = _ESCAPES.sub(_unescaped, line)
                if code != code.rstrip() and code.rstrip().endswith(b"\\"):
                    code = code.rstrip()[:-1].ljust(len(code))
                    read[_line_end(data, end) - 1] = ord("\\")  # it must be the last of its line
                read[start:end] = code
    return bytes(read) if first == len(data) or _write_head(data, read, first, column) else None


def _line_end(data: bytes, start: int) -> int:
    """Return where the line end behind a place stands."""
    ends = [each for each in (data.find(b"\r", start), data.find(b"\n", start)) if each >= 0]
    return min(ends, default=len(data))


def _write_head(data: bytes, read: bytearray, first: int, column: int) -> bool:
    """Write what the lines are the body of into a line before them; False if there is no room."""
    start = 0
    while start < first:
        end = data.find(b"\n", start)
        if end < 0 or end > first:
            return False
        if end - start >= len(_ALWAYS) and column > 0:
            read[start : start + len(_ALWAYS)] = _ALWAYS
            return True
        start = end + 1
    return False


def _unescaped(found: re.Match[bytes]) -> bytes:
    """Return what an escape of JSON stands for, as wide as it."""
    written = found.group()
    if written.startswith(b'\\"'):
        return (b'"' * (len(written) // 2)).ljust(len(written))
    return _SHORT.get(written, b"_" * len(written) if written[1:2] == b"u" else b" " * len(written))


SPEC: Final = replace(
    PYTHON, name="jupyter", hollow=b"", erasable=False, resumable=False, prepare=None, sparse=True, rewritten=rewritten
)
