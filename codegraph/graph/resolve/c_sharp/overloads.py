"""Which of several methods a call in C# means, as far as the types of arguments can be seen.

The types are bare names: those of parameters as they are declared, those of arguments as extraction saw them, "" where
it did not. A parameter of the very type beats one that a number widens to or a base of it, and that one of any type; a
type that does not fit rules a method out. Those that remain equal are all meant.
Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from codegraph.graph.resolve.scheme import Entry
from codegraph.graph.resolve.typed.overloads import best_of

_WIDER: Final = {
    "int": ("long", "float", "double", "decimal", "short", "byte", "uint", "ulong", "ushort", "sbyte", "nint"),
    "char": ("int", "ushort", "long"),
    "float": ("double",),
    "long": ("float", "double", "decimal"),
    "string": ("IEnumerable", "ReadOnlySpan", "IComparable"),
}
CLOSED: Final = frozenset({"int", "char", "float", "long", "string", "bool", "double", "byte", "object", "Type"})
"""Types whose bases are all known, as far as overloads can tell them apart."""
_DELEGATES: Final = frozenset({"Action", "Func", "Predicate", "Comparison", "Expression", "Converter"})
_OF_MANY: Final = frozenset(
    {"IEnumerable", "IList", "List", "ICollection", "IReadOnlyList", "IReadOnlyCollection", "Span", "ReadOnlySpan"}
    | {"Memory", "ReadOnlyMemory", "Dictionary", "IDictionary", "IReadOnlyDictionary", "ReadOnlySequence", "Array"}
)
_TYPE_PARAMETER: Final = re.compile(r"T([A-Z]\w*)?\Z")
LETTERS: Final = "socpeu"
"""All flags of a method that are letters (see `extract.languages.c_sharp.walk`)."""
_MODIFIERS: Final = re.compile(r"^(ref|in|out|params|this)\b")


def takes(least: str, most: str, count: int) -> bool:
    """Say whether a method takes a number of arguments."""
    return int(least) <= count and (most == "*" or count <= int(most))


def best_overloads(
    entries: Sequence[Entry], given: str, bases_of: Callable[[str], tuple[Sequence[str], bool]]
) -> list[Entry]:
    """Return the methods that a call with arguments of these types can mean, the best ones of them.

    The last field of an entry holds the types of the parameters, commas apart, `given` those of the arguments;
    `bases_of` returns the names of a type's bases, itself included, and whether these are all of them.
    """
    bare = [("", "", "", ",".join(_split(entry[-1])), str(number)) for number, entry in enumerate(entries)]
    best = best_of(bare, given, lambda one, parameter: _level(one, parameter, bases_of))
    return [entries[int(each[4])] for each in best]


def of_arity(methods: list[Entry], generic: str, flags: int, *, is_bare: bool = False) -> list[Entry]:
    """Return the methods that a call with so many type arguments ("" for none) can mean, all if it fits none.

    `flags` is the place in an entry of the flags, `is_bare` says that the call has no arguments at all, so that it has
    nothing to infer type arguments from ("Type inference", C# language specification).
    """
    if generic:
        found = [each for each in methods if each[flags].lstrip(LETTERS) == generic]
    elif is_bare:
        found = [each for each in methods if not each[flags][-1:].isdigit()]
    else:
        found = [each for each in methods if "u" not in each[flags]]
    return found or methods


def preferred(entries: Sequence[Entry], count: int, most: int) -> list[Entry]:
    """Return those of equal methods that need no list of rest arguments, then those that need no default.

    `most` is the place in an entry of the number of parameters; `count` is the number of arguments.
    """
    plain = [entry for entry in entries if entry[most] != "*"] or list(entries)
    return [entry for entry in plain if entry[most] == str(count)] or plain


def _split(types: str) -> list[str]:
    """Return bare types of parameters: type arguments have commas of their own."""
    found, depth = [""], 0
    for character in types:
        depth += (character in "<([") - (character in ">)]")
        if character == "," and not depth:
            found.append("")
        elif (not depth and character not in ">)?") or (character in "[]"):
            found[-1] += character
    bare = [_MODIFIERS.sub("", each) for each in found]
    return ["*"[: each.startswith("*")] + each.lstrip("*").rpartition(".")[2] for each in bare]


def _level(given: str, parameter: str, bases_of: Callable[[str], tuple[Sequence[str], bool]]) -> int:
    """Return 4 for the very type, 3 for a wider one or a base, 1 for what takes anything, -1 if it does not fit."""
    if parameter[:1] == "*":  # rest arguments: all of them as an array, or each by itself
        return max(_level(given, parameter[1:], bases_of), _level(given, parameter[1:].removesuffix("[]"), bases_of))
    if given == parameter:
        return 4
    if given == "=>":
        return 3 if parameter in _DELEGATES else -1 if parameter in CLOSED else 0
    if given[0] == "~":
        return 2 if given[1:] == parameter else 0
    if parameter == "object" or parameter == "dynamic" or _TYPE_PARAMETER.match(parameter):
        return 1
    if given.endswith("[]"):
        return 3 if parameter.endswith("[]") or parameter in _OF_MANY else -1
    if parameter.endswith("[]") and given in CLOSED:
        return -1
    if given in _WIDER:
        return 3 if parameter in _WIDER[given] else -1
    bases, is_closed = bases_of(given)
    return 3 if parameter in [each.partition("`")[0] for each in bases] else -1 if is_closed else 0
