"""Which of several methods with one number of parameters a call means, as far as the types of arguments can be seen.

The types are bare names: those of parameters as they are declared, those of arguments as extraction saw them, "" where
it did not. A parameter of the very type beats one of a base of it, and that beats one of another kind; a type of the
project that has no such base, and a literal, rule a method out. Those that remain equal are all meant.
Tests: tests/unit/graph/test_graph_java.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from codegraph.graph.resolve.scheme import Entry
from codegraph.graph.resolve.typed.overloads import best_of

_NUMBERS = "int long float double short byte char Integer Long Number"
_ACCEPTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "String": "String CharSequence Comparable Serializable",
        "Class": "Class Type AnnotatedElement GenericDeclaration Serializable",
        "int": _NUMBERS,
        "long": "long float double Long Number",
        "double": "double Double Number",
        "char": "char int long Character",
        "boolean": "boolean Boolean",
    }
)
"""A type's name -> the types of parameters, blank apart, that take it; Object and type parameters take anything."""


def fits(entry: Entry, count: str) -> bool:
    """Say whether a method can be called with so many arguments; "?" stands for any number."""
    arity = entry[1]
    if count == "?" or arity == count:
        return True
    return arity.endswith("+") and count.isdigit() and int(count) >= int(arity[:-1]) - 1


def best_overloads(
    entries: Sequence[Entry], given: str, bases_of: Callable[[str], tuple[Sequence[str], bool]]
) -> list[Entry]:
    """Return the methods that a call with arguments of these types can mean, the best ones of them.

    `given` holds the types of the arguments, commas apart; `bases_of` returns the names of a type's bases, itself
    included, and whether these are all of them.
    """
    return best_of(entries, given, lambda one, parameter: _level(one, parameter, bases_of))


def _level(given: str, parameter: str, bases_of: Callable[[str], tuple[Sequence[str], bool]]) -> int:
    """Return 4 for the very type, 3 for a base, 1 for what takes anything, 0 if nobody knows, -1 if it does not fit."""
    if given == parameter:
        return 4
    if parameter == "Object" or (len(parameter) < 3 and parameter.isupper()):
        return 1
    if given in _ACCEPTS:
        return 3 if parameter in _ACCEPTS[given].split() else -1
    bases, is_closed = bases_of(given)
    return 3 if parameter in bases else -1 if is_closed else 0
