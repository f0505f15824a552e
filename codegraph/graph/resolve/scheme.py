"""What a language family must do to be linked: contribute to the symbol table, and resolve by reading it.

A *scheme* knows one family of languages. It has two pure functions. `contributions` says what a file
offers to others, as keys and values of the table; it sees this one file and nothing else. `link`
resolves a file's references; it sees this file's facts and, of all others, only what it asks the
`TableReader` for. Every key asked for is remembered, *hit or miss*: the file is linked again exactly
when the value of one of them changes. A scheme that learnt of the world in another way (a global, a
memo kept from one file to the next, the file system) would go stale without anybody noticing.

A *value* is a tuple of *entries*, an entry a tuple of strings, so values can be compared, hashed and
stored as they are. A value holds no position, no digest of a body and nothing else that an edit
changes without changing what a reader would conclude. A missing key is None, which is not the same as
an empty value. Keys are made by `codegraph.graph.resolve.keys`.

Determinism: the result is a function of the arguments and of the values read. Nothing is collected by
iterating over a set; candidates are in source order, or sorted by (path, descriptor).

Tests: tests/unit/graph/test_graph_table.py, tests/model/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline

Entry = tuple[str, ...]
Value = tuple[Entry, ...]

MANY: Value = (("many",),)
"""The value of a shared key with more entries than its kind may show (see `keys.SHARED_KINDS`)."""

MAX_CANDIDATES = 4
"""At most this many edges come of one ambiguous reference."""


class Offers:
    """Contributions while they are made: entries by key, distinct, in the order of offering."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[Entry, None]] = {}

    def add(self, key: str, entry: Entry) -> None:
        """Offer an entry under a key."""
        self._entries.setdefault(key, {})[entry] = None

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def values(self) -> dict[str, Value]:
        """Return what is offered."""
        return {key: tuple(entries) for key, entries in self._entries.items()}


class TableReader(Protocol):
    """The only window on other files that resolution has; it remembers every key asked for."""

    def get(self, key: str) -> Value | None:
        """Return the value of a key, or None if no file contributes to it."""

    def named(self, family: str, name: str) -> Value | None:
        """Return the sole definition of that name in the family as ((path, descriptor, kind),), MANY, or None."""

    def defined(self, name: str) -> Value | None:
        """Return all definitions of that name in code as ((path, descriptor), ...), sorted, MANY, or None."""

    def is_file(self, path: str) -> bool:
        """Say whether there is a file of code at that path."""

    def repeats(self, asked: Mapping[str, Value | None]) -> bool:
        """Ask all of these keys again if each has the value that it had; ask nothing if one has not."""


class ResolutionScheme(Protocol):
    """How one family of languages finds what a name means. Without state."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers; private keys must hold `path` (see `keys`)."""

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Resolve the references of this file; `reads` of the result may stay empty, the caller fills it."""
