"""Leaves out of what the parser reads all that does not matter to one edited function (see `again`).

A *hole* is a stretch of which only blanks and line ends are left: the body of a function; or, where the language says
that nothing of it stands elsewhere (`LanguageSpec.erasable`), a whole definition, if the edited function and the names
of what it stands in have no word of what is defined, bound or imported there; and comments before either. What stands
beside the edited function or beside a broken place stays, because the parser relates neighbours, and comments belong
to what is behind them; so does a body that a broken place touches, which may end as far as what is inside lets it.

Tests: tests/unit/extract/test_extract_again.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from codegraph.core.facts import Definition
from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.extract.apart import Callback
from codegraph.extract.extractor import Named, Reduced
from codegraph.extract.known import Function, Known
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.normalise import Span
from codegraph.extract.outline import Broken
from codegraph.extract.statements import WORD, has_lines

_BLANK = bytes(byte if byte in b"\r\n" else 0x20 for byte in range(256))
_LINKAGE = re.compile(rb"extern\s*\"")
_ENDS = (b"", b";", b"{", b"}", b":")


class Hole(NamedTuple):
    """What may be left out. Offsets are bytes of the known text."""

    start: int
    end: int
    bodies: tuple[Span, ...]
    """What may be left out of it in any case."""
    remarks: Span = (0, 0)
    """Comments before it, which may be left out unless it stands beside something that matters."""


def reduced(
    known: Known,
    data: bytes,
    edited: Function,
    read: bytes,
    spec: LanguageSpec,
    is_erased: bool,
    seen: Sequence[Broken] = (),
    *,
    in_header: bool = False,
) -> Reduced:
    """Return what the parser reads, without all that does not matter.

    `is_erased`: definitions that are not named may be left out with their headers; `seen`: places that stay.
    `in_header`: of what stands around the function all headers stay, and whatever names the function or that.
    """
    moved = len(data) - len(known.data)
    text = known.data[edited.start : edited.end] + data[edited.start : edited.end + moved]
    words, before = _words(known, edited, text), known.data if read is data else known.read
    bound = _Bound(known, edited) if in_header and is_erased else None
    holes = list(_holes(known, edited, words, before, spec if is_erased else None, bound))
    if is_erased:
        unnamed = [each for each in known.statements if words.isdisjoint(each.words)]
        if bound is not None:
            unnamed = [each for each in unnamed if not bound.is_named(each.start, each.end)]
        whole = (Hole(each.start, each.end, ()) for each in unnamed if has_lines(before, each.start, each.end))
        holes = sorted([*holes, *whole])
    kept = _beside(known, edited, holes, seen)
    starts, ends = {each.start for each in known.broken}, {each.end for each in known.broken}
    parts: list[bytes] = []
    blank: list[Span] = []
    at = 0
    for number, hole in enumerate(holes):
        is_gone = hole.end > hole.start and number not in kept
        remarks = [hole.remarks] if hole.remarks[1] and hole.remarks[0] >= at and number not in kept else []
        for start, end in (*remarks, *([hole[:2]] if is_gone else hole.bodies)):
            if any(start <= each.end and each.start <= end for each in seen) or start in ends or end in starts:
                continue
            if in_header and before.startswith(b":", start):  # of its constructors a class has no braces
                continue
            is_blank = is_gone or (start, end) in remarks
            if start >= edited.end:
                start, end = start + moved, end + moved
            brackets = b"  " if is_blank and spec.hollow == b"{}" else spec.hollow
            parts += (read[at:start], brackets[:1], read[start + 1 : end - 1].translate(_BLANK), brackets[1:])
            blank.append((start, end) if is_blank else (start + 1, end - 1))
            at = end
    return Reduced(b"".join((*parts, read[at:])), blank, (), None)


def named_now(known: Known, edited: Function, moved: int) -> Named:
    """Return the definitions of a file by where they are now; of a callback also those that stand in it."""
    places: dict[Span, Definition] = {}
    for each in known.definitions:
        start, end = each.range.start_byte, each.range.end_byte
        is_around = start <= edited.start and edited.end <= end
        if is_around or not edited.start <= start < edited.end:
            places[start + moved * (start >= edited.end), end + moved * (end >= edited.end)] = each
    inside = known.definitions[edited.number : edited.behind]
    held = [(each, known.definitions[each.container].descriptor) for each in inside]
    return Named(places, held if edited.is_callback else None)


class _Bound:
    """What stays if the header of a function was edited: what names it, and what is beside it in what is around it."""

    def __init__(self, known: Known, edited: Function) -> None:
        definitions = known.definitions
        above = _above(known, edited)
        around = [0]
        self._members: set[int] = set()
        for number, each in enumerate(definitions[1:], 1):
            place = each.range
            while len(around) > 1 and definitions[around[-1]].range.end_byte <= place.start_byte:
                around.pop()
            parent = definitions[around[-1]].range
            if around[-1] and parent.start_byte <= edited.start and edited.end <= parent.end_byte:
                self._members.add(number)
                above.add(around[-1])
            around.append(number)
        own = {edited.name, *(word for each in above for word in WORD.findall(definitions[each].name.encode()))}
        self._named = sorted(at for name in own if name for at in _places_of(name, known.data))

    def has(self, number: int, start: int, end: int) -> bool:
        """Tell whether a definition must stay."""
        return number in self._members or self.is_named(start, end)

    def is_named(self, start: int, end: int) -> bool:
        """Tell whether the function or what is around it is named between two offsets."""
        return bisect_left(self._named, start) < bisect_left(self._named, end)


def _places_of(name: bytes, data: bytes) -> Iterator[int]:
    at = data.find(name)
    while at >= 0:
        yield at
        at = data.find(name, at + len(name))


def _above(known: Known, edited: Function) -> set[int]:
    """Return what contains the edited function, without the module."""
    found: set[int] = set()
    above = 0 if edited.is_callback else known.definitions[edited.number].container
    while above > 0:
        found.add(above)
        above = known.definitions[above].container
    return found


def _holes(
    known: Known,
    edited: Function,
    words: frozenset[bytes],
    read: bytes,
    spec: LanguageSpec | None,
    bound: _Bound | None,
) -> Iterator[Hole]:
    """Yield in order what may be left out; what may not be left out as a whole has no width but for its body.

    `read`: what the parser has read of the known text; `spec`: None if no definition may be left out with its header.
    """
    definitions, functions = known.definitions, {each.number: each for each in known.functions}
    callbacks = _callbacks(known, edited, words)
    index, last_end = 1, len(read)
    while index < len(definitions) or callbacks:
        if callbacks and (index == len(definitions) or callbacks[0].body < definitions[index].range.start_byte):
            apart = callbacks.popleft()
            yield Hole(apart.body, apart.body, ((apart.body, apart.end),))
            index = max(index, bisect_left(definitions, apart.end, key=_start_of))
            continue
        place, number = definitions[index].range, index
        start, end = place.start_byte, place.end_byte
        remarks, last_end = _remarks(read, last_end, start, spec), end
        if number == edited.number and not edited.is_callback:
            index = edited.behind
        elif (edited.is_callback and edited.start <= start < edited.end) or (
            start <= edited.start and edited.end <= end
        ):
            index += 1
        elif (function := functions.get(number)) is not None:
            index = function.behind
            own = _words_in_header(known, function)
            is_gone = spec is not None and bool(own) and words.isdisjoint(own) and _is_apart(known, number, read)
            is_gone = is_gone and not (bound and bound.has(number, start, end))
            yield Hole(start, end if is_gone else start, (function.body,), remarks)
        else:
            behind = _behind(known, number)
            is_gone = spec is not None and _is_whole(known, number, read, spec)
            is_gone = is_gone and not (bound and bound.has(number, start, end))
            if is_gone and words.isdisjoint(_said(known, number, behind)):
                end -= read[end - 1] == 0x0A
                end += read[end - 1 : end + 1] == b"};"  # alone it would make an empty body before it a list of values
                inside = (functions[each].body for each in range(index, behind) if each in functions)
                index = behind
                yield Hole(start, end, tuple(inside), remarks)
            else:
                index += 1


def _remarks(read: bytes, begin: int, end: int, spec: LanguageSpec | None) -> Span:
    """Return where comments stand directly behind the end of a definition and before the next one, empty if none do.

    No string or other comment is open where a definition ends, so there they are comments.
    """
    found = spec and spec.remarks and spec.remarks.match(read, begin, end) if begin < end else None
    return found.span(1) if found else (0, 0)


def _callbacks(known: Known, edited: Function, words: frozenset[bytes]) -> deque[Callback]:
    """Return the callbacks of which the inside may be left out: none that defines what the edited function names."""
    named = [
        each.range.start_byte for each in known.definitions if not words.isdisjoint(WORD.findall(each.name.encode()))
    ]
    found: deque[Callback] = deque()
    for each in known.callbacks:
        is_around = each.start <= edited.start and edited.end <= each.end
        is_inside = edited.start <= each.start and each.end <= edited.end
        is_below = bool(found) and each.end <= found[-1].end
        is_named = bisect_left(named, each.start) < bisect_left(named, each.end)
        if not (is_around or is_inside or is_below or is_named):
            found.append(each)
    return found


def _start_of(one: Definition) -> int:
    return one.range.start_byte


def _words(known: Known, edited: Function, text: bytes) -> frozenset[bytes]:
    """Return the words of the edited function, and of the names of what it stands in."""
    words = set(WORD.findall(text))
    for above in _above(known, edited):
        words.update(WORD.findall(known.definitions[above].name.encode()))
    return frozenset(words)


def _words_in_header(known: Known, function: Function) -> list[bytes]:
    """Return the words of a function's name, and of what its header defines besides: a parameter that is a property."""
    own = WORD.findall(function.name)
    for each in known.definitions[function.number + 1 : function.behind] if own else ():
        if each.range.start_byte < function.body[0]:
            own += WORD.findall(each.name.encode())
    return own


def _behind(known: Known, number: int) -> int:
    """Return the index of the first definition behind one."""
    definitions, end = known.definitions, known.definitions[number].range.end_byte
    behind = number + 1
    while behind < len(definitions) and definitions[behind].range.start_byte < end:
        behind += 1
    return behind


def _is_apart(known: Known, number: int, read: bytes) -> bool:
    """Tell whether nothing stands before a definition that would take in what is behind it instead.

    `extern "C" void f() {}` is such a thing: the function's range has the rest only.
    """
    before, start = known.definitions[number - 1].range, known.definitions[number].range.start_byte
    gap = read[before.end_byte if before.end_byte <= start else before.start_byte : start]
    same_line = gap[gap.rfind(b"\n") + 1 :].rstrip()
    return same_line[-1:] in _ENDS and _LINKAGE.search(gap) is None


def _is_whole(known: Known, number: int, read: bytes, spec: LanguageSpec) -> bool:
    """Tell whether a definition has lines of its own, so that nothing is half a statement without it."""
    one = known.definitions[number]
    is_announced = one.kind is SymbolKind.FUNCTION and spec.statements is not None
    if one.kind not in TYPE_KINDS and (one.container or not (is_announced or one.kind is SymbolKind.CONSTANT)):
        return False
    start, end = one.range.start_byte, one.range.end_byte
    if b"<<" in read[max(start, read.rfind(b"\n", 0, end)) : end]:  # the text of a heredoc stands behind this line
        return False
    return has_lines(read, start, end) and _is_apart(known, number, read)


def _said(known: Known, first: int, behind: int) -> set[bytes]:
    """Return the words that definitions and what is bound in them are called by; parameters are no such words."""
    place = known.definitions[first].range
    found: set[bytes] = set()
    for one in known.definitions[first:behind]:
        found.update(WORD.findall(one.name.encode()))
    if known.definitions[first].kind is SymbolKind.FUNCTION:
        return found
    start = bisect_left(known.bindings, place.start_byte, key=itemgetter(0))
    end = bisect_left(known.bindings, place.end_byte, key=itemgetter(0))
    for _, binding in known.bindings[start:end]:
        found.update(WORD.findall(binding.name.encode()))
    lines = range(place.start_line, place.end_line + 1)
    for each in known.imports:
        if each.line in lines:
            found.update(WORD.findall(f"{each.name} {each.alias} {each.module}".encode()))
    return found


def _beside(known: Known, edited: Function, holes: list[Hole], seen: Sequence[Broken]) -> frozenset[int]:
    """Return the holes beside the edited function, and those beside broken places or around them."""
    at = bisect_right(holes, edited.start, key=attrgetter("start"))
    found = {at - 1, at}
    for each in (*known.broken, *seen):
        at = bisect_right(holes, each.start, key=attrgetter("start"))
        found.update((at - 1, at, at + 1))
    return frozenset(found)
