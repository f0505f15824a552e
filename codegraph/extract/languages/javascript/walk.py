"""The walk over one tree: a stack of nodes with their scopes, and what every handler may ask or do.

Handlers are functions `(walk, node, scope)`, one per node type (`occurrences` holds the table); a node
without one hands its children on in the same scope. The order of visits does not matter, because the
ledger sorts by position at the end, so the stack needs no reversal. Nothing recurses along the tree.

`this` is written as the element of a chain: "@self" in methods, in field initialisers and in functions
that may be constructors, "@class" in static members, "this" where a parameter of that name declares its type, "" where
only the caller knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from tree_sitter import Node

from codegraph.core.facts import LOCAL, BindingKind, Chain, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.javascript.annotations import TypeChains
from codegraph.extract.languages.javascript.definition_nodes import DEFAULT, EXPORTS, DefinitionNodes
from codegraph.extract.languages.javascript.scopes import Ledger, Scope, binding_scope
from codegraph.extract.view import outermost_functions

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import Found

Handler: TypeAlias = "Callable[[Walk, Node, Scope], None]"

_GLOBAL = (b"window", b"global", b"globalThis", b"self")
_OWN_INSTANCE = (SymbolKind.METHOD, SymbolKind.FUNCTION, SymbolKind.CLASS)


class Walk:
    """The state of one walk; made for one file and thrown away."""

    def __init__(
        self, text: SourceText, found: Sequence[DefinitionNodes], definitions: Sequence[Found], *, jsdoc: bool
    ) -> None:
        self.ledger = Ledger(text, outermost_functions(definitions))
        self.found = found
        self._descriptors = [each.descriptor for each in definitions]
        self.jsdoc = jsdoc
        self.source = text.text
        """The file as Latin-1 text: offsets are bytes."""
        self.stack: list[tuple[Node, Scope]] = []
        self.hints: dict[int, Callable[[int], TypeChains]] = {}
        """Node of a callback -> what its caller will hand to the parameter of that number."""
        self.receivers: dict[int, str] = {}
        """Node of a function that is assigned to a member -> the name before that member: its `this`."""
        self.on_prototypes: set[int] = set()
        """Node of a function that is assigned to a member of a prototype."""
        self.inferring: dict[int, Scope] = {}
        """Scope number of a definition's own function -> that scope, if its returns tell its type."""
        self.promised: dict[int, Node] = {}
        """Scope number of a function -> the type that it says it returns."""
        self._units = {each.unit.id: index for index, each in enumerate(found, 1)}
        self._values = {each.value.id: index for index, each in enumerate(found, 1) if each.value is not None}
        self._named = {
            each.name_node.id: index
            for index, each in enumerate(found, 1)
            if each.name_node is not None and not each.local
        }
        self._declared: dict[tuple[int, str], int] = {}
        """Scope number and name -> the definition that it stands for there."""
        self._has_name: set[int] = set()
        """The definitions that some name stands for, by index."""
        self.later: list[tuple[int, Scope, Callable[[Scope], None]]] = []
        """What can be said only when all names are declared: where, in which scope, and how."""
        self.module = self.ledger.scope(None, 0, "", plain=True, function=True)
        self._members: dict[int, Scope] = {}

    def run(self, root: Node, handlers: Mapping[str, Handler]) -> None:
        """Visit every node below `root` once."""
        stack, push, ledger = self.stack, self.stack.append, self.ledger
        by_kind: dict[int, Handler | None] = {}  # the number of a node's type costs half of what its name does
        self.push_children(root, self.module)
        while stack:
            node, scope = stack.pop()
            kind = node.kind_id
            try:
                handler = by_kind[kind]
            except KeyError:
                handler = by_kind[kind] = handlers.get(node.type)
            if handler is not None:
                ledger.at = node.start_byte
                handler(self, node, scope)
            else:
                for child in node.named_children:
                    push((child, scope))
        ledger.hoist()
        for ledger.at, scope, say in self.later:
            say(scope)
        self._say_undeclared()

    def _say_undeclared(self) -> None:
        """Record which definitions of the module no name leads to: `exports.f = function () {}`."""
        for index, each in enumerate(self.found, 1):
            is_of_module = each.container == 0 and not each.local
            if is_of_module and index not in self._has_name and not _is_found_by_name(each):
                self.ledger.at = each.unit.start_byte
                self.ledger.bind(self.module, self.spelled(index)[0], BindingKind.VARIABLE, ())

    def push(self, node: Node | None, scope: Scope) -> None:
        """Have a node visited in a scope."""
        if node is not None:
            self.stack.append((node, scope))

    def push_children(self, node: Node | None, scope: Scope) -> None:
        """Have the children of a node visited in a scope."""
        if node is not None:
            self.stack += [(child, scope) for child in node.named_children]

    def defined(self, node: Node) -> int:
        """Return the index of the definition whose unit is this node, 0 if there is none."""
        return self._units.get(node.id, 0)

    def is_local(self, value: Node | None) -> bool:
        """Tell whether a value is that of a definition inside a function."""
        index = self.defined_by(value) if value is not None else 0
        return index != 0 and self.found[index - 1].local

    def defined_by(self, value: Node) -> int:
        """Return the index of the definition whose value is this node, 0 if there is none."""
        return self._values.get(value.id, 0)

    def made_by(self, class_: Node) -> int:
        """Return the index of the function that has the members of a class which it gives, 0 if none has."""
        body = class_.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            index = self.defined(child)
            if index:
                return self.found[index - 1].container
        return 0

    def named(self, name: str, scope: Scope) -> int:
        """Return the index of the definition that a name stands for in a scope, 0 if there is none."""
        part: Scope | None = scope
        while part is not None and name not in part.names:
            part = part.parent
        return self._declared.get((part.number, name), 0) if part is not None else 0

    def own(self, node: Node, scope: Scope) -> Scope:
        """Return the scope of the definition whose unit is this node; `scope` itself for other nodes."""
        index = self._units.get(node.id, 0)
        if not index or index == scope.owner:
            return scope
        this = scope.this if self.is_inner(index) else self.this_of(index)
        return self.ledger.scope(scope, index, this, plain=True, function=False)

    def is_inner(self, index: int) -> bool:
        """Tell whether a definition is a function inside another one: its `this` says nothing of itself."""
        each = self.found[index - 1]
        return each.local and each.kind == SymbolKind.FUNCTION

    def define(self, scope: Scope, name: str, index: int, *, hoisted: bool = False) -> None:
        """Declare the name of the definition `index`."""
        if self.found[index - 1].local:
            self.ledger.define(scope, name, self._descriptors[index], hoisted=hoisted)
            self._declared.setdefault((binding_scope(scope, hoisted=hoisted).number, name), index)
        else:
            self._stands_for(binding_scope(scope, hoisted=hoisted), name, index)

    def _stands_for(self, scope: Scope, name: str, index: int) -> None:
        """Declare the name of a definition that is not local; where the name is renamed, say of what it is one."""
        self._has_name.add(index)
        self._declared.setdefault((scope.number, name), index)
        spelling = self.ledger.declare(scope, name)
        if spelling != name and not scope.owner and self.found[index - 1].container == 0:
            self.ledger.bind(scope, spelling, BindingKind.VARIABLE, self.spelled(index))
            self.ledger.renamed.add(spelling)

    def spelled(self, index: int) -> Chain:
        """Return the chain that stands for a definition that no name leads to, wherever it is read."""
        return (f"{LOCAL}{self._descriptors[index]}",)

    def offered(self, node: Node, name: str) -> Chain:
        """Return the chain of the definition whose unit is this node, by its `name` if that leads to it."""
        index = self.defined(node)
        if not index:
            return ()
        each = self.found[index - 1]
        is_found = not each.local and _is_found_by_name(each)
        return (name,) if is_found else self.spelled(index)

    def this_of(self, index: int) -> str:
        """Return what `this` is in a definition's own code."""
        each = self.found[index - 1]
        if each.static:
            return "@class"
        return "@self" if each.kind in _OWN_INSTANCE else ""

    def instance_owner(self, scope: Scope) -> int:
        """Return the definition whose members `this.x = ...` makes in a scope, 0 if nobody knows."""
        if scope.this in ("", "this") or not scope.owner:
            return 0
        owner = scope.owner
        while owner and self.is_inner(owner):
            owner = self.found[owner - 1].container
        if not owner:
            return 0
        each = self.found[owner - 1]
        return each.container if each.kind == SymbolKind.METHOD else owner

    def members_of(self, index: int, outer: Scope) -> Scope:
        """Return a scope that stands for the members of a definition."""
        scope = self._members.get(index)
        if scope is None:
            scope = self._members[index] = self.ledger.scope(outer, index, "@self", plain=True, function=False)
        return scope

    def attribute(self, index: int, name: str, values: TypeChains, scope: Scope) -> None:
        """Record a member of the definition `index` with what is known of its value, read in `scope`."""
        if name:
            target = self.members_of(index, scope)
            for chain in values[0] or (((),) if not values[1] else ()):
                self.ledger.bind(scope, name, BindingKind.ATTRIBUTE, chain, target)
            for chain in values[1]:
                self.ledger.bind(scope, name, BindingKind.ELEMENT, chain, target)

    def variable(
        self,
        scope: Scope,
        name: str,
        kind: BindingKind,
        values: TypeChains,
        *,
        hoisted: bool = False,
        node: Node | None = None,
    ) -> None:
        """Declare a name and record what is known of its value; one that the parser made up has no text.

        `node`: where it stands, if it may be a definition's.
        """
        if not name:
            return
        target = scope
        while hoisted and not target.function and target.parent is not None:
            target = target.parent
        index = self._named.get(node.id, 0) if node is not None else 0
        if index:
            self._stands_for(binding_scope(target, hoisted=False), name, index)
        spelling = self.ledger.declare(target, name)
        if spelling[0] == "@":
            return
        for chain in values[0] or ((),):
            self.ledger.bind(scope, spelling, kind, chain, target)
        for chain in values[1]:
            self.ledger.bind(scope, spelling, BindingKind.ELEMENT, chain, target)

    def refer(self, scope: Scope, chain: Chain, role: Role, node: Node) -> None:
        """Record a mention unless the chain names nothing."""
        if chain:
            self.ledger.refer(scope, chain, role, node)


def _is_found_by_name(each: DefinitionNodes) -> bool:
    """Tell whether a definition that no declaration names is found by its name all the same.

    What replaces the module has a name that no source declares; a member of the global object is a name everywhere.
    """
    if each.name in (DEFAULT, EXPORTS):
        return True
    receiver = each.unit.child_by_field_name("left")
    receiver = receiver.child_by_field_name("object") if receiver is not None else None
    return receiver is not None and receiver.text in _GLOBAL
