"""Definitions by lines: what is known of a file that its parser cannot read.

A parser that goes round in circles, a file nested too deep: the file's symbols would be gone from search and from the
edges of others until somebody mends it, which may be the next key stroke. A line that begins with a word for a
definition and a name (`class Parser(`, `fun run(`), or that looks like the head of a function in braces, opens one; it
goes on to the first line that stands no further right, with a closing brace or `end`. Comments directly above it
document it. All languages alike: one table of words, no grammar. A function owns everything inside it.
Such facts mention nothing, and every definition in them is marked as broken.

Pure, bounded by lines, by their length and by nesting; linear. Tests: tests/unit/extract/test_extract_skim.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from codegraph.core.facts import NamespaceRun
from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from codegraph.extract.languages.comments import cleaned
from codegraph.extract.languages.spec import Docstring, LanguageSpec
from codegraph.extract.outline import describe, module_of
from codegraph.extract.text import SourceText
from codegraph.extract.view import ABSORBING, Found

MAX_LINE = 400
"""Characters; a longer line defines nothing."""
MAX_NESTING = 8
MAX_COMMENT_LINES = 40

_KINDS = MappingProxyType(
    {
        **dict.fromkeys(
            ("class", "struct", "union", "record", "object", "module", "defmodule", "actor", "extension", "data"),
            SymbolKind.CLASS,
        ),
        **dict.fromkeys(("newtype", "type", "typealias"), SymbolKind.CLASS),
        **dict.fromkeys(("interface", "trait", "protocol", "defprotocol"), SymbolKind.INTERFACE),
        "enum": SymbolKind.ENUM,
        **dict.fromkeys(("fun", "func", "def", "defp", "defmacro", "fn", "function", "sub"), SymbolKind.FUNCTION),
    }
)
_WHOLE: Final = frozenset({"defmodule", "defprotocol"})
"""Words before a name that is all of what is written."""
_WORDS: Final = "|".join(sorted(_KINDS, key=len, reverse=True))
_NAME: Final = r"[A-Za-z_\x80-\xff][\w\x80-\xff]*[?!]?"
_SAID = re.compile(
    rf"(?:(?!(?:{_WORDS})[ \t]+(?!(?:{_WORDS})\b))[A-Za-z@][\w().<>,]*+[ \t]++){{0,8}}+(?P<word>{_WORDS})[ \t]++"
    rf"(?:\([^()]*+\)[ \t]*+)?(?:<[^<>]*+>[ \t]*+)?(?P<of>(?:[\w\x80-\xff<>?]*[.:]{{1,2}})*)(?P<name>{_NAME})"
    r"[ \t]*+(?=$|[({<\[:=;,|]|->|(?:extends|implements|with|where|do|when|private|internal|protected|public|final"
    r"|struct|interface|func)\b)"
)
"""Words before it, the word itself, what it is of (a receiver, type parameters), the name, and what may follow that."""
_IMPLEMENTED = re.compile(
    rf"(?:unsafe[ \t]+)?impl\b(?:<[^{{}}()]*?>)?[ \t]+(?:[^{{}}]*[ \t]for[ \t]+)?(?:\w+::)*(?P<name>{_NAME})"
)
"""Rust's place for methods: a second definition of the type."""
_SIGNED = re.compile(rf"(?P<name>{_NAME})[ \t]+::[ \t]")
"""Haskell's."""
_HEAD = re.compile(
    r"(?P<types>(?:[\w\x80-\xff<>\[\],.:?@]++[ \t*&]++){0,8}+)"
    r"(?P<name>(?:[\w\x80-\xff]+::)*~?[A-Za-z_\x80-\xff$#][\w\x80-\xff]*)"
    r"[ \t]*+\([^(){};=]*+(?P<end>\)[^(){};=]*+[{;]?|,)?\Z"
)
"""A function in braces: types and modifiers, a name, what it takes, which may go on in the next lines."""
_BEGINS: Final = re.compile(r"[^(){};=]*(?:\)[^(){};=]*)?(?P<mark>[{;])")
"""What a head's next lines end with: a body, or nothing."""
MAX_HEAD_LINES = 12
_CONTROL: Final = frozenset(
    (
        *("if", "for", "while", "switch", "catch", "return", "else", "do", "try", "with", "using", "lock", "foreach"),
        *("synchronized", "when", "elseif", "elif", "match", "unless", "until", "new", "throw", "await", "guard"),
        *("defer", "repeat", "sizeof", "and", "or", "not", "in", "fn", "function", "case", "goto", "yield", "typedef"),
    )
)
_NAMESPACE = re.compile(r"[ \t]*(?:package|namespace)[ \t]+([\w.\\]+)")
_CLOSING: Final = re.compile(r"\}|end\b|END\b")
_GOES_ON: Final = (")", "]", "{")
"""How a line begins that ends nothing, though it stands no further right than the definition."""
_COMMENT: Final = ("//", "#", "--", "/*", "*", ";", "{-")


class _Line(NamedTuple):
    start: int
    indent: int
    text: str
    """Without indentation and line end."""


class _Head(NamedTuple):
    kind: SymbolKind
    name: str
    start: int
    """Of the name, from the line's first character."""


def skimmed(text: SourceText, spec: LanguageSpec, limit: int) -> tuple[list[Found], tuple[NamespaceRun, ...]]:
    """Return the module and at most `limit` definitions in source order, and the namespace they are in."""
    lines = list(_lines(text))
    kept = [module_of(text)]
    open_: list[tuple[int, int]] = []  # (indentation, index) of the definitions around a line
    namespace = ""
    for number, line in enumerate(lines):
        while open_ and line.indent <= open_[-1][0] and not line.text.startswith(_GOES_ON):
            indent, index = open_.pop()
            _close(kept[index], lines, number, closes=line.indent == indent)
        if spec.namespaces is not None and not namespace and (found := _NAMESPACE.match(line.text)):
            namespace = found.group(1).replace("\\", ".")
        around = kept[open_[-1][1]] if open_ else kept[0]
        head = None if around.kind in ABSORBING or len(open_) >= MAX_NESTING else _head(lines, number)
        if head is None:
            continue
        if len(kept) > limit:
            break
        kept.append(_found(text, lines, number, head, around))
        kept[-1].container = open_[-1][1] if open_ else 0
        open_.append((line.indent, len(kept) - 1))
    for _, index in open_:
        _close(kept[index], lines, len(lines), closes=False)
    for each in kept:
        each.parse_error = True
    describe(kept)
    return kept, ((1, namespace),) if namespace and len(kept) > 1 else ()


def _lines(text: SourceText) -> Iterator[_Line]:
    """Yield the lines that say something."""
    for number, start in enumerate(text.lines):
        end = text.lines[number + 1] if number + 1 < len(text.lines) else len(text.text)
        if end - start <= MAX_LINE:
            line = text.text[start:end]
            stripped = line.lstrip()
            if stripped:
                indent = len(line) - len(stripped)
                yield _Line(start + indent, indent, stripped.rstrip())


def _head(lines: Sequence[_Line], number: int) -> _Head | None:
    """Say what a line begins to define, if anything."""
    line = lines[number].text
    if line.startswith(_COMMENT):
        return None
    said = _SAID.match(line)
    if said is not None:
        whole = said["word"] in _WHOLE
        return _Head(_KINDS[said["word"]], said["of"] * whole + said["name"], said.start("of" if whole else "name"))
    of_type = _IMPLEMENTED.match(line)
    if of_type is not None:
        return _Head(SymbolKind.CLASS, of_type["name"], of_type.start("name"))
    signed = _SIGNED.match(line)
    if signed is not None:
        return _Head(SymbolKind.FUNCTION, signed["name"], 0)
    found = _HEAD.match(line)
    if found is None or not _CONTROL.isdisjoint(line[: found.end("name")].split()):
        return None
    end = found["end"] or ""
    mark = _mark(lines, number, end)
    if mark != "{" and not (mark == ";" and (found["types"] or ":" in end)):
        return None
    name = found["name"].rpartition(":")[2]
    return _Head(SymbolKind.FUNCTION, name, found.end("name") - len(name))


def _mark(lines: Sequence[_Line], number: int, end: str) -> str:
    """Return how the head of a function that begins in a line ends: "{", ";", or "" if it seems to be none."""
    if end.endswith(("{", ";")):
        return end[-1]
    for line in lines[number + 1 : number + 2 if end.startswith(")") else number + MAX_HEAD_LINES]:
        found = _BEGINS.match(line.text)
        if found is not None:
            return found["mark"]
        if line.indent <= lines[number].indent and not line.text.startswith(_GOES_ON):
            break
    return ""


def _found(text: SourceText, lines: Sequence[_Line], number: int, head: _Head, around: Found) -> Found:
    line = lines[number]
    end = line.start + len(line.text)
    kind = SymbolKind.METHOD if head.kind in CALLABLE_KINDS and around.kind in TYPE_KINDS else head.kind
    start = line.start + head.start
    name = text.decode(head.name)
    found = Found(None, kind, name, line.start, end, start, start + len(head.name), None, end)
    said = cleaned(text.decode(each.text) for each in _comments(lines, number))
    found.docstring = Docstring(said, 0, 0) if said else None
    return found


def _comments(lines: Sequence[_Line], number: int) -> Sequence[_Line]:
    """Return the lines of comment directly above a line."""
    first = number
    while first and number - first < MAX_COMMENT_LINES and lines[first - 1].text.startswith(_COMMENT):
        first -= 1
    return lines[first:number]


def _close(found: Found, lines: Sequence[_Line], number: int, *, closes: bool) -> None:
    """End a definition before a line, or behind the brace with which that begins if it may close the definition."""
    closing = _CLOSING.match(lines[number].text) if closes else None
    last = lines[number] if closing else lines[number - 1]
    found.end = last.start + (closing.end() if closing else len(last.text))
