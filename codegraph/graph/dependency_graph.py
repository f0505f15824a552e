"""The writer's graph: symbols as small integers, context edges both ways, built for marking.

Terms. A *number* stands for a symbol while it exists, and is used again afterwards. *Out-edges* are
the ordered distinct targets of a symbol's calls, inherits, implements and uses_type: all that
`context` follows. *Sources* of a symbol are the symbols with an out-edge to it, unordered.

Sources are kept as one flat array per direction (compressed sparse rows, NumPy, int32), so that a
breadth-first search over a million edges takes milliseconds; rows that changed since the array was
built are kept apart as dictionaries, and folded in when they become many. Nothing that leaves this
module depends on numbers or on the order of sources, so the past cannot be seen.

Tests: tests/unit/graph/test_graph_staleness.py, tests/unit/graph/test_graph_dependency.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import NO_KEY, EmbeddingKey, OwnDigest, SignatureDigest, SymbolId
from codegraph.errors import InternalError

Numbers = npt.NDArray[np.int32]
Levels = npt.NDArray[np.uint8]

UNREACHED = 255
_MIN_CHANGED_ROWS = 1024
_MANY_ROWS = 5000
_DENSE = 8
"""From one in so many of all edges on, looking at every edge is faster than gathering some."""


class DependencyGraph:
    """Symbols, their digests and their context edges; used by the writer alone."""

    def __init__(self) -> None:
        self._numbers: dict[SymbolId, int] = {}
        self._free: list[int] = []
        self.ids: list[SymbolId] = []
        self.out: list[tuple[int, ...]] = []
        self.own: list[OwnDigest] = []
        self.signature: list[SignatureDigest] = []
        self.key: list[EmbeddingKey] = []
        self.model: list[bytes] = []
        self._row_starts = np.zeros(1, dtype=np.int64)
        self._row_sources = np.zeros(0, dtype=np.int32)
        self._changed_rows: dict[int, dict[int, None]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, symbol: SymbolId) -> bool:
        return symbol in self._numbers

    def number(self, symbol: SymbolId) -> int:
        """Return the number of a symbol; InternalError if it does not exist (an edge would dangle)."""
        number = self._numbers.get(symbol)
        if number is None:
            raise InternalError(f"an edge leads to {symbol}, which does not exist")
        return number

    def numbers_of(self, symbols: Iterable[SymbolId]) -> list[int]:
        """Return the numbers of symbols; InternalError if one does not exist."""
        try:
            return list(map(self._numbers.__getitem__, symbols))
        except KeyError as error:
            raise InternalError(f"{error.args[0]} does not exist") from None

    def found(self, symbols: Iterable[SymbolId]) -> list[int | None]:
        """Return the number of each symbol, None for one that does not exist."""
        return list(map(self._numbers.get, symbols))

    def numbers(self) -> list[int]:
        """Return the numbers of all symbols."""
        return list(self._numbers.values())

    def put(self, symbol: SymbolId, own: OwnDigest, signature: SignatureDigest, model: bytes) -> int:
        """Add a symbol or replace its digests and the identity of its model; return its number."""
        number = self._numbers.get(symbol)
        if number is not None:
            self.own[number], self.signature[number], self.model[number] = own, signature, model
            return number
        if self._free:
            number = self._free.pop()
            self.ids[number], self.own[number], self.signature[number] = symbol, own, signature
            self.key[number], self.model[number] = NO_KEY, model
        else:
            number = len(self.ids)
            self.ids.append(symbol)
            self.out.append(())
            self.own.append(own)
            self.signature.append(signature)
            self.key.append(NO_KEY)
            self.model.append(model)
        self._numbers[symbol] = number
        return number

    def put_all(
        self,
        symbols: Sequence[SymbolId],
        owns: Sequence[OwnDigest],
        signatures: Sequence[SignatureDigest],
        models: Sequence[bytes],
    ) -> list[int]:
        """Do what `put` does for distinct symbols, faster where all are new."""
        if self._free or not self._numbers.keys().isdisjoint(symbols):
            return list(map(self.put, symbols, owns, signatures, models))
        numbers = list(range(len(self.ids), len(self.ids) + len(symbols)))
        self.ids += symbols
        self.out += [()] * len(symbols)
        self.own += owns
        self.signature += signatures
        self.key += [NO_KEY] * len(symbols)
        self.model += models
        self._numbers.update(zip(symbols, numbers, strict=True))
        return numbers

    def connect(self, number: int, targets: tuple[int, ...]) -> None:
        """Replace the out-edges of a symbol."""
        old = self.out[number]
        if old == targets:
            return
        self.out[number] = targets
        kept = set(old).intersection(targets)
        for target in old:
            if target not in kept:
                del self._row(target)[number]
        for target in targets:
            if target not in kept:
                self._row(target)[number] = None

    def connect_all(self, edges: Mapping[int, tuple[int, ...]]) -> None:
        """Replace the out-edges of many symbols; many at once are much faster than one by one."""
        if len(edges) > _MANY_ROWS:
            for number, targets in edges.items():
                self.out[number] = targets
            self._fold()
        else:
            for number, targets in edges.items():
                self.connect(number, targets)

    def remove_all(self, symbols: Iterable[SymbolId]) -> None:
        """Forget symbols; InternalError if one that stays still has an edge to one of them."""
        numbers = [self.number(symbol) for symbol in symbols]
        self.connect_all(dict.fromkeys(numbers, ()))
        for number in numbers:
            if self.sources(number):
                raise InternalError(f"{self.ids[number]} is removed while edges still lead to it")
            del self._numbers[self.ids[number]]
            self._free.append(number)

    def sources(self, number: int) -> list[int]:
        """Return the symbols with an out-edge to this one, in no order that means anything."""
        row = self._changed_rows.get(number)
        if row is not None:
            return list(row)
        return self._flat_row(number)

    def levels(self, seeds: Sequence[tuple[int, int]], depth: int) -> Levels:
        """Search backwards from (number, level) seeds; return the lowest level per number, to `depth`.

        A symbol with an edge to one of level k has level k + 1 at most; UNREACHED (255) where none is.
        """
        if len(self._changed_rows) > max(_MIN_CHANGED_ROWS, len(self.ids) // 8):
            self._fold()
        levels = np.full(len(self.ids), UNREACHED, dtype=np.uint8)
        for number, level in seeds:
            if level <= depth and level < levels[number]:
                levels[number] = level
        changed = np.zeros(len(self.ids), dtype=np.bool_)
        changed[list(self._changed_rows)] = True
        for level in range(depth):
            in_layer = levels == level
            if not in_layer.any():
                continue
            reached = np.zeros(len(self.ids), dtype=np.bool_)
            reached[self._flat_sources_of(in_layer & ~changed)] = True
            rows = [self._changed_rows[number] for number in np.flatnonzero(in_layer & changed).tolist()]
            reached[np.fromiter(chain.from_iterable(rows), dtype=np.int32)] = True
            levels[reached & (levels > level + 1)] = level + 1
        return levels

    def _flat_sources_of(self, wanted: npt.NDArray[np.bool_]) -> Numbers:
        """Return the sources of the wanted symbols in the flat array, with repetitions."""
        size = len(self._row_starts) - 1
        rows = np.flatnonzero(wanted[:size])
        starts, lengths = self._row_starts[rows], self._row_starts[rows + 1] - self._row_starts[rows]
        total = int(lengths.sum())
        if total * _DENSE > len(self._row_sources):
            return self._row_sources[np.repeat(wanted[:size], np.diff(self._row_starts))]
        ends = np.cumsum(lengths)
        found: Numbers = self._row_sources[np.arange(total) + np.repeat(starts - (ends - lengths), lengths)]
        return found

    def _row(self, number: int) -> dict[int, None]:
        row = self._changed_rows.get(number)
        if row is None:
            row = self._changed_rows[number] = dict.fromkeys(self._flat_row(number))
        return row

    def _flat_row(self, number: int) -> list[int]:
        if number >= len(self._row_starts) - 1:
            return []
        found: list[int] = self._row_sources[self._row_starts[number] : self._row_starts[number + 1]].tolist()
        return found

    def _fold(self) -> None:
        counts = np.fromiter(map(len, self.out), dtype=np.int64, count=len(self.out))
        targets = np.fromiter(chain.from_iterable(self.out), dtype=np.int32, count=int(counts.sum()))
        sources = np.repeat(np.arange(len(self.out), dtype=np.int32), counts)
        self._row_sources = sources[np.argsort(targets, kind="stable")]
        rows = np.bincount(targets, minlength=len(self.out)).astype(np.int64)
        self._row_starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(rows)))
        self._changed_rows = {}
