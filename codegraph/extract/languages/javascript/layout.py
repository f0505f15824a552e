"""Canonical tokens of JavaScript and TypeScript: what formatters add or take away is no token.

A comma before a closing bracket is dropped, and a semicolon before a closing brace or at the end; all
other semicolons stay. Tests: tests/unit/extract/test_extract_javascript_spec.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from codegraph.extract.normalise import SPACE, WORD

TOKEN: Final = re.compile(
    rf"[{SPACE}]*([A-Za-z_$\x80-\xff#][0-9A-Za-z_$\x80-\xff]*+"
    r"|[(){}\[\],;]"
    rf"|\.?[0-9](?:[eE][+-]|[{WORD}.])*"
    r"|=(?:==?|>)?|\.(?:\.\.)?|<(?:<?=)?|>(?:(?:>>?)?=)?|!(?:==?)?|&(?:&=?|=)?|\|(?:\|=?|=)?|\?(?:\?=?|\.)?|\*(?:\*=?|=)?"
    rf"|\+[+=]?|-[-=]?|[/%^]=?|[^{SPACE}{WORD}])"
)
"""Shifts stay cut into single signs, because `>>` also closes two type arguments."""

_CLOSING: Final = frozenset(")]}")


def canonical(tokens: Sequence[str]) -> list[str]:
    """Drop the separators that are only layout."""
    kept: list[str] = []
    for each in tokens:
        if kept and each in _CLOSING and (kept[-1] == "," or (kept[-1] == ";" and each == "}")):
            kept.pop()
        kept.append(each)
    while kept and kept[-1] == ";":
        kept.pop()
    return kept
