"""Where symbols stand, read off their identifiers instead of being kept.

A symbol's identifier begins with the path of its file (`core.symbols`), so a table from symbols to places would
say again what the files say already: at 130,000 symbols it took 25 MB, and a quarter of a second of every start.
`Places` is a mapping over the file views of one snapshot; it costs nothing to make. A descriptor may hold a
slash in backticks, so the longest path that is a file and has the symbol counts.
Tests: tests/unit/graph/test_graph_snapshot.py, test_graph_places.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from codegraph.core.symbols import SymbolId


class HasSymbols(Protocol):
    """A file of a snapshot."""

    @property
    def ids(self) -> tuple[SymbolId, ...]:
        """Its symbols, in source order."""

    @property
    def indices(self) -> Mapping[SymbolId, int]:
        """The index of each among them."""


class Places(Mapping[SymbolId, tuple[str, int]]):
    """Symbol -> (path, index among the file's definitions)."""

    __slots__ = ("_count", "_files")

    def __init__(self, files: Mapping[str, HasSymbols], count: int) -> None:
        """Read the places off `files`, which have `count` symbols in all."""
        self._files = files
        self._count = count

    def find(self, symbol: SymbolId) -> tuple[str, int] | None:
        """Return the place, None if the symbol is not there."""
        end = symbol.rfind("/")
        while end >= 0:
            path = symbol[:end]
            view = self._files.get(path)
            if view is not None:
                index = view.indices.get(symbol)
                if index is not None:
                    return path, index
            end = symbol.rfind("/", 0, end)
        return None

    def find_each(self, symbols: Iterable[SymbolId]) -> Iterator[tuple[str, int] | None]:
        """Yield what `find` returns of each symbol; fast where neighbours are of one file."""
        path = ""
        indices: Mapping[SymbolId, int] = {}
        for symbol in symbols:
            if symbol in indices:
                yield path, indices[symbol]
                continue
            place = self.find(symbol)
            if place is not None:
                path, indices = place[0], self._files[place[0]].indices
            yield place

    def __getitem__(self, symbol: SymbolId) -> tuple[str, int]:
        place = self.find(symbol)
        if place is None:
            raise KeyError(symbol)
        return place

    def __iter__(self) -> Iterator[SymbolId]:
        for view in self._files.values():
            yield from view.ids

    def __len__(self) -> int:
        return self._count
