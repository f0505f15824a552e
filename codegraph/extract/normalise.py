"""Canonical tokens: a file's text without comments and layout.

`TokenStream` tokenises a file once. Comments and strings come from the syntax tree, so that nothing has to
be guessed about quotes; what stands between them is cut by the language's regular expression (in C, no node
is visited). `cuts` are byte offsets whose place in the token list must be known: where definitions start and
end and where headers end. `piece` then gives the raw tokens of a stretch, and the language's `layout` makes
them canonical: two texts that differ in comments, blank lines or wrapping give equal tokens.

Strings are kept verbatim (line ends as LF); a definition's own docstring is left out, it travels apart.
Invariant: tokens depend on the text between the offsets only, never on where it stands.
Tests: tests/unit/extract/test_extract_normalise.py, test_extract_properties.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from codegraph.core.facts import BLOCK_END, BLOCK_START
from codegraph.extract.text import SourceText

Span = tuple[int, int]

_END, _HEADER_END, _BLOCK_START, _DEFINITION_START, _OPAQUE, _SILENT = range(6)
"""Order of what happens at one offset: what ends there comes before what starts there."""

SPACE: Final = r"\t-\r\x1c-\x20\x85\xa0"
WORD: Final = r"0-9A-Za-z_\xaa\xb2\xb3\xb5\xb9\xba\xbc-\xbe\xc0-\xd6\xd8-\xf6\xf8-\xff"
"""What is in `\\s` and `\\w` of a text of single bytes: a set without such classes costs four fifths of the time."""

_BRACKET = re.compile(r"[(){}\[\]]")
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"()[]{}")


class Cut(NamedTuple):
    """Where one definition starts, where its header ends, and where it ends."""

    start: int
    header_end: int
    end: int


class TokenStream:
    """The raw tokens of one file, and where the cuts fall among them."""

    __slots__ = ("_ends", "_headers", "_starts", "offsets", "tokens")

    def __init__(
        self,
        text: SourceText,
        pattern: re.Pattern[str],
        cuts: Iterable[Cut],
        silent: Iterable[Span],
        strings: Iterable[Span],
        blocks: Iterable[Span],
        *,
        offsets: bool = False,
    ) -> None:
        self.offsets: list[int] | None = [] if offsets else None
        """Where each token starts, if asked for: they cost a third of the time."""
        self._starts: dict[int, int] = {}
        self._headers: dict[int, int] = {}
        self._ends: dict[Span, int] = {}
        events = [(start, _SILENT, end, 0) for start, end in silent]
        events += [(start, _OPAQUE, end, 0) for start, end in strings]
        for start, header_end, end in cuts:
            events.append((start, _DEFINITION_START, 0, 0))
            events.append((header_end, _HEADER_END, 0, 0))
            events.append((end, _END, -start, 0))
        for start, end in blocks:
            if end > start:
                events.append((start, _BLOCK_START, 0, 0))
                events.append((end, _END, -start, 1))  # inner ones first; a definition before the block it fills
        events.sort()
        self.tokens = self._tokenise(text, pattern, events)

    def _tokenise(
        self, text: SourceText, pattern: re.Pattern[str], events: Iterable[tuple[int, int, int, int]]
    ) -> list[str]:
        source = text.text
        findall = pattern.findall if self.offsets is None else self._find_with_offsets(pattern)
        offsets: list[int] = [] if self.offsets is None else self.offsets
        tokens: list[str] = []
        at = text.mark
        for offset, order, third, is_block in events:
            if offset > at:
                tokens += findall(source, at, offset)
                at = offset
            if order >= _OPAQUE:
                if third > at and offset >= at:
                    if order == _OPAQUE:
                        tokens.append(_verbatim(source[offset:third]))
                        offsets.append(offset)
                    at = third
            elif order == _BLOCK_START or is_block:
                tokens.append(BLOCK_END if is_block else BLOCK_START)
                offsets.append(offset)
            elif order == _END:
                self._ends[-third, offset] = len(tokens)
            elif order == _HEADER_END:
                self._headers[offset] = len(tokens)
            else:
                self._starts[offset] = len(tokens)
        tokens += findall(source, at, len(source))
        if not text.plain:
            tokens = [token if token.isascii() else text.decode(token) for token in tokens]
        return tokens

    def _find_with_offsets(self, pattern: re.Pattern[str]) -> Callable[[str, int, int], list[str]]:
        offsets, group = self.offsets, pattern.groups
        assert offsets is not None

        def find(source: str, start: int, end: int) -> list[str]:
            matches = list(pattern.finditer(source, start, end))
            offsets.extend([match.start(group) for match in matches])
            return [match.group(group) for match in matches]

        return find

    def has(self, cut: Cut) -> bool:
        """Tell whether the tokens of a definition were read."""
        return (cut.start, cut.end) in self._ends

    def range_of(self, cut: Cut) -> tuple[int, int]:
        """Return where the raw tokens of a whole definition start and end in `tokens` and `offsets`."""
        return self._starts[cut.start], self._ends[cut.start, cut.end]

    def piece(self, cut: Cut) -> list[str]:
        """Return the raw tokens of a whole definition."""
        start, end = self.range_of(cut)
        return self.tokens[start:end]

    def header(self, cut: Cut) -> list[str]:
        """Return the raw tokens of a definition's header."""
        return self.tokens[self._starts[cut.start] : self._headers[cut.header_end]]

    def outline(self, cut: Cut, members: Iterable[Cut], *, headers: bool) -> list[str]:
        """Return the raw tokens of a definition with its members left out, or only their bodies if `headers`."""
        at = self._starts[cut.start]
        tokens: list[str] = []
        for member in members:
            hole = self._headers[member.header_end] if headers else self._starts[member.start]
            tokens += self.tokens[at:hole]
            at = self._ends[member.start, member.end]
        tokens += self.tokens[at : self._ends[cut.start, cut.end]]
        return tokens


def between(spans: Iterable[Span], end: int) -> Iterator[Span]:
    """Yield what stands in none of the stretches, which come in order and may overlap, up to an offset."""
    at = 0
    for start, behind in spans:
        if start > at:
            yield at, start
        at = max(at, behind)
    if end > at:
        yield at, end


def _verbatim(string: str) -> str:
    return string.replace("\r\n", "\n") if "\r" in string else string


def nesting(text: SourceText, limit: int, opaque: Iterable[Span], blocks: Iterable[Span]) -> int:
    """Return how deep blocks or brackets nest, at least; exact when that is more than `limit`.

    Brackets in comments and strings do not count, but they are looked at only if the text could be too deep.
    """
    deepest = 0
    ends: list[int] = []
    for start, end in sorted(blocks):
        while ends and ends[-1] <= start:
            ends.pop()
        ends.append(end)
        deepest = max(deepest, len(ends))
    if deepest > limit or _bracket_bound(text.data, limit) <= limit:
        return deepest
    depth = at = 0
    for start, end in [*sorted(opaque), (len(text.text), len(text.text))]:
        for bracket in _BRACKET.findall(text.text, at, max(at, start)):
            depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
            deepest = max(deepest, depth)
        at = max(at, end)
    return deepest


def _bracket_bound(data: bytes, limit: int) -> int:
    """Return an upper bound of the nesting of brackets: innermost pairs are struck out, layer after layer."""
    brackets = data.translate(None, _NO_BRACKETS)
    for layer in range(limit + 1):
        fewer = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(fewer) == len(brackets):
            return layer + sum(map(fewer.count, (b"(", b"[", b"{")))
        brackets = fewer
    return limit + 1
