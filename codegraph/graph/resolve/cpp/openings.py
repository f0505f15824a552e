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
from codegraph.graph.resolve.cpp.scopes import Sight
from codegraph.graph.resolve.scheme import MANY, Entry, TableReader, Value

OPENED = "$"
_MAX_STEPS = 4
_MAX_SPELLINGS = 16


class Openings:
    """What namespaces hold and macros open, for one file being linked; all of it follows from the table alone."""

    def __init__(self, table: TableReader, path: str) -> None:
        self.sight = Sight(table, path)
        self.table = table
        self._spellings: dict[str, tuple[str, ...]] = {}
        self._entries: dict[tuple[str, str], Value | None] = {}
        self._directives: dict[str, list[Entry]] = {}
        self._macros: dict[tuple[str, int], list[str]] = {}

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
        question = scope, name
        if question not in self._entries:
            self._entries[question] = self._found(scope, name)
        return self._entries[question]

    def _found(self, scope: str, name: str) -> Value | None:
        spelled = self._spellings_of(scope)
        if len(spelled) == 1:
            return self.table.get(scope_key(scope, name))
        values = [value for each in spelled if (value := self.table.get(scope_key(each, name))) is not None]
        if MANY in values:
            return MANY
        return tuple(entry for value in values for entry in value) if values else None

    def uses(self, scope: str, name: str) -> Value | None:
        """Return what this file's own usings make known in a scope, however that is spelled."""
        values = [self.table.get(use_key(self.sight.path, each, name)) for each in self._spellings_of(scope)]
        return tuple(entry for value in values for entry in value or ()) or None

    def directives(self, scope: str) -> list[Entry]:
        """Return the using directives of a scope that this file sees, its own where all of them are too many."""
        found = self._directives.get(scope)
        if found is None:
            listed = self.entries(scope, "*")
            known = (self.uses(scope, "*") if listed == MANY else listed) or ()
            found = self._directives[scope] = [each for each in known if self.sight.sees(each[0])]
        return found

    def is_namespace(self, scope: str) -> bool:
        """Say whether there is a namespace of that name, written or opened by a macro."""
        for each in self._spellings_of(scope):  # a generator costs more, and this is asked for every name
            if self.table.get(namespace_key(each)) is not None:
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
        value = self.table.get(opened_key())
        return [] if value is None or value == MANY else [(self.name(spelling), spelling) for (spelling,) in value]

    def _nearness(self, entry: Entry) -> tuple[bool, bool, int]:
        """Of several definitions of a macro this file's own comes first, then one that it includes."""
        return entry[0] == self.sight.path, self.sight.sees(entry[0]), len(entry)

    def _opened(self, macro: str, steps: int) -> list[str]:
        question = macro, steps
        if question not in self._macros:
            self._macros[question] = self._names_of(macro, steps)
        return self._macros[question]

    def _names_of(self, macro: str, steps: int) -> list[str]:
        name, _, argument = macro.removeprefix(OPENED).partition("(")
        value = self.table.get(opening_key(name)) if steps else None
        if value is None or value == MANY:
            return []
        is_one = all(each[1:] == value[0][1:] for each in value)  # then nobody need know what this file includes
        _, parameter, *parts = value[0] if is_one else max(value, key=self._nearness)
        found: list[str] = []
        for part in parts:
            one = argument.rstrip(")") if part == parameter else part
            found.extend((one.isupper() and self._opened(one, steps - 1)) or (one,))
        return found
