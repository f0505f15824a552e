"""Where a Python name is looked up: the scope of an expression, and the local names of the linked file."""

from __future__ import annotations

from typing import NamedTuple

from codegraph.core.facts import BindingKind, Chain, Occurrences, Outline
from codegraph.core.symbols import SymbolKind
from codegraph.graph.resolve.python.contributions import flags_of, import_entry
from codegraph.graph.resolve.python.entities import ClassName
from codegraph.graph.resolve.scheme import Entry

CLASSES = frozenset({SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.INTERFACE})
CALLABLES = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD})


class Scope(NamedTuple):
    """The surroundings of an expression.

    `owner` is the index of the function of the linked file whose locals are visible, -1 for none;
    `body` the descriptor of the class whose own names are visible ("" for none); `enclosing` the class
    that `@super` starts from, `receiver` the class that `@self` and `@class` mean.
    """

    path: str
    owner: int = -1
    body: str = ""
    enclosing: ClassName | None = None
    receiver: ClassName | None = None


class LocalNames:
    """The names bound inside functions of the linked file, as entries like those of `def` and `imp`."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self._entries: dict[tuple[int, str], dict[Entry, None]] = {}
        self._elements: dict[tuple[int, str], dict[Chain, None]] = {}
        definitions = outline.definitions
        functions = frozenset(index for index, each in enumerate(definitions) if each.kind in CALLABLES)
        for definition in definitions[1:]:
            if definition.container in functions:
                flags = flags_of(definition) if definition.kind in CALLABLES else ""
                found = ("d", definition.descriptor, definition.kind.value, flags)
                self._add(definition.container, definition.name, found)
        for each in occurrences.imports:
            if each.owner in functions and each.alias:
                entry = import_entry(each.kind, each.module, str(each.level), each.name, each.alias)
                self._add(each.owner, each.alias, ("i", *entry))
        for binding in occurrences.bindings:
            if binding.owner not in functions or binding.kind in (BindingKind.RETURN, BindingKind.ATTRIBUTE):
                continue
            if binding.kind is BindingKind.ELEMENT:
                self._elements.setdefault((binding.owner, binding.name), {})[binding.chain] = None
            else:
                self._add(binding.owner, binding.name, ("v", *binding.chain))

    def entries(self, owner: int, name: str) -> tuple[Entry, ...] | None:
        """Return what a function binds to a name, or None if it does not bind it."""
        found = self._entries.get((owner, name))
        return None if found is None else tuple(found)

    def elements(self, owner: int, name: str) -> tuple[Chain, ...]:
        """Return the chains of the elements of a local variable."""
        return tuple(self._elements.get((owner, name), ()))

    def _add(self, owner: int, name: str, entry: Entry) -> None:
        self._entries.setdefault((owner, name), {})[entry] = None


def scopes_of(path: str, outline: Outline) -> list[Scope]:
    """Return the scope of each definition's expressions."""
    scopes: list[Scope] = []
    for index, definition in enumerate(outline.definitions):
        if definition.container < 0:
            scopes.append(Scope(path))
            continue
        above = scopes[definition.container]
        if definition.kind in CLASSES:
            own = ClassName(path, definition.descriptor)
            scopes.append(Scope(path, above.owner, definition.descriptor, own, own))
        elif definition.kind in CALLABLES:
            scopes.append(Scope(path, index, "", above.enclosing, above.receiver))
        else:
            scopes.append(above)
    return scopes
