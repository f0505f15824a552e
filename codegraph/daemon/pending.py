"""The keys that want a vector: derived, ordered by lane, never durable.

A *pending key* is the wanted key of at least one live symbol for which no vector is known. Nothing
here is stored: at start the set is derived again from the records, so none can be lost. Several
symbols with one key are one piece of work. Within a lane keys leave in the order in which they came,
those of symbols with a parse error after the others.

Lanes, most urgent first (design, section 7): a stale symbol that somebody asked for, a symbol whose
own input changed, one whose context changed, and everything else (cold start, over-budget cascades).
The text of a query goes before all of them, straight to the encoder.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from enum import IntEnum

from codegraph.core.symbols import EmbeddingKey, SymbolId


class Lane(IntEnum):
    """How urgent a pending key is; smaller goes first."""

    ASKED = 0
    OWN = 1
    CONTEXT = 2
    COLD = 3


class PendingKeys:
    """Keys by lane and the symbols behind each; one thread's data.

    Invariant: a symbol waits for at most one key, and a key stands in exactly one queue (or in flight,
    or held back after a failure) as long as a symbol waits for it.
    """

    def __init__(self) -> None:
        self._queues: dict[tuple[Lane, bool], dict[EmbeddingKey, None]] = {
            (lane, last): {} for lane in Lane for last in (False, True)
        }
        self._place: dict[EmbeddingKey, tuple[Lane, bool]] = {}
        self._symbols: dict[EmbeddingKey, dict[SymbolId, None]] = {}
        self._key: dict[SymbolId, EmbeddingKey] = {}
        self._in_flight: set[EmbeddingKey] = set()
        self._held: dict[EmbeddingKey, float] = {}

    def __len__(self) -> int:
        return len(self._symbols)

    def __contains__(self, key: EmbeddingKey) -> bool:
        return key in self._symbols

    def add(self, symbol: SymbolId, key: EmbeddingKey, lane: Lane, last: bool = False) -> None:
        """Let `symbol` wait for `key`; it stops waiting for any other. A known key moves to the more urgent lane."""
        if self._key.get(symbol) not in (None, key):
            self.discard(symbol)
        self._key[symbol] = key
        known = self._symbols.setdefault(key, {})
        known[symbol] = None
        place = self._place.get(key)
        if place is None:
            self._enqueue(key, (lane, last))
        elif (lane, last) < place:
            self._move(key, (lane, last))

    def add_all(
        self, keys: Mapping[SymbolId, EmbeddingKey], lane: Lane, last: Container[SymbolId] = frozenset()
    ) -> None:
        """Let symbols wait for their keys in one lane, those in `last` after the others."""
        queue = self._queues[lane, False]
        for symbol, key in keys.items():
            if symbol in self._key or key in self._symbols or key in self._in_flight or symbol in last:
                self.add(symbol, key, lane, symbol in last)
            else:
                self._key[symbol] = key
                self._symbols[key] = {symbol: None}
                self._place[key] = (lane, False)
                queue[key] = None

    def discard(self, symbol: SymbolId) -> None:
        """Stop waiting on behalf of `symbol`; a key nobody waits for is forgotten, but for its being in flight."""
        key = self._key.pop(symbol, None)
        if key is None:
            return
        waiting = self._symbols[key]
        del waiting[symbol]
        if not waiting:
            self._forget(key)

    def hurry(self, symbols: Iterable[SymbolId]) -> int:
        """Move the keys of these symbols to the ASKED lane; return how many moved."""
        moved = 0
        for symbol in symbols:
            key = self._key.get(symbol)
            if key is not None and self._place[key][0] > Lane.ASKED:
                self._move(key, (Lane.ASKED, False))
                moved += 1
        return moved

    def take(self, limit: int, now: float) -> list[tuple[EmbeddingKey, SymbolId, Lane]]:
        """Take up to `limit` keys out of the most urgent lane that has any; they count as in flight.

        Each comes with one of its symbols. Keys whose time of holding back has passed are queued first.
        """
        self.release([key for key, until in self._held.items() if until <= now])
        for (lane, _), queue in sorted(self._queues.items()):
            if queue:
                keys = [key for key, _ in zip(queue, range(limit), strict=False)]
                for key in keys:
                    del queue[key]
                self._in_flight.update(keys)
                return [(key, next(iter(self._symbols[key])), lane) for key in keys]
        return []

    def symbols_of(self, keys: Iterable[EmbeddingKey]) -> dict[EmbeddingKey, tuple[SymbolId, ...]]:
        """Return the symbols that wait for each key, in order of arrival."""
        symbols = self._symbols
        return {key: tuple(symbols.get(key, ())) for key in keys}

    def done(self, keys: Collection[EmbeddingKey]) -> None:
        """The vectors of these are there: nobody waits for them any more."""
        symbols, places, wanted, in_flight = self._symbols, self._place, self._key, self._in_flight
        for key in keys:
            for symbol in symbols.pop(key, ()):
                del wanted[symbol]
            place = places.pop(key, None)
            if place is not None and key not in in_flight:
                self._queues[place].pop(key, None)
                self._held.pop(key, None)
        in_flight.difference_update(keys)

    def failed(self, key: EmbeddingKey, until: float) -> None:
        """Put a key that was in flight back, held until the clock shows `until`."""
        if key in self._in_flight:
            self._in_flight.discard(key)
            if key in self._symbols:
                self._held[key] = until

    def release(self, keys: Iterable[EmbeddingKey] | None = None) -> None:
        """Hold these keys back no longer; by default none."""
        for key in list(self._held) if keys is None else keys:
            if self._held.pop(key, None) is not None:
                self._queues[self._place[key]][key] = None

    def next_release(self) -> float | None:
        """The earliest clock time at which a held key becomes available, or None."""
        return min(self._held.values(), default=None)

    def waiting(self, symbol: SymbolId) -> tuple[EmbeddingKey, Lane] | None:
        """The key and lane that `symbol` waits for, or None."""
        key = self._key.get(symbol)
        return None if key is None else (key, self._place[key][0])

    def symbols(self) -> tuple[tuple[SymbolId, Lane], ...]:
        """Return who waits and how urgently; safe to call from any thread."""
        waiting = tuple(self._key.items())
        return tuple((symbol, place[0]) for symbol, key in waiting if (place := self._place.get(key)) is not None)

    def in_flight(self) -> int:
        """How many keys are being embedded now."""
        return len(self._in_flight)

    def ready(self, lane: Lane) -> bool:
        """Is there a key of this lane, or a more urgent one, that could be taken at once, holding back aside?"""
        return any(queue for (each, _), queue in self._queues.items() if each <= lane)

    def _enqueue(self, key: EmbeddingKey, place: tuple[Lane, bool]) -> None:
        self._place[key] = place
        if key not in self._in_flight and key not in self._held:
            self._queues[place][key] = None

    def _move(self, key: EmbeddingKey, place: tuple[Lane, bool]) -> None:
        self._queues[self._place[key]].pop(key, None)
        self._enqueue(key, place)

    def _forget(self, key: EmbeddingKey) -> None:
        self._symbols.pop(key, None)
        place = self._place.pop(key, None)
        if place is not None:
            self._queues[place].pop(key, None)
        if self._held:
            self._held.pop(key, None)
