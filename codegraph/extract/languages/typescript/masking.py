"""What the parser reads in place of a TypeScript file that its grammar cannot read: as many bytes, with small repairs.

The grammar wants a separator before a call signature that starts with type parameters, where the language lets the
line end do; it knows neither `export type *` nor variance (`<in out T>`), and takes an escaped backtick in a type that
is a template for its end. One of these costs the whole file behind it. A separator is put in the place of a blank,
words and escapes are replaced by blanks, so every offset stays what it is; what is mentioned and which tokens there
are is read from the true bytes.
Tests: tests/unit/extract/test_extract_javascript_spec.py.
"""

from __future__ import annotations

import re
from typing import Final

_SIGNATURE: Final = re.compile(rb"[ \t](?=<)")
_COMMENT: Final = (b"//", b"*", b"/*")
_CONTINUES: Final = b"(,=>|&?:<{;+-*/!."
"""A line that ends so goes on with the next, or needs no separator; `>` alone ends a type."""
_ALL_TYPES: Final = re.compile(rb"(?m)^([ \t]*export[ \t]+)type(?=[ \t]*\*)")
_VARIANCE: Final = re.compile(
    rb"(?m)(?:^|(?<=[<,]))([ \t]*)((?:in|out)[ \t]+(?:out[ \t]+)?)(?=[A-Za-z_$][\w$]*[ \t]*(?:[,>=]|extends\b))"
)
_BACKTICK: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\`")


def repaired(data: bytes) -> bytes:
    """Return bytes of the same length that say the same in the grammar's words."""
    data = _ALL_TYPES.sub(rb"\1    ", data)
    data = _VARIANCE.sub(_without_words, data)
    if b"\\`" in data:
        data = _BACKTICK.sub(rb"\1  ", data)
    lines = data.split(b"\n")
    before = b""
    for index, line in enumerate(lines):
        content = line.strip()
        if content[:1] == b"<" and _ends_type(before):
            lines[index] = _SIGNATURE.sub(b";", line, count=1)
        if content and not content.startswith(_COMMENT):
            before = content
    return b"\n".join(lines)


def _without_words(match: re.Match[bytes]) -> bytes:
    return match.group(1) + b" " * len(match.group(2))


def _ends_type(line: bytes) -> bool:
    """Say whether a member of a type may end with this line."""
    line = line.partition(b" //")[0].rstrip()
    return bool(line) and (line[-1:] not in _CONTINUES or (line[-1:] == b">" and line[-2:] != b"=>"))
