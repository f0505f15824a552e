"""Code of one language in a text of another, which is parsed as if the text were blanks.

`embedded_spec` makes the spec of such files from that of the language of the code and a function that gives what the
parser reads: as many bytes as the file has, so that every offset is the file's own. Tokens are those of the text, too.
What scripts and handlers in the text name is not parsed, and said to be so: `(UNPARSED, name)`, a call that linking
resolves to nothing and that makes answers about callers of such a name a lower bound.
Tests: tests/unit/extract/test_extract_embedded.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from tree_sitter import Language, Parser

from codegraph.core.facts import UNPARSED
from codegraph.extract.languages.spec import Document
from codegraph.extract.languages.unparsed import read as read_words
from codegraph.extract.languages.unparsed.forms import MARKUP, Form
from codegraph.extract.text import SourceText

if TYPE_CHECKING:
    from codegraph.extract.languages.spec import LanguageSpec
    from codegraph.extract.view import FileView


Grammar = Callable[[], object]
Span = tuple[int, int]

OPENING_FUNCTION: Final = b";()=>{"
_BLANKS: Final = bytes(each if each in b"\r\n" else 32 for each in range(256))
_CODE: Final = re.compile(rb"\S+")


class Piece(NamedTuple):
    """A stretch of code in the markup."""

    start: int
    text: bytes
    """What is read in its place, as many bytes."""
    head: bytes = b""
    """What is read in the place of the bytes before it."""
    tail: bytes = b";"
    """What is read in the place of the bytes behind it."""
    opens: bool = False
    """Whether it begins a block, which its tail opens and a later piece closes."""
    closes: bool = False
    """Whether it is the end of such a block, and nothing else."""

    @property
    def end(self) -> int:
        """Where the bytes behind it begin."""
        return self.start + len(self.text)


class Markup(NamedTuple):
    """What stands where in a component."""

    scripts: Sequence[Piece]
    pieces: Sequence[Piece]
    """Of the markup, in source order."""
    silent: Sequence[Span]
    """Styles and comments, each of at least four bytes."""
    around: Sequence[Span] = ()
    """Where a function opens (`OPENING_FUNCTION` long) and closes (one byte) around all names that markup binds."""
    tags: Sequence[Span] = ()
    """Where elements stand, outside of scripts, styles and comments."""


def embedded_spec(name: str, host: LanguageSpec, written: Callable[[bytes], bytes]) -> LanguageSpec:
    """Return the spec of files with code of `host` in them; `written` gives what the parser reads."""

    def collect(view: FileView) -> None:
        host.collect(view)
        for each in unparsed(SourceText(_around_code(view)), MARKUP).namings:
            view.references.add(0, each.chain, each.role, each.start)

    return replace(
        host,
        name=name,
        prepare=written,
        prepare_if_broken=False,
        collect=collect,
        hollow=b"",
        erasable=False,
        resumable=False,
        sparse=True,
    )


def unparsed(text: SourceText, form: Form) -> Document:
    """Find the names in what is not parsed of a file that otherwise is."""
    found = read_words(text, form)
    return found._replace(namings=[each._replace(chain=(UNPARSED, *each.chain)) for each in found.namings])


def _around_code(view: FileView) -> bytes:
    """Return the text with blanks in place of all that the parser has read."""
    text, first = bytearray(view.text.data), view.root.start_byte
    for found in _CODE.finditer(view.root.text or b""):
        start, end = found.span()
        text[first + start : first + end] = b" " * (end - start)
    return bytes(text[: len(view.text.data)])


def blanked(data: bytes) -> bytes:
    """Return as many blanks, and the line ends."""
    return data.translate(_BLANKS)


def written(data: bytes, markup: Markup) -> bytes:
    """Return what the parser reads in place of a component."""
    read = bytearray(blanked(data))
    for start, end in markup.around:
        read[start : start + len(OPENING_FUNCTION)] = OPENING_FUNCTION
        read[end : end + 1] = b"}"
    for start, end in markup.silent:
        read[start : start + 2] = b"/*"
        read[end - 2 : end] = b"*/"
    for piece in (*markup.scripts, *markup.pieces):
        end = piece.end
        read[piece.start - len(piece.head) : end + len(piece.tail)] = piece.head + piece.text + piece.tail
    return bytes(read[: len(data)])


def legible(data: bytes, markup: Markup, grammar: Grammar) -> bytes:
    """Return what the parser reads, without the pieces that it cannot read."""
    read = written(data, markup)
    if not markup.pieces or not _is_broken(read, grammar):
        return read
    read = written(data, markup._replace(pieces=_pieces_alone(markup.pieces, grammar)))
    if not (markup.scripts and _is_broken(read, grammar)):
        return read
    alone = written(data, markup._replace(pieces=(), around=()))
    return read if _is_broken(alone, grammar) else alone


def _pieces_alone(pieces: Sequence[Piece], grammar: Grammar) -> list[Piece]:
    """Return the pieces that can be read by themselves, blocks without an end or a beginning left out."""
    legible: list[Piece | None] = []
    opened: list[int] = []
    for each in pieces:
        if each.closes:
            begun = opened.pop() if opened else -1
            legible.append(each if begun >= 0 and legible[begun] else None)
            continue
        if each.opens:
            opened.append(len(legible))
        text = each.head + each.text + each.tail + (b"}" if each.opens else b"") + b";"
        legible.append(None if _is_broken(text, grammar) else each)
    for begun in opened:
        legible[begun] = None
    return [each for each in legible if each is not None]


def _is_broken(read: bytes, grammar: Grammar) -> bool:
    return _parser(grammar).parse(read).root_node.has_error


@cache
def _parser(grammar: Grammar) -> Parser:
    return Parser(Language(grammar()))
