"""The words in which the patterns of `cpp.masking` are written and what they stand for; letters and words of types.

Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

import re
from typing import Final

WORD_BYTES: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
SMALL: Final = frozenset(bytes([each]) for each in b"abcdefghijklmnopqrstuvwxyz_")
TYPE_WORDS: Final = frozenset(b"bool char double float int long short signed unsigned void".split())
"""Behind these stands no attribute of a field but the name of a function: `static int RB_INSERT(int a) {`."""
TYPE_ENDS: Final = frozenset(bytes([each]) for each in WORD_BYTES + b">*&")

_PARTS: Final = (
    (b"ARGUMENTS", rb"(?:[ \t]?\((?:[^()\n;{}\"]++|TEXT|\((?:[^()\n;{}\"]++|TEXT)*+\))*+\))"),
    (b"TEXT", rb"\"(?:[^\"\\\n]++|\\.)*+\""),
    (b"MACRO", rb"(?:[A-Z](?<=\b[A-Z])REST)"),
    (b"REST", rb"(?:[A-Z0-9]*+_[A-Z0-9_]*+|[A-Z]{3,}+[A-Z0-9]*+)\b"),
    (b"TYPE", rb"(?:[A-Za-z_][\w:]*+(?:<(?:[^<>;{}()]|<[^<>;{}()]*>)*>[\w:]*+)?)"),
    (b"WORDS", b"static|inline|extern|virtual|friend|constexpr|const|typename|struct|union|enum|class"),
    (b"SPACE", rb"[ \t\n]"),
    (b"INDENT", rb"\n[ \t]*+"),
)
"""What stands for what in the patterns. What repeats gives nothing back wherever that could match nothing more:
nearly all places of a file are none of these, and the time is that of telling so.
"""


def written(match: re.Match[bytes], *texts: bytes) -> bytes:
    """Return what was found with its first groups replaced, which stand in their order."""
    parts: list[bytes] = []
    at = match.start()
    for group, text in enumerate(texts, 1):
        start, end = match.span(group)
        parts += (match.string[at:start], text)
        at = end
    return b"".join((*parts, match.string[at : match.end()]))


def pattern_of(text: bytes) -> re.Pattern[bytes]:
    """Compile a pattern in which such words stand for their meaning."""
    for name, meaning in _PARTS:
        text = text.replace(name, meaning)
    return re.compile(text, re.MULTILINE)
