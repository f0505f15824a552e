"""Shapes of JavaScript syntax: families of node types, and what stands where in common forms.

Pure functions of nodes, shared by the finder of definitions, the walker and the import forms; none
recurses. Tests: tests/unit/extract/test_extract_javascript_definitions.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from codegraph.extract.languages.javascript.chains import required_module
from codegraph.extract.languages.javascript.nodes import nth, string_value, text_of

MAX_NESTING: Final = 24
"""Blocks, namespaces and wrapped expressions nested deeper are not searched."""

FUNCTIONS: Final = frozenset({"function_expression", "generator_function", "arrow_function"})
FUNCTION_DECLARATIONS: Final = frozenset(
    {"function_declaration", "generator_function_declaration", "function_signature"}
)
CLASSES: Final = frozenset({"class_declaration", "abstract_class_declaration", "class"})
MEMBER_FUNCTIONS: Final = frozenset({"method_definition", "method_signature", "abstract_method_signature"})
FIELDS: Final = frozenset({"field_definition", "public_field_definition"})
NAMESPACES: Final = frozenset({"internal_module", "module"})
DECLARATIONS: Final = frozenset({"lexical_declaration", "variable_declaration", "using_declaration"})
BLOCKS: Final = frozenset(
    {
        "statement_block",
        "if_statement",
        "else_clause",
        "try_statement",
        "catch_clause",
        "finally_clause",
        "labeled_statement",
    }
)
_WRAPPERS: Final = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion"}
)
ALIASES: Final = frozenset({"identifier", "member_expression", "undefined", "null"})
COPYING: Final = frozenset({"assign", "extend", "mixin", "defineProperties"})


def unwrap(node: Node | None) -> Node | None:
    """Take off parentheses, casts and the left sides of chained assignments."""
    steps = 0
    while node is not None and steps < MAX_NESTING:
        steps += 1
        if node.type in _WRAPPERS:
            node = nth(node, 1 if node.type == "type_assertion" else 0)
        elif node.type == "assignment_expression":
            node = node.child_by_field_name("right")
        else:
            return node
    return node


def property_name(node: Node | None) -> str:
    """Return the name of a property as written: `a`, `#a`, `[Symbol.iterator]`; strings without quotes."""
    if node is None:
        return ""
    if node.type == "string":
        return string_value(node) or ""
    if node.type == "computed_property_name":
        inner = string_value(nth(node, 0))
        return inner if inner is not None else text_of(node)
    return text_of(node)


def is_import(value: Node | None) -> bool:
    """Tell whether an initialiser only names (a part of) a required module."""
    steps = 0
    while value is not None and steps < MAX_NESTING:
        steps += 1
        if value.type == "call_expression":
            return required_module(value) is not None
        if value.type == "member_expression":
            value = value.child_by_field_name("object")
        elif value.type in ("await_expression", "parenthesized_expression"):
            value = nth(value, 0)
        else:
            return False
    return False


def assignment_targets(node: Node) -> tuple[list[Node], Node | None]:
    """Return the left sides of `a = b = value` from the outside in, and the value."""
    targets: list[Node] = []
    part: Node | None = node
    while part is not None and part.type == "assignment_expression" and len(targets) < MAX_NESTING:
        left = part.child_by_field_name("left")
        if left is not None:
            targets.append(left)
        part = part.child_by_field_name("right")
    return targets, part


def exported_name(target: Node) -> str | None:
    """Return "export=" for `module.exports`/`exports`, the name for `exports.x`, None for other targets."""
    if target.type == "identifier":
        return "export=" if target.text == b"exports" else None
    if target.type != "member_expression":
        return None
    receiver, name = target.child_by_field_name("object"), target.child_by_field_name("property")
    if receiver is None or name is None:
        return None
    if receiver.text == b"module" and name.text == b"exports":
        return "export="
    if receiver.text in (b"exports", b"module.exports"):
        return text_of(name)
    return None


def called_function(expression: Node | None) -> Node | None:
    """Return the function of an immediately called one: `(function () {})()`, `!function () {}()`."""
    node = expression
    if node is not None and node.type == "unary_expression":
        node = node.child_by_field_name("argument")
    node = unwrap(node)
    if node is None or node.type != "call_expression":
        return None
    function = unwrap(node.child_by_field_name("function"))
    if function is not None and function.type == "member_expression":
        name = function.child_by_field_name("property")
        if name is None or name.text not in (b"call", b"apply"):
            return None
        function = unwrap(function.child_by_field_name("object"))
    return function if function is not None and function.type in FUNCTIONS else None


def directly_before(comments: Sequence[Node], node: Node, *, member: bool = False) -> tuple[Node, ...]:
    """Return the comments before `node` without an empty line in between; before a `member` JSDoc may keep one."""
    kept: list[Node] = []
    row = node.start_point[0]
    for comment in reversed(comments):
        room = 2 if member and not kept and text_of(comment).startswith("/**") else 1
        if comment.end_point[0] < row - room:
            break
        kept.append(comment)
        row = comment.start_point[0]
    return tuple(reversed(kept))


def bound_identifiers(pattern: Node) -> list[Node]:
    """Return the identifiers that a destructuring pattern binds, in source order."""
    found: list[Node] = []
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            found.append(node)
        elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
            waiting.extend(reversed(node.named_children))
        elif kind == "pair_pattern":
            value = node.child_by_field_name("value")
            if value is not None:
                waiting.append(value)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            if left is not None:
                waiting.append(left)
    return found


def object_types(node: Node | None) -> list[Node]:
    """Return the bodies with members of an interface or type alias: object types, also as parts of `A & {...}`."""
    found: list[Node] = []
    waiting = [node]
    while waiting and len(found) < MAX_NESTING:
        part = waiting.pop()
        if part is None:
            continue
        if part.type in ("object_type", "interface_body"):
            found.append(part)
        elif part.type in ("intersection_type", "union_type", "parenthesized_type"):
            waiting.extend(reversed(part.named_children))
    return found


def is_static(member: Node) -> bool:
    """Tell whether a class member carries the word `static`."""
    for child in member.children:
        if child.type == "static":
            return True
        if child.type in ("property_identifier", "formal_parameters"):
            return False
    return False


def without_prototype(node: Node) -> Node:
    """Return X of `X.prototype`, other expressions as they are."""
    if node.type == "member_expression":
        name, receiver = node.child_by_field_name("property"), node.child_by_field_name("object")
        if name is not None and receiver is not None and name.text == b"prototype":
            return receiver
    return node
