"""Edges of a Java file: those of its references, imports, and overridden methods.

`new T(...)` is a call of the constructor with that number of parameters, of the type where it declares none. A method
overrides the nearest one of that name and number of parameters along each base; among several, the one with the same
types. A static import is an edge to the type.
Tests: tests/unit/graph/test_graph_java.py.
"""

from __future__ import annotations

from codegraph.core.facts import Import, ImportKind, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import TYPE_KINDS, Confidence, DependencyKind, SymbolKind, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.java.contributions import FileMembers
from codegraph.graph.resolve.java.evaluator import JavaEvaluator, outside
from codegraph.graph.resolve.java.names import CODE, FAMILY, FINAL, REFLECTION
from codegraph.graph.resolve.java.overloads import fits
from codegraph.graph.resolve.keys import own_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.scheme import MANY, TableReader
from codegraph.graph.resolve.typed.entities import INSTANCE, TYPE, UNKNOWN, VALUE, WRAPPED, Candidates, Entity
from codegraph.graph.resolve.typed.evaluator import EXTERNAL, Evaluator, Place, around_of, places_by_type
from codegraph.graph.resolve.typed.libraries import DERIVED, Asked, Receiver, receiver_of
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker, is_delegation

_HEADER = (Role.INHERIT, Role.IMPLEMENT)


class JavaLinker(TypedLinker):
    """Links one Java file."""

    called_type = DependencyKind.CALLS

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        tops = [each.descriptor for each in outline.definitions if each.container == 0 and each.kind in TYPE_KINDS]
        self._tops = tuple(Place(path, each) for each in tops)
        super().__init__(path, outline, occurrences, collector)
        self._members = FileMembers(outline, occurrences)
        self._places = places_by_type(path, outline.definitions)

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part."""
        self._get = table.get
        self._java = JavaEvaluator(table, self._tops)
        self._superclasses: dict[int, list[Entity]] | None = None
        return self._java

    def place_of(self, reference: Reference) -> Place:
        """Return the type around a reference; a base is written outside of the type that has it."""
        place = self._places[reference.owner]
        return Place(self.path, outside(place.around)) if reference.role in _HEADER else place

    def candidates(self, reference: Reference) -> Candidates:
        """Return what a reference stands for; `super(...)` means no interface."""
        found = super().candidates(reference)
        if reference.chain[0] != "@super" or not is_delegation(reference):
            return found
        above = {(each.path, each.descriptor) for each in self._extended(self.definitions[reference.owner].container)}
        made = [
            each for each in found if (each.path, around_of(each)) in above or (each.path, each.descriptor) in above
        ]
        return tuple(made) or EXTERNAL

    def _extended(self, index: int) -> list[Entity]:
        """Return what a class extends."""
        if self._superclasses is None:
            self._superclasses = {}
            for each in self.occurrences.references:
                if each.role is Role.INHERIT:
                    self._superclasses.setdefault(each.owner, []).extend(super().candidates(each))
        return self._superclasses.get(index, [])

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; what a container of the standard library gives is not the project's, unless it is code."""
        edges, reason = super().outcome(found, reference)
        if reason == "dynamic" and found[0].kind is WRAPPED:
            reason = "external"
        if reason and reference.role is Role.CALL and self._runs_code(reference):
            reason = "dynamic"
        return edges, reason

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether a method of the project that fits may be meant; what is made or goes up to a base is not."""
        chain = reference.chain
        name, _, rest = chain[-1].partition("(")
        if name == "<new>" or (chain[0] == "@super" and len(chain) == 2):
            return False
        receiver = self._asked(found, reference)
        around, _, last = receiver.name.rpartition(".")
        is_type = not around or (last[:1].isupper() and not last.isupper())
        if (receiver.asked is Asked.NAME and is_type) or (receiver.asked is Asked.DECLARED and last in FINAL):
            return False
        wanted = (DERIVED,) if receiver.asked is Asked.DECLARED and last != "Object" else (DERIVED, "")
        count = rest[:-1].partition(":")[0]
        sorts = self._get(own_key(FAMILY, name)) or ()
        return sorts == MANY or any(each[0] in wanted and fits(each, count) for each in sorts)

    def _asked(self, found: Candidates, reference: Reference) -> Receiver:
        """Return who is asked for a method: found out by what is in front of it where its result is known.

        A name inside an anonymous class may be its base's or that of the scope around it: anybody's.
        """
        if found[0].kind is WRAPPED:
            front = reference.chain[:-1]
            if front[-1:] in ((), ("@or",)):
                return Receiver(Asked.ANY, "")
            before = self._java.evaluate(self.place_of(reference), front)
            return Receiver(Asked.DECLARED if before[0].descriptor else Asked.ANY, before[0].descriptor)
        return receiver_of(found[0].descriptor)

    def _runs_code(self, reference: Reference) -> bool:
        """Say whether a method of a functional interface, or of reflection, is called: it calls what nobody knows."""
        before = reference.chain[:-1]
        written = [before]
        if len(before) and before[-1].isidentifier():
            held = self._java.evaluate(self.place_of(reference), before)
            written = [each for one in held if one.kind is VALUE for each in self._java.declared(one)]
        bare = [[each for each in chain if each[0] != "<"] for chain in written]
        types = [chain[-2] for chain in bare if len(chain) > 1 and chain[-1] == "()"]
        name = reference.chain[-1].partition("(")[0]
        return any(each in CODE or (name and REFLECTION.get(each, "").startswith(name)) for each in types)

    def finish(self, part: Part) -> None:
        """Add imports, overrides, and what constructors call unsaid."""
        for each in part.imports:
            self._link_import(each)
        outspoken = {each.owner for each in part.references if is_delegation(each)}
        for index in part.owners:
            definition = self.definitions[index]
            if definition.kind is SymbolKind.METHOD and not self._members.is_constructor(index):
                self._link_override(index)
            elif definition.kind is SymbolKind.METHOD and index not in outspoken:
                self._link_superclass(index)

    def _link_superclass(self, index: int) -> None:
        """Add the call `super()` of a constructor that starts with no such call."""
        place = self.definitions[index].selection_range
        for base in self._extended(self.definitions[index].container):
            found = [each for each in self._java.member(base, "<new>(0)") if each.path]
            sure = Confidence.EXACT if len(found) == 1 else Confidence.AMBIGUOUS
            for each in found:
                target = symbol_id(each.path, each.descriptor)
                self.collector.add(index, target, DependencyKind.CALLS, sure, place.start_line, place.start_column)

    def _link_import(self, each: Import) -> None:
        module, name = each.module, each.name
        if each.level or each.kind is ImportKind.STAR:
            module, _, name = each.module.rpartition(".")
            if not each.level and not name[:1].isupper():
                return
        found = self._java.qualified(self.path, module, name)
        targets = [one for one in found if one.kind is TYPE]
        sure = Confidence.EXACT if len(targets) == 1 else Confidence.AMBIGUOUS
        for target in targets:
            place = symbol_id(target.path, target.descriptor)
            self.collector.add(each.owner, place, DependencyKind.IMPORTS, sure, each.line, each.column)
        if not targets:
            reason = found[0].name if found[0].kind is UNKNOWN else "missing"  # a field is no type
            self.collector.miss(each.owner, name, Role.READ, reason, each.line, each.column)

    def _link_override(self, index: int) -> None:
        definition = self.definitions[index]
        _, arity, flags, types = self._members.method(index)
        if flags:
            return
        place = definition.selection_range
        for base in self._bases_of(index):
            alike = self._java.overridden(base, definition.name, arity, types)
            sure = Confidence.EXACT if len(alike) == 1 else Confidence.AMBIGUOUS
            for each in alike:
                target = symbol_id(each.path, each.descriptor)
                self.collector.add(index, target, DependencyKind.OVERRIDES, sure, place.start_line, place.start_column)

    def _bases_of(self, index: int) -> list[Entity]:
        within = self._members.within.get(index)
        if within is not None:
            found = self._java.evaluate(self._places[index], within)
            return [each for each in found if each.kind is INSTANCE]
        container = self.definitions[self.definitions[index].container]
        if container.kind not in TYPE_KINDS:
            return []
        return self._java.bases(Entity(TYPE, self.path, container.descriptor))[0]
