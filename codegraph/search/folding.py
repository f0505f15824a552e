"""Which of the ranked candidates are shown: those that fit, and of copies the best, the others folded beneath it.

Only candidates are looked at, the best first, until there are enough results. Whether one is a copy of another is
asked of the caller, and only where name and kind are equal: two functions that do nearly the same under different
names are two answers. The caller hears before what is likely to be asked, so that it looks it all up in one go. Pure.
Tests: tests/unit/search/test_search_folding.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from codegraph.core.symbols import SymbolId

MAX_CHECKED = 1_000
"""Candidates that are looked at for one query."""


class Copies(Protocol):
    """Knows which symbols of one name are copies of each other."""

    def expect(self, groups: Sequence[Sequence[SymbolId]]) -> None:
        """Hear what is likely to be asked: within each of these groups, all about all."""

    def is_copy(self, one: SymbolId, other: SymbolId) -> bool:
        """Whether the second repeats the first."""


class Chosen(NamedTuple):
    """Indices of candidates, the best first."""

    shown: list[int]
    folded: list[tuple[int, int]]
    """(the candidate, the shown one that it is a copy of)."""


def choose(
    order: Sequence[int],
    symbols: Sequence[SymbolId],
    name: Callable[[int], object],
    limit: int,
    fits: Callable[[SymbolId], bool] | None = None,
    copies: Copies | None = None,
) -> Chosen:
    """Choose at most `limit` candidates of those that fit; `name`, of a candidate: only equal ones can be copies."""
    shown: list[int] = []
    folded: list[tuple[int, int]] = []
    of_name: dict[object, list[int]] = {}
    if copies is not None and fits is None:
        copies.expect(_groups(order[:limit], symbols, name))
    for index in islice(order, MAX_CHECKED):
        if len(shown) == limit:
            break
        if fits is not None and not fits(symbols[index]):
            continue
        alike = of_name.setdefault(name(index), []) if copies is not None else []
        original = next(
            (best for best in alike if copies is not None and copies.is_copy(symbols[best], symbols[index])), None
        )
        if original is None:
            shown.append(index)
            alike.append(index)
        else:
            folded.append((index, original))
    return Chosen(shown, folded)


def _groups(order: Sequence[int], symbols: Sequence[SymbolId], name: Callable[[int], object]) -> list[list[SymbolId]]:
    """Return the candidates that share a name with another."""
    of_name: dict[object, list[SymbolId]] = {}
    for index in order:
        of_name.setdefault(name(index), []).append(symbols[index])
    return [group for group in of_name.values() if len(group) > 1]
