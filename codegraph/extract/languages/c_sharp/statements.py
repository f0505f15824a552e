"""Statements and patterns of C#: scopes, and the names that they declare (see `c_sharp.walk`).

Tests: tests/unit/extract/test_extract_c_sharp.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.extract.languages.block_walk import Scope, joined
from codegraph.extract.languages.c_sharp import expressions
from codegraph.extract.languages.c_sharp.declarations import method, type_parameters

if TYPE_CHECKING:
    from codegraph.extract.languages.c_sharp.walk import CSharpWalk


def apart(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit the children in a scope of their own; local functions are known from the start."""
    inner = scope.inner()
    for each in node.named_children:
        if each.type == "local_function_statement":
            name = each.child_by_field_name("name")
            if name is not None:
                inner.names[walk.text(name)] = walk.definition_element(each)
    walk.push_children(node, inner)


def variables(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Declare local variables, each once its value was visited."""
    kind = node.child_by_field_name("type")
    for each in reversed(node.named_children):
        if each.type == "variable_declarator":
            walk.push(each, scope, _declare)
            for value in reversed(each.named_children[1:]):
                if value.type == "implicit_object_creation_expression":
                    expressions.implicit_creation(walk, value, scope, walk.chains.instance(kind, scope))
                else:
                    walk.push(value, scope)
    walk.push(kind, scope, expressions.type_node)


def _declare(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    name, parent = node.child_by_field_name("name"), node.parent
    kind = parent.child_by_field_name("type") if parent is not None else None
    if name is None or kind is None:
        return
    value = node.named_child(node.named_child_count - 1) if node.named_child_count > 1 else None
    is_typed = kind.type != "implicit_type"
    chain = walk.chains.instance(kind, scope) if is_typed else walk.chains.value(value, scope)
    scope.names[walk.chains.simple_name(name)] = chain


def foreach(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Declare the name of a loop once what it runs over was visited."""
    inner = scope.inner()
    walk.push(node.child_by_field_name("body"), inner)
    walk.push(node, inner, _declare_foreach)
    walk.push(node.child_by_field_name("right"), scope)
    walk.push(node.child_by_field_name("type"), scope, expressions.type_node)


def _declare_foreach(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    left, kind = node.child_by_field_name("left"), node.child_by_field_name("type")
    if left is None:
        return
    if kind is not None and kind.type != "implicit_type":
        chain = walk.chains.instance(kind, scope)
    else:
        chain = joined(walk.chains.value(node.child_by_field_name("right"), scope), "[]")
    if left.type == "identifier":
        scope.names[walk.chains.simple_name(left)] = chain
    else:
        declare_names(walk, left, scope)


def declare_names(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Declare every name below a node of a deconstruction."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        waiting.extend(each.named_children)
        if each.type == "identifier":
            scope.names[walk.text(each)] = ()


def catch(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Declare what is caught."""
    kind, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    if name is not None:
        scope.names[walk.text(name)] = walk.chains.instance(kind, scope)
    walk.push(kind, scope, expressions.type_node)


def local_function(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a function of a function; it is a definition, unless it stands in a value outside of functions."""
    if node.id in walk.defined:
        method(walk, node, scope)
        return
    own = scope.inner()
    walk.note_closure(scope, node)
    type_parameters(walk, node, own, node.child_by_field_name("type_parameters"))
    walk.push(node.child_by_field_name("body"), own)
    walk.push(node.child_by_field_name("parameters"), own)
    walk.push(node.child_by_field_name("type"), own, expressions.type_node)


def closure(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a lambda expression; what it is given is known where a method of a container calls it."""
    own = scope.inner()
    given = walk.given.get(node.id, ())
    walk.note_closure(scope, node)
    parameters = node.child_by_field_name("parameters")
    walk.push(node.child_by_field_name("body"), own)
    if parameters is None:
        return
    if parameters.type in ("identifier", "implicit_parameter"):
        own.names[walk.chains.simple_name(parameters) or walk.text(parameters)] = given
        return
    for each in parameters.named_children:
        name, kind = each.child_by_field_name("name"), each.child_by_field_name("type")
        if each.type == "parameter" and name is not None:
            own.names[walk.chains.simple_name(name)] = walk.chains.instance(kind, own) if kind is not None else given
            walk.push(kind, own, expressions.type_node)


def declaration(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Declare the name of a pattern, or of an argument that is set."""
    kind, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    if name is not None and name.type == "identifier":
        chain = walk.chains.instance(kind, scope) if kind is not None and kind.type != "implicit_type" else ()
        is_set = node.type == "declaration_expression" and not chain
        scope.names[walk.chains.simple_name(name)] = walk.given.get(node.id, ()) if is_set else chain
    for each in reversed(node.named_children):
        if each.type in ("property_pattern_clause", "positional_pattern_clause"):
            for inner in reversed(each.named_children):
                walk.push(inner, scope, _subpattern)
    walk.push(kind, scope, expressions.type_node)


def _subpattern(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a part of a pattern, the name of its property left aside."""
    children = node.named_children
    if len(children) > 1 and children[0].type in ("identifier", "name_colon", "expression_colon"):
        children = children[1:]
    for each in reversed(children):
        walk.push(each, scope)


def type_pattern(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention the type of a pattern."""
    walk.push(node.child_by_field_name("type"), scope, expressions.type_node)
