"""Samples of edges: drawing is repeatable, verdicts are kept, and proportions have honest intervals."""

from __future__ import annotations

import pytest

from benchmarks.edge_samples import Sample, calls_of, draw_edges, judged, read, table, targets_of, wilson, write
from codegraph.core.symbols import Confidence, DependencyKind
from codegraph.daemon.streams import EdgeEnd, EdgePlace, ExportedEdge


def _edge(source: str, target: str, line: int, start: int = 1) -> ExportedEdge:
    return ExportedEdge(
        source=EdgeEnd(id=source, name=source, file="a.rs", line=start),
        target=EdgeEnd(id=target, name=target, file="b.rs", line=1),
        kind=DependencyKind.CALLS,
        confidence=Confidence.EXACT,
        at=EdgePlace(file="a.rs", line=line, column=0),
    )


def _sample(verdict: str, confidence: str = "exact", kind: str = "calls") -> Sample:
    common = {"project": "p", "revision": "r", "seed": 1, "source": "a", "target": "b", "at": "a.rs:1"}
    return Sample(**common, kind=kind, confidence=confidence, verdict=verdict)


def test_a_seed_gives_one_sample_whatever_the_order():
    """The same edges in another order give the same sample, another seed another one."""
    edges = [_edge(f"s{number}", "t", 1) for number in range(50)]
    assert draw_edges(edges, 9, 3) == draw_edges(edges[::-1], 9, 3) != draw_edges(edges, 9, 4)


def test_the_interval_is_wilsons():
    """Ninety of a hundred lie between 0.826 and 0.945; nothing at all says nothing."""
    low, high = wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
    assert wilson(0, 0) == (0.0, 1.0)


def test_verdicts_are_entered_by_number_and_kept(tmp_path):
    """A verdict with its reason is read back; a word that is no verdict is refused."""
    path = tmp_path / "samples" / "p.jsonl"
    write(path, judged([_sample(""), _sample("")], ["2 wrong another type", "", "1 right"]))
    assert [(each.verdict, each.why) for each in read(path)] == [("right", ""), ("wrong", "another type")]
    with pytest.raises(ValueError, match="none of the verdicts"):
        judged([_sample("")], ["1 perhaps"])


def test_what_is_unsure_is_not_right():
    """Precision is told by confidence and kind, and calls of what lies outside of the tree are left aside."""
    lines = table([_sample("right"), _sample("unsure"), _sample("right", "inferred")], "title")
    assert any(line.split()[:4] == ["exact", "1", "of", "2"] for line in lines)
    assert any(line.split()[:4] == ["inferred", "1", "of", "1"] for line in lines)
    calls = table([_sample("right", kind="call"), _sample("external", kind="call")], "title")
    assert [line.split()[:4] for line in calls[1:]] == [["all", "1", "of", "1"]]


def test_calls_are_found_in_the_syntax():
    """A call counts by its last name, with type arguments or a receiver, if that name is asked for."""
    source = b"fn f() {\n  a::run::<T>();\n  x\n    .go(1);\n  other();\n}\n"
    assert calls_of(source, "rust", frozenset({"run", "go"})) == [(2, "run"), (4, "go")]


def test_edges_of_a_call_may_stand_further_up():
    """Mentions of one target are one edge at the first of them, so it is looked for by name in the same definition."""
    edges = [_edge("outer", "t", 1), _edge("f", "t", 4, 3), _edge("f", "u", 4, 3)]
    found = targets_of(("a.rs", 9, "run"), edges, {"t": "run", "u": "go"})
    assert [(each.source.id, each.target.id) for each in found] == [("f", "t")]
