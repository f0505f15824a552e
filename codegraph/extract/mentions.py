"""The references of a file of which one function or callback was edited (see `splice`).

Those of a function are its own; those of a callback are merged with what its module mentions elsewhere. Where a mention
stands on the wrong side of what was edited, the parts do not fit: KeyError.
Tests: tests/unit/extract/test_extract_again.py, test_extract_apart.py.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TypeVar

from msgspec.structs import replace

from codegraph.core.facts import Binding, Chain, Import, Reference, Role
from codegraph.core.symbols import Range
from codegraph.extract.extractor import Look
from codegraph.extract.known import Function, Known
from codegraph.extract.references import chain_spelled, spelled

_Item = TypeVar("_Item", Binding, Import, Reference)


class Mentions:
    """What was known, what was found in the part, and how one becomes the other."""

    def __init__(
        self,
        known: Known,
        part: Look,
        edited: tuple[Function, Function],
        places: tuple[Range, Range],
        numbers: Mapping[int, int],
        later: Callable[[int], int],
    ) -> None:
        """`edited`: as it was and as it is in the part; `numbers`, `later`: indices of definitions in the whole."""
        self._known = known
        self._part = part
        self._was, self._now = edited
        self._old, self._new = places
        self._numbers = numbers
        self._later = later
        self._lines = self._new.end_line - self._old.end_line
        self._is_renumbered = self._now.behind - self._now.number != self._was.behind - self._was.number

    def beside(self) -> tuple[tuple[Reference, ...], list[int]]:
        """Return the references of a file with an edited function, and the offset of each one's first mention."""
        known, mentions, was, now = self._known.references, self._known.mentions, self._was, self._now
        first, last = bisect_left(mentions, was.start), bisect_left(mentions, was.end)
        old, new = self._old, self._new
        start, number, moved = old.start_line, was.number, now.end - was.end
        found = [
            one if one.positions[-2] < start and one.owner <= number else self._around(one, old)
            for one in known[:first]
        ]
        for one in known[first:last]:
            if not was.number <= one.owner < was.behind or side_of(one.positions[-2], one.positions[-1], old):
                raise KeyError(one.owner)
        inside, offsets = self._part.view.references.references(), self._part.view.references.first
        begin, end = bisect_left(offsets, now.start), bisect_left(offsets, now.end)
        for at, one in enumerate(inside):
            if begin <= at < end:
                if not now.number <= one.owner < now.behind or side_of(one.positions[-2], one.positions[-1], new):
                    raise KeyError(one.owner)
                found.append(owned(one, self._numbers[one.owner]))
            elif any(not side_of(line, column, new) for line, column in _places(one)):
                raise KeyError(one.owner)
        if self._lines or self._is_renumbered:
            found += [self._around(one, old) for one in known[last:]]
        else:
            found += known[last:]
        return tuple(found), [*mentions[:first], *offsets[begin:end], *[each + moved for each in mentions[last:]]]

    def merged(self) -> tuple[tuple[Reference, ...], list[int]]:
        """Return the same for a callback: what it mentions is its module's, as is what stands around it."""
        known, was, text = self._known, self._was, self._part.view.text
        inside = self._mentioned()
        found: list[tuple[int, Reference]] = []
        for at, one in zip(known.mentions, known.references, strict=True):
            if was.number <= one.owner < was.behind:
                if any(side_of(line, column, self._old) for line, column in _places(one)):
                    raise KeyError(one.owner)
                continue
            owner = self._later(one.owner)
            before, behind = self._beside(one.positions)
            more = inside.pop((owner, one.chain, one.role), [])
            if not more and len(before) == len(one.positions) and owner == one.owner:
                found.append((at, one))
            elif before or more or behind:
                first = at if before else more[0] if more else text.offset(*behind[:2])
                positions = (*before, *text.positions(more), *behind)
                found.append((first, Reference(owner, one.chain, one.role, positions)))
        for (owner, chain, role), more in inside.items():
            found.append((more[0], Reference(owner, chain, role, text.positions(more))))
        found.sort(key=itemgetter(0) if len({at for at, _ in found}) == len(found) else _order)
        return tuple(one for _, one in found), [at for at, _ in found]

    def _mentioned(self) -> dict[tuple[int, Chain, Role], list[int]]:
        """Return what is mentioned in the callback, and at which offsets."""
        found: dict[tuple[int, Chain, Role], list[int]] = {}
        for (owner, spelling, role), offsets in self._part.view.references.offsets.items():
            inside = sorted({each for each in offsets if self._now.start <= each < self._now.end})
            is_inner = self._now.number <= owner < self._now.behind
            if is_inner and len(inside) < len(set(offsets)):
                raise KeyError(owner)
            if inside:
                found[self._numbers[owner], chain_spelled(spelling), role] = inside
        return found

    def _beside(self, positions: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """Return which of some positions, in order, stand before the callback, and those behind it as they are now."""
        old = self._old
        if positions[-2] < old.start_line:
            return positions, ()
        places = [*zip(positions[::2], positions[1::2], strict=True)]
        first = bisect_left(places, (old.start_line, old.start_column))
        last = bisect_left(places, (old.end_line, old.end_column))
        behind = [each for line, column in places[last:] for each in (line + self._lines, column)]
        return positions[: 2 * first], behind

    def _around(self, one: Reference, place: Range) -> Reference:
        """Return a reference from outside of the function, with its mentions behind that moved."""
        positions = list(one.positions)
        if (positions[0], positions[1]) >= (place.end_line, place.end_column):
            positions[::2] = [line + self._lines for line in positions[::2]]
            return Reference(self._later(one.owner), one.chain, one.role, tuple(positions))
        for at in range(0, len(positions), 2):
            side = side_of(positions[at], positions[at + 1], place)
            if not side:
                raise KeyError(one.owner)
            positions[at] += self._lines if side > 0 else 0
        return Reference(self._later(one.owner), one.chain, one.role, tuple(positions))


def owned(item: _Item, owner: int) -> _Item:
    """Return something with this owner."""
    return item if item.owner == owner else replace(item, owner=owner)


def _order(mention: tuple[int, Reference]) -> tuple[int, int, str, Role]:
    at, one = mention
    return at, one.owner, spelled(one.chain), one.role


def _places(one: Reference) -> Iterator[tuple[int, int]]:
    return zip(one.positions[::2], one.positions[1::2], strict=True)


def side_of(line: int, column: int, place: Range) -> int:
    """Say whether a position is before (-1), inside (0) or behind (1) a range."""
    if (line, column) < (place.start_line, place.start_column):
        return -1
    return int((line, column) >= (place.end_line, place.end_column))
