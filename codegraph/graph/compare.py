"""How two indexes differ: what `codegraph verify` prints, and what the tests mean by "equal".

Compared are files, definitions, edges with their positions and confidence, unresolved references and
keys; the clocks are not. Tests: tests/unit/graph/test_graph_compare.py, tests/model/.
"""

from __future__ import annotations

from typing import TypedDict

from codegraph.graph.file_view import FileView
from codegraph.graph.index import Index
from codegraph.graph.snapshot import Snapshot


class Differences(TypedDict):
    """One line of text per difference, sorted, by what is compared; all empty if the indexes are equal."""

    files: list[str]
    definitions: list[str]
    edges: list[str]
    unresolved: list[str]
    keys: list[str]


def differences(left: Index, right: Index) -> Differences:
    """Compare the present revisions of two indexes; each line names a path or symbol and both values."""
    return snapshot_differences(left.snapshot, right.snapshot)


def snapshot_differences(left: Snapshot, right: Snapshot) -> Differences:
    """Compare two snapshots."""
    found = Differences(files=[], definitions=[], edges=[], unresolved=[], keys=[])
    for path in sorted({*left.files, *right.files}):
        one, other = left.files.get(path), right.files.get(path)
        if one is None or other is None:
            found["files"].append(f"{path}: only in the {'right' if one is None else 'left'}")
            continue
        if one.blob != other.blob:
            found["files"].append(f"{path}: blob {one.blob.hex()} != {other.blob.hex()}")
        _compare(path, one, other, found)
    found["keys"] += [f"{symbol}: not computed yet" for symbol in sorted({*left.unkeyed, *right.unkeyed})]
    _compare_lookups(left, right, found)
    return found


def is_equal(found: Differences) -> bool:
    """Say whether there is no difference at all."""
    return not any(found.values())


def _compare(path: str, one: FileView, other: FileView, found: Differences) -> None:
    if one.outline != other.outline:
        theirs = dict(zip(other.ids, other.outline.definitions, strict=True))
        ours = dict(zip(one.ids, one.outline.definitions, strict=True))
        for symbol in sorted({*ours, *theirs}):
            if ours.get(symbol) != theirs.get(symbol):
                found["definitions"].append(f"{symbol}: {ours.get(symbol)} != {theirs.get(symbol)}")
        if one.outline.problems != other.outline.problems or one.ids != other.ids:
            found["definitions"].append(f"{path}: outlines differ")
    if one.links != other.links:
        for symbol in sorted({*one.ids, *other.ids}):
            ours_edges, theirs_edges = _edges(one, symbol), _edges(other, symbol)
            if ours_edges != theirs_edges:
                found["edges"].append(f"{symbol}: {ours_edges} != {theirs_edges}")
        if one.links.unresolved() != other.links.unresolved():
            found["unresolved"].append(f"{path}: {one.links.unresolved()} != {other.links.unresolved()}")
    if one.keys != other.keys:
        theirs_keys = dict(zip(other.ids, other.keys, strict=True))
        for symbol, key in zip(one.ids, one.keys, strict=True):
            if (their_key := theirs_keys.get(symbol)) != key:
                found["keys"].append(f"{symbol}: {key.hex()} != {their_key.hex() if their_key else None}")


def _edges(view: FileView, symbol: str) -> list[str]:
    if symbol not in view.ids:
        return ["absent"]
    edges = view.links.dependencies(view.ids.index(symbol))
    return [f"{e.kind} {e.target} {e.confidence} {e.line}:{e.column}" for e in edges]


def _compare_lookups(left: Snapshot, right: Snapshot, found: Differences) -> None:
    if left.places != right.places:
        found["definitions"].append("the places of symbols differ")
    if left.names != right.names:
        found["definitions"].append("the names of symbols differ")
    if left.mentions != right.mentions:
        found["edges"].append("the mentions of symbols differ")
    if left.counts != right.counts:
        found["files"].append(f"counts: {left.counts} != {right.counts}")
