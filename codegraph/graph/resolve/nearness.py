"""Which of several places is near: of equal names the one that shares most of its path is meant.

Tests: tests/unit/graph/test_graph_java.py, test_graph_ruby.py.
"""

from __future__ import annotations


def shared_parts(one: str, other: str) -> int:
    """Count the parts that two paths start with in common."""
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
