"""What the grammar of C lacks and programs have all the same: other bytes for the parser, of the same length.

A type as the last argument of `va_arg`, a loop that a macro heads (`for_each(item, list) {`), a macro behind the name
of a parameter (`void *data UNUSED`), and the annotations of Linux' checker and linker (`char __user *p`) each cost at
least their statement, mostly a function. Only files that cannot be read as they are become others, and only if that
helps.
Source: C11 7.16.1.1 (va_arg); include/linux/compiler_types.h and init.h of Linux.
Tests: tests/unit/extract/test_extract_c_gaps.py.
"""

from __future__ import annotations

import re
from typing import Final

from codegraph.extract.languages.cpp.gaps import GIVEN, LAST_TYPE, as_number, with_numbers
from codegraph.extract.languages.cpp.masking import masked_c
from codegraph.extract.languages.cpp.patterns import WORD_BYTES, pattern_of, written
from codegraph.extract.languages.directives import spaces
from codegraph.extract.languages.pieces import Pieces

_LAST_POINTER: Final = re.compile(
    rb"\bva_arg\([^(),;]++,([ \t])(?:const[ \t]++)?(?:(?:struct|union|unsigned|signed)[ \t]++)?[A-Za-z_]\w*+([ \t]\*\))"
)
"""`va_arg(all, struct s *)`: with a cast in place of the type, it is still mentioned."""
_MEMBER_OF: Final = re.compile(
    rb",[ \t\r\n]*?([ \t])(?:const[ \t]++)?(?:struct|union)[ \t]++[A-Za-z_]\w*+[ \t]*+(,)(?=\s*+[A-Za-z_])"
)
"""`container_of(p, struct s, member)`: becomes a cast of what follows."""
_BEHIND_NAME: Final = pattern_of(rb"[ \t*]([A-Za-z_]\w*+)[ \t]++(MACROARGUMENTS?)(?=SPACE*+[,)])")
_NO_NAME: Final = frozenset(
    b"struct union enum const volatile return sizeof case else unsigned signed int char long short void bool".split()
)
_ANNOTATION: Final = re.compile(
    rb"__(?<![\w]__)(?:user|kernel|iomem|rcu|percpu|force|nocast|safe|private|bitwise|init(?:data|const)?|exit(?:data)?"
    rb"|net_(?:init|exit)|ref(?:data)?|must_check|maybe_unused|always_unused|unused|used|weak|cold|hot|pure|malloc"
    rb"|read_mostly|ro_after_init|cpuidle|sched|noreturn|packed|deprecated|visible|latent_entropy)\b(?![ \t]*+\()"
)
_STATEMENT: Final = pattern_of(
    rb"INDENT(?<=[ \t])(?!(?:if|for|while|switch|return|sizeof|else|do|case|defined)\b|__)([A-Za-z_]\w*+)[ \t]*+"
    rb"\((?:[^(){};\"#]++|TEXT|\((?:[^(){};\"#]++|TEXT|\([^(){};\"#]*+\))*+\))*+\)"
    rb"(?=([ \t])[ \t]*+\{|[ \t]*+(?:/\*[^\n]*?\*/[ \t]*+)?+\r?\n([ \t])[ \t]*+[A-Za-z_*])"
)
"""What looks like a call but has no semicolon: the head of a loop, or a statement that a macro writes."""
_BEFORE: Final = (b";", b"{", b"}", b"*/")


def readable_c(data: bytes) -> bytes:
    """Return what the parser reads of a C file that it cannot read as it is: bytes of the same length."""
    return masked_c(_FILLED(b"\n" + data)[1:])


def _filled(data: bytes) -> bytes:
    data = GIVEN.sub(with_numbers, data)
    if b"va_arg" in data:
        data = LAST_TYPE.sub(as_number, _LAST_POINTER.sub(_cast, data))
    data = _MEMBER_OF.sub(_parenthesised, data)
    if b"__" in data:
        data = _ANNOTATION.sub(lambda one: spaces(one.group()), data)
    return _ended(_BEHIND_NAME.sub(_without_macro, data))


def _cast(match: re.Match[bytes]) -> bytes:
    """Write a pointer's type as a cast to what it points to."""
    return written(match, b"(", b")0)")


def _parenthesised(match: re.Match[bytes]) -> bytes:
    return written(match, b"(", b")")


def _without_macro(match: re.Match[bytes]) -> bytes:
    """Blank out a macro behind the type and the name of a parameter."""
    before = match.string[max(0, match.start() - 80) : match.start() + 1].rstrip(b" \t*\n")
    is_typed = bool(before) and before[-1] in WORD_BYTES and match.group(1) not in _NO_NAME
    return written(match, match.group(1), spaces(match.group(2))) if is_typed else match.group()


def _ended(data: bytes) -> bytes:
    """End such statements, each before the next one."""
    kept, last = bytearray(data), -1
    for match in _STATEMENT.finditer(data):
        before = data[max(0, match.start() - 400) : match.start()].rstrip()
        follows = last >= 0 and not data[last : match.start()].strip()
        if follows or before.endswith(_BEFORE):
            last = match.end()
            if b"\n" in match.group().lstrip() or not match.group(1).isupper():  # others are blanked out
                kept[match.start(match.lastindex or 0)] = ord(";")
    return bytes(kept)


_FILLED: Final = Pieces(_filled)
