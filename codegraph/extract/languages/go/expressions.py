"""Expressions of Go: what they mention (see `go.walk`).

Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import ROLE, Role
from codegraph.extract.languages.block_walk import Scope

if TYPE_CHECKING:
    from codegraph.extract.languages.go.walk import GoWalk

_COMPUTING = frozenset({"index_expression", "call_expression", "type_assertion_expression"})
"""What gives a function that has no name."""


def identifier(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Mention a name that is not local, or a local type."""
    walk.mention(scope, walk.chains.mentioned(node, scope), ROLE.READ, node)


def call(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Mention what is called."""
    function = node.child_by_field_name("function")
    walk.push(node.child_by_field_name("arguments"), scope)
    walk.push(node.child_by_field_name("type_arguments"), scope)
    while function is not None and function.type == "parenthesized_expression" and function.named_child_count == 1:
        function = function.named_child(0)
    if function is None:
        return
    if function.type == "identifier":
        chain = walk.chains.mentioned(function, scope)
        if chain:
            walk.mention(scope, chain, ROLE.CALL, function)
        else:
            walk.call_local(scope, walk.text(function), function)
    elif function.type == "selector_expression":
        _select(walk, function, scope, ROLE.CALL)
    elif function.type == "index_expression" and walk.chains.value(function.child_by_field_name("operand"), scope):
        _instantiated(walk, function, scope)
    else:
        if function.type in _COMPUTING:
            walk.computed(scope, walk.chains.value(function, scope), function)
        walk.push(function, scope)


def _instantiated(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit `f[T]` of `f[T](x)`: a call of f, or of an element of it."""
    walk.push(node.child_by_field_name("index"), scope)
    operand = node.child_by_field_name("operand")
    chain = walk.chains.value(node, scope)
    if operand is None:
        return
    if operand.type == "selector_expression":
        name = operand.child_by_field_name("field")
        walk.push(operand.child_by_field_name("operand"), scope, _operand)
    else:
        name = operand
    if name is not None and scope.find(chain[0]) is None:
        walk.mention(scope, chain, ROLE.CALL, name)


def selector(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Mention a member."""
    _select(walk, node, scope, ROLE.READ)


def _select(walk: GoWalk, node: Node, scope: Scope, role: Role) -> None:
    field, operand = node.child_by_field_name("field"), node.child_by_field_name("operand")
    if field is None or operand is None:
        return
    chain = walk.chains.value(operand, scope)
    if chain or role is ROLE.CALL:
        walk.mention(scope, (*(chain or ("()",)), walk.text(field)), role, field)
    walk.push(operand, scope, _operand)


def _operand(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit what stands before a selector: fields on the way are no definitions, and a package is none."""
    if node.type == "identifier":
        if walk.text(node) not in walk.packages:
            identifier(walk, node, scope)
    elif node.type == "selector_expression":
        chain = walk.chains.value(node, scope)
        field = node.child_by_field_name("field")
        if len(chain) == 2 and field is not None and chain[1] == walk.text(field):
            walk.mention(scope, chain, ROLE.READ, field)
        walk.push(node.child_by_field_name("operand"), scope, _operand)
    elif node.type == "parenthesized_expression":
        for child in node.named_children:
            walk.push(child, scope, _operand)
    else:
        walk.push(node, scope)


def composite(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit a literal of a type: its keys are fields, but those of a map."""
    kind = node.child_by_field_name("type")
    body = node.child_by_field_name("body")
    is_map = kind is not None and kind.type == "map_type"
    walk.push(body, scope, _entries if is_map else None)
    walk.push(kind, scope)


def literal(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit the elements of a literal, the names of fields left aside."""
    for element in reversed(node.named_children):
        if element.type == "keyed_element":
            walk.push(element.child_by_field_name("value"), scope)
            key = element.child_by_field_name("key")
            only = key.named_child(0) if key is not None and key.named_child_count == 1 else None
            if key is not None and (only is None or only.type != "identifier"):
                walk.push(key, scope)
        else:
            walk.push(element, scope)


def _entries(walk: GoWalk, node: Node, scope: Scope) -> None:
    walk.push_children(node, scope)
