"""What a chain of a statically typed language can stand for while it is being resolved.

An entity is immutable and comparable; several together are the candidates of one chain.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import NamedTuple


class EntityKind(IntEnum):
    """The kinds of entity; the fields that each uses are told at `Entity`."""

    PACKAGE = 0
    TYPE = 1
    INSTANCE = 2
    FUNCTION = 3
    VALUE = 4
    WRAPPED = 5
    UNKNOWN = 6


PACKAGE, TYPE, INSTANCE, FUNCTION, VALUE, WRAPPED, UNKNOWN = EntityKind
"""The members themselves: looking one up in the class takes five times as long, in Python 3.11."""


class Entity(NamedTuple):
    """One candidate.

    PACKAGE: `name` is the package. TYPE and INSTANCE (of it): `path`, `descriptor`, `name`.
    FUNCTION: `path`, `descriptor`, `name` (what the language wants to know of it).
    VALUE: a variable, constant or field that is a definition: `path`, `descriptor`, `name`.
    WRAPPED: `name` is the chain's element ("@of", "@call"), `inner` what is inside.
    UNKNOWN: `name` is the reason, as in `core.changes.Unresolved`; of what is "external" `descriptor` is the trail, the
    steps that lead to it from a library's name on, blanks between them, as far as these are known.
    """

    kind: EntityKind
    path: str = ""
    descriptor: str = ""
    name: str = ""
    inner: tuple[Entity, ...] = ()

    def as_kind(self, kind: EntityKind) -> Entity:
        """Return the same as another kind, in a third of the time of `_replace`."""
        return self if self.kind is kind else Entity(kind, self.path, self.descriptor, self.name, self.inner)


Candidates = tuple[Entity, ...]


@cache
def unknown(reason: str) -> Candidates:
    """Return the single candidate that says why nothing was found; reasons are a few fixed words."""
    return (Entity(UNKNOWN, name=reason),)


def foreign(trail: str) -> Candidates:
    """Return the single candidate for what a library gives at the end of a trail."""
    return (Entity(UNKNOWN, descriptor=trail, name="external"),)


def is_foreign(candidates: Candidates) -> bool:
    """Say whether a library gives what is meant."""
    return candidates[0].kind is UNKNOWN and candidates[0].name == "external"


def is_known(candidates: Candidates) -> bool:
    """Say whether at least one candidate is something."""
    for each in candidates:  # noqa: SIM110  (a generator costs twice as much, and this is asked at every step)
        if each.kind is not UNKNOWN:
            return True
    return False


def merged(groups: list[Candidates], limit: int) -> Candidates:
    """Join groups of candidates: distinct, known ones only unless none is, at most `limit`."""
    if len(groups) == 1:
        return groups[0]
    distinct = dict.fromkeys([each for group in groups for each in group])
    known = [each for each in distinct if each.kind is not UNKNOWN]
    return tuple(known[:limit]) if known else tuple(distinct)[:1]


def spaces(candidates: Candidates) -> Candidates:
    """Return those that other names stand in: types and packages."""
    return tuple([each for each in candidates if each.kind is TYPE or each.kind is PACKAGE])


def shallow(candidates: Candidates, limit: int) -> Candidates:
    """Return candidates without what is inside of them where that is nested deeper than `limit`."""
    for each in candidates:
        if each.inner and _is_deeper(each.inner, limit):
            break
    else:
        return candidates
    return tuple([each._replace(inner=()) if _is_deeper(each.inner, limit) else each for each in candidates])


def _is_deeper(inside: Candidates, limit: int) -> bool:
    """Tell whether what is inside of a candidate is nested deeper, level by level."""
    level: list[Entity] = list(inside)
    for _ in range(limit):
        level = [one for each in level for one in each.inner]
        if not level:
            return False
    return bool(level)
