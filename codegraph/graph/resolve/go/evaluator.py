"""How Go finds names and members: imports, packages, fields, methods, and what is promoted from embedded types.

A name is one of the file's imports, of the package, of a dot import, or predeclared. An import's path is found below
the directory of the go.mod whose module is its longest prefix, the nearest of several; where a tree has no go.mod above
a file, the longest tail of the path that is a directory with a package counts. A member is looked for in the type,
then in what it embeds, level by level ("Selectors", The Go Programming Language Specification).
Tests: tests/unit/graph/test_graph_go.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from posixpath import dirname

from codegraph.core.facts import LOCAL
from codegraph.core.symbols import descriptor_parts
from codegraph.graph.resolve.go.names import (
    CONCRETE,
    MODULES,
    method_key,
    package_key,
    underlying_key,
    unit_key,
    unit_of,
)
from codegraph.graph.resolve.go.platforms import may_meet
from codegraph.graph.resolve.keys import base_key, definition_key, import_key, member_key, module_key, top_key
from codegraph.graph.resolve.nearness import shared_parts
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.settings import configuration_key
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    INSTANCE,
    PACKAGE,
    TYPE,
    VALUE,
    WRAPPED,
    Candidates,
    Entity,
    foreign,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.typed.evaluator import EXTERNAL, MISSING, UNKNOWN_RECEIVER, Evaluator, Place

_BUILTIN = unknown("builtin")
_AMBIGUOUS = unknown("ambiguous")
_PREDECLARED = (
    " any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint "
    "uint8 uint16 uint32 uint64 uintptr map chan func struct interface min max clear "
)
_VERSION = re.compile(r"v\d+\Z")
_TYPE_NAME = re.compile(r"(?:(\w+)\.)?([^\W\d]\w*)")
_MAX_LEVELS = 8
_KINDS = {"function": FUNCTION, "constant": VALUE}


class GoEvaluator(Evaluator):
    """Answers what Go's chains stand for."""

    def __init__(self, table: TableReader) -> None:
        super().__init__(table)
        self._units: dict[tuple[str, str], str] = {}
        self._shapes: dict[tuple[str, str], str] = {}
        self._members: dict[tuple[Entity, str], Candidates] = {}

    def unit(self, path: str) -> str:
        """Return the package of a file."""
        value = self.get(module_key(path))
        return value[0][1] if value and len(value[0]) > 1 else ""

    def named(self, place: Place, name: str) -> Candidates:
        """Return what a name means in a file."""
        if name.startswith(LOCAL):
            return (Entity(TYPE, place.path, name.removeprefix(LOCAL), name),)
        imports = self.get(import_key(place.path, "")) or ()
        plain: list[str] = []
        for form, alias, module in imports:
            if alias == name:
                return self._imported(place.path, module)
            if form == "m" and not alias:
                if _usual_name(module) == name:
                    unit = self.imported_unit(place.path, module)
                    if not unit or unit.rpartition(":")[2] == name:
                        return self._imported(place.path, module)
                plain.append(module)
        found = self._in_unit(self.unit(place.path), name, place.path)
        if is_known(found) or found == _AMBIGUOUS:
            return found
        for module in plain:
            unit = self.imported_unit(place.path, module)
            if unit and unit.rpartition(":")[2] == name:
                return self._imported(place.path, module)
        dots = [module for form, _, module in imports if form == "*"]
        for module in dots:
            dotted = self._imported(place.path, module)
            inside = self.packaged(dotted[0], name) if is_known(dotted) else MISSING
            if is_known(inside):
                return inside
        if f" {name} " in _PREDECLARED:
            return _BUILTIN
        return EXTERNAL if dots else MISSING

    def packaged(self, package: Entity, name: str) -> Candidates:
        """Return what a package has under a name."""
        return self._in_unit(package.name, name, "")

    def _in_unit(self, unit: str, name: str, path: str) -> Candidates:
        value = self.get(package_key(unit, name))
        if value is None:
            return MISSING
        if value == MANY:
            return _AMBIGUOUS
        own = [entry for entry in value if entry[0] == path]
        met = own[:1] or [entry for entry in value if may_meet(path, entry[0])] or value
        found = [Entity(_KINDS.get(entry[2], TYPE), entry[0], entry[1], name) for entry in met]
        return tuple(found[:MAX_CANDIDATES])

    def _imported(self, path: str, module: str) -> Candidates:
        unit = self.imported_unit(path, module)
        return (Entity(PACKAGE, name=unit),) if unit else foreign(module)

    def imported_unit(self, path: str, module: str) -> str:
        """Return the package that an import of a file means, "" if it is none of the project."""
        question = (path.rpartition("/")[0], module)
        found = self._units.get(question)
        if found is None:
            found = self._units[question] = self._find_unit(question[0], module)
        return found

    def _find_unit(self, directory: str, module: str) -> str:
        prefix, rest = module, ""
        while prefix:
            roots = self.get(top_key(MODULES, prefix))
            if roots is not None and roots != MANY:
                root = max((entry[0] for entry in roots), key=lambda each: (shared_parts(each, directory), -len(each)))
                return self._unit_in("/".join(part for part in (root, rest) if part))
            prefix, _, last = prefix.rpartition("/")
            rest = f"{last}/{rest}" if rest else last
        if "." not in module.partition("/")[0] or self._has_module(directory):
            return ""
        parts = module.split("/")
        for start in range(1, len(parts)):
            unit = self._unit_in("/".join(parts[start:]))
            if unit:
                return unit
        return ""

    def _has_module(self, directory: str) -> bool:
        """Say whether a go.mod stands in the directory or above it."""
        while True:
            if self.get(configuration_key(f"{directory}/go.mod" if directory else "go.mod")) is not None:
                return True
            if not directory:
                return False
            directory = dirname(directory)

    def _unit_in(self, directory: str) -> str:
        value = self.get(unit_key(directory))
        if not value or value == MANY:
            return ""
        names = [name for (name,) in value if not name.endswith("_test")]
        others = [name for name in names if name != "main"]
        return unit_of(directory, (others or names)[0]) if names else ""

    def value_of(self, value: Entity) -> Candidates:
        """Return what a variable of a package holds."""
        return self.evaluated(Place(value.path), self.get(definition_key(value.path, value.name)) or ())

    def underlying(self, instance: Entity) -> Candidates:
        """Return what a defined type is made of."""
        seen, waiting = {instance: None}, [instance]
        while waiting:
            one = waiting.pop()
            chains = tuple(entry[1:] for entry in self.get(underlying_key(one.path, one.descriptor)) or ())
            found = self.evaluated(Place(one.path), chains)[:1]
            if not found or found[0].kind is not INSTANCE:
                return found
            if found[0] not in seen and len(seen) < _MAX_LEVELS:
                seen[found[0]] = None
                waiting.append(found[0])
        return MISSING

    def followed(self, before: Candidates, last: str) -> Candidates:
        """Return what one more element of a chain leads to; the only variable of a loop is an element of a channel."""
        if last != "@range":
            return super().followed(before, last)
        return merged([self._ranged(each) for each in before], MAX_CANDIDATES)

    def _ranged(self, entity: Entity) -> Candidates:
        if entity.kind is VALUE:
            return merged([self._ranged(each) for each in self.held(entity)] or [UNKNOWN_RECEIVER], MAX_CANDIDATES)
        made = self.underlying(entity) if entity.kind is INSTANCE else (entity,)
        found = [each.inner for each in made if each.kind is WRAPPED and each.name == "@chan"]
        return merged(found or [UNKNOWN_RECEIVER], MAX_CANDIDATES)

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a field or method of a type, promoted ones included."""
        question = (owner.as_kind(TYPE), name)
        found = self._members.get(question)
        if found is None:
            self._members[question] = unknown("dynamic")
            found = self._members[question] = self._find_member(question[0], name)
        return found

    def _find_member(self, owner: Entity, name: str) -> Candidates:
        level, seen = [owner], {owner: None}
        outside: list[str] = []
        for _ in range(_MAX_LEVELS):
            found: dict[Entity, None] = {}
            below: list[Entity] = []
            for each in level:
                own = self.own_member(each, name)
                found.update(dict.fromkeys(own or ()))
                if own is None:
                    embedded, trails = self._embedded(each)
                    outside += trails
                    below.extend(one for one in embedded if one not in seen)
                    seen.update(dict.fromkeys(embedded))
            if found or not below:
                if outside and not found:
                    trail = next((each for each in outside if is_open(each)), outside[0])
                    return foreign(f"{trail} {name}")
                return tuple(found)[:MAX_CANDIDATES] or MISSING
            level = below
        return MISSING

    def own_member(self, owner: Entity, name: str) -> Candidates | None:
        """Return what a type itself has under a name, None if it has nothing."""
        value = self.get(member_key(owner.path, owner.descriptor, name))
        if value:
            return self._from_entry(owner, value[0])
        methods = self.get(method_key(self.unit(owner.path), owner.name, name))
        if methods and methods != MANY:
            own = [entry for entry in methods if entry[0] == owner.path] or list(methods)
            return tuple(Entity(FUNCTION, entry[0], entry[1], entry[2]) for entry in own)
        for chain in self.get(base_key(owner.path, owner.descriptor)) or ():
            if chain[-1] == name or (chain[-1][:2] == LOCAL and descriptor_parts(chain[-1])[-1][0] == name):
                return self.evaluate(Place(owner.path), (*chain, "()"))
        return None

    def _from_entry(self, owner: Entity, entry: Entry) -> Candidates:
        if entry[0] == "d":
            return (Entity(FUNCTION, owner.path, entry[1], entry[2]),)
        return self.evaluated(Place(owner.path), (entry[1:],))

    def _embedded(self, owner: Entity) -> tuple[list[Entity], list[str]]:
        """Return what a type embeds, stands for or is made of; and the trails to instances of what is a library's."""
        place = Place(owner.path)
        chains = list(self.get(base_key(owner.path, owner.descriptor)) or ())
        for entry in self.get(underlying_key(owner.path, owner.descriptor)) or ():
            chains.append(entry[1:])
        found: list[Entity] = []
        trails: list[str] = []
        for chain in chains:
            candidates = self.evaluate(place, chain)
            if not is_known(candidates):
                trail = candidates[0].descriptor or "@own"
                trails.append(trail if trail.endswith(" ()") else f"{trail} ()")
            found.extend(each.as_kind(TYPE) for each in candidates if each.kind is TYPE or each.kind is INSTANCE)
        return found, trails

    def shape(self, path: str, shape: str) -> str:
        """Return a method's shape with the packages of its types instead of the names that the file has for them."""
        question = (path, shape)
        found = self._shapes.get(question)
        if found is None:
            found = self._shapes[question] = _TYPE_NAME.sub(
                lambda one: self._qualified(path, one[1] or "", one[2]), shape
            )
        return found

    def _qualified(self, path: str, qualifier: str, name: str) -> str:
        if not qualifier:
            return name if f" {name} " in _PREDECLARED else f"{self._unit_of(path, name)}.{name}"
        for form, alias, module in self.get(import_key(path, "")) or ():
            unit = self.imported_unit(path, module) if form == "m" else ""
            usual = unit.rpartition(":")[2] if unit else _usual_name(module)
            if qualifier == (alias or usual):
                return f"{unit or module}.{name}"
        return f"{qualifier}.{name}"

    def _unit_of(self, path: str, name: str) -> str:
        """Return the package whose type a file means by a plain name: its own, or one that it imports by a dot."""
        own = self.unit(path)
        dots = [module for form, _, module in self.get(import_key(path, "")) or () if form == "*"]
        if dots and not is_known(self._in_unit(own, name, path)):
            for unit in [self.imported_unit(path, module) for module in dots]:
                if unit and is_known(self._in_unit(unit, name, "")):
                    return unit
        return own


def is_open(receiver: str) -> bool:
    """Say whether a value at the end of a trail may have a method of the project; no type of a library has one."""
    path, *steps = (each for each in receiver.split(" ") if each != "()")
    return f"{path}.{'.'.join(steps)}" not in CONCRETE


@lru_cache(maxsize=4096)
def _usual_name(module: str) -> str:
    """Return the name that a package of that import path most often has."""
    before, _, last = module.rpartition("/")
    if _VERSION.match(last) and before:
        last = before.rpartition("/")[2]
    return last.partition(".")[0] if last.startswith("yaml.") else last
