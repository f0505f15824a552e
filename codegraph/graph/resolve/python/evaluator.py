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

from codegraph.core.facts import Chain
from codegraph.graph.resolve.keys import (
    base_key,
    definition_key,
    element_key,
    export_key,
    export_list_key,
    import_key,
    member_key,
    return_key,
    star_key,
)
from codegraph.graph.resolve.python.entities import (
    Candidates,
    ClassName,
    Entity,
    EntityKind,
    as_sure,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.python.linearise import linearise
from codegraph.graph.resolve.python.modules import ModuleFinder
from codegraph.graph.resolve.python.names import BUILTINS, LOCAL
from codegraph.graph.resolve.python.scopes import LocalNames, Scope, Scopes
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, Entry, TableReader

_MAX_NESTING = 40
_CLASS_KINDS = frozenset({"class", "enum", "interface"})
_CALLABLE_KINDS = frozenset({"function", "method"})
_CYCLE = unknown("dynamic")
_BUILTIN = unknown("builtin")
_MISSING = unknown("missing")
_UNKNOWN_RECEIVER = unknown("unknown_receiver")
_LAZY = frozenset({EntityKind.VARIABLE, EntityKind.RESULT})
_Question = tuple[object, ...]


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
        self._modules = ModuleFinder(table)
        self._memo: dict[_Question, Candidates] = {}
        self._orders: dict[ClassName, tuple[tuple[ClassName, ...], str]] = {}
        self._nesting = 0

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
            return found
        if self._nesting > _MAX_NESTING:
            return _CYCLE
        scope.memo[chain] = _CYCLE
        self._nesting += 1
        if len(chain) == 1:
            found = self._name(scope, chain[0])
        else:
            before = self.evaluate_within(scope, chain[:-1])
            if len(before) == 1:
                found = self._step(before[0], chain[-1])
            else:
                found = merged([self._step(each, chain[-1]) for each in before], MAX_CANDIDATES)
        self._nesting -= 1
        scope.memo[chain] = found
        return found

    def expand(self, entity: Entity) -> Candidates:
        """Return what a variable holds, a call returns or a property gives; other entities as they are."""
        if entity.kind is EntityKind.VARIABLE:
            return self._held(entity)
        if entity.kind is EntityKind.RESULT or (entity.kind is EntityKind.FUNCTION and _is_property(entity)):
            return self._returned(entity)
        return (entity,)

    def imported(self, path: str, entry: Entry) -> Candidates:
        """Return what one import (an entry of `imp`) brings into the file."""
        form, module, level, name = entry
        found = self._modules.find(path, module, int(level))
        if form != "n":
            return found
        return merged([self.module_member(each, name) for each in found], MAX_CANDIDATES)

    def module_member(self, module: Entity, name: str) -> Candidates:
        """Return what `module.name` is: a name defined there, or a submodule."""
        if module.kind is not EntityKind.MODULE:
            return (module,)
        found = self.module_name(module.path, name) if module.path else _MISSING
        if found[0].kind is EntityKind.UNKNOWN and found[0].name != "external":
            inner = self._modules.submodule(module, name)
            return inner if is_known(inner) else found
        return found

    def module_name(self, path: str, name: str) -> Candidates:
        """Return what a name means at the top of a file: definitions, imports, star imports."""
        question = ("name", path, name)
        found = self._memo.get(question)
        if found is None:
            self._memo[question] = _CYCLE
            found = self._memo[question] = self._module_name(path, name)
        return found

    def order(self, name: ClassName) -> tuple[tuple[ClassName, ...], str]:
        """Return the known classes in which members are looked up, and why there may be more ("" if not)."""
        found = self._orders.get(name)
        if found is None:
            self._orders[name] = ((name,), "")
            orders: list[tuple[ClassName, ...]] = []
            gap = ""
            for base in self.bases(name):
                if base.kind is EntityKind.CLASS:
                    above, above_gap = self.order(ClassName(base.path, base.descriptor))
                    orders.append(above)
                    gap = gap or above_gap
                elif base.name != "builtin":
                    gap = gap or ("external" if base.name == "external" else "unknown_receiver")
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
                found = self._entities(entries, place.path, name, place.descriptor, receiver)
                if found:
                    return found
        return unknown(gap or ("builtin" if name.startswith("__") else "missing"))

    def _module_name(self, path: str, name: str) -> Candidates:
        entries = self._get(definition_key(path, name)) or ()
        if any(entry[0] == "d" for entry in entries):
            return self._entities(entries, path, name, "", None)
        result = _MISSING
        for entry in reversed(self._get(import_key(path, name)) or ()):
            result = self.imported(path, entry)
            if is_known(result):
                return result
        if entries:
            return self._entities(entries, path, name, "", None)
        if result[0].name != "missing":
            return result
        for module, level in reversed(self._get(star_key(path)) or ()):
            for each in self._modules.find(path, module, int(level)):
                found = self._starred(each, name)
                if is_known(found):
                    return found
                if found[0].name == "external":
                    result = found
        return result

    def _starred(self, module: Entity, name: str) -> Candidates:
        if module.kind is not EntityKind.MODULE or not module.path:
            return (module,) if module.kind is EntityKind.UNKNOWN else _MISSING
        if self._get(export_list_key(module.path)) is not None:
            is_public = self._get(export_key(module.path, name)) is not None
        else:
            is_public = not name.startswith("_")
        return self.module_name(module.path, name) if is_public else _MISSING

    def _name(self, scope: Scope, name: str) -> Candidates:
        if name.startswith("@"):
            return self._definition(scope.path, name[len(LOCAL) :]) if name[:2] == LOCAL else _special(scope, name)
        if scope.body:
            entries = self._get(member_key(scope.path, scope.body, name))
            if entries:
                found = self._entities(entries, scope.path, name, scope.body, scope.receiver)
                if found:
                    return found
        if scope.owner >= 0 and (owner := self._locals.binder(scope.owner, name)) >= 0:
            return self._local(scope, owner, name)
        outermost = self._locals.outermost if scope.path == self._path else None
        found = _MISSING if outermost is not None and name not in outermost else self.module_name(scope.path, name)
        return _BUILTIN if found[0].kind is EntityKind.UNKNOWN and name in BUILTINS else found

    def _definition(self, path: str, descriptor: str) -> Candidates:
        """Return the local definition with that descriptor."""
        entries = self._get(member_key(path, "", descriptor))
        return self._entities(entries, path, "", "", None) if entries else _MISSING

    def _local(self, scope: Scope, owner: int, name: str) -> Candidates:
        entries = self._locals.entries(owner, name)
        groups: list[Candidates] = []
        for entry in entries:
            if entry[0] == "d":
                groups.append(self._entities((entry,), scope.path, name, "", None))
            elif entry[0] == "i":
                groups.append(self.imported(scope.path, entry[1:]))
        if groups and is_known(found := merged(groups, MAX_CANDIDATES)):
            return found
        if any(entry[0] == "v" for entry in entries):
            return (Entity(EntityKind.VARIABLE, scope.path, "", name, local=owner),)
        return merged(groups, MAX_CANDIDATES)

    def _entities(
        self, entries: tuple[Entry, ...], path: str, name: str, body: str, receiver: ClassName | None
    ) -> Candidates:
        """Return the entities of a `def` or `mem` value: its definitions, or else the variable."""
        found: list[Entity] = []
        for entry in entries:
            if entry[0] != "d":
                continue
            _, descriptor, kind, flags = entry
            if kind in _CLASS_KINDS:
                found.append(Entity(EntityKind.CLASS, path, descriptor))
            elif kind in _CALLABLE_KINDS:
                found.append(Entity(EntityKind.FUNCTION, path, descriptor, flags, body, receiver))
            else:
                found.append(Entity(EntityKind.VARIABLE, path, descriptor, name, body, receiver))
        if not found and entries:
            found.append(Entity(EntityKind.VARIABLE, path, "", name, body, receiver))
        return tuple(found[:MAX_CANDIDATES])

    def _step(self, entity: Entity, part: str) -> Candidates:
        if entity.kind is EntityKind.UNKNOWN:
            return _UNKNOWN_RECEIVER if entity.name == "missing" else (entity,)
        if part == "()":
            return self._called(entity)
        if part == "[]":
            return self._element(entity)
        if part == "@enter":
            return self._entered(entity)
        if entity.kind is EntityKind.MODULE:
            return self.module_member(entity, part)
        if entity.kind is EntityKind.CLASS:
            own = ClassName(entity.path, entity.descriptor)
            return as_sure(self.member(own, part, own), entity.sure)
        if entity.kind is EntityKind.INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            if part == "__class__":
                return (Entity(EntityKind.CLASS, entity.path, entity.descriptor, sure=entity.sure),)
            if entity.name == "super":
                return self.member(own, part, entity.receiver, skip=1)
            return as_sure(self.member(own, part, own), entity.sure)
        return self._after_expansion(entity, part)

    def _called(self, entity: Entity) -> Candidates:
        if entity.kind is EntityKind.CLASS:
            return (Entity(EntityKind.INSTANCE, entity.path, entity.descriptor, sure=False),)
        if entity.kind is EntityKind.FUNCTION and not _is_property(entity):
            return (entity._replace(kind=EntityKind.RESULT),)
        if entity.kind is EntityKind.INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            return merged([self._called(each) for each in self.member(own, "__call__", own)], MAX_CANDIDATES)
        return self._after_expansion(entity, "()") if entity.kind is not EntityKind.MODULE else _CYCLE

    def _element(self, entity: Entity) -> Candidates:
        if entity.kind is EntityKind.CLASS:
            return (entity,)
        if entity.kind is EntityKind.INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            getters = self.member(own, "__getitem__", own)
            return merged([self._called(each) for each in getters], MAX_CANDIDATES)
        if entity.kind is EntityKind.VARIABLE and entity.local >= 0:
            chains = self._locals.elements(entity.local, entity.name)
        elif entity.kind is EntityKind.VARIABLE:
            chains = self._get(element_key(entity.path, entity.scope, entity.name)) or ()
        else:
            chains = self._get(element_key(entity.path, entity.descriptor, "()")) or ()
        if chains:
            scope = self._scope_of(entity)
            return as_sure(merged([self.evaluate(scope, each) for each in chains], MAX_CANDIDATES), False)
        return self._after_expansion(entity, "[]")

    def _entered(self, entity: Entity) -> Candidates:
        """Return what a `with` statement binds: what `__enter__` returns, or what a generator function yields.

        A class whose `__enter__` is not known, because a base is not, is taken to return itself.
        """
        if entity.kind is EntityKind.INSTANCE:
            own = ClassName(entity.path, entity.descriptor)
            for name in ("__enter__", "__aenter__"):
                methods = self.member(own, name, own)
                if is_known(methods):
                    return merged([self._called(each) for each in methods], MAX_CANDIDATES)
            return (entity._replace(sure=False),)
        if entity.kind is EntityKind.RESULT and self._get(element_key(entity.path, entity.descriptor, "()")):
            return self._element(entity)
        return self._after_expansion(entity, "@enter") if entity.kind in _LAZY else _UNKNOWN_RECEIVER

    def _after_expansion(self, entity: Entity, part: str) -> Candidates:
        question = ("step", entity, part)
        found = self._memo.get(question)
        if found is None:
            self._memo[question] = _CYCLE
            held = self.expand(entity)
            found = _CYCLE
            if held != (entity,):
                found = merged([self._step(each, part) for each in held], MAX_CANDIDATES)
            self._memo[question] = found
        return found

    def _held(self, entity: Entity) -> Candidates:
        if entity.local >= 0:
            entries = self._locals.entries(entity.local, entity.name)
        elif entity.scope:
            entries = self._get(member_key(entity.path, entity.scope, entity.name)) or ()
        else:
            entries = self._get(definition_key(entity.path, entity.name)) or ()
        chains = dict.fromkeys(entry[1:] for entry in entries if entry[0] == "v" and len(entry) > 1)
        if not chains:
            return unknown("local" if entity.local >= 0 else "unknown_receiver")
        return self._values(entity, tuple(chains), "unknown_receiver")

    def _returned(self, entity: Entity) -> Candidates:
        chains = self._get(return_key(entity.path, entity.descriptor)) or ()
        return self._values(entity, chains, "unknown_receiver") if chains else _UNKNOWN_RECEIVER

    def _values(self, entity: Entity, chains: tuple[Chain, ...], reason: str) -> Candidates:
        if self._nesting > _MAX_NESTING:
            return _CYCLE
        question = ("values", entity)
        found = self._memo.get(question)
        if found is None:
            self._memo[question] = _CYCLE
            scope = self._scope_of(entity)
            self._nesting += 1
            groups = [self.expand(each) for chain in chains for each in self.evaluate(scope, chain)]
            self._nesting -= 1
            found = as_sure(merged(groups, MAX_CANDIDATES) or unknown(reason), False)
            self._memo[question] = found
        return found

    def _scope_of(self, entity: Entity) -> Scope:
        """Return the scope of the chains that say what an entity holds or returns."""
        if entity.local >= 0:
            return self._definitions[entity.local]
        if not entity.scope:
            return self._scope(entity.path)
        enclosing = ClassName(entity.path, entity.scope)
        return self._scope(entity.path, -1, "", enclosing, entity.receiver or enclosing)


def _special(scope: Scope, name: str) -> Candidates:
    if scope.receiver is None or scope.enclosing is None:
        return _UNKNOWN_RECEIVER
    if name == "@self":
        return (Entity(EntityKind.INSTANCE, *scope.receiver),)
    if name == "@class":
        return (Entity(EntityKind.CLASS, *scope.receiver),)
    if name == "@super":
        return (Entity(EntityKind.INSTANCE, *scope.enclosing, name="super", receiver=scope.receiver),)
    return unknown("dynamic")


def _is_property(entity: Entity) -> bool:
    return "p" in entity.name and entity.receiver is not None


def _container(descriptor: str) -> str:
    """Return the descriptor of the class directly around a nested class, "" if there is none."""
    own = descriptor.rstrip("#").rfind("#") + 1
    return "" if ")." in descriptor[own:] else descriptor[:own]
