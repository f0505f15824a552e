"""The context of a symbol: layers, order, limits."""

from __future__ import annotations

import pytest

from codegraph.graph.context import context

EDGES = {"a": ["b", "c"], "b": ["d", "a"], "c": ["d", "e", "b"], "d": ["f"], "e": ["a"], "f": []}


@pytest.mark.parametrize(
    ("depth", "limit", "expected"),
    [(0, 16, ""), (1, 16, "bc"), (2, 16, "bcde"), (3, 16, "bcdef"), (9, 16, "bcdef"), (2, 3, "bcd"), (2, 0, "")],
)
def test_layers_in_source_order(depth: int, limit: int, expected: str) -> None:
    """Nearest layer first, source order inside, first visit wins, the start excluded, cut at the limit."""
    assert "".join(context("a", EDGES.__getitem__, depth, limit)) == expected


def test_a_cycle_ends() -> None:
    """A symbol that calls itself and a pair that call each other are ordinary."""
    edges = {"a": ["a", "b"], "b": ["a"]}
    assert context("a", edges.__getitem__, 5, 16) == ["b"]
