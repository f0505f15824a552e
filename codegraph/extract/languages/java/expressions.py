"""Expressions of Java: what they mention (see `java.walk`).

Tests: tests/unit/extract/test_extract_java.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Role
from codegraph.extract.languages.block_walk import Scope, joined
from codegraph.extract.languages.java.declarations import anonymous
from codegraph.extract.languages.java.lambdas import PER_ELEMENT, PER_KEY, PER_PAIR

if TYPE_CHECKING:
    from codegraph.extract.languages.java.walk import JavaWalk


def identifier(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention a name that is not local."""
    name = walk.text(node)
    if name and scope.find(name) is None:
        walk.mention(scope, walk.chains.own(scope, name), Role.READ, node)


def call(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention the method that is called."""
    name, target = node.child_by_field_name("name"), node.child_by_field_name("object")
    _give(walk, node, target, scope)
    walk.push(node.child_by_field_name("arguments"), scope)
    walk.push(next((each for each in node.named_children if each.type == "type_arguments"), None), scope)
    walk.push(target, scope)
    if name is not None:
        chain = walk.chains.method(node, scope)
        if not chain:
            chain = ("()", f"{walk.text(name)}{walk.chains.arguments(node.child_by_field_name('arguments'), scope)}")
        walk.mention(scope, chain, Role.CALL, name)


def _give(walk: JavaWalk, node: Node, target: Node | None, scope: Scope) -> None:
    """Note what a container of the standard library calls the lambdas with that it is handed."""
    arguments, name = node.child_by_field_name("arguments"), node.child_by_field_name("name")
    if target is None or name is None or arguments is None:
        return
    lambdas = [each for each in arguments.named_children if each.type == "lambda_expression"]
    called = walk.text(name) if lambdas else ""
    if called in PER_ELEMENT or called in PER_PAIR or called in PER_KEY:
        receiver = walk.chains.value(target, scope)
        element, key, value = (joined(receiver, step) for step in ("[]", "[key]", "[value]"))
        for each in lambdas:
            count = _parameters(each)
            is_pair = count > 1 and called in PER_PAIR
            first = key if is_pair or called in PER_KEY else element
            walk.given[each.id] = (first, value if is_pair else element)[:count]


def _parameters(node: Node) -> int:
    """Return how many parameters a lambda has."""
    listed = node.child_by_field_name("parameters")
    return listed.named_child_count if listed is not None and listed.type != "identifier" else 1


def creation(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention the constructor of `new T(...)`; visit the body of an anonymous class with T as its base."""
    kind, arguments = node.child_by_field_name("type"), node.child_by_field_name("arguments")
    chain = walk.chains.value(node, scope)
    body = next((each for each in node.named_children if each.type == "class_body"), None)
    if body is not None:
        walk.push(body, anonymous(walk, node, chain, scope))
    walk.push(arguments, scope)
    if kind is None:
        return
    name = kind
    while name.type in ("generic_type", "annotated_type", "scoped_type_identifier"):
        inner = name.named_child(0 if name.type == "generic_type" else name.named_child_count - 1)
        for each in name.named_children:
            if inner is not None and each.id != inner.id:
                walk.push(each, scope)  # type arguments, annotations, the type that the made one stands in
        name = inner
    made = chain[: chain.index("()")] if "()" in chain else ()
    made = joined(made, f"<new>{walk.chains.arguments(arguments, scope)}")
    walk.mention(scope, made, Role.CALL, name)
    first = node.named_child(0)
    if first is not None and first.id != kind.id:
        walk.push(first, scope)


def constructor(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention the constructor that `this(...)` or `super(...)` calls."""
    which, arguments = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
    if which is not None and which.type in ("this", "super"):
        head = "@self" if which.type == "this" else "@super"
        walk.mention(scope, (head, f"<new>{walk.chains.arguments(arguments, scope)}"), Role.CALL, which)
    walk.push(arguments, scope)


def field_access(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention a field, or a type or package on the way to one."""
    field, target = node.child_by_field_name("field"), node.child_by_field_name("object")
    if field is not None and field.type == "identifier":
        walk.mention(scope, walk.chains.value(node, scope), Role.READ, field)
    walk.push(target, scope)


def method_reference(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention the method of `x::name`, or the type of `T::new`."""
    parts = node.named_children
    target = parts[0] if parts else None
    walk.push(target, scope)
    name = parts[-1] if len(parts) > 1 else None
    if target is not None and name is not None and name.type == "identifier":
        if target.type in ("type_identifier", "generic_type", "scoped_type_identifier"):
            chain = walk.chains.type_name(target, scope)
        else:
            chain = walk.chains.value(target, scope)
        walk.mention(scope, joined(chain, f"{walk.text(name)}(?)"), Role.READ, name)


def type_name(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention a type."""
    name = node
    if node.type == "scoped_type_identifier":
        name = node.named_child(node.named_child_count - 1)
        outer = node.named_child(0)
        walk.push(outer if outer is not None and outer.id != name.id else None, scope)
    walk.mention(scope, walk.chains.type_name(node, scope), Role.TYPE, name)


def annotation(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention an annotation."""
    name = node.child_by_field_name("name")
    walk.push(node.child_by_field_name("arguments"), scope)
    if name is not None:
        last = name.child_by_field_name("name") or name
        walk.mention(scope, tuple("".join(walk.text(name).split()).split(".")), Role.DECORATOR, last)


def record_pattern(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Mention the record of a pattern, and visit its components."""
    for child in reversed(node.named_children):
        if child.type == "identifier":
            walk.mention(scope, (walk.text(child),), Role.TYPE, child)
        else:
            walk.push(child, scope)
