"""How Java finds names, members and types: enclosing types with what they inherit, imports, packages, type arguments.

A bare name is a member of the types around it, from the inside out, then a type: imported, of the package, imported on
demand; then the first part of a package's name (JLS 6.5). Of the methods along the bases those of the nearest type that
has one with the call's number of arguments count, and of these the ones whose parameters have the types that arguments
are seen to have. Type arguments are followed where a field or a result has the type of a parameter of its class, and
through the containers of the standard library.
Tests: tests/unit/graph/test_graph_java.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from codegraph.core.facts import Chain
from codegraph.graph.resolve.java.names import GIVE_LAST, GIVE_SAME, OBJECT_METHODS, package_key, unit_key
from codegraph.graph.resolve.java.overloads import Meant, is_overridden
from codegraph.graph.resolve.keys import base_key, import_key, member_key, module_key, return_key
from codegraph.graph.resolve.nearness import nearest
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
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
    is_foreign,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.typed.evaluator import EXTERNAL, MISSING, UNKNOWN_RECEIVER, Place, around_of
from codegraph.graph.resolve.typed.generics import GenericEvaluator
from codegraph.graph.resolve.typed.libraries import own_member

_AMBIGUOUS = unknown("ambiguous")
_MAX_BASES = 64
_MAX_PARTS = 30


class JavaEvaluator(GenericEvaluator):
    """Answers what Java's chains stand for."""

    def __init__(self, table: TableReader, tops: tuple[Place, ...]) -> None:
        super().__init__(table)
        self._tops = tops
        """The outermost types of the linked file, where the types of arguments are looked up."""
        self._bases: dict[Entity, tuple[list[Entity], bool]] = {}

    def evaluate(self, place: Place, chain: Chain) -> Candidates:
        """Return the candidates of a chain; what may be a member of an anonymous class's base is tried there first."""
        if "@or" in chain:
            at = chain.index("@or")
            inside = self.evaluate(place, (*chain[:at], chain[at + 1]))
            return self.evaluate(place, (chain[:at] if is_known(inside) else ()) + chain[at + 1 :])
        return super().evaluate(place, chain)

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        if chain[0] == "@here" and len(chain) == 2:
            kind = TYPE if chain[1].endswith("#") else FUNCTION
            return (Entity(kind, place.path, chain[1]),)
        return self._for_class(place, chain) if chain[-1][:7] == "@class:" else super()._answer(place, chain)

    def _for_class(self, place: Place, chain: Chain) -> Candidates:
        """Return what a call gives that is handed a class: an instance of it, if the method says that it gives that."""
        _, number, written = chain[-1].split(":", 2)
        called = self.evaluate(place, chain[:-2])
        results = [self.get(return_key(each.path, each.descriptor)) or () for each in called if each.kind is FUNCTION]
        is_given = [entry[1:3] == ("@given", number) for value in results for entry in value]
        if is_given and all(is_given) and len(results) == len(called):
            return self.evaluate(place, tuple(written.split("/")))
        return self.evaluate(place, chain[:-1])

    def _called(self, entity: Entity, number: str) -> Candidates:
        if entity.kind is not FUNCTION:
            return super()._called(entity, number)
        place = Place(entity.path, around_of(entity))
        value = self.get(return_key(entity.path, entity.descriptor)) or ()
        chains = [entry[3:] if entry[1] == "@given" else entry[1:] for entry in value]
        found = [self.typed(place, chain, entity.inner) for chain in chains]
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _step(self, entity: Entity, step: str) -> Candidates:
        if entity.kind is WRAPPED and entity.name == "@external":
            return _of_external(entity, step)
        return super()._step(entity, step)

    def value_of(self, value: Entity) -> Candidates:
        """Return what a field holds."""
        around = around_of(value)
        entries = self.get(member_key(value.path, around, value.name)) or ()
        found = [self.typed(Place(value.path, around), entry[2:], value.inner) for entry in entries if entry[0] == "v"]
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def declared(self, value: Entity) -> list[Chain]:
        """Return the chains of the types that a field is declared with."""
        entries = self.get(member_key(value.path, around_of(value), value.name)) or ()
        return [entry[2:] for entry in entries if entry[0] == "v"]

    def named(self, place: Place, name: str) -> Candidates:
        """Return what a bare name means, a method's where it has a number of arguments."""
        if name == "@self":
            return (Entity(INSTANCE, place.path, place.around),) if place.around else MISSING
        if name == "@super":
            return self._super(Entity(TYPE, place.path, place.around))
        is_open = False
        for around in _around(place.around):
            found = self.member(Entity(TYPE, place.path, around), name)
            if is_known(found) or found == UNKNOWN_RECEIVER:
                return found
            is_open = is_open or is_foreign(found)
        found = self._imported_member(place, name)
        if not is_known(found) and "(" not in name:
            found = self.type_named(place, name)
        is_inherited = is_open and not is_known(found) and not ("(" not in name and is_foreign(found))
        return foreign(own_member(name)) if is_inherited else found

    def type_named(self, place: Place, name: str) -> Candidates:
        """Return the type, or the package, that a name means outside of the types around it."""
        imports = self.get(import_key(place.path, "")) or ()
        for form, alias, module in imports:
            if alias == name and form in ("n", "s"):
                return self.qualified(place.path, module, name)
        found = self._in_package(place.path, self._package(place.path), name)
        if is_known(found):
            return found
        for form, _, module in imports:
            if form in ("*", "S"):
                found = self.qualified(place.path, module, name)
                if is_known(found):
                    return found
        if self.get(unit_key(name)) is not None:
            return (Entity(PACKAGE, name=name),)
        return foreign(name) if name[:1].isupper() else MISSING

    def qualified(self, path: str, module: str, name: str) -> Candidates:
        """Return the type of that name in a package, or in a type that is written as one."""
        found = self._in_package(path, module, name)
        if is_known(found) or not module or module.count(".") > _MAX_PARTS:
            return found
        outer, _, last = module.rpartition(".")
        if not last[:1].isupper():
            return foreign(name)
        owner = self.qualified(path, outer, last)
        if not is_known(owner):
            return foreign(f"{last} {name}")
        return merged([self.member(each, name) for each in owner if each.kind is TYPE], MAX_CANDIDATES)

    def _imported_member(self, place: Place, name: str) -> Candidates:
        bare = name.partition("(")[0]
        outside = MISSING
        for form, alias, module in self.get(import_key(place.path, "")) or ():
            if form == "S" or (form == "s" and alias == bare):
                outer, _, last = module.rpartition(".")
                for owner in self.qualified(place.path, outer, last):
                    found = self.member(owner, name) if owner.kind is TYPE else foreign(f"{last} {name}")
                    if is_known(found):
                        return found
                    outside = found if is_foreign(found) else outside
        return outside

    def _package(self, path: str) -> str:
        value = self.get(module_key(path))
        return value[0][1] if value and len(value[0]) > 1 else ""

    def _in_package(self, path: str, package: str, name: str) -> Candidates:
        value = self.get(package_key(package, name))
        if value is None:
            return foreign(name) if package else MISSING
        if value == MANY:
            return _AMBIGUOUS
        return tuple([Entity(TYPE, entry[0], entry[1]) for entry in nearest(value, path)[:MAX_CANDIDATES]])

    def packaged(self, package: Entity, name: str) -> Candidates:
        """Return a type of a package, or the package below it."""
        found = self._in_package("", package.name, name)
        if is_known(found):
            return found
        below = f"{package.name}.{name}"
        return (Entity(PACKAGE, name=below),) if self.get(unit_key(below)) is not None else foreign(name)

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a field, a nested type or the methods of a type, inherited ones included."""
        if name == "super":
            return self._super(owner)
        return self._member(owner, name)

    def _member(self, owner: Entity, name: str) -> Candidates:
        bare, bracket, rest = name.partition("(")
        if bracket:
            return self._called_method(owner, bare, rest[:-1])
        is_open = False
        waiting, seen = [owner], 0
        while waiting and seen < _MAX_BASES:
            one = waiting.pop()
            seen += 1
            own = self._field(one, name)
            if own and (is_known(own) or seen == 1):
                return own
            bases, is_closed = self.bases(one)
            is_open = is_open or not is_closed
            waiting.extend(reversed(bases))
        return foreign(own_member(name)) if is_open else MISSING

    def _called_method(self, owner: Entity, name: str, given: str) -> Candidates:
        """Return the methods that a call means: those of the nearest type whose parameters fit its arguments best.

        Methods that take any number of them come after all others, and those that the arguments rule out come last.
        """
        number, _, types = given.partition(":")
        is_open = name in OBJECT_METHODS
        meant = Meant(number, types, self._bases_by_name)
        waiting, seen = [owner], 0
        while waiting and seen < _MAX_BASES:
            one = waiting.pop()
            seen += 1
            entries = self.get(member_key(one.path, one.descriptor, f"{name}()")) or ()
            if entries:
                meant.add(one, entries)
            if name == "<new>":
                return _methods(meant.found()) or _methods([(one, entry) for entry in entries]) or (one.as_kind(TYPE),)
            if meant.is_settled:
                break
            bases, is_closed = self.bases(one)
            is_open = is_open or not is_closed
            waiting.extend(reversed(bases))
        return _methods(meant.found()) or (foreign(own_member(f"{name}({given})")) if is_open else MISSING)

    def overridden(self, base: Entity, name: str, arity: str, types: str) -> Candidates:
        """Return the methods that one with such parameters overrides in a base: of the nearest type that has one."""
        waiting, seen = [base], 0
        while waiting and seen < _MAX_BASES:
            one = waiting.pop()
            seen += 1
            entries = self.get(member_key(one.path, one.descriptor, f"{name}()")) or ()
            alike = [entry for entry in entries if entry[1].rstrip("+") == arity.rstrip("+") and not entry[2]]
            exact = [entry for entry in alike if entry[3] == types]
            found = exact or [entry for entry in alike if is_overridden(entry, types)]
            if found:
                return _methods([(one, entry) for entry in found])
            waiting.extend(reversed(self.bases(one)[0]))
        return ()

    def _field(self, owner: Entity, name: str) -> Candidates:
        entries = self.get(member_key(owner.path, owner.descriptor, name)) or ()
        for entry in entries:
            if entry[0] == "t":
                return (Entity(TYPE, owner.path, entry[1]),)
            if entry[1]:
                return (Entity(VALUE, owner.path, entry[1], name, owner.inner),)
            return self.typed(Place(owner.path, owner.descriptor), entry[2:], owner.inner)
        return ()

    def _bases_by_name(self, name: str) -> tuple[list[str], bool]:
        """Return the names of a type and its bases, as the linked file sees them; and whether all are known."""
        for place in self._tops:
            found = self.named(place, name)
            if found[0].kind is TYPE:
                return self._names_of_bases(found[0])
        return [name], False

    def _names_of_bases(self, owner: Entity) -> tuple[list[str], bool]:
        seen, waiting, is_closed = {owner: None}, [owner], True
        while waiting:
            bases, are_known = self.bases(waiting.pop())
            is_closed = is_closed and are_known
            fresh = [one for base in bases if (one := base._replace(kind=TYPE, inner=())) not in seen]
            seen.update(dict.fromkeys(fresh))
            waiting.extend(fresh)
        return [one.descriptor.rstrip("#").rpartition("#")[2] for one in seen], is_closed

    def bases(self, owner: Entity) -> tuple[list[Entity], bool]:
        """Return the bases of a type with their type arguments, and whether all of them are known."""
        question = owner.as_kind(TYPE)
        found = self._bases.get(question)
        if found is None:
            self._bases[question] = ([], True)
            place = Place(owner.path, outside(owner.descriptor))
            listed: list[Entity] = []
            is_closed = True
            for chain in self.get(base_key(owner.path, owner.descriptor)) or ():
                candidates = self.typed(place, chain, owner.inner)
                known = [each for each in candidates if each.kind is INSTANCE]
                is_closed = is_closed and bool(known)
                listed.extend(known)
            found = self._bases[question] = (listed, is_closed)
        return found

    def _super(self, owner: Entity) -> Candidates:
        bases, is_closed = self.bases(owner)
        return tuple(bases[:MAX_CANDIDATES]) or (MISSING if is_closed else EXTERNAL)


def outside(descriptor: str) -> str:
    """Return the type around a type, "" at the top."""
    return descriptor[: descriptor.rstrip("#").rfind("#") + 1]


def _around(descriptor: str) -> list[str]:
    """Return a type and those around it, from the inside out."""
    found: list[str] = []
    while descriptor:
        found.append(descriptor)
        descriptor = outside(descriptor)
    return found


def _methods(found: Sequence[tuple[Entity, Entry]]) -> Candidates:
    return tuple(
        [
            Entity(FUNCTION, owner.path, entry[0], ",".join(entry[2:]), owner.inner)
            for owner, entry in found[:MAX_CANDIDATES]
        ]
    )


def _of_external(entity: Entity, step: str) -> Candidates:
    """Return what a container of the standard library gives, as far as its type arguments tell."""
    given, name = entity.inner, step.partition("(")[0]
    beyond = foreign(f"{entity.descriptor} () {step}" if entity.descriptor else f"@some [] {step}")
    if step == "[]":
        return given[0].inner if len(given) == 1 else (entity,)
    if step in ("[key]", "[value]"):
        return given[0 if step == "[key]" else 1].inner if len(given) == 2 else beyond
    if "(" not in step:
        return beyond
    result: Candidates = ()
    if name in GIVE_LAST:
        result = given[-1].inner
    elif name in GIVE_SAME:
        result = (entity._replace(descriptor=""),)
    elif name == "getKey":
        result = given[0].inner
    elif name in ("keySet", "values"):
        result = (entity._replace(descriptor="", inner=given[:1] if name == "keySet" else given[-1:]),)
    return (Entity(WRAPPED, name="@call", inner=result),) if is_known(result) else beyond
