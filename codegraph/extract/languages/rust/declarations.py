"""Functions, types, traits, impls and constants of Rust: what is known of them (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, Role
from codegraph.extract.languages.block_walk import TYPE, Scope
from codegraph.extract.languages.rust import expressions
from codegraph.extract.languages.rust.blocks import beneath
from codegraph.extract.languages.rust.imports import inline_of
from codegraph.extract.languages.rust.patterns import declare

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk


_BLANKET = "@blanket"
"""The name under which the impl of a trait for a type parameter holds what its `self` is known as."""


def _opened(walk: RustWalk, node: Node, scope: Scope) -> tuple[int, Scope]:
    """Open the scope of a definition; return its index too, 0 for one in an invocation."""
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, beneath(scope) if walk.view.definitions[index].local else scope)
    if index and inline_of(scope):
        walk.bind(node, index, "@mod", inline_of(scope), BindingKind.VARIABLE)
    return index, own


def function(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a function: its parameters are local, its results are bound."""
    index, own = _opened(walk, node, scope)
    type_parameters(walk, node, own)
    result, parameters = node.child_by_field_name("return_type"), node.child_by_field_name("parameters")
    if index and result is not None and (chain := walk.chains.instance(result, own)):
        walk.bind(node, index, "0", chain, BindingKind.RETURN)
    for each in parameters.named_children if parameters is not None else ():
        if each.type == "self_parameter":
            own.names["self"] = own.find(_BLANKET) or ("@Self", "()")
    walk.push(node.child_by_field_name("body"), own)
    walk.push(result, own)
    walk.push(parameters, own)
    _push_bounds(walk, node, own)


def type_parameters(walk: RustWalk, node: Node, own: Scope) -> list[str]:
    """Declare type parameters with their bounds, those of a where clause included; return their names."""
    declared: dict[str, list[Node]] = {}
    listed = node.child_by_field_name("type_parameters")
    for each in listed.named_children if listed is not None else ():
        name = each.child_by_field_name("name")
        if name is not None and each.type in ("type_parameter", "const_parameter", "optional_type_parameter"):
            declared[walk.text(name)] = _bounds(each)
    for clause in node.named_children:
        for predicate in clause.named_children if clause.type == "where_clause" else ():
            left = predicate.child_by_field_name("left")
            name_of = walk.text(left) if left is not None else ""
            if name_of in declared:
                declared[name_of] += _bounds(predicate)
    for name_of in declared:
        own.names[name_of] = (TYPE,)
    for name_of, bounds in declared.items():
        own.names[name_of] = (TYPE, *walk.chains.bounds(bounds, own))
    return list(declared)


def _bounds(node: Node) -> list[Node]:
    bounds = node.child_by_field_name("bounds")
    return list(bounds.named_children) if bounds is not None else []


def _push_bounds(walk: RustWalk, node: Node, own: Scope) -> None:
    """Visit the bounds of type parameters, whose names mention nothing."""
    for each in reversed(node.named_children):
        if each.type == "where_clause":
            walk.push(each, own)
    walk.push(node.child_by_field_name("type_parameters"), own)


def parameter(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Declare a parameter."""
    kind, pattern = node.child_by_field_name("type"), node.child_by_field_name("pattern")
    declare(walk, pattern, walk.chains.instance(kind, scope), scope)
    walk.push(kind, scope)


def implementation(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit an impl: bind its type and its trait."""
    index, own = _opened(walk, node, scope)
    parameters = type_parameters(walk, node, own)
    of, trait_node = node.child_by_field_name("type"), node.child_by_field_name("trait")
    if index:
        for number, each in enumerate(_arguments(of)):
            if given := walk.chains.instance(each, own):
                walk.bind(node, index, f"@bound:{number}", given, BindingKind.VARIABLE)
        chain = walk.chains.instance(of, own)
        trait_chain = walk.chains.path(trait_node, own)
        seen = _seen_through(of)
        if seen is not None and walk.text(seen) in parameters:
            own.names[_BLANKET] = _either(chain, trait_chain)
        elif chain:
            walk.bind(node, index, "@self", chain, BindingKind.VARIABLE)
        if trait_chain:
            walk.bind(node, index, "@trait", trait_chain, BindingKind.VARIABLE)
    own.names["Self"] = (TYPE, "@Self", "()") if index else (TYPE,)
    body = node.child_by_field_name("body")
    if body is not None:
        walk.push_children(body, own)
    walk.push(of, own)
    walk.push(trait_node, own, _implement)
    _push_bounds(walk, node, own)


def _seen_through(of: Node | None) -> Node | None:
    """Return a type behind references."""
    while of is not None and of.type == "reference_type":
        of = of.child_by_field_name("type")
    return of


def _arguments(of: Node | None) -> list[Node]:
    """Return the type arguments of the type that an impl is for."""
    seen = _seen_through(of)
    listed = seen.child_by_field_name("type_arguments") if seen is not None else None
    return [each for each in listed.named_children if each.type != "lifetime"] if listed is not None else []


def _either(bound: Chain, trait_chain: Chain) -> Chain:
    """Return the chain of what satisfies a bound and a trait: `self` where a trait is implemented for all of those."""
    written = "::".join(trait_chain)
    if not bound or bound[-1] != "()" or not trait_chain:
        return (*trait_chain, "()") if trait_chain else bound
    first = "::".join(bound[:-1])
    return (first + "&" if first.startswith("@any:") else f"@any:{first}&") + written, "()"


def _implement(walk: RustWalk, node: Node, scope: Scope) -> None:
    expressions.base(walk, node, scope, Role.IMPLEMENT)


def _inherit(walk: RustWalk, node: Node, scope: Scope) -> None:
    expressions.base(walk, node, scope, Role.INHERIT)


def trait(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a trait; what it requires is inherited."""
    index, own = _opened(walk, node, scope)
    own.names["Self"] = (TYPE, "@Self", "()") if index else (TYPE,)
    type_parameters(walk, node, own)
    body = node.child_by_field_name("body")
    if body is not None:
        walk.push_children(body, own)
    for each in reversed(_bounds(node)):
        walk.push(each, own, _inherit if each.type != "lifetime" else None)
    _push_bounds(walk, node, own)


def data_type(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a struct, a union or an enum: bind the fields, those of variants too."""
    index, own = _opened(walk, node, scope)
    for number, each in enumerate(type_parameters(walk, node, own)):
        bound = own.names[each][1:]
        if not bound or bound[-1] == "()":
            written = "::".join(bound[:-1]).removeprefix("@any:")
            own.names[each] = (TYPE, f"@param:{number}|{written}" if written else f"@param:{number}", "()")
    own.names["Self"] = (TYPE, "@here", walk.view.definitions[index].descriptor, "()") if index else (TYPE,)
    body = node.child_by_field_name("body")
    if body is not None and body.type == "enum_variant_list":
        for variant in body.named_children:
            variant_index = walk.defined.get(variant.id, 0)
            if variant_index and index:
                _bind_fields(walk, variant.child_by_field_name("body"), variant_index, own)
    elif index:
        _bind_fields(walk, body, index, own)
    if body is not None:
        walk.push(body, own, _members)
    _push_bounds(walk, node, own)


def _members(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit what stands in fields and variants, whose own names mention nothing."""
    for each in reversed(node.named_children):
        if each.type == "enum_variant":
            own = Scope(walk.defined.get(each.id, 0) or scope.owner, scope)
            walk.push(each.child_by_field_name("value"), own)
            body = each.child_by_field_name("body")
            if body is not None:
                walk.push(body, own, _members)
        elif each.type == "field_declaration":
            walk.push(each.child_by_field_name("type"), scope)
        else:
            walk.push(each, scope)


def _bind_fields(walk: RustWalk, body: Node | None, index: int, scope: Scope) -> None:
    for name, kind in _fields(walk, body):
        chain = walk.chains.instance(kind, scope)
        if chain:
            walk.bind(kind, index, "." + name, chain, BindingKind.ATTRIBUTE)


def _fields(walk: RustWalk, body: Node | None) -> Iterator[tuple[str, Node]]:
    if body is not None and body.type == "ordered_field_declaration_list":
        for number, each in enumerate(body.children_by_field_name("type")):
            yield str(number), each
    for field in body.named_children if body is not None else ():
        name, kind = field.child_by_field_name("name"), field.child_by_field_name("type")
        if field.type == "field_declaration" and name is not None and kind is not None:
            yield walk.text(name), kind


def alias(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a type alias or an associated type: bind what it stands for."""
    index, own = _opened(walk, node, scope)
    type_parameters(walk, node, own)
    name, meaning = node.child_by_field_name("name"), node.child_by_field_name("type")
    if index:
        chain: Chain = walk.chains.instance(meaning, own) if meaning else walk.chains.bounds(_bounds(node), own)
        walk.bind(node, index, "@alias", chain, BindingKind.VARIABLE)
    elif name is not None:
        scope.names[walk.text(name)] = (TYPE, *walk.chains.instance(meaning, own))
    walk.push(meaning, own)
    walk.push(node.child_by_field_name("bounds"), own)
    _push_bounds(walk, node, own)


def constant(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a constant: bind its type, or declare it in an invocation."""
    index, own = _opened(walk, node, scope)
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
    chain = walk.chains.instance(kind, own)
    if index and chain:
        walk.bind(node, index, "@value", chain, BindingKind.VARIABLE)
    elif not index and name is not None:
        scope.names[walk.text(name)] = chain
    walk.push(node.child_by_field_name("value"), own)
    walk.push(kind, own)
