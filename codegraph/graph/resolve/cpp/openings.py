"""Namespaces that macros open: what stands between NAME_BEGIN and NAME_END is written in a namespace "$NAME_BEGIN".

Extraction does not know what the macro opens, which another file may say; here it is known. So a scope has a name and
several spellings: "lib::part" is the name, "$LIB_BEGIN::part" and "$LIB_PART_BEGIN" are spellings of it. Whatever is
asked of a namespace is asked of all its spellings. A macro that opens nothing, or that nobody defines, counts as
nothing.
Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from functools import cached_property

from codegraph.graph.resolve.cpp.names import below, namespace_key, opened_key, opening_key, scope_key, use_key
from codegraph.graph.resolve.includes import Included
from codegraph.graph.resolve.scheme import MANY, Entry, TableReader, Value

OPENED = "$"
_MAX_STEPS = 4
_MAX_SPELLINGS = 16


class Openings:
    """What macros open, for one file being linked."""

    def __init__(self, table: TableReader, sight: Included) -> None:
        self._table = table
        self._sight = sight
        self._spellings: dict[str, tuple[str, ...]] = {}

    def name(self, scope: str) -> str:
        """Return the name of a scope, whatever its spelling."""
        if OPENED not in scope:
            return scope
        parts: list[str] = []
        for part in scope.split("::"):
            parts.extend(self._opened(part, _MAX_STEPS) if part.startswith(OPENED) else (part,))
        return "::".join(parts)

    def entries(self, scope: str, name: str) -> Value | None:
        """Return what stands under a name in a scope, however that is spelled."""
        spelled = self._spellings_of(scope)
        if len(spelled) == 1:
            return self._table.get(scope_key(scope, name))
        values = [value for each in spelled if (value := self._table.get(scope_key(each, name))) is not None]
        if MANY in values:
            return MANY
        return tuple(entry for value in values for entry in value) if values else None

    def uses(self, scope: str, name: str) -> Value | None:
        """Return what this file's own usings make known in a scope, however that is spelled."""
        values = [self._table.get(use_key(self._sight.path, each, name)) for each in self._spellings_of(scope)]
        return tuple(entry for value in values for entry in value or ()) or None

    def directives(self, scope: str) -> Value:
        """Return the using directives of a scope, this file's own where all of them are too many."""
        listed = self.entries(scope, "*")
        return (self.uses(scope, "*") if listed == MANY else listed) or ()

    def is_namespace(self, scope: str) -> bool:
        """Say whether there is a namespace of that name, written or opened by a macro."""
        if any(self._table.get(namespace_key(each)) is not None for each in self._spellings_of(scope)):
            return True
        return any(name == scope or name.startswith(scope + "::") for name, _ in self._spelled)

    def _spellings_of(self, scope: str) -> tuple[str, ...]:
        if not self._spelled:
            return (scope,)
        found = self._spellings.get(scope)
        if found is None:
            listed = [scope]
            for name, spelling in self._spelled:
                if name == scope:
                    listed.append(spelling)
                elif not name or scope.startswith(name + "::"):
                    listed.append(below(spelling, scope[len(name) :].lstrip(":")))
            found = self._spellings[scope] = tuple(listed[:_MAX_SPELLINGS])
        return found

    @cached_property
    def _spelled(self) -> list[tuple[str, str]]:
        """Name and spelling of each namespace in which a macro put something."""
        value = self._table.get(opened_key())
        return [] if value is None or value == MANY else [(self.name(spelling), spelling) for (spelling,) in value]

    def _nearness(self, entry: Entry) -> tuple[bool, bool, int]:
        """Of several definitions of a macro this file's own comes first, then one that it includes."""
        return entry[0] == self._sight.path, self._sight.sees(entry[0]), len(entry)

    def _opened(self, macro: str, steps: int) -> list[str]:
        name, _, argument = macro.removeprefix(OPENED).partition("(")
        value = self._table.get(opening_key(name)) if steps else None
        if value is None or value == MANY:
            return []
        _, parameter, *parts = max(value, key=self._nearness)
        found: list[str] = []
        for part in parts:
            one = argument.rstrip(")") if part == parameter else part
            found.extend((one.isupper() and self._opened(one, steps - 1)) or (one,))
        return found
