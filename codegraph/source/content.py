"""Files whose bytes say that they are not worth indexing: binary, minified, generated.

Input: the bytes of one file. Output: a reason with a detail, or None. *Minified* means a line longer
than `source.max_line_bytes` at a mean of more than 1,000 bytes a line, so that one long literal does
not condemn a file. *Generated* means a marker that its tool wrote into a comment near the top; the
same words in code or further down do not count. Tests: tests/unit/source/test_source_content.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MEAN_LINE_BYTES = 1_000
HEADER_BYTES = 2_048

_GENERATED = re.compile(
    rb"""^[ \t]*(?:\#|//|/\*|\*|--|;|<!--|%|\"\"\"|''')   # the line is a comment, or opens a docstring
         [^\n]*?
         (@generated\b|DO[ ]NOT[ ]EDIT|Code[ ]generated[ ]by)""",
    re.MULTILINE | re.VERBOSE,
)


class ContentVerdict(NamedTuple):
    """Why a file's content keeps it out: a reason for the counters, a detail for the reader."""

    reason: str
    detail: str


def judge_content(data: bytes, max_line_bytes: int) -> ContentVerdict | None:
    """Say why these bytes are not indexed; None if they are."""
    zero = data.find(b"\0")
    if zero >= 0:
        return ContentVerdict("binary", f"NUL at byte {zero}")
    if len(data) > max_line_bytes:
        longest = max(map(len, data.splitlines()), default=0)
        lines = data.count(b"\n") + 1
        if longest > max_line_bytes and len(data) > MEAN_LINE_BYTES * lines:
            return ContentVerdict("minified", f"a line of {longest} bytes")
    marker = _GENERATED.search(data, 0, HEADER_BYTES)
    if marker:
        return ContentVerdict("generated", marker.group(1).decode("ascii"))
    return None
