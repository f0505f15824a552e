"""What a file's bytes say of it: that they are not worth indexing (binary, minified, generated), or not UTF-8.

Of bytes it is those of one file. A verdict is a reason with a detail. *Minified* means a line longer
than `source.max_line_bytes` at a mean of more than 1,000 bytes a line, so that one long literal does
not condemn a file. *Generated* files (`core/generated.py`) are indexed unless `source.generated` is off: what is
written by hand calls them, and inherits from them.
Tests: tests/unit/source/test_source_content.py.
"""

from __future__ import annotations

from typing import NamedTuple

from codegraph.core.generated import generated_mark

MEAN_LINE_BYTES = 1_000
NOTEBOOK_ENDING = ".ipynb"
NOTEBOOK_FACTOR = 8
"""So many times larger may a notebook be: its pictures are in it, and cost as good as nothing to read."""

_ESCAPED = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
"""What Python's `surrogateescape` makes of a byte that is not UTF-8, to what it means in Latin-1 as Windows has it."""


class ContentVerdict(NamedTuple):
    """Why a file's content keeps it out: a reason for the counters, a detail for the reader."""

    reason: str
    detail: str


def most_bytes(path: str, max_file_bytes: int) -> int:
    """Return how large a file of that name may be at most."""
    return max_file_bytes * NOTEBOOK_FACTOR if path.endswith(NOTEBOOK_ENDING) else max_file_bytes


def judge_content(data: bytes, max_line_bytes: int, generated: bool = True) -> ContentVerdict | None:
    """Say why these bytes are not indexed, the generated ones being wanted or not; None if they are."""
    zero = data.find(b"\0")
    if zero >= 0:
        return ContentVerdict("binary", f"NUL at byte {zero}")
    if len(data) > max_line_bytes:
        lines = data.count(b"\n") + 1
        if len(data) > MEAN_LINE_BYTES * lines:
            longest = max(map(len, data.splitlines()), default=0)
            if longest > max_line_bytes:
                return ContentVerdict("minified", f"a line of {longest} bytes")
    mark = "" if generated else generated_mark(data)
    return ContentVerdict("generated", mark) if mark else None


def as_utf8(data: bytes) -> bytes:
    """Return a file's bytes as they are if they are UTF-8; each byte that is not is read as Latin-1 (Windows-1252).

    So names with letters in that encoding stay whole, where a grammar sees what stands before the first such byte, and
    columns are those that an editor shows. Of a file in another encoding the letters are others.
    """
    if data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_ESCAPED).encode("utf-8")
    return data
