"""Object literals as members: what stands under each key, one literal inside another as dotted names.

`{a: new A(), b: {c: f}}` gives ("a", an A) and ("b.c", f). Functions that are definitions of their own are
left out. Tests: tests/unit/extract/test_extract_javascript_occurrences.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import BindingKind
from codegraph.extract.languages.javascript.annotations import NO_JSDOC, NOTHING, JsdocTypes, TypeChains, jsdoc_types
from codegraph.extract.languages.javascript.chains import alternatives_of
from codegraph.extract.languages.javascript.imports import SPREAD
from codegraph.extract.languages.javascript.nodes import nth, text_of
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.shapes import property_name, unwrap
from codegraph.extract.languages.javascript.walk import Walk

_MAX_DEPTH: Final = 3
_MAX_JSDOC: Final = 400
"""Longer comments before a variable or member are not looked for."""


def value_of(value: Node | None, scope: Scope) -> TypeChains:
    """Return what is known of an expression's value, and of its elements if it is an array."""
    inner = unwrap(value)
    if inner is None:
        return NOTHING
    if inner.type == "array":
        first = nth(inner, 0)
        if first is None or first.type == "spread_element":
            return NOTHING
        return (), alternatives_of(first, scope.this)
    return alternatives_of(value, scope.this), ()


def jsdoc_before(walk: Walk, offset: int) -> JsdocTypes:
    """Return the types that a JSDoc comment directly before an offset declares; none in TypeScript."""
    before = walk.source[max(0, offset - _MAX_JSDOC) : offset].rstrip() if walk.jsdoc else ""
    start = before.rfind("/**") if before.endswith("*/") else -1
    return jsdoc_types(before[start:]) if start >= 0 and "{" in before[start:] else NO_JSDOC


def members_of_literal(walk: Walk, node: Node, scope: Scope) -> Iterator[tuple[str, TypeChains]]:
    """Yield the dotted names in an object literal with what is known of their values."""
    waiting: list[tuple[str, Node, int]] = [("", node, 1)]
    while waiting:
        before, literal, depth = waiting.pop()
        for child in literal.named_children:
            if child.type == "shorthand_property_identifier":
                name = text_of(child)
                yield before + name, (((name,),), ())
            elif child.type == "pair":
                value = unwrap(child.child_by_field_name("value"))
                name = property_name(child.child_by_field_name("key"))
                if value is None or not name or walk.defined_by(value):
                    continue
                yield before + name, value_of(value, scope)
                if value.type == "object" and depth < _MAX_DEPTH:
                    waiting.append((f"{before}{name}.", value, depth + 1))
            elif child.type == "spread_element" and not before:
                for chain in alternatives_of(nth(child, 0), scope.this):
                    yield SPREAD, ((chain,), ())


def define_members(walk: Walk, node: Node, index: int, scope: Scope) -> None:
    """Record the properties of an object literal as members of the definition `index`."""
    for name, values in members_of_literal(walk, node, scope):
        walk.attribute(index, name, values, scope)


def define_member(walk: Walk, index: int, name: str, value: Node | None, scope: Scope, declared: TypeChains) -> None:
    """Record one member of the definition `index`, as `declared` or by its value, and the properties of an object."""
    walk.attribute(index, name, value_of(value, scope) if declared == NOTHING else declared, scope)
    inner = unwrap(value)
    if inner is not None and inner.type == "object":
        for below, values in members_of_literal(walk, inner, scope):
            if values != NOTHING and below != SPREAD:
                walk.attribute(index, f"{name}.{below}", values, scope)


def bind_properties(walk: Walk, node: Node, name: str, scope: Scope) -> None:
    """Record what is known of the properties of an object literal that a local variable holds."""
    spelling = walk.ledger.spelling(scope, name)
    for below, values in members_of_literal(walk, node, scope):
        if below != SPREAD:
            for chain in values[0]:
                walk.ledger.bind_known(scope, name, f"{spelling}.{below}", BindingKind.VARIABLE, chain)
