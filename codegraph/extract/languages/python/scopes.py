"""Which scope a Python name is bound in, and from where it is looked up.

Lambdas and comprehensions have scopes of their own (`InnerScope`); the first iterable of a comprehension belongs to
the scope around. `:=` binds in the function around comprehensions, which may be a lambda. `global` and `nonlocal` names
are bound in the scope that they mean. Decorators, defaults, annotations and bases stand in the scope around. What a
class binds is seen by its body alone, not by lambdas and comprehensions there.
Tests: tests/unit/graph/test_graph_python_scopes.py compares with CPython's symbol tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from tree_sitter import Node

from codegraph.core.facts import ROLE, Chain, Role
from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS
from codegraph.extract.inner import InnerScope, InnerScopes
from codegraph.extract.languages.python.values import SEQUENCES, iterations
from codegraph.extract.view import FileView, Match

SPLATS = frozenset({"list_splat_pattern", "dictionary_splat_pattern", "list_splat"})
_BASES = frozenset({Role.INHERIT, Role.IMPLEMENT})
_AROUND = _BASES | {Role.DECORATOR}
"""Roles whose names linking looks up around their owner in any case."""


def find_inner_scopes(view: FileView) -> None:
    """Tell a view what the lambdas and comprehensions of its file bind."""
    lambdas = [found["target"][0] for found in view.forms("lambda")]
    clauses: dict[int, list[Match]] = {}
    for found in view.forms("comprehension"):
        clause = found["target"][0].parent
        around = clause.parent if clause is not None else None
        if around is not None:
            clauses.setdefault(around.id, []).append(found)
    made: list[tuple[InnerScope, Node | None, list[Match]]] = []
    for node in lambdas:
        body = node.child_by_field_name("body") or node
        scope = InnerScope(body.start_byte, node.end_byte, (0, 0), True, {})
        made.append((scope, node.child_by_field_name("parameters"), []))
    for matches in clauses.values():
        clause = matches[0]["target"][0].parent
        around = clause.parent if clause is not None else None
        if clause is not None and around is not None:
            hole = (matches[0]["value"][0].start_byte, clause.end_byte)
            made.append((InnerScope(around.start_byte, around.end_byte, hole, False, {}), None, matches))
    made.sort(key=lambda one: one[0].start)
    inner = view.inner = InnerScopes([each[0] for each in made])
    for found in view.forms("walrus"):
        name = found["target"][0]
        function = inner.around(name.start_byte, only_functions=True)
        if function is not None:
            view.targets.add(name.start_byte)
            inner.bind(function, view.text.of(name), ())
    for scope, parameters, matches in made:
        for parameter in parameters.named_children if parameters is not None else ():
            _bind(view, scope, parameter, ())
        for found in matches:
            for target, chain in iterated(view, found):
                _bind(view, scope, target, chain)


def _bind(view: FileView, scope: InnerScope, target: Node, chain: Chain) -> None:
    for name in targets_of(target):
        if name.type == "identifier":
            view.targets.add(name.start_byte)
            view.inner.bind(scope, view.text.of(name), chain if target.type == "identifier" else ())


def iterated(view: FileView, found: Match) -> Iterator[tuple[Node, Chain]]:
    """Walk the targets of a loop with the chains of what they are."""
    target, value = found["target"][0], found["value"][0]
    owner = view.owner_of(value.start_byte)
    pairs = iterations(target, value, view.text)
    if all(each is not target for each, _, _ in pairs):
        yield target, ()
    for each, iterable, steps in pairs:
        chain = view.chain(iterable, owner)
        yield each, (*chain, *steps) if chain else ()


def targets_of(target: Node) -> Iterator[Node]:
    """Walk the names and attributes that a target or a lambda's parameter binds, in source order."""
    pending = [target]
    while pending:
        node = pending.pop()
        kind = node.type
        if kind in ("identifier", "attribute"):
            yield node
        elif kind == "default_parameter":
            name = node.child_by_field_name("name")
            if name is not None:
                pending.append(name)
        elif kind in SEQUENCES or kind in SPLATS:
            pending.extend(reversed(node.named_children))


class Lookups:
    """Knows which names of a file are looked up further out than in the definition that they stand in."""

    def __init__(
        self,
        view: FileView,
        bound: Iterable[tuple[int, str]],
        elsewhere: Mapping[tuple[int, str], int],
        first: Mapping[tuple[int, str], tuple[int, int]],
    ) -> None:
        self._view = view
        self._bound: dict[int, set[str]] = {}
        """Definition -> the names bound in its own scope."""
        for owner, name in bound:
            self._bound.setdefault(owner, set()).add(name)
        self._unbound: dict[int, dict[str, tuple[int, int]]] = {}
        """Class -> the names that its body binds, with where they are not bound yet: `X = X` means the X around."""
        for (owner, name), place in first.items():
            self._unbound.setdefault(owner, {})[name] = place
        for found in view.definitions[1:]:
            self._bound.setdefault(found.container, set()).add(found.name)
            if self._unbound and found.name in self._unbound.get(found.container, ()):
                self._unbound[found.container].pop(found.name)
        for each in view.imports:
            if self._unbound and each.alias in self._unbound.get(each.owner, ()):
                self._unbound[each.owner].pop(each.alias)
            self._bound.setdefault(each.owner, set()).add(each.alias)
        self._global: dict[int, set[str]] = {}
        """Definition -> the names that mean the module's in spite of a function around that binds them."""
        for (owner, name), scope in elsewhere.items():
            if not scope and any(name in self._bound.get(each, ()) for each in view.functions_around(owner)):
                self._declare_global(owner, name)

    def names(self, owner: int, in_header: bool) -> Collection[str]:
        """Return the names for which that may be so."""
        if not in_header:
            return {*self._unseen(owner), *self._global.get(owner, ()), *self._unbound.get(owner, ())}
        around = self._view.definitions[owner].container
        return {*self._bound.get(owner, ()), *self._global.get(around, ()), *self._of_class(around)}

    def steps(self, owner: int, name: str, offset: int, role: Role, in_header: bool) -> int:
        """Return how many definitions further out the name at an offset is looked up."""
        definitions, at, steps, is_outer = self._view.definitions, owner, 0, False
        if in_header:
            found = definitions[owner]
            at, steps = found.container, 1
            is_above = found.kind in CALLABLE_KINDS and role is not ROLE.TYPE and offset < found.name_start
            is_bound = name in self._bound.get(owner, ())
            is_beside = name in self._of_class(at) and (found.kind in TYPE_KINDS or found.kind in CALLABLE_KINDS)
            is_outer = not (is_above or role in _AROUND) and (is_bound or is_beside)
        start, end = self._unbound.get(owner, {}).get(name, (0, 0)) if at == owner else (0, 0)
        if start < offset < end or (name in self._unseen(at) and self._view.inner.around(offset) is not None):
            is_outer = True
            while definitions[at].kind in TYPE_KINDS:
                at, steps = definitions[at].container, steps + 1
        if name in self._global.get(at, ()):
            is_outer = True
            while at > 0:
                at, steps = definitions[at].container, steps + 1
        return steps if is_outer and role not in _BASES else 0

    def _of_class(self, owner: int) -> Collection[str]:
        """Return what a class binds; () for other definitions."""
        return self._bound.get(owner, ()) if self._view.definitions[owner].kind in TYPE_KINDS else ()

    def _unseen(self, owner: int) -> Collection[str]:
        """Return what a class binds, which lambdas and comprehensions in its body do not see."""
        return self._of_class(owner) if self._view.inner else ()

    def _declare_global(self, owner: int, name: str) -> None:
        inside = {owner}
        self._global.setdefault(owner, set()).add(name)
        for index, found in enumerate(self._view.definitions[owner + 1 :], owner + 1):
            if found.container not in inside:
                continue
            if found.kind in TYPE_KINDS or name not in self._bound.get(index, ()):
                inside.add(index)
                self._global.setdefault(index, set()).add(name)
