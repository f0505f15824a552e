"""What the parser reads in place of a C# file that its grammar cannot read: as many bytes, one configuration of them.

The grammar has #if between statements and between members. One that cuts through either (a list of bases, an `else`,
the cases of a `switch`, the values of an enum) costs whole classes. Of such a group the first branch that says anything
is kept; its directives and its other branches are replaced by blanks, so every offset and every line stays what it is,
and tokens are read from the true bytes. Casts to pointers, as in `*(int*)&value`, are blanked out as well, and so is
the `?` of `a?.b = c` and `a?[0] = c`. Names that the grammar takes for keywords, `async` as a value and `property` at
the beginning of a list, begin with an underscore.
Tests: tests/unit/extract/test_extract_c_sharp.py.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from codegraph.extract.languages.directives import groups_of, spaces

_REF_PARTIAL: Final = re.compile(rb"ref(?<!\wref)(?=\s+partial\s+struct\b)")
_ASYNC: Final = re.compile(rb"async(?<![\w@.]async)(?=\s*(?:[,:;)?&|.]|=(?!>)))")
_LISTED: Final = re.compile(rb"\[(?:assembly|event|field|method|module|param|property|type|typevar)(?=\s*[\],.])")
_SAFELY_SET: Final = re.compile(rb"\?(?=(?:\[[^\[\]\n;]*\]|\.\w+(?:\.\w+)*)\s*=[^=>])")
_POINTER_CAST: Final = re.compile(rb"\*?\([ \t]*[A-Za-z_][\w.]*[ \t]*\*+[ \t]*\)(?=[ \t]*[&(\w])")
_AFTER_POINTER: Final = re.compile(rb"\*[ \t]*\)")
"""In each of them, and found in a tenth of the time."""
_DIRECTIVE: Final = re.compile(rb"(?m)^[ \t]*#[ \t]*(if|elif|else|endif)\b[^\n]*")
_ASIDE: Final = re.compile(rb"//[^\n]*|/\*.*?\*/|^[ \t]*#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)'", re.S | re.M)
_INSIDE: Final = re.compile(
    rb"(?:else|catch|finally|case|default|where)\b|(?:get|set|init|add|remove)\s*[{=;]|[.,:|&?)+\-*/=<>]|\]|\{(?![^\n]*[;\n])"
)
"""What begins the rest of something."""
_MAX_CONTEXT: Final = 400


class _Group(NamedTuple):
    """The directives of one #if, from it to its #endif."""

    directives: list[re.Match[bytes]]

    def branches(self) -> list[tuple[int, int]]:
        """Return where each branch starts and ends."""
        pairs = zip(self.directives, self.directives[1:], strict=False)
        return [(one.end(), other.start()) for one, other in pairs]


def legible(data: bytes) -> bytes:
    """Return bytes of the same length without what the grammar cannot read."""
    data = _SAFELY_SET.sub(b" ", _REF_PARTIAL.sub(b"   ", data))
    data = _LISTED.sub(lambda match: b"[_" + match.group()[2:], _ASYNC.sub(b"_sync", data))
    if _AFTER_POINTER.search(data):
        data = _POINTER_CAST.sub(lambda match: b" " * len(match.group()), data)
    kept = bytearray(data)
    for group in map(_Group, groups_of(_DIRECTIVE.finditer(data))):
        if _is_torn(data, group):
            _keep_first(kept, data, group)
    return bytes(kept)


def _is_torn(data: bytes, group: _Group) -> bool:
    """Say whether a group stands inside of a statement, a member or a list."""
    start, end = group.directives[0].start(), group.directives[-1].end()
    before = _ASIDE.sub(b" ", data[data.rfind(b"\n", 0, max(0, start - _MAX_CONTEXT)) + 1 : start]).rstrip()
    if before[-1:] not in (b";", b"{", b"}", b"]", b"") or _INSIDE.match(_stripped(data[end : end + _MAX_CONTEXT])):
        return True
    return any(_is_part(_stripped(data[one:other])) for one, other in group.branches())


def _stripped(text: bytes) -> bytes:
    return _ASIDE.sub(b" ", text).strip()


def _is_part(branch: bytes) -> bool:
    """Say whether a branch is less than whole statements or members."""
    if not branch:
        return False
    unbalanced = any(branch.count(one) != branch.count(other) for one, other in ((b"{", b"}"), (b"(", b")")))
    return unbalanced or branch[-1:] not in b";}" or _INSIDE.match(branch) is not None


def _keep_first(kept: bytearray, data: bytes, group: _Group) -> None:
    branches = group.branches()
    first = next((each for each in branches if _stripped(data[slice(*each)])), branches[0])
    start, end = group.directives[0].start(), group.directives[-1].end()
    for one, other in ((start, first[0]), (first[1], end)):
        kept[one:other] = spaces(data[one:other])
