"""How PHP finds classes by full name, and members: in the class, its traits, its parent, at last its interfaces.

Constants and static properties, methods and properties are looked up alike; their spelling keeps them apart. A method's
result that is `static`, or `$this`, is an instance of the class of the receiver. What was documented, assigned or
returned without being declared marks the answer as a guess. Several declarations of one full name are told apart by
their nearness: in the same file, else in the directory with the longest common path.
Tests: tests/unit/graph/test_graph_php.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from codegraph.core.facts import Chain
from codegraph.graph.resolve.keys import base_key, member_key, return_key
from codegraph.graph.resolve.nearness import nearest
from codegraph.graph.resolve.php.names import CLASS_NAME, CONSTANT_NAME, FUNCTION_NAME, full_name_key, spelled
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    INSTANCE,
    TYPE,
    UNKNOWN,
    VALUE,
    WRAPPED,
    Candidates,
    Entity,
    EntityKind,
    foreign,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.typed.evaluator import (
    CYCLE,
    EXTERNAL,
    MISSING,
    UNKNOWN_RECEIVER,
    Evaluator,
    Place,
    around_of,
)
from codegraph.graph.resolve.typed.libraries import own_member

_AMBIGUOUS = unknown("ambiguous")
_ARGUMENT = (Entity(UNKNOWN, "@argument", name="dynamic"),)
_MAX_BASES = 64
_OPEN = ("trait",)
_ENUM_METHODS = ("from()", "tryfrom()", "cases()")


class Bases(NamedTuple):
    """What a class is made of, each list in source order; `left_out` are the methods that a trait does not give."""

    kind: str
    parents: tuple[Entity, ...]
    interfaces: tuple[Entity, ...]
    traits: tuple[tuple[Entity, frozenset[str]], ...]
    is_closed: bool


class PhpEvaluator(Evaluator):
    """Answers what PHP's chains stand for."""

    def __init__(self, table: TableReader) -> None:
        super().__init__(table)
        self._bases: dict[tuple[str, str], Bases] = {}

    def named(self, place: Place, name: str) -> Candidates:
        """Return what the first element of a chain stands for."""
        first = name[0]
        if first == "\\":
            return self._full(place.path, CLASS_NAME, name[1:], TYPE)
        if first == "|":
            parts = name.replace("|\\", "\n").split("\n")[1:]
            return merged([self._full(place.path, CLASS_NAME, part, INSTANCE) for part in parts], MAX_CANDIDATES)
        if first == "@":
            return self._relative(place, name)
        sort, kind = (FUNCTION_NAME, FUNCTION) if first == "f" else (CONSTANT_NAME, VALUE)
        found = self._full(place.path, sort, name[2:], kind)
        if name[1] == "?" and not is_known(found) and "\\" in name:
            return self._full(place.path, sort, name.rpartition("\\")[2], kind)
        return found

    def _relative(self, place: Place, name: str) -> Candidates:
        if name == "@argument":
            return _ARGUMENT
        if not place.around or name == "@null":
            return UNKNOWN_RECEIVER
        own = Entity(TYPE, place.path, place.around)
        if name == "@class":
            return (own,)
        if name == "@super":
            bases = self.bases(own)
            return bases.parents or (EXTERNAL if bases.kind == "class" else UNKNOWN_RECEIVER)
        return (own.as_kind(INSTANCE),)

    def _full(self, path: str, sort: str, name: str, kind: EntityKind) -> Candidates:
        value = self.get(full_name_key(sort, name))
        if value is None:
            return foreign(f"{name} ()" if kind is INSTANCE else f"{name}()" if kind is FUNCTION else name)
        if value == MANY:
            return _AMBIGUOUS
        return tuple([Entity(kind, entry[0], entry[1]) for entry in nearest(value, path)[:MAX_CANDIDATES]])

    def packaged(self, package: Entity, name: str) -> Candidates:  # noqa: ARG002  (PHP has no packages)
        """Return nothing: names are full names."""
        return MISSING

    def followed(self, before: Candidates, last: str) -> Candidates:
        """Return what one more element leads to: a guess is passed on, a class that is passed stands in for nothing."""
        if last == "@guess":
            self.is_guess = True
            return before
        if last[:4] in ("@or\\", "@if\\"):
            is_open = before == _ARGUMENT if last[1] == "i" else not any(each.kind is INSTANCE for each in before)
            if not is_open:
                return before
            self.is_guess = True
            found = self._full("", CLASS_NAME, last[4:], INSTANCE)
            return found if is_known(found) else before
        return super().followed(before, last)

    def bases(self, owner: Entity) -> Bases:
        """Return what a class is made of."""
        known = self._bases.get(owner[1:3])
        if known is None:
            known = self._bases[owner[1:3]] = self._found_bases(owner)
        return known

    def _found_bases(self, owner: Entity) -> Bases:
        kind, is_closed = "", True
        parents: list[Entity] = []
        interfaces: list[Entity] = []
        traits: list[tuple[Entity, frozenset[str]]] = []
        for entry in self.get(base_key(owner.path, owner.descriptor)) or ():
            if entry[0] == "kind":
                kind = entry[1]
                continue
            found = [
                each
                for each in self._full(owner.path, CLASS_NAME, entry[1][1:], TYPE)
                if each.kind is TYPE and each[:3] != (TYPE, owner.path, owner.descriptor)
            ]
            is_closed = is_closed and bool(found)
            if entry[0] == "use":
                traits.extend((each, frozenset(map(spelled, entry[2:]))) for each in found)
            else:
                (parents if entry[0] == "inherit" and kind != "interface" else interfaces).extend(found)
        return Bases(kind, tuple(parents), tuple(interfaces), tuple(traits), is_closed)

    def lineage(self, owner: Entity) -> Iterator[tuple[Entity, frozenset[str], Bases]]:
        """Yield a class and all that it takes members from, in the order in which they are looked at."""
        seen: set[tuple[str, str]] = set()
        later: list[Entity] = []
        waiting: list[tuple[Entity, frozenset[str]]] = [(owner, frozenset())]
        while (waiting or later) and len(seen) < _MAX_BASES:
            one, left_out = waiting.pop() if waiting else (later.pop(0), frozenset[str]())
            if (one.path, one.descriptor) in seen:
                continue
            seen.add((one.path, one.descriptor))
            bases = self.bases(one)
            yield one, left_out, bases
            waiting.extend((each, frozenset[str]()) for each in reversed(bases.parents))
            waiting.extend(reversed(bases.traits))
            later.extend(bases.interfaces)

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a member of a class or an instance, inherited ones included; `<new>` is the class where the
        constructor is none of its own."""
        if name == "<new>":
            own = self.get(member_key(owner.path, owner.descriptor, "__construct()"))
            found = self._member(owner, "__construct()", owner) if own else MISSING
            return found if is_known(found) else (owner.as_kind(TYPE),)
        return self._member(owner, spelled(name), owner)

    def _member(self, owner: Entity, name: str, receiver: Entity) -> Candidates:
        abstract: Candidates = ()
        is_open, has_magic = False, False
        magic = "__call()" if name.endswith("()") else "__get()"
        for one, left_out, bases in self.lineage(owner):
            is_open = is_open or not bases.is_closed or bases.kind in _OPEN
            if bases.kind == "enum" and name in _ENUM_METHODS:
                return _of_enum(one, name)
            entries = () if name in left_out else self.get(member_key(one.path, one.descriptor, name)) or ()
            found = merged([self._entry(one, name, each, receiver) for each in entries] or [()], MAX_CANDIDATES)
            if found and any("a" in each[1] for each in entries if each[0] != "@alias"):
                abstract = abstract or found
            elif found:
                return found
            has_magic = has_magic or self.get(member_key(one.path, one.descriptor, magic)) is not None
        if abstract:
            return abstract
        return CYCLE if has_magic else foreign(own_member(name)) if is_open else MISSING

    def _entry(self, owner: Entity, name: str, entry: Entry, receiver: Entity) -> Candidates:
        if entry[0] == "@alias":
            return self.asked((owner, entry, receiver), lambda: self._aliased(owner, entry, receiver))
        if name.endswith("()"):
            own = receiver._replace(kind=INSTANCE, inner=())
            return (Entity(FUNCTION, owner.path, entry[0], name, (own,)),)
        if entry[0]:
            return (Entity(VALUE, owner.path, entry[0], name),)
        return self.evaluate(Place(owner.path, owner.descriptor), entry[2:])

    def _aliased(self, owner: Entity, entry: Entry, receiver: Entity) -> Candidates:
        """Return what a class has of its traits under another name; a trait may use itself, by mistake."""
        traits = [each for each, _ in self.bases(owner).traits]
        if entry[1]:
            traits = list(self._full(owner.path, CLASS_NAME, entry[1][1:], TYPE))
        found = [self._member(each, spelled(entry[2]), receiver) for each in traits if each.path]
        return merged(found or [()], MAX_CANDIDATES)

    def underlying(self, instance: Entity) -> Candidates:
        """Return what an object is made of where it is indexed or looped over: a container of its elements."""
        for name in ("offsetGet()", "[]", "current()"):
            found = self.member(instance, name)
            held = self._result(found, "0") if name != "[]" and found[0].kind is FUNCTION else found
            if is_known(held):
                return (Entity(WRAPPED, name="@of", inner=held),)
        return self._result(self.member(instance, "getIterator()"), "0")

    def value_of(self, value: Entity) -> Candidates:
        """Return what a property or a case holds."""
        around = around_of(value)
        entries = self.get(member_key(value.path, around, value.name)) or ()
        chains = tuple(each[2:] for each in entries if each[0] == value.descriptor)
        return self.evaluated(Place(value.path, around), chains)

    def _called(self, entity: Entity, number: str) -> Candidates:
        if entity.kind is not FUNCTION:
            return super()._called(entity, number)
        return self.asked((entity, "()"), lambda: self._result_of(entity))

    def _result_of(self, entity: Entity) -> Candidates:
        """Return what a call of a function or method gives."""
        value = self.get(return_key(entity.path, entity.descriptor)) or ()
        if not value and entity.inner:
            return self._inherited_result(entity)
        found = []
        for entry in value:
            self.is_guess = self.is_guess or entry[0] == "~"
            found.append(self._returned(entity, entry[1:]))
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _returned(self, function: Entity, chain: Chain) -> Candidates:
        """Follow what a function returns; what starts at its object starts at the receiver."""
        if chain[:1] not in (("@static",), ("@self",)) or not function.inner:
            return self.evaluate(Place(function.path, around_of(function)), chain)
        found: Candidates = function.inner
        for element in chain[1:]:
            found = self.followed(found, element)
        return found

    def _inherited_result(self, method: Entity) -> Candidates:
        """Return what the method says that a method without a type overrides."""
        owner = Entity(TYPE, method.path, around_of(method))
        for one, _, _ in self.lineage(owner):
            if one.descriptor == owner.descriptor and one.path == owner.path:
                continue
            for entry in self.get(member_key(one.path, one.descriptor, method.name)) or ():
                value = self.get(return_key(one.path, entry[0])) if entry[0] != "@alias" else None
                if value:
                    self.is_guess = True
                    overridden = method._replace(path=one.path, descriptor=entry[0])
                    return merged([self._returned(overridden, each[1:]) for each in value], MAX_CANDIDATES)
        return UNKNOWN_RECEIVER


def _of_enum(enum: Entity, name: str) -> Candidates:
    """Return what a method that every enum has gives."""
    instance = enum.as_kind(INSTANCE)
    inner = Entity(WRAPPED, name="@of", inner=(instance,)) if name == "cases()" else instance
    return (Entity(WRAPPED, name="@call", inner=(inner,)),)
