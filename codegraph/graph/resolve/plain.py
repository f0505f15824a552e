"""The scheme of languages without one of their own: names, and how sure a name alone makes us.

Nothing is known of modules, imports or types here. A name is looked for in its own file, in the class around
it first, and then in the whole project, where it must be the only definition of that name in its language. All of
it is `inferred`; where a file has several definitions of the name, all of them (at most four) are `ambiguous`.
Tests: tests/unit/graph/test_graph_plain.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from codegraph.core.changes import FileLinks
from codegraph.core.facts import COMPUTED, Binding, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import TYPE_KINDS, Confidence, DependencyKind, SymbolId, SymbolKind, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import module_key, name_key
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, TableReader, Value

EDGE_KINDS = MappingProxyType(
    {
        Role.READ: DependencyKind.REFERENCES,
        Role.CALL: DependencyKind.CALLS,
        Role.DECORATOR: DependencyKind.CALLS,
        Role.TYPE: DependencyKind.USES_TYPE,
        Role.INHERIT: DependencyKind.INHERITS,
        Role.IMPLEMENT: DependencyKind.IMPLEMENTS,
    }
)
_TYPE_ROLES = frozenset({Role.TYPE, Role.INHERIT, Role.IMPLEMENT})
_FAMILIES = MappingProxyType({"cpp": "c"})
"""Languages whose names meet: a header of C serves C++."""


class PlainScheme:
    """Resolves by name alone."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002  the protocol's parameters
        """Offer the file's existence and the names of its definitions."""
        offered: dict[str, Value] = {module_key(path): ((outline.language,),)}
        family = _FAMILIES.get(outline.language, outline.language)
        for definition in outline.definitions[1:]:
            if definition.local:
                continue
            key = name_key(family, definition.name)
            offered[key] = (*offered.get(key, ()), (path, definition.descriptor, definition.kind.value))
        return offered

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Give the `contains` edges, and an edge for every name that can be told."""
        linker = _Linker(path, outline, occurrences.bindings, table)
        for reference in occurrences.references:
            linker.resolve(reference)
        return linker.collector.links()


class _Linker:
    def __init__(self, path: str, outline: Outline, bindings: Sequence[Binding], table: TableReader) -> None:
        self.collector = EdgeCollector(path, outline)
        self._definitions = outline.definitions
        self._table = table
        self._family = _FAMILIES.get(outline.language, outline.language)
        self._bound = {(binding.owner, binding.name) for binding in bindings}
        self._here: dict[str, list[int]] = {}
        for index, definition in enumerate(outline.definitions[1:], 1):
            self._here.setdefault(definition.name, []).append(index)

    def resolve(self, reference: Reference) -> None:
        """Add the edges of a reference, or say why it has none."""
        owner, name, role = reference.owner, reference.chain[-1], reference.role
        line, column = reference.positions[0], reference.positions[1]
        if name == COMPUTED:
            self.collector.computed(reference)
            return
        if len(reference.chain) == 1 and (owner, name) in self._bound:
            self.collector.miss(owner, name, role, "local", line, column)
            return
        found, reason = self._candidates(reference)
        sure = Confidence.INFERRED if len(found) == 1 else Confidence.AMBIGUOUS
        for target in found:
            self.collector.add(owner, target, EDGE_KINDS[role], sure, line, column)
        if not found:
            self.collector.miss(owner, name, role, reason, line, column)

    def _candidates(self, reference: Reference) -> tuple[list[SymbolId], str]:
        owner, chain, role = reference.owner, reference.chain, reference.role
        here = [index for index in self._here.get(chain[-1], ()) if fits(self._definitions[index].kind, role)]
        if len(chain) == 2 and chain[0] == "@self":
            own = [index for index in here if self._definitions[index].container == self._class_of(owner)]
            here = own or here
        elif len(chain) > 1:
            here = [index for index in here if self._is_named(self._definitions[index].container, chain[-2])]
        if here and len(here) <= MAX_CANDIDATES:
            return [self.collector.ids[index] for index in here], ""
        if here:
            return [], "ambiguous"
        value = self._table.named(self._family, chain[-1])
        if value is None:
            return [], "missing"
        if value == MANY:
            return [], "ambiguous"
        path, descriptor, kind = value[0]
        if role in _TYPE_ROLES and SymbolKind(kind) not in TYPE_KINDS:
            return [], "missing"
        return [symbol_id(path, descriptor)], ""

    def _class_of(self, owner: int) -> int:
        definition = self._definitions[owner]
        return owner if definition.kind in TYPE_KINDS else definition.container

    def _is_named(self, index: int, name: str) -> bool:
        return index >= 0 and self._definitions[index].name == name


def fits(kind: SymbolKind, role: Role) -> bool:
    """Tell whether a mention can mean a definition: a type is what a type is; anything may be called or read."""
    return kind in TYPE_KINDS if role in _TYPE_ROLES else True
