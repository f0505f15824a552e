"""What `x instanceof C` says of x where it holds: in a branch, and in what follows `&&`.

Only tests that must hold are read: alone, in parentheses, or joined by `&&`. Where one holds is a scope of its own,
with the chain that x stands for; nothing is bound there, so names keep their spelling. Assigning to x in it ends that.
Tests: tests/unit/extract/test_extract_javascript_occurrences.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.javascript.chains import chain_of
from codegraph.extract.languages.javascript.nodes import nth, operator_of, text_of
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.walk import Walk

_MAX_TESTS: Final = 16


def conditional(walk: Walk, node: Node, scope: Scope) -> None:
    """`if (test) a; else b`, `test ? a : b`: the test holds in `a`."""
    condition = node.child_by_field_name("condition")
    walk.push(condition, scope)
    walk.push(node.child_by_field_name("consequence"), _where_it_holds(walk, condition, scope))
    walk.push(node.child_by_field_name("alternative"), scope)


def conjunction(walk: Walk, node: Node, scope: Scope) -> None:
    """`test && a`: the test holds in `a`. Other operators say nothing."""
    if operator_of(node) != "&&":
        walk.push_children(node, scope)
        return
    left = node.child_by_field_name("left")
    walk.push(left, scope)
    walk.push(node.child_by_field_name("right"), _where_it_holds(walk, left, scope))


def _where_it_holds(walk: Walk, condition: Node | None, scope: Scope) -> Scope:
    narrowed = dict(_tested(condition, scope.this))
    return walk.ledger.narrowing(scope, narrowed) if narrowed else scope


def _tested(condition: Node | None, this: str) -> Iterator[tuple[str, Chain]]:
    """Yield names with the chain of an instance of what they are tested for."""
    waiting = [condition]
    for _ in range(_MAX_TESTS):
        node = waiting.pop() if waiting else None
        if node is None:
            return
        if node.type == "parenthesized_expression":
            waiting.append(nth(node, 0))
        elif node.type == "binary_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if operator_of(node) == "&&":
                waiting += [right, left]
            elif operator_of(node) == "instanceof" and left is not None and left.type == "identifier":
                chain = chain_of(right, this) if right is not None else ()
                if chain and chain[0]:
                    yield text_of(left), (*chain, "()")
