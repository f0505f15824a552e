"""How two indexes differ: what `codegraph verify` prints, and what the tests mean by "equal".

Compared are files, definitions, edges with their positions and confidence, unresolved references and
keys; the clocks are not. Tests: tests/unit/graph/test_graph_compare.py, tests/model/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypedDict

from codegraph.core.changes import Unresolved
from codegraph.core.facts import Definition
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


def snapshot_differences(left: Snapshot, right: Snapshot, names: tuple[str, str] = ("left", "right")) -> Differences:
    """Compare two snapshots, which the lines call by these names."""
    found = Differences(files=[], definitions=[], edges=[], unresolved=[], keys=[])
    for path in sorted({*left.files, *right.files}):
        one, other = left.files.get(path), right.files.get(path)
        if one is None or other is None:
            found["files"].append(f"{path}: only in the {names[one is None]}")
            continue
        if one.blob != other.blob:
            found["files"].append(f"{path}: blob {one.blob.hex()} != {other.blob.hex()}")
        _compare(path, one, other, names, found)
    found["keys"] += [f"{symbol}: not computed yet" for symbol in sorted({*left.unkeyed, *right.unkeyed})]
    _compare_lookups(left, right, found)
    return found


def is_equal(found: Differences) -> bool:
    """Say whether there is no difference at all."""
    return not any(found.values())


def _compare(path: str, one: FileView, other: FileView, names: tuple[str, str], found: Differences) -> None:
    if one.outline != other.outline:
        found["definitions"] += _definitions(one, other, names)
        if one.outline.problems != other.outline.problems or one.ids != other.ids:
            found["definitions"].append(f"{path}: the problems, or the order of definitions, differ")
    if one.links != other.links:
        for symbol in sorted({*one.ids, *other.ids}):
            found["edges"] += _only_in_one(symbol, _edges(one, symbol), _edges(other, symbol), names)
        ours, theirs = (list(map(_reference, view.links.unresolved())) for view in (one, other))
        found["unresolved"] += _only_in_one(path, ours, theirs, names)
    if one.keys != other.keys:
        theirs_keys = dict(zip(other.ids, other.keys, strict=True))
        for symbol, key in zip(one.ids, one.keys, strict=True):
            if (their_key := theirs_keys.get(symbol)) != key:
                found["keys"].append(f"{symbol}: {key.hex()} != {their_key.hex() if their_key else None}")


def _definitions(one: FileView, other: FileView, names: tuple[str, str]) -> Iterator[str]:
    """Say which definitions only one of them has, and which fields of the others differ."""
    ours, theirs = (dict(zip(view.ids, view.outline.definitions, strict=True)) for view in (one, other))
    for symbol in sorted({*ours, *theirs}):
        mine, its = ours.get(symbol), theirs.get(symbol)
        if mine is None or its is None:
            yield f"{symbol}: only in the {names[mine is None]}"
        else:
            for name in Definition.__struct_fields__:
                if (value := getattr(mine, name)) != (other_value := getattr(its, name)):
                    yield f"{symbol}: {name} {value!r} != {other_value!r}"


def _only_in_one(subject: str, ours: list[str], theirs: list[str], names: tuple[str, str]) -> list[str]:
    """Say what only one of two lists has; that their orders differ, if that is all."""
    lines = []
    for name, extra in zip(names, (Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)), strict=True):
        lines += [f"{subject}: only in the {name}: {each}" for each in extra.elements()]
    return lines or ([f"{subject}: in another order"] if ours != theirs else [])


def _edges(view: FileView, symbol: str) -> list[str]:
    if symbol not in view.ids:
        return []
    edges = view.links.dependencies(view.ids.index(symbol))
    return [f"{e.kind} {e.target} {e.confidence} {e.line}:{e.column}" for e in edges]


def _reference(miss: Unresolved) -> str:
    return f"{miss.reason} {miss.role.name.lower()} {miss.name} {miss.line}:{miss.column} in definition {miss.owner}"


def _compare_lookups(left: Snapshot, right: Snapshot, found: Differences) -> None:
    if left.places != right.places:
        found["definitions"].append("the places of symbols differ")
    if left.names != right.names or left.spellings != right.spellings or left.namespaces != right.namespaces:
        found["definitions"].append("the names of symbols differ")
    if left.mentions != right.mentions:
        found["edges"].append("the mentions of symbols differ")
    if left.paths != right.paths:
        found["files"].append("the paths differ")
    if left.counts != right.counts:
        found["files"].append(f"counts: {left.counts} != {right.counts}")
