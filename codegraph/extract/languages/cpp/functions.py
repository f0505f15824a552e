"""Functions, variables and statements of C++: which names they bind, and what is known of them (see `cpp.walk`).

Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BINDING, Chain, Role
from codegraph.core.symbols import CALLABLE_KINDS
from codegraph.extract.languages.block_walk import TYPE, Scope, joined
from codegraph.extract.languages.cpp.chains import followed
from codegraph.extract.languages.cpp.declarations import push_declarator
from codegraph.extract.languages.cpp.definitions import Declarator, declared_by, last_name
from codegraph.extract.languages.cpp.expressions import constructed, qualifiers
from codegraph.extract.languages.cpp.templates import PARAMETERS

if TYPE_CHECKING:
    from codegraph.extract.languages.cpp.walk import CppWalk

OUTSIDE = "@out"
"""The head of a chain that is looked up in the namespace around."""

_PAIR = ("first", "second")
_VALUED = frozenset({"argument_list", "initializer_list"})


def function(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a function with a body."""
    declared = declared_by(node.child_by_field_name("declarator"))
    if declared is None or declared.function is None:
        walk.push_children(node, scope.inner())
        return
    _function(walk, node, declared, scope)


def declaration(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a declaration: of functions, fields, variables, or of what is local."""
    is_local = walk.view.definitions[scope.owner].kind in CALLABLE_KINDS
    kind = node.child_by_field_name("type")
    declarators = node.children_by_field_name("declarator")
    if not declarators:
        walk.push(kind, scope)
        return
    if len(declarators) == 1 and not is_local:
        declared = declared_by(declarators[0])
        if declared is not None and declared.function is not None:
            _function(walk, node, declared, scope)
            return
    if is_local:
        _local(walk, node, kind, declarators, scope)
    else:
        _variables(walk, node, kind, declarators, scope)


def _function(walk: CppWalk, node: Node, declared: Declarator, scope: Scope) -> None:
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, scope)
    header = declared.function
    kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
    trailing = (
        next((each for each in header.named_children if each.type == "trailing_return_type"), None) if header else None
    )
    parameters = header.child_by_field_name("parameters") if header is not None else None
    if header is not None and header.type == "operator_cast":
        kind = header.child_by_field_name("type")
        inner = header.child_by_field_name("declarator")
        parameters = inner.child_by_field_name("parameters") if inner is not None else None
    if index:
        _describe(walk, node, declared, index, scope, parameters)
        if trailing is not None and trailing.named_child_count:
            chain = walk.chains.instance(trailing.named_child(0), own)
        else:
            chain = walk.chains.declared(kind, node.child_by_field_name("declarator"), own)
        if chain and declared.path and trailing is None and chain[0][0] not in "@:":
            chain = joined((OUTSIDE,), *chain)
        if chain:
            walk.bind(node, index, "0", chain, BINDING.RETURN)
    walk.push(body, own)
    for each in reversed(node.named_children):
        if each.type in ("field_initializer_list", "try_statement", "default_value", "requires_clause"):
            walk.push(each, own)
    walk.push(trailing, own)
    walk.push(parameters, own)
    if declared.path and header is not None:
        name = header.child_by_field_name("declarator")
        if name is not None and name.type == "qualified_identifier":
            walk.push(name, own, qualifiers)
    is_named = kind is not None and kind.type in ("type_identifier", "template_type", "qualified_identifier")
    walk.push(kind, own, _result_type if declared.path and is_named else None)


def _result_type(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the type in front of a member that is defined outside: it is looked up outside of the class."""
    name = last_name(node)
    chain = walk.chains.type_name(node, scope)
    if node.type == "qualified_identifier":
        qualifiers(walk, node, scope)
    else:
        walk.push(node.child_by_field_name("arguments"), scope)
    walk.mention(scope, joined((OUTSIDE,), *chain) if chain else (), Role.TYPE, name)


def _describe(
    walk: CppWalk, node: Node, declared: Declarator, index: int, scope: Scope, parameters: Node | None
) -> None:
    words = {
        walk.text(each)
        for each in node.children
        if each.type in ("storage_class_specifier", "virtual", "virtual_function_specifier")
    }
    header = declared.function
    specifiers = [
        each for each in (header.named_children if header is not None else ()) if each.type == "virtual_specifier"
    ]
    is_static = "static" in words
    parent = node.parent
    is_hidden = is_static and walk.view.definitions[index].container == 0
    walk.place(node, index, scope, declared.path, "s" if is_hidden and not declared.path else "")
    value = next(
        (each.child_by_field_name("value") for each in node.named_children if each.type == "init_declarator"), None
    )
    is_defined = node.type == "function_definition" and (
        node.child_by_field_name("body") is not None
        or any(
            each.type in ("default_method_clause", "delete_method_clause", "try_statement")
            for each in node.named_children
        )
    )
    is_defined = is_defined or (value is not None and walk.text(value) in ("default", "delete"))
    flags = "d" if is_defined else ""
    flags += "v" if "virtual" in words or specifiers else ""
    flags += "s" if is_static else ""
    name = header.child_by_field_name("declarator") if header is not None else None
    is_special = parent is not None and parent.type == "template_declaration" and not _parameters_of_template(parent)
    flags += "x" if is_special or (name is not None and name.type == "template_function") else ""
    flags += "t" if parent is not None and parent.type == "template_declaration" else ""
    count, types = _arity(walk, parameters, scope)
    walk.bind(node, index, "@arity", (count, types, flags), BINDING.ATTRIBUTE)


def _parameters_of_template(node: Node) -> int:
    listed = node.child_by_field_name("parameters")
    return listed.named_child_count if listed is not None else 0


def _arity(walk: CppWalk, parameters: Node | None, scope: Scope) -> tuple[str, str]:
    least, most, is_open = 0, 0, False
    types: list[str] = []
    for each in parameters.children if parameters is not None else ():
        kind = each.type
        if kind == "...":
            is_open = True
        elif kind in PARAMETERS:
            if kind.startswith("variadic"):
                is_open = True
                continue
            spelled = _parameter_type(walk, each, scope)
            if spelled == "void" and each.child_by_field_name("declarator") is None:
                continue
            most += 1
            least += kind == "parameter_declaration"
            types.append(spelled)
    count = f"{least}+" if is_open else str(most) if least == most else f"{least}-{most}"
    return count, ",".join(types)


def _parameter_type(walk: CppWalk, node: Node, scope: Scope) -> str:
    """Return a parameter's type as it is compared: its bare name, "?" for a template's own, and a star per pointer."""
    kind = node.child_by_field_name("type")
    if kind is None:
        return ""
    base = walk.chains.bare(kind)
    for _ in range(20):
        inner = kind.child_by_field_name("name") if kind is not None and kind.type == "qualified_identifier" else None
        if inner is None:
            break
        kind, base = inner, walk.chains.bare(inner)
    found = scope.find(base) if kind is not None and kind.type == "type_identifier" else None
    if found is not None and found[:1] == (TYPE,) and found[1:2] in ((), ("@param",)):
        base = "?"
    declarator = node.child_by_field_name("declarator")
    stars = 0
    for _ in range(20):
        if declarator is None:
            break
        stars += declarator.type in ("pointer_declarator", "abstract_pointer_declarator", "array_declarator")
        declarator = declarator.child_by_field_name("declarator")
    return "".join(base.split()) + "*" * stars


def parameter(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Declare a parameter."""
    kind = node.child_by_field_name("type")
    declarator = node.child_by_field_name("declarator")
    declared = declared_by(declarator)
    if declared is not None:
        chain = () if declared.function is not None else walk.chains.declared(kind, declarator, scope)
        scope.names[walk.text(declared.name)] = chain
    walk.push(node.child_by_field_name("default_value"), scope)
    push_declarator(walk, declarator, scope)
    walk.push(kind, scope)


def _variables(walk: CppWalk, node: Node, kind: Node | None, declarators: list[Node], scope: Scope) -> None:
    """Bind fields and variables of namespaces."""
    default = node.child_by_field_name("default_value")
    own = scope
    for each in reversed(declarators):
        declared = declared_by(each)
        if declared is None:
            continue
        index = walk.defined.get(node.id, 0) or walk.defined.get(each.id, 0)
        own = Scope(index or scope.owner, scope)
        value = each.child_by_field_name("value") or default
        chain = _inferred(walk, kind, each, value, scope) if declared.function is None else ()
        if index:
            container = walk.view.definitions[index].container
            words = {walk.text(one) for one in node.children if one.type == "storage_class_specifier"}
            walk.place(node, index, scope, flags="s" if "static" in words else "")
            owner = container or index
            walk.bind(declared.name, owner, walk.text(declared.name), chain, BINDING.ATTRIBUTE)
        if value is not None and value.type in _VALUED and kind is not None:
            constructed(walk, kind, value, own)
        walk.push(value, own)
        push_declarator(walk, each, own)
        if declared.path:
            name = next((one for one in each.named_children if one.type == "qualified_identifier"), None)
            walk.push(name or (each if each.type == "qualified_identifier" else None), own)
    walk.push(kind, own if len(declarators) == 1 else scope)


def _inferred(walk: CppWalk, kind: Node | None, declarator: Node, value: Node | None, scope: Scope) -> Chain:
    """Return the declared type, or the value's for `auto`."""
    if kind is not None and kind.type == "placeholder_type_specifier":
        return walk.chains.value(value, scope)
    return walk.chains.declared(kind, declarator, scope)


def _local(walk: CppWalk, node: Node, kind: Node | None, declarators: list[Node], scope: Scope) -> None:
    for each in reversed(declarators):
        walk.push(each, scope, _declare)
        value = each.child_by_field_name("value") or node.child_by_field_name("value")
        walk.push(value, scope)
        if value is None or value.type in _VALUED:
            walk.push(each, scope, _construct)
        push_declarator(walk, _without_call(each), scope)
    walk.push(kind, scope)


def _without_call(declarator: Node) -> Node | None:
    """Return a declarator, None for `T x(a)`, which looks like a function: its arguments are values."""
    return None if declarator.type == "function_declarator" and _is_call(declarator) else declarator


def _is_call(declarator: Node) -> bool:
    name = declarator.child_by_field_name("declarator")
    return name is not None and name.type == "identifier"


def _construct(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the constructor of a local variable, and the arguments that look like types."""
    parent = node.parent
    kind = parent.child_by_field_name("type") if parent is not None else None
    value = node.child_by_field_name("value")
    if node.type == "function_declarator" and _is_call(node):
        value = node.child_by_field_name("parameters")
        for each in value.named_children if value is not None else ():
            name = each.child_by_field_name("type")
            if name is not None and name.type == "type_identifier":
                found = scope.find(walk.text(name))
                if found is None:
                    walk.push(name, scope)
            else:
                walk.push(each, scope.inner())
    if value is not None and kind is not None and kind.type != "placeholder_type_specifier":
        constructed(walk, kind, value, scope)


def _declare(walk: CppWalk, node: Node, scope: Scope) -> None:
    parent = node.parent
    if parent is None:
        return
    kind = parent.child_by_field_name("type")
    value = node.child_by_field_name("value") or parent.child_by_field_name("value")
    inner = node.child_by_field_name("declarator") or node
    if (
        node.type == "structured_binding_declarator"
        or inner.type == "structured_binding_declarator"
        or any(each.type == "structured_binding_declarator" for each in inner.named_children)
    ):
        is_inferred = kind is not None and kind.type == "placeholder_type_specifier"
        _declare_parts(walk, node, scope, walk.chains.value(value, scope) if is_inferred else ())
        return
    declared = declared_by(node)
    if declared is None or declared.path:
        return
    is_function = declared.function is not None and not (node.type == "function_declarator" and _is_call(node))
    chain = () if is_function else _inferred(walk, kind, node, value, scope)
    scope.names[walk.text(declared.name)] = chain


def _declare_parts(walk: CppWalk, node: Node, scope: Scope, chain: Chain) -> None:
    """Declare the names of a structured binding: of two, what a pair has, as an element of a map is one."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "structured_binding_declarator":
            names = [walk.text(each) for each in one.named_children]
            for number, name in enumerate(names):
                scope.names[name] = joined(chain, _PAIR[number]) if len(names) == len(_PAIR) else ()
        elif one.type.endswith("declarator"):
            waiting.extend(one.named_children)


def loop(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Declare the variable of a loop over elements."""
    inner = scope.inner()
    kind, declarator, right = (node.child_by_field_name(field) for field in ("type", "declarator", "right"))
    is_inferred = kind is not None and kind.type == "placeholder_type_specifier"
    if is_inferred:
        chain = followed(walk.chains.value(right, scope), "[each]")
    else:
        chain = walk.chains.declared(kind, declarator, scope)
    declared = declared_by(declarator)
    if declared is not None and declared.name.type == "identifier":
        inner.names[walk.text(declared.name)] = chain
    elif declarator is not None:
        _declare_parts(walk, declarator, inner, chain)
    walk.push(node.child_by_field_name("body"), inner)
    walk.push(right, scope)
    walk.push(kind, scope)
    walk.push(node.child_by_field_name("initializer"), inner)


def lambda_expression(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a lambda: it belongs to the function around it."""
    walk.note_closure(scope, node)
    inner = scope.inner()
    captures, declarator = node.child_by_field_name("captures"), node.child_by_field_name("declarator")
    walk.push(node.child_by_field_name("body"), inner)
    if declarator is not None:
        walk.push_children(declarator, inner)
    for each in reversed(captures.named_children if captures is not None else ()):
        if each.type == "lambda_capture_initializer":
            left, right = each.child_by_field_name("left"), each.child_by_field_name("right")
            if left is not None:
                inner.names[walk.text(left)] = walk.chains.value(right, scope)
            walk.push(right, scope)
        elif each.type in ("identifier", "qualified_identifier"):
            walk.push(each, scope)
