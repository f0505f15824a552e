"""Which code defines a name, anywhere in the project: what linking a document asks.

Schemes of code offer what they need of their names under keys of their own; none of them has a key for "whatever is
called so". Making one of every name would cost a table entry for each symbol, and hardly any name is ever asked for.
But names are known already: each snapshot has a map from names to symbols, kept up to date with every revision. So

    any   name     definitions of that name in code, local ones aside     ((path, descriptor), ...)
    path  path     whether there is such a file of code                   ((path,),)

are keys without a value in the table; it knows their readers only. Values are worked out when a document is linked,
from the last snapshot and the files that are changing; which of them changed, from these files' old and new outlines.
Without documents nothing is asked, and an edit that leaves a file's descriptors as they were costs one comparison.

Tests: tests/unit/graph/test_graph_documents.py, tests/model/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from codegraph.core.changes import Facts
from codegraph.core.facts import Outline
from codegraph.core.symbols import DOCUMENT_LANGUAGES
from codegraph.graph.resolve.keys import ANY, PATH, SEPARATOR, make_key
from codegraph.graph.resolve.scheme import MANY, Entry, Value
from codegraph.graph.snapshot import Snapshot

MAX_DEFINITIONS = 1_000
"""A name with more definitions says nothing."""

_INSIDE_OF_A_FUNCTION = re.compile(r"\((?:\+\d+)?\)\.(?!\Z)")


class GatheredNames:
    """The definitions of names in files that are taken in one by one: all of a first index, or the changed ones."""

    def __init__(self) -> None:
        self._named: dict[str, list[Entry]] = {}
        self._files: set[str] = set()

    def add(self, path: str, outline: Outline) -> None:
        """Take in a file; no path comes twice."""
        if outline.language not in DOCUMENT_LANGUAGES:
            self._files.add(path)
            for name, entries in _named(path, outline).items():
                self._named.setdefault(name, []).extend(entries)

    def value(self, key: str) -> Value | None:
        """Return the value of an `any` or `path` key."""
        kind, _, asked = key.partition(SEPARATOR)
        if kind == ANY:
            return _as_value(self.definitions(asked))
        return ((asked,),) if self.is_file(asked) else None

    def definitions(self, name: str) -> list[Entry]:
        """Return the definitions of a name."""
        return self._named.get(name, [])

    def is_file(self, path: str) -> bool:
        """Tell the files of code."""
        return path in self._files


class DefinedNames:
    """The definitions of names in one state of the project: a snapshot, and the files that replace some of its own."""

    def __init__(self, snapshot: Snapshot, changes: Mapping[str, Facts | None]) -> None:
        self._snapshot = snapshot
        self._changes = changes
        self._changed: GatheredNames | None = None

    def value(self, key: str) -> Value | None:
        """Return the value of an `any` or `path` key."""
        kind, _, asked = key.partition(SEPARATOR)
        if kind == ANY:
            return _as_value(self._definitions(asked))
        is_known = asked in self._snapshot.files and asked not in self._changes and self._is_code(asked)
        return ((asked,),) if is_known or self._in_changes().is_file(asked) else None

    def changed_keys(self) -> Iterator[str]:
        """Yield the keys whose value the changes may have changed."""
        for path, facts in self._changes.items():
            view = self._snapshot.files.get(path)
            before = _code(None if view is None else view.outline)
            after = _code(None if facts is None else facts.outline)
            if (before is None) is not (after is None):
                yield make_key(PATH, path)
            old, new = _descriptors(before), _descriptors(after)
            if old == new:
                continue
            ours, theirs = _named(path, before), _named(path, after)
            for name in dict.fromkeys((*ours, *theirs)):
                if ours.get(name) != theirs.get(name):
                    yield make_key(ANY, name)

    def _definitions(self, name: str) -> list[Entry]:
        found = list(self._in_changes().definitions(name))
        for symbol in self._snapshot.names.get(name, ()):
            path, descriptor = self._split(symbol)
            if path not in self._changes and _counts(descriptor) and self._is_code(path):
                found.append((path, descriptor))
        return found

    def _split(self, symbol: str) -> tuple[str, str]:
        """Return the path and the descriptor of a symbol of the snapshot; a descriptor may hold a slash, too."""
        end = symbol.rfind("/")
        while symbol[:end] not in self._snapshot.files:
            end = symbol.rfind("/", 0, end)
        return symbol[:end], symbol[end + 1 :]

    def _is_code(self, path: str) -> bool:
        return self._snapshot.files[path].language not in DOCUMENT_LANGUAGES

    def _in_changes(self) -> GatheredNames:
        if self._changed is None:
            self._changed = GatheredNames()
            for path, facts in self._changes.items():
                if facts is not None:
                    self._changed.add(path, facts.outline)
        return self._changed


def _as_value(found: list[Entry]) -> Value | None:
    return MANY if len(found) > MAX_DEFINITIONS else tuple(sorted(found)) or None


def _code(outline: Outline | None) -> Outline | None:
    return None if outline is None or outline.language in DOCUMENT_LANGUAGES else outline


def _descriptors(outline: Outline | None) -> list[str]:
    return [] if outline is None else [each.descriptor for each in outline.definitions]


def _named(path: str, outline: Outline | None) -> dict[str, list[Entry]]:
    """Return what a file defines, by name."""
    found: dict[str, list[Entry]] = {}
    for each in () if outline is None else outline.definitions[1:]:
        if each.name and _counts(each.descriptor):
            found.setdefault(each.name, []).append((path, each.descriptor))
    return found


def _counts(descriptor: str) -> bool:
    """Tell a definition that others can name from one inside of a function."""
    return descriptor[-1:] != ":" and _INSIDE_OF_A_FUNCTION.search(descriptor) is None
