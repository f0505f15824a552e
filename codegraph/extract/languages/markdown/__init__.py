"""Markdown: headings as CommonMark has them (ATX and setext), code spans, and what is neither.

Nothing in a fenced block, a comment or the front matter is a heading or names anything; a block that is not closed goes
on to the end. What differs from CommonMark: a setext heading is the last line of its paragraph, under dashes only a
paragraph of one line; indented code is text. Three forms of documentation tools are read, too: `::: pkg.mod.Class` and
[`Class`][pkg.mod.Class] of mkdocstrings, and roles of MyST, {func}`pkg.parse`.
Tests: tests/unit/extract/test_extract_markdown.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from codegraph.core.facts import Role
from codegraph.extract.languages.documents import MAX_CODE, document_spec, named_by, named_by_role, plain_title
from codegraph.extract.languages.spec import Document, Heading, Naming
from codegraph.extract.text import SourceText

Span = tuple[int, int]

_FRONT_MATTER: Final = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(?:.{0,500}\r?\n){0,200}?\1[ \t]*(?:\r?\n|\Z)")
_FRONT_TITLE: Final = re.compile(r"^(?:title|description)[ \t]*[:=][ \t]*[\"']?([^\r\n]*?)[\"']?[ \t]*$", re.MULTILINE)
_BLOCK: Final = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<fence>`{3,}(?=[^`\r\n]*$)|~{3,})"
    r"|^[ \t]*(?P<comment><!--)"
    r"|^\ {0,3}(?P<marks>\#{1,6})(?:[ \t]+(?P<title>[^\r\n]*))?$"
    r"|^\ {0,3}(?P<underline>=+|-+)[ \t]*$"
    r"|^:::[ \t]+(?P<directive>[A-Za-z_][\w.]{0,200})",
    re.MULTILINE | re.VERBOSE,
)
_CLOSING_MARKS: Final = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_NO_PARAGRAPH: Final = re.compile(r"[ \t]*(?:[-*+>|<=]|\d{1,9}[.)][ \t]|#{1,6}(?:[ \t]|$)|$)|(?: {4}|\t)")
_TICKS: Final = re.compile(r"`+|\n(?:[ \t>]*\r?\n)+|<code>([^<>\n]{1,200})</code>")
_ROLE: Final = re.compile(r"\{(?:[a-z]+:)?([a-z]+)\}`+\Z")
_LONGEST_ROLE = 30
_ADDRESS: Final = re.compile(r"`+\]\[([A-Za-z_]\w*(?:\.\w+)+)\]")


def read(text: SourceText) -> Document:
    """Find the headings of a Markdown file and what it names."""
    source = text.text if "\r" not in text.text else text.text.replace("\r\n", " \n").replace("\r", "\n")
    source = "\n" * text.mark + source[text.mark :]
    at, title, silent = text.mark, "", []
    front = _FRONT_MATTER.match(source, at)
    if front is not None:
        silent.append((at, front.end()))
        title = ". ".join(text.decode(found) for found in _FRONT_TITLE.findall(front.group()))
        at = front.end()
    headings: list[Heading] = []
    namings: list[Naming] = []
    while (found := _BLOCK.search(source, at)) is not None:
        end = found.end()
        if found["fence"]:
            namings += _namings(text, source, at, found.start("fence"))
            at = _end_of_fence(source, found["fence"], end)
            continue
        if found["comment"]:
            namings += _namings(text, source, at, found.start())
            closed = source.find("-->", end)
            at = closed + 3 if closed >= 0 else len(source)
            silent.append((found.start("comment"), at))
            continue
        namings += _namings(text, source, at, end)
        at = end
        if found["directive"]:
            namings.append(Naming(found.start("directive"), tuple(found["directive"].strip(".").split(".")), Role.CALL))
        else:
            headings += [heading for heading in _heading(text, source, found) if heading.title]
    namings += _namings(text, source, at, len(source))
    return Document(headings, namings, silent, title[:MAX_CODE])


def _end_of_fence(source: str, fence: str, at: int) -> int:
    """Return where a fenced block ends: after as many of its marks or more on a line of their own."""
    closing = re.compile(rf"^[ \t>]*{re.escape(fence)}{re.escape(fence[0])}*[ \t]*$", re.MULTILINE)
    found = closing.search(source, at)
    return found.end() if found is not None else len(source)


def _heading(text: SourceText, source: str, found: re.Match[str]) -> Iterator[Heading]:
    end = min(found.end() + 1, len(source))
    if found["marks"]:
        written = _CLOSING_MARKS.sub("", (found["title"] or "")[:1_000]).strip()
        start = found.start("title") if found["title"] else found.end()
        name_start = start + (len(found["title"]) - len(found["title"].lstrip()) if found["title"] else 0)
        yield Heading(
            len(found["marks"]),
            plain_title(text.decode(written)),
            found.start(),
            name_start,
            name_start + len(written),
            end,
        )
        return
    last = found.start() - 1
    start = source.rfind("\n", 0, max(last, 0)) + 1
    line = source[start:last] if last > start else ""
    if not line or _NO_PARAGRAPH.match(line):
        return
    before = source[source.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]
    if found["underline"][0] == "-" and before.strip():
        return
    written = line.strip()
    name_start = start + len(line) - len(line.lstrip())
    level = 1 if found["underline"][0] == "=" else 2
    yield Heading(level, plain_title(text.decode(written)), start, name_start, name_start + len(written), end)


def _namings(text: SourceText, source: str, start: int, end: int) -> Iterator[Naming]:
    """Yield what the code spans between two offsets name; a span ends with its paragraph at the latest."""
    if source.find("`", start, end) < 0 and source.find("<code>", start, end) < 0:
        return
    runs: list[Span] = []
    for found in _TICKS.finditer(source, start, end):
        if found.group(1):
            yield from _named(text, source, found.start(1), found.end(1))
        elif found.group()[0] == "`":
            runs.append(found.span())
        else:
            yield from _spans(text, source, runs)
            runs.clear()
    yield from _spans(text, source, runs)


def _spans(text: SourceText, source: str, runs: list[Span]) -> Iterator[Naming]:
    """Match each run of backticks with the next one of its length in the same paragraph."""
    following: dict[int, int] = {}
    closers = [-1] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = runs[index][1] - runs[index][0]
        closers[index] = following.get(length, -1)
        following[length] = index
    index = 0
    while index < len(runs):
        closer = closers[index]
        if closer < 0 or source[runs[index][0] - 1 : runs[index][0]] == "\\":
            index += 1
            continue
        yield from _named(text, source, runs[index][1], runs[closer][0])
        index = closer + 1


def _named(text: SourceText, source: str, start: int, end: int) -> Iterator[Naming]:
    """Yield what one code span names; a role before it or an address behind it says it better."""
    if end - start <= MAX_CODE:
        code = text.decode(source[start:end])
        role = _ROLE.search(source, max(0, start - _LONGEST_ROLE), start)
        address = _ADDRESS.match(source, end)
        if address is not None:
            code = address[1]
        named = named_by_role(role[1], code) if role is not None else named_by(code)
        if named is not None:
            yield Naming(start, *named)


SPEC = document_spec("markdown", read)
