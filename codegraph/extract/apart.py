"""Functions outside of all definitions: handed to a call, in an object, or assigned: `describe(() => {...})`.

So are blocks outside of all functions in C and C++: `TEST_CASE("...") {...}`. Such a *callback* is no definition, what
it mentions is its module's; but nothing outside of it depends on what is inside, so an edit of it is looked at alone,
like that of a function (see `again`). Callbacks may hold others. What the module's own input takes from one are
tokens, so it is known where a callback's are among them.
Tests: tests/unit/extract/test_extract_apart.py.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from msgspec.structs import replace

from codegraph.core.digests import own_digest
from codegraph.core.facts import Definition, decode_own_input, encode
from codegraph.extract.extractor import Look
from codegraph.extract.normalise import Cut, Span
from codegraph.extract.outline import cut_of, members_of

_OFFERS = b"export"
"""What offers something says this."""

_NEXT = "_"
"""Stands for the token behind a piece, so that what goes at the end of all tokens, as `;` does, does not go there."""


class Callback(NamedTuple):
    """One of them. Offsets are bytes."""

    start: int
    body: int
    """Where its body starts, which is in braces and ends where it ends."""
    end: int
    first: int
    """Index of its first token among those of the module's own input."""
    last: int
    """Index of the first one behind it."""

    def moved(self, by: int, tokens: int) -> Callback:
        """Return it further on."""
        return Callback(self.start + by, self.body + by, self.end + by, self.first + tokens, self.last + tokens)


def callbacks_of(look: Look, only: Span | None = None) -> tuple[tuple[Callback, ...], list[str]]:
    """Return the callbacks of a file, or those in the `only` one that was looked at, and the module's tokens there.

    A function is made canonical by itself: it begins with no bracket that drops what is before it, and ends in a brace.
    """
    view, stream = look.view, look.stream
    if not look.apart:
        return (), []
    cut = cut_of(view.definitions[0]) if only is None else Cut(only[0], *only)
    left_out = [each for each in map(cut_of, members_of(view.definitions)[0]) if stream.has(each)]
    raw = stream.outline(cut, left_out, headers=False)
    gone = [stream.range_of(each) for each in left_out]
    starts, sums = [start for start, _ in gone], [0, *accumulate(end - start for start, end in gone)]
    begin = stream.range_of(cut)[0]
    begin -= sums[bisect_left(starts, begin)]

    def place(token: int) -> int:
        return token - sums[bisect_left(starts, token)] - begin

    places = [tuple(map(place, stream.range_of(each))) for each in look.apart]
    tokens: list[str] = []
    canonical: dict[int, int] = {}
    at = 0
    for edge in sorted({*chain.from_iterable(places), len(raw)}):
        piece = raw[at:edge]
        tokens += view.spec.layout(piece) if edge == len(raw) else view.spec.layout([*piece, _NEXT])[:-1]
        canonical[edge] = len(tokens)
        at = edge
    if len(tokens) != (look.definitions[0].length if only is None else len(view.spec.layout(raw))):
        return (), []  # broken code: a piece ends in what goes before the bracket behind it
    found = (
        Callback(*each, canonical[first], canonical[last])
        for each, (first, last) in zip(look.apart, places, strict=True)
        if _OFFERS not in view.text.data[each.start : each.end]
    )
    return tuple(found), tokens


def with_tokens(module: Definition, encoded: bytes, was: Callback, tokens: Sequence[str]) -> tuple[Definition, bytes]:
    """Return a module with other tokens in a callback, and its own input; `encoded` is the one that it had."""
    before = decode_own_input(encoded)
    now = (*before.tokens[: was.first], *tokens, *before.tokens[was.last :])
    own = encode(replace(before, tokens=now))
    return replace(module, own=own_digest(own), length=len(now)), own
