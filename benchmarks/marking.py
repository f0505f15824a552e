"""Claim: finding everybody within three steps of the biggest hub takes less than 20 ms.

Marking is one backward breadth-first search over the writer's graph (graph/dependency_graph.py). It is
timed on the real graph of the tree (its context edges, as exported), on that graph while many rows are
changed since the arrays were built, and on a made graph of 100,000 symbols and 1,000,000 edges
whose targets follow Zipf's law, so that hubs are as large as in real code or larger. The baseline is the
same search by sets in plain Python. Tests: tests/unit/benchmarks/test_bench_marking.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from benchmarks.corpus import assemble, tree_parser
from benchmarks.edits import Exported
from benchmarks.figures import Figure, percentile, sampled, table
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.core.symbols import OwnDigest, SignatureDigest, SymbolId
from codegraph.graph.dependency_graph import UNREACHED, DependencyGraph
from codegraph.graph.staleness import Seeds, mark

DEPTH = 3
REPEATS = 50
TARGETS = {"p50": 20.0, "p95": 20.0}
MADE_SYMBOLS = 100_000
MADE_EDGES = 1_080_000
"""Drawn; about 1,000,000 are left without repetitions."""
CHANGED_ROWS = 1_000
SEED = 7
_ZIPF_EXPONENT = 0.8
"""The largest hub then has about 2 % of all edges."""

Edges = Iterable[tuple[str, str]]


def measure(exported: Exported, quick: bool = False) -> tuple[list[Figure], dict[str, Any]]:
    """Measure on the graph of a project, and on the made one."""
    real = graph_of((symbol.id for symbol in exported.symbols), exported.edges)
    scale = 10 if quick else 1
    made = made_graph(MADE_SYMBOLS // scale, MADE_EDGES // scale, SEED)
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    for name, graph in (("real", real), ("made", made)):
        hub = largest_hub(graph)
        details[f"marking.{name}"] = {
            "symbols": len(graph),
            "edges": sum(map(len, graph.out)),
            "hub": graph.ids[hub],
            "hub_dependents": len(graph.sources(hub)),
            "reached": int((graph.levels([(hub, 0)], DEPTH) != UNREACHED).sum()),
        }
        figures += _timed(f"marking.{name}", graph, hub)
        _change_rows(graph)
        figures += _timed(f"marking.{name}_changed", graph, hub)
    return figures, details


def _timed(name: str, graph: DependencyGraph, hub: int) -> list[Figure]:
    ours = repeated(lambda: mark(graph, Seeds(signature=[hub]), DEPTH), REPEATS)
    plain = repeated(lambda: plain_search(graph, hub), max(1, REPEATS // 10))
    baseline = percentile(sorted(plain), 0.5)
    p50, p95 = sampled(name, ours, "ms", TARGETS)
    compared = Figure(
        name=f"{name}.against_sets", value=p50.value, unit="ms", baseline=baseline, baseline_name="sets in Python"
    )
    return [p50, p95, compared]


def repeated(work: Callable[[], object], times: int) -> list[float]:
    """Run something several times, once more to warm up; return milliseconds."""
    work()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(1e3 * (time.perf_counter() - started))
    return taken


def plain_search(graph: DependencyGraph, start: int) -> set[int]:
    """Search backwards without arrays."""
    seen = {start}
    layer = [start]
    for _ in range(DEPTH):
        found = {source for number in layer for source in graph.sources(number)} - seen
        seen |= found
        layer = list(found)
    return seen


def made_graph(symbols: int, edges: int, seed: int) -> DependencyGraph:
    """Make a graph whose targets are drawn by Zipf's law and whose sources are drawn evenly."""
    generator = np.random.default_rng(seed)
    weights = np.arange(1, symbols + 1) ** -_ZIPF_EXPONENT
    targets = generator.choice(symbols, edges, p=weights / weights.sum())
    sources = generator.integers(0, symbols, edges)
    names = [f"made.py/f{number}()." for number in range(symbols)]
    pairs = [(names[source], names[target]) for source, target in zip(sources, targets, strict=True)]
    return graph_of(names, pairs)


def graph_of(symbols: Iterable[str], edges: Edges) -> DependencyGraph:
    """Build a graph; an edge to itself and repetitions are left out, as they are in the writer's."""
    graph = DependencyGraph()
    for symbol in symbols:
        graph.put(SymbolId(symbol), OwnDigest(b""), SignatureDigest(b""), b"")
    targets: dict[int, dict[int, None]] = {}
    for source, target in edges:
        if source != target:
            targets.setdefault(graph.number(SymbolId(source)), {})[graph.number(SymbolId(target))] = None
    graph.connect_all({number: tuple(targets.get(number, ())) for number in graph.numbers()})
    return graph


def largest_hub(graph: DependencyGraph) -> int:
    """Return the number of the symbol with the most sources."""
    counts = np.bincount(np.fromiter((t for out in graph.out for t in out), np.int64), minlength=len(graph.ids))
    return int(counts.argmax())


def _change_rows(graph: DependencyGraph) -> None:
    """Take the last edge from some symbols and give it back, so that their rows count as changed."""
    for number in [number for number in graph.numbers() if graph.out[number]][:CHANGED_ROWS]:
        targets = graph.out[number]
        graph.connect(number, targets[:-1])
        graph.connect(number, targets)


def main() -> int:
    """Measure one tree and print the figures."""
    arguments = tree_parser(__doc__).parse_args()
    with Sandbox() as box:
        assemble(box, arguments.tree, arguments.symbols)
        with box.daemon() as client:
            wait_until_embedded(client)
            figures, details = measure(Exported.of(client))
        print(table(figures))
        print(details)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
