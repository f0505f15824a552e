"""Groups of #if directives, and blanks in place of what a grammar cannot read.

Tests: tests/unit/extract/test_extract_c_sharp.py, tests of masked C and C++.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def groups_of(directives: Iterable[re.Match[bytes]]) -> Iterator[list[re.Match[bytes]]]:
    """Yield the directives of each #if, from it to its #endif, inner groups first; group 1 of a match is its word."""
    open_groups: list[list[re.Match[bytes]]] = []
    for match in directives:
        word = match.group(1)
        if word.startswith(b"if"):
            open_groups.append([match])
        elif open_groups:
            open_groups[-1].append(match)
            if word == b"endif":
                yield open_groups.pop()


def spaces(piece: bytes) -> bytes:
    """Return as many blanks, line ends left."""
    return b"\n".join(b" " * len(line) for line in piece.split(b"\n"))
