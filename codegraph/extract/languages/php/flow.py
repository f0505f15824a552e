"""What a condition says of types: `instanceof` narrows a variable where the condition holds (see `php.walk`).

Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain, Role
from codegraph.extract.languages.block_walk import Scope, joined
from codegraph.extract.languages.php.declarations import last_name, leave

if TYPE_CHECKING:
    from codegraph.extract.languages.php.walk import PhpWalk

_LEAVING = ("return_statement", "throw_expression", "continue_statement", "break_statement", "exit_statement")
_AND, _OR = ("&&", "and"), ("||", "or")
_MAX_PARTS = 20


def _operator(node: Node) -> str:
    found = node.child_by_field_name("operator")
    return found.type if found is not None else ""


def narrowed(walk: PhpWalk, condition: Node | None, scope: Scope, *, holds: bool) -> dict[str, Chain]:
    """Return the variables that a condition says the type of, if it holds or if it does not."""
    found: dict[str, Chain] = {}
    waiting = [(condition, holds)]
    while waiting and len(waiting) < _MAX_PARTS:
        node, is_so = waiting.pop()
        if node is None:
            continue
        if node.type == "parenthesized_expression":
            waiting.append((node.named_child(0), is_so))
        elif node.type == "unary_op_expression" and _operator(node) == "!":
            waiting.append((node.child_by_field_name("argument") or node.named_child(0), not is_so))
        elif node.type == "binary_expression":
            operator = _operator(node)
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if operator in (_AND if is_so else _OR):
                waiting.extend([(right, is_so), (left, is_so)])
            elif operator == "instanceof" and is_so and left is not None and left.type == "variable_name":
                chain = joined(walk.chains.owner(right, scope), "()") if right is not None else ()
                if walk.text(left) != "$this" and chain and right is not None and right.type.endswith("name"):
                    found[walk.text(left)] = chain if right.type != "variable_name" else ()
    return found


def if_statement(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit a condition and its branches; one that leaves the function tells what holds behind it."""
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    inner = scope.inner()
    inner.names.update(narrowed(walk, condition, scope, holds=True))
    alternatives = node.children_by_field_name("alternative")
    if not alternatives and _leaves(body):
        walk.push(node, scope, _after)
    for each in reversed(alternatives):
        walk.push(each, scope)
    walk.push(body, inner, _body)
    walk.push(condition, scope)


def _body(walk: PhpWalk, node: Node, scope: Scope) -> None:
    before = dict(scope.names)
    walk.push(node, scope, _leave_narrowed(before))
    walk.push_children(node, scope) if node.type == "compound_statement" else walk.push(node, scope)


def _leave_narrowed(before: dict[str, Chain]):  # type: ignore[no-untyped-def]
    """Close a branch; what the condition alone said ends with it."""

    def left(walk: PhpWalk, node: Node, scope: Scope) -> None:
        for name, chain in before.items():
            if scope.names.get(name) == chain:
                del scope.names[name]
        if not _leaves(node):
            leave(walk, node, scope)

    return left


def _leaves(node: Node | None) -> bool:
    """Tell whether a branch ends by leaving the function or the loop."""
    last = node
    if node is not None and node.type == "compound_statement":
        last = next((each for each in reversed(node.named_children) if each.type != "comment"), None)
    if last is not None and last.type == "expression_statement" and last.named_child_count:
        last = last.named_child(0)
    return last is not None and last.type in _LEAVING


def _after(walk: PhpWalk, node: Node, scope: Scope) -> None:
    scope.names.update(narrowed(walk, node.child_by_field_name("condition"), scope, holds=False))


def else_if(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit a further condition and its branch."""
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    inner = scope.inner()
    inner.names.update(narrowed(walk, condition, scope, holds=True))
    walk.push(body, inner, _body)
    walk.push(condition, scope)


def conditional(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit `a ? b : c`: b sees what the condition says."""
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    inner = scope.inner()
    inner.names.update(narrowed(walk, condition, scope, holds=True))
    walk.push(node.child_by_field_name("alternative"), scope)
    walk.push(body, inner)
    walk.push(condition, scope)


def binary(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit both sides of an operator: behind `&&` the left side holds. The right side of `instanceof` is a type."""
    operator = _operator(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator == "instanceof" and right is not None and right.type in ("name", "qualified_name", "relative_name"):
        chain = walk.chains.owner(right, scope)
        walk.mention(scope, chain if len(chain) == 1 and chain[0][0] == "\\" else (), Role.TYPE, last_name(right))
        right = None
    elif operator in _AND or operator in _OR:
        inner = scope.inner()
        inner.names.update(narrowed(walk, left, scope, holds=operator in _AND))
        walk.push(right, inner)
        walk.push(left, scope)
        return
    walk.push(right, scope)
    walk.push(left, scope)
