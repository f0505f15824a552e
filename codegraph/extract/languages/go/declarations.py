"""Declarations and statements of Go: which names they bind, and what is known of them (see `go.walk`).

Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import IMPORT, LOCAL, ROLE, BindingKind, Chain, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.block_walk import CALLABLE, OF, RANGED, TYPE, Scope, joined
from codegraph.extract.languages.go.definitions import receiver_name

if TYPE_CHECKING:
    from codegraph.extract.languages.go.walk import GoWalk

_BLANK = re.compile(r"(?<=\w)\s+(?=\w)|(\s+)")
"""One between two words, as in `chan int`, tells them apart; the others are the group."""


def package(walk: GoWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Export the name of the package."""
    if node.named_child_count:
        walk.view.add_export("package", (walk.text(node.named_child(0)),))


def import_spec(walk: GoWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Add an import."""
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    module = walk.text(path)[1:-1] if path is not None else ""
    if not module:
        return
    alias = walk.text(name) if name is not None else ""
    kind = {".": IMPORT.STAR, "_": IMPORT.EFFECT}.get(alias, IMPORT.MODULE)
    walk.packages.add(alias or module.rpartition("/")[2])
    walk.view.add_import(node, kind, module, "", alias if kind is IMPORT.MODULE else "")


def function(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit a function, a method or their types; the types in an interface's methods are the interface's."""
    index = walk.defined.get(node.id, scope.owner)
    if node.type == "func_literal":
        walk.note_closure(scope, node)
    own = Scope(scope.owner if node.type == "method_elem" else index, scope)
    if node.child_by_field_name("receiver") is not None:
        _declare_receiver(walk, node, own)
    _signature(walk, node, own, index if node.id in walk.defined else -1)
    walk.push(node.child_by_field_name("body"), own)
    walk.push(node, own, _declare_parameters)
    for field in ("result", "parameters", "receiver", "type_parameters"):
        walk.push(node.child_by_field_name(field), own)


def _declare_receiver(walk: GoWalk, node: Node, own: Scope) -> None:
    name = receiver_name(node)
    if name is None:
        return
    if name.parent is not None and name.parent.type == "generic_type":
        arguments = name.parent.child_by_field_name("type_arguments")
        for number, each in enumerate(arguments.named_children if arguments is not None else ()):
            own.names[walk.text(each)] = (TYPE, walk.text(name), f"@parameter{number}")
    found = walk.view.definitions[own.owner]
    if own.owner and found.container == 0:
        walk.bind(node, own.owner, "@receiver", (walk.text(name),), BindingKind.VARIABLE)


def _signature(walk: GoWalk, node: Node, own: Scope, index: int) -> None:
    """Declare type parameters, and bind the results and the shape of the definition `index`."""
    parameters = node.child_by_field_name("type_parameters")
    number = 0
    for each in parameters.named_children if parameters is not None else ():
        constraint = walk.chains.instance(each.child_by_field_name("type"), own)
        for name in each.children_by_field_name("name"):
            own.names[walk.text(name)] = (TYPE, *constraint)
            if constraint and index < 0 and node.type == "type_spec" and node.id in walk.defined:
                walk.bind(name, walk.defined[node.id], f"@parameter{number}", constraint, BindingKind.ATTRIBUTE)
            number += 1
    if index < 0:
        return
    result = node.child_by_field_name("result")
    for number, chain in enumerate(walk.chains.results(result, own)):
        if chain:
            walk.bind(node, index, str(number), chain, BindingKind.RETURN)
    if walk.view.definitions[index].kind is SymbolKind.METHOD:
        shape = _shape(walk, node.child_by_field_name("parameters"), result)
        walk.bind(node, index, "@shape", (shape,), BindingKind.VARIABLE)


def _shape(walk: GoWalk, parameters: Node | None, result: Node | None) -> str:
    sides: list[str] = []
    for side in (parameters, result):
        types: list[str] = []
        for each in side.named_children if side is not None and side.type == "parameter_list" else ():
            rest = "..." if each.type == "variadic_parameter_declaration" else ""
            text = rest + _spelled(walk, each.child_by_field_name("type"))
            types += [text] * max(1, len(each.children_by_field_name("name")))
        if side is not None and side.type != "parameter_list":
            types.append(_spelled(walk, side))
        sides.append(",".join(types))
    return ">".join(sides)


def _spelled(walk: GoWalk, node: Node | None) -> str:
    """Return a type without blanks and without the names of parameters."""
    if node is None:
        return ""
    if node.type == "function_type":
        return f"func({_shape(walk, node.child_by_field_name('parameters'), node.child_by_field_name('result'))})"
    return _BLANK.sub(lambda blank: "" if blank[1] else " ", walk.text(node)).replace("interface{}", "any")


def _declare_parameters(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Declare what a function is handed, and its named results."""
    declared: dict[str, Chain] = {}
    for field in ("receiver", "parameters", "result"):
        listed = node.child_by_field_name(field)
        for each in listed.named_children if listed is not None and listed.type == "parameter_list" else ():
            chain = walk.chains.instance(each.child_by_field_name("type"), scope)
            if each.type == "variadic_parameter_declaration":
                chain = joined(chain, OF)
            declared.update((walk.text(name), chain) for name in each.children_by_field_name("name"))
    scope.names.update(declared)


def type_spec(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit a type: bind what it is made of, or declare it if it is local."""
    name, meaning = node.child_by_field_name("name"), node.child_by_field_name("type")
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, scope)
    _signature(walk, node, own, -1)
    if name is not None and scope.parent is not None:
        found = walk.view.definitions[index]
        scope.names[walk.text(name)] = (TYPE, f"{LOCAL}{found.descriptor}", "()") if found.local else (TYPE,)
    if index and meaning is not None:
        if meaning.type == "struct_type":
            _fields(walk, index, meaning, own)
        elif meaning.type != "interface_type" or node.type == "type_alias":
            chain = walk.chains.instance(meaning, own)
            special = "@alias" if node.type == "type_alias" else "@under"
            walk.bind(node, index, special, chain, BindingKind.VARIABLE)
        if meaning.type in ("struct_type", "interface_type"):
            walk.push(meaning, own, _bases)
            meaning = None
    walk.push(meaning, own)
    walk.push(node.child_by_field_name("type_parameters"), own)


def _fields(walk: GoWalk, index: int, struct: Node, scope: Scope) -> None:
    for listed in struct.named_children:
        for field in listed.named_children:
            kind = field.child_by_field_name("type")
            for name in field.children_by_field_name("name"):
                chain = walk.chains.instance(kind, scope)
                walk.bind(name, index, walk.text(name), chain, BindingKind.ATTRIBUTE)


def _bases(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit a struct or an interface of a definition: what it embeds is inherited."""
    members = node.named_children
    if node.type == "struct_type":
        members = [each for listed in members for each in listed.named_children]
    for member in reversed(members):
        base: Node | None = None
        if member.type == "field_declaration" and member.child_by_field_name("name") is None:
            base = member.child_by_field_name("type")
        elif member.type == "type_elem" and member.named_child_count == 1:
            base = member.named_child(0)
        while base is not None and base.type in ("pointer_type", "generic_type"):
            if base.type == "generic_type":
                walk.push(base.child_by_field_name("type_arguments"), scope)
            base = base.child_by_field_name("type") or base.named_child(0)
        if base is not None and base.type in ("type_identifier", "qualified_type"):
            _named_type(walk, base, scope, ROLE.INHERIT)
        else:
            walk.push(member, scope)


def type_name(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Mention a type."""
    _named_type(walk, node, scope, ROLE.TYPE)


def _named_type(walk: GoWalk, node: Node, scope: Scope, role: Role) -> None:
    if node.type == "qualified_type":
        name = node.child_by_field_name("name")
        if name is not None:
            walk.mention(scope, walk.chains.instance(node, scope)[:-1], role, name)
        return
    walk.mention(scope, walk.chains.mentioned(node, scope), role, node)


def value_spec(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Declare variables or constants: of the package, or of a block once their values were visited."""
    index = walk.defined.get(node.id, 0)
    if index or scope.parent is None:
        for number, name in enumerate(node.children_by_field_name("name")):
            chain = _declared_value(walk, node, number, scope)
            if chain:
                walk.bind(name, 0, walk.text(name), chain, BindingKind.VARIABLE)
        scope = Scope(index, scope)
    else:
        walk.push(node, scope, _declare_value)
    walk.push(node.child_by_field_name("value"), scope)
    walk.push(node.child_by_field_name("type"), scope)


def _declare_value(walk: GoWalk, node: Node, scope: Scope) -> None:
    for number, name in enumerate(node.children_by_field_name("name")):
        scope.names[walk.text(name)] = _declared_value(walk, node, number, scope)


def _declared_value(walk: GoWalk, node: Node, number: int, scope: Scope) -> Chain:
    kind = node.child_by_field_name("type")
    if kind is not None:
        return walk.chains.instance(kind, scope)
    return _assigned(walk, node.child_by_field_name("value"), number, scope)


def _assigned(walk: GoWalk, values: Node | None, number: int, scope: Scope) -> Chain:
    """Return the chain of what the left side's name with that number gets."""
    if values is None:
        return ()
    listed = values.named_children if values.type == "expression_list" else [values]
    if number < len(listed) and (len(listed) > 1 or number == 0):
        return walk.chains.value(listed[number], scope)
    if len(listed) != 1 or listed[0].type != "call_expression":
        return ()
    if walk.chains.value(listed[0].child_by_field_name("function"), scope)[-1:] == (CALLABLE,):
        return ()  # of a function's type the first result is known
    chain = walk.chains.value(listed[0], scope)
    return joined(chain, f"@{number}") if chain[-1:] == ("()",) else ()


def short_declaration(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Declare the names of `:=` once its values were visited."""
    walk.push(node, scope, _declare_short)
    walk.push(node.child_by_field_name("right"), scope)


def _declare_short(walk: GoWalk, node: Node, scope: Scope) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    names = [(each, walk.text(each)) for each in left.named_children if each.type == "identifier"]
    chains = [_assigned(walk, right, number, scope) for number in range(len(names))]
    for (_, name), chain in zip(names, chains, strict=True):
        if name not in scope.names or chain:
            scope.names[name] = chain


def range_clause(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Declare the names of a loop once what it ranges over was visited."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    is_declared = any(each.type == ":=" for each in node.children)
    if left is not None and not is_declared:
        walk.push(left, scope)
    elif left is not None:
        walk.push(node, scope, _declare_range)
    walk.push(right, scope)


def _declare_range(walk: GoWalk, node: Node, scope: Scope) -> None:
    left = node.child_by_field_name("left")
    names = left.named_children if left is not None else []
    ranged = walk.chains.value(node.child_by_field_name("right"), scope)
    for number, name in enumerate(names):
        step = RANGED if len(names) == 1 else "[]" if number == 1 else ""
        scope.names[walk.text(name)] = joined(ranged, step) if step else ()


def receive_statement(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Declare the names that a channel fills."""
    if any(each.type == ":=" for each in node.children):
        short_declaration(walk, node, scope)
    else:
        walk.push_children(node, scope)


def type_switch(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit a type switch: its name has another type in each case."""
    inner = scope.inner()
    alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
    initial = node.child_by_field_name("initializer")
    if alias is not None and alias.named_child_count:
        inner.names["@switched"] = (walk.text(alias.named_child(0)),)
    for child in reversed(node.named_children):
        if child.type in ("type_case", "default_case", "comment"):
            walk.push(child, inner)
    if alias is not None:
        walk.push(node, inner, _declare_switched)
    walk.push(value, inner)
    walk.push(initial, inner)


def _declare_switched(walk: GoWalk, node: Node, scope: Scope) -> None:
    name = scope.names["@switched"][0]
    scope.names[name] = walk.chains.value(node.child_by_field_name("value"), scope)


def case(walk: GoWalk, node: Node, scope: Scope) -> None:
    """Visit a case in a scope of its own, with the type that it says."""
    inner = scope.inner()
    switched = scope.names.get("@switched")
    kinds = node.children_by_field_name("type")
    if switched and len(kinds) == 1 and node.type == "type_case" and walk.text(kinds[0]) != "nil":
        inner.names[switched[0]] = walk.chains.instance(kinds[0], scope)
    walk.push_children(node, inner)
