"""Where braces of markup end, in components that have their code in braces (Svelte, Astro)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from codegraph.extract.languages.embedded import Span
from codegraph.extract.languages.javascript.markup import ATTRIBUTES

_BLOCK: Final = re.compile(rb"<!--|<(script|style)(?![\w-])(" + ATTRIBUTES + rb")>")
_TOKEN: Final = re.compile(
    rb"[{}]|\"(?:[^\"\\\n]|\\.){0,5000}\"|'(?:[^'\\\n]|\\.){0,5000}'|`(?:[^`\\]|\\.){0,20000}`|(?<!:)//[^\n]*"
    rb"|/\*(?:[^*]|\*(?!/)){0,20000}\*/",
    re.DOTALL,
)
_FOREIGN: Final = re.compile(
    rb"\b(?:lang|type)\s*+=\s*+[\"']?+(?!(?:ts|js|module|typescript|text/javascript|text/typescript)\b)"
)


class Block(NamedTuple):
    """A script, a style or a comment."""

    name: bytes
    """b"" of comments and of scripts in other languages."""
    start: int
    inside: int
    """Where the opening tag ends."""
    close: int
    """Where the closing tag begins."""
    end: int

    @property
    def tail(self) -> bytes:
        """What is read in the place of the closing tag."""
        return b";" if self.close < self.end else b""


def blocks(data: bytes, first: int = 0) -> Iterator[Block]:
    """Yield scripts, styles and comments, in source order."""
    at = first
    while (block := _BLOCK.search(data, at)) is not None:
        name = block.group(1)
        closing = b"-->" if name is None else b"</" + name
        at = block.end()
        if name is not None and block.group(2).endswith(b"/"):
            continue
        close = data.find(closing, at)
        close, end = (len(data), len(data)) if close < 0 else (close, close + len(closing))
        if name is not None and data[end : end + 1] == b">":
            end += 1
        is_foreign = name == b"script" and _FOREIGN.search(block.group(2)) is not None
        yield Block(b"" if name is None or is_foreign else name, block.start(), at, close, end)
        at = end


def between(data: bytes, taken: Sequence[Span], first: int = 0) -> Iterator[Span]:
    """Yield what is left between stretches that are in order."""
    at = first
    for start, end in taken:
        if start > at:
            yield at, start
        at = end
    if at < len(data):
        yield at, len(data)


def braces(data: bytes, start: int, end: int) -> Iterator[Span]:
    """Yield the outermost stretches in braces, brackets included; none from a brace on that nothing ends."""
    at = start
    while (at := data.find(b"{", at, end)) >= 0:
        closing = _closing(data, at, end)
        if closing < 0:
            return
        yield at, closing + 1
        at = closing + 1


def _closing(data: bytes, start: int, end: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(data, start, end):
        sign = token.group()
        if sign == b"{":
            depth += 1
        elif sign == b"}":
            depth -= 1
            if not depth:
                return token.start()
    return -1
