"""Edges of a Rust file: those of its references, of what it imports, and of methods that a trait declares.

A method in an impl of a trait overrides the trait's. An import is an edge to what it names, to the file where that is a
module; so is `mod name;`. What is mentioned inside a macro's invocation is `inferred`.
Tests: tests/unit/graph/test_graph_rust.py.
"""

from __future__ import annotations

from codegraph.core.facts import ROLE, Import, ImportKind, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import KIND, Confidence, DependencyKind, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import own_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.rust.contributions import FileItems, split_import
from codegraph.graph.resolve.rust.evaluator import LEXICAL, VARIANT, RustEvaluator
from codegraph.graph.resolve.rust.library_methods import LIBRARY_METHODS
from codegraph.graph.resolve.rust.names import DECLARATIONS, DECLARED, FAMILY, IMPLEMENTED, STRUCTS, elsewhere_key
from codegraph.graph.resolve.scheme import MANY, TableReader
from codegraph.graph.resolve.typed.entities import FUNCTION, PACKAGE, TYPE, UNKNOWN, VALUE, WRAPPED, Candidates, Entity
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place
from codegraph.graph.resolve.typed.libraries import Asked, receiver_of
from codegraph.graph.resolve.typed.linker import Edge, Outcome, TypedLinker

_TYPE_ROLES = (Role.TYPE, Role.INHERIT, Role.IMPLEMENT)


class RustLinker(TypedLinker):
    """Links one Rust file."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        super().__init__(path, outline, occurrences, collector)
        self._items = FileItems(outline, occurrences)
        self._places = [
            Place(path, self._items.around(index) if index else "@") for index in range(len(self.definitions))
        ]

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part."""
        self._table, self._get = table, table.get
        self._rust = RustEvaluator(table)
        return self._rust

    def place_of(self, reference: Reference) -> Place:
        """Return the module, and the impl or trait, around a reference."""
        return self._places[reference.owner]

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges: a type in the place of one, a function or value elsewhere; guesses are inferred."""
        role = reference.role
        wanted = (TYPE,) if role in _TYPE_ROLES else (FUNCTION, VALUE)
        chosen = tuple(each for each in found if each.kind in wanted)
        if role in _TYPE_ROLES and not chosen and found[0].kind is not UNKNOWN:
            return (), "missing"
        edges, reason = super().outcome(chosen or found, reference)
        if chosen and chosen[0].name == VARIANT and role is ROLE.CALL:
            reason = ""
        if found[0].kind is WRAPPED:
            reason = "external" if role is ROLE.CALL else ""
        if role is ROLE.CALL and not edges and found[0].kind is UNKNOWN:
            edges = self._of_trait_in_scope(reference)
            reason = "" if edges else reason
        if role is ROLE.CALL:
            edges = tuple(
                (target, DependencyKind.CALLS if kind is DependencyKind.USES_TYPE else kind, confidence)
                for target, kind, confidence in edges
            )
        if reference.chain[0] == LEXICAL and len(edges) == 1:
            edges = tuple((target, kind, Confidence.INFERRED) for target, kind, _ in edges)
        return edges, reason

    def _of_trait_in_scope(self, reference: Reference) -> tuple[Edge, ...]:
        """Return the edge of a call on a value of which nothing is known: to the method of a trait in scope.

        Only a trait in scope gives methods to types that are not the project's own. So the one that declares a method
        of that name is meant, if no other function of the project nor a method of the standard library has the name.
        """
        name = reference.chain[-1]
        if len(reference.chain) < 2 or name in LIBRARY_METHODS or reference.chain[-2][0] not in "([.@":
            return ()
        declared, sorts = self._table.named(DECLARATIONS, name), self._get(own_key(FAMILY, name)) or MANY
        if not declared or MANY in (declared, sorts):
            return ()
        path, descriptor, trait = declared[0]
        if any(sort not in (DECLARED, IMPLEMENTED) or of_trait not in ("", trait) for sort, of_trait in sorts):
            return ()
        place = self.place_of(reference)
        seen = self._rust.head((place.path, place.around.partition("@")[0]), trait)
        is_seen = any(each.path == path and descriptor.startswith(each.descriptor) for each in seen)
        if not is_seen and not any(each.name == trait and each.alias == "_" for each in self.occurrences.imports):
            return ()
        return ((symbol_id(path, descriptor), DependencyKind.CALLS, Confidence.INFERRED),)

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether a function of the project may be meant.

        A value that is declared to be of a library's type, or of whatever has a library's trait, has what the project
        implements of traits; a library's type has what the project's traits declare; a library's trait stands for all
        types that implement it.
        """
        sorts = self._get(own_key(FAMILY, reference.chain[-1])) or ()
        if not sorts or sorts == MANY or len(reference.chain) == 1:
            return bool(sorts) and len(reference.chain) > 1
        asked, around = Asked.DECLARED, ""
        if found[0].kind is UNKNOWN:
            asked, around = receiver_of(found[0].descriptor)
        parent, _, last = around.rpartition(".")
        if asked is Asked.DECLARED and last == "new":
            last = parent.rpartition(".")[2]
        if self._get(elsewhere_key(last, reference.chain[-1])) is not None:
            return True  # a type of that name has it, which a macro may declare
        if asked is Asked.ANY or (asked is Asked.DECLARED and last[:1].islower()):
            return True
        if asked is Asked.NAME:
            return any(each[1] == last or (each[0] == DECLARED and last[:1].isupper()) for each in sorts)
        return any(each[0] == DECLARED or (each[0] == IMPLEMENTED and last not in STRUCTS) for each in sorts)

    def finish(self, part: Part) -> None:
        """Add imports and overrides."""
        for each in part.imports:
            self._link_import(each)
        for index in part.owners:
            definition = self.definitions[index]
            if definition.kind is KIND.METHOD and definition.container in self._items.traits:
                self._link_override(index)

    def _link_import(self, each: Import) -> None:
        module, parts = split_import(each)
        place = (self.path, module)
        if parts[-1:] and parts[-1].endswith("!"):
            return
        if each.kind is ImportKind.EFFECT:
            found = self._rust.lookup(place, each.name, own=True)
        else:
            found = self._rust.imported(place, parts, each.alias)
        targets = list(dict.fromkeys(filter(None, map(_symbol, found))))
        sure = Confidence.EXACT if len(targets) == 1 else Confidence.AMBIGUOUS
        for target in targets:
            if target[0] != self.path or target[1]:
                found_id = symbol_id(*target)
                self.collector.add(each.owner, found_id, DependencyKind.IMPORTS, sure, each.line, each.column)
        if found[0].kind is UNKNOWN:
            self.collector.miss(each.owner, each.name, ROLE.READ, found[0].name, each.line, each.column)

    def _link_override(self, index: int) -> None:
        definition = self.definitions[index]
        container = definition.container
        place = definition.selection_range
        for trait in self._rust.evaluate(self._places[container], self._items.traits[container]):
            if trait.kind is not TYPE:
                continue
            found = [each for each in self._rust.own_member(trait, definition.name) if each.path == trait.path]
            sure = Confidence.EXACT if len(found) == 1 else Confidence.AMBIGUOUS
            for each in found:
                if each.kind is FUNCTION:
                    target = symbol_id(each.path, each.descriptor)
                    self.collector.add(
                        index, target, DependencyKind.OVERRIDES, sure, place.start_line, place.start_column
                    )


def _symbol(entity: Entity) -> tuple[str, str] | None:
    """Return path and descriptor of what an import leads to; an inline module is none."""
    if entity.kind is PACKAGE:
        return (entity.path, "") if not entity.descriptor else None
    return (entity.path, entity.descriptor) if entity.path else None
