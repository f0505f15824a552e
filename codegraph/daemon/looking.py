"""A closer look at a few candidates of one search: what their own text says, and which of them are copies.

The indexes know terms, not texts. Whether a string occurs exactly, and whether two symbols are copies of each other,
is read off their own inputs in the store, for the candidates that matter only. A `Look` lives as long as one query.
Tests: tests/unit/daemon/test_daemon_looking.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec
import numpy as np

from codegraph.core.facts import OwnInput, OwnTokens, Role, decode_inputs, decode_own_input, decode_own_tokens
from codegraph.core.symbols import BlobDigest, DependencyKind, SymbolId, SymbolKind
from codegraph.daemon.cloning import InputSource
from codegraph.daemon.targets import named
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot
from codegraph.search.fingerprints import FileTokens, Fingerprints, fingerprints

FOLDED_TOKENS = 24
"""Symbols of fewer tokens are no copies: every second getter is equal to another."""

FOLDED_SIMILARITY = 0.8
"""Share of common shingles from which on two functions of one name are copies."""

_CALLABLE = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD})
Own = TypeVar("Own", OwnInput, OwnTokens)

_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")


class Look:
    """Reads own inputs, each file's frame once."""

    def __init__(self, snapshot: Snapshot, source: InputSource) -> None:
        self._snapshot = snapshot
        self._source = source
        self._frames: dict[tuple[BlobDigest, str], Mapping[bytes, bytes]] = {}
        self._fingerprints: dict[bytes, Fingerprints | None] = {}

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

    def is_copy(self, one: SymbolId, other: SymbolId) -> bool:
        """Whether two symbols of one name and kind have the same text, or functions nearly the same."""
        first, second = self._snapshot.symbol(one), self._snapshot.symbol(other)
        if first is None or second is None:
            return False
        if first.kind is SymbolKind.MODULE:
            return self._snapshot.files[first.path].blob == self._snapshot.files[second.path].blob
        sizes = sorted((first.definition.length, second.definition.length))
        if sizes[0] < FOLDED_TOKENS:
            return False
        if first.definition.own == second.definition.own:
            return True
        if first.kind not in _CALLABLE or sizes[0] < FOLDED_SIMILARITY * sizes[1]:
            return False
        left, right = self._fingerprint(first), self._fingerprint(second)
        if left is None or right is None:
            return False
        return left.exact == right.exact or _similarity(left, right) >= FOLDED_SIMILARITY

    def _fingerprint(self, symbol: Symbol) -> Fingerprints | None:
        digest = symbol.definition.own
        if digest not in self._fingerprints:
            own = self._decoded(symbol, decode_own_tokens)
            tokens = () if own is None else (FileTokens([own.name], [bytes(own.tokens)]),)
            self._fingerprints[digest] = next(fingerprints(tokens), None)
        return self._fingerprints[digest]

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


def _similarity(one: Fingerprints, other: Fingerprints) -> float:
    common = len(np.intersect1d(one.shingles, other.shingles, assume_unique=True))
    together = len(one.shingles) + len(other.shingles) - common
    return common / together if together else 0.0


def callers_of(snapshot: Snapshot, names: Sequence[str]) -> frozenset[SymbolId]:
    """Return the symbols that call something of one of these names, whether it is known what that is or not."""
    found: set[SymbolId] = set()
    for name in names:
        for target in named(snapshot, name):
            dependents = snapshot.dependents(target.id)
            found.update(caller for caller, edge in dependents if edge.kind is DependencyKind.CALLS)
    bare = {name for name in names if name.isidentifier()}
    for view in snapshot.files.values():
        if bare and not bare.isdisjoint(view.links.names):
            found.update(view.ids[miss.owner] for miss in view.links.unresolved(bare) if miss.role is Role.CALL)
    return frozenset(found)
