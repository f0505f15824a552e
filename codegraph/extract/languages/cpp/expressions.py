"""Expressions of C++: what they mention (see `cpp.walk`).

Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import ROLE, SPELLED
from codegraph.extract.languages.block_walk import OF, TYPE, Scope, joined
from codegraph.extract.languages.cpp.definitions import last_name

if TYPE_CHECKING:
    from codegraph.extract.languages.cpp.walk import CppWalk

_CASTS = frozenset({"static_cast", "dynamic_cast", "const_cast", "reinterpret_cast"})
_UNTYPED = frozenset({"identifier", "template_function", "operator_name", "destructor_name", "dependent_name"})
_PLAIN = frozenset({"number_literal", "null", "true", "false", "char_literal"})
_COMPUTING = frozenset({"subscript_expression", "call_expression", "parenthesized_expression", "pointer_expression"})
"""What gives a function that has no name."""
_SLOTS = frozenset({"SIGNAL", "SLOT"})
BEFORE = "::"
"""The end of the chain of what stands before `::`, which no function and no variable is."""
_FOREIGN = "std"
"""The namespace of the standard library is mentioned everywhere, and never the project's."""


def identifier(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention a name that is not local."""
    name = walk.text(node)
    if name and scope.find(name) is None:
        walk.mention(scope, (name,), ROLE.READ, node)


def type_name(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention a type."""
    walk.mention(scope, walk.chains.type_name(node, scope), ROLE.TYPE, node)


def template_type(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention a template and its arguments."""
    walk.push(node.child_by_field_name("arguments"), scope)
    walk.push(node.child_by_field_name("name"), scope)


def template_function(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention a function template that is not called, and its arguments."""
    walk.push(node.child_by_field_name("arguments"), scope)
    name = node.child_by_field_name("name")
    if name is not None and walk.text(name) not in _CASTS:
        walk.push(name, scope)


def qualified(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention what `a::b` means, and the types on the way to it."""
    last = last_name(node)
    role = ROLE.READ if _last_part(node).type in _UNTYPED else ROLE.TYPE
    qualifiers(walk, node, scope)
    walk.mention(scope, walk.chains.qualified(node, scope), role, last)


def _last_part(node: Node) -> Node:
    while node.type == "qualified_identifier":
        inner = node.child_by_field_name("name")
        if inner is None:
            break
        node = inner
    return node


def qualifiers(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the types in front of a name, and visit template arguments."""
    before: tuple[str, ...] = ()
    part: Node | None = node
    while part is not None and part.type == "qualified_identifier":
        outer = part.child_by_field_name("scope")
        if outer is not None:
            if before or part is node:
                head = walk.chains.type_name(outer, scope) if part is node else (*before, walk.chains.bare(outer))
                before = head
                name = last_name(outer)
                if head and head[0] != _FOREIGN:
                    walk.mention(scope, (*head, BEFORE), ROLE.READ, name)
            walk.push(outer.child_by_field_name("arguments"), scope)
        elif part is node:
            before = ("::",)
        part = part.child_by_field_name("name")
    if part is not None:
        walk.push(part.child_by_field_name("arguments"), scope)


def call(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the function that is called."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is not None and (declared := _declared_pointer(function)) is not None:
        scope.names[walk.text(declared)] = ()
        return
    if function is not None and (slot := _slot(walk, function, arguments)) is not None:
        walk.mention(scope, (SPELLED, walk.text(slot)), ROLE.CALL, slot)
        return
    walk.push(arguments, scope)
    if function is None:
        return
    if function.type == "parenthesized_expression" and function.named_child_count == 1:
        inner = function.named_children[0]
        function = inner if inner.type in ("identifier", "qualified_identifier") else function
    kind = function.type
    count = walk.chains.arguments(arguments, scope)
    if kind == "field_expression":
        field = function.child_by_field_name("field")
        target = function.child_by_field_name("argument")
        if field is not None:
            name = _field_name(field)
            chain = walk.chains.field(function, scope, count) or ("()", walk.chains.bare(field) + count)
            walk.mention(scope, chain, ROLE.CALL, name)
            walk.push(_template_arguments(field), scope)
        walk.push(target, scope)
        return
    if kind in ("identifier", "qualified_identifier", "template_function"):
        name = last_name(function)
        if kind == "qualified_identifier":
            qualifiers(walk, function, scope)
        elif kind == "template_function":
            walk.push(function.child_by_field_name("arguments"), scope)
        spelled = walk.text(name)
        if spelled in _CASTS:
            return
        found = scope.find(spelled) if kind != "qualified_identifier" else None
        if found is None or found[:2] == (TYPE, "@here"):
            meant = walk.chains.function(node, scope, count=count)
            if not meant and kind == "qualified_identifier":  # `T::go()` of a type parameter
                meant = ("()", walk.chains.bare(name) + count)
            walk.mention(scope, meant, ROLE.CALL, name)
        else:
            walk.call_local(scope, spelled, name, walk.chains.function(node, scope, count=count))
        return
    if kind in _COMPUTING:
        walk.computed(scope, (), function)
    walk.push(function, scope)


def _slot(walk: CppWalk, function: Node, arguments: Node | None) -> Node | None:
    """Return the name in `SLOT(name(int))` and `SIGNAL(...)` of Qt: macros that make a string of it."""
    if arguments is None or arguments.named_child_count != 1 or walk.text(function) not in _SLOTS:
        return None
    called = arguments.named_children[0].child_by_field_name("function")
    return called if called is not None and called.type == "identifier" else None


def _declared_pointer(function: Node) -> Node | None:
    """Return the name in `void (*f)()`, which the grammar takes for a call of what `void(*f)` gives."""
    kind, arguments = function.child_by_field_name("function"), function.child_by_field_name("arguments")
    if function.type != "call_expression" or kind is None or kind.type != "primitive_type" or arguments is None:
        return None
    if arguments.named_child_count != 1 or arguments.named_children[0].type != "pointer_expression":
        return None
    name = arguments.named_children[0].child_by_field_name("argument")
    return name if name is not None and name.type == "identifier" else None


def _field_name(field: Node) -> Node:
    while field.type in ("qualified_identifier", "dependent_name", "template_method", "dependent_field_identifier"):
        inner = field.child_by_field_name("name") or (field.named_children[-1] if field.named_children else None)
        if inner is None:
            break
        field = inner
    return field


def _template_arguments(field: Node) -> Node | None:
    if field.type == "dependent_name" and field.named_children:
        field = field.named_children[-1]
    return field.child_by_field_name("arguments")


def field_access(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention a field."""
    field, target = node.child_by_field_name("field"), node.child_by_field_name("argument")
    if field is not None:
        walk.mention(scope, walk.chains.field(node, scope, ""), ROLE.READ, _field_name(field))
    walk.push(target, scope)


def binary(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the operator that a class may have for what stands on the left."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    walk.push(right, scope)
    walk.push(left, scope)
    if right is None or operator is None or operator.type in ("&&", "||", ","):
        return
    if operator.type[-1:] != "=" and operator.type != "<<" and right.type in _PLAIN:
        return
    _operator(walk, left, operator, f"(1:{walk.chains.visible_type(right, scope)})", scope)


def unary(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the operator that a class may have for its only operand."""
    argument, operator = node.child_by_field_name("argument"), node.child_by_field_name("operator")
    walk.push(argument, scope)
    if argument is not None and operator is not None and operator.type != "&":
        is_behind = node.type == "update_expression" and operator.start_byte > argument.start_byte
        _operator(walk, argument, operator, "(1)" if is_behind else "(0)", scope)


def subscript(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the index operator that a class may have."""
    argument, indices = node.child_by_field_name("argument"), node.child_by_field_name("indices")
    walk.push(indices, scope)
    walk.push(argument, scope)
    bracket = indices.child(0) if indices is not None else None
    if bracket is not None and argument is not None and indices is not None:
        chain = walk.chains.value(argument, scope)
        if chain and chain[-1] != OF:
            count = walk.chains.arguments(indices, scope)
            walk.mention(scope, joined(chain, f"operator[]{count}"), ROLE.CALL, bracket)


def _operator(walk: CppWalk, operand: Node | None, operator: Node, count: str, scope: Scope) -> None:
    chain = walk.chains.value(operand, scope)
    if chain and chain[-1] != OF and chain != ("@self",) and chain[0] != _FOREIGN:
        walk.mention(scope, joined(chain, f"operator{operator.type}{count}"), ROLE.CALL, operator)


def creation(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the constructor of `new T(...)` and of `T{...}`."""
    kind = node.child_by_field_name("type")
    arguments = node.child_by_field_name("arguments") or node.child_by_field_name("value")
    size = node.child_by_field_name("declarator")
    walk.push(arguments, scope)
    walk.push(size, scope)
    walk.push(node.child_by_field_name("placement"), scope)
    walk.push(kind, scope)
    between = walk.view.text.data[kind.end_byte : size.start_byte] if kind is not None and size is not None else b""
    if b"*" not in between:  # `new T *[n]` makes no T
        constructed(walk, kind, arguments, scope)


def constructed(walk: CppWalk, kind: Node | None, arguments: Node | None, scope: Scope) -> None:
    """Mention the constructor of a type with these arguments."""
    made = walk.chains.type_name(kind, scope)
    if made and kind is not None and made[0] != _FOREIGN:
        count = walk.chains.arguments(arguments, scope)
        walk.mention(scope, (*made, f"<new>{count}"), ROLE.CALL, last_name(kind))


def field_initializer(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention the field or the base that a constructor initialises."""
    for child in reversed(node.named_children):
        if child.type == "field_identifier":
            walk.mention(scope, (walk.text(child),), ROLE.READ, child)
        else:
            walk.push(child, scope)
