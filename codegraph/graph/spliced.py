"""Puts the links of a file together of those that it had and those of the definitions that were linked again.

The rows of packed links stand by definition, so those of the others are taken over as they are, with their lines moved;
targets and names are numbered again in the order of their first mention, as packing the whole file numbers them.

Lines move by a map that is the same for the whole file (`moved_lines`); a row whose line the map does not know says
that something was overlooked, and there is no result. Tests: tests/unit/graph/test_graph_relink.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from codegraph.graph.stored import PackedLinks

Numbers: TypeAlias = npt.NDArray[np.uint32]
Lines: TypeAlias = npt.NDArray[np.int64]
Definitions: TypeAlias = npt.NDArray[np.bool_]
_NUMBER = np.dtype("<u4")
_Name = TypeVar("_Name", bound=str)
UNKNOWN = -1


def moved_lines(before: Lines, now: Lines) -> Lines | None:
    """Return for each line where it is now, UNKNOWN where that is not said.

    `before` and `now`: the lines of the same mentions. None unless what is on one line stays on one, and in order.
    """
    lines = np.full(int(before.max(initial=0)) + 1, UNKNOWN, np.int64)
    lines[before] = now
    known = lines[lines != UNKNOWN]
    return lines if (lines[before] == now).all() and (np.diff(known) > 0).all() else None


def spliced(before: PackedLinks, now: PackedLinks, again: Definitions, lines: Lines | None) -> PackedLinks | None:
    """Return the links of `now` for the definitions `again`, those of `before` for all others.

    `lines`: where lines have moved, None if they have not. None if a line is not known.
    """
    starts = np.frombuffer(before.starts, _NUMBER), np.frombuffer(now.starts, _NUMBER)
    counts = [np.diff(each) for each in starts]
    owned = [np.repeat(np.arange(len(again)), each) for each in counts]
    edges = _joined(_rows(before.edges, 4), _rows(now.edges, 4), owned, again, (0, 2), len(before.targets), lines)
    misses = _rows(before.misses, 5), _rows(now.misses, 5)
    missing = [each[:, 0] for each in misses]
    missed = _joined(*misses, missing, again, (1, 3), len(before.names), lines)
    if edges is None or missed is None:
        return None
    targets = _numbered_again(edges, 0, (*before.targets, *now.targets))
    names = _numbered_again(missed, 1, (*before.names, *now.names))
    lengths = np.where(again, counts[1], counts[0])
    ends = np.concatenate(([0], np.cumsum(lengths))).astype(_NUMBER)
    return PackedLinks(targets, ends.tobytes(), edges.tobytes(), names, missed.tobytes())


def _rows(data: bytes, width: int) -> Numbers:
    return np.frombuffer(data, _NUMBER).reshape(-1, width)


def _joined(
    before: Numbers,
    now: Numbers,
    owners: Sequence[npt.NDArray[np.integer]],
    again: Definitions,
    columns: tuple[int, int],
    more: int,
    lines: Lines | None,
) -> Numbers | None:
    """Join rows by owner; `columns`: of a number, which is larger by `more` in the new rows, and of a line."""
    number, line = columns
    kept = ~again[owners[0]]
    old, new = before[kept], now[again[owners[1]]].copy()
    new[:, number] += more
    if lines is not None and len(old):
        places = old[:, line]
        if int(places.max()) >= len(lines) or (lines[places] == UNKNOWN).any():
            return None
        old = old.copy()
        old[:, line] = lines[places]
    order = np.argsort(np.concatenate((owners[0][kept], owners[1][again[owners[1]]])), kind="stable")
    return np.concatenate((old, new))[order]


def _numbered_again(rows: Numbers, column: int, names: Sequence[_Name]) -> tuple[_Name, ...]:
    """Number the names in a column in the order of their first mention; return them in that order."""
    present, inverse = np.unique(rows[:, column], return_inverse=True)
    numbers: dict[_Name, int] = {}
    first = np.full(len(present), len(rows), np.int64)
    np.minimum.at(first, inverse, np.arange(len(rows)))
    renumbered = np.zeros(len(present), np.uint32)
    for at in np.argsort(first, kind="stable").tolist():
        renumbered[at] = numbers.setdefault(names[present[at]], len(numbers))
    rows[:, column] = renumbered[inverse]
    return tuple(numbers)
