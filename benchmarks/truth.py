"""Definitions and edges that an independent resolver found, and how ours are held against them.

A truth file is gzipped JSON: `files`, `defs` (rows: file, line, column, kind, name, qualified name, first line, last
line, container, tier, group), `edges` (rows: source, target, kind, line, in_header, in_value), `ctor` (constructor ->
class), and per definition the names that were `resolved_elsewhere` or stayed `unresolved`. Tiers: core, nested (inside
functions), module, namespace, value (variables, fields), objmember (members of object literals).

Two views of one source need not cut it alike, so an edge of ours is *right* if a true edge leads to the same group of
definitions (overloads, a class and its constructor) from the same definition or from one that may stand for it: the
container for names in a header, the value being defined, the function around a nested one. It is *unjudged* where the
resolver itself did not know the name, and left aside where it differs by overriding only, says that something mentions
itself, or leads to a variable or field, of which every tool keeps others. Everything else is *false*. Recall counts
distinct true edges to functions, types and modules.
Tests: tests/unit/benchmarks/test_bench_resolution.py.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

MAIN_KINDS = ("call", "inherit", "type", "reference", "decorator", "import", "override")
"""Kinds of true edges that recall is counted over."""
_TARGETS = frozenset({"core", "nested", "module", "namespace"})
_INSIDE = frozenset({"nested", "objmember", "value"})
_STANDING_IN = frozenset({"nested", "objmember", "value", "namespace"})
_CALLABLE = frozenset({"function", "method", "constructor", "destructor", "property", "getter", "setter", "operator"})
_RANK = {"core": 0, "nested": 1, "decl": 2, "objmember": 3, "value": 4, "macro": 4, "namespace": 5}


class Place(NamedTuple):
    """One end of an edge: line 0 is the whole file."""

    file: str
    line: int
    name: str


class Edge(NamedTuple):
    """An edge of ours; `kind` and `confidence` are only used for counting."""

    source: Place
    target: Place
    kind: str
    confidence: str


class TrueDefinition(NamedTuple):
    """A row of `defs`."""

    file: int
    line: int
    column: int
    kind: str
    name: str
    qualified: str
    first: int
    last: int
    container: int
    tier: str
    group: int


class Counts(msgspec.Struct):
    """What became of some edges of ours."""

    right: int = 0
    false: int = 0
    unjudged: int = 0
    aside: int = 0

    @property
    def precision(self) -> float:
        """The share of right ones among those that are right or false; 1 if there are none."""
        judged = self.right + self.false
        return self.right / judged if judged else 1.0


class Score(msgspec.Struct):
    """One project held against its truth."""

    edges: Counts
    by_confidence: dict[str, Counts]
    by_kind: dict[str, Counts]
    found: dict[str, int]
    """True edges that ours have, by kind of truth; `truth` is how many there are."""
    truth: dict[str, int]
    definition_precision: float = 0.0
    definition_recall: float = 0.0

    @property
    def recall(self) -> float:
        """The share of true edges of the main kinds that ours have."""
        return sum(self.found.values()) / max(1, sum(self.truth.values()))

    @property
    def definition_f1(self) -> float:
        """The harmonic mean of precision and recall of definitions."""
        total = self.definition_precision + self.definition_recall
        return 2 * self.definition_precision * self.definition_recall / total if total else 0.0


class Truth:
    """One truth file, indexed by place."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.files = {name: number for number, name in enumerate(data["files"])}
        self.language: str = data["language"]
        self.definitions = [TrueDefinition(*row) for row in data["defs"]]
        self._constructed: dict[int, int] = {int(inner): outer for inner, outer in data["ctor"].items() if outer >= 0}
        self._groups = self._joined_overloads()
        self._modules = {each.file: index for index, each in enumerate(self.definitions) if each.tier == "module"}
        self._headers: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._inner: dict[int, list[int]] = defaultdict(list)
        for index, each in enumerate(self.definitions):
            if each.tier != "module":
                self._inner[each.file].append(index)
                for line in range(min(each.first, each.line), each.line + 1):
                    self._headers[each.file, line].append(index)
        self.edges = [(row[0], self.group(row[1]), row[2], self._sources(row)) for row in data["edges"]]
        self._dead = {(file, line) for file, a, b in data.get("inactive", ()) for line in range(a, b + 1)}
        self._neutral = {tuple(each) for each in data.get("neutral_defs", ())}
        self._unknown = self._by_owner(data["unresolved"])

    @classmethod
    def read(cls, path: Path) -> Truth:
        """Read a file, or the `truth.json.gz` of a directory. Raises OSError and msgspec.DecodeError."""
        return cls(
            msgspec.json.decode(gzip.decompress((path / "truth.json.gz" if path.is_dir() else path).read_bytes()))
        )

    def group(self, index: int) -> int:
        """Return what stands for a definition as a target: the first of its group, a class for its constructor."""
        for each in (index, self._groups[index]):
            if each in self._constructed:
                return self._groups[self._constructed[each]]
        return self._groups[index]

    def score(self, edges: Iterable[Edge], symbols: Iterable[tuple[Place, str]] = ()) -> Score:
        """Hold edges, and definitions with their kinds, against the truth."""
        pairs: dict[tuple[int, int], list[Edge]] = defaultdict(list)
        for edge in edges:
            source, target = self._owner(edge.source), self._target(edge.target)
            if source is not None and target is not None:
                pairs[source, self.group(target)].append(edge)
        score = Score(edges=Counts(), by_confidence={}, by_kind={}, found={}, truth={})
        right = self._recall(score, pairs)
        judge = _Judge(self, right)
        for (source, target), ours in pairs.items():
            verdict = judge.verdict(source, target)
            _count(score.edges, verdict)
            _count(score.by_confidence.setdefault(_surest(ours), Counts()), verdict)
            for kind in dict.fromkeys(edge.kind for edge in ours):
                _count(score.by_kind.setdefault(kind, Counts()), verdict)
        self._definitions_of(score, symbols)
        return score

    def _recall(self, score: Score, pairs: Mapping[tuple[int, int], object]) -> set[tuple[int, int]]:
        """Count the true edges that ours have; return our pairs that are right."""
        right: set[tuple[int, int]] = set()
        seen: set[tuple[int, int, str]] = set()
        for source, target, kind, sources in self.edges:
            hits = [(each, target) for each in sources if (each, target) in pairs]
            right.update(hits)
            key = (self._groups[source], target, kind)
            itself = self._groups[source] == target and kind == "type"
            counted = kind in MAIN_KINDS and self.definitions[target].tier in _TARGETS
            if key not in seen and counted and not itself:
                score.truth[kind] = score.truth.get(kind, 0) + 1
                score.found[kind] = score.found.get(kind, 0) + bool(hits)
            seen.add(key)
        return right

    def _definitions_of(self, score: Score, symbols: Iterable[tuple[Place, str]]) -> None:
        wanted = {self._groups[at] for at, each in enumerate(self.definitions) if each.tier in ("core", "nested")}
        met: set[int] = set()
        matched = spurious = 0
        for place, kind in symbols:
            file = self.files.get(place.file, -1)
            if file < 0 or kind in ("module", "section") or not self._is_judged(file, place):
                continue
            named = [at for at in self._headers.get((file, place.line), ()) if self.definitions[at].name == place.name]
            met.update(self._groups[at] for at in named)
            if kind != "constant":
                matched, spurious = matched + bool(named), spurious + (not named)
        score.definition_recall = len(wanted & met) / max(1, len(wanted))
        score.definition_precision = matched / max(1, matched + spurious)

    def _is_judged(self, file: int, place: Place) -> bool:
        return (file, place.line) not in self._dead and (file, place.line, place.name) not in self._neutral

    def _target(self, place: Place) -> int | None:
        """Return the definition at a place; None where the truth has none or does not look."""
        file = self.files.get(place.file)
        if file is None or not self._is_judged(file, place):
            return None
        if not place.line:
            return self._modules[file]
        found = self._headers.get((file, place.line), [])
        named = [at for at in found if self.definitions[at].name == place.name]
        if not named and place.name and place.line == 1:
            return self._modules[file]
        rows = self.definitions
        return min(
            named or found,
            key=lambda at: (rows[at].line != place.line, _RANK.get(rows[at].tier, 9), rows[at].column, -rows[at].last),
            default=None,
        )

    def _owner(self, place: Place) -> int | None:
        """Return the definition that a place belongs to, the file itself if there is no other."""
        file = self.files.get(place.file)
        if file is None or not self._is_judged(file, place):
            return None
        if not place.line:
            return self._modules[file]
        rows = self.definitions
        found = [at for at in self._headers.get((file, place.line), ()) if rows[at].tier != "namespace"]
        named = [at for at in found if rows[at].name == place.name]
        if named or found:
            return min(named or found, key=lambda at: (_RANK.get(rows[at].tier, 9), rows[at].column, -rows[at].last))
        around = [
            at
            for at in self._inner[file]
            if rows[at].first <= place.line <= rows[at].last and rows[at].tier not in ("value", "namespace")
        ]
        return max(around, key=lambda at: (rows[at].first, at), default=self._modules[file])

    def _sources(self, row: tuple[int, int, str, int, int, int]) -> list[int]:
        """Return the definitions from which a tool may rightly draw a true edge."""
        source, _, _, _, in_header, in_value = row
        rows = self.definitions
        module = self._modules[rows[source].file]
        found = {source: None, self._groups[source]: None}
        while in_value >= 0 and rows[in_value].tier in ("value", "objmember"):
            found[in_value] = None
            in_value = rows[in_value].container
        above = rows[source].container
        if above >= 0 and (in_header or (row[5] >= 0 and above == module)):
            found[above] = None
        at = source
        while rows[at].tier in _STANDING_IN and rows[at].container >= 0:
            at = rows[at].container
            found[at] = None
        return list(found)

    def _by_owner(self, rows: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
        """Return the names per definition; those of an inner one are its containers' as well."""
        found: dict[int, set[str]] = defaultdict(set)
        for owner, name in rows:
            found[owner].add(name)
            while self.definitions[owner].tier in _INSIDE and self.definitions[owner].container >= 0:
                owner = self.definitions[owner].container
                found[owner].add(name)
        return found

    def names_unknown(self, owner: int) -> set[str]:
        """Return the names that the resolver could not resolve."""
        return self._unknown.get(owner, set())

    def module_of(self, index: int) -> int:
        """Return the file of a definition."""
        return self._modules[self.definitions[index].file]

    def _joined_overloads(self) -> list[int]:
        """Return the group of each definition, callables of one qualified name in one file being one."""
        groups = [each.group for each in self.definitions]
        first: dict[tuple[int, str], int] = {}
        for index, each in enumerate(self.definitions):
            if each.kind in _CALLABLE:
                head = self.definitions[each.group]
                groups[index] = first.setdefault((head.file, head.qualified), each.group)
        return groups


class _Judge:
    """Says of one pair what it is, given the pairs that are right."""

    def __init__(self, truth: Truth, right: set[tuple[int, int]]) -> None:
        self._truth = truth
        self._right = right
        self._targets: dict[int, set[int]] = defaultdict(set)
        self._overriding: dict[int, set[int]] = defaultdict(set)
        for source, target, kind, sources in truth.edges:
            for each in sources:
                self._targets[each].add(target)
            if kind in ("override", "implement"):
                self._overriding[truth.group(source)].add(target)
                self._overriding[target].add(truth.group(source))

    def verdict(self, source: int, target: int) -> str:
        """Return right, false, unjudged or aside."""
        truth = self._truth
        if truth.definitions[target].tier not in _TARGETS:
            return "aside"
        if (source, target) in self._right:
            return "right"
        if target in (source, truth.module_of(source)) or self._differs_by_overriding(source, target):
            return "aside"
        name = truth.definitions[target].name
        if any(truth.definitions[each].name == name for each in self._targets[source]):
            return "false"
        return "unjudged" if name in truth.names_unknown(source) else "false"

    def _differs_by_overriding(self, source: int, target: int) -> bool:
        related = {target}
        waiting = [target]
        while waiting:
            new = self._overriding.get(waiting.pop(), set()) - related
            related |= new
            waiting.extend(sorted(new))
        return self._truth.group(source) in related or bool((related - {target}) & self._targets[source])


def _count(counts: Counts, verdict: str) -> None:
    setattr(counts, verdict, getattr(counts, verdict) + 1)


def _surest(edges: Iterable[Edge]) -> str:
    levels = [edge.confidence for edge in edges]
    return min(levels, key=lambda level: ("exact", "inferred", "ambiguous").index(level) if level else 0)
