"""Puts a file together of what is known of it and of what was found in its one edited function (see `again`).

The *part* is the file as it is now, looked at with little but the edited function in it. What stands inside that
function is the part's, all else is what is known; what stands behind it has moved. Indices of definitions change behind
the function by as many as were added inside it. Offsets are bytes.
Tests: tests/unit/extract/test_extract_again.py.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from msgspec.structs import replace
from tree_sitter import Tree

from codegraph.core.digests import blob_digest
from codegraph.core.facts import (
    Binding,
    BindingKind,
    Chain,
    Definition,
    FileFacts,
    Import,
    Occurrences,
    Outline,
)
from codegraph.core.generated import is_generated
from codegraph.core.symbols import CALLABLE_KINDS, Range
from codegraph.extract.apart import Callback, callbacks_of, with_tokens
from codegraph.extract.extractor import Limits, Look
from codegraph.extract.known import Exports, Function, Known, functions_of, is_each_read, is_shared
from codegraph.extract.mentions import Mentions, owned, side_of
from codegraph.extract.normalise import Span
from codegraph.extract.outline import Broken, problems_of
from codegraph.extract.statements import Statement
from codegraph.extract.text import SourceText
from codegraph.extract.view import in_order


class Edited(NamedTuple):
    """The edited function as it was and as it is in the part."""

    before: Function
    now: Function
    moved: int
    """By how many bytes what stands behind it moves."""
    read: bytes
    """What the parser would have read of the whole file."""
    in_header: bool
    """Whether its header was edited, or may have been; the part has the headers of all that stands around it then."""
    blank: list[Span]
    """What is left out in the part."""
    broken: tuple[Broken, ...]
    """The places of the whole file that the parser cannot read."""
    unprepared: tuple[Broken, ...] | None
    """Those of the data as they are, None if they have only moved."""
    exports: Exports
    trees: tuple[Tree, ...]
    """Those of the whole file, if they are kept."""


def spliced(known: Known, part: Look, edited: Edited, limits: Limits) -> Known | None:
    """Return the whole file; None if the parts do not fit, or it has too many definitions."""
    if not edited.before.is_callback and not _is_same(known, part, edited):
        return None
    if not _is_hole(known, edited.before) or not (
        _ends_line(part.view.text, edited.now.end) or _ends_same(known, part, edited)
    ):
        return None
    if edited.in_header and not _has_all_headers(known):
        return None
    splice = _Splice(known, part, edited, limits)
    try:
        whole = splice.whole()
    except KeyError:  # something inside is owned by what is not there
        return None
    is_readable = edited.unprepared is None or is_each_read(whole.broken, whole.functions, whole.callbacks)
    return whole if is_readable and len(whole.definitions) <= limits.max_definitions else None


def _is_same(known: Known, part: Look, edited: Edited) -> bool:
    """Tell whether a function is still called the same, and stands in the same."""
    before, now = known.definitions[edited.before.number], part.definitions[edited.now.number]
    around = known.definitions[before.container], part.definitions[now.container]
    if around[0].descriptor != around[1].descriptor or around[0].signature != around[1].signature:
        return False
    return (now.kind, now.descriptor, now.local) == (before.kind, before.descriptor, before.local)


def _ends_same(known: Known, part: Look, edited: Edited) -> bool:
    """Tell whether the last line up to the end is what it was, so that all behind keeps its column."""
    old, new = known.data[: edited.before.end], part.view.text.data[: edited.now.end]
    last = slice(old.rfind(b"\n") + 1, None), slice(new.rfind(b"\n") + 1, None)
    return (
        min(old.rfind(b"\n") - edited.before.start, new.rfind(b"\n") - edited.now.start) > 0
        and old[last[0]] == new[last[1]]
    )


def _ends_line(text: SourceText, offset: int) -> bool:
    """Tell whether nothing that is found stands between an offset and the end of its line."""
    end = text.data.find(b"\n", offset)
    return not text.data[offset : end if end >= 0 else None].strip(b" \t\r;,()}0123456789")


def _is_hole(known: Known, function: Function) -> bool:
    """Tell whether the bodies of all definitions around a function hold it, so that no header does."""
    return all(
        start <= function.start and function.end <= end
        for one, (start, end) in zip(known.definitions[1 : function.number], known.bodies[1:], strict=False)
        if one.range.start_byte <= function.start and function.end <= one.range.end_byte
    )


def _has_all_headers(known: Known) -> bool:
    """Tell whether no header holds a function, as that of a field does that an anonymous class is put in."""
    starts = [each.start for each in known.functions]
    for one, (start, end) in zip(known.definitions[1:], known.bodies[1:], strict=True):
        first, behind = bisect_right(starts, one.range.start_byte), bisect_left(starts, one.range.end_byte)
        held = known.functions[first:behind] if one.kind not in CALLABLE_KINDS else ()
        if held and not (start <= held[0].start and held[-1].end <= end):
            return False
    return True


class _Splice:
    """One file on its way."""

    def __init__(self, known: Known, part: Look, edited: Edited, limits: Limits) -> None:
        self._known = known
        self._part = part
        self._was, self._now, self._moved, self._read, self._in_header, self._blank, self._broken = edited[:7]
        self._unprepared, self._exports, self._trees = edited[7:]
        self._problems = tuple(problems_of(part.view.text, edited.broken, limits.max_problems))
        self._more = (self._now.behind - self._now.number) - (self._was.behind - self._was.number)
        self._old, self._new = (
            known.range_of(self._was, part.view.text),
            part.view.text.range(self._now.start, self._now.end),
        )
        self._lines = self._new.end_line - self._old.end_line
        self._first = self._was.number - self._was.is_callback
        """Index of the last definition that is not behind the start of what was edited."""
        self._numbers = self._numbered()
        self._headers = {each.descriptor: each for each in part.definitions if self._in_header and each.own}

    def _numbered(self) -> dict[int, int]:
        """Return the index in the whole of what is inside the function or stands before it in the part."""
        known = {each.descriptor: number for number, each in enumerate(self._known.definitions)}
        numbers: dict[int, int] = {}
        for index, each in enumerate(self._part.definitions):
            if self._now.number <= index < self._now.behind:
                numbers[index] = self._was.number + index - self._now.number
            elif known.get(each.descriptor, self._was.behind) < self._was.number:
                numbers[index] = known[each.descriptor]
        return numbers

    def _later(self, number: int) -> int:
        """Return the index in the whole of a definition of the known file, which is not inside the function."""
        if number <= self._first:
            return number
        if number < self._was.behind:
            raise KeyError(number)
        return number + self._more

    def whole(self) -> Known:
        """Return the file. Raises KeyError if the parts do not fit."""
        view, known = self._part.view, self._known
        definitions, bodies = self._definitions()
        bindings, imports = self._bindings(), self._imports()
        edited, places = (self._was, self._now), (self._old, self._new)
        both = Mentions(known, self._part, edited, places, self._numbers, self._later)
        references, mentions = both.merged() if self._was.is_callback else both.beside()
        occurrences = Occurrences(
            references,
            tuple(view.spec.settle(binding for _, binding in bindings)),
            in_order(imports),
            tuple(dict.fromkeys(self._exports.offered)),
            self._exports.explicit,
        )
        now, before = self._part.inputs, known.facts.inputs
        callbacks, tokens = self._callbacks()
        if self._was.is_callback:
            was = next(each for each in known.callbacks if each.start == self._was.start)
            module, own = with_tokens(definitions[0], before[definitions[0].own], was, tokens)
            if self._part.broken == self._broken:
                module = replace(module, parse_error=view.definitions[0].parse_error)
            definitions, now = (module, *definitions[1:]), {**now, module.own: own}
        owns = dict.fromkeys(each.own for each in definitions)
        inputs: dict[bytes, bytes] = {own: before[own] if own in before else now[own] for own in owns}
        namespaces = tuple((self._later(index), name) for index, name in known.facts.outline.namespaces)
        data = view.text.data
        outline = Outline(view.spec.name, definitions, self._problems, namespaces, is_generated(data))
        facts = FileFacts(blob_digest(data), outline, occurrences, inputs)
        return Known(
            data=data,
            bodies=bodies,
            functions=self._functions(),
            bindings=bindings,
            mentions=mentions,
            imports=imports,
            exports=self._exports,
            prepared=None if self._read is data else self._read,
            broken=self._broken,
            unprepared=tuple(self._moved_unprepared()) if self._unprepared is None else self._unprepared,
            settled=min(known.settled, self._was.start) if self._unprepared is None else len(data),
            callbacks=callbacks,
            statements=tuple(self._statements()),
            facts=facts,
            trees=self._trees,
        )

    def _callbacks(self) -> tuple[tuple[Callback, ...], Sequence[str]]:
        """Return the callbacks, and the tokens of the edited one."""
        known, was, now = self._known.callbacks, self._was, self._now
        more, inside, tokens = 0, list[Callback](), list[str]()
        if was.is_callback:
            inner, tokens = callbacks_of(self._part, (now.start, now.end))
            if not inner or (inner[0].start, inner[0].end) != now[2:4]:  # it says now what files offer
                raise KeyError(now.start)
            one, old = inner[0], next(each for each in known if each.start == was.start)
            more = (one.last - one.first) - (old.last - old.first)
            inside = [each.moved(0, old.first - one.first) for each in inner]
        before = [
            each if each.end < was.start else each._replace(end=each.end + self._moved, last=each.last + more)
            for each in known
            if each.start < was.start
        ]
        behind = [each.moved(self._moved, more) for each in known if each.start >= was.end]
        return (*before, *inside, *behind), tokens

    def _statements(self) -> Iterator[Statement]:
        for each in self._known.statements:
            moved = 0 if each.end <= self._was.start else self._moved
            yield each._replace(start=each.start + moved, end=each.end + moved)

    def _moved_unprepared(self) -> Iterator[Broken]:
        for each in self._known.unprepared:
            if each.end < self._was.start:
                yield each
            elif each.start > self._was.end:
                yield each._replace(start=each.start + self._moved, end=each.end + self._moved)

    def _definitions(self) -> tuple[tuple[Definition, ...], tuple[Span, ...]]:
        known, part, was, now = self._known, self._part, self._was, self._now
        definitions: list[Definition] = []
        bodies: list[Span] = []
        for one, body in zip(known.definitions[: was.number], known.bodies[: was.number], strict=True):
            if one.range.end_byte < was.end:
                definitions.append(one)
                bodies.append(body)
            else:
                definitions.append(replace(self._holder(one), range=self._longer(one.range)))
                bodies.append((body[0] + self._moved * (body[0] >= was.end), body[1] + self._moved))
        for number in range(now.number, now.behind):
            one = part.definitions[number]
            definitions.append(replace(one, container=self._numbers[one.container]))
            bodies.append(part.bodies[number])
        for one, (start, end) in zip(known.definitions[was.behind :], known.bodies[was.behind :], strict=True):
            ranges = self._shifted(one.range), self._shifted(one.selection_range)
            container = self._later(one.container)
            definitions.append(replace(one, container=container, range=ranges[0], selection_range=ranges[1]))
            bodies.append((start + self._moved, end + self._moved))
        return tuple(definitions), tuple(bodies)

    def _holder(self, one: Definition) -> Definition:
        """Return a definition around the function, with the own input that it has now if a header was edited."""
        if not self._in_header or one.container < 0:
            return one
        now = self._headers[one.descriptor]
        return replace(one, own=now.own, length=now.length)

    def _longer(self, place: Range) -> Range:
        """Return the range of what stands around the function."""
        end = place.end_byte + self._moved
        line, column = self._part.view.text.position(end)
        return Range(place.start_byte, end, place.start_line, place.start_column, line, column)

    def _shifted(self, place: Range) -> Range:
        """Return a range behind the function."""
        return Range(
            place.start_byte + self._moved,
            place.end_byte + self._moved,
            place.start_line + self._lines,
            place.start_column,
            place.end_line + self._lines,
            place.end_column,
        )

    def _functions(self) -> tuple[Function, ...]:
        moved, more = self._moved, self._more
        was, now, known = self._was, self._now, self._known.functions
        behind = [
            Function(number + more, last + more, start + moved, end + moved, (body[0] + moved, body[1] + moved), name)
            for number, last, start, end, body, name, _ in known
            if start >= was.end
        ]
        inside = [now]
        if was.is_callback:
            part = self._part
            found = functions_of(part.definitions, part.bodies, part.view.text.data, in_braces=True)
            inside = [each for each in found if now.start <= each.start < now.end]
        more = was.number - now.number
        inside = [each._replace(number=each.number + more, behind=each.behind + more) for each in inside]
        return (*(each for each in known if each.start < was.start), *inside, *behind)

    def _bindings(self) -> list[tuple[int, Binding]]:
        known, (was, now) = self._known.bindings, (self._was, self._now)
        shared = self._part.view.spec.shared
        found = self._with_owners(known[: _at(known, was.start)])
        inside = self._part.view.placed_bindings()
        if self._in_header and not self._is_outside_same(inside):
            raise KeyError(was.number)
        for offset, one in inside[_at(inside, now.start) : _at(inside, now.end)]:
            if is_shared(one, now, shared):
                raise KeyError(one.owner)
            found.append((offset, owned(one, self._numbers[one.owner])))
        behind = self._with_owners(known[_at(known, was.end) :])
        return found + ([(offset + self._moved, one) for offset, one in behind] if self._moved else behind)

    def _is_outside_same(self, now: list[tuple[int, Binding]]) -> bool:
        """Tell whether outside of functions is bound what is known: parameters of a constructor may be attributes."""
        end, moved, edges = self._was.end, self._moved, [*chain.from_iterable(self._blank)]
        known = _outside(self._known.bindings, self._known.functions)
        before = ((at + moved * (at >= end), name, kind, chained) for at, name, kind, chained in known)
        left = [each for each in before if not bisect_right(edges, each[0]) % 2]
        return left == list(_outside(now, self._functions()))

    def _with_owners(self, bindings: list[tuple[int, Binding]]) -> list[tuple[int, Binding]]:
        """Return bindings from outside of the function with the owners that they have in the whole."""
        first, behind = self._first, self._was.behind
        if not self._more and not any(first < one.owner < behind for _, one in bindings):
            return bindings
        return [(offset, owned(one, self._later(one.owner))) for offset, one in bindings]

    def _imports(self) -> list[Import]:
        old, new = self._old, self._new
        found: list[Import] = []
        for one in self._known.imports:
            where = side_of(one.line, one.column, old)
            if where:
                line = one.line + (self._lines if where > 0 else 0)
                found.append(replace(one, owner=self._later(one.owner), line=line))
        for one in self._part.view.imports:
            if not side_of(one.line, one.column, new):
                found.append(owned(one, self._numbers[one.owner]))
        return found


def _outside(
    bindings: list[tuple[int, Binding]], functions: tuple[Function, ...]
) -> Iterator[tuple[int, str, BindingKind, Chain]]:
    """Yield where what is bound to what, but for what stands in functions."""
    starts = [each.start for each in functions]
    for offset, one in bindings:
        at = bisect_right(starts, offset) - 1
        if at < 0 or offset >= functions[at].end:
            yield offset, one.name, one.kind, one.chain


def _at(bindings: list[tuple[int, Binding]], offset: int) -> int:
    return bisect_left(bindings, offset, key=itemgetter(0))
