"""Edges of a Java file: those of its references, imports, and overridden methods.

`new T(...)` is a call of the constructor with that number of parameters, of the type where it declares none. A method
overrides the nearest one of that name and number of parameters along each base; among several, the one with the same
types. A static import is an edge to the type.
Tests: tests/unit/graph/test_graph_java.py.
"""

from __future__ import annotations

from codegraph.core.facts import Import, ImportKind, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import Confidence, DependencyKind, SymbolKind, symbol_id
from codegraph.graph.resolve.java.contributions import TYPES, FileMembers
from codegraph.graph.resolve.java.evaluator import JavaEvaluator, outside
from codegraph.graph.resolve.scheme import TableReader
from codegraph.graph.resolve.typed.entities import Candidates, Entity, EntityKind
from codegraph.graph.resolve.typed.evaluator import Place
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker

_HEADER = (Role.INHERIT, Role.IMPLEMENT)


class JavaLinker(TypedLinker):
    """Links one Java file; used once."""

    called_type = DependencyKind.CALLS

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> None:
        tops = [each.descriptor for each in outline.definitions if each.container == 0 and each.kind in TYPES]
        self._java = JavaEvaluator(table, tuple(Place(path, each) for each in tops))
        super().__init__(path, outline, occurrences, self._java)
        self._members = FileMembers(outline, occurrences)
        self._places: list[Place] = []
        for definition in outline.definitions:
            if definition.kind in TYPES:
                self._places.append(Place(path, definition.descriptor))
            else:
                self._places.append(self._places[definition.container] if definition.container >= 0 else Place(path))

    def place_of(self, reference: Reference) -> Place:
        """Return the type around a reference; a base is written outside of the type that has it."""
        place = self._places[reference.owner]
        return Place(self.path, outside(place.around)) if reference.role in _HEADER else place

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; what a container of the standard library gives is not the project's."""
        edges, reason = super().outcome(found, reference)
        if reason == "dynamic" and found[0].kind is EntityKind.WRAPPED:
            reason = "external"
        return edges, reason

    def finish(self) -> None:
        """Add imports and overrides."""
        for each in self.occurrences.imports:
            self._link_import(each)
        for index, definition in enumerate(self.definitions):
            if definition.kind is SymbolKind.METHOD and not self._members.is_constructor(index):
                self._link_override(index)

    def _link_import(self, each: Import) -> None:
        module, name = each.module, each.name
        if each.level or each.kind is ImportKind.STAR:
            module, _, name = each.module.rpartition(".")
            if not each.level and not name[:1].isupper():
                return
        found = self._java.qualified(self.path, module, name)
        targets = [one for one in found if one.kind is EntityKind.TYPE]
        sure = Confidence.EXACT if len(targets) == 1 else Confidence.AMBIGUOUS
        for target in targets:
            place = symbol_id(target.path, target.descriptor)
            self.collector.add(each.owner, place, DependencyKind.IMPORTS, sure, each.line, each.column)
        if not targets:
            self.collector.miss(each.owner, name, Role.READ, found[0].name, each.line, each.column)

    def _link_override(self, index: int) -> None:
        definition = self.definitions[index]
        _, arity, flags, types = self._members.method(index)
        if flags:
            return
        place = definition.selection_range
        for base in self._bases_of(index):
            found = [
                each
                for each in self._java.member(base, f"{definition.name}({arity.rstrip('+')}:{types})")
                if each.kind is EntityKind.FUNCTION and not each.name.partition(",")[0]
            ]
            alike = [each for each in found if each.name.partition(",")[2] == types] or found
            sure = Confidence.EXACT if len(alike) == 1 else Confidence.AMBIGUOUS
            for each in alike:
                target = symbol_id(each.path, each.descriptor)
                self.collector.add(index, target, DependencyKind.OVERRIDES, sure, place.start_line, place.start_column)

    def _bases_of(self, index: int) -> list[Entity]:
        within = self._members.within.get(index)
        if within is not None:
            found = self._java.evaluate(self._places[index], within)
            return [each for each in found if each.kind is EntityKind.INSTANCE]
        container = self.definitions[self.definitions[index].container]
        if container.kind not in TYPES:
            return []
        return self._java.bases(Entity(EntityKind.TYPE, self.path, container.descriptor))[0]
