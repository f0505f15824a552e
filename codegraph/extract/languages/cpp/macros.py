"""What the text of a macro names, in C and C++: whoever uses the macro may call it.

The text is no syntax: what a name in it means, and whether it is called, is decided where the macro is used. So each
name is mentioned by the macro as a call on something unknown, which gives no edge, but lets nobody say that all callers
of a function are known. Names of parameters, and those that are pasted into others or made strings, are none.
Tests: tests/unit/extract/test_extract_macros.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import Chain
from codegraph.extract.text import SourceText

if TYPE_CHECKING:
    from tree_sitter import Node

UNKNOWN: Final = "()"
"""The first element of the chain of such a mention."""

MOST_NAMES: Final = 1_000
"""Of one macro."""

_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_TOKEN: Final = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|//[^\n]*"  # what names nothing
    r"|\d[\w.]*|#(?!#)[\s\\]*\w+"
    r"|\w+[\s\\]*##(?:[\s\\]*\w+[\s\\]*##)*[\s\\]*\w*|##[\s\\]*\w+"
    r"|(?P<name>[A-Za-z_]\w*)",
    re.DOTALL,
)
_KEYWORDS: Final = frozenset(
    [
        "alignas",
        "alignof",
        "auto",
        "bool",
        "break",
        "case",
        "catch",
        "char",
        "class",
        "const",
        "const_cast",
        "constexpr",
        "continue",
        "decltype",
        "default",
        "defined",
        "delete",
        "do",
        "double",
        "dynamic_cast",
        "else",
        "enum",
        "explicit",
        "extern",
        "false",
        "float",
        "for",
        "friend",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "nullptr",
        "operator",
        "private",
        "protected",
        "public",
        "register",
        "reinterpret_cast",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "static_cast",
        "struct",
        "switch",
        "template",
        "this",
        "throw",
        "true",
        "try",
        "typedef",
        "typeid",
        "typename",
        "typeof",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "volatile",
        "while",
        "__VA_ARGS__",
        "__VA_OPT__",
        "__FILE__",
        "__LINE__",
        "__func__",
    ]
)


def names_in(value: Node, parameters: Node | None, text: SourceText) -> list[tuple[Chain, int]]:
    """Return the chain of each name in a macro's text, and the byte at which it stands first, in source order."""
    given: Collection[str] = _WORD.findall(text.of(parameters)) if parameters is not None else ()
    found: dict[str, int] = {}
    for match in _TOKEN.finditer(text.text, value.start_byte, value.end_byte):
        name = match["name"]
        if name and name not in _KEYWORDS and name not in given and len(found) < MOST_NAMES:
            found.setdefault(name, match.start())
    return [((UNKNOWN, name), at) for name, at in found.items()]
