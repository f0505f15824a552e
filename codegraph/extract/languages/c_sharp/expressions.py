"""Expressions and names of C#: what they mention (see `c_sharp.walk`).

Tests: tests/unit/extract/test_extract_c_sharp.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import LOCAL, ROLE, Chain, Role
from codegraph.extract.languages.block_walk import TYPE, Scope, joined

if TYPE_CHECKING:
    from codegraph.extract.languages.c_sharp.walk import CSharpWalk

_GIVING = frozenset(
    {
        "All", "Any", "Count", "First", "FirstOrDefault", "ForEach", "GroupBy", "Last", "LastOrDefault", "Max", "Min",
        "OrderBy", "OrderByDescending", "RemoveAll", "Select", "SelectMany", "Single", "SingleOrDefault", "SkipWhile",
        "Sum", "TakeWhile", "ToDictionary", "ToLookup", "Where", "Find", "FindAll", "FindIndex", "Exists",
        "TryGetValue", "TryDequeue", "TryPop", "TryPeek", "TryTake", "TryRemove",
    }
)  # fmt: skip
_NO_NAMES = frozenset({"var", "nameof", "dynamic", "_", "value", "field", "notnull", "unmanaged"})
_ACCESS = ("member_access_expression", "conditional_access_expression")
_NAMED = ("identifier", "generic_name")
_COMPUTING = frozenset(
    {"element_access_expression", "invocation_expression", "cast_expression", "conditional_expression"}
)
"""What gives a function that has no name."""


def identifier(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention a name that is not local."""
    name = walk.chains.simple_name(node)
    if node.type == "generic_name":
        walk.push(node.named_child(1) if node.named_child_count > 1 else None, scope)
    chain = scope.mentioned(name.partition("`")[0]) if name not in _NO_NAMES else ()
    if chain and scope.find(TYPE + name) is None:
        walk.mention(scope, chain if chain[0][:2] == LOCAL else (name,), ROLE.READ, _last(node))


def _last(node: Node) -> Node:
    """Return the identifier of a name."""
    return node.named_child(0) if node.type == "generic_name" and node.named_child_count else node


def type_node(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention the types that a type is written with."""
    if node.type in (*_NAMED, "qualified_name", "alias_qualified_name"):
        mention_type(walk, node, scope, ROLE.TYPE)
    elif node.type not in ("predefined_type", "implicit_type"):
        for each in reversed(node.named_children):
            kind = each.child_by_field_name("type") if each.type in ("tuple_element", "parameter") else each
            if each.type not in ("array_rank_specifier",):
                walk.push(kind, scope, type_node)
            else:
                walk.push(each, scope)


def mention_type(walk: CSharpWalk, node: Node, scope: Scope, role: Role) -> None:
    """Mention a type by its name, and its type arguments."""
    chain = walk.chains.type_name(node, scope)
    name = node
    while name.type in ("qualified_name", "alias_qualified_name"):
        inner = name.child_by_field_name("name")
        if inner is None:
            return
        name = inner
    if name.type == "generic_name":
        walk.push(name.named_child(1) if name.named_child_count > 1 else None, scope)
    if chain and chain[-1] not in _NO_NAMES:
        walk.mention(scope, chain, role, _last(name))


def type_arguments(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention type arguments."""
    for each in reversed(node.named_children):
        walk.push(each, scope, type_node)


def constraints(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention the types that a type parameter is constrained to."""
    for each in reversed(node.named_children[1:]):
        walk.push(each.child_by_field_name("type"), scope, type_node)


def call(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention what is called; visit its arguments."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    chain = walk.chains.callee(node, scope)
    _give(walk, chain, arguments)
    walk.push(arguments, scope)
    if function is None:
        return
    if function.type in _NAMED:
        if function.type == "generic_name":
            walk.push(function.named_child(1) if function.named_child_count > 1 else None, scope)
        name = walk.chains.simple_name(function)
        if name not in _NO_NAMES and scope.mentioned(name.partition("`")[0]):
            walk.mention(scope, chain, ROLE.CALL, _last(function))
        elif name and name not in _NO_NAMES:
            walk.call_local(scope, name, _last(function))
    elif function.type in _ACCESS:
        before, name_node = walk.chains.parts(function)
        if name_node is not None:
            if name_node.type == "generic_name":
                walk.push(name_node.named_child(1) if name_node.named_child_count > 1 else None, scope)
            name = walk.chains.simple_name(name_node).partition("`")[0]
            walk.mention(scope, chain or ("()", name), ROLE.CALL, _last(name_node))
        _push_before(walk, before, scope)
    else:
        inner = function.named_child(0) if function.type == "parenthesized_expression" else function
        if inner is not None and inner.type in _COMPUTING:
            walk.computed(scope, chain, function)
        walk.push(function, scope)


def _push_before(walk: CSharpWalk, before: Node | None, scope: Scope) -> None:
    """Visit what stands before a dot; of a namespace's name only the last part can be a mention."""
    if before is not None and before.type not in ("this", "base", "predefined_type"):
        walk.push(before, scope)


def _give(walk: CSharpWalk, chain: Chain, arguments: Node | None) -> None:
    """Note what a container gives to a lambda in a call's arguments, or to the name that it sets."""
    name = chain[-1].partition("(")[0] if len(chain) > 1 else ""
    for each in arguments.named_children if arguments is not None and name in _GIVING else ():
        given = each.named_child(each.named_child_count - 1) if each.named_child_count else None
        if given is not None:
            walk.given[given.id] = joined(chain[:-1], "[]")


def argument(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit an argument, its name left aside."""
    children = node.named_children
    has_name = any(each.type == ":" for each in node.children)
    for each in reversed(children[1:] if has_name else children):
        walk.push(each, scope)


def member(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention a member, and what stands before it."""
    before, name = walk.chains.parts(node)
    chain = walk.chains.value(node, scope)
    if name is not None:
        if name.type == "generic_name":
            walk.push(name.named_child(1) if name.named_child_count > 1 else None, scope)
        if chain:
            walk.mention(scope, chain, ROLE.READ, _last(name))
    else:
        for each in reversed(node.named_children[1:]):
            walk.push(each, scope)
    _push_before(walk, before, scope)


def creation(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention the constructor, the type, and the properties that are set."""
    kind, arguments = node.child_by_field_name("type"), node.child_by_field_name("arguments")
    _initializer(walk, node.child_by_field_name("initializer"), scope, walk.chains.instance(kind, scope))
    walk.push(arguments, scope)
    chain = walk.chains.type_name(kind, scope)
    if kind is not None:
        if chain:
            name = kind
            while name.type in ("qualified_name", "alias_qualified_name"):
                name = name.child_by_field_name("name") or name.named_child(0)
            walk.mention(scope, (*chain, f"<new>({walk.chains.arguments(arguments, scope)})"), ROLE.CALL, _last(name))
        walk.push(kind, scope, type_node)


def implicit_creation(walk: CSharpWalk, node: Node, scope: Scope, chain: Chain) -> None:
    """Mention the constructor of a type that is declared beside `new(...)`."""
    arguments = next((each for each in node.named_children if each.type == "argument_list"), None)
    initializer = next((each for each in node.named_children if each.type == "initializer_expression"), None)
    _initializer(walk, initializer, scope, chain)
    walk.push(arguments, scope)
    if len(chain) > 1 and chain[-1] == "()":
        walk.mention(scope, (*chain[:-1], f"<new>({walk.chains.arguments(arguments, scope)})"), ROLE.CALL, node)


def _initializer(walk: CSharpWalk, node: Node | None, scope: Scope, chain: Chain) -> None:
    for each in reversed(node.named_children if node is not None else ()):
        left = each.child_by_field_name("left") if each.type == "assignment_expression" else None
        if left is not None and left.type == "identifier":
            right = each.child_by_field_name("right")
            inner = joined(chain, walk.text(left))
            if right is not None and right.type == "initializer_expression":
                _initializer(walk, right, scope, inner)
            else:
                walk.push(right, scope)
            walk.mention(scope, inner, ROLE.READ, left)
        else:
            walk.push(each, scope)


def constructor_initializer(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention the other constructor that a constructor calls."""
    arguments = next((each for each in node.named_children if each.type == "argument_list"), None)
    for each in node.children:
        if each.type in ("this", "base"):
            head = "@self" if each.type == "this" else "@super"
            walk.mention(scope, (head, f"<new>({walk.chains.arguments(arguments, scope)})"), ROLE.CALL, each)
    walk.push(arguments, scope)


def typed(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit an expression with a type."""
    kind = node.child_by_field_name("type")
    for each in reversed(node.named_children):
        walk.push(each, scope, type_node if kind is not None and each.id == kind.id else None)


def right_typed(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit `x as T` and `x is T`."""
    walk.push(node.child_by_field_name("right"), scope, type_node)
    walk.push(node.child_by_field_name("left"), scope)


def attribute(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention the class of an attribute, whose name may lack its ending."""
    name = node.child_by_field_name("name")
    for each in reversed(node.named_children):
        if name is None or each.id != name.id:
            walk.push(each, scope, _attribute_arguments)
    chain = walk.chains.type_name(name, scope)
    if name is not None and chain:
        last = name.child_by_field_name("name") if name.type == "qualified_name" else name
        walk.mention(scope, (*chain, "@attribute"), ROLE.TYPE, _last(last or name))


def _attribute_arguments(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    for each in reversed(node.named_children):
        if each.type == "attribute_argument":
            values = each.named_children
            is_named = len(values) > 1
            walk.push(values[-1] if is_named or values else None, scope)


def nothing_of_condition(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit what a directive of the preprocessor includes, its condition left aside."""
    condition = node.child_by_field_name("condition")
    for each in reversed(node.named_children):
        if condition is None or each.id != condition.id:
            walk.push(each, scope)
