"""The smallest questions to a node of the syntax tree: its text, its n-th child, what a literal says.

Tests: tests/unit/extract/test_extract_javascript_chains.py.
"""

from __future__ import annotations

from tree_sitter import Node


def text_of(node: Node) -> str:
    """Return the source text of a node; invalid UTF-8 becomes U+FFFD."""
    return str(node.text or b"", "utf-8", "replace")


def nth(node: Node, position: int) -> Node | None:
    """Return the named child at a position, counted from the end if negative; None if there is none."""
    count = node.named_child_count
    if position < 0:
        position += count
    return node.named_child(position) if 0 <= position < count else None


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
