"""From what the references of one Python file stand for to its edges.

| role | to a class | to a function | to a constant | to a module |
|---|---|---|---|---|
| call, decorator | calls | calls (a property: references) | references | references |
| type | uses_type | references | uses_type | references |
| inherit | inherits | references | inherits what it holds | references |
| read | references | references | references | references |

Calling a class is an edge to the class alone, not to its `__init__`: the class stands for both. Calling what
is an instance calls its `__call__`. A variable that is a symbol stands for what it holds; another one for its
only value. What stands in decorators and types is looked up around the function. A class body knows what is
defined in it only from its line on; above that the name is the module's, whatever functions are between. An
import gives `imports` edges to what it names and to the module that it names it in; a method overrides the
method of that name in the nearest base that has one. A call or attribute whose receiver is unknown goes to the
only definition of that name in the project, if there is just one and no built-in type has such a member
(confidence inferred).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codegraph.core.facts import (
    COMPUTED,
    IMPORT,
    OUTER,
    ROLE,
    SPELLED,
    UNPARSED,
    Chain,
    Definition,
    Import,
    Occurrences,
    Outline,
    Reference,
    Role,
)
from codegraph.core.symbols import (
    CALLABLE_KINDS,
    EDGE,
    KIND,
    SURE,
    TYPE_KINDS,
    Confidence,
    DependencyKind,
    SymbolId,
    symbol_id,
)
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import member_key
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.python.contributions import import_entry
from codegraph.graph.resolve.python.entities import (
    CLASS,
    FOREIGN,
    FUNCTION,
    HANDED_BACK,
    INSTANCE,
    MODULE,
    UNKNOWN,
    VARIABLE,
    ClassName,
    Entity,
)
from codegraph.graph.resolve.python.evaluator import Evaluator
from codegraph.graph.resolve.python.names import COMMON_MEMBERS, FAMILY
from codegraph.graph.resolve.python.scopes import LocalNames, Scope, Scopes
from codegraph.graph.resolve.scheme import MANY, TableReader

_ORDINAL = re.compile(r"\(\+\d+\)|\(\)")
_CLASS_EDGES = {
    Role.READ: DependencyKind.REFERENCES,
    Role.CALL: DependencyKind.CALLS,
    Role.DECORATOR: DependencyKind.CALLS,
    Role.TYPE: DependencyKind.USES_TYPE,
    Role.INHERIT: DependencyKind.INHERITS,
    Role.IMPLEMENT: DependencyKind.INHERITS,
}
_CALLING = (Role.CALL, Role.DECORATOR)
_INHERITING = (Role.INHERIT, Role.IMPLEMENT)
_FALLBACK_REASONS = ("unknown_receiver", "local")
_CALLED = (CLASS, FUNCTION)
_INHERITED = (CLASS,)
_OWN_CLASS = frozenset({"@class", "__class__"})
_Target = tuple[SymbolId, DependencyKind, bool]
_Edge = tuple[SymbolId, DependencyKind, Confidence]


class _Outcome(NamedTuple):
    """What comes of a reference: edges, or the reason why there is none ("" if there is nothing to say)."""

    edges: tuple[_Edge, ...]
    reason: str
    is_module: bool = False


class FileLinker:
    """Links one file, a `PartLinker`."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        self._path = path
        self._definitions = outline.definitions
        self._made = Scopes()
        self._scopes = self._made.of_definitions(path, outline)
        self._locals = LocalNames(outline, occurrences)
        self.collector = collector
        self._firsts = _first_lines(outline)

    def link(self, part: Part, table: TableReader) -> None:
        """Resolve one part."""
        self._made.forget()
        self._table = table
        self._evaluator = Evaluator(self._path, table, self._made, self._scopes, self._locals)
        self._outcomes: dict[tuple[Scope, Chain, Role], _Outcome] = {}
        self._passed = {(each.owner, each.chain[:-1]) for each in part.references if len(each.chain) > 2}
        """Chains that are only on the way to something else: `a.b` in `a.b.c`."""
        for reference in part.references:
            self._link(reference)
        for each in part.imports:
            self._link_import(each)
        for index in part.owners:
            if self._definitions[index].kind is KIND.METHOD:
                self._link_override(index, self._definitions[index])

    def _link(self, reference: Reference) -> None:
        owner, chain, role = reference.owner, reference.chain, reference.role
        if chain[-1] == COMPUTED:
            self._link_computed(reference)
            return
        if chain[0] == UNPARSED:
            self.collector.miss(owner, chain[-1], role, "unparsed", *reference.positions[:2])
            return
        if chain[0] == SPELLED:
            self.collector.miss(owner, chain[-1], role, "dynamic", *reference.positions[:2])
            return
        steps = 0
        while chain[steps] == OUTER and steps + 1 < len(chain):
            steps += 1
        chain = chain[steps:]
        scope = self._evaluator.narrowest(self._scope(reference, steps), chain[0])
        question = (scope, chain, role)
        outcome = self._outcomes.get(question)
        if outcome is None:
            outcome = self._outcomes[question] = self._outcome(scope, chain, role)
        if outcome.is_module and len(chain) > 1 and (owner, reference.chain) in self._passed:
            return
        line, column = reference.positions[:2]
        for target, kind, confidence in outcome.edges:
            self.collector.add(owner, target, kind, confidence, line, column)
        if outcome.reason:
            self.collector.miss(owner, chain[-1], role, outcome.reason, line, column)

    def _link_computed(self, reference: Reference) -> None:
        """Link a call whose function has no name to what is known of its value."""
        owner, chain = reference.owner, reference.chain[:-1]
        outcome = _Outcome((), "")
        if chain:
            scope = self._evaluator.narrowest(self._scope(reference), chain[0])
            outcome = self._outcome(scope, chain, reference.role)
        calls = [edge for edge in outcome.edges if edge[1] is EDGE.CALLS]
        for edge in calls:
            self.collector.add(owner, *edge, *reference.positions[:2])
        is_foreign = outcome.reason in FOREIGN and chain[-1].isidentifier()
        if not calls and not is_foreign:
            self.collector.computed(reference)

    def _outcome(self, scope: Scope, chain: Chain, role: Role) -> _Outcome:
        found = self._evaluator.evaluate_within(scope, chain)
        first = found[0]
        targets = [target for entity in found for target in self._targets(entity, role)]
        if chain[-1] in _OWN_CLASS:  # perhaps a derived class
            targets = [(target, kind, False) for target, kind, _ in targets if role is not ROLE.READ]
        if targets:
            is_held = role is ROLE.CALL and all(kind is EDGE.REFERENCES for _, kind, _ in targets)
            reason = "dynamic" if is_held and self._is_open(first) else ""
            return _Outcome(_edges(targets), reason, first.kind is MODULE)
        if first.kind is UNKNOWN:
            return self._fallback(chain, role, first.name)
        if role is ROLE.READ or first.kind is MODULE:
            return _Outcome((), "")
        return _Outcome((), "local" if first.local >= 0 else "dynamic")

    def _scope(self, reference: Reference, steps: int = 0) -> Scope:
        """Return the scope of a reference: what stands in a header belongs to the scope around it.

        `steps`: so many definitions further out it is in any case.
        """
        owner, head, role, line = reference.owner, reference.chain[steps], reference.role, reference.positions[0]
        if owner == 0:
            return self._scopes[0]
        index = owner
        for _ in range(steps):
            index = max(self._definitions[index].container, 0)
        definition = self._definitions[owner]
        is_callable = definition.kind in CALLABLE_KINDS
        if role is ROLE.READ or role is ROLE.CALL:
            is_outside = is_callable and line < definition.selection_range.start_line
        else:
            is_outside = role is not ROLE.TYPE or (is_callable and not self._locals.binds_type(owner, head))
        if not steps:
            index = definition.container if is_outside else owner
        first, is_type = self._firsts.get((index, head), (0, True))
        if line < first or (role is ROLE.TYPE and not is_type):
            index = 0
        return self._scopes[index]

    def _targets(self, entity: Entity, role: Role) -> list[_Target]:
        if entity.kind is CLASS:
            return [(symbol_id(entity.path, entity.descriptor), _CLASS_EDGES[role], entity.sure)]
        if entity.kind is FUNCTION:
            is_called = role in _CALLING and "p" not in entity.name
            kind = EDGE.CALLS if is_called else EDGE.REFERENCES
            given = self._held_targets(entity, role) if entity.is_property and role in _CALLING else []
            return [(symbol_id(entity.path, entity.descriptor), kind, entity.sure), *given]
        if entity.kind is MODULE and entity.path:
            return [(symbol_id(entity.path, ""), EDGE.REFERENCES, entity.sure)]
        if entity.kind is not VARIABLE or entity.method:
            return []
        targets: list[_Target] = []
        if entity.descriptor:
            kind = EDGE.USES_TYPE if role is ROLE.TYPE else EDGE.REFERENCES
            targets.append((symbol_id(entity.path, entity.descriptor), kind, entity.sure))
        if role in _CALLING or role in _INHERITING:
            targets.extend(self._held_targets(entity, role))
        return targets

    def _held_targets(self, variable: Entity, role: Role) -> list[_Target]:
        """Return what calling, or inheriting from, a variable means for what it holds."""
        everything = self._evaluator.expand(variable)
        called = _CALLED if len(everything) == 1 and not variable.descriptor else ()
        targets: list[_Target] = []
        for held in everything:
            if held.kind is INSTANCE and role in _CALLING:
                own = ClassName(held.path, held.descriptor)
                for method in self._evaluator.member(own, "__call__", own):
                    targets.extend(self._targets(method._replace(sure=False), role))
            elif held.kind in (_INHERITED if role in _INHERITING else called):
                targets.extend(self._targets(held, role))
        return targets

    def _is_open(self, held: Entity) -> bool:
        """Say whether calling what a variable holds may call something of the project: not where a library made it."""
        if held.kind is not VARIABLE and not (held.kind is FUNCTION and held.is_property):
            return False
        values = self._evaluator.expand(held)
        return any(each.kind is not UNKNOWN or each.name not in FOREIGN for each in values)

    def _fallback(self, chain: Chain, role: Role, reason: str) -> _Outcome:
        """Return the edge to the only definition of the name, or the reason why there is none."""
        if reason == HANDED_BACK:
            name = chain[-1]
            if name[:1] != "_" or name[:2] == "__":  # names of libraries' own are as likely; private ones are not
                return _Outcome((), "unknown_receiver" if self._table.named(FAMILY, name) else "external")
            reason = "unknown_receiver"
        if reason in _FALLBACK_REASONS or (reason == "missing" and len(chain) == 1):
            target = self._only(chain[-1], "method" if len(chain) > 1 else "function", role)
            if target is not None:
                kind = EDGE.CALLS if role is ROLE.CALL else EDGE.REFERENCES
                return _Outcome(((target, kind, SURE.INFERRED),), "")
        if reason == "local":
            if len(chain) == 1 and role is ROLE.READ:
                return _Outcome((), "")
            reason = "unknown_receiver" if len(chain) > 1 else "local"
        return _Outcome((), reason)

    def _only(self, name: str, kind: str, role: Role) -> SymbolId | None:
        """Return the only definition of a name in the project, where that means something."""
        if (
            name in COMMON_MEMBERS
            or name.startswith(("__", "@", "(", "["))
            or (kind == "function" and role is ROLE.READ)
        ):
            return None
        value = self._table.named(FAMILY, name)
        if value is None or value == MANY:
            return None
        path, descriptor, found = value[0]
        return symbol_id(path, descriptor) if found == kind else None

    def _link_import(self, each: Import) -> None:
        owner, line, column = each.owner, each.line, each.column
        if each.kind is IMPORT.NAME:
            entry = import_entry(each.kind, each.module, str(each.level), each.name, each.alias)
        else:
            entry = ("m", each.module, str(each.level), "")
        found = self._evaluator.names.imported(self._path, entry)
        if each.kind is IMPORT.NAME and each.module:
            for module in self._evaluator.names.imported(self._path, ("m", each.module, str(each.level), "")):
                if module.kind is MODULE and module.path:
                    target = symbol_id(module.path, "")
                    self.collector.add(owner, target, EDGE.IMPORTS, SURE.EXACT, line, column)
        targets = [
            (target, EDGE.IMPORTS, sure) for entity in found for target, _, sure in self._targets(entity, ROLE.READ)
        ]
        for target, kind, confidence in _edges(targets):
            self.collector.add(owner, target, kind, confidence, line, column)
        if not targets and found[0].kind is UNKNOWN:
            name = each.name if each.kind is IMPORT.NAME else each.module
            self.collector.miss(owner, name, ROLE.READ, found[0].name, line, column)

    def _link_override(self, index: int, definition: Definition) -> None:
        container = self._definitions[definition.container]
        if container.kind not in TYPE_KINDS:
            return
        order, _ = self._evaluator.order(ClassName(self._path, container.descriptor))
        for base in order[1:]:
            entries = self._table.get(member_key(base.path, base.descriptor, definition.name)) or ()
            methods = [entry[1] for entry in entries if entry[0] == "d" and entry[2] == "method"]
            if methods:
                place = definition.selection_range
                for descriptor in methods[:1]:
                    target = symbol_id(base.path, descriptor)
                    self.collector.add(
                        index,
                        target,
                        EDGE.OVERRIDES,
                        SURE.EXACT,
                        place.start_line,
                        place.start_column,
                    )
                return


def _first_lines(outline: Outline) -> dict[tuple[int, str], tuple[int, bool]]:
    """Return the line from which a class knows each name of a definition in it, and whether one is no method."""
    lines: dict[tuple[int, str], tuple[int, bool]] = {}
    for each in outline.definitions[1:]:
        if outline.definitions[each.container].kind in TYPE_KINDS:
            line, is_type = lines.get((each.container, each.name), (each.selection_range.start_line, False))
            lines[each.container, each.name] = line, is_type or each.kind is not KIND.METHOD
    return lines


def _edges(targets: list[_Target]) -> tuple[_Edge, ...]:
    """Say how sure each target is: of several bindings of one kind none is, overloads of one binding all are."""
    if len(targets) == 1:
        target, kind, sure = targets[0]
        return ((target, kind, SURE.EXACT if sure else SURE.INFERRED),)
    bindings = {(kind, _ORDINAL.sub("", target)): kind for target, kind, _ in targets}
    kinds = list(bindings.values())
    edges: list[_Edge] = []
    for target, kind, sure in targets:
        surest = SURE.EXACT if sure else SURE.INFERRED
        edges.append((target, kind, SURE.AMBIGUOUS if kinds.count(kind) > 1 else surest))
    return tuple(edges)
