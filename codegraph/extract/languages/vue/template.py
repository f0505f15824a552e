"""What stands where in a single-file component of Vue: blocks, and the directives and interpolations of its template.

Of an attribute that is a directive (https://vuejs.org/api/built-in-directives) the value is code: an expression, of
events perhaps statements, of `v-for` a loop, of slots a pattern. A template in another language than HTML is not read.
Tests: tests/unit/extract/test_extract_components.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from codegraph.extract.languages.embedded import Markup, Piece, Span
from codegraph.extract.languages.javascript.markup import ATTRIBUTES

_BLOCK: Final = re.compile(rb"<!--|<(script|style|template)(?![\w-])(" + ATTRIBUTES + rb")>")
_TEMPLATE: Final = re.compile(rb"<!--|<(/?)template(?![\w-])(" + ATTRIBUTES + rb")>")
_PART: Final = re.compile(
    rb"<!--|\{\{(?P<text>(?:[^{}]|\}(?!\})|\{(?!\{)){1,4000})\}\}"
    rb"|[ \t\r\n](?P<name>v-[a-z]+[^\s\"'<>=/]*|[:@#.][^\s\"'<>=/]+|slot-scope)"
    rb"=(?:\"(?P<double>[^\"]{1,20000})\"|'(?P<single>[^']{1,20000})')"
)
_LOOP: Final = re.compile(rb"\s{0,9}(\((?:[^()]|\([^()]{0,300}\)){0,300}\)|[^()]{1,300}?)\s{1,9}(?:in|of)\s")
_STATEMENT: Final = re.compile(rb"\s*(?:if|for|const|let|return)\b")
_ENTITIES_AT: Final = re.compile(rb"(?:&(?:amp|lt|gt|quot|#39|apos);)+")
_ENTITIES: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"#39": b"'", b"apos": b"'"}
_OTHER: Final = re.compile(
    rb"\b(?:lang|type)\s*+=\s*+[\"']?+(?!(?:ts|tsx|js|jsx|html|module|text/javascript|text/typescript)\b)"
)
_OBJECT: Final = re.compile(rb"\s*(?:[{]|function\b|class\b|async\b)")
"""What would be a block or a declaration; it is assigned instead, to a name that nobody mentions."""
_PATTERNS: Final = (b"#", b"v-slot", b"slot-scope")


def markup_of(data: bytes) -> Markup:
    """Tell what stands where in the bytes of a component."""
    scripts: list[Piece] = []
    pieces: list[Piece] = []
    silent: list[Span] = []
    around: list[Span] = []
    tags: list[Span] = []
    at = 0
    while (block := _BLOCK.search(data, at)) is not None:
        name, attributes = block.group(1), block.group(2) or b""
        at = block.end()
        if name is None:
            at = _comment(data, block.start(), len(data), silent)
        elif attributes.endswith(b"/"):
            continue
        elif name == b"template":
            end, at = _end_of_template(data, at)
            if not _OTHER.search(attributes):
                around.append((block.start(), end))
                tags += _template(data, block.end(), end, pieces, silent)
        else:
            end = data.find(b"</" + name, at)
            end, at = (len(data), len(data)) if end < 0 else (end, end + len(name) + 2)
            if name == b"style":
                silent.append((block.start(), at))
            elif not _OTHER.search(attributes) and end > block.end():
                scripts.append(Piece(block.end(), data[block.end() : end], tail=b";" if end < at else b""))
    return Markup(scripts, pieces, silent, around, tags)


def _end_of_template(data: bytes, at: int) -> Span:
    """Return where the end tag of a template begins, and where what follows does."""
    depth = 1
    while (tag := _TEMPLATE.search(data, at)) is not None:
        at = tag.end()
        if tag.group(2) is None:
            end = data.find(b"-->", at)
            at = len(data) if end < 0 else end + 3
        elif tag.group(1):
            depth -= 1
            if not depth:
                return tag.start(), at
        elif not tag.group(2).endswith(b"/"):
            depth += 1
    return max(len(data) - 1, 0), len(data)


def _comment(data: bytes, start: int, most: int, silent: list[Span]) -> int:
    """Note a comment and return where it ends."""
    end = data.find(b"-->", start + 4, most)
    end = most if end < 0 else end + 3
    if end - start >= len(b"/**/"):
        silent.append((start, end))
    return end


def _template(data: bytes, start: int, end: int, pieces: list[Piece], silent: list[Span]) -> Iterator[Span]:
    """Find the code of a template; yield the stretches between its comments."""
    at = first = start
    while (part := _PART.search(data, at, end)) is not None:
        at = part.end()
        name, text = part.group("name"), part.group("text")
        if text is not None:
            pieces.append(Piece(part.start("text"), text, b"Z=" if _OBJECT.match(text) else b""))
        elif name is not None:
            quote = "double" if part.group("double") is not None else "single"
            pieces.append(_directive(name, part.start(quote), part.group(quote)))
        else:
            yield first, part.start()
            at = first = _comment(data, part.start(), end, silent)
    yield first, end


def _directive(name: bytes, start: int, value: bytes) -> Piece:
    """Return the piece for the value of a directive, `start` being where it stands behind its quote."""
    if b"&" in value:
        value = _ENTITIES_AT.sub(_plain, value)
    if name == b"v-for":
        loop = _LOOP.match(value)
        if loop is not None:
            first, last = loop.span(1)
            left = loop.group(1)
            if left.startswith(b"("):
                value = value[:first] + b"[" + left[1:-1] + b"]" + value[last:]
            elif b"," in left and left[:1] not in b"[{":
                return Piece(start, value[:last] + b"]" + value[last + 1 :], b"for(var[", b");")
            return Piece(start, value, b"for(var ", b");")
    if name.startswith(_PATTERNS):
        return Piece(start, value, b"var ")
    if name.startswith((b"@", b"v-on")) and (b";" in value or _STATEMENT.match(value)):
        return Piece(start, value)
    return Piece(start, value, b"Z= " if _OBJECT.match(value) else b"")


def _plain(entities: re.Match[bytes]) -> bytes:
    """Return what entities in a row stand for, and blanks."""
    names = entities.group()[1:-1].split(b";&")
    return b"".join(_ENTITIES[each] for each in names).ljust(len(entities.group()))
