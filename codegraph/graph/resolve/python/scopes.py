"""Where a Python name is looked up: the scope of an expression, and the local names of the linked file."""

from __future__ import annotations

from codegraph.core.facts import BINDING, BindingKind, Chain, ImportKind, Occurrences, Outline
from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS
from codegraph.graph.resolve.python.contributions import flags_of, functions_around, import_entry, unreachable
from codegraph.graph.resolve.python.entities import CLASS, INSTANCE, Candidates, ClassName, Entity, unknown
from codegraph.graph.resolve.scheme import Entry

_NO_LOCALS = frozenset({BindingKind.RETURN, BindingKind.ATTRIBUTE, BindingKind.UNREACHABLE})


class Scope:
    """The surroundings of an expression; two are the same only if they are the same object.

    `owner` is the index of the function of the linked file whose locals are visible, -1 for none;
    `body` the descriptor of the class whose own names are visible ("" for none); `enclosing` the class
    that `@super` starts from, `receiver` the class that `@self` and `@class` mean. `names` is the scope
    in which a name that is not local means the same, `special` that of "@self" and the like: many
    functions share them, and with them the answers in `memo`. None stands for the scope itself: a cycle
    would keep everything that linking a file made alive until the garbage collector comes round.
    """

    __slots__ = ("body", "enclosing", "memo", "names", "owner", "path", "receiver", "special")

    def __init__(
        self, path: str, owner: int, body: str, enclosing: ClassName | None, receiver: ClassName | None
    ) -> None:
        self.path = path
        self.owner = owner
        self.body = body
        self.enclosing = enclosing
        self.receiver = receiver
        self.names: Scope | None = None
        self.special: Scope | None = None
        self.memo: dict[Chain, Candidates] = {}


class Scopes:
    """Makes each scope once; lives as long as a file is being linked."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, int, str, ClassName | None, ClassName | None], Scope] = {}

    def of(
        self,
        path: str,
        owner: int = -1,
        body: str = "",
        enclosing: ClassName | None = None,
        receiver: ClassName | None = None,
    ) -> Scope:
        """Return the scope with these surroundings."""
        question = (path, owner, body, enclosing, receiver)
        scope = self._made.get(question)
        if scope is None:
            scope = self._made[question] = Scope(path, owner, body, enclosing, receiver)
            if owner >= 0 or (enclosing is not None and not body):
                scope.names = self.of(path, -1, body, enclosing if body else None, receiver if body else None)
            if owner >= 0 or body:
                scope.special = self.of(path, -1, "", enclosing, receiver)
        return scope

    def forget(self) -> None:
        """Let no scope remember answers."""
        for scope in self._made.values():
            scope.memo.clear()

    def of_definitions(self, path: str, outline: Outline) -> list[Scope]:
        """Return the scope of each definition's expressions."""
        scopes: list[Scope] = []
        for index, definition in enumerate(outline.definitions):
            if definition.container < 0:
                scopes.append(self.of(path))
                continue
            above = scopes[definition.container]
            if definition.kind in TYPE_KINDS:
                own = ClassName(path, definition.descriptor)
                scopes.append(self.of(path, above.owner, definition.descriptor, own, own))
            elif definition.kind in CALLABLE_KINDS:
                scopes.append(self.of(path, index, "", above.enclosing, above.receiver))
            else:
                scopes.append(above)
        return scopes


def special(scope: Scope, name: str) -> Candidates:
    """Return what "@self" and the like mean."""
    if scope.receiver is None or scope.enclosing is None:
        return unknown("unknown_receiver")
    if name == "@self":
        return (Entity(INSTANCE, *scope.receiver),)
    if name == "@class":
        return (Entity(CLASS, *scope.receiver),)
    if name == "@super":
        return (Entity(INSTANCE, *scope.enclosing, name="super", receiver=scope.receiver),)
    return unknown("dynamic")


class LocalNames:
    """The names bound inside functions of the linked file, as entries like those of `def` and `imp`.

    `outermost` holds the names that the file itself binds at its top; None if star imports may bind others.
    """

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.outermost = _outermost(outline, occurrences)
        self._entries: dict[tuple[int, str], dict[Entry, None]] = {}
        self._elements: dict[tuple[int, str], dict[Chain, None]] = {}
        self._narrowed: dict[tuple[int, str], dict[Chain, None]] = {}
        self._around = functions_around(outline)
        self._values: set[tuple[int, str]] = set()
        """What is bound by anything else than being a parameter."""
        hidden = unreachable(outline, occurrences)
        definitions = outline.definitions
        functions = frozenset(index for index, each in enumerate(definitions) if each.kind in CALLABLE_KINDS)
        for definition in definitions[1:]:
            if definition.container in functions and definition.descriptor not in hidden:
                self._values.add((definition.container, definition.name))
                flags = flags_of(definition) if definition.kind in CALLABLE_KINDS else ""
                found = ("d", definition.descriptor, definition.kind.value, flags)
                self._add(definition.container, definition.name, found)
        for each in occurrences.imports:
            if each.owner in functions and each.alias:
                self._values.add((each.owner, each.alias))
                entry = import_entry(each.kind, each.module, str(each.level), each.name, each.alias)
                self._add(each.owner, each.alias, ("i", *entry))
        for binding in occurrences.bindings:
            if binding.owner not in functions or binding.kind in _NO_LOCALS:
                continue
            if binding.kind is BINDING.VARIABLE:
                self._values.add((binding.owner, binding.name))
            if binding.kind is BINDING.NARROWED:
                self._narrowed.setdefault((binding.owner, binding.name), {})[binding.chain] = None
            elif binding.kind is BINDING.ELEMENT:
                self._elements.setdefault((binding.owner, binding.name), {})[binding.chain] = None
            else:
                self._add(binding.owner, binding.name, ("v", *binding.chain))

    def entries(self, owner: int, name: str) -> tuple[Entry, ...]:
        """Return what a function binds to a name."""
        return tuple(self._entries.get((owner, name), ()))

    def binder(self, owner: int, name: str) -> int:
        """Return which function binds a name that is used in `owner`: itself or one around it; -1 if none does."""
        while owner >= 0:
            if (owner, name) in self._entries:
                return owner
            owner = self._around.get(owner, -1)
        return -1

    def binds_type(self, owner: int, name: str) -> bool:
        """Say whether a function binds a name otherwise than by a parameter: a type in its header may mean that."""
        return (owner, name) in self._values

    def elements(self, owner: int, name: str) -> tuple[Chain, ...]:
        """Return the chains of the elements of a local variable."""
        return tuple(self._elements.get((owner, name), ()))

    def narrowed(self, owner: int, name: str) -> tuple[Chain, ...]:
        """Return the chains of what a local variable is tested for."""
        return tuple(self._narrowed.get((owner, name), ()))

    def _add(self, owner: int, name: str, entry: Entry) -> None:
        self._entries.setdefault((owner, name), {})[entry] = None


def _outermost(outline: Outline, occurrences: Occurrences) -> frozenset[str] | None:
    if any(each.kind is ImportKind.STAR and each.owner == 0 for each in occurrences.imports):
        return None
    names = [each.name for each in outline.definitions if each.container == 0]
    names.extend(each.alias for each in occurrences.imports if each.owner == 0)
    names.extend(each.name for each in occurrences.bindings if each.owner == 0)
    return frozenset(names)
