"""Marking: the graph that is measured is the writer's, and the baseline finds the same symbols."""

from __future__ import annotations

import numpy as np

from benchmarks.marking import DEPTH, graph_of, largest_hub, made_graph, plain_search
from codegraph.graph.dependency_graph import UNREACHED


def test_repeated_edges_and_loops_are_left_out():
    """One symbol depends on another once, and never on itself."""
    graph = graph_of(["a", "b", "c"], [("a", "b"), ("a", "b"), ("b", "b"), ("c", "b"), ("a", "c")])
    assert [graph.out[graph.number(symbol)] for symbol in ("a", "b", "c")] == [(1, 2), (), (1,)]
    assert graph.ids[largest_hub(graph)] == "b"


def test_made_graphs_repeat():
    """The same seed gives the same graph, of the size that was asked for."""
    graph, again = made_graph(200, 1_000, 3), made_graph(200, 1_000, 3)
    assert graph.out == again.out
    assert len(graph) == 200
    assert 500 < sum(map(len, graph.out)) <= 1_000


def test_baseline_and_marking_agree():
    """Both searches reach the same symbols, so their times can be compared."""
    graph = made_graph(300, 900, 5)
    hub = largest_hub(graph)
    levels = graph.levels([(hub, 0)], DEPTH)
    assert plain_search(graph, hub) == set(np.flatnonzero(levels != UNREACHED).tolist())
