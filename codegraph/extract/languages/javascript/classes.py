"""Handlers for classes, interfaces, type aliases and enums, and for what makes their members.

Class fields, constructor parameters with a modifier and the properties of interfaces are members without a
definition of their own; methods and fields that hold functions are definitions.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Role
from codegraph.extract.languages.javascript.annotations import NOTHING, function_type, type_chains
from codegraph.extract.languages.javascript.chains import chain_of
from codegraph.extract.languages.javascript.expressions import heritage_type, mention
from codegraph.extract.languages.javascript.imports import (
    SPREAD,
)
from codegraph.extract.languages.javascript.literals import define_member, jsdoc_before
from codegraph.extract.languages.javascript.nodes import text_of
from codegraph.extract.languages.javascript.patterns import bind_callbacks, bind_signature, hint_declared
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.shapes import (
    is_static,
    object_types,
    property_name,
    unwrap,
)
from codegraph.extract.languages.javascript.walk import Walk


def class_(walk: Walk, node: Node, scope: Scope) -> None:
    """A class declaration or expression: its name, heritage, members."""
    name = node.child_by_field_name("name")
    if name is not None and node.type != "class":
        defined = walk.defined(node)
        if defined:
            walk.define(scope, text_of(name), defined)
        else:
            walk.variable(scope, text_of(name), BindingKind.VARIABLE, NOTHING)
    outer = walk.own(node, scope)
    index = walk.defined_by(node)
    own = index != 0 and index == outer.owner
    made = 0 if index else walk.made_by(node)
    this = "@self" if own or made else ""
    inner = walk.ledger.scope(outer, outer.owner, this, plain=own, function=True)
    if name is not None and node.type == "class" and own:
        inner.names.setdefault(text_of(name), walk.spelled(index)[0])
    elif name is not None and node.type == "class":
        walk.variable(inner, text_of(name), BindingKind.VARIABLE, NOTHING)
    if own:
        push_decorators(walk, index, node, outer)
    for decorator in node.children_by_field_name("decorator"):
        walk.push(decorator, outer)
    walk.push(node.child_by_field_name("type_parameters"), inner)
    for child in node.named_children:
        if child.type == "class_heritage":
            _heritage(walk, child, inner, own=own or made != 0)
    body = node.child_by_field_name("body")
    if body is None:
        return
    for child in body.named_children:
        static = child.type in ("class_static_block", "field_definition", "public_field_definition") and (
            child.type == "class_static_block" or is_static(child)
        )
        member_scope = inner
        if static and (own or made):
            member_scope = walk.ledger.scope(inner, inner.owner, "@class", plain=own, function=True)
        walk.push(child, member_scope)
        if own or made:
            _class_member(walk, child, index or made, inner)


def _heritage(walk: Walk, node: Node, scope: Scope, *, own: bool) -> None:
    """`extends X`, `implements I, J`; a nested class's heritage is only mentioned."""
    for child in node.named_children:
        if child.type == "extends_clause":
            _base(walk, unwrap(child.child_by_field_name("value")), scope, own=own)
            walk.push(child.child_by_field_name("type_arguments"), scope)
        elif child.type == "implements_clause":
            for each in child.named_children:
                heritage_type(walk, each, scope, Role.IMPLEMENT if own else Role.TYPE)
        else:
            _base(walk, unwrap(child), scope, own=own)


def _base(walk: Walk, node: Node | None, scope: Scope, *, own: bool) -> None:
    """What a class extends: of `A(B, C(D))`, which are functions that add to classes, B and D as well."""
    mention(walk, node, scope, Role.INHERIT if own else Role.READ)
    if node is None or node.type != "call_expression" or not own:
        return
    waiting = [node]
    while waiting:
        made = waiting.pop()
        chain, arguments = chain_of(made, ""), made.child_by_field_name("arguments")
        if chain:
            walk.attribute(scope.owner, SPREAD, ((chain,), ()), scope)
        for each in arguments.named_children if arguments is not None else ():
            if each.type == "identifier" and text_of(each)[:1].isupper():
                walk.ledger.refer(scope, (text_of(each),), Role.INHERIT, each)
            elif each.type == "call_expression":
                waiting.append(each)


def push_decorators(walk: Walk, index: int, node: Node, scope: Scope) -> None:
    """Visit the decorators that stand outside a definition's unit."""
    for each in walk.found[index - 1].decorators:
        if each.end_byte <= node.start_byte:
            walk.push(each, scope)


def _class_member(walk: Walk, member: Node, index: int, scope: Scope) -> None:
    """Record a field, and the constructor parameters that are fields as well."""
    if member.type in ("field_definition", "public_field_definition"):
        value = unwrap(member.child_by_field_name("value"))
        if value is None or not walk.defined_by(value):
            name = property_name(member.child_by_field_name("name") or member.child_by_field_name("property"))
            annotation = member.child_by_field_name("type")
            values = type_chains(annotation) if annotation is not None else NOTHING
            if values == NOTHING:
                declared = jsdoc_before(walk, member.start_byte).value
                define_member(walk, index, name, member.child_by_field_name("value"), scope, declared)
            else:
                walk.attribute(index, name, values, scope)
        return
    name_node = member.child_by_field_name("name")
    parameters = member.child_by_field_name("parameters")
    if parameters is None or name_node is None or name_node.text != b"constructor":
        return
    for parameter in parameters.named_children:
        if any(
            child.type in ("accessibility_modifier", "readonly", "override_modifier") for child in parameter.children
        ):
            pattern = parameter.child_by_field_name("pattern")
            if pattern is not None and pattern.type == "identifier":
                walk.attribute(index, text_of(pattern), type_chains(parameter.child_by_field_name("type")), scope)


def field(walk: Walk, node: Node, scope: Scope) -> None:
    """A class field: its type and initialiser; a definition of its own if it holds a function."""
    inner = walk.own(node, scope)
    index = walk.defined(node)
    if index:
        push_decorators(walk, index, node, inner)
    hint_declared(walk, unwrap(node.child_by_field_name("value")), node.child_by_field_name("type"))
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    for child in node.named_children:
        if name is None or child.id != name.id or child.type == "computed_property_name":
            walk.push(child, inner)


def pair(walk: Walk, node: Node, scope: Scope) -> None:
    """`key: value` of an object literal."""
    inner = walk.own(node, scope)
    key = node.child_by_field_name("key")
    if key is not None and key.type == "computed_property_name":
        walk.push(key, inner)
    walk.push(node.child_by_field_name("value"), inner)


def interface(walk: Walk, node: Node, scope: Scope) -> None:
    """An interface or a type alias: its name, type parameters, heritage, members."""
    name = node.child_by_field_name("name")
    index = walk.defined(node)
    if name is not None:
        _declare(walk, index, name, scope)
    outer = walk.own(node, scope)
    inner = walk.ledger.scope(outer, outer.owner, "@self", plain=index != 0, function=True)
    walk.push(node.child_by_field_name("type_parameters"), inner)
    for child in node.named_children:
        if child.type == "extends_type_clause":
            for each in child.named_children:
                heritage_type(walk, each, inner, Role.INHERIT if index else Role.TYPE)
    body = node.child_by_field_name("body") or node.child_by_field_name("value")
    if body is None:
        return
    walk.push(body, inner)
    if not index:
        return
    if not walk.jsdoc and node.type == "type_alias_declaration":
        bind_signature(walk, function_type(body), inner)
    for each in object_types(body):
        for child in each.named_children:
            if child.type == "call_signature" and not walk.jsdoc:
                bind_callbacks(walk, child, inner, named=True)
            if child.type == "property_signature":
                values = type_chains(child.child_by_field_name("type"))
                walk.attribute(index, property_name(child.child_by_field_name("name")), values, inner)
    if node.type == "type_alias_declaration":
        aliased, elements = type_chains(body)
        for chain in aliased:
            walk.attribute(index, SPREAD, ((chain,), ()), inner)
        for chain in elements:
            walk.ledger.bind(inner, "()", BindingKind.ELEMENT, chain, inner)


def _declare(walk: Walk, index: int, name: Node, scope: Scope) -> None:
    if index:
        walk.define(scope, text_of(name), index)
    else:
        walk.ledger.declare(scope, text_of(name))


def enum(walk: Walk, node: Node, scope: Scope) -> None:
    """An enum: its name, its members, their initialisers."""
    name = node.child_by_field_name("name")
    index = walk.defined(node)
    if name is not None:
        _declare(walk, index, name, scope)
    inner = walk.own(node, scope)
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        key = child.child_by_field_name("name") if child.type == "enum_assignment" else child
        if index and key is not None:
            walk.attribute(index, property_name(key), NOTHING, inner)
        if child.type == "enum_assignment":
            walk.push(child.child_by_field_name("value"), inner)
