"""Links of files as they were, for when they are so again: a branch is switched back, a change undone.

Linking is a function of a file's facts and of the values of the keys that it asks the table for; which ones it asks
follows from these. So where a file has the bytes that it had, and each key that was asked has the value that it had,
its links are those of that time, and comparing values costs a twentieth of linking. Of what a change set of many
files replaces, that is kept: links, keys and values. Both sides of a switch are found here from the second time on.

Not kept is what is no such function: documents, which ask for names that the table has no values of; facts that tell
of the machine (`is_repeatable`); links with the reason `failed`. What no change set of the last few had a use for makes
room; if there is none left, what comes is not kept, rather than that each side of a switch displaces the other.
Tests: tests/unit/graph/test_graph_remembered.py, tests/model/.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codegraph.core.facts import Outline, is_repeatable
from codegraph.core.symbols import DOCUMENT_LANGUAGES, BlobDigest
from codegraph.graph.file_view import FileView
from codegraph.graph.link import Linked
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.stored import REASONS
from codegraph.graph.table import SymbolTable

MOST_BYTES = 64 << 20
"""Of a project of 50,000 symbols of Rust, both sides of a switch that links half of its files again take 42 MB."""
MANY_FILES = 8
"""Linking no more than so many files again takes too little time to be remembered."""
_VERSIONS = 4
"""As many states of its surroundings are kept of the same bytes."""
_LAST = 3
"""What one of so many change sets had a use for stays."""
_FAILED = REASONS.index("failed")
_File = tuple[str, str, BlobDigest]
"""Path, language and bytes of a file: what its facts are made of."""


@dataclass(slots=True)
class _State:
    linked: Linked
    values: tuple[Value | None, ...]
    """Of the keys that were read."""
    used: int
    """By which change set, last."""

    @property
    def size(self) -> int:
        """Return what it takes in bytes, about."""
        links, reads = self.linked
        numbers = len(links.starts) + len(links.edges) + len(links.misses)
        return numbers + 8 * (len(links.targets) + len(links.names) + 2 * len(reads))


class LinkMemory:
    """Remembers links over one table; used by the writer alone."""

    def __init__(self, table: SymbolTable, most_bytes: int = MOST_BYTES) -> None:
        self._table = table
        self._most_bytes = most_bytes
        self._states: OrderedDict[_File, list[_State]] = OrderedDict()
        self._bytes = 0
        self._change_set = 0
        self.found = 0
        """How many files did not have to be linked."""

    def keep(self, views: Iterable[FileView], before: Mapping[str, Value | None]) -> None:
        """Keep the links of files that a change set is about to replace.

        The table's reads are still theirs, its values are not: `before` has those of the keys that have changed.
        """
        self._change_set += 1
        for view in views:
            if view.language in DOCUMENT_LANGUAGES or not is_repeatable(view.outline):
                continue
            if not view.links.reason_counts()[_FAILED]:
                reads = self._table.reads(view.path)
                values = tuple([before[key] if key in before else self._table.value(key) for key in reads])
                state = _State(Linked(view.links, reads), values, self._change_set)
                self._add((view.path, view.language, view.blob), state)

    def find(self, path: str, blob: BlobDigest, outline: Outline) -> Linked | None:
        """Return what linking a file would give, if that is remembered."""
        file = (path, outline.language, blob)
        states = self._states.get(file)
        if states is None or not is_repeatable(outline):
            return None
        for state in states:
            if self._holds(state):
                self._use(file, state)
                self.found += 1
                return state.linked
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._states.clear()
        self._bytes = 0

    def _holds(self, state: _State) -> bool:
        slot_of, present = self._table.slots()
        for key, known in zip(state.linked.reads, state.values, strict=True):
            slot = slot_of(key)
            value = None if slot is None else present[slot]
            if value is not known and value != known:
                return False
        return True

    def _use(self, file: _File, state: _State) -> None:
        state.used = self._change_set
        self._states.move_to_end(file)

    def _add(self, file: _File, state: _State) -> None:
        states = self._states.get(file, [])
        for known in states:
            if known.linked.reads == state.linked.reads and known.values == state.values:
                self._use(file, known)
                return
        if len(states) == _VERSIONS:
            self._bytes -= states.pop().size
        if self._has_room(state.size):
            self._states[file] = [state, *self._states.get(file, [])]
            self._states.move_to_end(file)
            self._bytes += state.size

    def _has_room(self, size: int) -> bool:
        """Make room for another one if there is a way to."""
        while self._states and self._bytes + size > self._most_bytes:
            file, oldest = next(iter(self._states.items()))
            if any(each.used > self._change_set - _LAST for each in oldest):
                return False
            del self._states[file]
            self._bytes -= sum(each.size for each in oldest)
        return size <= self._most_bytes
