"""Exports: every record once, of one snapshot, whatever happens between the pages."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from workbench import Workbench

from codegraph.daemon.exporting import SNAPSHOTS_KEPT, Exports
from codegraph.daemon.streams import ExportKind, ExportParams, ExportResult
from codegraph.daemon.view import View
from codegraph.errors import DaemonError

FILES = {
    "a.py": "from b import g\ndef f(): return g()\n\nclass A:\n    def m(self): return f()\n",
    "b.py": "def g(): return 1\n",
    "empty.py": "",
}


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """Three files, up to date."""
    found: Workbench = project_of(FILES)
    return found


def pages(exports: Exports, view: View, what: ExportKind, limit: int) -> list[ExportResult]:
    """Read all pages."""
    found = [exports.page(view, ExportParams(what=what, limit=limit))]
    while found[-1].next:
        found.append(exports.page(view, ExportParams(what=what, limit=limit, cursor=found[-1].next)))
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_every_symbol_comes_once_in_order(bench: Workbench, limit: int) -> None:
    """Pages of any size add up to the whole, files without definitions included."""
    found = pages(Exports(), bench.view, ExportKind.SYMBOLS, limit)
    assert [each.id for page in found for each in page.symbols] == [
        "a.py/",
        "a.py/f().",
        "a.py/A#",
        "a.py/A#m().",
        "b.py/",
        "b.py/g().",
        "empty.py/",
    ]
    assert all(len(page.symbols) <= limit for page in found)


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_every_edge_comes_once(bench: Workbench, limit: int) -> None:
    """Edges are those of the graph, files without any included."""
    found = pages(Exports(), bench.view, ExportKind.EDGES, limit)
    lines = [(each.source.id, each.target.id, each.kind) for page in found for each in page.edges]
    snapshot = bench.view.snapshot
    assert lines == [
        (symbol.id, edge.target, edge.kind)
        for symbol in snapshot.symbols()
        for edge in snapshot.dependencies(symbol.id)
    ]


def test_lines_are_counted_from_one(bench: Workbench) -> None:
    """Records are for other programs: names with 1-based lines, 0 for a file; places of references."""
    symbols = pages(Exports(), bench.view, ExportKind.SYMBOLS, 100)[0].symbols
    found = next(each for each in symbols if each.id == "a.py/A#m().")
    assert (found.line, found.column, found.end_line, found.qualified_name) == (5, 8, 5, "a.A.m")
    edges = pages(Exports(), bench.view, ExportKind.EDGES, 100)[0].edges
    call = next(each for each in edges if (each.source.id, each.target.id) == ("a.py/f().", "b.py/g()."))
    assert (call.at.file, call.at.line, call.source.line, call.target.line) == ("a.py", 2, 2, 1)
    assert (call.source.name, call.target.name) == ("f", "g")
    module = next(each for each in edges if each.source.id == "a.py/")
    assert (module.source.name, module.source.line) == ("a", 0)


def test_a_finished_export_keeps_nothing_alive(bench: Workbench) -> None:
    """With its last page the snapshot is let go; until the next revision that page can be had once more."""
    exports, view = Exports(), bench.view
    last = pages(exports, view, ExportKind.SYMBOLS, 3)[-2].next
    assert exports.page(view, ExportParams(what=ExportKind.SYMBOLS, limit=3, cursor=last)).symbols
    files = weakref.ref(view.snapshot.files)
    del view
    bench.write({"a.py": "def f(): return 2\n"})
    bench.update()
    assert files() is None
    with pytest.raises(DaemonError, match="gone"):
        exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, limit=3, cursor=last))


def test_an_export_that_ends_does_not_end_another(bench: Workbench) -> None:
    """Two that read the same snapshot are finished each by itself."""
    exports, view = Exports(), bench.view
    first = exports.page(view, ExportParams(what=ExportKind.SYMBOLS, limit=3))
    pages(exports, view, ExportKind.EDGES, 3)
    bench.write({"a.py": "def f(): return 2\n"})
    bench.update()
    rest = exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, limit=100, cursor=first.next))
    assert len(first.symbols) + len(rest.symbols) == 7


def test_pages_are_of_one_snapshot(bench: Workbench) -> None:
    """A change between two pages does not show in the second."""
    exports = Exports()
    first = exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, limit=5))
    bench.delete("b.py")
    bench.write({"c.py": "def new(): ...\n"})
    bench.update()
    second = exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, limit=5, cursor=first.next))
    assert [each.id for each in second.symbols] == ["b.py/g().", "empty.py/"]
    assert second.clock == first.clock


def test_forgotten_snapshot_is_an_error_and_memory_is_bounded(bench: Workbench) -> None:
    """Only the latest exports are remembered; a cursor of an older one is refused."""
    exports = Exports()
    first = exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, limit=1))
    for number in range(SNAPSHOTS_KEPT):
        bench.write({"n.py": f"x = {number}\ndef f{number}(): ...\n"})
        bench.update()
        exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, limit=1))
    with pytest.raises(DaemonError, match="gone"):
        exports.page(bench.view, ExportParams(what=ExportKind.SYMBOLS, cursor=first.next))


@pytest.mark.parametrize("cursor", ["x", "a:1/x/0", "a:1/1", "a:1/-1/0", "a:1/²/0", f"a:1/{'9' * 5_000}/0"])
def test_foreign_cursor_is_refused(bench: Workbench, cursor: str) -> None:
    """What is no cursor of ours is an error and not a crash."""
    with pytest.raises(DaemonError):
        Exports().page(bench.view, ExportParams(what=ExportKind.SYMBOLS, cursor=cursor))
