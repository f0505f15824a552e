"""What a Python expression chain stands for: names, members, calls and elements, one step at a time.

One evaluator serves one call of `link`. It learns of every file, the linked one included, only by
`TableReader.get`; what it remembers dies with it. A question that comes up again while it is being
answered (import cycles, a variable that is assigned from itself) has the answer "dynamic" there, and
steps inside steps are bounded, so every chain ends.

Members are looked up along the C3 linearisation of the bases that are known ("The Python 2.3 Method
Resolution Order", M. Simionato); where that has no solution, depth first, left to right.
Tests: tests/unit/graph/test_graph_python.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from codegraph.core.facts import IMPORTED, LITERAL, LOCAL, OUTSIDE, Chain
from codegraph.graph.resolve.keys import base_key, definition_key, element_key, member_key, return_key
from codegraph.graph.resolve.python.entities import (
    CLASS,
    FOREIGN,
    FUNCTION,
    GIVING,
    HANDED_BACK,
    INHERITED,
    INSTANCE,
    MODULE,
    PASSING,
    RESULT,
    UNKNOWN,
    VARIABLE,
    Candidates,
    ClassName,
    Entity,
    as_sure,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.python.linearise import linearise
from codegraph.graph.resolve.python.module_names import ModuleNames, entities_of
from codegraph.graph.resolve.python.names import BUILTINS
from codegraph.graph.resolve.python.scopes import LocalNames, Scope, Scopes, special
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, TableReader, Value

_MAX_NESTING = 40
_CYCLE = unknown("dynamic")
_BUILTIN = unknown("builtin")
_MISSING = unknown("missing")
_UNKNOWN_RECEIVER = unknown("unknown_receiver")
_HANDED_BACK = unknown(HANDED_BACK)
_OPEN = unknown("dynamic")
"""Stands for an answer that is being looked for: a different object than `_CYCLE`, which is one."""
_MAX_RETRIES = 500
_LAZY = frozenset({VARIABLE, RESULT})
_PICKING = frozenset({"anext", "eval", "getattr", "max", "min", "next", "sum"})
"""Built-in functions whose result may be the project's own."""
_Question = tuple[object, ...]
_Asked = TypeVar("_Asked", bound=_Question)


class Evaluator:
    """Answers what chains stand for, for one file being linked."""

    def __init__(
        self, path: str, table: TableReader, scopes: Scopes, definitions: Sequence[Scope], locals_: LocalNames
    ) -> None:
        self._path = path
        self._definitions = definitions
        self._get = table.get
        self._scope = scopes.of
        self._locals = locals_
        self.names = ModuleNames(table)
        self._memo: dict[_Question, Candidates] = {}
        self._orders: dict[ClassName, tuple[tuple[ClassName, ...], str]] = {}
        self._nesting = 0
        self._cuts = 0
        self._retries = _MAX_RETRIES

    def narrowest(self, scope: Scope, head: str) -> Scope:
        """Return the scope that a chain with this head depends on; functions share it for names not their own."""
        if scope.owner >= 0 and self._locals.binder(scope.owner, head) >= 0:
            return scope
        return (scope.special if head[:1] == "@" else scope.names) or scope

    def evaluate(self, scope: Scope, chain: Chain) -> Candidates:
        """Return the candidates of a chain, at most MAX_CANDIDATES; UNKNOWN says why there is none."""
        return self.evaluate_within(self.narrowest(scope, chain[0]), chain) if chain else _CYCLE

    def evaluate_within(self, scope: Scope, chain: Chain) -> Candidates:
        """The same for a chain that is not empty, in the narrowest scope of its head."""
        found = scope.memo.get(chain)
        if found is not None:
            self._cuts += found is _OPEN
            return found
        if self._nesting > _MAX_NESTING:
            return _CYCLE
        scope.memo[chain] = _OPEN
        cuts = self._cuts
        self._nesting += 1
        if len(chain) == 1:
            found = self._name(scope, chain[0])
        else:
            before = self.evaluate_within(scope, chain[:-1])
            if len(before) == 1:
                found = self._step(before[0], chain[-1])
            else:
                found = merged([self._step(each, chain[-1]) for each in before], MAX_CANDIDATES)
            if found[0].name in FOREIGN and found[0].kind is UNKNOWN and _takes(chain):
                found = _HANDED_BACK
        self._nesting -= 1
        self._keep(scope.memo, chain, found, cuts)
        return found

    def _is_cut(self, cuts: int, found: Candidates) -> bool:
        """Say whether an answer is unknown perhaps only because of questions that are still open: it is not kept."""
        if self._cuts == cuts or not self._nesting or not self._retries or is_known(found):
            return False
        self._retries -= 1
        return True

    def _keep(self, memo: dict[_Asked, Candidates], question: _Asked, found: Candidates, cuts: int) -> None:
        """Answer an open question; `cuts` is what was counted when it was opened."""
        if self._is_cut(cuts, found):
            del memo[question]
        else:
            memo[question] = found

    def expand(self, entity: Entity) -> Candidates:
        """Return what a variable holds, a call returns or a property gives; other entities as they are."""
        if entity.kind is VARIABLE:
            return self._held(entity)
        if entity.kind is RESULT or (entity.kind is FUNCTION and entity.is_property):
            return self._returned(entity)
        return (entity,)

    def order(self, name: ClassName) -> tuple[tuple[ClassName, ...], str]:
        """Return the known classes in which members are looked up, and why there may be more ("" if not)."""
        found = self._orders.get(name)
        if found is None:
            self._orders[name] = ((name,), "")
            orders: list[tuple[ClassName, ...]] = []
            gap = ""
            for base in self.bases(name):
                if base.kind is CLASS:
                    above, above_gap = self.order(ClassName(base.path, base.descriptor))
                    orders.append(above)
                    gap = gap or above_gap
                elif base.name != "builtin":
                    gap = gap or (
                        INHERITED if base.name in ("external", INHERITED, HANDED_BACK) else "unknown_receiver"
                    )
            found = self._orders[name] = (linearise(name, orders), gap)
        return found

    def bases(self, name: ClassName) -> list[Entity]:
        """Return the direct bases of a class, in order; UNKNOWN for those outside of the project."""
        scope = self._scope(name.path, body=_container(name.descriptor))
        found: list[Entity] = []
        for chain in self._get(base_key(name.path, name.descriptor)) or ():
            for each in self.evaluate(scope, chain):
                found.extend(self.expand(each))
        return found

    def member(self, owner: ClassName, name: str, receiver: ClassName | None, skip: int = 0) -> Candidates:
        """Return a class's member along its bases, the first `skip` classes left out."""
        order, gap = self.order(owner)
        for place in order[skip:]:
            entries = self._get(member_key(place.path, place.descriptor, name))
            if entries:
                found = entities_of(entries, place.path, name, place.descriptor, receiver)
                if found:
                    return found
        return unknown(gap or ("builtin" if name.startswith("__") else "missing"))

    def _name(self, scope: Scope, name: str) -> Candidates:
        if name == "()":
            return _UNKNOWN_RECEIVER
        if name.startswith("@"):
            if name == LITERAL[0]:
                return _BUILTIN
            if name.startswith(IMPORTED):
                return self.names.imported(scope.path, ("m", name[len(IMPORTED) :], "0", ""))
            if name[:2] == OUTSIDE:
                return self._name(scope.special or scope, name[2:])
            return self._definition(scope.path, name[len(LOCAL) :]) if name[:2] == LOCAL else special(scope, name)
        if scope.body and (entries := self._get(member_key(scope.path, scope.body, name))):
            found = entities_of(entries, scope.path, name, scope.body, scope.receiver)
            if found:
                return found
        if scope.owner >= 0 and (owner := self._locals.binder(scope.owner, name)) >= 0:
            return self._local(scope, owner, name)
        outermost = self._locals.outermost if scope.path == self._path else None
        found = _MISSING if outermost is not None and name not in outermost else self.names.named(scope.path, name)
        return _BUILTIN if found[0].kind is UNKNOWN and name in BUILTINS else found

    def _definition(self, path: str, descriptor: str) -> Candidates:
        """Return the local definition with that descriptor."""
        entries = self._get(member_key(path, "", descriptor))
        return entities_of(entries, path, "", "", None) if entries else _MISSING

    def _local(self, scope: Scope, owner: int, name: str) -> Candidates:
        entries = self._locals.entries(owner, name)
        groups: list[Candidates] = []
        for entry in entries:
            if entry[0] == "d":
                groups.append(entities_of((entry,), scope.path, name, "", None))
            elif entry[0] == "i":
                groups.append(self.names.imported(scope.path, entry[1:]))
        if groups and is_known(found := merged(groups, MAX_CANDIDATES)):
            return found
        if any(entry[0] == "v" for entry in entries):
            return (Entity(VARIABLE, scope.path, "", name, local=owner),)
        return merged(groups, MAX_CANDIDATES)

    def _step(self, entity: Entity, part: str) -> Candidates:
        if entity.method:
            plain = entity._replace(method="")
            if part != "()":
                return _UNKNOWN_RECEIVER
            return (plain,) if entity.method in PASSING else self._element(plain)
        if entity.kind is UNKNOWN:
            if entity.name == INHERITED:  # what a library's class holds may be the project's own
                return _HANDED_BACK
            return _UNKNOWN_RECEIVER if entity.name == "missing" else (entity,)
        if part == "()":
            return self._called(entity)
        if part == "[]":
            return self._element(entity)
        if part == "@enter":
            return self._entered(entity)
        if entity.kind is MODULE:
            return self.names.member(entity, part)
        if entity.kind is CLASS:
            own = ClassName(entity.path, entity.descriptor)
            return as_sure(self.member(own, part, own), entity.sure)
        if entity.kind is INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            if part == "__class__":
                return (Entity(CLASS, entity.path, entity.descriptor, sure=entity.sure),)
            if entity.name == "super":
                return self.member(own, part, entity.receiver, skip=1)
            return as_sure(self.member(own, part, own), entity.sure)
        return self._after_expansion(entity, part)

    def _called(self, entity: Entity) -> Candidates:
        if entity.kind is CLASS:
            return (Entity(INSTANCE, entity.path, entity.descriptor, sure=False),)
        if entity.kind is FUNCTION and not entity.is_property:
            return (entity._replace(kind=RESULT),)
        if entity.kind is INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            return merged([self._called(each) for each in self.member(own, "__call__", own)], MAX_CANDIDATES)
        return self._after_expansion(entity, "()") if entity.kind is not MODULE else _CYCLE

    def _element(self, entity: Entity) -> Candidates:
        if entity.kind is CLASS:
            return (entity,)
        if entity.kind is INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            getters = self.member(own, "__getitem__", own)
            return merged([self._called(each) for each in getters], MAX_CANDIDATES)
        scope = self._scope_of(entity)
        if chains := self._elements(entity):
            return as_sure(merged([self.evaluate(scope, each) for each in chains], MAX_CANDIDATES), False)
        found = self._after_expansion(entity, "[]")
        if is_known(found) or entity.kind is not VARIABLE:
            return found
        through = [self.evaluate(scope, (*chain, "[]")) for chain in self._chains(entity)]
        return as_sure(merged(through, MAX_CANDIDATES), False) or found

    def _elements(self, entity: Entity) -> tuple[Chain, ...]:
        """Return the chains of the elements of a variable or result, where they are known directly."""
        if entity.kind is not VARIABLE:
            return self._get(element_key(entity.path, entity.descriptor, "()")) or ()
        if entity.local >= 0:
            return self._locals.elements(entity.local, entity.name)
        return self._get(element_key(entity.path, entity.scope, entity.name)) or ()

    def _entered(self, entity: Entity) -> Candidates:
        """Return what a `with` statement binds: what `__enter__` returns, or what a generator function yields.

        A class whose `__enter__` is not known, because a base is not, is taken to return itself.
        """
        if entity.kind is INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            for name in ("__enter__", "__aenter__"):
                methods = self.member(own, name, own)
                if is_known(methods):
                    return merged([self._called(each) for each in methods], MAX_CANDIDATES)
            return (entity._replace(sure=False),)
        if entity.kind is RESULT and self._get(element_key(entity.path, entity.descriptor, "()")):
            return self._element(entity)
        return self._after_expansion(entity, "@enter") if entity.kind in _LAZY else _UNKNOWN_RECEIVER

    def _after_expansion(self, entity: Entity, part: str) -> Candidates:
        question = ("step", entity, part)
        found = self._memo.get(question)
        if found is None:
            self._memo[question] = _OPEN
            cuts = self._cuts
            held = self.expand(entity)
            found = _CYCLE
            if held != (entity,):
                found = merged([self._step(each, part) for each in held], MAX_CANDIDATES)
            if not is_known(found):
                found = self._beyond(entity, part) or found
            self._keep(self._memo, question, found, cuts)
        else:
            self._cuts += found is _OPEN
        return found

    def _beyond(self, entity: Entity, part: str) -> Candidates:
        """Return what `isinstance` or known elements say of a step that the values themselves do not know."""
        if entity.local >= 0:
            chains = self._locals.narrowed(entity.local, entity.name)
            scope = self._definitions[entity.local]
            tested = [self._step(each, part) for chain in chains for each in self.evaluate(scope, chain)]
            if is_known(found := merged(tested, MAX_CANDIDATES)):
                return as_sure(found, False)
        is_giving = (entity.kind in _LAZY or entity.is_property) and (part in GIVING or part in PASSING)
        return (entity._replace(method=part),) if is_giving and self._elements(entity) else ()

    def _chains(self, entity: Entity) -> tuple[Chain, ...]:
        """Return the chains of the values of a variable."""
        return tuple(dict.fromkeys(entry[1:] for entry in self._entries(entity) if entry[0] == "v" and len(entry) > 1))

    def _entries(self, entity: Entity) -> Value:
        if entity.local >= 0:
            return self._locals.entries(entity.local, entity.name)
        if entity.scope:
            return self._get(member_key(entity.path, entity.scope, entity.name)) or ()
        return self._get(definition_key(entity.path, entity.name)) or ()

    def _held(self, entity: Entity) -> Candidates:
        chains = self._chains(entity)
        if not chains:
            return unknown("local" if entity.local >= 0 else "unknown_receiver")
        found = self._values(entity, chains, "unknown_receiver")
        is_foreign = found[0].kind is UNKNOWN and found[0].name in FOREIGN
        if is_foreign and ("v",) in self._entries(entity):
            return _UNKNOWN_RECEIVER
        return self._described(found) if entity.scope and not entity.descriptor else found

    def _described(self, found: Candidates) -> Candidates:
        """Return what reading an attribute of a class gives: what `__get__` does, where its value has such a method."""
        groups: list[Candidates] = []
        for each in found:
            own = ClassName(each.path, each.descriptor)
            getters = self.member(own, "__get__", own) if each.kind is INSTANCE else ()
            given = [self._called(getter) for getter in getters if getter.kind is FUNCTION]
            values = [value for result in given for one in result for value in self.expand(one)]
            groups.append((merged([tuple(values)], MAX_CANDIDATES) or _UNKNOWN_RECEIVER) if given else (each,))
        return merged(groups, MAX_CANDIDATES)

    def _returned(self, entity: Entity) -> Candidates:
        chains = self._get(return_key(entity.path, entity.descriptor)) or ()
        return self._values(entity, chains, "unknown_receiver") if chains else _UNKNOWN_RECEIVER

    def _values(self, entity: Entity, chains: tuple[Chain, ...], reason: str) -> Candidates:
        if self._nesting > _MAX_NESTING:
            return _CYCLE
        question = ("values", entity)
        found = self._memo.get(question)
        if found is None:
            self._memo[question] = _OPEN
            cuts = self._cuts
            scope = self._scope_of(entity)
            self._nesting += 1
            groups = [self.expand(each) for chain in chains for each in self.evaluate(scope, chain)]
            self._nesting -= 1
            found = as_sure(merged(groups, MAX_CANDIDATES) or unknown(reason), False)
            self._keep(self._memo, question, found, cuts)
        else:
            self._cuts += found is _OPEN
        return found

    def _scope_of(self, entity: Entity) -> Scope:
        """Return the scope of the chains that say what an entity holds or returns."""
        if entity.local >= 0:
            return self._definitions[entity.local]
        if not entity.scope:
            return self._scope(entity.path)
        enclosing = ClassName(entity.path, entity.scope)
        return self._scope(entity.path, -1, "", enclosing, entity.receiver or enclosing)


def _takes(chain: Chain) -> bool:
    """Say whether the last step may take the project's own out of what a library made: `stack[-1]`, `queue.get()`."""
    if chain[-1] != "()":
        return chain[-1] in ("[]", "@enter")
    name = chain[-2]
    return name in _PICKING or not (name[:1].isupper() or (len(chain) == 2 and name in BUILTINS) or name == LITERAL[0])


def _container(descriptor: str) -> str:
    """Return the descriptor of the class directly around a nested class, "" if there is none."""
    own = descriptor.rstrip("#").rfind("#") + 1
    return "" if ")." in descriptor[own:] else descriptor[:own]
