"""From what the references of one JavaScript or TypeScript file stand for to its edges.

| role | to a class | to a function or method | to an interface | to a constant | to a module |
|---|---|---|---|---|---|
| call, decorator | calls | calls (a getter: references) | references | references | what it is |
| type | uses_type | references | uses_type | uses_type | nothing |
| inherit, implement | inherits, implements | the same | the same | references | nothing |
| read | references | references | references | references | nothing |

`new C()` and `<C/>` are edges to the class or function alone, and what a constant holds is the constant's own business
(who calls `const make = C.create` depends on it through the constant); a variable or field that is no symbol stands for
what it holds. A module that is replaced as a whole
(`module.exports = f`) stands for what replaces it. An import gives `imports` edges to the module and to
what it names (a name that destructuring takes out of a module: to the module only). `super(...)` gives none,
`inherits` says as much. A method that is not static overrides the one of that name in the nearest base class or
interface that has one. A call whose receiver is unknown goes to the only method of that name in the project, if there
is just one and no built-in type has such a member (confidence inferred).
"""

from __future__ import annotations

import re

from codegraph.core.facts import (
    COMPUTED,
    ROLE,
    Chain,
    Definition,
    Import,
    ImportKind,
    Occurrences,
    Outline,
    Reference,
    Role,
)
from codegraph.core.symbols import (
    Confidence,
    DependencyKind,
    SymbolId,
    SymbolKind,
    container_of,
    descriptor_parts,
    symbol_id,
)
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.javascript.contributions import described, flags_of, import_entry, on_side
from codegraph.graph.resolve.javascript.entities import (
    DEFINITION,
    FIELD,
    FOREIGN,
    HANDED_BACK,
    MODULE,
    VARIABLE,
    Candidates,
    Entity,
    is_known,
    unsure,
)
from codegraph.graph.resolve.javascript.evaluator import Evaluator
from codegraph.graph.resolve.javascript.holding import held_by
from codegraph.graph.resolve.javascript.names import COMMON_MEMBERS, COMPONENTS, FAMILY
from codegraph.graph.resolve.javascript.scopes import Home, LocalNames, home_of, scopes_of
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.scheme import MANY, TableReader

_ORDINAL = re.compile(r"\(\+\d+\)|\(\)")
_TYPE_FORMS = frozenset({"class", "interface", "enum"})
_VALUE_FORMS = frozenset({"class", "function", "method", "constant", "enum"})
_MAKING = frozenset({"class", "interface", "function"})
_RUN = frozenset({"class", "function", "method"})
_HELD = frozenset({VARIABLE, FIELD})
_HERITAGE = {Role.INHERIT: DependencyKind.INHERITS, Role.IMPLEMENT: DependencyKind.IMPLEMENTS}
_CALLING = (Role.CALL, Role.DECORATOR)
_FALLBACK_REASONS = ("unknown_receiver", "local", "dynamic")


class FileLinker:
    """Links one file, a `PartLinker`."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        self._path = path
        self._definitions = outline.definitions
        self._scopes = scopes_of(path, outline)
        self._locals = LocalNames(outline, occurrences)
        self.collector = collector
        self._interfaces: dict[int, list[Chain]] = {}
        for each in occurrences.references:
            if each.role is ROLE.IMPLEMENT:
                self._interfaces.setdefault(each.owner, []).append(each.chain)

    def link(self, part: Part, table: TableReader) -> None:
        """Resolve one part."""
        self._table = table
        self._evaluator = Evaluator(self._path, table, self._locals, self._scopes)
        self._implemented: dict[int, list[Home]] = {}
        for reference in part.references:
            self._link(reference)
        for each in part.imports:
            self._link_import(each)
        for index in part.owners:
            if self._definitions[index].kind is SymbolKind.METHOD:
                self._link_override(index, self._definitions[index])

    def _link(self, reference: Reference) -> None:
        owner, chain, role = reference.owner, reference.chain, reference.role
        if chain[-1] == COMPUTED:
            self._link_computed(reference)
            return
        found = self._evaluator.evaluate(self._scopes[owner], chain)
        line, column = reference.positions[:2]
        targets = self._targets(found, role, self._definitions[owner].kind)
        if targets:
            self._add(owner, targets, role, line, column)
            is_held = role is ROLE.CALL and all(each.form == "constant" for each in targets)
            if is_held and not _is_component(targets[0]) and self._is_open(targets[0]):
                self.collector.miss(owner, chain[-1], role, "dynamic", line, column)
        elif not is_known(found):
            if not (role is ROLE.CALL and _is_by_member(chain) and self._means_receiver(owner, chain, found[0].name)):
                self._fall_back(owner, chain, role, found[0].name, line, column)
        elif components := [each for each in found if each.kind is MODULE and each.path.endswith(COMPONENTS)]:
            kind = DependencyKind.CALLS if role is ROLE.CALL else DependencyKind.REFERENCES
            for each in components:
                self.collector.add(owner, symbol_id(each.path, ""), kind, Confidence.EXACT, line, column)
        elif role is ROLE.CALL and found[0].kind in _HELD:
            reason = "local" if len(chain) == 1 else "dynamic"
            self.collector.miss(owner, chain[-1], role, reason, line, column)

    def _means_receiver(self, owner: int, chain: Chain, reason: str) -> bool:
        """Say whether `f.call(x)`, of which f is mentioned as called beside this, means no method of that name."""
        before = self._evaluator.evaluate(self._scopes[owner], chain[:-1])
        held = [value for each in before for value in self._evaluator.values(each)]
        is_function = all(each.kind is DEFINITION and each.form in _RUN for each in held)
        return reason in FOREIGN or is_function or not self._table.named(FAMILY, chain[-1])

    def _is_open(self, constant: Entity) -> bool:
        """Say whether calling what a constant holds may call something of the project: not where a library made it."""
        held = held_by(self._evaluator, constant)
        return is_known(held) or held[0].name not in (*FOREIGN, HANDED_BACK)

    def _link_computed(self, reference: Reference) -> None:
        """Link a call whose function has no name to what is known of its value."""
        owner, chain, role = reference.owner, reference.chain[:-1], reference.role
        found = unsure(self._evaluator.evaluate(self._scopes[owner], chain)) if chain else ()
        targets = self._targets(found, role, self._definitions[owner].kind)
        if targets:
            self._add(owner, targets, role, *reference.positions[:2])
        is_foreign = bool(found) and found[0].name in FOREIGN and chain[-1] not in ("()", "[]")
        if all(each.form == "constant" for each in targets) and not (is_foreign and not is_known(found)):
            self.collector.computed(reference)

    def _targets(self, found: Candidates, role: Role, owner: SymbolKind) -> list[Entity]:
        """Return the definitions that a reference leads to, in the order of the candidates."""
        targets: dict[Entity, None] = {}
        for entity in found:
            if entity.kind is DEFINITION:
                targets[entity] = None
            elif entity.kind is MODULE:
                whole = self._evaluator.whole(entity, loosely=role in _CALLING)
                targets.update((each, None) for each in whole if _is_definition(each))
            elif entity.kind in _HELD:
                held = self._held(entity)
                if role is ROLE.READ and not _is_alias(entity):
                    held = [each for each in held if _is_made_as(each, entity)]
                targets.update(dict.fromkeys(held))
        if role in (ROLE.TYPE, ROLE.IMPLEMENT) or (role is ROLE.INHERIT and owner is SymbolKind.INTERFACE):
            return [each for each in targets if each.form in _TYPE_FORMS] or list(targets)
        values = [each for each in targets if each.form in _VALUE_FORMS]
        return values if values or role is not ROLE.READ else list(targets)  # `export default T` of a type

    def _held(self, entity: Entity) -> list[Entity]:
        """Return the definitions that a variable or member holds; a local one only where it is what made the member."""
        inner = entity.kind is FIELD and entity.form in _MAKING
        return [
            each
            for each in self._evaluator.values(entity)
            if _is_definition(each) and each.form != "constant" and each != entity
            if inner or "l" not in each.flags
        ]

    def _add(self, owner: int, targets: list[Entity], role: Role, line: int, column: int) -> None:
        names = dict.fromkeys(
            (each.path, _ORDINAL.sub("", each.descriptor)) for each in targets if each.form != "constant"
        )
        for each in targets:
            confidence = Confidence.EXACT if each.sure else Confidence.INFERRED
            if len(names) > 1:
                confidence = Confidence.AMBIGUOUS
            target = symbol_id(each.path, each.descriptor)
            self.collector.add(owner, target, _kind(role, each), confidence, line, column)

    def _fall_back(self, owner: int, chain: Chain, role: Role, reason: str, line: int, column: int) -> None:
        name = chain[-1]
        if reason == HANDED_BACK:  # names of libraries' own are as likely, so this is no guess, only not ruled out
            reason = "unknown_receiver" if role is not ROLE.READ and self._table.named(FAMILY, name) else "external"
        elif role is ROLE.CALL and reason in _FALLBACK_REASONS and len(chain) > 1:
            target = self._only(name)
            if target is not None:
                self.collector.add(owner, target, DependencyKind.CALLS, Confidence.INFERRED, line, column)
                return
        if reason in _FALLBACK_REASONS:
            if role is ROLE.READ:
                return
            reason = "unknown_receiver" if len(chain) > 1 else "local"
        if reason == "builtin" and role is ROLE.READ:
            return
        self.collector.miss(owner, name, role, reason, line, column)

    def _only(self, name: str) -> SymbolId | None:
        """Return the only method of a name in the project, where that means something."""
        if name in COMMON_MEMBERS or not name[:1].isalpha() or len(name) < 3:
            return None
        value = self._table.named(FAMILY, name)
        if value is None or value == MANY:
            return None
        path, descriptor, form = value[0]
        if form != "method":
            return None
        entries = on_side(described(self._evaluator.read, path, descriptor)[1], static=False)
        return symbol_id(path, descriptor) if entries else None  # a static method is none of an object's

    def _link_import(self, each: Import) -> None:
        path = self._evaluator.modules.find(self._path, each.module)
        owner, line, column = self._importing(each.owner), each.line, each.column
        if path is None:
            reason = "missing" if each.module.startswith(".") else "external"
            self.collector.miss(owner, each.name or each.module, ROLE.READ, reason, line, column)
            return
        exact = Confidence.EXACT
        self.collector.add(owner, symbol_id(path, ""), DependencyKind.IMPORTS, exact, line, column)
        if each.kind is not ImportKind.NAME and each.kind is not ImportKind.MEMBER:
            return
        found = self._evaluator.imported(self._path, import_entry(each))
        for entity in found:
            if (entity.kind is DEFINITION or entity.kind is MODULE) and each.kind is ImportKind.NAME:
                target = symbol_id(entity.path, entity.descriptor)
                self.collector.add(owner, target, DependencyKind.IMPORTS, exact, line, column)
        if not is_known(found):
            reason = "external" if found[0].name == HANDED_BACK else found[0].name
            self.collector.miss(owner, each.name, ROLE.READ, reason, line, column)

    def _importing(self, owner: int) -> int:
        """Return whose an import is: `const log = require("./log").make()` imports for what the constant stands in."""
        while self._definitions[owner].kind is SymbolKind.CONSTANT:
            owner = self._definitions[owner].container
        return owner

    def _implemented_by(self, owner: int) -> list[Home]:
        """Return the interfaces that a class says it implements."""
        homes = self._implemented.get(owner)
        if homes is None:
            homes = self._implemented[owner] = []
            for chain in self._interfaces.get(owner, ()):
                found = self._evaluator.evaluate(self._scopes[owner], chain)
                targets = self._targets(found, ROLE.IMPLEMENT, self._definitions[owner].kind)
                homes += [home for each in targets if (home := home_of(each)) is not None]
        return homes

    def _link_override(self, index: int, definition: Definition) -> None:
        container = self._definitions[definition.container]
        if container.kind not in (SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.FUNCTION):
            return
        if definition.name == "constructor" or "s" in flags_of(definition):
            return
        place = definition.selection_range
        home = Home(self._path, container.descriptor, container.kind.value)
        beside = (
            container_of(container.descriptor),
            self._path,
        )  # an interface that adds to a class is none of its bases
        above = self._evaluator.lineage(home)[1:]
        lines = [[base for base in above if (container_of(base.descriptor), base.path) != beside]]
        for interface in self._implemented_by(definition.container):
            lines.append(self._evaluator.lineage(interface))
        for line in lines:
            for base in line:
                entries = on_side(self._evaluator.own_member(base, definition.name), static=False)
                methods = [entry[1] for entry in entries if entry[0] == "d" and entry[2] == "method"]
                if methods:
                    self.collector.add(
                        index,
                        symbol_id(base.path, methods[0]),
                        DependencyKind.OVERRIDES,
                        Confidence.EXACT,
                        place.start_line,
                        place.start_column,
                    )
                    break


def _is_by_member(chain: Chain) -> bool:
    """Say whether a call of a member may be one of its receiver: `f.call(x)`, not `f().call(x)`, `this.call(x)`."""
    return chain[-1] in ("call", "apply") and len(chain) > 1 and chain[-2] not in ("()", "", "@self", "@super")


def _is_definition(entity: Entity) -> bool:
    return entity.kind is DEFINITION


def _is_alias(entity: Entity) -> bool:
    """Tell whether a field is only another name in an object literal or at the top of a module."""
    return entity.kind is FIELD and entity.form in ("constant", "module")


def _is_made_as(each: Entity, entity: Entity) -> bool:
    """Tell whether a member is the local definition that it holds: `this.stop = function () {}`."""
    return "l" in each.flags and entity.kind is FIELD and descriptor_parts(each.descriptor)[-1][0] == entity.name


def _is_component(entity: Entity) -> bool:
    """Tell whether this is the object that a component is written as: an element that names it runs it."""
    return entity.path.endswith(COMPONENTS) and entity.descriptor == "default."


def _kind(role: Role, entity: Entity) -> DependencyKind:
    if role in _HERITAGE and entity.form != "constant":
        return _HERITAGE[role]
    if role in _CALLING and entity.form in ("class", "function", "method") and "g" not in entity.flags:
        return DependencyKind.CALLS
    if role is ROLE.CALL and _is_component(entity):
        return DependencyKind.CALLS
    if role is ROLE.TYPE and (entity.form in _TYPE_FORMS or entity.form == "constant"):
        return DependencyKind.USES_TYPE
    return DependencyKind.REFERENCES
