"""Edges of a C++ file: those of its references, includes, and overridden functions.

A call of a type is a call of its constructor with that number of parameters, of the type where it declares none. A
member function overrides the nearest virtual one of that name and those parameters along each base.
Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline, Reference, Role
from codegraph.core.symbols import Confidence, DependencyKind, SymbolKind, symbol_id
from codegraph.graph.resolve.cpp.contributions import TYPES, FileScopes
from codegraph.graph.resolve.cpp.evaluator import CppEvaluator
from codegraph.graph.resolve.includes import link_include
from codegraph.graph.resolve.keys import member_key
from codegraph.graph.resolve.scheme import TableReader
from codegraph.graph.resolve.typed.entities import Candidates, Entity, EntityKind, is_known, merged
from codegraph.graph.resolve.typed.evaluator import Place
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker


class CppLinker(TypedLinker):
    """Links one C++ file; used once."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> None:
        self._cpp = CppEvaluator(table, path)
        super().__init__(path, outline, occurrences, self._cpp)
        self._table = table
        self._scopes = FileScopes(outline, occurrences)
        self._places = [Place(path, around) for around in self._scopes.around]

    def place_of(self, reference: Reference) -> Place:
        """Return the scope around a reference; a base is written outside of the type that has it."""
        place = self._places[reference.owner]
        if reference.role is Role.INHERIT:
            return Place(self.path, place.around.rpartition("::")[0])
        return place

    def candidates(self, reference: Reference) -> Candidates:
        """Return what a reference stands for; a called type gives its constructors."""
        found = super().candidates(reference)
        if reference.role is Role.CALL and any(each.kind is EntityKind.TYPE for each in found):
            count = reference.chain[-1].partition("(")[2]
            made = [
                self._cpp.member(each, f"<new>({count}") if each.kind is EntityKind.TYPE else (each,) for each in found
            ]
            constructors = merged(made, len(found) + 3)
            return constructors if is_known(constructors) else found
        if reference.chain[-1].startswith("operator") and not is_known(found) and len(reference.chain) > 1:
            name = reference.chain[-1]
            owners = self._cpp.evaluate(self.place_of(reference), reference.chain[:-1])
            return self._operators(owners, name) or found
        return found

    def _operators(self, owners: Candidates, name: str) -> Candidates:
        values = [
            each for one in owners for each in (self._cpp.value_of(one) if one.kind is EntityKind.VALUE else (one,))
        ]
        instances = [each for each in values if each.kind is EntityKind.INSTANCE]
        return merged([self._cpp.free_operator(each, name) for each in instances], 4) if instances else ()

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; calling a type is an edge to the type."""
        edges, reason = super().outcome(found, reference)
        if reason == "dynamic" and found[0].kind is EntityKind.WRAPPED:
            reason = "external"
        if reference.chain[-1].startswith("operator"):
            reason = ""  # most operands are numbers and pointers
        if reference.role is Role.CALL:
            edges = tuple(
                (target, DependencyKind.CALLS if kind is DependencyKind.USES_TYPE else kind, confidence)
                for target, kind, confidence in edges
            )
        return edges, reason

    def finish(self) -> None:
        """Add includes and overrides."""
        for each in self.occurrences.imports:
            link_include(self.collector, self._table, self.path, each)
        for index, definition in enumerate(self.definitions):
            if definition.kind is SymbolKind.METHOD and self.definitions[definition.container].kind in TYPES:
                self._link_override(index)

    def _link_override(self, index: int) -> None:
        definition = self.definitions[index]
        container = self.definitions[definition.container]
        if definition.name == container.name:
            return
        count, _, types = self._scopes.function(index)
        owner = Entity(EntityKind.TYPE, self.path, container.descriptor, self._scopes.around[definition.container])
        place = definition.selection_range
        for base in self._cpp.bases(owner)[0]:
            found = self._overridden(base, definition.name, count, types, 0)
            if found is not None:
                target = symbol_id(found.path, found.descriptor)
                self.collector.add(
                    index, target, DependencyKind.OVERRIDES, Confidence.EXACT, place.start_line, place.start_column
                )

    def _overridden(self, base: Entity, name: str, count: str, types: str, depth: int) -> Entity | None:
        """Return the nearest virtual function of a base, or of its bases, with these parameters."""
        if name.startswith("~"):
            name = "~" + base.name.rpartition("::")[2]
        for entry in self._table.get(member_key(base.path, base.descriptor, f"{name}()")) or ():
            if entry[1] == count and entry[3] == types and self._is_virtual(base, entry, name, depth):
                return Entity(EntityKind.FUNCTION, base.path, entry[0])
        if depth > 20:
            return None
        found = (self._overridden(each, name, count, types, depth + 1) for each in self._cpp.bases(base)[0])
        return next((each for each in found if each is not None), None)

    def _is_virtual(self, base: Entity, entry: tuple[str, ...], name: str, depth: int) -> bool:
        if "v" in entry[2]:
            return True
        above = self._cpp.bases(base)[0] if depth < 20 else []
        return any(self._overridden(each, name, entry[1], entry[3], depth + 1) is not None for each in above)
