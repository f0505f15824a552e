"""A first index whose links and documents are made beside the writer is the one that the writer makes alone."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from workbench import Workbench

from codegraph.daemon import first_worker
from codegraph.daemon.first_links import children_for
from codegraph.daemon.first_worker import Offer, received
from codegraph.graph.compare import snapshot_differences
from codegraph.search.search import Query

FILES = 90
TREE = {"extract.workers": 2}


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_worker, "MUCH", 5_000)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A tree of files that import each other, not yet indexed."""
    found = Workbench(tmp_path, TREE)
    found.write({f"pkg/m{number}.py": _source(number) for number in range(FILES)})
    found.write({"README.md": "# Help\n`helper7()`, `m8.helper8`, `pkg/m9.py`\n"})
    yield found
    found.close()


def _source(number: int) -> str:
    other = (number + 1) % FILES
    return f"from pkg.m{other} import helper{other} as other\n\ndef helper{number}(x):\n    return other(x) + gone()\n"


def test_links_and_documents_are_those_that_the_writer_makes(
    tmp_path: Path, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Edges, keys, what is stored, and what a search finds are equal; so they are after an edit of either."""
    bench.apply()
    assert _linked_beside(bench)
    stored = _stored(bench)
    monkeypatch.setattr(first_worker, "MUCH", 1_000_000)
    alone = Workbench(tmp_path / "alone", TREE, root=bench.root, renders=bench.renders)
    try:
        alone.apply()
        assert not _linked_beside(alone)
        assert _stored(alone) == stored
        edited = {"pkg/m7.py": _source(7).replace("helper7", "renamed7")}
        for each in (bench, alone):
            each.write(edited)
            each.update()
        assert not any(snapshot_differences(bench.view.snapshot, alone.view.snapshot).values())
        assert _stored(alone) == _stored(bench)
        for text in ("helper12", "gone other", "renamed7"):
            assert _found(bench, text) == _found(alone, text) != []
    finally:
        alone.close()
    bench.check()


def test_a_restart_after_a_first_index_needs_nothing_of_it(bench: Workbench) -> None:
    """What was stored of links that were made beside is enough to go on from."""
    bench.update()
    bench.restart()
    bench.write({"pkg/m3.py": _source(3) + "\ndef more():\n    return helper3(1)\n"})
    bench.update()
    bench.check()


def _dies(connection: Connection, children: int) -> None:
    for message in received(connection):
        if not isinstance(message, Offer):
            return


def test_a_linker_that_dies_costs_time_only(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The writer links by itself, and says why."""
    monkeypatch.setattr(bench.project.parts.first._links, "_main", _dies)
    bench.update()
    assert "done without it" in caplog.text
    assert not _linked_beside(bench)
    bench.check()


def test_children_are_no_more_than_there_is_memory_for() -> None:
    """Each may come to copy its parent; half of what is available is left to others, and one links in any case."""
    assert children_for(8, 10_000, own=1 << 30, available=32 << 30) == 8
    assert children_for(8, 10_000, own=2 << 30, available=16 << 30) == 4
    assert children_for(8, 10_000, own=2 << 30, available=1 << 30) == 1
    assert children_for(8, 70, own=1, available=1 << 30) == 2


def test_the_first_change_finds_the_table_filled(bench: Workbench) -> None:
    """What linking beside leaves to be done is done when nobody waits, after a rebuild, too."""
    bench.update()
    before = bench.project.parts.index
    keys = len(before._table)
    assert keys
    bench.project.start_indexing(True, False, lambda _: None)
    bench.turn()
    assert bench.project.parts.index is not before
    assert len(bench.project.parts.index._table) == keys
    bench.update()
    bench.check()


def _linked_beside(bench: Workbench) -> bool:
    """The writer did not fill its table before the first index was complete."""
    return bench.deltas[0].seconds["table"] == 0.0


def _stored(bench: Workbench) -> dict[str, bytes]:
    index = bench.project.parts.index
    return {path: index.stored_links(path) for path in sorted(index.snapshot.files)}


def _found(bench: Workbench, text: str) -> list[tuple[str, float]]:
    return [(each.symbol, each.score) for each in bench.project.parts.searcher.search(Query(text)).results]
