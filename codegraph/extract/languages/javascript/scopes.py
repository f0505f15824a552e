"""Lexical scopes of one file, and the references, bindings, imports and exports gathered in them.

JavaScript scopes names by block, facts only by definition. The gap is closed by renaming: a name bound
in the outermost scope of a definition keeps its spelling, one bound in a nested function or block gets
a number behind an at sign ("x@7"), which no source can contain. Each function that stands in no other one
counts anew, and what is outside of functions counts apart ("x@@7"), there each function without a definition anew
("x@@7:2"): an edit of one function renames nothing in another. References are resolved to the renamed spelling
when the whole file has been seen (`finish`), because functions and `var` are hoisted. A plain read of a nested or
local name that is no import leads nowhere and is left out.

Invariant: two uses of one spelling inside a definition name the same binding. Tests:
tests/unit/extract/test_extract_javascript_occurrences.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from tree_sitter import Node

from codegraph.core.facts import BINDING, LOCAL, ROLE, Binding, BindingKind, Chain, Export, Import, ImportKind, Role
from codegraph.extract.languages.javascript.chains import UNKNOWN

if TYPE_CHECKING:
    from codegraph.extract.references import ReferenceTable
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import FileView

TYPE_PARAMETER: Final = "@t"
"""What follows the name of a type parameter that no number follows."""
_MAX_SUBSTITUTIONS: Final = 4
_NAMING: Final = frozenset({Role.READ, Role.TYPE})


class Numbering:
    """Numbers what stands in one function, or outside of all."""

    __slots__ = ("_count", "before")

    def __init__(self, before: str) -> None:
        self._count = 0
        self.before = before
        """What stands before each number."""

    def next(self) -> str:
        """Return the next label."""
        self._count += 1
        return f"{self.before}{self._count}"


@dataclass(slots=True)
class Scope:
    """One lexical scope; `plain` ones are the outermost of their definition."""

    owner: int
    parent: Scope | None
    plain: bool
    function: bool
    this: str
    number: int
    label: str
    """What follows a name that is bound here, if the scope is not plain."""
    numbering: Numbering
    names: dict[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    """Those of `names` that are type parameters: no value has such a name."""
    narrowed: dict[str, Chain] = field(default_factory=dict)
    """Names that were tested -> what they stand for here; the names are bound in a scope further out."""


class Ledger:
    """Collects what the walk finds and hands it to the file's view."""

    def __init__(self, text: SourceText, outermost: Sequence[int]) -> None:
        self._text = text
        self._scopes = 0
        self._narrows = False
        self._outermost = outermost
        """Index of a definition -> the outermost function that it stands in, 0 if it stands in none."""
        self._numberings = {0: Numbering("@@")}
        """By the outermost function around, 0 for what stands in none."""
        self.is_entangled = False
        """Whether a function without a definition around it ends what was tested outside of it."""
        self._references: list[tuple[Scope, Chain, Role, int]] = []
        self._bindings: list[tuple[int, Scope, Scope, str, BindingKind, Chain]] = []
        self._assigned: list[tuple[int, Scope, str, Chain]] = []
        self._imports: list[Import] = []
        self._brought: set[tuple[int, str]] = set()
        """Scope number and spelling of each imported name."""
        self._exports: list[tuple[int, Scope, str, Chain]] = []
        self._defined: dict[tuple[int, str], int] = {}
        """Scope number and name of a local definition -> where it stands."""
        self.at = 0
        """Byte offset of the node that is being visited: where bindings and exports stand."""
        self.explicit_exports = False
        self.renamed: set[str] = set()
        """Spellings of definitions outside of functions whose names are bound in a block or a called function."""
        self._hoisted: list[tuple[Scope, str]] = []

    def scope(self, parent: Scope | None, owner: int, this: str, *, plain: bool, function: bool) -> Scope:
        """Open a scope inside `parent`."""
        self._scopes += 1
        around = self._outermost[owner]
        if around:
            numbering = self._numberings.setdefault(around, Numbering("@"))
        else:
            numbering = self._numberings[0] if parent is None else parent.numbering
        label = "" if plain else numbering.next()
        if label and function and not around:
            numbering = Numbering(f"{label}:")
        return Scope(owner, parent, plain, function, this, self._scopes, label, numbering)

    def narrowing(self, scope: Scope, narrowed: dict[str, Chain]) -> Scope:
        """Open a scope that binds nothing of its own and in which names stand for what they were tested for."""
        self._scopes += 1
        self._narrows = True
        return replace(scope, parent=scope, function=False, number=self._scopes, names={}, narrowed=narrowed)

    def declare(self, scope: Scope, name: str) -> str:
        """Bind a name in a scope; return the spelling that facts use."""
        target = binding_scope(scope, hoisted=False)
        spelling = target.names.get(name)
        if spelling is None:
            spelling = target.names[name] = name + target.label
        return spelling

    def declare_type(self, scope: Scope, name: str) -> str:
        """Bind a type parameter, which hides types alone; return the spelling that facts use."""
        target = binding_scope(scope, hoisted=False)
        spelling = target.names[name] = name + (target.label or TYPE_PARAMETER)
        target.types += (name,)
        return spelling

    def define(self, scope: Scope, name: str, descriptor: str, *, hoisted: bool = False) -> None:
        """Let a name stand for a local definition; where several share it, the first in the source wins."""
        target = binding_scope(scope, hoisted=hoisted)
        present = self._defined.get((target.number, name))
        if present is None or self.at < present:
            self._defined[target.number, name] = self.at
            target.names[name] = f"{LOCAL}{descriptor}"

    def hoists(self, scope: Scope, name: str) -> None:
        """Record a function declared in a block: in scripts its name is one of the function around as well."""
        if not scope.function:
            self._hoisted.append((scope, name))

    def hoist(self) -> None:
        """Bind the functions declared in blocks in the functions around, where nothing around has the name."""
        found: dict[tuple[int, str], list[tuple[Scope, str]]] = {}
        for scope, name in self._hoisted:
            inner, outer = binding_scope(scope, hoisted=False), binding_scope(scope, hoisted=True)
            if inner is not outer:
                found.setdefault((outer.number, name), []).append((outer, inner.names[name]))
        for (_, name), each in found.items():
            outer, spelling = each[0]
            if len(each) == 1 and _declaring(outer, name) is None:
                outer.names[name] = spelling

    def refer(self, scope: Scope, chain: Chain, role: Role, node: Node) -> None:
        """Record a mention; `node` is the last name of the chain. A name that the parser made up is none."""
        if chain[-1]:
            self._references.append((scope, chain, role, node.start_byte))

    def bind(self, scope: Scope, name: str, kind: BindingKind, chain: Chain, target: Scope | None = None) -> None:
        """Record what a name, already spelt as facts spell it, is bound to in the scope of `target`'s owner."""
        self._bindings.append((self.at, scope, target or scope, name, kind, chain))

    def spelling(self, scope: Scope, name: str) -> str:
        """Return how facts spell a name that some enclosing scope declares."""
        found = _declaring(scope, name)
        return name if found is None else found.names[name]

    def bind_known(self, scope: Scope, name: str, spelling: str, kind: BindingKind, chain: Chain) -> None:
        """Record a binding under `spelling` in the scope that declares `name`."""
        self.bind(scope, spelling, kind, chain, _declaring(scope, name))

    def reassign(self, scope: Scope, name: str) -> None:
        """Forget what a name was tested for: here it is assigned."""
        part: Scope | None = scope
        is_inside = True
        while part is not None:
            if part.narrowed.pop(name, None) and not is_inside and not self._outermost[part.owner]:
                self.is_entangled = True
            is_inside = is_inside and not part.function
            part = part.parent

    def assign(self, scope: Scope, name: str, chain: Chain) -> None:
        """Record an assignment to a name that some enclosing scope declares."""
        self._assigned.append((self.at, scope, name, chain))

    def bring(
        self, scope: Scope, kind: ImportKind, module: str, name: str, alias: str, node: Node, *, reexport: bool = False
    ) -> None:
        """Record an imported name; its alias is declared by the caller."""
        line, column = self._text.position(node.start_byte)
        self._brought.add((binding_scope(scope, hoisted=False).number, alias))
        self._imports.append(Import(scope.owner, kind, module, 0, name, alias, line, column, reexport))

    def offer(self, scope: Scope, name: str, chain: Chain) -> None:
        """Record an exported name."""
        self._exports.append((self.at, scope, name, chain))

    def finish(self, view: FileView) -> None:
        """Resolve spellings, substitute the locals behind members, and hand everything to the view."""
        for offset, scope, name, chain in self._assigned:
            found = _declaring(scope, name)
            if found is not None and found.names[name][0] != "@":
                self._bindings.append((offset, scope, found, found.names[name], BINDING.VARIABLE, chain))
        self._bindings.sort(key=itemgetter(0))
        self._exports.sort(key=itemgetter(0))
        values = self._local_values()
        for offset, scope, target, name, kind, chain in self._bindings:
            spelt = _spell(scope, chain)
            if scope.owner and (kind is BINDING.ATTRIBUTE or kind is BINDING.RETURN):
                spelt = _substitute(spelt, _owners(scope), values)
                if not spelt and kind is BINDING.RETURN:
                    continue
            view.bind(offset, target.owner, name, kind, spelt)
        view.imports.extend(self._imports)
        view.exports.extend(
            Export(name, self._offered(scope, chain, values)) for _, scope, name, chain in self._exports
        )
        view.export_offsets.extend(offset for offset, *_ in self._exports)
        view.explicit_exports = self.explicit_exports
        view.is_entangled = self.is_entangled
        self._mention(view.references)

    def _offered(self, scope: Scope, chain: Chain, values: dict[tuple[int, str], Chain]) -> Chain:
        """Return an exported chain as it can be read from outside: without the locals of functions."""
        spelt = _spell(scope, chain)
        found = _declaring(scope, chain[0]) if chain else None
        if found is None or not found.owner or spelt[0][0] == "@":
            return spelt
        spelt = _substitute(spelt, _owners(scope), values)
        return () if spelt == chain else spelt

    def _mention(self, table: ReferenceTable) -> None:
        add, brought = table.add, self._brought
        for scope, written, role, offset in self._references:
            chain = _narrowed(scope, written) if self._narrows else written
            head = chain[0]
            if head and head[0] != "@":
                found = _declaring(scope, head)
                if found is not None and head in found.types and (role is not ROLE.TYPE or len(chain) > 1):
                    found = _declaring_value(found, head)
                if found is not None:
                    spelling = found.names[head]
                    local = not found.plain or (found.owner != 0 and (found.function or found.owner == scope.owner))
                    is_known = spelling[0] == "@" or spelling in self.renamed or (found.number, spelling) in brought
                    if local and len(chain) == 1 and role in _NAMING and not is_known:
                        continue
                    if spelling != head:
                        chain = (spelling, *chain[1:])
            add(scope.owner, chain, role, offset)

    def _local_values(self) -> dict[tuple[int, str], Chain]:
        """Return what each parameter and variable is bound to, if that is known and unique."""
        values: dict[tuple[int, str], Chain] = {}
        for _, scope, target, name, kind, chain in self._bindings:
            if kind in (BINDING.PARAMETER, BINDING.VARIABLE):
                key = (target.owner, name)
                values[key] = _spell(scope, chain) if key not in values or not values[key] else values[key]
        return values


def known_values(bindings: Iterable[Binding]) -> list[Binding]:
    """Return bindings without repetition, and without those that say nothing of a name of which another says more."""
    each_once = dict.fromkeys(bindings)
    known = {(each.owner, each.name) for each in each_once if each.chain}
    return [each for each in each_once if each.chain or (each.owner, each.name) not in known]


def binding_scope(scope: Scope, *, hoisted: bool) -> Scope:
    """Return the scope in which a declaration in `scope` binds its name."""
    while (scope.narrowed or (hoisted and not scope.function)) and scope.parent is not None:
        scope = scope.parent
    return scope


def _narrowed(scope: Scope, chain: Chain) -> Chain:
    """Return a chain of several steps with what its first name was tested for in the place of that name."""
    part: Scope | None = scope if len(chain) > 1 else None
    while part is not None and chain[0] not in part.names:
        if chain[0] in part.narrowed:
            return (*part.narrowed[chain[0]], *chain[1:])
        part = part.parent
    return chain


def _declaring(scope: Scope | None, name: str) -> Scope | None:
    while scope is not None:
        if name in scope.names:
            return scope
        scope = scope.parent
    return None


def _declaring_value(scope: Scope | None, name: str) -> Scope | None:
    """Return the scope that declares a name as a value's: where a type parameter has it, one further out."""
    while scope is not None and name in scope.types:
        scope = _declaring(scope.parent, name)
    return scope


def _spell(scope: Scope, chain: Chain) -> Chain:
    """Return the chain with its first name spelt as facts spell it."""
    if not chain or chain[0] == UNKNOWN or chain[0][0] == "@":
        return chain
    chain = _narrowed(scope, chain)
    found = _declaring(scope, chain[0])
    if found is not None and chain[0] in found.types and chain[1:2] not in ((), ("()",)):
        found = _declaring_value(found, chain[0])
    return chain if found is None or found.names[chain[0]] == chain[0] else (found.names[chain[0]], *chain[1:])


def _owners(scope: Scope) -> list[int]:
    """Return the definitions around a scope, the innermost first, without the module."""
    owners: dict[int, None] = {}
    part: Scope | None = scope
    while part is not None:
        owners[part.owner] = None
        part = part.parent
    owners.pop(0, None)
    return list(owners)


def _substitute(chain: Chain, owners: list[int], values: dict[tuple[int, str], Chain]) -> Chain:
    """Replace the locals of the `owners` at the head of a chain, so that it can be read from other scopes."""
    for _ in range(_MAX_SUBSTITUTIONS):
        if not chain:
            return ()
        value = next((values[owner, chain[0]] for owner in owners if (owner, chain[0]) in values), None)
        if value is None:
            return chain
        chain = (*value, *chain[1:]) if value else ()
    return ()
