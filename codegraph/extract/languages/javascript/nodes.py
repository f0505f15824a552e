"""The smallest questions to a node of the syntax tree: its text, its n-th child, what a literal says.

Tests: tests/unit/extract/test_extract_javascript_chains.py.
"""

from __future__ import annotations

from tree_sitter import Node


def text_of(node: Node) -> str:
    """Return the source text of a node; invalid UTF-8 becomes U+FFFD."""
    return str(node.text or b"", "utf-8", "replace")


def nth(node: Node, position: int) -> Node | None:
    """Return the named child at a position, from the end if negative, comments left out; None if there is none."""
    count = node.named_child_count
    at, step, left = (0, 1, position) if position >= 0 else (count - 1, -1, -1 - position)
    while 0 <= at < count:
        child = node.named_child(at)
        if child is not None and not child.is_extra:  # `return /** @type {T} */ (x)` has its value second
            if not left:
                return child
            left -= 1
        at += step
    return None


def operator_of(node: Node) -> str:
    """Return the operator of an expression, "" if it has none."""
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def string_value(node: Node | None) -> str | None:
    """Return what a string literal without escapes says, or None for anything else."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    parts = node.named_children
    if not parts:
        return ""
    if len(parts) > 1 or parts[0].type != "string_fragment":
        return None
    return text_of(parts[0])
