"""Segments as the writer of the lexical index sees them: with marks for what is dead, and when they are merged.

Tests: tests/unit/search/test_search_lexical.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codegraph.search.segment import Mask, Segment, dead_documents
from codegraph.search.segment_file import StoredSegment

DEAD_SHARE = 0.25
"""A stored segment with a larger share of dead documents is rewritten by the next flush."""


class Entry:
    """A segment with the writer's marks; `dead` is replaced, never changed."""

    def __init__(self, segment: Segment, file: str = "", dead: Mask | None = None) -> None:
        """`file`: where it is stored, "" if it is in memory only; `dead`: per path."""
        self.segment = segment
        self.file = file
        self.dead = dead
        """Per path; None when all are alive."""
        self.dead_documents: Mask | None = None if dead is None else dead_documents(segment, dead)

    def bury(self, paths: Sequence[int]) -> None:
        """Mark some of its paths dead, by their places."""
        marks = np.zeros(len(self.segment.paths), dtype=np.bool_) if self.dead is None else self.dead.copy()
        marks[list(paths)] = True
        self.dead = marks
        self.dead_documents = dead_documents(self.segment, marks)

    @property
    def is_dead(self) -> bool:
        """No path is alive."""
        return self.dead is not None and bool(self.dead.all())

    @property
    def live(self) -> int:
        """Live documents."""
        gone = 0 if self.dead_documents is None else int(np.count_nonzero(self.dead_documents))
        return self.segment.documents - gone


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """An entry as a flush found it."""

    entry: Entry
    dead: Mask | None
    live: int

    @classmethod
    def of(cls, entry: Entry) -> Frozen:
        """Take an entry as it is."""
        return cls(entry, entry.dead, entry.live)

    @property
    def dead_share(self) -> float:
        """The share of its documents that are dead."""
        return 1 - self.live / max(1, self.entry.segment.documents)

    def stored(self) -> StoredSegment:
        """Return how a manifest names it."""
        return StoredSegment(self.entry.file, () if self.dead is None else tuple(np.flatnonzero(self.dead).tolist()))


def to_rewrite(frozen: Sequence[Frozen]) -> list[Frozen]:
    """Choose what a flush merges: all that is not on disk, the half dead, and the stored ones that it outgrows.

    A stored one is outgrown by what is chosen together with all smaller ones, if it is at most twice as large: so after
    each flush sizes at least double, also when segments were left unmerged before.
    """
    chosen = [one for one in frozen if not one.entry.file or one.dead_share > DEAD_SHARE]
    rest = sorted((one for one in frozen if one not in chosen), key=lambda one: one.live)
    together, outgrown = sum(one.live for one in chosen), 0
    for place, one in enumerate(rest):
        if one.live <= 2 * together:
            outgrown = place + 1
        together += one.live
    return [*chosen, *rest[:outgrown]]
