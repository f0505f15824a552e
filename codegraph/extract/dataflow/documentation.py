"""Docstrings in the tree of a file, where the reference would have taken them out of the text.

Tests: tests/unit/extract/test_dataflow_functions.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.extract.dataflow.rules import Documentation


def is_documentation(node: Node, rule: Documentation) -> bool:
    """Tell whether a statement is a docstring, as the reference's tokens would have it."""
    if node.child_count != 1 or node.children[0].type != rule.string:
        return False
    before = node.prev_sibling
    while before is not None and before.type == rule.comment:
        before = before.prev_sibling
    row = node.start_point[0]
    if before is None:
        header = node.parent.prev_sibling if node.parent is not None else None
        return header is None or header.end_point[0] < row
    compound = before.child_count > 0 and before.children[-1].type == rule.block
    return before.end_point[0] + 1 == row and not compound
