"""Scopes smaller than definitions: names that a lambda or a comprehension binds for itself.

What such a name stands for is known where it is mentioned, or it is known that nothing is: the facts have the value's
chain in its place. Scopes nest. A *hole* belongs to the scope around: the first iterable of a comprehension.
Tests: tests/unit/graph/test_graph_python_scopes.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codegraph.core.facts import Chain


class InnerScope(NamedTuple):
    """One of them. Offsets are bytes."""

    start: int
    end: int
    hole: tuple[int, int]
    is_function: bool
    """Names that are assigned inside are its own: a lambda."""
    names: dict[str, Chain]
    """Name -> what it stands for, () where that is unknown."""


class InnerScopes:
    """All of one file, in order of their starts."""

    __slots__ = ("_around", "_scopes", "_starts", "names")

    def __init__(self, scopes: Sequence[InnerScope] = ()) -> None:
        self._scopes = scopes
        self._starts = [each.start for each in scopes]
        self._around: list[int] = []
        self.names: set[str] = set()
        """All names that one of them binds."""
        open_: list[int] = []
        for index, each in enumerate(scopes):
            while open_ and scopes[open_[-1]].end <= each.start:
                open_.pop()
            self._around.append(open_[-1] if open_ else -1)
            open_.append(index)

    def __len__(self) -> int:
        return len(self._scopes)

    def bind(self, scope: InnerScope, name: str, chain: Chain) -> None:
        """Let one of the scopes bind a name."""
        self.names.add(name)
        scope.names[name] = chain

    def find(self, name: str, offset: int) -> Chain | None:
        """Return what a name stands for at an offset; None if no inner scope around binds it."""
        return next((each.names[name] for each in self._open_at(offset) if name in each.names), None)

    def around(self, offset: int, *, only_functions: bool = False) -> InnerScope | None:
        """Return the innermost scope around an offset."""
        return next((each for each in self._open_at(offset) if each.is_function or not only_functions), None)

    def _open_at(self, offset: int) -> Iterator[InnerScope]:
        """Walk the scopes around an offset, the innermost first."""
        at = bisect_right(self._starts, offset) - 1
        while at >= 0:
            scope = self._scopes[at]
            if offset < scope.end and not scope.hole[0] <= offset < scope.hole[1]:
                yield scope
            at = self._around[at]
