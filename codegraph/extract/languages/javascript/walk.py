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

from codegraph.core.facts import BindingKind, Chain, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.javascript.annotations import TypeChains
from codegraph.extract.languages.javascript.chains import LOCAL
from codegraph.extract.languages.javascript.definition_nodes import DefinitionNodes
from codegraph.extract.languages.javascript.scopes import Ledger, Scope
from codegraph.extract.view import outermost_functions

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import Found

Handler: TypeAlias = "Callable[[Walk, Node, Scope], None]"

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
        self._named: dict[str, int] = {}
        for index, each in enumerate(found, 1):
            if each.container == 0 and not each.local:
                self._named.setdefault(each.name, index)
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

    def defined_by(self, value: Node) -> int:
        """Return the index of the definition whose value is this node, 0 if there is none."""
        return self._values.get(value.id, 0)

    def named(self, name: str) -> int:
        """Return the index of the module's first definition of a name, 0 if there is none."""
        return self._named.get(name, 0)

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
        else:
            self.ledger.declare(scope, name)

    def spelled(self, index: int) -> Chain:
        """Return the chain that stands for a local definition wherever it is read."""
        return (f"{LOCAL}{self._descriptors[index]}",)

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
        self, scope: Scope, name: str, kind: BindingKind, values: TypeChains, *, hoisted: bool = False
    ) -> None:
        """Declare a name and record what is known of its value; one that the parser made up has no text."""
        if not name:
            return
        target = scope
        while hoisted and not target.function and target.parent is not None:
            target = target.parent
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
