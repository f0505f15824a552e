"""Which definitions a name means in a namespace: own ones, those of included files, those nearest by directory.

A declaration gives way to the definition with the same parameters, wherever that stands. What only its file sees
(static, in a nameless namespace) counts there and where the file is included.
Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from codegraph.core.words import words
from codegraph.graph.resolve.includes import Included, shared_directories
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.typed.entities import Candidates, Entity, unknown
from codegraph.graph.resolve.typed.overloads import best_of

_NUMBERS: Final = words(
    """
    int long float double short unsigned size_t ssize_t char int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t
    uint64_t longlong unsignedint unsignedlong bool
    """
)
_TEXTS: Final = frozenset({"char*", "string", "string_view", "Slice", "StringRef", "StringPiece", "void*"})
_KINDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"int": _NUMBERS, "double": _NUMBERS, "bool": _NUMBERS, "char": _NUMBERS, "char*": _TEXTS}
)


class Sight(Included):
    """What a name means in a file, by what that sees."""

    def __init__(self, table: TableReader, path: str) -> None:
        super().__init__(table, path)
        self.guessed: set[tuple[str, str]] = set()
        """(path, descriptor) of what was taken although no include leads to it."""

    def choose(self, entries: Sequence[Entry], *, own_first: bool = True) -> list[Entry]:
        """Return the entries that this file means: its own, else those it includes, else the nearest."""
        usable = [each for each in entries if "s" not in each[3] or self.sees(each[0])]
        if not usable:
            return []
        if own_first:
            own = [each for each in usable if each[0] == self.path]
            if own:
                return own
        seen = [each for each in usable if self.sees(each[0])]
        if seen:
            return seen
        found = self.nearest(usable)
        self.guessed.update((each[0], each[1]) for each in found)
        return found

    def nearest(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries of the files that share most directories with this one."""
        most = max(shared_directories(each[0], self.path) for each in entries)
        return [each for each in entries if shared_directories(each[0], self.path) == most]

    def functions(self, entries: Sequence[Entry], count: str) -> list[Entry]:
        """Return the functions that a call with so many arguments means, declarations replaced by definitions."""
        number, _, types = count.partition(":")
        fitting = [each for each in entries if fits(each[4], number)]
        chosen = self.choose(fitting, own_first=False)
        found: dict[Entry, None] = {}
        for each in chosen:
            found.update(dict.fromkeys(self.joined(each, fitting)))
        if any((each[0], each[1]) in self.guessed for each in chosen):
            self.guessed.update((each[0], each[1]) for each in found)
        best = best_of([(each[1], each[4], each[3], each[5], each[0]) for each in found], types, _nearness)
        if len(best) > MAX_CANDIDATES or (len(best) > 1 and len({each[4] for each in best}) > 1):
            near = self.nearest([(each[4], *each[:4]) for each in best])
            best = [(*each[1:], each[0]) for each in near]
        places = {(each[4], each[0]) for each in best}
        return [each for each in found if (each[0], each[1]) in places]

    def joined(self, entry: Entry, others: Sequence[Entry]) -> list[Entry]:
        """Return the definitions of a declared function, itself where there is none."""
        if "d" in entry[3]:
            return [entry]
        defined = [each for each in others if "d" in each[3] and ("s" not in each[3] or each[0] == entry[0])]
        same = [each for each in defined if each[5] == entry[5]]
        if not same:
            declared = {each[5] for each in others if "d" not in each[3] and each is not entry}
            same = [each for each in defined if most(each[4]) == most(entry[4]) and each[5] not in declared]
        return self.nearest(same) if same else [entry]


def at_most(found: Sequence[Entity]) -> Candidates:
    """Return as many candidates as get an edge; an unknown one behind them says that there are more."""
    return (*found[:MAX_CANDIDATES], *unknown("ambiguous")) if len(found) > MAX_CANDIDATES else tuple(found)


def most(arity: str) -> str:
    """Return the largest number of arguments of an arity."""
    return arity.rpartition("-")[2]


def fits(arity: str, count: str) -> bool:
    """Say whether a function takes so many arguments; "?" stands for any number, on both sides."""
    if arity in ("?", count) or count in ("?", ""):
        return True
    if arity.endswith("+"):
        return int(count) >= int(arity[:-1])
    least, _, largest = arity.partition("-")
    return bool(largest) and int(least) <= int(count) <= int(largest)


def best_methods(entries: Sequence[Entry], types: str) -> list[Entry]:
    """Return the methods whose parameters are nearest to arguments of these types."""
    return best_of(entries, types, _nearness)


def _nearness(given: str, parameter: str) -> int:
    """Return 4 for the very type, 3 for one like it, 0 where nobody knows, -1 if a literal does not fit."""
    if given == parameter or given == parameter.rstrip("*"):
        return 4
    if given in _KINDS:
        if parameter in _KINDS[given]:
            return 3
        return -1 if parameter in _NUMBERS or parameter in _TEXTS else 0
    return 3 if given == "nullptr" and parameter.endswith("*") else 0
