"""Handlers for functions of every kind: their scopes, parameters and results.

A definition's own function shares the definition's names; every other function has a scope of its own. What
a function gives is its return annotation, else the JSDoc `@returns`, else what its own `return` statements
say. `this` of a function that is assigned to a member is what stands before the member.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import BindingKind
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.javascript.annotations import (
    NO_JSDOC,
    NOTHING,
    JsdocTypes,
    TypeChains,
    jsdoc_types,
    type_chains,
)
from codegraph.extract.languages.javascript.classes import push_decorators
from codegraph.extract.languages.javascript.literals import define_members, value_of
from codegraph.extract.languages.javascript.nodes import nth, text_of
from codegraph.extract.languages.javascript.patterns import bind_callbacks, bind_parameters, hint_declared
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.shapes import (
    FUNCTIONS,
    unwrap,
)
from codegraph.extract.languages.javascript.walk import Walk


def function_declaration(walk: Walk, node: Node, scope: Scope) -> None:
    """`function f() {}`: declares f, then its own scope."""
    name = node.child_by_field_name("name")
    if name is not None:
        index = walk.defined(node)
        if index:
            walk.define(scope, text_of(name), index)
            if walk.jsdoc:
                walk.ledger.hoists(scope, text_of(name))
        else:
            walk.variable(scope, text_of(name), BindingKind.VARIABLE, NOTHING)
    function(walk, node, scope)


def function(walk: Walk, node: Node, scope: Scope) -> None:
    """Any function or signature: type parameters, parameters, return type, body."""
    outer = walk.own(node, scope)
    index = walk.defined_by(node)
    own = index != 0 and index == outer.owner
    arrow = node.type == "arrow_function"
    this = scope.this if arrow else walk.receivers.get(node.id, "")
    is_function = own and walk.found[index - 1].kind == SymbolKind.FUNCTION
    made_for_prototype = this and is_function and node.id in walk.on_prototypes
    if own and not walk.is_inner(index) and not made_for_prototype:
        this = walk.this_of(index) if not arrow or walk.found[index - 1].kind == SymbolKind.METHOD else outer.this
    inner = walk.ledger.scope(outer, outer.owner, this, plain=own, function=True)
    name = node.child_by_field_name("name")
    if name is not None and node.type in FUNCTIONS:
        if own:
            inner.names.setdefault(text_of(name), walk.spelled(index)[0])
        else:
            walk.variable(inner, text_of(name), BindingKind.VARIABLE, NOTHING)
    for decorator in node.children_by_field_name("decorator"):
        walk.push(decorator, outer)
    if own:
        push_decorators(walk, index, node, outer)
    if name is not None and name.type == "computed_property_name":
        walk.push(name, outer)
    jsdoc = jsdoc_of(walk, index) if own else NO_JSDOC
    if own and not walk.jsdoc:
        bind_callbacks(walk, node, inner)
    walk.push(node.child_by_field_name("type_parameters"), inner)
    bind_parameters(walk, node, inner, jsdoc.parameters)
    _returns(walk, node, inner, jsdoc.returns, own=own)


def _returns(walk: Walk, node: Node, inner: Scope, declared: TypeChains, *, own: bool) -> None:
    """Record what a definition's own function gives, and have its body visited."""
    annotation = node.child_by_field_name("return_type")
    body = node.child_by_field_name("body")
    if own:
        values = type_chains(annotation) if annotation is not None else declared
        if annotation is None and values == NOTHING:
            if body is not None and body.type == "statement_block":
                walk.inferring[inner.number] = inner
            else:
                values = value_of(body, inner)
                _gives_object(walk, body, inner)
        returned(walk, inner, values)
    walk.push(annotation, inner)
    if annotation is not None and body is not None:
        walk.promised[inner.number] = annotation
        hint_declared(walk, unwrap(body), annotation)
    if body is not None and body.type == "statement_block":
        walk.push_children(body, inner)
    else:
        walk.push(body, inner)


def returned(walk: Walk, scope: Scope, values: TypeChains) -> None:
    """Record what the owner of a scope returns."""
    for chain in values[0]:
        walk.ledger.bind(scope, "()", BindingKind.RETURN, chain)
    for chain in values[1]:
        walk.ledger.bind(scope, "()", BindingKind.ELEMENT, chain)


def _gives_object(walk: Walk, value: Node | None, scope: Scope) -> None:
    """Record the properties of an object literal that a function gives as members of what calling it makes."""
    literal = unwrap(value)
    is_function = scope.owner != 0 and walk.found[scope.owner - 1].kind == SymbolKind.FUNCTION
    if is_function and literal is not None and literal.type == "object":
        define_members(walk, literal, scope.owner, scope)


def return_statement(walk: Walk, node: Node, scope: Scope) -> None:
    """`return value` of a definition's own function tells its type."""
    value = nth(node, 0)
    part: Scope | None = scope
    while part is not None and not part.function:
        part = part.parent
    if part is not None and part.number in walk.inferring and value is not None:
        returned(walk, scope, value_of(value, scope))
        _gives_object(walk, value, scope)
    if part is not None and value is not None:
        hint_declared(walk, unwrap(value), walk.promised.get(part.number))
    walk.push(value, scope)


def jsdoc_of(walk: Walk, index: int) -> JsdocTypes:
    """Return the types that the JSDoc comment before a definition declares; none in TypeScript."""
    if not walk.jsdoc or not walk.found[index - 1].comments:
        return NO_JSDOC
    comment = text_of(walk.found[index - 1].comments[-1])
    return jsdoc_types(comment) if comment.startswith("/**") and "{" in comment else NO_JSDOC


def signature(walk: Walk, node: Node, scope: Scope) -> None:
    """A function type, an index or call signature, a mapped or inferred type: a scope for its parameters."""
    inner = walk.ledger.scope(scope, scope.owner, scope.this, plain=False, function=True)
    name = node.child_by_field_name("name")
    if name is not None:
        walk.ledger.declare(inner, text_of(name))
    for child in node.named_children:
        if name is None or child.id != name.id:
            if child.type == "formal_parameters":
                bind_parameters(walk, node, inner, {})
            else:
                walk.push(child, inner)


def type_parameter(walk: Walk, node: Node, scope: Scope) -> None:
    """`T extends U = V`: T is a local name."""
    name = node.child_by_field_name("name") or nth(node, 0)
    if name is not None:
        bound = type_chains(node.child_by_field_name("constraint"))
        spelling = walk.ledger.declare_type(scope, text_of(name))
        for chain in tuple(c[:-1] for c in bound[0] if c[-1] == "()") or ((),):
            walk.ledger.bind(scope, spelling, BindingKind.VARIABLE, chain)
    for child in node.named_children:
        if name is None or child.id != name.id:
            walk.push(child, scope)
