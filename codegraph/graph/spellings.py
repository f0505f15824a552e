"""How names and paths are spelled: those of a project by first letter and length, for whoever knows only part of one.

A look through all names, and all files for what they are called by, is work in proportion to the project. Here a name's
first letter, length or a part of it lead to the names that may be meant, at a million symbols in a few milliseconds;
`Snapshot.names` leads on to symbols. Beside the names stand the namespaces that files declare, because qualified names
begin with them. Immutable: `changed` makes the next state out of what came and went.
Tests: tests/unit/graph/test_graph_spellings.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from immutables import Map

_LINE = "\n"


class _Bucket(NamedTuple):
    """Names with one first letter, whatever its case, and one length."""

    names: tuple[str, ...]
    """Ascending."""
    folded: str
    """The names in lower case, one a line: one search looks through all of them."""

    @classmethod
    def of(cls, names: Iterable[str]) -> _Bucket:
        ascending = tuple(sorted(names))
        return cls(ascending, _LINE.join(ascending).lower())


class Spellings:
    """All names, each once."""

    __slots__ = ("_buckets",)

    def __init__(self, buckets: Map[tuple[str, int], _Bucket]) -> None:
        """Use `of` or `changed`."""
        self._buckets = buckets

    @classmethod
    def of(cls, names: Iterable[str]) -> Spellings:
        """Take in names, distinct ones."""
        gathered: dict[tuple[str, int], list[str]] = {}
        for name in names:
            gathered.setdefault(_place_of(name), []).append(name)
        return cls(Map({place: _Bucket.of(several) for place, several in gathered.items()}))

    def changed(self, gone: Iterable[str], come: Iterable[str]) -> Spellings:
        """Return the spellings after some names went, which are all there, and others came, which are not."""
        differences: dict[tuple[str, int], tuple[set[str], set[str]]] = {}
        for which, names in enumerate((gone, come)):
            for name in names:
                differences.setdefault(_place_of(name), (set(), set()))[which].add(name)
        buckets = self._buckets.mutate()
        for place, (lost, new) in differences.items():
            before = buckets.get(place)
            names = (set(before.names) if before is not None else set()) - lost | new
            if names:
                buckets[place] = _Bucket.of(names)
            else:
                del buckets[place]
        return Spellings(buckets.finish())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spellings) and self._buckets == other._buckets

    __hash__ = None  # type: ignore[assignment]  # compared by value, like the maps beside it

    def near(self, name: str, slack: int) -> Iterator[str]:
        """Yield the names with the same first letter, in whatever case, and nearly the same length."""
        for length in range(max(len(name) - slack, 0), len(name) + slack + 1):
            bucket = self._buckets.get((name[:1].lower(), length))
            if bucket is not None:
                yield from bucket.names

    def beginning(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with a text, in this case."""
        first, wanted = prefix[:1].lower(), prefix.lower()
        for (letter, length), bucket in self._buckets.items():
            if letter == first and length >= len(prefix) and wanted in bucket.folded:
                yield from (name for name in bucket.names if name.startswith(prefix))

    def holding(self, part: str) -> Iterator[str]:
        """Yield the names that hold a text, in whatever case."""
        wanted = part.lower()
        for bucket in self._buckets.values():
            if wanted in bucket.folded:
                yield from (name for name in bucket.names if wanted in name.lower())


def _place_of(name: str) -> tuple[str, int]:
    return name[:1].lower(), len(name)
