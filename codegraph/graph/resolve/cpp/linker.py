"""Edges of a C++ file: those of its references, includes, and overridden functions.

What no include leads to is `inferred`. A call of a type is a call of its constructor with that number of parameters, of
the type where it declares none. A member function overrides the nearest virtual one of that name and those parameters
along each base.
Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from codegraph.core.facts import ROLE, Chain, Occurrences, Outline, Reference
from codegraph.core.symbols import KIND, TYPE_KINDS, Confidence, DependencyKind, SymbolKind, symbol_id
from codegraph.graph.resolve.cpp.contributions import FileScopes
from codegraph.graph.resolve.cpp.evaluator import CppEvaluator
from codegraph.graph.resolve.cpp.external import Own, may_mean
from codegraph.graph.resolve.cpp.names import FAMILY
from codegraph.graph.resolve.cpp.openings import Openings
from codegraph.graph.resolve.cpp.scopes import fits
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.includes import link_include
from codegraph.graph.resolve.keys import member_key, own_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.scheme import MANY, TableReader
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    INSTANCE,
    TYPE,
    UNKNOWN,
    VALUE,
    WRAPPED,
    Candidates,
    Entity,
    is_known,
    merged,
)
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place
from codegraph.graph.resolve.typed.libraries import DERIVED
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker

_MAX_BASES = 64


class CppLinker(TypedLinker):
    """Links one C++ file."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        super().__init__(path, outline, occurrences, collector)
        self._scopes = FileScopes(outline, occurrences)
        self._openings: Openings | None = None

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part; what follows from the table alone holds for all with one reader."""
        if self._openings is None or table is not self._openings.table:
            self._table = table
            self._openings = Openings(table, self.path)
            self._places: dict[int, Place] = {}
        self._openings.sight.guessed.clear()
        self._cpp = CppEvaluator(table, self._openings)
        return self._cpp

    def _place(self, owner: int) -> Place:
        """Return the scope around what is written in a definition."""
        place = self._places.get(owner)
        if place is None:
            around = self._cpp.openings.name(self._scopes.around[owner])
            place = self._places[owner] = Place(self.path, around)
        return place

    def place_of(self, reference: Reference) -> Place:
        """Return the scope around a reference; a base is written outside of the type that has it."""
        place = self._place(reference.owner)
        if reference.role is ROLE.INHERIT:
            return Place(self.path, place.around.rpartition("::")[0])
        return place

    def candidates(self, reference: Reference) -> Candidates:
        """Return what a reference stands for; a called type gives its constructors."""
        found = super().candidates(reference)
        if reference.role is ROLE.CALL and any(each.kind is TYPE for each in found):
            here = reference.chain[0] == "@here"  # then the rest is the descriptor of a class inside a function
            count = "" if here else reference.chain[-1].partition("(")[2]
            made = [self._cpp.member(each, f"<new>({count}") if each.kind is TYPE else (each,) for each in found]
            constructors = merged(made, len(found) + 3)
            return constructors if is_known(constructors) else found
        if reference.chain[-1].startswith("operator") and not is_known(found) and len(reference.chain) > 1:
            name = reference.chain[-1]
            owners = self._cpp.evaluate(self.place_of(reference), reference.chain[:-1])
            return self._operators(owners, name) or found
        return found

    def _operators(self, owners: Candidates, name: str) -> Candidates:
        values = [each for one in owners for each in (self._cpp.value_of(one) if one.kind is VALUE else (one,))]
        instances = [each for each in values if each.kind is INSTANCE]
        return merged([self._cpp.free_operator(each, name) for each in instances], 4) if instances else ()

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; calling a type is an edge to the type."""
        edges, reason = super().outcome(found, reference)
        if reason == "dynamic" and found[0].kind is WRAPPED:
            reason = "external"
        if edges and reference.role is ROLE.CALL and found[-1].kind is UNKNOWN:
            reason = "ambiguous"  # there are more than have an edge
        if reference.chain[-1].startswith("operator"):
            reason = ""  # most operands are numbers and pointers
        if reason == "missing" and reference.role is ROLE.TYPE:
            edges, reason = self._by_name_alone(reference)
        guessed = self._cpp.sight.guessed
        if guessed:
            unsure = {symbol_id(*place) for place in guessed}
            edges = tuple(
                (target, kind, Confidence.INFERRED if sure is Confidence.EXACT and target in unsure else sure)
                for target, kind, sure in edges
            )
        if reference.role is ROLE.CALL:
            edges = tuple(
                (target, DependencyKind.CALLS if kind is DependencyKind.USES_TYPE else kind, confidence)
                for target, kind, confidence in edges
            )
        return edges, reason

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether a function of the project may be meant: a method that fits, or any function of a namespace."""
        name, bracket, rest = reference.chain[-1].partition("(")
        if found[0].kind is WRAPPED or not bracket or not name[0].isidentifier() or name == "operator":
            return False
        own = may_mean(found[0].descriptor)
        if own is Own.NONE:
            return False
        if own is Own.ALL and self._table.named("c", name) is not None:
            return True
        count = rest[:-1].partition(":")[0]
        sorts = self._table.get(own_key(FAMILY, name)) or ()
        wanted = (DERIVED,) if own is Own.OVERRIDING else (DERIVED, "")
        return sorts == MANY or any(each[0] in wanted and fits(each[1], count) for each in sorts)

    def _by_name_alone(self, reference: Reference) -> Outcome:
        """Return an edge to the only type of a name, if it can be seen: macros open namespaces, too."""
        value = self._table.named("c", reference.chain[0]) if len(reference.chain) == 1 else None
        if (
            value is None
            or value == MANY
            or SymbolKind(value[0][2]) not in TYPE_KINDS
            or not self._cpp.sight.sees(value[0][0])
        ):
            return (), "missing"
        return ((symbol_id(*value[0][:2]), DependencyKind.USES_TYPE, Confidence.INFERRED),), ""

    def finish(self, part: Part) -> None:
        """Add includes and overrides."""
        for each in part.imports:
            link_include(self.collector, self._table, self.path, each)
        self._link_arrows(part)
        for index in part.owners:
            definition = self.definitions[index]
            if definition.kind is KIND.METHOD and self.definitions[definition.container].kind in TYPE_KINDS:
                self._link_override(index)

    def _link_arrows(self, part: Part) -> None:
        """Add calls of the operator by which an object is followed like a pointer."""
        found: dict[tuple[Place, Chain], Candidates] = {}
        for reference in part.references:
            chain = reference.chain
            if "->" not in chain:
                continue
            place, before = self._place(reference.owner), chain[: len(chain) - 1 - chain[::-1].index("->")]
            operators = found.get((place, before))
            if operators is None:
                operators = found[place, before] = self._cpp.arrows(place, before)
            line, column = reference.positions[:2]
            for each in operators:
                target = symbol_id(each.path, each.descriptor)
                self.collector.add(reference.owner, target, DependencyKind.CALLS, Confidence.EXACT, line, column)

    def _link_override(self, index: int) -> None:
        definition = self.definitions[index]
        container = self.definitions[definition.container]
        if definition.name == container.name:
            return
        count, _, types = self._scopes.function(index)
        owner = self._cpp.class_at(*self._place(definition.container))
        owner = owner or Entity(TYPE, self.path, container.descriptor, self._place(definition.container).around)
        place = definition.selection_range
        for base in self._cpp.bases(owner)[0]:
            found = self._overridden(base, definition.name, count, types)
            if found is not None:
                target = symbol_id(found.path, found.descriptor)
                self.collector.add(
                    index, target, DependencyKind.OVERRIDES, Confidence.EXACT, place.start_line, place.start_column
                )

    def _overridden(self, base: Entity, name: str, count: str, types: str) -> Entity | None:
        """Return the nearest function of a base, or of its bases, with these parameters, if one of them is virtual."""
        nearest: Entity | None = None
        seen, waiting = {base: None}, [base]
        while waiting and len(seen) < _MAX_BASES:
            one = waiting.pop()
            spelled = "~" + one.name.rpartition("::")[2] if name.startswith("~") else name
            for entry in self._table.get(member_key(one.path, one.descriptor, f"{spelled}()")) or ():
                if entry[1] == count and _same_types(types, entry[3]):
                    nearest = nearest or Entity(FUNCTION, one.path, entry[0])
                    if "v" in entry[2]:
                        return nearest
            fresh = [each for each in self._cpp.bases(one)[0] if each not in seen]
            seen.update(dict.fromkeys(fresh))
            waiting.extend(reversed(fresh))
        return None


def _same_types(own: str, inherited: str) -> bool:
    """Say whether parameters are of the same types; a template's own type may be any."""
    mine, others = own.split(","), inherited.split(",")
    pairs = zip(mine, others, strict=False)
    return len(mine) == len(others) and all(one == other or other.startswith("?") for one, other in pairs)
