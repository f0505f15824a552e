"""Which of several places is near: of equal names the one that shares most of its path is meant.

Tests: tests/unit/graph/test_graph_java.py, test_graph_ruby.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from codegraph.graph.resolve.scheme import Entry


def shared_parts(one: str, other: str) -> int:
    """Count the parts that two paths start with in common."""
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count


def nearest(entries: Sequence[Entry], path: str) -> Sequence[Entry]:
    """Return the entries whose path, their first element, shares most with another; one alone is the nearest."""
    if len(entries) < 2:
        return entries
    shared = [shared_parts(entry[0], path) for entry in entries]
    most = max(shared)
    return [entry for entry, count in zip(entries, shared, strict=True) if count == most]
