"""Which of several methods with one number of parameters a call means, as far as the types of arguments can be seen.

The types are bare names: those of parameters as they are declared ("?" and its bound for a type parameter), those of
arguments as extraction saw them ("null", "->" for a lambda or a method reference, "" where it did not). A parameter of
the very type beats one of a base of it, and that beats one of another kind; a type of the project that has no such
base, and a literal, rule a method out. Those that remain equal are all meant. A method that takes any number of
arguments is meant only where no other one is ("Phases of applicability", JLS 15.12.2).
Tests: tests/unit/graph/test_graph_java.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from codegraph.graph.resolve.scheme import Entry
from codegraph.graph.resolve.typed.entities import Entity

Bases = Callable[[str], tuple[Sequence[str], bool]]
"""A type's name -> the names of its bases, itself included, and whether these are all of them."""
_NUMBERS = "int long float double short byte char Integer Long Number Comparable Serializable"
_ACCEPTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        given: frozenset(accepting.split())
        for given, accepting in {
            "String": "String CharSequence Comparable Serializable Constable ConstantDesc",
            "Class": "Class Type AnnotatedElement GenericDeclaration Serializable Constable",
            "int": _NUMBERS,
            "long": "long float double Long Number Comparable Serializable",
            "double": "double Double Number Comparable Serializable",
            "char": "char int long float double Character Comparable Serializable",
            "boolean": "boolean Boolean Comparable Serializable",
        }.items()
    }
)
"""A type's name -> the types of parameters, blank apart, that take it; Object and type parameters take anything."""
_LIBRARY: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        given: frozenset(f"{given} {bases}".split())
        for given, bases in {
            "Collection": "Iterable",
            "List": "Collection Iterable SequencedCollection",
            "ArrayList": "List AbstractList Collection Iterable SequencedCollection RandomAccess",
            "Set": "Collection Iterable",
            "HashSet": "Set AbstractSet Collection Iterable",
            "LinkedHashSet": "HashSet Set Collection Iterable SequencedSet SequencedCollection",
            "Map": "",
            "HashMap": "Map AbstractMap",
            "LinkedHashMap": "HashMap Map AbstractMap SequencedMap",
            "Integer": "int long float double Number Comparable",
            "Long": "long float double Number Comparable",
            "Boolean": "boolean Comparable",
            "StringBuilder": "CharSequence Appendable Comparable",
            "InputStream": "Closeable AutoCloseable",
            "OutputStream": "Closeable AutoCloseable Flushable",
            "Reader": "Readable Closeable AutoCloseable",
            "Writer": "Appendable Closeable AutoCloseable Flushable",
            "File": "Comparable",
            "Path": "Comparable Iterable Watchable",
            "URL": "",
            "URI": "Comparable",
            "Locale": "",
            "Charset": "Comparable",
            "Method": "Executable AccessibleObject AnnotatedElement GenericDeclaration Member",
            "ClassLoader": "",
            "Throwable": "",
            "Exception": "Throwable",
            "Duration": "TemporalAmount Comparable",
            "Instant": "Temporal TemporalAccessor Comparable",
        }.items()
    }
)
"""Types of the standard library -> the types of parameters that take them."""
_PRIMITIVES: Final = frozenset({"int", "long", "double", "float", "char", "boolean", "byte", "short"})
_NO_CODE: Final = _PRIMITIVES | {
    "String",
    "Class",
    "Object",
    "CharSequence",
    "Integer",
    "Long",
    "Boolean",
    "List",
    "Map",
}
"""Types of parameters that take no lambda."""
_OF_ARRAYS: Final = frozenset({"Serializable", "Cloneable"})


_VERY = 4
"""How near a parameter of the very type is."""
Method = tuple[Entity, Entry]
"""A method and the type that has it."""


class _Best(NamedTuple):
    score: int = -1
    is_certain: bool = True
    """Nothing is left of what the types of the arguments could not tell."""
    methods: Sequence[Method] = ()


def fits(entry: Entry, count: str) -> bool:
    """Say whether a method can be called with so many arguments; "?" stands for any number."""
    arity = entry[1]
    if count == "?" or arity == count:
        return True
    return arity.endswith("+") and count.isdigit() and int(count) >= int(arity[:-1]) - 1


class Meant:
    """The methods that a call can mean, out of those of one name that its receiver's type and its bases have."""

    def __init__(self, count: str, given: str, bases_of: Bases) -> None:
        """`count` is the number of arguments, `given` their types, commas apart, "" if none is known."""
        self._count = count
        self._given = given.split(",") if given else []
        self._bases_of = bases_of
        self._fixed = _Best()
        self._variable = _Best()
        self._doubtful: list[Method] = []
        self._enough = _VERY * sum(map(bool, self._given))

    @property
    def is_settled(self) -> bool:
        """Whether nothing that a base has can fit better."""
        return bool(self._fixed.methods) and (not self._given or self._fixed.score >= self._enough)

    def add(self, owner: Entity, entries: Sequence[Entry]) -> None:
        """Take in the methods of a type; the nearest type comes first."""
        fitting = [entry for entry in entries if fits(entry, self._count)]
        fixed = [entry for entry in fitting if self._count in ("?", entry[1])]
        variable = [entry for entry in fitting if self._count not in ("?", entry[1])]
        self._fixed = self._better(self._fixed, owner, fixed)
        self._variable = self._better(self._variable, owner, variable)
        self._doubtful = self._doubtful or [(owner, entry) for entry in fixed or variable]

    def found(self) -> Sequence[Method]:
        """Return the methods, each with its type."""
        fixed, variable = self._fixed, self._variable
        if not fixed.methods or not variable.methods:
            return fixed.methods or variable.methods or self._doubtful
        if variable.score > fixed.score and not fixed.is_certain:
            return variable.methods
        if self._is_told(fixed.methods[0][1], variable.methods[0][1]):
            return fixed.methods
        return [*fixed.methods, *variable.methods]

    def _better(self, best: _Best, owner: Entity, entries: Sequence[Entry]) -> _Best:
        """Return what fits better: the best so far, or what there is of these; nobody asks for bases if it is one."""
        bases_of = self._bases_of if len(entries) > 1 else _of_library
        scores = [_score(entry, self._given, bases_of) for entry in entries]
        score, is_certain = max(scores, default=(-1, True))
        if score <= best.score:
            return best
        methods = [(owner, entry) for entry, each in zip(entries, scores, strict=True) if each[0] == score]
        return _Best(score, is_certain, methods)

    def _is_told(self, fixed: Entry, variable: Entry) -> bool:
        """Say whether an argument of an unknown type stands only where both methods have the same type."""
        given = self._given or [""] * int(self._count)
        ones, others = fixed[3].split(","), variable[3].split(",")
        return all(
            bool(each) or ones[min(number, len(ones) - 1)] == others[min(number, len(others) - 1)]
            for number, each in enumerate(given)
        )


def _of_library(name: str) -> tuple[Sequence[str], bool]:
    return (name,), False


def is_overridden(entry: Entry, types: str) -> bool:
    """Say whether a method of a base may be overridden by one with parameters of these types (JLS 8.4.2).

    A type parameter of the base may be any type.
    """
    theirs, ours = entry[3].split(","), types.split(",")
    return len(theirs) == len(ours) and all(
        their == our or (their[:1] == "?" and our not in _PRIMITIVES and (their == "?" or our.endswith("[]")))
        for their, our in zip(theirs, ours, strict=True)
    )


def _score(entry: Entry, arguments: Sequence[str], bases_of: Bases) -> tuple[int, bool]:
    """Return how near the parameters are, and whether that is known of all arguments whose types are."""
    parameters = entry[3].split(",")
    total, is_certain = 0, True
    for number, given in enumerate(arguments):
        parameter = parameters[min(number, len(parameters) - 1)]
        near = _level(given, parameter, bases_of) if given else 0
        if number >= len(parameters) - 1 and entry[1][-1:] == "+" and given:
            near = max(near, _level(given, f"{parameter}[]", bases_of))  # all of the rest as an array
        if near < 0:
            return -1, True
        is_certain = is_certain and (near > 0 or given in ("", "null", "->"))
        total += near
    return total, is_certain


def _level(given: str, parameter: str, bases_of: Bases) -> int:
    """Return 4 for the very type, 3 for a base, 1 for what takes anything, 0 if nobody knows, -1 if it does not fit."""
    if given == parameter:
        return _VERY
    if given == "null":
        return -1 if parameter in _PRIMITIVES else 0
    if given == "->":
        return -1 if parameter in _NO_CODE or parameter[:1] == "?" or parameter.endswith("[]") else 0
    if parameter == "Object" or (parameter[:1] == "?" and not parameter.endswith("[]")):
        return 1
    if given.endswith("[]"):
        if not parameter.endswith("[]"):
            return 1 if parameter in _OF_ARRAYS else -1
        return -1 if given[:-2] in _PRIMITIVES else _level(given[:-2], parameter[:-2], bases_of)
    if parameter.endswith("[]"):
        return -1
    if given in _ACCEPTS:
        return 3 if parameter in _ACCEPTS[given] else -1
    bases, is_closed = bases_of(given)
    if parameter in bases:
        return 3
    if given in _LIBRARY and not is_closed:
        return 3 if parameter in _LIBRARY[given] or parameter == "Serializable" else -1
    return -1 if is_closed else 0
