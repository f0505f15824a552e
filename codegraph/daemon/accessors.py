"""Properties, getters and setters: functions that run where they are read or assigned to, without brackets.

So whoever reads one calls it. Linking says `references` of that, as of a function that is handed on; a read of a name
on something whose type is not known it does not keep, so of an accessor nobody knows all callers.
Tests: tests/unit/daemon/test_daemon_edges.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegraph.core.changes import Dependency
from codegraph.core.facts import Definition
from codegraph.core.symbols import CALLABLE_KINDS, DOCUMENT_LANGUAGES, DependencyKind, SymbolId
from codegraph.daemon.targets import existing
from codegraph.graph.file_view import Symbol
from codegraph.graph.resolve.header import header_words
from codegraph.graph.snapshot import Snapshot

RUBY_LANGUAGES = frozenset({"ruby", "erb"})
_CALLS_AND_READS = frozenset({DependencyKind.CALLS, DependencyKind.REFERENCES})
_ACCESSORS = frozenset({"get", "set"})
_MADE_ACCESSORS = frozenset({"property", "cached_property", "setter"})
"""The decorators that make one of a method."""


def is_accessor(definition: Definition) -> bool:
    """Tell what runs where it is read or assigned to from what is merely called `get`."""
    if definition.kind not in CALLABLE_KINDS:
        return False
    if "(" not in definition.signature:
        return True
    words = header_words(definition)
    named = definition.name in words
    before = words[: -1 - words[::-1].index(definition.name)] if named else words
    return any(
        word in (_MADE_ACCESSORS if mark in ("@", ".") else _ACCESSORS)
        for mark, word in zip(["", *before], before, strict=False)
    )


def is_read_anywhere(symbol: Symbol) -> bool:
    """Tell whether more may call a function than what linking has seen; Ruby calls whatever has a name."""
    return symbol.language not in RUBY_LANGUAGES and is_accessor(symbol.definition)


def callers_of(snapshot: Snapshot, symbol: SymbolId) -> Iterator[tuple[SymbolId, Dependency]]:
    """Yield who calls an accessor, or reads it in code, file by file."""
    for view, owner, edge in snapshot.each_edge_to(symbol, _CALLS_AND_READS):
        if edge.kind is DependencyKind.CALLS or view.language not in DOCUMENT_LANGUAGES:
            yield view.ids[owner], edge


def callees_of(snapshot: Snapshot, symbol: SymbolId) -> Iterator[Dependency]:
    """Yield what a symbol calls, and the accessors that it reads, in source order."""
    for edge in snapshot.dependencies(symbol, _CALLS_AND_READS):
        if edge.kind is DependencyKind.CALLS or is_accessor(existing(snapshot, edge.target).definition):
            yield edge
