"""A reader sees one revision, whatever the writer does meanwhile (invariant I6).

The tree goes from version to version; each change set writes every file, and each file names the version
in all of its symbols. So an answer in which two versions meet was not read from one revision.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from workbench import Workbench

from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon.edges import CALL_KINDS, answer_edges, answer_impact, incoming
from codegraph.daemon.exporting import Exports
from codegraph.daemon.messages import EmptyReason, SearchParams, SimilarParams
from codegraph.daemon.operations import EmbedParams
from codegraph.daemon.searching import answer_embed, answer_search, answer_similar
from codegraph.daemon.streams import ExportKind, ExportParams
from codegraph.daemon.targets import existing
from codegraph.daemon.view import View
from codegraph.embed.encoder import RecordingEncoder

FILES = 4
VERSIONS = 15
LASTING = "lasting"
"""A function that keeps its name, so that its vector goes from fresh to stale and back."""


def tree(version: int) -> dict[str, str]:
    """Return the files of a version: each calls the next one's function."""
    files = {}
    for number in range(FILES):
        following = (number + 1) % FILES
        files[f"part_{number}.py"] = (
            f"from part_{following} import step_{following}_v{version}\n\n\n"
            f"def step_{number}_v{version}():\n    return step_{following}_v{version}()\n\n\n"
            f"def {LASTING}_{number}():\n    return 'version {version}'\n"
        )
    return files


def versions_in(texts: Iterator[str]) -> set[str]:
    """Return the versions that are named."""
    return {found for text in texts for found in re.findall(r"_v(\d+)", text)}


def read_graph(bench: Workbench, view: View) -> set[str]:
    """Every edge leads to a symbol of the same snapshot, and the counts are those of what is there."""
    snapshot = view.snapshot
    symbols = [symbol.id for symbol in snapshot.symbols()]
    assert len(symbols) == snapshot.counts.symbols
    edges = [edge for symbol in symbols for edge in snapshot.dependencies(symbol)]
    assert all(snapshot.symbol(edge.target) is not None for edge in edges)
    assert len(edges) == sum(snapshot.counts.edges.values())
    return versions_in(iter(symbols))


def read_edges(bench: Workbench, view: View) -> set[str]:
    """Callers, and everything that a change may reach."""
    symbol = next(symbol for symbol in view.snapshot.symbols() if "step_0_v" in symbol.id)
    found = answer_edges(view, [symbol], incoming(view.snapshot, CALL_KINDS), depth=FILES, limit=100)
    impact = answer_impact(view, [existing(view.snapshot, symbol.id)], None, 100)
    assert len({edge.symbol.id for edge in found.edges}) == FILES
    assert found.clock == impact.clock == str(view.snapshot.clock)
    named = [edge.symbol.id for edge in found.edges] + [each.symbol.id for each in impact.affected]
    return versions_in(iter(named))


def read_search(bench: Workbench, view: View) -> set[str]:
    """Hits by words and by vector, all of them known to the graph."""
    vector = bench.encoder.encode_query("step")
    found = answer_search(bench.project, view, SearchParams(query="step", limit=50), vector)
    assert found.reason is EmptyReason.NOT_EMPTY
    assert len([hit for hit in found.results if "/step_" in hit.symbol.id]) == FILES
    assert all(view.snapshot.symbol(SymbolId(hit.symbol.id)) is not None for hit in found.results)
    return versions_in(hit.symbol.id for hit in found.results)


def read_vectors(bench: Workbench, view: View) -> set[str]:
    """A vector that is called fresh is that of the key that it comes with; neighbours are of one version."""
    symbol = SymbolId(f"part_0.py/{LASTING}_0().")
    found = answer_embed(bench.project, view, EmbedParams(symbols=(symbol,)), [])
    (embedding,) = found.embeddings
    if view.freshness(symbol) is Freshness.FRESH:
        assert embedding.key == view.snapshot.wanted(symbol).hex()
        source = bench.renders.inputs[view.snapshot.wanted(symbol)]
        (right,) = RecordingEncoder(bench.encoder.name, bench.encoder.dimensions).encode([source])
        assert float(np.asarray(embedding.vector) @ right) > 0.99
    else:
        assert embedding.vector == ()
    near = answer_similar(bench.project, view, SimilarParams(symbol=symbol, limit=50), None)
    return versions_in(hit.symbol.id for hit in near.results)


def read_export(bench: Workbench, view: View) -> set[str]:
    """All pages of an export show the snapshot of the first."""
    exports, cursor, named = Exports(), "", []
    while True:
        page = exports.page(bench.view if cursor else view, ExportParams(what=ExportKind.EDGES, cursor=cursor, limit=3))
        assert page.clock == str(view.snapshot.clock)
        named += [end.id for edge in page.edges for end in (edge.source, edge.target)]
        cursor = page.next
        if not cursor:
            return versions_in(iter(named))


READERS = (read_graph, read_edges, read_search, read_vectors, read_export)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A project at its first version."""
    bench = Workbench(tmp_path)
    bench.write(tree(0))
    bench.update()
    yield bench
    bench.close()


@pytest.mark.parametrize("read", READERS)
def test_answers_are_of_one_revision(
    bench: Workbench, read: Callable[[Workbench, View], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers in other threads never see two versions in an answer, nor an older revision after a newer one."""
    monkeypatch.setattr(bench.project, "hurry", lambda symbols: None)  # the writer's inbox belongs to the test
    done = threading.Event()
    seen = [threading.Event() for _ in range(2)]

    def reading(mine: threading.Event) -> int:
        revision, answers = 0, 0
        while not done.is_set():
            view = bench.view
            assert view.snapshot.clock.revision >= revision
            revision = view.snapshot.clock.revision
            assert len(read(bench, view)) <= 1
            answers += 1
            mine.set()
        return answers

    with ThreadPoolExecutor(len(seen)) as readers:
        futures = [readers.submit(reading, mine) for mine in seen]
        try:
            for version in range(1, VERSIONS):
                bench.write(tree(version))
                bench.update()
                for mine, future in zip(seen, futures, strict=True):
                    while not mine.wait(0.01) and not future.done():
                        continue
                    mine.clear()
        finally:
            done.set()
        assert all(future.result() >= VERSIONS - 1 for future in futures)
    bench.check()


def test_a_view_outlives_what_it_shows(bench: Workbench) -> None:
    """A view that somebody holds answers the same after a hundred revisions as before."""
    held = bench.view
    before = [read(bench, held) for read in READERS if read is not read_vectors]
    for version in range(1, 10):
        bench.write(tree(version))
        bench.update()
    assert [read(bench, held) for read in READERS if read is not read_vectors] == before == [{"0"}] * len(before)
