"""What may be thrown away: marking is the caller's, this decides what of the unmarked goes.

An *orphan* is stored, and nothing that lives refers to it: the vector of a key that no symbol wants
or is served, the facts of bytes that no file has. Most orphans are the other side of a branch switch
or of an undo, so the latest of them are kept, up to a number of bytes: going back then costs nothing.
Which are the latest is known by the revision at which each was let go. Pure functions.
Tests: tests/unit/store/test_store_gc.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from codegraph.store.schema import StoreStatistics

ORPHAN_BYTES = 134_217_728
"""Kept for the way back unless the caller says otherwise: facts and vectors of some 50,000 symbols."""

_COMPACT_FROM_BYTES = 67_108_864


class Orphan(NamedTuple):
    """Something that nothing refers to; ordered by age."""

    revision: int
    """When it was let go; 0 if nobody ever referred to it."""
    kind: bytes
    """FACTS or VECTOR."""
    key: bytes
    size: int
    """Bytes of its values."""


FACTS = b"f"
VECTOR = b"v"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a collection removed and kept. Sizes in bytes of values."""

    vectors: int = 0
    facts: int = 0
    bytes: int = 0
    kept_orphans: int = 0
    kept_bytes: int = 0


def choose_doomed(orphans: Iterable[Orphan], budget: int) -> tuple[list[Orphan], list[Orphan]]:
    """Split orphans into those to remove and those to keep, oldest first; the kept fill at most `budget` bytes.

    From the first that does not fit on, everything older goes too: age alone decides.
    """
    by_age = sorted(orphans)
    filled = 0
    for index in range(len(by_age) - 1, -1, -1):
        filled += by_age[index].size
        if filled > budget:
            return by_age[: index + 1], by_age[index + 1 :]
    return [], by_age


def tally(doomed: Iterable[Orphan], kept: Iterable[Orphan]) -> Swept:
    """Count a collection."""
    doomed, kept = list(doomed), list(kept)
    return Swept(
        vectors=sum(orphan.kind == VECTOR for orphan in doomed),
        facts=sum(orphan.kind == FACTS for orphan in doomed),
        bytes=sum(orphan.size for orphan in doomed),
        kept_orphans=len(kept),
        kept_bytes=sum(orphan.size for orphan in kept),
    )


def compaction_is_due(statistics: StoreStatistics) -> bool:
    """Tell whether a compaction would give back more than half of a file that is not small."""
    free = statistics.file_bytes - statistics.used_bytes
    return free > _COMPACT_FROM_BYTES and free > statistics.used_bytes
