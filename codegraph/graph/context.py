"""The context of a symbol: whose signatures its embedding also reads, `context(s, d)` of the key.

Breadth-first over resolved dependencies, layer by layer to distance `depth`; inside a layer in source
order of the references; the first visit wins; the symbol itself is excluded; cut to `limit`. A set of
the visited makes cycles ordinary. The same function serves the writer (numbers) and readers (ids).

Tests: tests/unit/graph/test_graph_context.py.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def context(start: Node, neighbours: Callable[[Node], Iterable[Node]], depth: int, limit: int) -> list[Node]:
    """Return the context of `start`, nearest first, at most `limit` long; costs O(edges looked at)."""
    found: list[Node] = []
    if depth < 1 or limit < 1:
        return found
    visited = {start}
    layer = [start]
    for _ in range(depth):
        following = []
        for node in layer:
            for neighbour in neighbours(node):
                if neighbour not in visited:
                    visited.add(neighbour)
                    found.append(neighbour)
                    if len(found) == limit:
                        return found
                    following.append(neighbour)
        layer = following
        if not layer:
            break
    return found
