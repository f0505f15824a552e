"""Edges of a PHP file: those of its references, its `use` and `include`, and overridden methods.

`new T` is a call of the constructor that it finds, of the type where there is none. A method overrides the nearest one
of its name along the parents and traits, and that of each interface; private ones neither override nor are overridden.
A call of a receiver of which nothing is known has an edge (`inferred`) if one method in the project has that name, and
PHP's own classes have none.
Tests: tests/unit/graph/test_graph_php.py.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath

from codegraph.core.facts import Import, ImportKind, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import TYPE_KINDS, Confidence, DependencyKind, SymbolId, SymbolKind, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.header import header_words
from codegraph.graph.resolve.keys import member_key, module_key, own_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.php.evaluator import PhpEvaluator
from codegraph.graph.resolve.php.names import CORE_METHODS, FAMILY, spelled
from codegraph.graph.resolve.scheme import MANY, TableReader
from codegraph.graph.resolve.typed.entities import TYPE, UNKNOWN, Candidates, Entity, is_foreign
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place, places_by_type
from codegraph.graph.resolve.typed.libraries import DERIVED, Asked, receiver_of
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker

_FIRST = ("\\", "f:", "c:")


class PhpLinker(TypedLinker):
    """Links one PHP file."""

    called_type = DependencyKind.CALLS

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        super().__init__(path, outline, occurrences, collector)
        self._places = places_by_type(path, outline.definitions)

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part."""
        self._table = table
        self._php = PhpEvaluator(table)
        return self._php

    def place_of(self, reference: Reference) -> Place:
        """Return the class around a reference."""
        return self._places[reference.owner]

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; a method of which only the name is known may be the only one of that name."""
        edges, reason = super().outcome(found, reference)
        if reason == "unknown_receiver" and reference.role is Role.CALL:
            name = reference.chain[-1]
            value = self._table.named(FAMILY, spelled(name)) if name.endswith("()") else None
            if value == MANY:
                return (), "ambiguous"
            if value is not None and name[:-2].lower() not in CORE_METHODS and not name.startswith("__"):
                target = symbol_id(value[0][0], value[0][1])
                return ((target, DependencyKind.CALLS, Confidence.INFERRED),), ""
        return edges, reason

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether a method of the project of that name may be meant; a library's class and a parent are none."""
        chain = reference.chain
        if not is_foreign(found) or not chain[-1].endswith("()") or (chain[0] == "@super" and len(chain) == 2):
            return False
        receiver = receiver_of(found[0].descriptor)
        if receiver.asked is Asked.NAME:
            return False
        is_declared = receiver.asked is Asked.DECLARED and receiver.name != "@own"  # that may be narrowed by a test
        wanted = (DERIVED,) if is_declared else (DERIVED, "")
        sorts = self._table.get(own_key(FAMILY, spelled(chain[-1]))) or ()
        return sorts == MANY or any(each[0] in wanted for each in sorts)

    def finish(self, part: Part) -> None:
        """Add imports and overrides."""
        for each in part.imports:
            self._link_import(each)
        for index in part.owners:
            if self.definitions[index].kind is SymbolKind.METHOD:
                self._link_overrides(index)

    def _link_import(self, each: Import) -> None:
        line, column = each.line, each.column
        if each.kind is ImportKind.EFFECT:
            path = normpath(join(dirname(self.path), each.module.lstrip("/")))
            if self._table.get(module_key(path)) is not None:
                target = symbol_id(path, "")
                self.collector.add(each.owner, target, DependencyKind.IMPORTS, Confidence.EXACT, line, column)
            else:
                self.collector.miss(each.owner, each.module, Role.READ, "missing", line, column)
            return
        full = f"{each.module}\\{each.name}" if each.module else each.name
        found = self._php.named(Place(self.path), _FIRST[each.level] + full)
        targets = [one for one in found if one.kind is not UNKNOWN]
        sure = Confidence.EXACT if len(targets) == 1 else Confidence.AMBIGUOUS
        for one in targets:
            target = symbol_id(one.path, one.descriptor)
            self.collector.add(each.owner, target, DependencyKind.IMPORTS, sure, line, column)
        if not targets:
            self.collector.miss(each.owner, each.name, Role.READ, "external", line, column)

    def _link_overrides(self, index: int) -> None:
        definition = self.definitions[index]
        container = self.definitions[definition.container]
        if container.kind not in TYPE_KINDS or "private" in header_words(definition):
            return
        place = definition.selection_range
        for target in self._overridden(Entity(TYPE, self.path, container.descriptor), f"{definition.name}()"):
            self.collector.add(
                index, target, DependencyKind.OVERRIDES, Confidence.EXACT, place.start_line, place.start_column
            )

    def _overridden(self, owner: Entity, name: str) -> list[SymbolId]:
        """Return the methods that one of that name in a class overrides: one along the classes, all of interfaces."""
        found: dict[SymbolId, None] = {}
        has_class = False
        for one, left_out, bases in self._php.lineage(owner):
            if (one.path == owner.path and one.descriptor == owner.descriptor) or spelled(name) in left_out:
                continue
            is_interface = bases.kind == "interface"
            if has_class and not is_interface:
                continue
            for entry in self._table.get(member_key(one.path, one.descriptor, spelled(name))) or ():
                if entry[0] and entry[0] != "@alias" and "p" not in entry[1]:
                    found[symbol_id(one.path, entry[0])] = None
                    has_class = has_class or not is_interface
        return list(found)
