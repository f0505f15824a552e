"""Functions of C and C++ that are declared in one file and defined in another: one thing to who asks about them.

Linking leads calls to definitions, while what a method overrides stands with its declaration in the class, so an answer
about a function is about both. They share their qualified name, for a definition outside of its class says the name of
that. Overloads are told apart by their parameters as they are written, else by how many there are. A function that only
its own file sees (static) is nobody else's definition.
Tests: tests/unit/daemon/test_daemon_declared.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from codegraph.core.elsewhere import is_declaration
from codegraph.core.symbols import CALLABLE_KINDS, names_between
from codegraph.daemon.naming import qualified_name
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot

_FAMILY: Final = frozenset({"c", "cpp"})
_OPENING, _CLOSING = "([{<", ")]}>"


def is_declared(symbol: Symbol) -> bool:
    """Whether a function has no body here, and may have one elsewhere."""
    return is_declaration(symbol.language, symbol.definition)


def are_joined(symbols: Sequence[Symbol]) -> bool:
    """Whether symbols of one qualified name are one thing: a function that is declared, with all its definitions."""
    return (
        all(each.language in _FAMILY and each.kind in CALLABLE_KINDS for each in symbols)
        and any(map(is_declared, symbols))
        and not any(_is_of_its_file(each) for each in symbols)
    )


def with_joined(snapshot: Snapshot, symbols: Sequence[Symbol]) -> list[Symbol]:
    """Add the definitions of what is only declared, and the declarations of what is defined."""
    found = {each.id: each for each in symbols}
    for each in symbols:
        if each.language in _FAMILY and each.kind in CALLABLE_KINDS and not _is_of_its_file(each):
            found.update((other.id, other) for other in _others(snapshot, each))
    return list(found.values())


def _others(snapshot: Snapshot, symbol: Symbol) -> list[Symbol]:
    called = qualified_name(snapshot, symbol)
    known = [
        each
        for each in snapshot.by_name(symbol.definition.name)
        if each.language in _FAMILY and each.kind in CALLABLE_KINDS and is_declared(each) != is_declared(symbol)
    ]
    named = [each for each in known if qualified_name(snapshot, each) == called and not _is_of_its_file(each)]
    own = _parameters(symbol)
    same = [each for each in named if _parameters(each) == own]
    return same or [each for each in named if _count(_parameters(each)) == _count(own)]


def _is_of_its_file(symbol: Symbol) -> bool:
    """Whether a function is static and no member: a class's static members are seen everywhere."""
    definition = symbol.definition
    if definition.container != 0 or "static" not in definition.signature.partition("(")[0].split():
        return False
    return not names_between("", definition.descriptor)


def _parameters(symbol: Symbol) -> tuple[str, ...]:
    """Return the parameters as they are written, by their canonical tokens, without what they are by default."""
    found: list[str] = []
    parameter: list[str] = []
    depth, is_default = 0, False
    for word in symbol.definition.signature.partition("(")[2].split():
        if word in _CLOSING and not depth:
            break
        depth += (word in _OPENING) - (word in _CLOSING)
        is_default = (is_default or word == "=") and not (word == "," and not depth)
        if word == "," and not depth:
            found.append(" ".join(parameter))
            parameter = []
        elif not is_default:
            parameter.append(word)
    return (*found, " ".join(parameter)) if found or parameter else ()


def _count(parameters: Sequence[str]) -> int:
    return 0 if tuple(parameters) == ("void",) else len(parameters)
