"""The text of one function's bytes, cut as the reference cuts it.

The reference takes lines of characters and cuts them at columns counted in bytes: behind a character that is not
ASCII everything on its line is shifted. Models were trained with such tokens; `exact` cuts at the right places.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate


class FunctionText:
    """The bytes of a function, which start at `base`; all offsets count from where that counts from."""

    __slots__ = ("_base", "_data", "_lines", "_starts", "ascii")

    def __init__(self, data: bytes, base: int, ascii_text: str, *, exact: bool) -> None:
        self._base = base
        self.ascii = ascii_text
        """Text that offsets may be used in as they are; "" if `between` must be asked."""
        self._data = data
        self._lines: list[str] = []
        self._starts: list[int] = []
        if not ascii_text and not exact:
            lines = data.split(b"\n")
            self._starts += (0, *accumulate(len(line) + 1 for line in lines))
            self._lines += (line.decode("utf-8", "replace") for line in lines)

    def between(self, start: int, end: int) -> str:
        """Return the text between two byte offsets."""
        start, end = start - self._base, end - self._base
        if not self._lines:
            return self._data[start:end].decode("utf-8", "replace")
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, end) - 1
        begin, stop = start - self._starts[first], end - self._starts[last]
        if first == last:
            return self._lines[first][begin:stop]
        return "\n".join((self._lines[first][begin:], *self._lines[first + 1 : last], self._lines[last][:stop]))
