"""What the ranking asks of the graph about candidates, in one protocol.

The indexes of this package know words and vectors. How long a symbol is, who mentions it, and what kind of file it
stands in is the graph's to say: `graph.snapshot.Snapshot` is a `Known`. Pure. Tests:
tests/unit/search/test_search_searcher.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from codegraph.core.symbols import SymbolId


class Known(Protocol):
    """Answers for many symbols at once, one answer each; 0 or False for what is not known."""

    def lines(self, symbols: Sequence[SymbolId], paths: Sequence[str], /) -> Sequence[int]:
        """Count the lines of symbols, given with the paths of their files."""
        ...

    def mentioning(self, symbols: Sequence[SymbolId], /) -> Sequence[int]:
        """Count, for each symbol, the other files with an edge to it."""
        ...

    def naming_only(self, symbols: Sequence[SymbolId], paths: Sequence[str], /) -> Sequence[bool]:
        """Say which symbols, given with their paths, may only name what is defined elsewhere, see `core.elsewhere`."""
        ...

    def generated(self, paths: Sequence[str], /) -> Sequence[bool]:
        """Say which files say of themselves that a tool wrote them."""
        ...


class NothingKnown:
    """A `Known` for indexes without a graph."""

    def lines(self, symbols: Sequence[SymbolId], _paths: Sequence[str], /) -> Sequence[int]:
        """Know no symbol."""
        return [0] * len(symbols)

    def mentioning(self, symbols: Sequence[SymbolId], /) -> Sequence[int]:
        """Know of no edge."""
        return [0] * len(symbols)

    def naming_only(self, symbols: Sequence[SymbolId], _paths: Sequence[str], /) -> Sequence[bool]:
        """Take every symbol for a definition."""
        return [False] * len(symbols)

    def generated(self, paths: Sequence[str], /) -> Sequence[bool]:
        """Take every file for written by hand."""
        return [False] * len(paths)
