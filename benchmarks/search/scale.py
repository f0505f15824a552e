"""Claim: exact search among a million vectors meets the latency targets, and the index changes without a rebuild.

    python -m benchmarks.search.scale [--symbols 1000000] [--dimensions 256] [--json]

The vector index of `codegraph.search.vectors` is filled with random unit vectors, as fast or slow as any others, and
asked: plain, and with a filter that admits a tenth. Then vectors are added, replaced and removed, some at a time as an
edit does it; at the end every vector that was put is the nearest to itself, and none that was removed is found. Wall
times suffer from other programs; CPU times stand beside them. Words are not part of this: see `benchmarks.query` for
whole queries over a real tree.
Tests: tests/unit/benchmarks/test_bench_scale.py.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import commit, gathered, load, now, result_path, this_machine, write_report
from codegraph.search.quantise import Floats, Quantised, quantise
from codegraph.search.vectors import Numbers, VectorIndex

SYMBOLS, DIMENSIONS = 1_000_000, 256
QUERIES, LIMIT = 100, 100
EDITS, EDITED = 50, 20
"""Changes, and the symbols of each."""
PORTION = 50_000
TARGETS = {100_000: 10.0, 1_000_000: 30.0}
"""Milliseconds at P95, by symbols: those of a whole query."""
SEED = 11


def unit_vectors(count: int, dimensions: int, draw: np.random.Generator) -> Floats:
    """Draw unit vectors, float32 (n, d)."""
    vectors = draw.standard_normal((count, dimensions), dtype=np.float32)
    found: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found


def filled(symbols: int, dimensions: int, draw: np.random.Generator) -> tuple[VectorIndex, Floats]:
    """Make an index of so many vectors; return it with the mean of its vectors."""
    mean = np.zeros(dimensions, np.float32)
    index = VectorIndex(mean)
    for start in range(0, symbols, PORTION):
        count = min(PORTION, symbols - start)
        index.put(
            np.arange(start, start + count, dtype=np.int32), quantise(unit_vectors(count, dimensions, draw), mean)
        )
    return index, mean


def timed(name: str, works: Sequence[Callable[[], object]], target: float | None = None) -> list[Figure]:
    """Run each once and return wall and CPU milliseconds."""
    walls, cpus = [], []
    for work in works:
        began, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(1e3 * (time.perf_counter() - began))
        cpus.append(1e3 * (time.process_time() - cpu))
    targets = None if target is None else {"p95": target}
    return [*sampled(name, walls, "ms", targets), *sampled(f"{name}.cpu", cpus, "ms")]


def measure(symbols: int, dimensions: int, queries: int = QUERIES) -> list[Figure]:
    """Fill, ask, change, ask; raises AssertionError if a change is not seen."""
    draw = np.random.default_rng(SEED)
    target = TARGETS.get(symbols)
    began = time.process_time()
    index, mean = filled(symbols, dimensions, draw)
    figures = [Figure(name="scale.fill", value=1e6 * (time.process_time() - began) / symbols, unit="CPU us/symbol")]
    asked = unit_vectors(queries, dimensions, draw)
    admitted = draw.random(symbols + EDITS * EDITED) < 0.1
    view = index.view()
    figures += timed("scale.search", [lambda q=q: view.search(q, LIMIT) for q in asked], target)  # type: ignore[misc]
    figures += timed("scale.filtered", [lambda q=q: view.search(q, LIMIT, admitted) for q in asked], target)  # type: ignore[misc]
    figures += changes(index, symbols, mean, draw)
    return figures


def changes(index: VectorIndex, symbols: int, mean: Floats, draw: np.random.Generator) -> list[Figure]:
    """Add, replace and remove vectors; ask for what was put last, and for what is gone."""
    vectors = unit_vectors(2 * EDITS * EDITED, len(mean), draw)
    codes = [quantise(vectors[at : at + EDITED], mean) for at in range(0, len(vectors), EDITED)]
    added = [np.arange(symbols + at, symbols + at + EDITED, dtype=np.int32) for at in range(0, EDITS * EDITED, EDITED)]
    chosen = draw.choice(symbols, 2 * EDITS * EDITED, replace=False).astype(np.int32).reshape(-1, EDITED)
    replaced, removed = list(chosen[:EDITS]), list(chosen[EDITS:])
    figures = timed("scale.add", [_put(index, *pair) for pair in zip(added, codes, strict=False)])
    figures += timed("scale.update", [_put(index, *pair) for pair in zip(replaced, codes[EDITS:], strict=True)])
    figures += timed("scale.remove", [_removal(index, numbers) for numbers in removed])
    view = index.view()
    for numbers, first in ((added, 0), (replaced, EDITS * EDITED)):
        for edit, own in enumerate(numbers):
            found = view.search(vectors[first + edit * EDITED], 1).numbers
            assert found[0] == own[0], "what was put last is not found"
    gone = np.concatenate(removed)
    everything = view.search(vectors[0], symbols).numbers
    assert not np.isin(gone, everything).any(), "what was removed is found"
    assert view.live == symbols + EDITS * EDITED - len(gone)
    return figures


def _put(index: VectorIndex, numbers: Numbers, codes: Quantised) -> Callable[[], object]:
    def work() -> object:
        index.put(numbers, codes)
        return index.view()

    return work


def _removal(index: VectorIndex, numbers: Numbers) -> Callable[[], object]:
    def work() -> object:
        index.remove(numbers)
        return index.view()

    return work


def main() -> int:
    """Measure, print, write the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.scale", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--symbols", type=int, default=SYMBOLS)
    parser.add_argument("--dimensions", type=int, default=DIMENSIONS)
    parser.add_argument("--json", action="store_true", help="write the figures under benchmarks/results")
    arguments = parser.parse_args()
    began = now(), load()
    figures = measure(arguments.symbols, arguments.dimensions)
    print(table(figures))
    if arguments.json:
        path = result_path(this_machine(), commit())
        tree = {"symbols": arguments.symbols, "dimensions": arguments.dimensions}
        write_report(gathered(began, tree, figures, {}, {}), path.with_name(f"search-scale-{path.name}"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
