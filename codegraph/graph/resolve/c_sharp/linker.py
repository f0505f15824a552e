"""Edges of a C# file: those of its references, its usings of types, overridden members, and unsaid `base()`.

`new T(...)` is a call of the constructor with that number of parameters, of the type where it declares none. A member
overrides the nearest one of that name and number of parameters along the base class if it says so, and along each
interface; among several, the one with the same types.
Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

from codegraph.core.facts import ROLE, ImportKind, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import EDGE, Confidence, SymbolKind, symbol_id
from codegraph.graph.resolve.c_sharp.contributions import FileMembers
from codegraph.graph.resolve.c_sharp.evaluator import GUESS, CSharpEvaluator
from codegraph.graph.resolve.c_sharp.names import FAMILY, NOT_VIRTUAL, extension_key
from codegraph.graph.resolve.c_sharp.overloads import CLOSED, LETTERS, takes
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import member_key, own_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.scheme import MANY, Entry, TableReader
from codegraph.graph.resolve.typed.entities import TYPE, UNKNOWN, WRAPPED, Candidates, Entity, is_known
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place
from codegraph.graph.resolve.typed.libraries import DERIVED, Asked, receiver_of
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker, is_delegation

_TYPE_ROLES = (Role.TYPE, Role.INHERIT, Role.IMPLEMENT)
_MAX_BASES = 64
_INVOKING = ("Invoke(", "DynamicInvoke(")
_UNTYPED = ("dynamic", "()")
"""An instance of the type that says nothing."""


class CSharpLinker(TypedLinker):
    """Links one C# file."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        super().__init__(path, outline, occurrences, collector)
        self._members = FileMembers(outline, occurrences)
        self._places = [Place(path, self._members.around(index)) for index in range(len(self.definitions))]

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part."""
        self._get = table.get
        self._sharp = CSharpEvaluator(table)
        return self._sharp

    def place_of(self, reference: Reference) -> Place:
        """Return the type around a reference; a base is written outside of the type that has it."""
        if reference.role is ROLE.INHERIT and reference.owner in self._members.types:
            return Place(self.path, self._members.around_bases(reference.owner))
        return self._places[reference.owner]

    def candidates(self, reference: Reference) -> Candidates:
        """Return what a reference stands for; in the place of a type only types do."""
        if reference.role not in _TYPE_ROLES:
            return super().candidates(reference)
        place, chain = self.place_of(reference), reference.chain
        if chain[-1] == "@attribute":
            found = self._sharp.type_path(place, (*chain[:-2], chain[-2] + "Attribute"))
            is_whole = chain[-2].endswith("Attribute")
            return self._sharp.type_path(place, chain[:-1]) if is_whole and not is_known(found) else found
        return self._sharp.type_path(place, chain)

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; calling a type is an edge to the type, and an interface is implemented."""
        edges, reason = super().outcome(found, reference)
        role = reference.role
        if found[0].name == GUESS:
            sure = Confidence.INFERRED if len(edges) == 1 else Confidence.AMBIGUOUS
            edges = tuple((target, kind, sure) for target, kind, _ in edges)
        chain = reference.chain
        if found[0].kind is WRAPPED:
            reason = "external" if role is ROLE.CALL else ""
        if role is ROLE.CALL and reason and (chain[-1].startswith(_INVOKING) or chain[:2] == _UNTYPED):
            reason = "dynamic"
        if role is ROLE.READ and reason in ("missing", "external") and len(chain) > 1:
            reason = ""
        if role is ROLE.CALL:
            edges = tuple(
                (target, EDGE.CALLS if kind is EDGE.USES_TYPE else kind, confidence)
                for target, kind, confidence in edges
            )
        elif role is ROLE.INHERIT and self.definitions[reference.owner].kind is not SymbolKind.INTERFACE:
            interfaces = {symbol_id(each.path, each.descriptor) for each in found if self._is_interface(each)}
            edges = tuple(
                (target, EDGE.IMPLEMENTS if target in interfaces else kind, confidence)
                for target, kind, confidence in edges
            )
        return edges, reason

    def bare(self, element: str) -> str:
        """Return the name that an element has as a definition, without the number of its type arguments."""
        return element.partition("(")[0].partition("`")[0]

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether a method of the project that fits may be meant, or one that extends what nobody knows."""
        chain = reference.chain
        name, _, rest = chain[-1].partition("(")
        name = name.partition("`")[0]
        if name == "<new>" or (chain[0] == "@super" and len(chain) == 2):
            return False
        asked, around = Asked.DECLARED, "@own"
        if found[0].kind is UNKNOWN:
            asked, around = receiver_of(found[0].descriptor)
        if asked is Asked.NAME and "." not in around:
            return False  # with a dot it may be what a property holds, `ArrayPool<byte>.Shared`
        count = int(rest[:-1].partition(":")[0] or 0)
        extending = self._get(extension_key(name)) or ()
        if len(chain) > 1 and (extending == MANY or any(takes(each[2], each[3], count + 1) for each in extending)):
            return True
        if asked is Asked.DECLARED and (around in CLOSED - {"object"} or name in NOT_VIRTUAL):
            return False
        wanted = (DERIVED,) if asked is Asked.DECLARED and around != "object" else (DERIVED, "")
        sorts = self._get(own_key(FAMILY, name)) or ()
        return sorts == MANY or any(each[0] in wanted and takes(each[1], each[2], count) for each in sorts)

    def _is_interface(self, entity: Entity) -> bool:
        return entity.kind is TYPE and self._sharp.is_interface(entity)

    def finish(self, part: Part) -> None:
        """Add usings of types, and overrides."""
        for each in part.imports:
            if each.kind is ImportKind.MODULE or each.level:
                found = self._sharp.dotted(each.module, self.path)
                for target in found:
                    if target.kind is TYPE:
                        sure = Confidence.EXACT if len(found) == 1 else Confidence.AMBIGUOUS
                        place = symbol_id(target.path, target.descriptor)
                        self.collector.add(each.owner, place, EDGE.IMPORTS, sure, each.line, each.column)
        outspoken = {each.owner for each in part.references if is_delegation(each)}
        for index in part.owners:
            shape = self._members.methods.get(index)
            is_member = shape is not None and self.definitions[index].container in self._members.types
            if shape is not None and is_member and not set(shape[2]) & set("cs"):
                self._link_override(index, shape)
            elif shape is not None and is_member and "s" not in shape[2] and index not in outspoken:
                self._link_base(index)

    def _link_base(self, index: int) -> None:
        """Add the call `base()` of a constructor that starts with no such call."""
        place = self.definitions[index].selection_range
        for base in self._sharp.bases(self._around(index))[0]:
            found = [] if self._sharp.is_interface(base) else self._sharp.member(base, "<new>(0)")
            targets = [each for each in found if each.path]
            sure = Confidence.EXACT if len(targets) == 1 else Confidence.AMBIGUOUS
            for each in targets:
                target = symbol_id(each.path, each.descriptor)
                self.collector.add(index, target, EDGE.CALLS, sure, place.start_line, place.start_column)

    def _around(self, index: int) -> Entity:
        """Return the type that a member stands in."""
        container = self.definitions[index].container
        return Entity(TYPE, self.path, self.definitions[container].descriptor, self._members.types[container][0])

    def _link_override(self, index: int, shape: Entry) -> None:
        definition = self.definitions[index]
        place = definition.selection_range
        for base in self._sharp.bases(self._around(index))[0]:
            is_interface = self._sharp.is_interface(base)
            if is_interface or "o" in shape[2]:
                found = self._overridden(base, definition.name, shape)
                sure = Confidence.EXACT if len(found) == 1 else Confidence.AMBIGUOUS
                for target in found:
                    self.collector.add(
                        index, symbol_id(*target), EDGE.OVERRIDES, sure, place.start_line, place.start_column
                    )

    def _overridden(self, base: Entity, name: str, shape: Entry) -> list[tuple[str, str]]:
        """Return the members of the nearest type along a base that a member stands for."""
        waiting, seen = [base], 0
        while waiting and seen < _MAX_BASES:
            one = waiting.pop(0)
            seen += 1
            found: list[tuple[tuple[str, str], str, str]] = []
            for path, descriptor in self._sharp.parts(one):
                for entry in self._get(member_key(path, descriptor, name)) or ():
                    if entry[0] in "mv" and entry[3] == shape[1] and not set(entry[4]) & set("se"):
                        found.append(((path, entry[1]), entry[4], entry[5]))
            if found:
                alike = [each for each in found if each[2] == shape[3]]
                number = shape[2].lstrip(LETTERS)
                generic = [each for each in alike if each[1].lstrip(LETTERS) == number]
                return [each[0] for each in generic or alike or found]
            waiting.extend(self._sharp.bases(one)[0])
        return []
