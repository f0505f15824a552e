"""Groups of clones among the definitions of a project: the whole is computed from fingerprints, anew each time.

Terms. A *unit* is a definition with all that lies in it: a class with its methods, a module with everything. Two
units are *exact* clones if all their canonical tokens are equal, *renamed* if they are so after a consistent
renaming within each definition and whatever the literals are, *near* if their sets of shingles have a Jaccard
similarity of at least the threshold, *semantic*, functions only and only if asked for, if their mentions have
(`fingerprints` has the details). In a *group* every two members are clones of
each other: near groups grow, the most similar pair first, only while that holds for all of their members (complete
linkage), so no group is a chain whose ends have nothing in common. A unit is in one group at most, and the
group's kind is that of its loosest pair.

A group is left out where each of its members lies within a member of one and the same other group: the methods of
two equal classes are not told a second time. Units that are nothing but literals in a row have the shape of every
other such unit; they can be exact clones only. Modules are never near: files that have much in common are told by
the definitions that they have in common.

The result depends on the set of files and on nothing else: neither on their order nor on how they came to be.
Pure. Tests: tests/unit/search/test_search_clones.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from codegraph.core.digests import digest
from codegraph.core.facts import Definition
from codegraph.core.symbols import CALLABLE_KINDS, CloneKind
from codegraph.search.distinct import distinct
from codegraph.search.fingerprints import Fingerprints, Hashes
from codegraph.search.overlap import overlapping
from codegraph.search.supporting import is_supporting

USUAL_KINDS = frozenset(CloneKind) - {CloneKind.SEMANTIC}

MIN_MENTIONS = 6
"""Functions with fewer have too little to tell by."""

MIN_NAMES = 4
"""Two functions that share fewer different names have too little in common."""

MOST_GROWN = 2.0
"""A semantic clone has at most so many times the tokens of the other."""

_KINDS = tuple(CloneKind)
"""The closest first."""


@dataclass(frozen=True, slots=True)
class CloneBounds:
    """What counts as a clone."""

    kinds: frozenset[CloneKind] = USUAL_KINDS
    """Kinds of the groups that are wanted."""
    threshold: float = 0.7
    """Of near and semantic clones: the least similarity of any two in a group, above 0 and at most 1."""
    min_lines: int = 6
    min_tokens: int = 50
    """Smaller units are left out."""


class FileUnits(NamedTuple):
    """What is looked at of one file."""

    path: str
    definitions: Sequence[Definition]
    fingerprints: Fingerprints


class Clone(NamedTuple):
    """One member of a group."""

    path: str
    definition: int
    """Its index in the file."""
    kind: CloneKind
    """What it is to the group's first member; the first is exact."""


@dataclass(frozen=True, slots=True)
class CloneGroup:
    """Clones of each other."""

    kind: CloneKind
    """The loosest among its pairs."""
    similarity: float
    """The lowest among its near and semantic pairs; 1 if there is none."""
    tokens: int
    """Of its smallest member."""
    members: tuple[Clone, ...]
    """By path and position."""


@dataclass(frozen=True, slots=True)
class Clones:
    """All groups, those with the most to save first, ties by path and position; those of tests alone come last."""

    groups: tuple[CloneGroup, ...]
    complete: bool
    """False: there were so many similar units that not all were compared."""


class _Unit(NamedTuple):
    file: FileUnits
    definition: int
    tokens: int
    exact: bytes
    renamed: bytes
    """Equal to `exact` where a renaming says nothing."""
    shingles: Hashes

    @property
    def place(self) -> tuple[str, int]:
        """File and definition."""
        return self.file.path, self.definition

    @property
    def around(self) -> list[tuple[str, int]]:
        """The places of the definitions around it."""
        found, index = [], self.definition
        while (index := self.file.definitions[index].container) >= 0:
            found.append((self.file.path, index))
        return found


class _Cluster:
    """A set of units, by their numbers, any two of which are clones."""

    __slots__ = ("similarity", "units")

    def __init__(self, units: list[int]) -> None:
        self.units = units
        self.similarity = 1.0


def find_clones(files: Iterable[FileUnits], bounds: CloneBounds) -> Clones:
    """Find the groups. Raises ValueError for a threshold that is none."""
    if not 0 < bounds.threshold <= 1:
        raise ValueError(f"a similarity lies above 0 and does not exceed 1; {bounds.threshold} does not")
    units = [unit for file in sorted(files, key=lambda file: file.path) for unit in _units(file, bounds)]
    exact_only = bounds.kinds <= {CloneKind.EXACT}
    clusters = _equal([unit.exact if exact_only else unit.renamed for unit in units])
    complete = True
    if bounds.kinds & {CloneKind.NEAR, CloneKind.SEMANTIC}:
        complete = _merge(units, clusters, [unit.shingles for unit in units], bounds.threshold)
    near = [cluster.units[0] for cluster in clusters]
    if CloneKind.SEMANTIC in bounds.kinds:
        complete &= _merge(units, clusters, list(map(_mentions, units)), bounds.threshold, _does_the_same)
    several = {id(cluster): cluster for cluster in clusters if len(cluster.units) > 1}
    found = [_group(units, cluster, near) for cluster in several.values()]
    wanted = _outermost(units, [group for group in found if group.kind in bounds.kinds])
    wanted.sort(key=_order)
    return Clones(tuple(wanted), complete)


def _order(group: CloneGroup) -> tuple[bool, int, str, int]:
    """Put groups first whose repetition is most, those of tests alone behind all others."""
    only_tests = all(is_supporting(member.path) for member in group.members)
    first = group.members[0]
    return only_tests, -(len(group.members) - 1) * group.tokens, first.path, first.definition


def _units(file: FileUnits, bounds: CloneBounds) -> list[_Unit]:
    """Return the units of a file that are large enough, in source order."""
    prints, definitions = file.fingerprints, file.definitions
    tokens, exact, renamed = list(prints.tokens), list(prints.exact), list(prints.renamed)
    children: dict[int, list[int]] = {}
    for index, definition in enumerate(definitions):
        if definition.container >= 0:
            children.setdefault(definition.container, []).append(index)
    for index in _innermost_first(definitions, children):
        inner = children[index]
        tokens[index] += sum([tokens[child] for child in inner])
        exact[index] = digest(b"".join([exact[index], *(exact[child] for child in inner)]))
        renamed[index] = digest(b"".join([renamed[index], *(renamed[child] for child in inner)]))
    units: list[_Unit] = []
    starts = prints.starts.tolist()
    for index, definition in enumerate(definitions):
        extent = definition.range
        if tokens[index] < bounds.min_tokens or extent.end_line - extent.start_line + 1 < bounds.min_lines:
            continue
        if index:
            alone = index not in children
            shingles = (
                prints.shingles[starts[index] : starts[index + 1]] if alone else _together(prints, children, index)
            )
            count = len(shingles)
        else:
            shingles, count = prints.shingles[:0], len(prints.shingles)  # a module's are counted, not compared
        telling = 2 * count >= min(tokens[index], bounds.min_tokens)
        units.append(
            _Unit(
                file,
                index,
                tokens[index],
                exact[index],
                renamed[index] if telling else exact[index],
                shingles if telling else shingles[:0],
            )
        )
    return units


def _together(prints: Fingerprints, children: Mapping[int, Sequence[int]], index: int) -> Hashes:
    """Return the shingles of a definition and of all that lies in it."""
    inside = [index]
    for each in inside:
        inside += children.get(each, ())
    return distinct(np.concatenate([prints.shingles_of(each) for each in inside]))


def _innermost_first(definitions: Sequence[Definition], children: Mapping[int, Sequence[int]]) -> list[int]:
    """Order the definitions in which others lie so that what lies in one comes before it."""
    order = [index for index, definition in enumerate(definitions) if definition.container < 0]
    for index in order:
        order += children.get(index, ())
    return [index for index in reversed(order) if index in children]


def _equal(readings: Sequence[bytes]) -> list[_Cluster]:
    """Put units with equal readings together; return the cluster of each."""
    clusters: dict[bytes, _Cluster] = {}
    for number, reading in enumerate(readings):
        cluster = clusters.get(reading)
        if cluster is None:
            clusters[reading] = _Cluster([number])
        else:
            cluster.units.append(number)
    return [clusters[reading] for reading in readings]


def _mentions(unit: _Unit) -> Hashes:
    """Return what a function mentions, nothing for other units and where that is too little."""
    found = unit.file.fingerprints.mentions_of(unit.definition)
    is_callable = unit.file.definitions[unit.definition].kind in CALLABLE_KINDS
    return found if is_callable and len(found) >= MIN_MENTIONS else found[:0]


def _does_the_same(one: _Unit, other: _Unit) -> bool:
    """Whether two units that mention the same mention enough different names, and one is not much longer."""
    sizes = sorted((one.tokens, other.tokens))
    common = np.intersect1d(_mentions(one), _mentions(other), assume_unique=True)
    names = int(np.count_nonzero(common & 1))
    return names >= MIN_NAMES and sizes[1] <= MOST_GROWN * sizes[0]


def _merge(
    units: Sequence[_Unit],
    clusters: list[_Cluster],
    sets: Sequence[Hashes],
    threshold: float,
    alike: Callable[[_Unit, _Unit], bool] = lambda _one, _other: True,
) -> bool:
    """Merge clusters all of whose units have sets near each other, the most similar first; say if all were compared.

    Two clusters are merged only for the sake of two units that are `alike`.
    """
    samples: dict[bytes, int] = {}
    sample_of = [
        number if len(cluster.units) == 1 else samples.setdefault(unit.renamed + one.tobytes(), number)
        for number, (unit, cluster, one) in enumerate(zip(units, clusters, sets, strict=True))
    ]
    numbers = [number for number, sample in enumerate(sample_of) if number == sample and len(sets[number])]
    pairs = overlapping([sets[number] for number in numbers], threshold)
    order = np.lexsort((pairs.second, pairs.first, -pairs.similarity)).tolist()
    first, second, values = pairs.first.tolist(), pairs.second.tolist(), pairs.similarity.tolist()
    similarity = {(numbers[first[at]], numbers[second[at]]): values[at] for at in order}
    for one, other in similarity:
        left, right = clusters[one], clusters[other]
        if left is right or not alike(units[one], units[other]):
            continue
        lowest = _lowest(similarity, left, right, sample_of)
        if lowest is None or _nested(units, left, right):
            continue
        left.similarity = min(left.similarity, right.similarity, lowest)
        left.units += right.units
        for number in right.units:
            clusters[number] = left
    return pairs.complete


def _lowest(
    similarity: dict[tuple[int, int], float], left: _Cluster, right: _Cluster, sample_of: Sequence[int]
) -> float | None:
    """Return the lowest similarity between two clusters; None if two of their units are not near each other."""
    ones, others = (dict.fromkeys(sample_of[number] for number in cluster.units) for cluster in (left, right))
    lowest = 1.0
    for one in ones:
        for other in others:
            found = similarity.get((one, other) if one < other else (other, one))
            if found is None:
                return None
            lowest = min(lowest, found)
    return lowest


def _nested(units: Sequence[_Unit], left: _Cluster, right: _Cluster) -> bool:
    """Whether a unit of one cluster lies in a unit of the other."""
    places = {units[number].place for number in left.units + right.units}
    return any(not places.isdisjoint(units[number].around) for number in left.units + right.units)


def _group(units: Sequence[_Unit], cluster: _Cluster, near: Sequence[int]) -> CloneGroup:
    """Make a group of a cluster; `near` has equal numbers for units that are near at least."""
    members = sorted(cluster.units)
    first = units[members[0]]
    relations = [_relation(first, units[number], near[number] == near[members[0]]) for number in members]
    kind = max(relations, key=_KINDS.index)
    similarity = cluster.similarity if kind in (CloneKind.NEAR, CloneKind.SEMANTIC) else 1.0
    shown = tuple(Clone(*units[number].place, relation) for number, relation in zip(members, relations, strict=True))
    return CloneGroup(kind, similarity, min(units[number].tokens for number in members), shown)


def _relation(first: _Unit, unit: _Unit, is_near: bool) -> CloneKind:
    if unit.exact == first.exact:
        return CloneKind.EXACT
    if unit.renamed == first.renamed:
        return CloneKind.RENAMED
    return CloneKind.NEAR if is_near else CloneKind.SEMANTIC


def _outermost(units: Sequence[_Unit], groups: Sequence[CloneGroup]) -> list[CloneGroup]:
    """Leave out the groups all of whose members lie within members of one other group."""
    group_of = {member[:2]: number for number, group in enumerate(groups) for member in group.members}
    units_at = {unit.place: unit for unit in units}
    kept = []
    for group in groups:
        around = [
            {group_of[place] for place in units_at[member[:2]].around if place in group_of} for member in group.members
        ]
        if not set.intersection(*around):
            kept.append(group)
    return kept
