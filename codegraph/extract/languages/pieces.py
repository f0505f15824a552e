"""Blanks out macros piece by piece, so that an edited file costs the pieces that were edited.

A piece ends at a closing bracket that stands at the end of a line before an empty one: no pattern that is used on
pieces reads across such a bracket. It belongs to the piece before it and to the one behind it, so both become what they
would in the whole text; only a comment that holds such a place is read as two. What pieces have become is remembered,
up to a number of bytes.
Tests: tests/unit/extract/test_extract_pieces.py.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise
from typing import Final

_END: Final = re.compile(rb"\}(?=\r?\n\r?\n)")
_BYTES: Final = 4 << 20
"""What is remembered by one process for one function, about."""
_ITEM_BYTES: Final = 200


class Pieces:
    """A function of a text by way of its pieces; it keeps their lengths, and brackets at their edges."""

    def __init__(self, mask: Callable[[bytes], bytes], most: int = _BYTES) -> None:
        self._mask = mask
        self._most = most
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    def __call__(self, text: bytes) -> bytes:
        """Return the text with its pieces masked."""
        edges = [0, *(each.start() for each in _END.finditer(text))]
        pieces = [self._masked(text[start : end + 1])[:-1] for start, end in pairwise(edges)]
        return b"".join((*pieces, self._masked(text[edges[-1] :])))

    def _masked(self, piece: bytes) -> bytes:
        known = self._known.pop(piece, None)
        if known is None:
            known = self._mask(piece)
            known = piece if known == piece else known
            self._size += len(piece) + len(known) + _ITEM_BYTES
        self._known[piece] = known
        while self._size > self._most:
            first, masked = self._known.popitem(last=False)
            self._size -= len(first) + len(masked) + _ITEM_BYTES
        return known
