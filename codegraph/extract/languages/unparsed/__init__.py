"""Templates, and languages without a grammar here: which names their files may call something by.

A helper that only a template calls has a caller that no syntax tree shows, and an answer that says "none, and that is
all" would be wrong. So such files are read by their words: code is told from text by the brackets and attributes
around it (`forms`), comments and strings are left out, and each name that may be called is mentioned once. Linking
resolves none of them; they make an answer about callers of that name a lower bound, with their place
(`graph/resolve/unparsed.py`).
The files have no symbols but themselves.

What is missed: names that are put together, and names in strings where a language calls by them.
Tests: tests/unit/extract/test_extract_unparsed.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from types import MappingProxyType
from typing import Final

from codegraph.core.facts import Role
from codegraph.core.words import words
from codegraph.extract.languages.documents import document_spec
from codegraph.extract.languages.spec import Document, Naming
from codegraph.extract.languages.unparsed.forms import FORMS, Form, Region
from codegraph.extract.text import SourceText

Span = tuple[int, int]

MAX_NAME = 200
"""Characters of a name; what is longer is data."""

_NAME: Final = re.compile(r"(?<![\w$\x80-\xff])[A-Za-z_$\x80-\xff][\w$\x80-\xff]*[?!]?")
_COMPOUND: Final = re.compile(r"[^_]_+[^_]|[a-z0-9][A-Z]")
_BEFORE: Final = re.compile(r"(?:[.&#@]|->)[ \t]{0,3}\Z|[:\"'$]\Z")
_BEHIND: Final = re.compile(r"[?!]?[ \t]{0,3}(?:[(\]:]|<\w)")
_MARKS: Final = re.compile(r"[$#]\{|#\[|\{\{|\\\(|<%")
"""What puts code into a string."""
_BLANK: Final = re.compile(r"[^\r\n]")
_KEYWORDS: Final = words(
    """
    abstract and as assert async await begin bool boolean break byte case catch char class const constructor
    continue def default del do double each elif else elsif end endfor endif enum esac except extends extern false
    final finally float for foreach from fun func function global goto if implements import in include instanceof
    int interface is lambda let local long module namespace new nil None not null NULL of or package pass private
    protected public raise require rescue return self Self short signed sizeof static struct super switch then this
    throw throws trait true True False try type typedef typeof undefined union unless unsigned until use using val
    var void volatile when where while with xor yield
    """
)


def read(text: SourceText, form: Form) -> Document:
    """Find the names that a file may call something by, each where it stands first."""
    source = text.text
    places: dict[str, int] = {}
    for start, end in _code(source, form):
        for name, offset in _names(_without(source[start:end], form), form):
            places.setdefault(name, start + offset)
    namings = [Naming(place, (text.decode(name),), Role.CALL) for name, place in places.items()]
    return Document((), namings, ((0, len(text.data)),))


def _code(source: str, form: Form) -> Iterator[Span]:
    """Yield where code stands, in source order; all of it in a file that is not text around code."""
    if not form.regions:
        yield 0, len(source)
        return
    absent: set[str] = set()
    at = 0
    for start, closes in sorted(
        (found.end(), each.closes or found.group()[-1])
        for each, opening in _openings(form.regions)
        for found in opening.finditer(source)
    ):
        if start < at or closes in absent:
            continue
        end = source.find(closes, start)
        if end < 0:
            absent.add(closes)  # nothing behind this place has an end either
            continue
        yield start, end
        at = end


@cache
def _openings(regions: tuple[Region, ...]) -> list[tuple[Region, re.Pattern[str]]]:
    """Return a pattern for each kind of region; one for all of them, which begins with no one set, is much slower."""
    return [(each, re.compile(f"[{each.first}](?:{each.rest})")) for each in regions]


def _without(code: str, form: Form) -> str:
    """Return as much code with blanks in place of comments and of strings that hold no code."""
    if form.silent is None:
        return code
    return form.silent.sub(_blanks, code)


def _blanks(found: re.Match[str]) -> str:
    written = found.group()
    if written[0] in "\"'`" and _MARKS.search(written):
        return written
    return _BLANK.sub(" ", written)


def _names(code: str, form: Form) -> Iterator[tuple[str, int]]:
    """Yield names and their offsets."""
    for found in _NAME.finditer(code):
        name = found.group()
        if len(name) > MAX_NAME or name in _KEYWORDS:
            continue
        if form.called and not _is_called(code, found):
            continue
        yield name.rstrip("?!") if not form.marks else name, found.start()


def _is_called(code: str, found: re.Match[str]) -> bool:
    """Whether a name may be that of a function where calls have brackets: a plain word by itself is a variable."""
    if _COMPOUND.search(found.group()) or _BEHIND.match(code, found.end()):
        return True
    return _BEFORE.search(code, max(0, found.start() - 10), found.start()) is not None


def _reader(form: Form) -> Callable[[SourceText], Document]:
    return partial(read, form=form)


SPECS: Final = MappingProxyType({name: document_spec(name, _reader(form)) for name, form in FORMS.items()})
