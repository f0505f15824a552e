"""Blade, the templates of Laravel: echoes, directives and the attributes of components hold PHP.

Each is read as a statement of its own: `{{ name($x) }}` as its expression, `@if (...)` and any other directive as a
list of its arguments, `@foreach (...)` as the loop without a body. What cannot be read so is left to the words of the
text. Raw PHP (`@php ... @endphp`, `<?php ... ?>`) goes on as it stands.
Format: laravel/framework, src/Illuminate/View/Compilers/BladeCompiler.php.
Tests: tests/unit/extract/test_extract_embedded.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Final

import tree_sitter_php

from codegraph.extract.languages.embedded import Markup, Piece, Span, embedded_spec, legible
from codegraph.extract.languages.php import SPEC as PHP

MAX_ARGUMENTS: Final = 20_000
"""Bytes between the brackets of a directive."""

_OPENING: Final = re.compile(
    rb"\{\{--|@\{\{|@verbatim\b|@php\b(?!\s{0,9}\()|<\?(?:php\b|=)|\{\{\{?|\{!!|<x[-:][\w.:-]{1,200}"
    rb"|(?<![\w@])@(?P<name>[A-Za-z]\w{0,100})(?P<gap>\s{0,9})\("
)
_CLOSING: Final = {
    b"{{--": b"--}}",
    b"@verbatim": b"@endverbatim",
    b"@php": b"@endphp",
    b"<?php": b"?>",
    b"<?=": b"?>",
    b"{{{": b"}}}",
    b"{{": b"}}",
    b"{!!": b"!!}",
}
_SILENT: Final = (b"{{--", b"@verbatim")
_LOOPS: Final = {b"foreach": b"foreach", b"forelse": b"foreach", b"for": b"for", b"while": b"while"}
_BRACKET: Final = re.compile(rb"[()]|'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"", re.DOTALL)
_BOUND: Final = re.compile(rb"\s:[\w.:-]{1,100}\s{0,9}=\s{0,9}(?:\"([^\"]{0,20000})\"|'([^']{0,20000})')|[>]")


def _pieces(data: bytes) -> Iterator[Piece]:
    """Yield the code, in source order."""
    at = 0
    while (found := _OPENING.search(data, at)) is not None:
        at = found.end()
        opening = found.group()
        if found["name"] is not None:
            end = _end_of_arguments(data, at)
            if end >= 0:
                yield _directive(data, found, end)
                at = end + 1
        elif opening.startswith(b"<x"):
            for bound in _BOUND.finditer(data, at):
                if bound.lastindex is None:
                    break
                yield _expression(data, bound.span(bound.lastindex))
                at = bound.end()
        elif opening in _CLOSING:
            end = data.find(_CLOSING[opening], at)
            if end >= 0 and opening not in _SILENT:
                yield _expression(data, (at, end))
            at = end + len(_CLOSING[opening]) if end >= 0 else at


def _expression(data: bytes, span: Span) -> Piece:
    return Piece(span[0], data[slice(*span)], b";", b";")


def _directive(data: bytes, found: re.Match[bytes], end: int) -> Piece:
    """Return a directive with its arguments, whose closing bracket is at `end`."""
    loop = _LOOPS.get(found["name"])
    arguments = data[found.end() : end]
    if loop is None and end + 1 == len(data):  # nothing follows that could be read as the statement's end
        return Piece(found.end(), arguments, b";echo".ljust(found.end() - found.start()), b";")
    if loop is None:
        return Piece(found.end(), arguments, b";" + b" " * (found.end() - found.start() - 2) + b"[", b"];")
    head = (b";" + loop).ljust(found.end() - found.start() - 1) + b"("
    return Piece(found.end(), arguments, head, b");")


def _end_of_arguments(data: bytes, start: int) -> int:
    """Return where the bracket closes that opens before `start`, -1 if it does not."""
    depth = 1
    for found in _BRACKET.finditer(data, start, start + MAX_ARGUMENTS):
        bracket = found.group()
        if bracket == b"(":
            depth += 1
        elif bracket == b")":
            depth -= 1
            if not depth:
                return found.start()
    return -1


def _written(data: bytes) -> bytes:
    """Return what the parser reads."""
    return legible(data, Markup((), tuple(_pieces(data)), ()), tree_sitter_php.language_php_only)


_TOKENS: Final = files(__name__) / "tokens.scm"

SPEC: Final = embedded_spec(
    "blade",
    replace(
        PHP,
        grammar=tree_sitter_php.language_php_only,
        queries=replace(
            PHP.queries,
            mentions=tuple(_TOKENS if each.name == _TOKENS.name else each for each in PHP.queries.mentions),
        ),
    ),
    _written,
)
