"""Numbers for symbols: the common currency of the vector index, the lexical index and the filters.

A *symbol number* is a small integer that one process gives to one SymbolId, in order of first
appearance, and never gives to another. Beside it stand the columns that filters and ranking read:
kind, language, path. Numbers are not stored: a restart gives new ones, and nothing that a client
sees depends on them (ties are broken by SymbolId).

One writer admits symbols; any number of readers hold a `CatalogueView`. Invariant: whatever a view
shows never changes. Columns only grow behind the end of a view; the rare change of a symbol's kind
or language copies the column first. A symbol that is gone keeps its number, so memory grows with the
number of distinct symbols a process has ever seen (about 250 bytes each), not with the number of edits.
Tests: tests/unit/search/test_search_catalogue.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.distinct import distinct

KINDS: tuple[SymbolKind, ...] = tuple(SymbolKind)

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """The first `count` symbols, as they were when the view was taken."""

    count: int
    symbols: Sequence[SymbolId]
    """By number; may be longer than `count`."""
    kinds: npt.NDArray[np.uint8]
    """Index into KINDS, by number."""
    languages: npt.NDArray[np.uint16]
    """Index into `language_names`, by number."""
    paths: npt.NDArray[np.int32]
    """Index into `path_names`, by number."""
    language_names: tuple[str, ...]
    path_names: Sequence[str]
    path_count: int

    def kind(self, number: int) -> SymbolKind:
        """Return a symbol's kind."""
        return KINDS[int(self.kinds[number])]

    def language(self, number: int) -> str:
        """Return a symbol's language."""
        return self.language_names[int(self.languages[number])]

    def path(self, number: int) -> str:
        """Return the path of a symbol's file."""
        return self.path_names[int(self.paths[number])]


class Coded(NamedTuple):
    """A column of names as it is stored: each name once, and where it stands. Unknown codes raise IndexError."""

    names: Sequence[str]
    codes: Column

    def values(self) -> Iterator[str]:
        """Yield the names, row by row."""
        return map(self.names.__getitem__, self.codes.tolist())

    def recoded(self, code: Callable[[str], int]) -> Column:
        """Return the column with other codes for its names; names that no row has are not asked for."""
        codes = np.zeros(len(self.names), dtype=np.int32)
        for place in distinct(self.codes).tolist():
            codes[place] = code(self.names[place])
        return codes[self.codes]


class Catalogue:
    """Admits symbols and remembers their numbers. Only the writer calls anything but `view`."""

    def __init__(self) -> None:
        self._numbers: dict[SymbolId, int] = {}
        self._symbols: list[SymbolId] = []
        self._kinds = np.empty(0, dtype=np.uint8)
        self._languages = np.empty(0, dtype=np.uint16)
        self._paths = np.empty(0, dtype=np.int32)
        self._kind_codes = {kind.value: code for code, kind in enumerate(KINDS)}
        self._language_codes: dict[str, int] = {}
        self._path_codes: dict[str, int] = {}
        self._path_names: list[str] = []

    def __len__(self) -> int:
        return len(self._symbols)

    def number(self, symbol: SymbolId) -> int | None:
        """Return the number of a symbol that was admitted before, or None."""
        return self._numbers.get(symbol)

    def admit(self, symbol: SymbolId, kind: SymbolKind, language: str, path: str) -> int:
        """Return the symbol's number, a new one at its first appearance."""
        kind_code = self._kind_codes[kind.value]
        language_code = self._language_codes.setdefault(language, len(self._language_codes))
        number = self._numbers.get(symbol)
        if number is not None:
            self._kinds = _with(self._kinds, number, kind_code)
            self._languages = _with(self._languages, number, language_code)
            return number
        number = len(self._symbols)
        if number == len(self._kinds):
            self._kinds, self._languages = _grown(self._kinds), _grown(self._languages)
            self._paths = _grown(self._paths)
        self._kinds[number] = kind_code
        self._languages[number] = language_code
        self._paths[number] = self._path_code(path)
        self._symbols.append(symbol)
        self._numbers[symbol] = number
        return number

    def admit_stored(
        self, symbols: Sequence[SymbolId], kinds: Coded, languages: Coded, paths: Coded
    ) -> npt.NDArray[np.int32]:
        """Return the numbers of many symbols as `admit` would, int32; fast where all of them are new and distinct."""
        first = len(self._symbols)
        numbers = dict(zip(symbols, range(first, first + len(symbols)), strict=True))
        if len(numbers) < len(symbols) or not self._numbers.keys().isdisjoint(numbers):
            rows = zip(symbols, map(SymbolKind, kinds.values()), languages.values(), paths.values(), strict=True)
            return np.array([self.admit(*row) for row in rows], dtype=np.int32)
        while len(self._kinds) < first + len(symbols):
            self._kinds, self._languages = _grown(self._kinds), _grown(self._languages)
            self._paths = _grown(self._paths)
        here = slice(first, first + len(symbols))
        self._kinds[here] = kinds.recoded(self._kind_codes.__getitem__)
        self._languages[here] = languages.recoded(
            lambda name: self._language_codes.setdefault(name, len(self._language_codes))
        )
        self._paths[here] = paths.recoded(self._path_code)
        self._symbols.extend(symbols)
        if self._numbers:
            self._numbers.update(numbers)
        else:
            self._numbers = numbers
        return np.arange(here.start, here.stop, dtype=np.int32)

    def view(self) -> CatalogueView:
        """Take an immutable view of everything admitted so far."""
        count = len(self._symbols)
        return CatalogueView(
            count=count,
            symbols=self._symbols,
            kinds=self._kinds[:count],
            languages=self._languages[:count],
            paths=self._paths[:count],
            language_names=tuple(self._language_codes),
            path_names=self._path_names,
            path_count=len(self._path_names),
        )

    def _path_code(self, path: str) -> int:
        code = self._path_codes.get(path)
        if code is None:
            code = self._path_codes[path] = len(self._path_names)
            self._path_names.append(path)
        return code


def _grown(column: Column) -> Column:
    """Return a column with twice the room; the old one stays as readers know it."""
    larger = np.zeros(max(1024, 2 * len(column)), dtype=column.dtype)
    larger[: len(column)] = column
    return larger


def _with(column: Column, number: int, code: int) -> Column:
    """Return a column with one value changed, copied only if it differs."""
    if int(column[number]) == code:
        return column
    changed = column.copy()
    changed[number] = code
    return changed
