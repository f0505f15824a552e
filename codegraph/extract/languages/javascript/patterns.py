"""Destructuring patterns and parameters: every name they bind, and which part of the value it gets.

`{a, b: c}` takes members, `[x]` takes elements, a default value counts when nothing else is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, Role
from codegraph.extract.languages.javascript.annotations import NOTHING, TypeChains, function_type, type_chains
from codegraph.extract.languages.javascript.chains import alternatives_of
from codegraph.extract.languages.javascript.nodes import nth, text_of
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.shapes import FUNCTIONS, property_name
from codegraph.extract.languages.javascript.walk import Walk

_PARAMETERS = ("required_parameter", "optional_parameter")
_PLAIN_KEYS = ("shorthand_property_identifier_pattern", "property_identifier", "identifier")
_CALLABLE_NAME = re.compile(
    r"(?:Handler|Callback|Cb|Fn|Func|Function|Listener|Middleware|Visitor|Factory|Predicate|Comparator|Reducer|Hook"
    r"|Resolver|Executor|Plugin|Task|Iteratee|Mapper|Setup|Effect|Interceptor|Loader|Guard|Transformer|Renderer|Next)$"
)


def bind_pattern(
    walk: Walk, pattern: Node, scope: Scope, values: TypeChains, kind: BindingKind, *, hoisted: bool
) -> None:
    """Bind every name of a pattern; visit the default values and computed keys in it."""
    waiting: list[tuple[Node, TypeChains]] = [(pattern, values)]
    while waiting:
        node, known = waiting.pop()
        shape = node.type
        if shape in ("identifier", "shorthand_property_identifier_pattern"):
            walk.variable(scope, text_of(node), kind, known, hoisted=hoisted, node=node)
        elif shape == "object_pattern":
            for child in reversed(node.named_children):
                waiting += _property(walk, child, scope, known)
        elif shape == "array_pattern":
            inner = (known[1] + _after(known[0], "[]"), ())
            waiting += [(child, inner) for child in reversed(node.named_children)]
        elif shape == "rest_pattern":
            inner_pattern = nth(node, 0)
            if inner_pattern is not None:
                waiting.append((inner_pattern, ((), known[0] + known[1])))
        elif shape in ("assignment_pattern", "object_assignment_pattern"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            walk.push(right, scope)
            if left is not None:
                waiting.append((left, known if known != NOTHING else (alternatives_of(right, scope.this), ())))
        elif shape in ("member_expression", "subscript_expression"):
            walk.push(node, scope)


def bind_parameters(walk: Walk, function: Node, scope: Scope, declared: Mapping[str, TypeChains]) -> None:
    """Bind the parameters of a function or signature; visit their types, defaults and decorators."""
    single = function.child_by_field_name("parameter")
    parameters = function.child_by_field_name("parameters")
    hint = walk.hints.pop(function.id, None)
    if single is not None:
        bind_pattern(walk, single, scope, hint(0) if hint else NOTHING, BindingKind.PARAMETER, hoisted=False)
    if parameters is None:
        parameters = next((child for child in function.named_children if child.type == "formal_parameters"), None)
    position = 0
    for parameter in parameters.named_children if parameters is not None else ():
        if parameter.type not in ("comment", "decorator"):
            _parameter(walk, parameter, scope, hint(position) if hint else NOTHING, declared)
            position += not is_this(parameter)


def is_this(parameter: Node) -> bool:
    """Tell whether a parameter only declares the type of `this`."""
    pattern = parameter.child_by_field_name("pattern")
    return pattern is not None and pattern.type == "this"


def bind_callbacks(walk: Walk, function: Node, scope: Scope, *, named: bool = False) -> None:
    """Record, as elements "(i:j)", the types that a function's own callbacks are handed.

    Where a parameter's type has a name, it is recorded as element "(:i)": of all if `named`, else of those that are
    called like a function's type.
    """
    parameters = function.child_by_field_name("parameters")
    argument = 0
    for parameter in parameters.named_children if parameters is not None else ():
        if parameter.type in _PARAMETERS and not is_this(parameter):
            annotation = parameter.child_by_field_name("type")
            callback = function_type(annotation)
            inner = callback.child_by_field_name("parameters") if callback is not None else None
            for chain in type_chains(annotation)[0] if inner is None else ():
                if named or (len(chain) > 1 and _CALLABLE_NAME.search(chain[-2])):
                    walk.ledger.bind(scope, f"(:{argument})", BindingKind.ELEMENT, chain)
            position = 0
            for handed in inner.named_children if inner is not None else ():
                if handed.type in _PARAMETERS and not is_this(handed):
                    for chain in type_chains(handed.child_by_field_name("type"))[0]:
                        walk.ledger.bind(scope, f"({argument}:{position})", BindingKind.ELEMENT, chain)
                    position += 1
            argument += 1


def bind_signature(walk: Walk, node: Node | None, scope: Scope) -> None:
    """Record, as elements "(:i)", the types of the parameters of a function's type."""
    parameters = node.child_by_field_name("parameters") if node is not None else None
    listed = parameters.named_children if parameters is not None else []
    plain = [each for each in listed if each.type in _PARAMETERS and not is_this(each)]
    for position, each in enumerate(plain):
        for chain in type_chains(each.child_by_field_name("type"))[0]:
            walk.ledger.bind(scope, f"(:{position})", BindingKind.ELEMENT, chain)


def hint_declared(walk: Walk, value: Node | None, annotation: Node | None) -> None:
    """Say what a function is called with whose type is declared where it is assigned or returned."""
    if value is None or annotation is None or value.type not in FUNCTIONS:
        return
    written = function_type(annotation)
    parameters = written.child_by_field_name("parameters") if written is not None else None
    if parameters is not None:
        plain = [each for each in parameters.named_children if each.type in _PARAMETERS and not is_this(each)]
        types = [type_chains(each.child_by_field_name("type")) for each in plain]
        walk.hints[value.id] = lambda position: types[position] if position < len(types) else NOTHING
        return
    chains = type_chains(annotation)[0]
    if chains:
        walk.hints[value.id] = lambda position: (tuple((*chain, f"(:{position})") for chain in chains), ())


def _parameter(walk: Walk, node: Node, scope: Scope, hint: TypeChains, declared: Mapping[str, TypeChains]) -> None:
    pattern: Node | None = node
    values = hint
    if node.type in ("required_parameter", "optional_parameter"):
        pattern = node.child_by_field_name("pattern")
        annotation = node.child_by_field_name("type")
        default = node.child_by_field_name("value")
        for each in node.children_by_field_name("decorator"):
            walk.push(each, scope)
        if annotation is not None:
            values = type_chains(annotation)
            if pattern is not None and pattern.type == "rest_pattern":
                values = (values[1], ())
        elif default is not None and values == NOTHING:
            values = (alternatives_of(default, scope.this), ())
        walk.push(annotation, scope)
        walk.push(default, scope)
    elif declared:
        values = declared.get(_first_word(node), hint)
    if pattern is not None and pattern.type == "this":
        scope.this = "this"
        walk.variable(scope, "this", BindingKind.PARAMETER, values)
    elif pattern is not None:
        bind_pattern(walk, pattern, scope, values, BindingKind.PARAMETER, hoisted=False)


def _first_word(node: Node) -> str:
    left = node.child_by_field_name("left") if node.type == "assignment_pattern" else node
    if left is not None and left.type == "rest_pattern":
        left = nth(left, 0)
    return text_of(left) if left is not None and left.type == "identifier" else ""


def _property(walk: Walk, node: Node, scope: Scope, known: TypeChains) -> list[tuple[Node, TypeChains]]:
    """Return the pattern behind one property of an object pattern, and what it gets."""
    if node.type == "pair_pattern":
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and key.type == "computed_property_name":
            walk.push(key, scope)
        name = property_name(key)
        taken = _taken(walk, key, scope, known, name)
        return [] if value is None else [(value, taken)]
    if node.type == "object_assignment_pattern":
        left = node.child_by_field_name("left")
        return [(node, _taken(walk, left, scope, known, text_of(left) if left is not None else ""))]
    if node.type == "shorthand_property_identifier_pattern":
        return [(node, _taken(walk, node, scope, known, text_of(node)))]
    return [(node, NOTHING)] if node.type == "rest_pattern" else []


def _taken(walk: Walk, node: Node | None, scope: Scope, known: TypeChains, name: str) -> TypeChains:
    """Return what a property holds, which a pattern mentions by its name."""
    found = _after(known[0], name)
    if node is not None and node.type in _PLAIN_KEYS:
        for chain in found:
            walk.refer(scope, chain, Role.READ, node)
    return found, ()


def _after(chains: tuple[Chain, ...], element: str) -> tuple[Chain, ...]:
    return tuple((*chain, element) for chain in chains) if element else ()
