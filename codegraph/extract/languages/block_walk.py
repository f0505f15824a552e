"""A walk over one syntax tree in source order, with lexical scopes, for languages whose names are scoped by block.

What is known of a local name's value is a chain that starts at a name of the file or of the package, so no local
name reaches the facts: with `p` declared as a Parser, `p.run()` is the mention ("Parser", "()", "run"). Chains
have these elements beside those of `core.facts`:

    "@of"     a container of what stands before; "[]" takes it off
    "@chan"   a channel of what stands before; "[]" and "@range" take it off
    "@range"  what the only variable of a loop over what stands before is, if that is a channel (Go)
    "@call"   something that gives what stands before when it is called; "()" takes it off
    "@1"      behind "()": the result with that number of a call that has several

A scope maps a name to such a chain, () where nothing is known; a chain that starts with "@type" says that the name
is a type, and what an instance of it is known as. A local definition is known as the element that leads to it
(`core.facts.LOCAL`). Nothing recurses along the tree: a node's handler pushes what is to be visited next, and what it
pushes last is visited first. Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from tree_sitter import Node

from codegraph.core.facts import COMPUTED, LOCAL, BindingKind, Chain, Role
from codegraph.core.symbols import descriptor_parts

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

MAX_CHAIN = 24
"""A longer chain counts as unknown."""

MAX_NESTING = 60
"""An expression nested deeper has no chain."""

_MAX_WRAPPING = 3
"""So far around a function without a name the name that it is given may stand."""

_INLINE = frozenset(
    {
        "anonymous_function",
        "anonymous_method_expression",
        "arrow_function",
        "closure_expression",
        "func_literal",
        "lambda_expression",
    }
)
_NAMING = ("left", "name", "pattern", "declarator")
_WORD = re.compile(r"[\w$]+")

TYPE = "@type"
OF = "@of"
CHANNEL = "@chan"
RANGED = "@range"
CALLABLE = "@call"

_TAKEN_OFF = {"[]": (OF, CHANNEL), "()": (CALLABLE,), RANGED: (CHANNEL,)}
"""Element -> which elements before it it cancels out."""

Visit: TypeAlias = Callable[[Any, Node, "Scope"], None]
"""A handler; it takes the walk of its own language."""


class Scope:
    """One lexical scope; `owner` is the index of the definition around it."""

    __slots__ = ("names", "owner", "parent")

    def __init__(self, owner: int, parent: Scope | None) -> None:
        self.owner = owner
        self.parent = parent
        self.names: dict[str, Chain] = {}

    def find(self, name: str) -> Chain | None:
        """Return what a local name stands for, or None if no scope around declares it."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def instance(self, name: str) -> Chain:
        """Return the chain of an instance of the type of this name; () where a local name is none."""
        found = self.find(name)
        if found is None:
            return (name, "()") if name else ()
        return found[1:] if found and found[0] == TYPE else ()

    def value(self, name: str) -> Chain:
        """Return the chain of the value of this name; () where a local name is a type."""
        found = self.find(name)
        if found is None:
            return (name,) if name else ()
        return () if found and found[0] == TYPE else found

    def mentioned(self, name: str) -> Chain:
        """Return what a mention of this name leads to: a local definition; () for whatever else is local."""
        found = self.find(name)
        if found is None:
            return (name,) if name else ()
        chain = found[1:2] if found[:1] == (TYPE,) else found
        is_own = len(chain) == 1 and chain[0].startswith(LOCAL) and descriptor_parts(chain[0])[-1][0] == name
        return chain if is_own else ()

    def inner(self) -> Scope:
        """Open a scope inside this one."""
        return Scope(self.owner, self)


class BlockWalk:
    """The state of one walk: made for one file and thrown away."""

    def __init__(self, view: FileView, handlers: Mapping[str, Visit]) -> None:
        self.view = view
        self._handlers = handlers
        self._stack: list[tuple[Visit | None, Node, Scope]] = []
        self._add = view.references.add
        self._closures: set[tuple[int | Scope | None, str]] = set()
        """Local names that were given a function without a name, and whose affair they are."""
        self.text = view.text.of
        """Returns the text of a node."""
        self.defined = {
            node.id: index
            for index, found in enumerate(view.definitions)
            if isinstance(node := found.detail or found.node, Node)
        }
        """Node of a definition -> its index."""

    def bind(self, node: Node, owner: int, name: str, chain: Chain, kind: BindingKind) -> None:
        """Add a binding that stands at a node."""
        self.view.bind(node.start_byte, owner, name, kind, chain)

    def run(self) -> None:
        """Visit the whole tree."""
        stack, push = self._stack, self._stack.append
        by_kind: dict[int, Visit | None] = {}  # the number of a node's type costs half of what its name does
        self.push_children(self.view.root, Scope(0, None))
        while stack:
            handler, node, scope = stack.pop()
            if handler is None:
                kind = node.kind_id
                try:
                    handler = by_kind[kind]
                except KeyError:
                    handler = by_kind[kind] = self._handlers.get(node.type)
            if handler is not None:
                handler(self, node, scope)
                continue
            count = node.named_child_count
            if count == 1 and (only := node.named_child(0)) is not None:  # no objects for the brackets around it
                push((None, only, scope))
            elif count:
                children = node.named_children
                children.reverse()
                for child in children:
                    push((None, child, scope))

    def push(self, node: Node | None, scope: Scope, handler: Visit | None = None) -> None:
        """Have a node visited before everything that was pushed before, by its type's handler or by another."""
        if node is not None:
            self._stack.append((handler, node, scope))

    def push_children(self, node: Node, scope: Scope) -> None:
        """Have the children of a node visited, in source order."""
        children = node.named_children
        children.reverse()
        push = self._stack.append
        for child in children:
            push((None, child, scope))

    def mention(self, scope: Scope, chain: Chain, role: Role, name: Node) -> None:
        """Record a mention; `name` is the node of the chain's last name. Names that the parser made up are none."""
        if chain and name.end_byte > name.start_byte and "" not in chain:
            self._add(scope.owner, chain, role, name.start_byte)

    def computed(self, scope: Scope, chain: Chain, function: Node) -> None:
        """Record a call of what has no name but the chain of its value, () where nothing is known of that.

        A function that stands there itself belongs to the owner.
        """
        inner = function
        while inner.type == "parenthesized_expression" and inner.named_child_count:
            inner = inner.named_children[0]
        if inner.type in _INLINE:
            return
        self.mention(scope, (*chain, COMPUTED) if len(chain) < MAX_CHAIN else (COMPUTED,), Role.CALL, function)

    def call_local(self, scope: Scope, name: str, function: Node, chain: Chain | None = None) -> None:
        """Record a call of what a local name holds, unless that was written here and belongs to the owner.

        `chain`: what it means, if that is more than the value of the name.
        """
        found = scope.find(name)
        if found is not None and found[:1] != (TYPE,) and (_around(scope, name), name) not in self._closures:
            self.computed(scope, found if chain is None else chain, function)

    def definition_element(self, node: Node) -> Chain:
        """Return the element that leads to the definition a node is, wherever it stands; () for what is none."""
        index = self.defined.get(node.id, 0)
        return (f"{LOCAL}{self.view.definitions[index].descriptor}",) if index else ()

    def note_closure(self, scope: Scope, node: Node) -> None:
        """Remember the name that a function has, or is given, inside a definition."""
        own = node.child_by_field_name("name")
        if own is not None:
            name = self.text(own)
            self._closures.add((_around(scope, name), name))
            return
        parent, steps = node.parent, 0
        while parent is not None and steps < _MAX_WRAPPING and "argument" not in parent.type:
            for field in _NAMING:
                named = parent.child_by_field_name(field)
                if named is not None and named.start_byte < node.start_byte:
                    names = _WORD.findall(self.text(named))
                    self._closures.update((_around(scope, each), each) for each in names)
                    return
            parent, steps = parent.parent, steps + 1


def nothing(walk: BlockWalk, node: Node, scope: Scope) -> None:
    """Leave a node aside."""


def apart(walk: BlockWalk, node: Node, scope: Scope) -> None:
    """Visit the children in a scope of their own."""
    walk.push_children(node, scope.inner())


def labeled(walk: BlockWalk, node: Node, scope: Scope) -> None:
    """Visit the statement behind a label."""
    for child in reversed(node.named_children[1:]):
        walk.push(child, scope)


def type_alone(walk: BlockWalk, node: Node, scope: Scope) -> None:
    """Visit the type of what has a name that is no mention."""
    walk.push(node.child_by_field_name("type"), scope)


def value_alone(walk: BlockWalk, node: Node, scope: Scope) -> None:
    """Visit the value of what has a name that is no mention: a key, a designator, a field."""
    walk.push(node.child_by_field_name("value"), scope)


def _around(scope: Scope, name: str) -> int | Scope | None:
    """Return whose affair a local name is: its owner's, but in a module's code that of the scope that declares it."""
    if scope.owner:
        return scope.owner
    part: Scope | None = scope
    while part is not None and name not in part.names:
        part = part.parent
    return part


def close_branch(scope: Scope, united: Callable[[Iterable[Chain]], Chain]) -> None:
    """End a branch: what it assigned is one of the values that a name may have from here on.

    Names that start with "@" are no source's, and end with the branch.
    """
    outer = scope.parent
    for name, chain in scope.names.items() if outer is not None else ():
        if outer is not None and not name.startswith("@"):
            known = outer.find(name)
            outer.names[name] = chain if known is None else united([known, chain])


def joined(chain: Chain, *more: str) -> Chain:
    """Return a chain with further elements; () for an unknown or overlong one. Opposite elements cancel out."""
    if not chain:
        return ()
    for element in more:
        chain = chain[:-1] if chain[-1] in _TAKEN_OFF.get(element, ()) else (*chain, element)
    return chain if len(chain) <= MAX_CHAIN else ()
