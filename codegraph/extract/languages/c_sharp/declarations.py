"""Namespaces, types and members of C#: what is known of them (see `c_sharp.walk`).

Tests: tests/unit/extract/test_extract_c_sharp.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tree_sitter import Node

from codegraph.core.facts import BINDING, Chain, ImportKind, Role
from codegraph.extract.languages.block_walk import OF, TYPE, Scope, joined
from codegraph.extract.languages.c_sharp import expressions

if TYPE_CHECKING:
    from codegraph.extract.languages.c_sharp.walk import CSharpWalk

NAMESPACE = "@namespace"
WITHIN = "@within"
"""Names under which a scope holds the namespace, and the full name of the type, around it."""
_WORD: Final = re.compile(r"\w+")


def using(walk: CSharpWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Add an import."""
    words = {each.type for each in node.children}
    alias = node.child_by_field_name("name")
    target = node.named_child(node.named_child_count - 1) if node.named_child_count else None
    if target is None:
        return
    spelled = "".join(walk.text(target).split()).removeprefix("global::")
    name = target
    while name.type == "qualified_name" and name.named_child_count:
        name = name.named_child(name.named_child_count - 1)
    if alias is not None and alias.id != target.id:
        chain = walk.chains.type_name(target, Scope(0, None))
        walk.view.add_import(
            name,
            ImportKind.MODULE,
            ".".join(each for each in chain if each != "global::"),
            "",
            walk.text(alias),
            reexport="global" in words,
        )
    else:
        level = int("static" in words)
        walk.view.add_import(name, ImportKind.STAR, spelled, "*", "", level=level, reexport="global" in words)


def namespace(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a namespace in a scope of its own."""
    own = Scope(scope.owner, scope)
    _enter(walk, node, own)
    body = node.child_by_field_name("body")
    if body is not None:
        walk.push_children(body, own)


def file_namespace(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Put everything that follows into a namespace."""
    _enter(walk, node, scope)
    for each in reversed(node.named_children[1:]):
        walk.push(each, scope)


def _enter(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    name = node.child_by_field_name("name")
    spelled = "".join(walk.text(name).split()) if name is not None else ""
    around = (scope.find(NAMESPACE) or ("",))[0]
    scope.names[NAMESPACE] = (".".join(part for part in (around, spelled) if part),)


def _modifiers(walk: CSharpWalk, node: Node) -> set[str]:
    return {walk.text(each) for each in node.named_children if each.type == "modifier"}


def type_declaration(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a class, struct, record, interface or enum: bind its full name and its bases."""
    index, own = walk.defined.get(node.id, 0), Scope(walk.defined.get(node.id, scope.owner), scope)
    name = node.child_by_field_name("name")
    if name is None:
        return
    parameters = next((each for each in node.named_children if each.type == "type_parameter_list"), None)
    _declare_full_name(walk, node, own, index, name, parameters)
    type_parameters(walk, node, own, parameters)
    primary = next((each for each in node.named_children if each.type == "parameter_list"), None)
    body = node.child_by_field_name("body")
    if body is not None:
        walk.push_children(body, own)
    for each in reversed(node.named_children):
        if each.type == "base_list":
            for base in reversed(each.named_children):
                walk.push(base, own, _base)
        elif each.type in ("attribute_list", "type_parameter_constraints_clause"):
            walk.push(each, own)
    if primary is not None:
        _primary_constructor(walk, node, own, index, primary)


def _declare_full_name(
    walk: CSharpWalk, node: Node, own: Scope, index: int, name: Node, parameters: Node | None
) -> None:
    count = sum(each.type == "type_parameter" for each in parameters.named_children) if parameters is not None else 0
    spelled = walk.text(name) + (f"`{count}" if count else "")
    within, around = (own.find(WITHIN) or ("",))[0], (own.find(NAMESPACE) or ("",))[0]
    full = ".".join(part for part in (within or around, spelled) if part)
    own.names[WITHIN] = (full,)
    partial = "partial" if "partial" in _modifiers(walk, node) else ""
    if index:
        walk.bind(node, index, "@type", (full, partial, around), BINDING.VARIABLE)


def _primary_constructor(walk: CSharpWalk, node: Node, own: Scope, index: int, primary: Node) -> None:
    """Bind the parameters of a type: properties of a record, names everywhere in another type."""
    for each in primary.named_children:
        name = each.child_by_field_name("name")
        if each.type != "parameter" or name is None:
            continue
        chain = walk.chains.instance(each.child_by_field_name("type"), own)
        if node.type == "record_declaration" and index:
            walk.bind(name, index, walk.text(name), chain, BINDING.ATTRIBUTE)
        else:
            own.names[walk.text(name)] = chain
        walk.push(each.child_by_field_name("type"), own, expressions.type_node)


def _base(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Mention a base; bind it."""
    if node.type == "primary_constructor_base_type":
        for each in reversed(node.named_children):
            if each.type == "argument_list":
                walk.push(each, scope)
        inner = node.child_by_field_name("type")
        if inner is not None:
            _base(walk, inner, scope)
        return
    if node.type == "argument_list":
        walk.push(node, scope)
        return
    chain = walk.chains.type_name(node, scope)
    if chain:
        walk.bind(node, scope.owner, "@base", chain, BINDING.VARIABLE)
        expressions.mention_type(walk, node, scope, Role.INHERIT)


def type_parameters(walk: CSharpWalk, node: Node, own: Scope, parameters: Node | None) -> None:
    """Declare type parameters, each with its first constraint that is a type."""
    for each in parameters.named_children if parameters is not None else ():
        name = each.child_by_field_name("name") or (each.named_child(0) if each.named_child_count else None)
        if each.type == "type_parameter" and name is not None:
            own.names[TYPE + walk.text(name)] = ()
    for clause in node.named_children:
        if clause.type != "type_parameter_constraints_clause" or not clause.named_child_count:
            continue
        for each in clause.named_children[1:]:
            kind = each.child_by_field_name("type")
            chain = walk.chains.instance(kind, own)
            if chain and not own.find(TYPE + walk.text(clause.named_child(0))):
                own.names[TYPE + walk.text(clause.named_child(0))] = chain


def method(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a method, a constructor or an operator: bind its result and its shape."""
    index = walk.defined.get(node.id, scope.owner)
    own = Scope(index, scope)
    type_parameters(walk, node, own, node.child_by_field_name("type_parameters"))
    result = node.child_by_field_name("returns") or node.child_by_field_name("type")
    if node.id in walk.defined:
        _bind_method(walk, node, index, own, result)
    walk.push(node.child_by_field_name("body"), own)
    for each in reversed(node.named_children):
        if each.type in ("constructor_initializer", "type_parameter_constraints_clause", "attribute_list"):
            walk.push(each, own)
    _push_parameters(walk, node, own)
    walk.push(result, own, expressions.type_node)


def _push_parameters(walk: CSharpWalk, node: Node, own: Scope) -> None:
    listed = node.child_by_field_name("parameters")
    if listed is None:
        return
    rest, name = listed.child_by_field_name("type"), listed.child_by_field_name("name")
    if rest is not None and name is not None:  # `params T[] rest` is no node of its own
        own.names[walk.text(name)] = walk.chains.instance(rest, own)
        walk.push(rest, own, expressions.type_node)
    for each in reversed(listed.named_children):
        if each.type == "parameter":
            walk.push(each, own)


def _bind_method(walk: CSharpWalk, node: Node, index: int, own: Scope, result: Node | None) -> None:
    chain = walk.chains.instance(result, own)
    if chain:
        walk.bind(node, index, "0", chain, BINDING.RETURN)
    listed = node.child_by_field_name("parameters")
    parameters = [each for each in listed.named_children if each.type == "parameter"] if listed is not None else []
    has_rest = listed is not None and listed.child_by_field_name("name") is not None
    needed = sum(not _is_optional(each) for each in parameters)
    words = _modifiers(walk, node)
    is_explicit = any(each.type == "explicit_interface_specifier" for each in node.named_children)
    flags = "".join(
        letter
        for letter, is_so in (
            ("s", "static" in words),
            ("o", "override" in words),
            ("c", node.type == "constructor_declaration"),
            ("p", "private" in words),
            ("e", is_explicit),
        )
        if is_so
    )
    texts = [_type_text(walk, each) for each in parameters]
    if listed is not None and has_rest:
        texts.append("*" + _type_text(walk, listed))
    types = ",".join("".join(text.split()) for text in texts)
    flags += _generic(walk, node, types)
    shape = (str(needed), "*" if has_rest else str(len(parameters)), flags, types)
    walk.bind(node, index, "@method", shape, BINDING.VARIABLE)
    if parameters and any(
        walk.text(each) == "this" for each in parameters[0].named_children if each.type == "modifier"
    ):
        of = walk.chains.instance(parameters[0].child_by_field_name("type"), own)
        text = "".join(_type_text(walk, parameters[0]).split())
        bare = _bare_type(walk, parameters[0].child_by_field_name("type"), own) if of or text else ""
        walk.bind(node, index, "@this", (bare,), BINDING.VARIABLE)


def _generic(walk: CSharpWalk, node: Node, types: str) -> str:
    """Return the number of type parameters; "u" before it if calls have to name them: not all are in a parameter."""
    listed = node.child_by_field_name("type_parameters")
    if listed is None:
        return ""
    names = [each.child_by_field_name("name") for each in listed.named_children if each.type == "type_parameter"]
    told = set(_WORD.findall(types))
    return ("" if all(walk.text(name) in told for name in names if name is not None) else "u") + str(len(names))


def _bare_type(walk: CSharpWalk, node: Node | None, own: Scope) -> str:
    """Return the last name of a type, "" for a type parameter, "[]" for an array."""
    while node is not None and node.type in ("nullable_type", "qualified_name"):
        node = node.child_by_field_name("name") or node.child_by_field_name("type") or node.named_child(0)
    if node is None:
        return ""
    if node.type == "array_type":
        return "[]"
    name = walk.chains.simple_name(node) or walk.text(node)
    return "" if own.find(TYPE + name) is not None else name


def _type_text(walk: CSharpWalk, parameter_node: Node) -> str:
    kind = parameter_node.child_by_field_name("type")
    return walk.text(kind) if kind is not None else ""


def _is_optional(parameter_node: Node) -> bool:
    return any(each.type == "=" for each in parameter_node.children)


def parameter(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Declare a parameter."""
    kind, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    if name is not None:
        scope.names[walk.chains.simple_name(name)] = walk.chains.instance(kind, scope)
    for each in reversed(node.named_children):
        is_said = (kind is not None and each.id == kind.id) or (name is not None and each.id == name.id)
        if not is_said:
            walk.push(each, scope)
    walk.push(kind, scope, expressions.type_node)


def property_declaration(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a property, an indexer or an event with accessors: bind its type."""
    index = walk.defined.get(node.id, scope.owner)
    own = Scope(index, scope)
    own.names["value"] = kind_chain = walk.chains.instance(node.child_by_field_name("type"), own)
    if node.id in walk.defined:
        if kind_chain:
            walk.bind(node, index, "0", kind_chain, BINDING.RETURN)
        words = _modifiers(walk, node)
        is_explicit = any(each.type == "explicit_interface_specifier" for each in node.named_children)
        flags = (
            ("o" if "override" in words else "") + ("e" if is_explicit else "") + ("p" if "private" in words else "")
        )
        walk.bind(node, index, "@property", (flags,), BINDING.VARIABLE)
    value, accessors = node.child_by_field_name("value"), node.child_by_field_name("accessors")
    walk.push(accessors, own)
    if value is not None and value.type == "implicit_object_creation_expression":
        expressions.implicit_creation(walk, value, own, kind_chain)
    else:
        walk.push(value, own)
    for each in reversed(node.named_children):
        if each.type == "attribute_list":
            walk.push(each, own)
    _push_parameters(walk, node, own)
    walk.push(node.child_by_field_name("type"), own, expressions.type_node)


def field(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit the fields of a declaration: the first is the definition, others are bound to the type."""
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, scope)
    declaration = next((each for each in node.named_children if each.type == "variable_declaration"), None)
    if declaration is None:
        return
    kind = declaration.child_by_field_name("type")
    chain: Chain = walk.chains.instance(kind, own)
    declarators = [each for each in declaration.named_children if each.type == "variable_declarator"]
    for number, each in enumerate(declarators):
        name = each.child_by_field_name("name")
        if name is not None and number == 0 and index and chain:
            walk.bind(name, index, "0", chain, BINDING.RETURN)
        elif name is not None and number and scope.owner:
            walk.bind(name, scope.owner, walk.text(name), chain, BINDING.ATTRIBUTE)
    for each in reversed(declarators):
        for value in reversed(each.named_children[1:]):
            if value.type == "implicit_object_creation_expression":
                expressions.implicit_creation(walk, value, own, chain)
            else:
                walk.push(value, own)
    for each in reversed(node.named_children):
        if each.type == "attribute_list":
            walk.push(each, own)
    walk.push(kind, own, expressions.type_node)


def enum_member(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit the value of an enum's member."""
    own = Scope(walk.defined.get(node.id, scope.owner), scope)
    walk.push(node.child_by_field_name("value"), own)


def delegate(walk: CSharpWalk, node: Node, scope: Scope) -> None:
    """Visit a delegate: its full name is bound, and what calling it gives."""
    index, own = walk.defined.get(node.id, 0), Scope(walk.defined.get(node.id, scope.owner), scope)
    name = node.child_by_field_name("name")
    parameters = node.child_by_field_name("type_parameters") or next(
        (each for each in node.named_children if each.type == "type_parameter_list"), None
    )
    if name is None:
        return
    _declare_full_name(walk, node, own, index, name, parameters)
    type_parameters(walk, node, own, parameters)
    chain = joined(walk.chains.instance(node.child_by_field_name("type"), own), OF)
    if index and chain:
        walk.bind(node, index, "0", chain[:-1], BINDING.RETURN)
    _push_parameters(walk, node, own)
    walk.push(node.child_by_field_name("type"), own, expressions.type_node)
