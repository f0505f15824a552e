"""Edges of a Go file beside those of its references: imports, and methods that satisfy interfaces.

An import is an edge from the module to each file whose definitions are used through it, or to all files of a package
that is imported for its effect or into the file's own names. A type satisfies an interface if it has a method of the
same shape for each of its methods ("Interface types", The Go Programming Language Specification); then each of those
methods overrides the interface's, also where it is promoted from a type that the other one embeds.
Tests: tests/unit/graph/test_graph_go.py.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from codegraph.core.facts import Chain, Import, ImportKind, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import Confidence, DependencyKind, SymbolKind, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.go.contributions import FileTypes
from codegraph.graph.resolve.go.evaluator import GoEvaluator, is_open
from codegraph.graph.resolve.go.names import (
    FAMILY,
    STANDARD,
    embedders_key,
    files_key,
    interfaces_key,
    method_set_key,
    type_name,
)
from codegraph.graph.resolve.keys import base_key, member_key, own_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.scheme import MANY, TableReader
from codegraph.graph.resolve.typed.entities import FUNCTION, PACKAGE, TYPE, Candidates, Entity, is_foreign
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker

_MAX_EMBEDDERS = 64
_MAX_EMBEDDED = 16
"""Interfaces embedded in one another deeper than this count as not satisfied."""


class GoLinker(TypedLinker):
    """Links one Go file. Any reference may use an import, and any method let its type implement something.

    So the first part has what all references begin with, and says what the types of the file implement.
    """

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        super().__init__(path, outline, occurrences, collector)
        self._here = Place(path)
        self._types = FileTypes(outline, occurrences)
        self._satisfied: dict[tuple[Entity, Entity], bool] = {}

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator."""
        self._get = table.get
        self._go = GoEvaluator(table)
        self._satisfied.clear()
        return self._go

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; what reflection calls nobody knows."""
        edges, reason = super().outcome(found, reference)
        chain = reference.chain
        is_reflection = chain[0] == "reflect" and chain[-1] in ("Call", "CallSlice") and reason == "external"
        return edges, "dynamic" if is_reflection else reason

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether some type of the project has such a method; what a package has itself is a function.

        No predeclared type but `error` has any: `any` is then the constraint of what has another type where it is used.
        """
        name = reference.chain[-1]
        if found[0].name == "builtin":
            return len(reference.chain) > 1 and self._get(own_key(FAMILY, name)) is not None
        receiver = found[0].descriptor.rpartition(" ")[0]
        return " " in receiver and is_open(receiver) and self._get(own_key(FAMILY, name)) is not None

    def finish(self, part: Part) -> None:
        """Add imports, what methods override and what types implement."""
        if part.imports:
            used = self._used(part.heads)
            for each in part.imports:
                self._link_import(each, used)
        owners = frozenset(part.owners)
        for index in self._types.receivers:
            container = self.definitions[index].container
            if self.definitions[container].kind is not SymbolKind.INTERFACE and (
                index in owners or (container > 0 and container in owners)
            ):
                self._link_method(index, owners)

    def _used(self, heads: Sequence[Chain]) -> list[tuple[str, str]]:
        """Return packages, each with a file of it whose definitions are used here."""
        packages = {name: self._go.evaluate(self._here, (name,)) for name in dict.fromkeys(head[0] for head in heads)}
        return [
            (package.name, each.path)
            for head in heads
            for package in packages[head[0]]
            if package.kind is PACKAGE
            for each in self._go.evaluate(self._here, head)
        ]

    def _link_import(self, each: Import, used: Sequence[tuple[str, str]]) -> None:
        unit = self._go.imported_unit(self.path, each.module)
        if not unit:
            self.collector.miss(each.owner, each.module, Role.READ, "external", each.line, each.column)
            return
        paths = [path for package, path in used if package == unit]
        if each.kind is not ImportKind.MODULE:
            files = [entry[0] for entry in self._get(files_key(unit)) or () if len(entry) == 1 and entry != MANY[0]]
            paths += [path for path in files if not path.endswith("_test.go")]
        for path in dict.fromkeys(paths):
            if path and path != self.path:
                target = symbol_id(path, "")
                self.collector.add(0, target, DependencyKind.IMPORTS, Confidence.EXACT, each.line, each.column)

    def _link_method(self, index: int, owners: Container[int]) -> None:
        """Add what a method overrides, and what its type implements, as far as these are the part's."""
        definition = self.definitions[index]
        value = self._get(interfaces_key(definition.name))
        if not value or value == MANY:
            return
        owner = self._type_of(index)
        if owner is None:
            return
        for path, descriptor in value:
            interface = Entity(TYPE, path, descriptor, type_name(descriptor))
            if not definition.name[:1].isupper() and self._go.unit(path) != self._go.unit(self.path):
                continue
            place = definition.selection_range
            is_own = self.satisfies(owner, interface)
            if index in owners and (is_own or self._satisfies_below(owner, interface, index)):
                target = symbol_id(path, f"{descriptor}{definition.name}().")
                for entry in self._get(member_key(path, descriptor, definition.name)) or ():
                    target = symbol_id(path, entry[1])
                self.collector.add(
                    index, target, DependencyKind.OVERRIDES, Confidence.EXACT, place.start_line, place.start_column
                )
            if is_own and definition.container > 0 and definition.container in owners:
                place = self.definitions[definition.container].selection_range
                target = symbol_id(path, descriptor)
                self.collector.add(
                    definition.container,
                    target,
                    DependencyKind.IMPLEMENTS,
                    Confidence.EXACT,
                    place.start_line,
                    place.start_column,
                )

    def _type_of(self, index: int) -> Entity | None:
        container = self.definitions[index].container
        if container > 0:
            definition = self.definitions[container]
            return Entity(TYPE, self.path, definition.descriptor, definition.name)
        found = self._go.evaluate(self._here, (self._types.receivers[index],))
        return next((each for each in found if each.kind is TYPE), None)

    def satisfies(self, owner: Entity, interface: Entity, depth: int = 0) -> bool:
        """Say whether a type has every method of an interface."""
        question = (owner, interface)
        found = self._satisfied.get(question)
        if found is None:
            self._satisfied[question] = False
            found = self._satisfied[question] = self._has_all(owner, interface, depth)
        return found

    def _has_all(self, owner: Entity, interface: Entity, depth: int) -> bool:
        if owner == interface or depth > _MAX_EMBEDDED:
            return False
        methods = self._get(method_set_key(interface.path, interface.descriptor)) or ()
        for name, shape in methods:
            found = self._go.member(owner, name)
            if found[0].kind is not FUNCTION or found[0].name.count(",") != shape.count(","):
                return False
            if self._go.shape(found[0].path, found[0].name) != self._go.shape(interface.path, shape):
                return False
        place = Place(interface.path)
        for chain in self._get(base_key(interface.path, interface.descriptor)) or ():
            for base in self._go.evaluate(place, chain):
                if base.kind is TYPE:
                    if not self.satisfies(owner, base, depth + 1):
                        return False
                elif not self._has_foreign(owner, STANDARD.get(_foreign_name(base, chain), ""), len(methods)):
                    return False
        return True

    def _has_foreign(self, owner: Entity, names: str, known: int) -> bool:
        """Say whether a type has the methods of an embedded interface; where nobody knows them, two others must do."""
        found = [self._go.member(owner, name)[0] for name in names.split()]
        if not found:
            return known > 1
        return all(each.kind is FUNCTION or is_foreign((each,)) for each in found)

    def _satisfies_below(self, owner: Entity, interface: Entity, index: int) -> bool:
        """Say whether a type that embeds `owner`, at any depth, satisfies an interface by this very method."""
        name, own = self.definitions[index].name, self.definitions[index].descriptor
        waiting, seen = [owner], {owner: None}
        while waiting and len(seen) < _MAX_EMBEDDERS:
            below = waiting.pop(0)
            for each in self._embedders(below):
                if each in seen:
                    continue
                seen[each] = None
                found = self._go.member(each, name)
                if found[0].path == self.path and found[0].descriptor == own:
                    if self.satisfies(each, interface):
                        return True
                    waiting.append(each)
        return False

    def _embedders(self, owner: Entity) -> list[Entity]:
        value = self._get(embedders_key(owner.name))
        found: list[Entity] = []
        for path, descriptor in value if value and value != MANY else ():
            for chain in self._get(base_key(path, descriptor)) or ():
                if chain[-1] == owner.name and owner in self._go.evaluate(Place(path), chain):
                    found.append(Entity(TYPE, path, descriptor, type_name(descriptor)))
        return found


def _foreign_name(base: Entity, chain: Chain) -> str:
    """Return the name of an embedded interface as its own package's name has it, whatever the import calls that."""
    module, _, name = base.descriptor.partition(" ")
    return f"{module.rpartition('/')[2]}.{name}" if name else ".".join(chain)
