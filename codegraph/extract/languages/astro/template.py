"""What stands where in a component of Astro: frontmatter, scripts, styles, and what its markup has in braces.

Braces hold an expression with elements in it, or what is spread into an element
(https://docs.astro.build/en/reference/astro-syntax/). Tests: tests/unit/extract/test_extract_components.py.
"""

from __future__ import annotations

import re
from typing import Final

from codegraph.extract.languages.embedded import Markup, Piece, Span
from codegraph.extract.languages.javascript.braces import between, blocks, braces

_FRONTMATTER: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,200}---[ \t]*\r?\n")
_FENCE: Final = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)
_VALUED: Final = re.compile(rb"[ \t\r\n]*(?:[{]|function\b|class\b)")


def markup_of(data: bytes) -> Markup:
    """Tell what stands where in the bytes of a component."""
    scripts: list[Piece] = []
    silent: list[Span] = []
    first = 0
    opening = _FRONTMATTER.match(data)
    closing = opening and _FENCE.search(data, opening.end())
    if opening is not None and closing:
        scripts.append(Piece(opening.end(), data[opening.end() : closing.start()]))
        first = closing.end()
    taken = list(blocks(data, first))
    for each in taken:
        if each.name == b"script":
            scripts.append(Piece(each.inside, data[each.inside : each.close], tail=each.tail))
        elif each.end - each.start >= len(b"/**/"):
            silent.append((each.start, each.end))
    tags = list(between(data, [(each.start, each.end) for each in taken], first))
    pieces = [_value(data, *span) for start, end in tags for span in braces(data, start, end)]
    return Markup(scripts, pieces, silent, (), tags)


def _value(data: bytes, opening: int, closing: int) -> Piece:
    """Return the piece of what stands in braces; an object would be a block, so it is assigned."""
    start, text = opening + 1, data[opening + 1 : closing - 1]
    if text.startswith(b"..."):
        return Piece(start + 3, text[3:])
    if _VALUED.match(text) and data[start - 2 : start - 1] == b"=":
        return Piece(start, text, b"Z= ")
    return Piece(start, text)
