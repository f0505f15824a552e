"""Python annotations as chains: what an annotated name is, and what iterating or indexing it gives.

An annotation is read as text, so that strings (forward references) and source need one reader only. It is
parsed into a small tree of dotted names and arguments; unions become alternatives. `Optional`, `Annotated`,
`ClassVar` and the like are looked through; `type[X]` is X itself; containers give elements.
Parsing is bounded in length and depth; what it cannot follow gives nothing.
Tests: tests/unit/extract/test_extract_python_annotations.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from codegraph.core.facts import Chain

MAX_CHARACTERS = 2_000
MAX_NESTING = 20

_TOKEN = re.compile(r"\s*(?:([^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*)|([\[\](),|])|([rRuUbB]*(?:\"[^\"]*\"|'[^']*'))|(\S))")

_LOOKED_THROUGH = frozenset(
    {"Annotated", "ClassVar", "Final", "InitVar", "NotRequired", "Optional", "ReadOnly", "Required"}
    | {"Unpack", "Awaitable", "TypeGuard", "TypeIs"}
)
_CONTAINERS = frozenset(
    {"AsyncGenerator", "AsyncIterable", "AsyncIterator", "Collection", "Container", "Deque", "FrozenSet", "Generator"}
    | {"Iterable", "Iterator", "List", "MutableSequence", "MutableSet", "Reversible", "Sequence", "Set", "AbstractSet"}
    | {"ContextVar", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue"}
    | {"Tuple", "ValuesView", "KeysView", "deque", "frozenset", "list", "set", "tuple"}
    | {"AbstractAsyncContextManager", "AbstractContextManager", "AsyncContextManager", "ContextManager"}
)
"""Those that give elements when they are iterated, indexed, asked or entered."""
_MAPPINGS = frozenset(
    {"ChainMap", "DefaultDict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "dict"}
)
_CLOSING = MappingProxyType({"[": "]", "(": ")"})
_NOTHING = frozenset({"Any", "Callable", "Literal", "LiteralString", "Never", "NoReturn", "None", "Self", "object"})


class Annotation(NamedTuple):
    """What a name with this annotation is, alternative by alternative, and what its elements are."""

    values: tuple[Chain, ...] = ()
    elements: tuple[Chain, ...] = ()


class _Type(NamedTuple):
    """A parsed type: a dotted name ("" for a bare list of arguments, "|" for a union) and its arguments."""

    name: tuple[str, ...]
    arguments: tuple[_Type, ...] = ()


@lru_cache(maxsize=4096)
def read_annotation(source: str) -> Annotation:
    """Return what an annotation says; nothing for what is too long or not understood."""
    if len(source) > MAX_CHARACTERS:
        return Annotation()
    parsed = _Parser(source, 0).union()
    return Annotation(_unique(_values(parsed)), _unique(_elements(parsed)))


def _unique(chains: list[Chain]) -> tuple[Chain, ...]:
    return tuple(dict.fromkeys(chains))


def _values(parsed: _Type) -> list[Chain]:
    last = parsed.name[-1] if parsed.name else ""
    if last == "|" or last == "Union":
        return [chain for argument in parsed.arguments for chain in _values(argument)]
    if last in _LOOKED_THROUGH:
        return _values(parsed.arguments[0]) if parsed.arguments else []
    if last == "Coroutine":
        return _values(parsed.arguments[2]) if len(parsed.arguments) == 3 else []
    if last in ("type", "Type") and parsed.arguments:
        return [chain[:-1] for chain in _values(parsed.arguments[0]) if chain[-1] == "()"]
    if last == "Self":
        return [("@self",)]
    if not last or last in _NOTHING:
        return []
    return [(*parsed.name, "()")]


def _elements(parsed: _Type) -> list[Chain]:
    last = parsed.name[-1] if parsed.name else ""
    arguments = parsed.arguments
    if last == "|" or last == "Union":
        return [chain for argument in arguments for chain in _elements(argument)]
    if last in _LOOKED_THROUGH:
        return _elements(arguments[0]) if arguments else []
    if last in _MAPPINGS:
        return _values(arguments[1]) if len(arguments) > 1 else []
    if last in ("tuple", "Tuple"):
        return [chain for argument in arguments for chain in _values(argument)]
    if last in _CONTAINERS:
        return _values(arguments[0]) if arguments else []
    return []


class _Parser:
    """Reads dotted names, brackets, unions and nested strings; recursion is bounded by MAX_NESTING."""

    def __init__(self, source: str, depth: int) -> None:
        self._tokens = [(match.lastindex, match.group(match.lastindex or 0)) for match in _TOKEN.finditer(source)]
        self._at = 0
        self._depth = depth

    def union(self) -> _Type:
        """Read alternatives separated by bars."""
        alternatives = [self._one()]
        while self._peek() == "|":
            self._at += 1
            alternatives.append(self._one())
        return alternatives[0] if len(alternatives) == 1 else _Type(("|",), tuple(alternatives))

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _one(self) -> _Type:
        if self._at >= len(self._tokens) or self._depth > MAX_NESTING:
            return _Type(())
        group, word = self._tokens[self._at]
        if group == 3:
            self._at += 1
            return _Parser(word.lstrip("rRuUbB")[1:-1], self._depth + 1).union()
        if group == 1:
            self._at += 1
            name = tuple(part.strip() for part in word.split("."))
            return _Type(name, self._arguments("]") if self._peek() == "[" else ())
        if word in _CLOSING:
            inner = self._arguments(_CLOSING[word])
            return inner[0] if word in "(" and len(inner) == 1 else _Type((), inner)
        self._at += word not in "]),"
        return _Type(())

    def _arguments(self, closing: str) -> tuple[_Type, ...]:
        """Read a bracketed list; the opening bracket is the next token."""
        self._at += 1
        self._depth += 1
        arguments: list[_Type] = []
        while self._at < len(self._tokens) and self._peek() != closing:
            before = self._at
            arguments.append(self.union())
            if self._peek() == "," or self._at == before:
                self._at += 1
        self._at += 1
        self._depth -= 1
        return tuple(arguments)
