"""Handlers for statements: variables, imports, exports, namespaces, blocks, loops.

`var` belongs to the function around it, `let` and `const` to the block; the variable of `for ... of` is an
element of what is iterated.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Role
from codegraph.extract.languages.javascript.annotations import NOTHING, TypeChains, type_chains
from codegraph.extract.languages.javascript.chains import alternatives_of, chain_of
from codegraph.extract.languages.javascript.expressions import mention
from codegraph.extract.languages.javascript.functions import jsdoc_of
from codegraph.extract.languages.javascript.imports import (
    WHOLE,
    export_declaration,
    export_statement,
    export_variable,
    import_statement,
    require_declarator,
)
from codegraph.extract.languages.javascript.literals import bind_properties, define_members, jsdoc_before, value_of
from codegraph.extract.languages.javascript.nodes import nth, text_of
from codegraph.extract.languages.javascript.patterns import bind_pattern, hint_declared
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.shapes import (
    CLASSES,
    FUNCTION_DECLARATIONS,
    FUNCTIONS,
    exported_name,
    unwrap,
)
from codegraph.extract.languages.javascript.walk import Walk


def namespace(walk: Walk, node: Node, scope: Scope) -> None:
    """`namespace N {}`: a scope whose names are N's members; `declare module "x" {}` is a block."""
    name, index = node.child_by_field_name("name"), walk.defined(node)
    if name is not None and name.type == "identifier" and index:
        walk.define(scope, text_of(name), index)
    if index:
        walk.push_children(node.child_by_field_name("body"), walk.own(node, scope))
    else:
        walk.push(node.child_by_field_name("body"), scope)


def ambient(walk: Walk, node: Node, scope: Scope) -> None:
    """`declare ...`; what `declare global {}` declares is known outside of it."""
    for child in node.named_children:
        if child.type == "statement_block":
            walk.push_children(child, scope)
        else:
            walk.push(child, scope)


def import_alias(walk: Walk, node: Node, scope: Scope) -> None:
    """`import A = N.M`."""
    name, target = nth(node, 0), nth(node, 1)
    if name is not None and target is not None:
        chain = chain_of(target, "")
        walk.variable(scope, text_of(name), BindingKind.VARIABLE, ((chain,) if chain else (), ()))
        mention(walk, target, scope, Role.READ)


def variables(walk: Walk, node: Node, scope: Scope) -> None:
    """`const a = 1, {b} = c`: each name with its annotation or value."""
    hoisted = node.type == "variable_declaration"
    for declarator in node.named_children:
        if declarator.type == "variable_declarator":
            _variable(walk, declarator, scope, hoisted=hoisted)


def _variable(walk: Walk, node: Node, scope: Scope, *, hoisted: bool) -> None:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or require_declarator(name, value, scope, walk.ledger):
        return
    if value is not None:
        export_variable(name, value, scope, walk.ledger)
    annotation = node.child_by_field_name("type")
    inner = walk.own(node, scope)
    index = walk.defined(node)
    inside = unwrap(value)
    hint_declared(walk, inside, annotation)
    if index and inside is not None and (inside.type in FUNCTIONS or inside.type in CLASSES):
        walk.define(scope, text_of(name), index, hoisted=hoisted)
    else:
        values = type_chains(annotation) if annotation is not None else NOTHING
        if values == NOTHING and walk.jsdoc:
            outer = node.parent
            values = jsdoc_of(walk, index).value if index else NOTHING
            if not index and outer is not None and name.type == "identifier":
                values = jsdoc_before(walk, outer.start_byte).value
        if values == NOTHING:
            values = value_of(value, scope)
        bind_pattern(walk, name, scope, values, BindingKind.VARIABLE, hoisted=hoisted)
        if inside is not None and inside.type == "object":
            if index:
                define_members(walk, inside, index, inner)
            elif name.type == "identifier":
                bind_properties(walk, inside, text_of(name), scope)
    walk.push(annotation, inner)
    if value is None or exported_name(value) != WHOLE:  # which now is this variable
        walk.push(value, inner)


def exports(walk: Walk, node: Node, scope: Scope) -> None:
    """Any `export`: what it offers, then what it declares or evaluates."""
    declaration = node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    decorators = node.children_by_field_name("decorator")
    if declaration is not None:
        is_default = any(child.type == "default" for child in node.children)
        walk.ledger.explicit_exports = True
        if scope is walk.module:
            export_declaration(declaration, is_default, scope, walk.ledger)
        walk.push(declaration, scope)
        if not decorators or not _takes_decorators(walk, declaration):
            for each in decorators:
                walk.push(each, scope)
        return
    if scope is walk.module:
        export_statement(node, scope, walk.ledger)
    inside = unwrap(value)
    if value is None or inside is None:
        if "=" in [child.type for child in node.children]:
            walk.push_children(node, scope)
        return
    inner = walk.own(value, scope)
    index = walk.defined(value)
    if index and inside.type == "object":
        define_members(walk, inside, index, inner)
    name = inside.child_by_field_name("name") if inside.type in FUNCTIONS or inside.type in CLASSES else None
    if name is not None:
        walk.ledger.declare(scope, text_of(name))
    walk.push(value, inner)


def _takes_decorators(walk: Walk, declaration: Node) -> bool:
    """Tell whether the declaration is a definition, which visits its decorators itself."""
    return declaration.type in CLASSES | FUNCTION_DECLARATIONS and walk.defined(declaration) != 0


def imports(walk: Walk, node: Node, scope: Scope) -> None:
    """`import ...`: declares what it binds."""
    import_statement(node, scope, walk.ledger)


def block(walk: Walk, node: Node, scope: Scope) -> None:
    """`{ ... }`, `switch (...) { ... }`: a scope of its own."""
    inner = walk.ledger.scope(scope, scope.owner, scope.this, plain=False, function=False)
    walk.push_children(node, inner)


def loop(walk: Walk, node: Node, scope: Scope) -> None:
    """`for (const x of xs)`, `for (x in o)`: x is an element of xs."""
    inner = walk.ledger.scope(scope, scope.owner, scope.this, plain=False, function=False)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator, kind = node.child_by_field_name("operator"), node.child_by_field_name("kind")
    values: TypeChains = NOTHING
    if operator is not None and operator.type == "of":
        values = tuple((*chain, "[]") for chain in alternatives_of(right, scope.this)), ()
    if left is not None and kind is not None:
        bind_pattern(walk, left, inner, values, BindingKind.VARIABLE, hoisted=kind.type == "var")
    elif left is not None and left.type == "identifier":
        for chain in values[0]:
            walk.ledger.assign(scope, text_of(left), chain)
    else:
        walk.push(left, scope)
    walk.push(right, scope)
    walk.push(node.child_by_field_name("body"), inner)


def catch(walk: Walk, node: Node, scope: Scope) -> None:
    """`catch (error) { ... }`."""
    inner = walk.ledger.scope(scope, scope.owner, scope.this, plain=False, function=False)
    parameter = node.child_by_field_name("parameter")
    if parameter is not None:
        bind_pattern(walk, parameter, inner, NOTHING, BindingKind.VARIABLE, hoisted=False)
    walk.push(node.child_by_field_name("body"), inner)


def labeled(walk: Walk, node: Node, scope: Scope) -> None:
    """`label: statement`: the label names nothing."""
    walk.push(node.child_by_field_name("body"), scope)
