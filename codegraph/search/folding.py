"""Which of the ranked candidates are shown: those that fit, and of copies the best, the others folded beneath it.

Only candidates are looked at, the best first, until there are enough results. Whether one is a copy of another is
asked of the caller, and only where name and kind are equal: two functions that do nearly the same under different
names are two answers. Pure. Tests: tests/unit/search/test_search_folding.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from codegraph.core.symbols import SymbolId

MAX_CHECKED = 1_000
"""Candidates that are looked at for one query."""


class Chosen(NamedTuple):
    """Indices of candidates, the best first."""

    shown: list[int]
    folded: list[tuple[int, int]]
    """(the candidate, the shown one that it is a copy of)."""


def choose(
    order: Iterable[int],
    symbols: Sequence[SymbolId],
    names: Sequence[object],
    limit: int,
    fits: Callable[[SymbolId], bool] | None = None,
    is_copy: Callable[[SymbolId, SymbolId], bool] | None = None,
) -> Chosen:
    """Choose at most `limit` candidates of those that fit; `names`: only equal ones can belong to copies."""
    shown: list[int] = []
    folded: list[tuple[int, int]] = []
    of_name: dict[object, list[int]] = {}
    for checked, index in enumerate(order):
        if len(shown) == limit or checked == MAX_CHECKED:
            break
        if fits is not None and not fits(symbols[index]):
            continue
        alike = of_name.setdefault(names[index], [])
        original = next(
            (best for best in alike if is_copy is not None and is_copy(symbols[best], symbols[index])), None
        )
        if original is None:
            shown.append(index)
            alike.append(index)
        else:
            folded.append((index, original))
    return Chosen(shown, folded)
