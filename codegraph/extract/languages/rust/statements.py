"""Statements of Rust: scopes, and the names that they declare (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import Scope, joined
from codegraph.extract.languages.rust.patterns import declare

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

GIVEN = "@given"
"""The name under which a scope holds what a closure in it is called with."""
_MATCHED = "@matched"


def let(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Declare the names of `let` once its value was visited."""
    walk.push(node, scope, _declare_let)
    walk.push(node.child_by_field_name("alternative"), scope)
    walk.push(node.child_by_field_name("value"), scope)
    walk.push(node.child_by_field_name("type"), scope)


def _declare_let(walk: RustWalk, node: Node, scope: Scope) -> None:
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    kind = node.child_by_field_name("type")
    declare(walk, pattern, walk.chains.instance(kind, scope) or walk.chains.value(value, scope), scope)


def let_condition(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Declare the names of `if let` or `while let` once the value was visited."""
    walk.push(node, scope, _declare_condition)
    walk.push(node.child_by_field_name("value"), scope)


def _declare_condition(walk: RustWalk, node: Node, scope: Scope) -> None:
    chain = walk.chains.value(node.child_by_field_name("value"), scope)
    declare(walk, node.child_by_field_name("pattern"), chain, scope)


def condition(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit `if` or `while`: what the condition declares is known in its block only."""
    inner = scope.inner()
    walk.push(node.child_by_field_name("alternative"), scope)
    walk.push(node.child_by_field_name("consequence") or node.child_by_field_name("body"), inner)
    walk.push(node.child_by_field_name("condition"), inner)


def loop(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Declare the names of a loop once what it runs over was visited."""
    inner = scope.inner()
    walk.push(node.child_by_field_name("body"), inner)
    walk.push(node, inner, _declare_loop)
    walk.push(node.child_by_field_name("value"), scope)


def _declare_loop(walk: RustWalk, node: Node, scope: Scope) -> None:
    chain = walk.chains.value(node.child_by_field_name("value"), scope)
    declare(walk, node.child_by_field_name("pattern"), joined(chain, "[]"), scope)


def match(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a match: each arm is a scope of its own."""
    value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    chain: Chain = walk.chains.value(value, scope)
    inner = scope.inner()
    inner.names[_MATCHED] = chain
    for arm in reversed(body.named_children if body is not None else ()):
        if arm.type == "match_arm":
            walk.push(arm, inner, _arm)
    walk.push(value, scope)


def _arm(walk: RustWalk, node: Node, scope: Scope) -> None:
    own = scope.inner()
    pattern = node.child_by_field_name("pattern")
    walk.push(node.child_by_field_name("value"), own)
    walk.push(pattern.child_by_field_name("condition") if pattern is not None else None, own)
    declare(walk, pattern, scope.names[_MATCHED], own)


def closure(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a closure; what it is given is known where a method of a container calls it."""
    own = scope.inner()
    walk.note_closure(scope, node)
    own.names[GIVEN] = ()
    parameters = node.child_by_field_name("parameters")
    walk.push(node.child_by_field_name("body"), own)
    walk.push(node.child_by_field_name("return_type"), own)
    for each in reversed(parameters.named_children if parameters is not None else ()):
        if each.type == "parameter":
            walk.push(each, own)
        else:
            declare(walk, each, scope.find(GIVEN) or (), own)
