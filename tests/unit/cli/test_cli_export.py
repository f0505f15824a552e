"""The export command: formats that other programs read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import networkx
import pytest
from fake_project import GET, LOAD

from codegraph.cli.export import build_graph, measure
from codegraph.core.symbols import Confidence, DependencyKind, SymbolKind
from codegraph.daemon.streams import EdgeEnd, EdgePlace, ExportedEdge, ExportedSymbol


def test_symbols_as_json_lines(console: Any) -> None:
    """One object a line with exactly the promised fields, over all pages; lines from 1, columns from 0."""
    assert console.run("export", "symbols", "--format", "jsonl") == 0
    lines = [json.loads(line) for line in console.out.splitlines()]
    assert len(lines) == 5
    assert lines[3] == {
        "id": "pkg/store.py/Store#get().",
        "name": "get",
        "qualified_name": "pkg.store.Store.get",
        "kind": "method",
        "language": "python",
        "file": "pkg/store.py",
        "line": 5,
        "column": 4,
        "end_line": 7,
    }


def test_edges_as_json_lines(console: Any) -> None:
    """from, to, kind, confidence and at, and nothing else."""
    assert console.run("export", "edges") == 0
    assert [json.loads(line) for line in console.out.splitlines()] == [
        {
            "from": {"id": LOAD.id, "name": "load", "file": "pkg/store.py", "line": 9},
            "to": {"id": GET.id, "name": "get", "file": "pkg/store.py", "line": 5},
            "kind": "calls",
            "confidence": "exact",
            "at": {"file": "pkg/store.py", "line": 10, "column": 11},
        }
    ]


def test_graph_as_graphml(console: Any, tmp_path: Path) -> None:
    """GraphML that networkx reads back: the same nodes, edges and fields."""
    target = tmp_path / "graph.graphml"
    assert console.run("export", "graph", "--output", str(target), "--measures") == 0
    graph = networkx.read_graphml(target)
    assert len(graph) == 5
    assert graph.nodes[GET.id]["kind"] == "method"
    assert graph.nodes[GET.id]["centrality"] == pytest.approx(0.25)
    assert [data["kind"] for _, _, data in graph.edges(data=True)] == ["calls"]
    assert [path.name for path in tmp_path.iterdir()] == ["graph.graphml"]


def test_graph_in_the_other_formats(console: Any) -> None:
    """GEXF is XML, JSON is node-link data, dot names every node and edge."""
    assert console.run("export", "graph", "--format", "gexf") == 0
    assert ElementTree.fromstring(console.out).tag.endswith("gexf")
    assert console.run("export", "graph", "--format", "json") == 0
    graph = json.loads(console.out)
    assert len(graph["nodes"]) == 5
    assert graph["edges"][0]["target"] == GET.id
    assert console.run("export", "graph", "--format", "dot", "--measures") == 0
    assert f'  "{LOAD.id}" -> "{GET.id}" [label="calls"];' in console.out
    assert 'component="0"' in console.out


def test_formats_that_do_not_fit(console: Any) -> None:
    """Exit 2 names the formats that do."""
    assert console.run("export", "symbols", "--format", "dot") == 2
    assert "jsonl" in console.err
    assert console.run("export", "graph", "--format", "jsonl") == 2
    assert "graphml, gexf, json, dot" in console.err
    assert console.run("export", "edges", "--measures") == 2
    for option in (["--language", "python"], ["--function-text"], ["--revised"]):
        assert console.run("export", "symbols", *option) == 2
        assert f"{option[0]} belongs to the data flow" in console.err


def test_a_file_that_cannot_be_written(console: Any, tmp_path: Path) -> None:
    """Exit 4 with the path; nothing is left behind."""
    assert console.run("export", "symbols", "--output", str(tmp_path / "none" / "x")) == 4
    assert "none/x" in console.err
    assert list(tmp_path.iterdir()) == []


def symbol(name: str) -> ExportedSymbol:
    return ExportedSymbol(
        id=name,
        name=name,
        qualified_name=name,
        kind=SymbolKind.FUNCTION,
        language="python",
        file="a.py",
        line=1,
        column=0,
        end_line=1,
    )


def edge(source: str, target: str) -> ExportedEdge:
    return ExportedEdge(
        source=EdgeEnd(id=source, name="", file="a.py", line=1),
        target=EdgeEnd(id=target, name="", file="a.py", line=1),
        kind=DependencyKind.CALLS,
        confidence=Confidence.EXACT,
        at=EdgePlace(file="a.py", line=1, column=0),
    )


def test_measures() -> None:
    """Components are numbered from the largest; cycles have the size of their strongly connected component."""
    graph = build_graph(
        [symbol(name) for name in "abcdx"],
        [edge("a", "b"), edge("b", "c"), edge("c", "b"), edge("d", "b"), edge("a", "not listed")],
    )
    measure(graph)
    shown = {n: (f["component"], f["cycle_size"], f["centrality"]) for n, f in graph.nodes(data=True)}
    assert shown == {
        "a": (0, 1, 0.0),
        "b": (0, 2, 0.75),
        "c": (0, 2, 0.25),
        "d": (0, 1, 0.0),
        "x": (1, 1, 0.0),
    }
