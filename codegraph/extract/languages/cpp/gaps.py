"""What the grammar of C++ lacks, written as something that it has: other bytes for the parser, of the same length.

The grammar does not know pointers to members that are followed (`->*`) or that a type is, explicit instantiations,
operators called by their names, arrays of pointers behind `new`, a base of a nameless enum, unnamed bit fields and
some more. Each costs at least its statement, often the function around it. Qt writes types where the language has
values (`SIGNAL(f(int))`), and a word before the call of a signal (`emit f(1)`) that makes it a declaration. They
are told by their form; what is mentioned is read from the true bytes.
Source: ISO C++20 [expr.mptr.oper], [temp.explicit], [dcl.enum], [class.bit]; Qt's qobjectdefs.h.
Tests: tests/unit/extract/test_extract_cpp_gaps.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from codegraph.extract.languages.cpp.masking import masked
from codegraph.extract.languages.cpp.patterns import pattern_of, written
from codegraph.extract.languages.cpp.properties import PROPERTY
from codegraph.extract.languages.directives import spaces
from codegraph.extract.languages.pieces import Pieces

_BUILT_IN: Final = (
    rb"(?:const[ \t]++)?(?:(?:unsigned|signed|long|short)[ \t]++)*+"
    rb"(?:void|bool|char|int|long|short|float|double|unsigned)\b(?:[ \t]*+\*)*+"
)
_FOLLOWED: Final = re.compile(rb"(?<!operator)(?<!operator )->\*")
_FOLLOWED_VALUE: Final = re.compile(rb"(?<=[A-Za-z_)\]])\.\*(?=[A-Za-z_(])")
"""`a.*b` reads what `b` holds: with the grammar's reading `b` would be a member's name."""
_MEMBER_TYPE: Final = re.compile(rb"(?<=\w)(::\*)(?=\s*\)\s*\()")
"""`bool (A::*)(int)` becomes a function that takes an A: the type is still mentioned."""
_MEMBER_NAME: Final = re.compile(rb"\(\s*((?:::)?(?:[A-Za-z_]\w*+::)++)(?=\*\s*[A-Za-z_]\w*+\s*\)\s*\()")
_INSTANTIATED: Final = re.compile(
    rb"^[ \t]*+((?:extern[ \t]++)?template)(?=[ \t]++(?:class|struct)\b[^;{}()]*>\s*;)", re.MULTILINE
)
_POINTERS: Final = pattern_of(rb"new(?<=\bnew)SPACE++(?:constSPACE++)?TYPESPACE*+(\*[* \t]*+)(?=\[)")
_NAMED_OPERATOR: Final = pattern_of(
    rb"operator([ \t]*+(?:\(\)|\[\]|[-+*/%^&|~!=<>,]{1,3})|(?<=[.>:]operator)[ \t]++TYPE[ \t*&]*+)(?=[ \t]*+\()"
)
_CALLING: Final = (b".", b"->", b";", b"{", b"}")
"""Behind these an operator's name is called, not declared."""
_DESTROYED: Final = re.compile(rb"~(?<=[.>]~)\w++(<[^;(){}]*>)(?=\()")
_DEFAULT: Final = re.compile(rb"=[ \t]*+(?:nullptr|NULL|0)\b")
_UNNAMED: Final = pattern_of(
    rb"[(,]SPACE*+(?:constSPACE++)?TYPE(?:SPACE++const)?SPACE*+([*&](?:[*&]|SPACE|const\b)*+)\Z"
)
"""A parameter without a name, before its default."""
_MAX_PARAMETER: Final = 120
_DELETED: Final = pattern_of(
    rb"\b(?:templateSPACE*+<[^;{}()]*>|friend)[^;{}()=]*+(?:operatorSPACE*+[-+*/%^&|~!=<>,()\[\]]++)?[^;{}()=]*+"
    rb"\((?:[^(){};]++|\([^(){};]*+\))*+\)[^;{}()=]*+(=SPACE*+(?:delete|default))(?=SPACE*+;)"
)
_BASED: Final = re.compile(rb"enum(?<=\benum)\s*+(:\s*+[A-Za-z_][\w: \t]*+)(?=\s*+\{)")
_NAMELESS_BITS: Final = re.compile(rb" :(?<=[a-z_\d] :)[ \t]*+\d++(?=[ \t]*+;)")
_TYPE_ALONE: Final = re.compile(rb"\s*+(?:const[ \t]++)?(?:unsigned |signed )?[A-Za-z_][\w:]*+\Z")
_WORDS: Final = re.compile(
    rb"_(?<=\b_)(?:_restrict(?:__)?+|_(?:stdcall|cdecl|fastcall|vectorcall|thiscall)"
    rb"|N(?:onnull|ullable|ull_unspecified)|(?:In|Out|Inout|Outptr)_(?:\w*_)?)\b(?!\()"
)
"""Attributes of pointers, of how a function is called, and of what becomes of a parameter."""
_ABSL: Final = re.compile(rb"absl_n(?:onnull|ullable|ullability_unknown)\b")
_ATTRIBUTE: Final = re.compile(rb"(__attribute__\s*+\(\((?:[^()]++|\([^()]*+\))*+\)\))(?=\s*+[=;])")
_AFTER_ATTRIBUTE: Final = pattern_of(rb"\"\)\]\][ \t]++(MACRO)(?=SPACE++[A-Za-z_])")
_EMITTED: Final = [
    re.compile(word + rb"(?=[ \t]++[A-Za-z_][\w:.>\-]*+(?:\(\)[\w:.>\-]++)?[ \t]*+\()")
    for word in (rb"emit(?<=\bemit)", rb"Q_EMIT(?<=\bQ_EMIT)")
]
_SIGNATURE: Final = re.compile(rb"\bS(?:IGNAL|LOT)[ \t]*+\(\s*+\w++\(([^()]*+(?:\([^()]*+\)[^()]*+)*+)(?=\)\s*+\))")
_TITLED: Final = pattern_of(
    rb"\n[ \t]*+[A-Z][A-Z0-9_]++[ \t]?+(?=\(\s*+\")"
    rb"\((?:[^()\n;{}\"]++|\n|TEXT|\((?:[^()\n;{}\"]++|\n|TEXT)*+\))*+\)([ \t])(?=[ \t\r\n]*+\{)"
)
"""`TEST_CASE("a title", <line end> "[tags]") {`: what has its title on one line `masking` sees."""
_BESIDE_TEXT: Final = re.compile(
    rb"\"[ \t\r\n]*?([ \t])([A-Z_][A-Z0-9_a-z]{2,}+)(?:([ \t])[ \t\r\n]*+(?=\")|(?=\s*+[,);]))"
)
"""`"a" NAME "b"`: a text that goes on in a macro."""
_TYPE_NAME: Final = re.compile(rb"typename(?<=[( ]typename)(?=\s++(?:[\w<>]++::)++\w++\s*+[({,])")
"""`return typename A::B();`, also as an argument of a macro."""
_MEMBER_OF: Final = re.compile(rb"\boffsetof\([^(),;]++,\s*+\w++(\.)(?=\w)")
GIVEN: Final = pattern_of(
    rb"INDENTMACRO(\((?=[^\n;{}]*\)[ \t]*+;)(?:[^()\n;{}\"]++|TEXT|\((?:[^()\n;{}\"]++|TEXT)*+\))*+\))(?=[ \t]*+;)"
)
_TYPE_GIVEN: Final = re.compile(
    rb"((?<=,)[ \t]*+%b[ \t]*+(?=[,)])|(?<=\()[ \t]*+%b[ \t]*+(?=,))" % (_BUILT_IN, _BUILT_IN)
)
_GROUP_GIVEN: Final = re.compile(rb",\s*+\(")
"""`MOCK_METHOD(void, name, (int));` has types wherever it could have values."""
_VALUED: Final = re.compile(rb"[\"'&]|(?<![\w.])\d|->|\b[a-z]\w*+(?=\s*+[,)])")
_CONSTANT_GIVEN: Final = re.compile(rb"\A\([ \t]*+(const[ \t])(?=[ \t]*+[A-Za-z_]\w*+[ \t]*+\))")
_QT_GIVEN: Final = re.compile(rb"\bQ_(?:RETURN_)?ARG\(\s*+(" + _BUILT_IN + rb")(?=\s*+,)")
LAST_TYPE: Final = re.compile(
    rb"\bva_arg\([^(),;]++,\s*+(" + _BUILT_IN + rb"|[A-Za-z_][\w:]*+(?:[ \t]*+\*)++)(?=\s*+\))"
)


def readable(data: bytes) -> bytes:
    """Return what the parser reads of a C++ file: bytes of the same length."""
    return masked(_FILLED(b"\n" + data)[1:])


def _filled(data: bytes) -> bytes:
    for words, pattern, change in _GAPS:
        if any(word in data for word in words):
            data = pattern.sub(change, data)
    return _unnamed(data)


def _blank(match: re.Match[bytes]) -> bytes:
    """Blank out the group, or all if there is none."""
    return written(match, spaces(match.group(1))) if match.re.groups else spaces(match.group())


def _ended(match: re.Match[bytes]) -> bytes:
    return written(match, b";")


def _named(match: re.Match[bytes]) -> bytes:
    """Write the name of an operator, or the place of a member, as one name."""
    return written(match, b"_" * len(match.group(1)))


def _called(match: re.Match[bytes]) -> bytes:
    """Write the name of an operator that is called as one of a function."""
    before = match.string[max(0, match.start() - _MAX_PARAMETER) : match.start()].rstrip()
    is_called = before.endswith(_CALLING) or before.rstrip(b"&*!").rstrip().endswith((b"return", b"(", b"="))
    return _named(match) if is_called else match.group()


def _unnamed(data: bytes) -> bytes:
    """Blank out what a parameter without a name points with, before its default."""
    kept = bytearray(data)
    for each in _DEFAULT.finditer(data):
        start, end = max(0, each.start() - _MAX_PARAMETER), each.start()
        if data[start:end].rstrip()[-1:] in b"*&t" and (found := _UNNAMED.search(data, start, end)) is not None:
            kept[slice(*found.span(1))] = spaces(found.group(1))
    return bytes(kept)


def _nameless(match: re.Match[bytes]) -> bytes:
    """Blank out the width of a field behind its type."""
    line = match.string.rfind(b"\n", 0, match.start()) + 1
    return _blank(match) if _TYPE_ALONE.match(match.string, line, match.start()) else match.group()


def _type_name(match: re.Match[bytes]) -> bytes:
    """Blank out `typename` where a value stands."""
    before = match.string[max(0, match.start() - _MAX_PARAMETER) : match.start()].rstrip()
    return _blank(match) if before.endswith((b"(", b",", b"=", b"return")) else match.group()


def _added(match: re.Match[bytes]) -> bytes:
    """Put signs between texts and a macro, but not behind a comment."""
    data, at = match.string, match.start()
    if b"//" in data[data.rfind(b"\n", 0, at) + 1 : at] and b"\n" in match.group():
        return match.group()
    goes_on = match.group(3) is not None
    return written(match, b"+", match.group(2), b"+") if goes_on else written(match, b"+")


def as_number(match: re.Match[bytes]) -> bytes:
    """Write a type that stands where a value does as a number."""
    return written(match, b"0".ljust(len(match.group(1))))


def with_numbers(match: re.Match[bytes]) -> bytes:
    """Write types among values in the arguments of a macro as numbers."""
    given = _CONSTANT_GIVEN.sub(_blank, match.group(1))
    has_values = _VALUED.search(given) and not _GROUP_GIVEN.search(given)
    return written(match, _TYPE_GIVEN.sub(as_number, given) if has_values else given)


_GAPS: Final[tuple[tuple[tuple[bytes, ...], re.Pattern[bytes], bytes | Callable[[re.Match[bytes]], bytes]], ...]] = (
    ((b"->*",), _FOLLOWED, b"?: "),
    ((b".*",), _FOLLOWED_VALUE, b"?:"),
    ((b"::*",), _MEMBER_TYPE, _blank),
    ((b"::*",), _MEMBER_NAME, _blank),
    ((b"template class ", b"template struct "), _INSTANTIATED, _blank),
    ((b"new ",), _POINTERS, _blank),
    ((b"operator",), _NAMED_OPERATOR, _called),
    ((b".~", b"->~"), _DESTROYED, _blank),
    ((b"delete;", b"default;"), _DELETED, _blank),
    ((b"enum :", b"enum:"), _BASED, _blank),
    ((b" : ",), _NAMELESS_BITS, _nameless),
    ((b"__", b"_Nonnull", b"_Null", b"_In_", b"_Out", b"_Inout_"), _WORDS, _blank),
    ((b"absl_n",), _ABSL, _blank),
    ((b"__attribute__",), _ATTRIBUTE, _blank),
    ((b")]] ",), _AFTER_ATTRIBUTE, _blank),
    ((b"emit ",), _EMITTED[0], _blank),
    ((b"Q_EMIT ",), _EMITTED[1], _blank),
    ((b"SIGNAL", b"SLOT"), _SIGNATURE, _blank),
    ((b"Q_PROPERTY",), PROPERTY, lambda one: spaces(one.group())),
    ((b'"',), _TITLED, _ended),
    ((b'"',), _BESIDE_TEXT, _added),
    ((b"typename",), _TYPE_NAME, _type_name),
    ((b"offsetof",), _MEMBER_OF, _named),
    ((b"Q_ARG", b"Q_RETURN"), _QT_GIVEN, as_number),
    ((b"va_arg",), LAST_TYPE, as_number),
    (
        (b"void", b"bool", b"char", b"int", b"long", b"short", b"float", b"double", b"unsigned", b"const"),
        GIVEN,
        with_numbers,
    ),
)
"""In their order: words of which one is in each, the form, and what is written instead."""
_FILLED: Final = Pieces(_filled)
