"""What names mean at the top of Python files: definitions, imports, star imports, submodules.

The last import that leads into the project wins, and so does the last star import. Everything is asked of the table. A
question that comes up again while it is being answered (a circle of imports) has the answer "dynamic" there.
Tests: tests/unit/graph/test_graph_python.py and test_graph_python_modules.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.keys import definition_key, export_key, export_list_key, import_key, star_key
from codegraph.graph.resolve.python.entities import (
    CLASS,
    FUNCTION,
    MODULE,
    UNKNOWN,
    VARIABLE,
    Candidates,
    ClassName,
    Entity,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.python.modules import ModuleFinder
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, Entry, TableReader

_CLASS_KINDS = frozenset({"class", "enum", "interface"})
_CALLABLE_KINDS = frozenset({"function", "method"})
_CYCLE = unknown("dynamic")
_MISSING = unknown("missing")


class ModuleNames:
    """Answers what the names of modules mean; one per call of `link`."""

    def __init__(self, table: TableReader) -> None:
        self._get = table.get
        self._modules = ModuleFinder(table)
        self._memo: dict[tuple[str, str], Candidates] = {}

    def imported(self, path: str, entry: Entry) -> Candidates:
        """Return what one import (an entry of `imp`) brings into the file."""
        form, module, level, name = entry
        found = self._modules.find(path, module, int(level))
        if form != "n":
            return found
        return merged([self.member(each, name) for each in found], MAX_CANDIDATES)

    def member(self, module: Entity, name: str) -> Candidates:
        """Return what `module.name` is: a name defined there, or a submodule."""
        if module.kind is not MODULE:
            return (module,)
        found = self.named(module.path, name) if module.path else _MISSING
        if found[0].kind is UNKNOWN and found[0].name != "external":
            inner = self._modules.submodule(module, name)
            return inner if is_known(inner) else found
        return found

    def named(self, path: str, name: str) -> Candidates:
        """Return what a name means at the top of a file: definitions, imports, star imports."""
        question = (path, name)
        found = self._memo.get(question)
        if found is None:
            self._memo[question] = _CYCLE
            found = self._memo[question] = self._search(path, name)
        return found

    def _search(self, path: str, name: str) -> Candidates:
        entries = self._get(definition_key(path, name)) or ()
        if any(entry[0] == "d" for entry in entries):
            return entities_of(entries, path, name, "", None)
        result = _MISSING
        for entry in reversed(self._get(import_key(path, name)) or ()):
            result = self.imported(path, entry)
            if is_known(result):
                return result
        if entries:
            return entities_of(entries, path, name, "", None)
        if result[0].name != "missing":
            return result
        for module, level in reversed(self._get(star_key(path)) or ()):
            for each in self._modules.find(path, module, int(level)):
                found = self._starred(each, name)
                if is_known(found):
                    return found
                if found[0].name == "external":
                    result = found
        return result

    def _starred(self, module: Entity, name: str) -> Candidates:
        if module.kind is not MODULE or not module.path:
            return (module,) if module.kind is UNKNOWN else _MISSING
        if self._get(export_list_key(module.path)) is not None:
            is_public = self._get(export_key(module.path, name)) is not None
        else:
            is_public = not name.startswith("_")
        return self.named(module.path, name) if is_public else _MISSING


def entities_of(entries: tuple[Entry, ...], path: str, name: str, body: str, receiver: ClassName | None) -> Candidates:
    """Return the entities of a `def` or `mem` value: its definitions, or else the variable."""
    found: list[Entity] = []
    for entry in entries:
        if entry[0] != "d":
            continue
        _, descriptor, kind, flags = entry
        if kind in _CLASS_KINDS:
            found.append(Entity(CLASS, path, descriptor))
        elif kind in _CALLABLE_KINDS:
            found.append(Entity(FUNCTION, path, descriptor, flags, body, receiver))
        else:
            found.append(Entity(VARIABLE, path, descriptor, name, body, receiver))
    if not found and entries:
        found.append(Entity(VARIABLE, path, "", name, body, receiver))
    return tuple(found[:MAX_CANDIDATES])
