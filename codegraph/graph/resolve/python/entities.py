"""What a Python expression can stand for while it is being resolved.

An entity is immutable and comparable; several together are the candidates of one expression, in the
order in which they were found. Lazy entities (VARIABLE, RESULT) keep the name they came by, because
the elements of `name` may be known when its own type is not; `Evaluator.expand` gives their values.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import NamedTuple


class EntityKind(IntEnum):
    """The kinds of entity; the fields that each uses are told at `Entity`."""

    MODULE = 0
    CLASS = 1
    FUNCTION = 2
    INSTANCE = 3
    VARIABLE = 4
    RESULT = 5
    UNKNOWN = 6


MODULE, CLASS, FUNCTION, INSTANCE, VARIABLE, RESULT, UNKNOWN = EntityKind
"""The members themselves: looking one up in the class takes five times as long, in Python 3.11."""


FOREIGN = ("builtin", "external")
"""Reasons of an UNKNOWN that is surely none of the project's."""
INHERITED = "inherited"
"""The reason of an UNKNOWN that a base outside of the project has, or a class that is derived from this one."""
HANDED_BACK = "handed_back"
"""The reason of an UNKNOWN that a library gave and that may be the project's own; links never name it."""


class ClassName(NamedTuple):
    """A class, by file and descriptor."""

    path: str
    descriptor: str


class Entity(NamedTuple):
    """One candidate.

    MODULE: `path` of the file ("" for a namespace package), `name` its directory-like prefix.
    CLASS: `path`, `descriptor`. INSTANCE: the same, of the class; `sure` if it is the enclosing one.
    FUNCTION, RESULT (of calling it): `path`, `descriptor`, `name` its flags, `receiver` if bound.
    CLASS and INSTANCE reached through a variable or a call are not `sure`, nor are their members.
    VARIABLE: `path`, `descriptor` of its own definition or "", `scope` of the class that it is a member
    of ("" for a module's), `name`, `receiver`; a local one has the owner's index in `local`.
    A VARIABLE or RESULT with `method` is that method of a container of which the elements are known.
    UNKNOWN: `name` is the reason, as in `core.changes.Unresolved`.
    """

    kind: EntityKind
    path: str = ""
    descriptor: str = ""
    name: str = ""
    scope: str = ""
    receiver: ClassName | None = None
    sure: bool = True
    local: int = -1
    method: str = ""

    @property
    def is_property(self) -> bool:
        """Say whether it is a property, reached as a member."""
        return "p" in self.name and self.receiver is not None


GIVING = frozenset({"get", "get_nowait", "pop", "popleft", "popitem", "setdefault"})
"""Methods of containers that return an element."""
PASSING = frozenset({"copy", "values"})
"""Methods of containers that return something with the same elements."""

Candidates = tuple[Entity, ...]


@cache
def unknown(reason: str) -> Candidates:
    """Return the single candidate that says why nothing was found; reasons are a few fixed words."""
    return (Entity(UNKNOWN, name=reason),)


def is_known(candidates: Candidates) -> bool:
    """Say whether at least one candidate is something."""
    for each in candidates:  # noqa: SIM110  (a generator costs twice as much, and this is asked at every step)
        if each.kind is not UNKNOWN:
            return True
    return False


def merged(groups: list[Candidates], limit: int) -> Candidates:
    """Join groups of candidates: distinct, known ones only unless none is, at most `limit`; of the
    unknown one, rather what may be of the project.
    """
    distinct = dict.fromkeys(each for group in groups for each in group)
    known = [each for each in distinct if each.kind is not UNKNOWN]
    if known:
        return tuple(known[:limit])
    return tuple(sorted(distinct, key=_is_foreign))[:1]


def _is_foreign(unknown: Entity) -> bool:
    """Say whether it is sure that nothing of the project is meant."""
    return unknown.name in FOREIGN


def as_sure(candidates: Candidates, sure: bool) -> Candidates:
    """Return candidates that are at most as sure as that."""
    if sure:
        return candidates
    return tuple(each._replace(sure=False) if each.kind is not UNKNOWN else each for each in candidates)
