"""What stands where in a component of Svelte: scripts, styles, and the braces and directives of its markup.

Braces hold an expression, or a block's or tag's word before one (https://svelte.dev/docs/svelte/basic-markup). A name
with a dollar before it is the value of the store of that name, but for runes.
Tests: tests/unit/extract/test_extract_components.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from codegraph.extract.languages.embedded import OPENING_FUNCTION, Markup, Piece, Span
from codegraph.extract.languages.javascript.braces import Block, between, blocks, braces

_STORE: Final = re.compile(
    rb"(?<![\w$.\"'`/])\$(?=[A-Za-z_])(?!(?:state|derived|effect|props|bindable|inspect|host)\b)"
)
_WORD: Final = re.compile(
    rb"[#:@](?:if|else if|key|html|render|debug|attach|each|await|then|catch|snippet|const)[ \t\r\n]|\.\.\."
)
_LOOP: Final = re.compile(
    rb"(?P<items>.*)(?P<as>[ \t\r\n]as[ \t\r\n])(?P<names>[^()]+?)(?:(?P<gap>[ \t\r\n])\((?P<key>.*)\))?[ \t\r\n]*",
    re.DOTALL,
)
_AWAITED: Final = re.compile(rb"(?P<awaited>.*?)(?P<word>[ \t\r\n](?:then|catch)[ \t\r\n])(?P<name>.*)", re.DOTALL)
_DIRECTIVE: Final = re.compile(
    rb"[ \t\r\n](?P<kind>use|transition|in|out|animate|class|bind|let):"
    rb"(?P<name>[A-Za-z_$][\w$]*(?:\.[\w$]+)*)(?=(?P<after>[=\s/>]))"
)
_VALUED: Final = re.compile(rb"[{]|function\b|class\b")


def markup_of(data: bytes) -> Markup:
    """Tell what stands where in the bytes of a component."""
    scripts: list[Piece] = []
    pieces: list[Piece] = []
    silent: list[Span] = []
    taken = list(blocks(data))
    for each in taken:
        if each.name == b"script":
            scripts.append(Piece(each.inside, _STORE.sub(b" ", data[each.inside : each.close]), tail=each.tail))
        elif each.end - each.start >= len(b"/**/"):
            silent.append((each.start, each.end))
    tags = list(between(data, [(each.start, each.end) for each in taken]))
    for start, end in tags:
        pieces += _directives(data, start, end)
        for opening, closing in braces(data, start, end):
            pieces += _braced(data, opening, closing)
    pieces.sort()
    return Markup(scripts, pieces, silent, list(_around(data, taken, tags, pieces)), tags)


def _around(data: bytes, taken: Sequence[Block], tags: Sequence[Span], pieces: Sequence[Piece]) -> Iterator[Span]:
    """Find room for the function around the names of each stretch of markup between scripts and styles.

    It opens in the place of the end tag of the script before, or where six bytes are before the first piece, and closes
    at the last byte.
    """
    solid = [each for each in taken if each.name]
    ended = {each.end: each.close for each in solid if each.name == b"script" and each.close < each.end}
    for start, end in between(data, [(each.start, each.end) for each in solid]):
        inside = [each for each in pieces if start <= each.start < end]
        parts = [each for each in tags if start <= each[0] < end]
        if not inside or not parts:
            continue
        most = inside[0].start - len(inside[0].head) - len(OPENING_FUNCTION)
        roomy = (first for first, last in parts if last - first > len(OPENING_FUNCTION))
        places = [each for each in (ended.get(start, -1), *roomy) if 0 <= each <= most]
        if places and parts[-1][1] - 1 >= inside[-1].end + len(inside[-1].tail):
            yield places[0], parts[-1][1] - 1


def _directives(data: bytes, start: int, end: int) -> Iterator[Piece]:
    for each in _DIRECTIVE.finditer(data, start, end):
        kind, at = each.group("kind"), each.start("name")
        if kind == b"let":
            yield Piece(at, each.group("name"), b"var ")
        elif kind in (b"use", b"transition", b"in", b"out", b"animate") or each.group("after") != b"=":
            yield Piece(at, each.group("name"))


def _braced(data: bytes, opening: int, closing: int) -> Iterator[Piece]:
    """Yield the pieces of what stands in one pair of braces."""
    start, end = opening + 1, closing - 1
    text = _STORE.sub(b" ", data[start:end])
    if text.startswith(b"/snippet"):
        yield Piece(start, b"", tail=b"}", closes=True)
        return
    word = _WORD.match(text)
    if word is None:
        if text[:1] in b"#:@/":
            return
        yield _value(data, start, text)
        return
    name, at, text = word.group(), start + word.end(), text[word.end() :]
    if name.startswith(b"#each"):
        yield from _loop(at, text)
    elif name.startswith(b"#await"):
        awaited = _AWAITED.fullmatch(text)
        if awaited is None:
            yield Piece(at, text)
        else:
            yield Piece(at, awaited.group("awaited"))
            yield Piece(at + awaited.start("name"), awaited.group("name"), b"var ")
    elif name[1:] in (b"then ", b"catch ", b"const "):
        yield Piece(at, text, b"var ")
    elif name.startswith(b"#snippet"):
        yield Piece(at, text, b"function ", b"{", opens=True)
    else:
        yield Piece(at, text)


def _value(data: bytes, start: int, text: bytes) -> Piece:
    """Return the piece of an expression; one that would be a block or a declaration is assigned."""
    if _VALUED.match(text) and data[start - 2 : start - 1] == b"=":
        return Piece(start, text, b"Z= ")
    return Piece(start, text)


def _loop(at: int, text: bytes) -> Iterator[Piece]:
    """Yield the pieces of `{#each items as names (key)}`: the items are the default of a name that nobody mentions."""
    loop = _LOOP.fullmatch(text)
    if loop is None:
        yield Piece(at, text)
        return
    items, names, key = loop.group("items"), loop.group("names"), loop.group("key")
    read = items + b",".ljust(len(loop.group("as"))) + names
    yield Piece(at, read, b"var[$_=", b"];" if key is None else b"]")
    if key is not None:
        yield Piece(at + loop.start("key"), key, b";")
