"""Expressions and names of Rust: what they mention (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import ROLE, Chain, Role
from codegraph.extract.languages.block_walk import Scope, joined

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

PRELUDE = frozenset({"Some", "None", "Ok", "Err", "drop", "_"})
_GIVEN = "@given"
_CALLED_WITH_ELEMENT = frozenset(
    """
    all and_then any filter filter_map find find_map flat_map for_each inspect is_some_and map map_while max_by_key
    min_by_key partition position retain skip_while sort_by_key take_while unwrap_or_else
    """.split()  # noqa: SIM905  (a list of names reads better)
) - {"unwrap_or_else"}
_PATHS = ("scoped_identifier", "scoped_type_identifier")
_COMPUTING = frozenset({"index_expression", "call_expression", "parenthesized_expression", "try_expression"})
"""What gives a function that has no name."""


def identifier(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention a name that is no variable."""
    name = walk.text(node)
    if name not in PRELUDE:
        walk.mention(scope, walk.chains.mentioned(name, scope), ROLE.READ, node)


def type_name(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention a type."""
    name = walk.text(node)
    if name != "Self":
        walk.mention(scope, walk.chains.mentioned(name, scope), ROLE.TYPE, node)


def scoped(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention what a path leads to."""
    _path(walk, node, scope, ROLE.READ)


def scoped_type(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention the type that a path leads to."""
    _path(walk, node, scope, ROLE.TYPE)


def _path(walk: RustWalk, node: Node, scope: Scope, role: Role) -> None:
    """Mention the last name of a path, and the type in front of it if there is one."""
    name, before = node.child_by_field_name("name"), node.child_by_field_name("path")
    chain = walk.chains.path(node, scope)
    if name is not None and chain:
        walk.mention(scope, chain, role, name)
    _before(walk, before, scope)


def _before(walk: RustWalk, before: Node | None, scope: Scope) -> None:
    if before is None:
        return
    if before.type == "bracketed_type":
        walk.push_children(before, scope)
    elif before.type in ("generic_type", "generic_type_with_turbofish"):
        walk.push(before.child_by_field_name("type_arguments"), scope)
        _before(walk, before.child_by_field_name("type"), scope)
    elif before.type in _PATHS:
        last = before.child_by_field_name("name")
        if last is not None and walk.text(last)[:1].isupper():
            walk.push(before, scope, scoped)
        else:
            _before(walk, before.child_by_field_name("path"), scope)
    elif before.type in ("identifier", "type_identifier") and walk.text(before)[:1].isupper():
        walk.push(before, scope, type_name)


def call(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention what is called; visit its arguments."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is not None and function.type == "generic_function":
        walk.push(function.child_by_field_name("type_arguments"), scope)
        function = function.child_by_field_name("function")
    chain = walk.chains.callee(function, scope)
    walk.push(arguments, _with_element(chain, scope))
    if function is None:
        return
    if function.type == "identifier":
        name = walk.text(function)
        if name not in PRELUDE and (walk.chains.mentioned(name, scope) or chain[:1] == ("@Self",)):
            walk.mention(scope, chain, ROLE.CALL, function)
        elif name not in PRELUDE:
            walk.call_local(scope, name, function)
    elif function.type == "field_expression":
        field = function.child_by_field_name("field")
        if field is not None:
            walk.mention(scope, chain or ("()", walk.text(field)), ROLE.CALL, field)
        walk.push(function.child_by_field_name("value"), scope)
    elif function.type == "scoped_identifier":
        _path(walk, function, scope, ROLE.CALL)
    else:
        if function.type in _COMPUTING:
            walk.computed(scope, chain, function)
        walk.push(function, scope)


def _with_element(chain: Chain, scope: Scope) -> Scope:
    """Return the scope of a call's arguments: a closure that a container calls is given an element."""
    given = joined(chain[:-1], "[]") if chain and chain[-1] in _CALLED_WITH_ELEMENT else ()
    if not given and not scope.find(_GIVEN):
        return scope
    inner = scope.inner()
    inner.names[_GIVEN] = given
    return inner


def structure(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention the type that a literal makes; visit its fields."""
    walk.push(node.child_by_field_name("body"), scope)
    walk.push(node.child_by_field_name("name"), scope, constructed)


def constructed(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention a type, or a variant, whose value a literal or a pattern takes apart."""
    if node.type in _PATHS:
        _path(walk, node, scope, ROLE.READ)
    elif node.type in ("generic_type", "generic_type_with_turbofish"):
        walk.push(node.child_by_field_name("type_arguments"), scope)
        walk.push(node.child_by_field_name("type"), scope, constructed)
    else:
        type_name(walk, node, scope)


def base(walk: RustWalk, node: Node, scope: Scope, role: Role) -> None:
    """Mention a trait that is implemented or required."""
    if node.type in ("generic_type", "higher_ranked_trait_bound"):
        walk.push(node.child_by_field_name("type_arguments"), scope)
        inner = node.child_by_field_name("type")
        if inner is not None:
            base(walk, inner, scope, role)
    elif node.type == "scoped_type_identifier":
        _path(walk, node, scope, role)
    elif node.type == "type_identifier":
        walk.mention(scope, walk.chains.mentioned(walk.text(node), scope), role, node)
