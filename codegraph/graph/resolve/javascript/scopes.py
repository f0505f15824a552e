"""Where a JavaScript name is looked up: the scope of an expression, and the local names of the linked file.

Extraction has scoped names by block already: a name bound in a nested function or block has a number
behind an at sign, so the names of one definition never collide. What is left is the order of the
containers: the definition's own names, those of the namespaces around it, the module's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from codegraph.core.facts import BINDING, Chain, Occurrences, Outline
from codegraph.core.symbols import SymbolKind
from codegraph.graph.resolve.javascript.contributions import flags_of, import_entry, renamed_of
from codegraph.graph.resolve.javascript.entities import DEFINITION, INSTANCE, Entity
from codegraph.graph.resolve.scheme import Entry


class Home(NamedTuple):
    """A definition that has members, by file, descriptor and SymbolKind."""

    path: str
    descriptor: str
    form: str


def home_of(entity: Entity) -> Home | None:
    """Return where the members of an entity stand, None if it has none of its own."""
    if entity.kind is INSTANCE or entity.kind is DEFINITION:
        return Home(entity.path, entity.descriptor, entity.form)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The surroundings of an expression; compared by identity, because answers are remembered per scope.

    `owners` are the definitions of the linked file whose local names are visible, the innermost first;
    `namespaces` the descriptors of the namespaces around, the innermost first; `receiver` what `@self`,
    `@class` and `@super` start from.
    """

    path: str
    owners: tuple[int, ...] = ()
    namespaces: tuple[str, ...] = ()
    receiver: Home | None = None


class LocalNames:
    """The names bound inside the definitions of the linked file, as entries like those of `def` and `imp`."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self._entries: dict[tuple[int, str], dict[Entry, None]] = {}
        self._elements: dict[tuple[int, str], dict[Chain, None]] = {}
        kinds = [each.kind for each in outline.definitions]
        renamed = {name for names in renamed_of(outline, occurrences).values() for name in names}
        for each in occurrences.imports:
            if each.alias and not each.reexport and (each.owner != 0 or "@" in each.alias):
                self._add(each.owner, each.alias, ("i", *import_entry(each)))
        for binding in occurrences.bindings:
            kind, owner, name = binding.kind, binding.owner, binding.name
            if owner == 0 and ("@" not in name or name in renamed):
                continue
            if kind is BINDING.ELEMENT:
                self._elements.setdefault((owner, name), {})[binding.chain] = None
                if kinds[owner] not in (SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.CONSTANT):
                    self._entries.setdefault((owner, name), {})
            elif kind is BINDING.PARAMETER or kind is BINDING.VARIABLE:
                self._add(owner, name, ("v", *binding.chain))

    def entries(self, owner: int, name: str) -> tuple[Entry, ...] | None:
        """Return what a definition binds to a name, or None if it does not bind it."""
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
            scopes.append(Scope(path, (0,)))
            continue
        above = scopes[definition.container]
        namespaces = above.namespaces
        receiver: Home | None = Home(path, definition.descriptor, definition.kind.value)
        if definition.kind is SymbolKind.CLASS and flags_of(definition) == "n":
            namespaces = (definition.descriptor, *namespaces)
        elif definition.local and definition.kind is SymbolKind.FUNCTION:
            receiver = above.receiver
        elif definition.kind is SymbolKind.METHOD:
            container = outline.definitions[definition.container]
            receiver = Home(path, container.descriptor, container.kind.value)
        scopes.append(Scope(path, (index, *above.owners), namespaces, receiver))
    return scopes
