"""What Rust's wildcard imports give: `use a::*` of modules, which import everything of others, and so on.

A prelude may reach hundreds of modules in a few steps. So which ones a module reaches is found once, in the order in
which they are asked, and for a name only those are looked at that lie in files which offer it (`names.offered_key`).
A wildcard that is not public gives its names to its own module and to those inside of that, and an import that is not,
likewise ("Glob imports", "Visibility and Privacy", The Rust Reference). Tests: tests/unit/graph/test_graph_rust.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.keys import import_key, top_key
from codegraph.graph.resolve.rust.modules import MAX_PARENTS, SETTLED, VALUES, Module, ModuleEvaluator, package
from codegraph.graph.resolve.rust.names import (
    FILE_OFFERED,
    MACROS,
    PUBLIC,
    VALUE_OFFERED,
    in_module,
    offered_key,
    real_module,
    star_in_key,
)
from codegraph.graph.resolve.scheme import MANY, Entry, TableReader, Value
from codegraph.graph.resolve.typed.entities import FUNCTION, PACKAGE, Candidates, Entity, is_known
from codegraph.graph.resolve.typed.evaluator import MISSING


class _Reached:
    """What the wildcards of a module reach, in the order in which it is asked for names."""

    def __init__(self, depth: int) -> None:
        self.order: dict[Entity, int] = {}
        self.by_path: dict[str, list[Entity]] = {}
        self.depth = depth
        """How many questions are open with that for it, while it is; it has not all then."""

    def clear(self) -> None:
        """Begin again."""
        self.order.clear()
        self.by_path.clear()

    def add(self, entity: Entity) -> bool:
        """Add one; False if it is there already."""
        if entity in self.order:
            return False
        self.order[entity] = len(self.order)
        self.by_path.setdefault(entity.path, []).append(entity)
        return True


class WildcardEvaluator(ModuleEvaluator):
    """Finds names that no module around says by themselves."""

    def __init__(self, table: TableReader) -> None:
        super().__init__(table)
        self._reached: dict[Module, _Reached] = {}
        self._enclosing: dict[Module, tuple[Module, ...]] = {}

    def through_wildcards(self, module: Module, name: str, *, as_value: bool = False) -> Candidates:
        """Return what a module has under a name by importing everything of another; the first that has it counts."""
        if not self.get(star_in_key(*module)):
            return MISSING
        offered: Value = self.get(offered_key(name)) or ()
        if as_value and offered != MANY:
            offered = tuple(each for each in offered if each[1] == VALUE_OFFERED)
        macros: Value = self.get(top_key(MACROS, name)) or ()
        private = [package(*each) for each in self._around(module) if self.get(_imported_key(each, name))]
        if not (offered or macros or private):
            return MISSING
        reached = self._reached_by(module)
        self.lowest = min(self.lowest, reached.depth)
        for each in self._asked(reached, offered, private):
            found = self._given(each, name)
            if is_known(found) and not (as_value and all(one.kind not in VALUES for one in found)):
                return found
        if as_value:
            return MISSING
        return self._unsaid(reached, offered if offered != MANY else (), macros if macros != MANY else (), name)

    def _asked(self, reached: _Reached, offered: Value, private: list[Entity]) -> list[Entity]:
        """Return of what is reached, in order, whatever may have a name."""
        if offered == MANY:
            return list(reached.order)
        paths = dict.fromkeys(path for path, sort in offered if sort != FILE_OFFERED)
        found = {each for path in paths for each in reached.by_path.get(path, ())}
        found.update(each for each in private if each in reached.order)
        return sorted(found, key=reached.order.__getitem__)

    def _given(self, entity: Entity, name: str) -> Candidates:
        """Return what a module, a macro that imports, or an enum has by itself."""
        if entity.kind is PACKAGE:
            return self.declared((entity.path, entity.descriptor), name) or MISSING
        if entity.kind is FUNCTION:
            return self.declared((entity.path, f"{entity.name}!"), name) or MISSING
        return self.variant(entity, name)

    def _unsaid(self, reached: _Reached, offered: Value, macros: Value, name: str) -> Candidates:
        """Return a module of that name that no `mod` is seen to declare, or a macro that a crate exports."""
        for path, sort in offered:
            above = self.parent(path) if sort == FILE_OFFERED else None
            if above is not None and package(*above) in reached.order:
                return (package(path, ""),)
        for path, *_ in macros:
            root = self.root(path)
            if package(root, "") in reached.order:
                return self.exported_macro(root, name)
        return MISSING

    def _reached_by(self, module: Module) -> _Reached:
        found = self._reached.get(module)
        if found is None:
            before, self.lowest = self.lowest, SETTLED
            self.depth += 1
            found = self._reached[module] = _Reached(self.depth)
            waiting = self._direct(module, found)[::-1]
            found.clear()
            around = {package(*each) for each in self._around(module)}
            while waiting:
                entity = waiting.pop()
                if found.add(entity):
                    waiting += self._next(entity, entity in around)[::-1]
            found.depth = SETTLED
            if self.lowest < self.depth:
                del self._reached[module]
            self.close(before)
        return found

    def _direct(self, module: Module, so_far: _Reached) -> list[Entity]:
        """Return what the wildcards of a module name; one may need another that stands behind it."""
        ways = list(self.get(star_in_key(*module)) or ())
        found: dict[Entry, Candidates] = {}
        again, before = ways, -1
        while again and len(found) > before:
            waiting, again, before = again, [], len(found)
            for way in waiting:
                targets = self.starred(module, way[1:])
                if is_known(targets):
                    found[way] = targets
                    for each in targets:
                        so_far.add(each)
                else:
                    again.append(way)
        return [each for way in ways for each in found.get(way, ())]

    def _next(self, entity: Entity, is_around: bool) -> list[Entity]:
        """Return what the wildcards of one that is reached name, as far as they give names to others."""
        if entity.kind is PACKAGE:
            module = (entity.path, entity.descriptor)
        elif entity.kind is FUNCTION:
            module, is_around = (entity.path, f"{entity.name}!"), True
        else:
            return []
        found: list[Entity] = []
        for way in self.get(star_in_key(*module)) or ():
            if is_around or way[0] == PUBLIC:
                targets = self.starred(module, way[1:])
                found += targets if is_known(targets) else ()
        return found

    def _around(self, module: Module) -> tuple[Module, ...]:
        """Return the modules around one, whose private names it sees."""
        found = self._enclosing.get(module)
        if found is None:
            above: list[Module] = []
            path, inline = module
            for _ in range(MAX_PARENTS):
                if real_module(inline) != inline:
                    inline = real_module(inline)
                elif inline:
                    inline = inline.rpartition("::")[0]
                elif (outer := self.parent(path)) is not None:
                    path, inline = outer
                else:
                    break
                above.append((path, inline))
            found = self._enclosing[module] = tuple(above)
        return found


def _imported_key(module: Module, name: str) -> str:
    return import_key(module[0], in_module(module[1], name))
