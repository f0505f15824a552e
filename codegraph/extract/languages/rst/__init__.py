"""reStructuredText: titles by their underlines, roles, directives that describe code, literals.

A title's level is the order in which its style, mark and whether there is a line above it, first appears. Literal
blocks and code directives are text without titles and names; comments are not read at all. What is named:

    :func:`httpx.get`, :class:`~a.Client`, :c:func:`uv_run`    roles; of "title <target>" the target
    .. autoclass:: requests.Session, .. c:function:: int uv_run(uv_loop_t* loop)
                                                               directives; a member is its class's, by indentation
    ``Client.get``, `get()`                                    literals and interpreted text, as `named_by` reads them

Tests: tests/unit/extract/test_extract_rst.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from codegraph.core.facts import Chain, Role
from codegraph.extract.languages.documents import (
    MAX_CODE,
    MEMBER_ROLES,
    ROLES,
    document_spec,
    named_by,
    named_by_role,
    plain_title,
    role_of,
)
from codegraph.extract.languages.spec import Document, Heading, Naming
from codegraph.extract.text import SourceText

_RULE: Final = re.compile(r"([!-/:-@\[-`{-~])\1+[ \t]*\Z")
_SHORT = 4
"""An underline of so many marks makes a title, however long that is."""

_CODE_ROLES: Final = frozenset({"code", "file", "literal", "program"})
_CODE_BLOCKS: Final = frozenset(
    {"code", "code-block", "sourcecode", "literalinclude", "parsed-literal", "raw", "math", "doctest", "testcode"}
    | {"testsetup", "testoutput", "graphviz", "highlight", "prompt", "productionlist", "csv-table", "ipython"}
)
_DIRECTIVE: Final = re.compile(r"\.\.[ \t]+(?:[a-z]+:)?([\w-]+)::(?:[ \t]+(.*))?\Z")
_EXPLICIT: Final = re.compile(r"\.\.[ \t]+(?:_|\[|\||__)")
_DESCRIBED: Final = re.compile(r"((?:[^\W\d]\w*(?:\.|::))*[^\W\d]\w*)\s*(?:\(|<|=|:|\[|\Z)")
_INLINE: Final = re.compile(
    r":(?:[a-z]+:)?(?P<role>[a-z]+):`(?P<target>[^`\n]+(?:\n[^`\n]+)?)`"
    r"|(?<![`\w])``(?P<literal>[^`\n]+)``|(?<![`:\w])`(?P<interpreted>[^`\n]+)`(?![`_])"
)


class _Line(NamedTuple):
    start: int
    end: int
    """Without its line end."""
    indent: int
    written: str
    """Without indentation and blanks at its end."""


def read(text: SourceText) -> Document:
    """Find the titles of a reStructuredText file and what it names."""
    lines = _lines(text)
    headings = list(_titles(text, lines))
    namings: list[Naming] = []
    silent: list[tuple[int, int]] = []
    classes: list[tuple[int, Chain]] = []
    prose = text.mark
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        found = _DIRECTIVE.match(line.written) if line.written.startswith("..") else None
        if found is not None and found[1] not in _CODE_BLOCKS:
            namings += _described(line, found[1], found[2] or "", classes)
        elif found is not None or line.written.endswith("::") or _is_comment(line):
            namings += _namings(text, prose, line.start if _is_comment(line) else line.end)
            index = _behind_block(lines, index, line.indent)
            prose = lines[index].start if index < len(lines) else len(text.data)
            if _is_comment(line):
                silent.append((line.start, prose))
    namings += _namings(text, prose, len(text.data))
    return Document(headings, namings, silent)


def _lines(text: SourceText) -> list[_Line]:
    bounds = [*text.lines, len(text.text)]
    lines = []
    for start, end in pairwise(bounds):
        whole = text.text[start:end].rstrip()
        written = whole.lstrip()
        lines.append(_Line(start, start + len(whole), len(whole) - len(written), written))
    return lines


def _is_comment(line: _Line) -> bool:
    written = line.written
    if written != ".." and not written.startswith(".. "):
        return False
    return not _EXPLICIT.match(written) and not _DIRECTIVE.match(written)


def _behind_block(lines: list[_Line], index: int, indent: int) -> int:
    """Return the index of the first line that is neither blank nor indented further."""
    while index < len(lines) and (not lines[index].written or lines[index].indent > indent):
        index += 1
    return index


def _titles(text: SourceText, lines: list[_Line]) -> Iterator[Heading]:
    levels: dict[tuple[str, bool], int] = {}
    rules = [index for index, line in enumerate(lines) if not line.indent and _RULE.match(line.written)]
    taken = -1
    for index in rules:
        if index <= taken:
            continue
        mark = lines[index].written[0]
        over = (
            index + 2 < len(lines) and lines[index + 2].written == lines[index].written and not lines[index + 2].indent
        )
        if over and lines[index + 1].written and not _RULE.match(lines[index + 1].written):
            first, title, last = index, lines[index + 1], index + 2
        elif index and _is_title(lines, index):
            first, title, last = index - 1, lines[index - 1], index
            over = False
        else:
            continue
        taken = last
        level = levels.setdefault((mark, over), len(levels) + 1)
        name = title.start + title.indent
        end = lines[last + 1].start if last + 1 < len(lines) else len(text.data)
        plain = plain_title(text.decode(title.written))
        if plain:
            yield Heading(level, plain, lines[first].start, name, name + len(title.written), end)


def _is_title(lines: list[_Line], index: int) -> bool:
    """Tell whether the line before a rule is a title: it stands alone at the margin and is hardly longer."""
    title, rule = lines[index - 1], lines[index].written
    if not title.written or title.indent or _RULE.match(title.written) or title.written.startswith(".. "):
        return False
    if index > 1 and lines[index - 2].written and not lines[index - 2].written.startswith(".. "):
        return False
    return len(rule) >= min(_SHORT, len(title.written))


def _described(line: _Line, kind: str, written: str, classes: list[tuple[int, Chain]]) -> Iterator[Naming]:
    """Yield what a directive describes; `classes` are those around it."""
    while classes and classes[-1][0] >= line.indent:
        classes.pop()
    if kind not in ROLES or len(written) > MAX_CODE:
        return
    found = _DESCRIBED.search(written)
    if found is None:
        return
    names = tuple(re.split(r"\.|::", found[1]))
    role = role_of(kind)
    if len(names) == 1 and classes and role is not Role.TYPE:
        names = (*classes[-1][1], *names)
    elif len(names) == 1 and kind in MEMBER_ROLES:
        return
    if role is Role.TYPE:
        classes.append((line.indent, names))
    if len(names) > 1 or role is not Role.READ:
        yield Naming(line.start + line.indent, names, role)


def _namings(text: SourceText, start: int, end: int) -> Iterator[Naming]:
    if text.text.find("`", start, end) < 0:
        return
    for found in _INLINE.finditer(text.text, start, end):
        code = found["literal"] or found["interpreted"]
        role = found["role"]
        if code is None and role in _CODE_ROLES:
            code = found["target"]
        if code is not None:
            named = named_by(text.decode(code)) if len(code) <= MAX_CODE else None
        else:
            named = named_by_role(role, text.decode(found["target"][:MAX_CODE]))
        if named is not None:
            yield Naming(found.start(), *named)


SPEC = document_spec("rst", read)
