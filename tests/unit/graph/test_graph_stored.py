"""Packed and stored links: nothing is lost, foreign bytes are refused."""

from __future__ import annotations

import pytest

from codegraph.core.changes import Dependency, FileLinks, Unresolved
from codegraph.core.facts import Role
from codegraph.core.symbols import Confidence, DependencyKind, SymbolId
from codegraph.errors import StoreCorrupt
from codegraph.graph.stored import StoredLinks, Trace, decode_links, decode_trace, encode_links, pack

A, B = SymbolId("a.py/f()."), SymbolId("b.py/C#")
LINKS = FileLinks(
    (
        (
            Dependency(A, DependencyKind.REFERENCES, Confidence.EXACT, 1, 2),
            Dependency(B, DependencyKind.CALLS, Confidence.AMBIGUOUS, 70_000, 65_537),
        ),
        (),
        (
            Dependency(B, DependencyKind.INHERITS, Confidence.INFERRED, 3, 4),
            Dependency(B, DependencyKind.CALLS, Confidence.EXACT, 5, 6),
            Dependency(A, DependencyKind.USES_TYPE, Confidence.EXACT, 7, 8),
        ),
    ),
    (),
    (Unresolved(0, "print", Role.CALL, "builtin", 1, 2), Unresolved(2, "x", Role.READ, "missing", 9, 9)),
)


def test_packed_links_give_back_every_edge() -> None:
    """Targets, kinds, confidence, positions and reasons survive packing, per definition."""
    packed = pack(LINKS)
    assert tuple(packed.dependencies(index) for index in range(3)) == LINKS.dependencies
    assert packed.unresolved() == LINKS.unresolved
    to_b = [(0, LINKS.dependencies[0][1]), (2, LINKS.dependencies[2][0]), (2, LINKS.dependencies[2][1])]
    assert packed.edges_to(B, tuple(DependencyKind)) == to_b
    for kind in DependencyKind:
        assert packed.edges_to(B, {kind}) == [each for each in to_b if each[1].kind is kind]
    assert packed.edges_to(SymbolId("nobody"), tuple(DependencyKind)) == []


def test_context_targets_are_distinct_and_of_the_context_kinds() -> None:
    """Only calls, inherits, implements and uses_type count; the first mention sets the place."""
    assert pack(LINKS).context_targets("python") == [(B,), (), (B, A)]


def test_labels_hold_no_positions() -> None:
    """Two links that differ in positions alone have the same labels."""
    moved = tuple(
        tuple(Dependency(e.target, e.kind, e.confidence, e.line + 9, 0) for e in edges) for edges in LINKS.dependencies
    )
    assert pack(FileLinks(moved, ())).labels() == pack(LINKS).labels()
    assert pack(FileLinks(moved, ())).edges != pack(LINKS).edges


def test_counts_by_kind_and_reason() -> None:
    """Each edge and each miss is counted once."""
    packed = pack(LINKS)
    assert sum(packed.kind_counts()) == 5
    assert packed.kind_counts()[list(DependencyKind).index(DependencyKind.CALLS)] == 2
    assert sum(packed.reason_counts()) == 2


def test_stored_links_round_trip_and_are_stable() -> None:
    """Encoding is a function of the value; decoding gives links and trace back."""
    packed, trace = pack(LINKS), Trace({"def\x1fa.py\x1ff": (("d", "f().", "function", ""),)}, ("mod\x1fb.py",))
    data = encode_links(packed, trace)
    assert data == encode_links(packed, trace)
    stored = decode_links(data)
    assert stored.packed == packed
    assert decode_trace(stored.trace) == trace


def test_foreign_bytes_are_corrupt() -> None:
    """Bytes that are no links or no trace raise StoreCorrupt, never anything else."""
    for data in (b"", b"\x00" * 40, b"\xc1", b"\x93\x01\x02\x03"):
        with pytest.raises(StoreCorrupt):
            decode_links(data)
        with pytest.raises(StoreCorrupt):
            decode_trace(data)
        with pytest.raises(StoreCorrupt):
            _ = StoredLinks(data, b"").packed


def _call(target: str, line: int) -> Dependency:
    return Dependency(SymbolId(target), DependencyKind.CALLS, Confidence.EXACT, line, 4)


def test_stored_links_are_small() -> None:
    """What a file's references repeat, names of targets and positions that grow, is not written out."""
    edges = tuple(_call(f"package/module.py/function_{at % 20}().", at) for at in range(400))
    packed = pack(FileLinks((edges,), (), ()))
    assert len(encode_links(packed, Trace({}, ()))) < len(packed.edges) / 3


def test_context_targets_of_one_definition_are_those_of_all() -> None:
    """Asking for one definition's context targets gives what asking for all of them gives."""
    kinds = list(DependencyKind)
    rows = tuple(
        tuple(
            Dependency(
                SymbolId(f"b.py/t{(owner * 3 + number) % 5}()."),
                kinds[(owner + number) % len(kinds)],
                Confidence.EXACT,
                number,
                0,
            )
            for number in range(owner)
        )
        for owner in range(7)
    )
    packed = pack(FileLinks(rows, ()))
    one_by_one = [tuple(dict.fromkeys(packed.context_targets_of(index, "go"))) for index in range(7)]
    assert one_by_one == packed.context_targets("go")
    assert any(one_by_one)
