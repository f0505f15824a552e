"""The texts of a few candidates of one search: what they say word for word, and which of them are copies.

The indexes know terms, not texts. Whether a string occurs exactly, and whether two symbols are copies of each other,
is read off their own inputs in the store, for the candidates that matter only. They live as long as one query.
Tests: tests/unit/daemon/test_daemon_candidate_texts.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import TypeVar

import msgspec
import numpy as np

from codegraph.core.facts import OwnInput, OwnTokens, Role, decode_inputs, decode_own_input, decode_own_tokens
from codegraph.core.symbols import CALLABLE_KINDS, BlobDigest, DependencyKind, SymbolId, SymbolKind
from codegraph.daemon.inputs import InputSource
from codegraph.daemon.targets import named
from codegraph.daemon.view import View
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot
from codegraph.search.fingerprints import FileTokens, Hashes, near_shingles

FOLDED_TOKENS = 24
"""Symbols of fewer tokens are no copies: every second getter is equal to another."""

FOLDED_SIMILARITY = 0.8
"""Share of common shingles from which on two functions of one name are copies."""

MOST_READ = 1_000
"""Callers whose text is read for how they write what they call."""

Own = TypeVar("Own", OwnInput, OwnTokens)

_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")


class CandidateTexts:
    """Reads own inputs, each file's frame once."""

    def __init__(self, snapshot: Snapshot, source: InputSource) -> None:
        self._snapshot = snapshot
        self._source = source
        self._frames: dict[tuple[BlobDigest, str], Mapping[bytes, bytes]] = {}
        self._shingles: dict[bytes, Hashes | None] = {}
        self._symbols: dict[SymbolId, Symbol | None] = {}

    def containing(self, phrases: Sequence[str]) -> Callable[[SymbolId], bool] | None:
        """Return a test of whether all of these occur in a symbol's name, signature, docstring or body."""
        if not phrases:
            return None
        wanted = [_words_of(phrase) for phrase in phrases]

        def occurs(symbol: SymbolId) -> bool:
            found = self._snapshot.symbol(symbol)
            own = None if found is None else self._decoded(found, decode_own_input)
            if own is None:
                return False
            texts = [_words_of(text) for text in (own.name, own.signature, own.docstring, " ".join(own.tokens))]
            return all(any(phrase in text for text in texts) for phrase in wanted)

        return occurs

    def expect(self, groups: Sequence[Sequence[SymbolId]]) -> None:
        """Make the shingles of all that is likely to be compared, in one go."""
        wanted: dict[bytes, Symbol] = {}
        for group in groups:
            found = [symbol for symbol in map(self._symbol, group) if symbol is not None]
            for pair in combinations(found, 2):
                if _may_be_copies(*pair):
                    wanted.update((symbol.definition.own, symbol) for symbol in pair)
        self._read(wanted)

    def is_copy(self, one: SymbolId, other: SymbolId) -> bool:
        """Whether two symbols of one name and kind have the same text, or functions nearly the same."""
        first, second = self._symbol(one), self._symbol(other)
        if first is None or second is None:
            return False
        if first.kind is SymbolKind.MODULE:
            return self._snapshot.files[first.path].blob == self._snapshot.files[second.path].blob
        if min(first.definition.length, second.definition.length) < FOLDED_TOKENS:
            return False
        if first.definition.own == second.definition.own:
            return True
        if not _may_be_copies(first, second):
            return False
        self._read({symbol.definition.own: symbol for symbol in (first, second)})
        left, right = self._shingles[first.definition.own], self._shingles[second.definition.own]
        return left is not None and right is not None and _similarity(left, right) >= FOLDED_SIMILARITY

    def _symbol(self, symbol: SymbolId) -> Symbol | None:
        if symbol not in self._symbols:
            self._symbols[symbol] = self._snapshot.symbol(symbol)
        return self._symbols[symbol]

    def _read(self, wanted: Mapping[bytes, Symbol]) -> None:
        """Make shingles, None for what is lost or damaged."""
        missing = {own: symbol for own, symbol in wanted.items() if own not in self._shingles}
        if not missing:
            return
        decoded = {own: self._decoded(symbol, decode_own_tokens) for own, symbol in missing.items()}
        files = {own: FileTokens([it.name], [bytes(it.tokens)]) for own, it in decoded.items() if it is not None}
        self._shingles.update(dict.fromkeys(missing))
        self._shingles.update(zip(files, near_shingles(list(files.values())), strict=True))

    def _decoded(self, symbol: Symbol, decode: Callable[[bytes], Own]) -> Own | None:
        """Return a symbol's own input, None if it is lost or damaged."""
        place = (self._snapshot.files[symbol.path].blob, symbol.language)
        try:
            if place not in self._frames:
                frame = self._source.inputs(*place)
                self._frames[place] = {} if frame is None else decode_inputs(frame)
            encoded = self._frames[place].get(symbol.definition.own)
            return None if encoded is None else decode(encoded)
        except msgspec.DecodeError:
            return None


def _words_of(text: str) -> str:
    """Write a text with one blank between any two words and marks, so that layout does not count."""
    return f" {' '.join(_WORD_OR_MARK.findall(text))} "


def _may_be_copies(one: Symbol, other: Symbol) -> bool:
    """Whether only the texts of two symbols can tell: both are functions, of nearly the same length, and differ."""
    sizes = sorted((one.definition.length, other.definition.length))
    return (
        one.kind in CALLABLE_KINDS
        and sizes[0] >= max(FOLDED_TOKENS, FOLDED_SIMILARITY * sizes[1])
        and one.definition.own != other.definition.own
    )


def _similarity(one: Hashes, other: Hashes) -> float:
    common = len(np.intersect1d(one, other, assume_unique=True))
    together = len(one) + len(other) - common
    return common / together if together else 0.0


def callers_of(view: View, names: Sequence[str], texts: CandidateTexts) -> frozenset[SymbolId]:
    """Return the symbols that call something of one of these names, whether it is known what that is or not.

    Of a name with a dot that nothing here has, `json.loads`, those that write it so, among the first MOST_READ that
    call something of its last part.
    """
    found: set[SymbolId] = set()
    for name in names:
        targets = named(view.snapshot, name)
        for target in targets:
            dependents = view.snapshot.each_dependent(target.id, (DependencyKind.CALLS,))
            found.update(caller for caller, _ in dependents)
        if name.isidentifier():
            found.update(_calling(view, name))
        elif not targets and (writes := texts.containing((name,))):
            last = _WORD_OR_MARK.findall(name)[-1]
            found.update(filter(writes, islice(_calling(view, last), MOST_READ)))
    return frozenset(found)


def _calling(view: View, name: str) -> Iterator[SymbolId]:
    """Yield the symbols that call something of this name without an edge, by path."""
    for path in view.uncertain.holders(view.snapshot.files, name, Role.CALL):
        file = view.snapshot.files[path]
        misses = file.links.unresolved({name})
        yield from dict.fromkeys(file.ids[miss.owner] for miss in misses if miss.role is Role.CALL)
