"""What a JavaScript expression can stand for while it is being resolved.

An entity is immutable and comparable; several together are the candidates of one expression, in the
order in which they were found. VARIABLE and FIELD keep the name they came by, because the elements of a
name may be known when its own type is not; `Evaluator.values` says what they hold.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import NamedTuple


class EntityKind(IntEnum):
    """The kinds of entity; the fields that each uses are told at `Entity`."""

    UNKNOWN = 0
    MODULE = 1
    DEFINITION = 2
    INSTANCE = 3
    VARIABLE = 4
    FIELD = 5
    ELEMENTS = 6
    CONTAINER_METHOD = 7


UNKNOWN, MODULE, DEFINITION, INSTANCE, VARIABLE, FIELD, ELEMENTS, CONTAINER_METHOD = EntityKind
"""The members themselves: looking one up in the class takes five times as long, in Python 3.11."""


FOREIGN = ("external", "builtin")
"""Reasons of an UNKNOWN that is surely none of the project's."""
HANDED_BACK = "handed_back"
"""The reason of an UNKNOWN that a library gave and that may be the project's own; links never name it."""


class Entity(NamedTuple):
    """One candidate.

    UNKNOWN: `name` is the reason, as in `core.changes.Unresolved`.
    MODULE: the file at `path`; its exports are its members.
    DEFINITION: `path`, `descriptor`, `form` its SymbolKind, `flags` as in `contributions`; a method that
    was reached through an object remembers it in `receiver`.
    INSTANCE: of the class, interface or constructor function at `path`, `descriptor`, `form`.
    VARIABLE: `name` among the locals of the linked file's definition `local`.
    FIELD: member `name` of the definition at `path`, `descriptor`, without a definition of its own.
    ELEMENTS: what the function at `path`, `descriptor` gives is iterable.
    CONTAINER_METHOD: a built-in method of a container; `receiver` is the container, `flags` is "keep" if
    calling it gives such a container again, "take" if it gives an element.
    `sure` is False once a type had to be inferred.
    """

    kind: EntityKind
    path: str = ""
    descriptor: str = ""
    form: str = ""
    name: str = ""
    flags: str = ""
    local: int = -1
    receiver: object = None
    sure: bool = True


Candidates = tuple[Entity, ...]


@cache
def unknown(reason: str) -> Candidates:
    """Return the single candidate that says why nothing was found; reasons are a few fixed words."""
    return (Entity(UNKNOWN, name=reason),)


def is_known(candidates: Candidates) -> bool:
    """Tell whether the candidates are something: an UNKNOWN one always stands alone."""
    return bool(candidates) and candidates[0].kind is not UNKNOWN


def merged(groups: list[Candidates], limit: int) -> Candidates:
    """Join groups of candidates: distinct, known ones only unless none is, at most `limit`."""
    if len(groups) == 1:
        return groups[0][:limit]
    distinct = dict.fromkeys(each for group in groups for each in group)
    known = [each for each in distinct if each.kind is not UNKNOWN]
    return tuple(known[:limit]) if known else tuple(distinct)[:1]


def unsure(candidates: Candidates) -> Candidates:
    """Return the candidates, marked as inferred."""
    return tuple(each._replace(sure=False) if each.sure else each for each in candidates)


def classes_first(bases: Candidates) -> Candidates:
    """Return bases with interfaces last: one that shares its name with a class adds to that class's own members."""
    return tuple(sorted(bases, key=lambda each: each.form == "interface"))
