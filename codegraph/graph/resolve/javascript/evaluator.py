"""What a JavaScript expression chain stands for: names, members, calls and elements, one step at a time.

One evaluator serves one call of `link`. It learns of members and exports only by `TableReader.get`; what it
remembers dies with it. A question that comes up again while it is being answered (import cycles, a variable
assigned from itself) has the answer "dynamic" there, what is unknown only because of that is asked again (bounded),
and steps inside steps are bounded, so every chain ends.

Lookup order of a name: the definition's own names, the namespaces around it, the file's definitions and
variables, its imports, the platform's names. Members are looked up in the class and along its bases.
Tests: tests/unit/graph/test_graph_resolve_javascript.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from codegraph.core.facts import LOCAL, Chain
from codegraph.core.symbols import descriptor_parts
from codegraph.graph.resolve.javascript.calls import called, element_of, handed, handed_back, keyed
from codegraph.graph.resolve.javascript.contributions import SPREAD, WHOLE, chain_of, described, on_side
from codegraph.graph.resolve.javascript.entities import (
    CONTAINER_METHOD,
    DEFINITION,
    FIELD,
    INSTANCE,
    MODULE,
    UNKNOWN,
    VARIABLE,
    Candidates,
    Entity,
    classes_first,
    is_known,
    merged,
    unknown,
    unsure,
)
from codegraph.graph.resolve.javascript.holding import field_entries, held
from codegraph.graph.resolve.javascript.modules import ModuleFinder
from codegraph.graph.resolve.javascript.names import BUILTINS, DECLARING, KEEPING, SCRIPTS, TAKING
from codegraph.graph.resolve.javascript.scopes import Home, LocalNames, Scope, home_of
from codegraph.graph.resolve.keys import (
    base_key,
    definition_key,
    export_key,
    import_key,
    member_key,
    star_key,
    top_key,
)
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader, Value

_MAX_NESTING = 40
_IMPORTED = 'import("'  # a module named inside a type: `import("./x").T`
_MAX_BASES = 32
_CYCLE = unknown("dynamic")
_OPEN = (Entity(UNKNOWN, name="dynamic"),)
"""Stands for an answer that is being looked for: a different object than `_CYCLE`, which is one."""
_MAX_RETRIES = 500
_Question = tuple[object, ...]


class Evaluator:
    """Answers what chains stand for, for one file being linked."""

    def __init__(self, path: str, table: TableReader, locals_: LocalNames, scopes: Sequence[Scope]) -> None:
        self._path = path
        self._get = table.get
        self.locals = locals_
        self.scopes = scopes
        """The scope of each definition of the linked file."""
        self.modules = ModuleFinder(table)
        self._memo: dict[_Question, Candidates] = {}
        self._lineages: dict[Home, list[Home]] = {}
        self._spread: dict[Home, list[str]] = {}
        """Per class or object: the modules whose exports an object literal copies (`{...namespace}`)."""
        self._file_scopes: dict[tuple[str, Home | None], Scope] = {}
        self._nesting = 0
        self._cuts = 0
        self._retries = _MAX_RETRIES

    def read(self, key: str) -> Value:
        """Return the entries of a private key."""
        return self._get(key) or ()

    def evaluate(self, scope: Scope, chain: Chain) -> Candidates:
        """Return the candidates of a chain, at most MAX_CANDIDATES; UNKNOWN says why there is none."""
        question = (scope, chain)
        found = self._memo.get(question)
        if found is not None:
            self._cuts += found is _OPEN
            return found
        if not chain or self._nesting > _MAX_NESTING:
            return _CYCLE
        self._memo[question] = _OPEN
        cuts = self._cuts
        self._nesting += 1
        if len(chain) == 1:
            found = self._name(scope, chain[0])
        else:
            before = self.evaluate(scope, chain[:-1])
            found = handed_back(chain, merged([self._step(each, chain[-1]) for each in before], MAX_CANDIDATES))
        self._nesting -= 1
        return self._keep(question, found, cuts)

    def values(self, entity: Entity) -> Candidates:
        """Return what a variable, field, constant, getter or module holds; other entities as they are."""
        question = ("values", entity)
        found = self._memo.get(question)
        if found is not None:
            self._cuts += found is _OPEN
            return found
        if self._nesting > _MAX_NESTING:
            return _CYCLE
        self._memo[question] = _OPEN
        cuts = self._cuts
        self._nesting += 1
        found = held(self, entity)
        self._nesting -= 1
        return self._keep(question, found, cuts)

    def _keep(self, question: _Question, found: Candidates, cuts: int) -> Candidates:
        """Answer an open question, but for good only if open ones (`cuts` before it) are not why nothing is known."""
        if self._cuts != cuts and self._nesting and self._retries and not is_known(found):
            self._retries -= 1
            del self._memo[question]
        else:
            self._memo[question] = _CYCLE if found is _OPEN else found
        return found

    def exported(self, path: str, name: str) -> Candidates:
        """Return what a file exports under a name ("export=": the module itself)."""
        question = ("exported", path, name)
        found = self._memo.get(question)
        if found is not None:
            self._cuts += found is _OPEN
            return found
        self._memo[question] = _OPEN
        cuts = self._cuts
        return self._keep(question, self._exported(path, name), cuts)

    def imported(self, importer: str, entry: Entry) -> Candidates:
        """Return what an import entry, ("m", specifier) or ("n", specifier, name), brings."""
        path = self.modules.find(importer, entry[1])
        if path is None:
            return unknown("external" if entry[1][:1] != "." else "missing")
        return (Entity(MODULE, path),) if entry[0] == "m" else self._module_member(Entity(MODULE, path), entry[2])

    def whole(self, module: Entity, *, loosely: bool = True) -> Candidates:
        """Return what a module is as a value: what replaces it, else (`loosely`) its default export."""
        found = self.exported(module.path, WHOLE)
        return found if is_known(found) or not loosely else self.exported(module.path, "default")

    def bases(self, home: Home) -> Candidates:
        """Return the direct bases of a class, interface, alias or object, in source order."""
        entries = self.read(base_key(home.path, home.descriptor))
        if not entries:
            return ()
        scope = self.scope_of_file(home.path, home)
        found: list[Candidates] = []
        for entry in entries:
            for each in self.evaluate(scope, entry):
                if each.kind is MODULE:
                    whole = self.whole(each, loosely=False)
                    found.append(whole if is_known(whole) else (each,))
                else:
                    found.append((each,) if each.kind is DEFINITION else self.values(each))
        return classes_first(merged(found, _MAX_BASES))

    def own_member(self, home: Home, name: str) -> tuple[Entry, ...]:
        """Return the entries of a member, bases left aside."""
        return self.read(member_key(home.path, home.descriptor, name))

    def lineage(self, home: Home) -> list[Home]:
        """Return a class and all its bases, each once: depth first, in source order."""
        known = self._lineages.get(home)
        if known is not None:
            return known
        found: dict[Home, None] = {}
        spread: list[str] = []
        waiting = [home]
        while waiting and len(found) < _MAX_BASES:
            each = waiting.pop()
            if each in found:
                continue
            found[each] = None
            bases = self.bases(each)
            waiting.extend(reversed([base for entity in bases if (base := home_of(entity)) is not None]))
            spread += [entity.path for entity in bases if entity.kind is MODULE]
        known = self._lineages[home] = list(found)
        self._spread[home] = spread
        return known

    def _name(self, scope: Scope, name: str) -> Candidates:
        if name[:1] == "@" or not name:
            return self._special(scope, name)
        for owner in scope.owners:
            local = self.locals.entries(owner, name)
            if local is not None:
                return self._local(scope, owner, name, local)
        for namespace in scope.namespaces:
            entries = self.read(member_key(scope.path, namespace, name))
            if entries:
                return self._entities(Home(scope.path, namespace, "class"), name, entries, None)
        path = scope.path
        entries = self.read(definition_key(path, name))
        if entries:
            return self._entities(Home(path, "", "module"), name, entries, None)
        entries = self.read(import_key(path, name))
        if entries:
            return merged([self.imported(path, entry) for entry in entries], MAX_CANDIDATES)
        if name == "exports":
            return (Entity(MODULE, path),)
        if name.startswith(_IMPORTED):
            return self.imported(path, ("m", name.removeprefix(_IMPORTED).removesuffix('")')))
        return unknown("builtin") if name in BUILTINS else self._of_scripts(name)

    def _of_scripts(self, name: str) -> Candidates:
        """Return what a script defines for all files, if only one does."""
        value = self._get(top_key(SCRIPTS, name)) or MANY
        if value == MANY or any(entry[0] != value[0][0] for entry in value):
            return unknown("missing")
        return unsure(self._entities(Home(value[0][0], "", "module"), name, tuple(e[1:] for e in value), None))

    def _special(self, scope: Scope, name: str) -> Candidates:
        if name.startswith(LOCAL):
            held, entries = described(self.read, scope.path, name.removeprefix(LOCAL))
            return self._entities(Home(scope.path, "", "module"), held, entries, None) if entries else _CYCLE
        receiver = scope.receiver
        if receiver is None or not name:
            return unknown("unknown_receiver")
        if name == "@super":
            return self.bases(receiver) or unknown("missing")
        kind = INSTANCE if name == "@self" and receiver.form in _INSTANTIABLE else DEFINITION
        held = descriptor_parts(receiver.descriptor)[-1][0] if receiver.form == "constant" else ""
        return (Entity(kind, *receiver, held),)

    def _local(self, scope: Scope, owner: int, name: str, entries: tuple[Entry, ...]) -> Candidates:
        imports = [entry[1:] for entry in entries if entry[0] == "i"]
        if imports:
            return merged([self.imported(scope.path, entry) for entry in imports], MAX_CANDIDATES)
        return (Entity(VARIABLE, scope.path, name=name, local=owner),)

    def _entities(self, home: Home, name: str, entries: Value, receiver: Home | None) -> Candidates:
        """Return the definitions under a name; a variable or field only where there is none."""
        found = [
            Entity(DEFINITION, home.path, entry[1], entry[2], name, entry[3], receiver=receiver)
            for entry in entries
            if entry[0] == "d"
        ]
        if found:
            return tuple(found[:MAX_CANDIDATES])
        return (Entity(FIELD, home.path, home.descriptor, home.form, name, receiver=receiver),)

    def _step(self, entity: Entity, element: str) -> Candidates:
        if entity.kind is UNKNOWN:
            return unknown("unknown_receiver" if entity.name in _FALLBACK else entity.name)
        if element == "()":
            return called(self, entity)
        if element[:1] == "[":
            return keyed(self, entity, element)
        return handed(self, entity, element) if element[:1] == "(" else self.member(entity, element)

    def member(self, entity: Entity, name: str) -> Candidates:
        """Return the members of that name of an entity or of what it holds."""
        question = ("member", entity, name)
        found = self._memo.get(question)
        if found is not None:
            self._cuts += found is _OPEN
            return found
        self._memo[question] = _OPEN
        cuts = self._cuts
        return self._keep(question, self._member(entity, name), cuts)

    def _member(self, entity: Entity, name: str) -> Candidates:
        if entity.kind is MODULE:
            return self._module_member(entity, name)
        if entity.kind in _NAMED and (found := self._composite(entity, name)):
            return found
        home = home_of(entity)
        if home is not None and not (entity.kind is DEFINITION and "g" in entity.flags):
            if name == "prototype" and entity.kind is DEFINITION:
                return (entity._replace(kind=INSTANCE),)
            if name == "constructor" and entity.kind is INSTANCE:
                return (entity._replace(kind=DEFINITION),)
            found = self.inherited(home, name, static=entity.kind is not INSTANCE)
            if found:
                return found if entity.sure else unsure(found)
        if (name in KEEPING or name in TAKING) and is_known(element_of(self, entity)):
            how = "keep" if name in KEEPING else "take"
            return (Entity(CONTAINER_METHOD, flags=how, receiver=entity, sure=entity.sure),)
        held = self.values(entity)
        if held == (entity,) or not is_known(held):
            return unknown("unknown_receiver")
        return merged([self.member(each, name) for each in held], MAX_CANDIDATES)

    def _composite(self, entity: Entity, name: str) -> Candidates:
        """Return the property `name` of the object literal that a variable or field holds."""
        longer = entity._replace(name=f"{entity.name}.{name}")
        if entity.kind is VARIABLE:
            return (longer,) if self.locals.entries(entity.local, longer.name) is not None else ()
        return (longer,) if field_entries(self, longer) else ()

    def inherited(self, home: Home, name: str, *, static: bool = True) -> Candidates:
        """Return the members of that name in a class or the nearest of its bases; none is ().

        An instance has no static members (`static` says whether they count); a class may have any, static ones first.
        """
        for each in self.lineage(home):
            entries = on_side(self.own_member(each, name), static=static)
            if entries:
                return self._entities(each, name, entries, home)
        for path in self._spread[home]:
            found = self.exported(path, name)
            if is_known(found):
                return found
        return ()

    def _module_member(self, module: Entity, name: str) -> Candidates:
        found = self.exported(module.path, name)
        if is_known(found) or name == "default":
            return found
        whole = self.exported(module.path, WHOLE)
        return merged([self.member(each, name) for each in whole], MAX_CANDIDATES) if is_known(whole) else found

    def _exported(self, path: str, name: str) -> Candidates:
        scope = self.scope_of_file(path)
        entries = self.read(export_key(path, name))
        groups: list[Candidates] = []
        for entry in entries:
            if entry[0] == "v":
                groups.append(self.evaluate(scope, chain_of(entry)) if len(entry) > 1 else unknown("dynamic"))
            else:
                groups.append(self.imported(path, entry))
        if groups:
            found = merged(groups, MAX_CANDIDATES)
            if is_known(found) or len(entries[0]) > 1:
                return found
        if name == "default":
            whole = self.exported(path, WHOLE)
            return whole if is_known(whole) else unknown("missing")
        if name == WHOLE:
            return unknown("missing")
        for entry in self.read(star_key(path)):
            found = self._through(path, entry[0], name)
            if is_known(found):
                return found
        for entry in self.read(export_key(path, SPREAD)):
            held = self.evaluate(scope, chain_of(entry))
            found = merged([self.member(each, name) for each in held], MAX_CANDIDATES)
            if is_known(found):
                return found
        entries = self.read(definition_key(path, name)) if path.endswith(DECLARING) else ()
        return self._entities(Home(path, "", "module"), name, entries, None) if entries else unknown("missing")

    def _through(self, path: str, specifier: str, name: str) -> Candidates:
        target = self.modules.find(path, specifier)
        return self.exported(target, name) if target is not None else unknown("external")

    def scope_of_file(self, path: str, receiver: Home | None = None) -> Scope:
        """Return the scope at the top of a file, always the same one; `@self` is an instance of `receiver`."""
        scope = self._file_scopes.get((path, receiver))
        if scope is None:
            scope = Scope(path, (0,) if path == self._path else (), (), receiver)
            self._file_scopes[path, receiver] = scope
        return scope


_NAMED = frozenset({VARIABLE, FIELD})
_FALLBACK = ("missing", "local", "dynamic")
_INSTANTIABLE = frozenset({"class", "interface", "enum", "function"})
