"""The writer's graph: sources follow every change, dangling edges are refused."""

from __future__ import annotations

import random

import pytest

from codegraph.core.symbols import OwnDigest, SignatureDigest, SymbolId
from codegraph.errors import InternalError
from codegraph.graph.dependency_graph import UNREACHED, DependencyGraph

MODEL = b"m" * 16


def graph_of(size: int) -> DependencyGraph:
    """Return a graph of symbols "0", "1", ... without edges."""
    graph = DependencyGraph()
    for number in range(size):
        graph.put(SymbolId(str(number)), OwnDigest(b"o"), SignatureDigest(b"s"), MODEL)
    return graph


def test_sources_are_the_inverse_of_out_edges_after_any_history() -> None:
    """Rows that are flat, rows that changed since, and rows that were folded again agree with the out-edges."""
    choose = random.Random(3)
    graph = graph_of(60)
    many = {n: tuple(choose.sample(range(60), 3)) for n in range(60)}
    graph.connect_all(many)
    for step in range(300):
        graph.connect(choose.randrange(60), tuple(choose.sample(range(60), choose.randrange(5))))
        if step % 97 == 0:
            graph._fold()
    for number in range(60):
        expected = sorted(source for source in range(60) if number in graph.out[source])
        assert sorted(graph.sources(number)) == expected


def test_levels_equal_a_plain_search() -> None:
    """The search over flat and changed rows gives the distances of a plain breadth-first search."""
    choose = random.Random(5)
    for _ in range(20):
        graph = graph_of(40)
        graph.connect_all({n: tuple(choose.sample(range(40), 2)) for n in range(40)})
        graph._fold()
        for _ in range(10):
            graph.connect(choose.randrange(40), tuple(choose.sample(range(40), 2)))
        seeds = [(choose.randrange(40), 0), (choose.randrange(40), 1)]
        expected = dict[int, int]()
        for level in range(4):
            expected.update({n: level for n, start in seeds if start == level and n not in expected})
            for number in range(40):
                if number not in expected and any(expected.get(t) == level - 1 for t in graph.out[number]):
                    expected[number] = level
        found = {n: int(level) for n, level in enumerate(graph.levels(seeds, 3)) if level != UNREACHED}
        assert found == expected


def test_numbers_are_used_again() -> None:
    """A removed symbol leaves no trace: its number goes to the next one, without edges or key."""
    graph = graph_of(3)
    graph.connect(0, (1, 2))
    graph.remove_all([SymbolId("0")])
    assert len(graph) == 2
    assert graph.put(SymbolId("new"), OwnDigest(b"p"), SignatureDigest(b"q"), MODEL) == 0
    assert (graph.out[0], graph.key[0], graph.sources(1)) == ((), b"", [])


@pytest.mark.parametrize("known", [[], ["1", "9"]], ids=["all new", "some known"])
@pytest.mark.parametrize("gone", [[], ["0"]], ids=["in order", "a free number"])
def test_symbols_put_together_are_as_put_one_by_one(known: list[str], gone: list[str]) -> None:
    """Whatever the graph held before, many symbols get the numbers and digests that each would get by itself."""
    new = [SymbolId(name) for name in ("9", "1", "8")]
    together, alone = graph_of(1), graph_of(1)
    for graph in (together, alone):
        for name in known:
            graph.put(SymbolId(name), OwnDigest(b"o"), SignatureDigest(b"s"), MODEL)
        graph.remove_all(list(map(SymbolId, gone)))
    said = [[b"p", b"q", b"r"], [b"t", b"u", b"v"], [MODEL, b"n" * 16, MODEL]]
    numbers = together.put_all(
        new, [OwnDigest(own) for own in said[0]], [SignatureDigest(each) for each in said[1]], said[2]
    )
    assert numbers == [
        alone.put(symbol, OwnDigest(own), SignatureDigest(signature), model)
        for symbol, own, signature, model in zip(new, *said, strict=True)
    ]
    for table in ("ids", "own", "signature", "key", "model", "out"):
        assert getattr(together, table) == getattr(alone, table)
    assert together.numbers_of(new) == numbers
    with pytest.raises(InternalError):
        together.numbers_of([SymbolId("nobody")])


def test_a_dangling_edge_is_an_internal_error() -> None:
    """A symbol cannot be removed while another has an edge to it, nor can an edge lead to nothing."""
    graph = graph_of(2)
    graph.connect(0, (1,))
    with pytest.raises(InternalError):
        graph.remove_all([SymbolId("1")])
    with pytest.raises(InternalError):
        graph.number(SymbolId("nobody"))


def test_symbols_that_go_together_may_refer_to_each_other() -> None:
    """Removing a whole cycle at once is no dangling edge."""
    graph = graph_of(2)
    graph.connect_all({0: (1, 0), 1: (0,)})
    graph.remove_all([SymbolId("0"), SymbolId("1")])
    assert len(graph) == 0
