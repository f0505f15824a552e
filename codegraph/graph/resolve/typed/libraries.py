"""What a library's value may be: what its trail says of who is asked for a method.

A library hands back what it was handed, so a call that one of its values answers may be one of a method of the project.
It is surely none where a type or package of a library is asked itself (`Files.copy(a)`), and where a value is declared
to be of a library's type, only a class that is derived from something can be one of those; "@own" stands for a type of
the project whose bases are not all known. Tests: tests/cases (cases that end in "may be the project's own").
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

DERIVED = "derived"
"""The sort of a method (`keys.own_key`) whose type is derived from another: it may be one of a library's."""


class Asked(IntEnum):
    """Who is asked for a method: a name of a library, a value of a type that is known, or any value."""

    NAME = 0
    DECLARED = 1
    ANY = 2


class Receiver(NamedTuple):
    """Who is asked, and its name: steps divided by dots, calls and elements left aside."""

    asked: Asked
    name: str


def receiver_of(trail: str) -> Receiver:
    """Return who is asked for the method that a trail ends with."""
    *before, last = trail.split(" ")
    if not last or "" in before:
        return Receiver(Asked.ANY, "")  # of which nobody knows how it came about
    plain = [each for each in before if each[-1] not in ")]"]
    name = ".".join(plain)
    if len(plain) == len(before):
        return Receiver(Asked.NAME, name)
    is_instance = len(plain) == len(before) - 1 and before[-1] == "()"
    return Receiver(Asked.DECLARED if is_instance else Asked.ANY, name)


def own_member(name: str) -> str:
    """Return the trail to a member that a type of the project has of a base outside of it, if of any."""
    return f"@own () {name}"
