"""How C# finds types: those around a place with what they inherit, namespaces from the inside out, usings.

("Namespace and type names", C# language specification.) The parts of a partial type are one; of unrelated types of one
full name, which projects of a tree may have, the nearest counts. Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

from posixpath import dirname

from codegraph.core.facts import Chain
from codegraph.graph.resolve.c_sharp.names import global_usings_key, last_part_key, namespace_key, type_key
from codegraph.graph.resolve.keys import base_key, import_key
from codegraph.graph.resolve.nearness import nearest
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.typed.entities import PACKAGE, TYPE, Candidates, Entity, is_known, merged, unknown
from codegraph.graph.resolve.typed.evaluator import EXTERNAL, Evaluator, Place

MAX_BASES = 64
_AMBIGUOUS = unknown("ambiguous")


class TypeEvaluator(Evaluator):
    """Finds types and namespaces. A TYPE's `name` is its full name, its place the first of its parts."""

    def __init__(self, table: TableReader) -> None:
        super().__init__(table)
        self._types: dict[tuple[str, str], Candidates] = {}
        self._bases: dict[str, tuple[list[Entity], list[str], bool]] = {}
        self._parts: dict[Entity, list[tuple[str, str]]] = {}
        self._usings: dict[str, tuple[Entry, ...]] = {}
        self._namespaces: dict[tuple[str, str], str] = {}

    def type_path(self, place: Place, chain: Chain) -> Candidates:
        """Return the type that a dotted name means where only a type can stand."""
        if chain[0] == "global::":
            found: Candidates = self.in_namespace("", chain[1], place.path)
            rest = chain[2:]
        else:
            found, rest = self.type_named(place, chain[0]), chain[1:]
        for each in rest:
            found = merged([self._type_step(one, each, place.path) for one in found], MAX_CANDIDATES)
        return found

    def _type_step(self, entity: Entity, name: str, path: str) -> Candidates:
        if entity.kind is PACKAGE:
            return self.in_namespace(entity.name, name, path)
        if entity.kind is TYPE:
            return self.nested(entity, name)
        return EXTERNAL

    def type_named(self, place: Place, name: str) -> Candidates:
        """Return the type, or the namespace, that a simple name means."""
        question = (f"{place.path}\x1f{place.around}", name)
        found = self._types.get(question)
        if found is None:
            self._types[question] = EXTERNAL
            found = self._types[question] = self._find_type(place, name)
        return found

    def _find_type(self, place: Place, name: str) -> Candidates:
        if not self._is_any(name):
            alias = self._aliased(place, name)
            return EXTERNAL if alias is None else alias
        namespace = place.around.partition("|")[0]
        for owner in around(place):
            if owner.name.rpartition(".")[2] == name:
                return (owner,)
            found = self.nested(owner, name)
            if is_known(found):
                return found
        while True:
            found = self.in_namespace(namespace, name, place.path)
            if is_known(found) or not namespace:
                break
            namespace = namespace.rpartition(".")[0]
        return found if is_known(found) else self._used(place, name)

    def _is_any(self, name: str) -> bool:
        """Say whether any type or namespace has this name; most that a file mentions are of libraries."""
        return self.get(last_part_key(name)) is not None

    def _aliased(self, place: Place, name: str) -> Candidates | None:
        """Return what a using gives another name; None if none gives this one."""
        for form, alias, target in self.usings(place.path):
            if form == "a" and alias == name:
                return self.dotted(target, place.path)
        return None

    def _used(self, place: Place, name: str) -> Candidates:
        """Return the type that a using gives."""
        namespace = place.around.partition("|")[0]
        alias = self._aliased(place, name)
        if alias is not None:
            return alias
        groups = []
        for form, _, target in self.usings(place.path):
            if form == "*":
                meant = self._used_namespace(namespace, target)
                found = self._typed(f"{meant}.{name}", place.path) if meant else EXTERNAL
                if is_known(found):
                    groups.append(found)
            elif form == "s":
                owner = self.dotted(target, place.path)
                groups += [nested for each in owner if is_known(nested := self.nested(each, name))]
        return merged(groups, MAX_CANDIDATES) if groups else EXTERNAL

    def _used_namespace(self, namespace: str, target: str) -> str:
        """Return the namespace that a using means, which may lack what is around; "" if it is none of the project."""
        question = (namespace, target)
        found = self._namespaces.get(question)
        if found is None:
            tried = [f"{prefix}.{target}" for prefix in _outward(namespace, "")]
            existing = (each for each in (*tried, target) if self.get(namespace_key(each)) is not None)
            found = self._namespaces[question] = next(existing, "")
        return found

    def usings(self, path: str) -> tuple[Entry, ...]:
        """Return the usings of a file, and the global ones that stand in a directory above it."""
        found = self._usings.get(path)
        if found is None:
            every = list(self.get(import_key(path, "")) or ())
            directory = path
            while directory:
                directory = dirname(directory)
                above = self.get(global_usings_key(directory)) or ()
                every += [each for each in above if len(each) > 1]
            found = self._usings[path] = tuple(dict.fromkeys(every))
        return found

    def dotted(self, target: str, path: str) -> Candidates:
        """Return the type or namespace of a full name, type arguments left aside."""
        bare = target.partition("<")[0]
        found = self._typed(target if bare == target else bare, path)
        if is_known(found):
            return found
        return self._namespace(bare) or EXTERNAL

    def _namespace(self, name: str) -> Candidates:
        return (Entity(PACKAGE, name=name),) if name and self.get(namespace_key(name)) is not None else ()

    def in_namespace(self, namespace: str, name: str, path: str) -> Candidates:
        """Return what a namespace has under a name: a type, or the namespace below it."""
        full = f"{namespace}.{name}" if namespace else name
        found = self._typed(full, path)
        return found if is_known(found) else self._namespace(full) or EXTERNAL

    def _typed(self, full: str, path: str) -> Candidates:
        """Return the type of a full name: its parts together, or of several unrelated ones the nearest."""
        value = self.get(type_key(full))
        if value is None:
            return EXTERNAL
        if value == MANY:
            return _AMBIGUOUS
        near = nearest(value, path)
        if any(entry[2] for entry in value):
            near = [min(near, key=lambda entry: (len(entry[0]), entry))]
        return tuple(Entity(TYPE, entry[0], entry[1], full) for entry in near[:MAX_CANDIDATES])

    def is_interface(self, entity: Entity) -> bool:
        """Say whether a type is an interface."""
        value = self.get(type_key(entity.name)) or ()
        return any(entry[:2] == (entity.path, entity.descriptor) and entry[3] == "interface" for entry in value)

    def parts(self, owner: Entity) -> list[tuple[str, str]]:
        """Return (path, descriptor) of all parts of a type."""
        bare = owner._replace(kind=TYPE, inner=())
        found = self._parts.get(bare)
        if found is None:
            value = self.get(type_key(owner.name)) or ()
            partial = [entry for entry in value if len(entry) > 2 and entry[2]] if value != MANY else []
            own = (owner.path, owner.descriptor)
            rest = [(entry[0], entry[1]) for entry in partial if (entry[0], entry[1]) != own]
            found = self._parts[bare] = [own, *(rest if len(rest) < len(partial) else [])]
        return found

    def nested(self, owner: Entity, name: str) -> Candidates:
        """Return the type of a name inside of a type or of one of its bases."""
        if not self._is_any(name):
            return EXTERNAL
        waiting, seen = [owner], 0
        while waiting and seen < MAX_BASES:
            one = waiting.pop(0)
            seen += 1
            found = self._typed(f"{one.name}.{name}", one.path)
            if is_known(found):
                return found
            waiting.extend(self.bases(one)[0])
        return EXTERNAL

    def bases(self, owner: Entity) -> tuple[list[Entity], list[str], bool]:
        """Return the bases of a type, the names of those that are not of the project, and whether there is none."""
        question = f"{owner.path}\x1f{owner.descriptor}"
        found = self._bases.get(question)
        if found is None:
            self._bases[question] = ([], [], True)
            known: list[Entity] = []
            names: list[str] = []
            for path, descriptor in self.parts(owner):
                for around, *chain in self.get(base_key(path, descriptor)) or ():
                    each = self.type_path(Place(path, around), tuple(chain))
                    types = [one for one in each if one.kind is TYPE and one not in known]
                    known += types
                    if not is_known(each):
                        names.append(chain[-1])
            found = self._bases[question] = (known, names, not names)
        return found


def around(place: Place) -> list[Entity]:
    """Return the types around a place, from the inside out."""
    namespace, full, descriptor = place.around.split("|")
    found: list[Entity] = []
    while descriptor and full and full != namespace:
        found.append(Entity(TYPE, place.path, descriptor, full))
        full = full.rpartition(".")[0]
        descriptor = descriptor[: descriptor.rstrip("#").rfind("#") + 1]
    return found


def _outward(full: str, stop: str) -> list[str]:
    """Return a dotted name and what is around it, from the inside out, down to `stop` without that."""
    found: list[str] = []
    while full and full != stop:
        found.append(full)
        full = full.rpartition(".")[0]
    return found
