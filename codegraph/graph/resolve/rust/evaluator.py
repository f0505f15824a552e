"""How Rust finds members: inherent impls before traits, in whichever file, and through aliases and `Deref`.

A method that a trait declares is found for a type that implements it, and for a type parameter, `dyn` or `impl` bound
by it; what it returns as `Self` is the type that it was found for. Of the standard library only containers are known,
by the names of their methods. Tests: tests/unit/graph/test_graph_rust.py.
"""

from __future__ import annotations

from codegraph.core.facts import LOCAL, Chain
from codegraph.core.symbols import descriptor_parts
from codegraph.core.tuples import SECOND, TUPLE, parts_of
from codegraph.graph.resolve.keys import base_key, member_key, return_key
from codegraph.graph.resolve.rust.modules import package
from codegraph.graph.resolve.rust.names import (
    GIVE_INNER,
    GIVE_SAME,
    GIVE_SELF,
    MAKE_SELF,
    MARKERS,
    alias_key,
    bound_key,
    bounds_elsewhere_key,
    elsewhere_key,
    in_module,
    real_module,
    self_key,
    traits_elsewhere_key,
    type_name,
    value_key,
)
from codegraph.graph.resolve.rust.wildcards import WildcardEvaluator
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    INSTANCE,
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
from codegraph.graph.resolve.typed.evaluator import MISSING, UNKNOWN_RECEIVER, Place
from codegraph.graph.resolve.typed.libraries import own_member

_MAX_TRAITS = 64
_AMBIGUOUS = unknown("ambiguous")
_KINDS = {"t": TYPE, "f": FUNCTION, "c": VALUE, "e": VALUE}
VARIANT = "@variant"
LEXICAL = "@lex"
PARAMETER = "@param:"
BLOCK = "@in:"
ANY = "@any:"
OF, HELD, AS = "@of", "@of:", "@as:"
_NUMBER = Entity(WRAPPED, inner=UNKNOWN_RECEIVER)


class RustEvaluator(WildcardEvaluator):
    """Answers what Rust's chains stand for."""

    def __init__(self, table: TableReader) -> None:
        super().__init__(table)
        self._members: dict[tuple[Entity, str], Candidates] = {}
        self._traits: dict[Entity, tuple[list[Entity], bool]] = {}

    def named(self, place: Place, name: str) -> Candidates:
        """Return what a bare name means in a place."""
        module, _, around = place.around.partition("@")
        if name == "@Self":
            return self.self_of(place.path, around)
        if name.startswith(LOCAL):
            return (local_entity(place.path, name.removeprefix(LOCAL)),)
        if name.startswith(BLOCK):
            block = f"{{{name.removeprefix(BLOCK)}}}"
            outer = real_module(module)
            return (package(place.path, in_module(outer, block) if outer else block),)
        if name.startswith(PARAMETER):
            written = name.partition("|")[2]
            return self._bounded(place, written) if written else UNKNOWN_RECEIVER
        if name.startswith(ANY):
            return self._bounded(place, name.removeprefix(ANY))
        if name.startswith(TUPLE):
            parts = [self.evaluate(place, each) if each else UNKNOWN_RECEIVER for each in parts_of(name)]
            return (Entity(WRAPPED, name=TUPLE, inner=tuple([Entity(WRAPPED, inner=each) for each in parts])),)
        return self.head((place.path, module), name)

    def _bounded(self, place: Place, written: str) -> Candidates:
        chains = [tuple(each.split("::")) for each in written.split("&")]
        return merged([self.evaluate(place, each) for each in chains], MAX_CANDIDATES)

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        if chain[0] == LEXICAL:
            return self.evaluate(place, chain[1:])
        if chain[0] == "@here" and len(chain) == 2:
            return (Entity(TYPE, place.path, chain[1], type_name(chain[1])),)
        if chain[-1].startswith((HELD, AS)):
            kind, _, path = chain[-1].partition(":")
            inside = self.evaluate(place, chain[:-1])
            return self._own_or(place, path, self.followed(inside, OF) if kind == OF else inside)
        return super()._answer(place, chain)

    def self_of(self, path: str, descriptor: str) -> Candidates:
        """Return the type that an impl is for; a trait, or an impl for a type of elsewhere, stands for itself."""
        itself = Entity(TYPE, path, descriptor, type_name(descriptor))
        for entry in self.get(self_key(path, descriptor)) or ():
            found = self.evaluate(Place(path, entry[0]), entry[1:])
            impl = (Entity(VALUE, path, descriptor),)
            known = tuple(each._replace(kind=TYPE, inner=impl) for each in found if each.kind is INSTANCE)
            if known:
                return known
            if found[0].kind is WRAPPED:  # `impl Trait for Option<T>`: what the trait has, and what is inside
                return itself, Entity(WRAPPED, name="@call", inner=found)
        return (itself,) if descriptor else MISSING

    def _own_or(self, place: Place, path: str, otherwise: Candidates) -> Candidates:
        """Return an instance of a type of the project, if that is what a name of the standard library means here."""
        found = self.evaluate(place, tuple(path.split("::")))
        return self._result(found, "0") if found[0].kind is TYPE else otherwise

    def _step(self, entity: Entity, step: str) -> Candidates:
        if step == SECOND:
            return self._step(entity, ".1") if entity.name == TUPLE else (entity,)
        if entity.kind is WRAPPED:
            if entity.name == TUPLE and step[1:].isdecimal() and int(step[1:]) < len(entity.inner):
                return entity.inner[int(step[1:])].inner
            if step == "[]" and entity.name != TUPLE:
                return super()._step(entity, step)
            found = _of_container(entity, step)
            inside = entity.inner if is_foreign(found) and step not in GIVE_SELF else ()
            is_reached = any(each.kind is INSTANCE and is_known(self.member(each, step)) for each in inside)
            return foreign(f"@some [] {step}") if is_reached else found  # a guard or the like leads to what is inside
        if entity.kind is VALUE and step[0] == ".":
            entries = self.get(member_key(entity.path, entity.descriptor, step)) or ()
            if entries:
                return self._from_entries(entity, entries)
        return super()._step(entity, step)

    def _called(self, entity: Entity, number: str) -> Candidates:
        if entity.kind is VALUE and self._enum_of(entity) is not None:
            return self.value_of(entity)
        if entity.kind is TYPE:
            alias = self._alias(entity)
            return alias if alias is not None else (entity.as_kind(INSTANCE),)
        if entity.kind is not FUNCTION:
            return super()._called(entity, number)
        found: list[Candidates] = []
        for around, index, *chain in self.get(return_key(entity.path, entity.descriptor)) or ():
            if index == number and chain[0] == "@Self" and entity.inner:
                found.append(self._follow(entity.inner, tuple(chain[1:]), Place(entity.path, around)))
            elif index == number:
                found.append(self.evaluate(Place(entity.path, around), tuple(chain)))
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _follow(self, start: Candidates, steps: Chain, place: Place) -> Candidates:
        """Return where the rest of a chain leads from candidates that are known."""
        found = start
        for step in steps:
            if step.startswith((HELD, AS)):
                kind, _, path = step.partition(":")
                found = self._own_or(place, path, self.followed(found, OF) if kind == OF else found)
            elif step in ("@of", "@call"):
                found = (Entity(WRAPPED, name=step, inner=found),) if is_known(found) else found
            elif step == "()":
                found = self._result(found, "0")
            else:
                found = merged([self._step(each, step) for each in found], MAX_CANDIDATES)
        return found

    def value_of(self, value: Entity) -> Candidates:
        """Return what a constant holds; a variant is an instance of its enum."""
        enum = self._enum_of(value)
        if enum is not None:
            return (enum,)
        found = [
            self.evaluate(Place(value.path, each[0]), each[1:])
            for each in self.get(value_key(value.path, value.descriptor)) or ()
        ]
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _enum_of(self, value: Entity) -> Entity | None:
        if value.name != VARIANT:
            return None
        descriptor = value.descriptor[: value.descriptor.rfind("#") + 1]
        return Entity(INSTANCE, value.path, descriptor, type_name(descriptor))

    def underlying(self, instance: Entity) -> Candidates:
        """Return what an instance is as an iterator: a container of its `Item`."""
        found = self.member(instance, "Item")
        if found[0].kind is not TYPE:
            return MISSING
        return (Entity(WRAPPED, name="@of", inner=self._result(found, "0")),)

    def _alias(self, entity: Entity) -> Candidates | None:
        """Return an instance of what an alias stands for, None for a type that is none."""
        entries = self.get(alias_key(entity.path, entity.descriptor))
        if entries is None:
            return None
        found = [self.evaluate(Place(entity.path, each[0]), each[1:]) for each in entries]
        return merged(found, MAX_CANDIDATES)

    def variant(self, owner: Entity, name: str) -> Candidates:
        """Return a variant of an enum whose variants are all imported."""
        return self.member(owner, name) if owner.kind is TYPE else MISSING

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a field, method, constant, variant or associated type, those of traits included."""
        question = (owner.as_kind(TYPE), name)
        found = self._members.get(question)
        if found is None:
            self._members[question] = unknown("dynamic")
            found = self._members[question] = self._find_member(question[0], name)
        if not is_known(found) and name in (GIVE_SELF if owner.kind is INSTANCE else MAKE_SELF):
            return (Entity(WRAPPED, name="@call", inner=(owner.as_kind(INSTANCE),)),)
        return found

    def _find_member(self, owner: Entity, name: str) -> Candidates:
        alias = self._alias(owner)
        if alias is not None:
            return merged([self._step(each, name) for each in alias], MAX_CANDIDATES)
        own = self.own_member(owner, name)
        if own:
            return own
        traits, is_closed = self.traits(owner)
        for trait in traits:
            found = self.own_member(trait, name)
            if found:
                return tuple(each._replace(inner=(owner,)) for each in found)
        target = self.own_member(owner, "Target") if name != "Target" else ()
        if target and target[0].kind is TYPE:
            return merged([self._step(each, name) for each in self._result(target, "0")], MAX_CANDIDATES)
        return MISSING if is_closed else foreign(self._beyond(owner, name))

    def _beyond(self, owner: Entity, name: str) -> str:
        """Return the trail to a member of a library's trait; of what nobody declares, only its impls, by its name."""
        written = self.get(self_key(owner.path, owner.descriptor)) or ()
        return next((f"{each[-2]} () {name}" for each in written if each[-1] == "()"), own_member(name))

    def own_member(self, owner: Entity, name: str) -> Candidates:
        """Return what a type's impls, or a trait itself, have under a name; () for nothing."""
        value = self.get(member_key(owner.path, owner.descriptor, name)) or ()
        if name[0] == ".":
            return self._from_entries(owner, value) if value else ()
        found = [(entry[0], entry[2], owner.path, entry[1]) for entry in value]
        elsewhere = self.get(elsewhere_key(owner.name, name))
        for path, descriptor, kind, impl in elsewhere if elsewhere and elsewhere != MANY else ():
            if self._is_for(owner, path, impl):
                found.append((kind[0], kind[1:], path, descriptor))
        impl = owner.inner[0].descriptor if owner.inner else "@"
        inherent = [each for each in found if not each[1]]
        chosen = inherent or found
        chosen = [each for each in chosen if each[3].startswith(impl)] or chosen
        if len({each[3].rpartition("#")[0] for each in chosen}) > 1 and chosen[0][1]:
            return _AMBIGUOUS  # one trait for several types, as `From`: only the types of arguments would tell
        return tuple(
            Entity(_KINDS[kind], path, descriptor, VARIANT if kind == "e" else name, (owner,))
            for kind, _, path, descriptor in chosen[:MAX_CANDIDATES]
        )

    def _is_for(self, owner: Entity, path: str, impl: str) -> bool:
        """Say whether an impl is for a type."""
        return any(each.path == owner.path and each.descriptor == owner.descriptor for each in self.self_of(path, impl))

    def _from_entries(self, owner: Entity, entries: tuple[Entry, ...]) -> Candidates:
        found: list[Candidates] = []
        for _, around, *chain in entries:
            if chain[0].startswith(PARAMETER):
                place = Place(owner.path, around)
                found += [self._follow(each, tuple(chain[2:]), place) for each in self._parameter(owner, chain[0])]
            found.append(self.evaluate(Place(owner.path, around), tuple(chain)))
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _parameter(self, owner: Entity, element: str) -> list[Candidates]:
        """Return what an impl says that a type parameter is: the impl around, of elsewhere all that bind it."""
        name = element.removeprefix(PARAMETER).partition("|")[0]
        impls = [(each.path, each.descriptor) for each in owner.inner[:1]]
        if not impls:
            elsewhere = self.get(bounds_elsewhere_key(owner.name, name))
            known = elsewhere if elsewhere and elsewhere != MANY else ()
            impls = [(path, impl) for path, impl in known if self._is_for(owner, path, impl)]
        return [
            self.evaluate(Place(path, each[0]), each[1:])
            for path, impl in impls
            for each in self.get(bound_key(path, impl, name)) or ()
        ]

    def traits(self, owner: Entity) -> tuple[list[Entity], bool]:
        """Return the traits of a type, and those that these require; and whether all of them are known."""
        bare = owner._replace(inner=())
        found = self._traits.get(bare)
        if found is None:
            self._traits[bare] = ([], True)
            found = self._traits[bare] = self._find_traits(bare)
        return found

    def _find_traits(self, owner: Entity) -> tuple[list[Entity], bool]:
        waiting, seen, is_closed = [owner], {owner: None}, True
        while waiting and len(seen) < _MAX_TRAITS:
            one = waiting.pop(0)
            for candidates in self._direct_traits(one):
                known = [each for each in candidates if each.kind is TYPE]
                is_closed = is_closed and bool(known)
                fresh = [each for each in known if each not in seen]
                seen.update(dict.fromkeys(fresh))
                waiting.extend(fresh)
        return list(seen)[1:], is_closed

    def _direct_traits(self, owner: Entity) -> list[Candidates]:
        written = [(owner.path, each) for each in self.get(base_key(owner.path, owner.descriptor)) or ()]
        elsewhere = self.get(traits_elsewhere_key(owner.name))
        for path, impl in elsewhere if elsewhere and elsewhere != MANY else ():
            if self._is_for(owner, path, impl):
                written += [(path, each) for each in self.get(base_key(path, impl)) or ()]
        return [self.evaluate(Place(path, each[0]), each[1:]) for path, each in written if each[-1] not in MARKERS]


def local_entity(path: str, descriptor: str) -> Entity:
    """Return an item of a block."""
    if descriptor[-1] == "#":
        return Entity(TYPE, path, descriptor, type_name(descriptor))
    name, suffix = descriptor_parts(descriptor)[-1]
    return Entity(VALUE if suffix == "." else FUNCTION, path, descriptor, name)


def _of_container(entity: Entity, step: str) -> Candidates:
    """Return what a method of a container of the standard library gives."""
    if entity.name == "@of" and step == "enumerate":
        numbered = Entity(WRAPPED, name=TUPLE, inner=(_NUMBER, Entity(WRAPPED, inner=entity.inner)))
        return (Entity(WRAPPED, name="@call", inner=(Entity(WRAPPED, name="@of", inner=(numbered,)),)),)
    if entity.name == TUPLE and step in GIVE_SELF:
        return (Entity(WRAPPED, name="@call", inner=(entity,)),)
    if entity.name == "@of" and step in GIVE_INNER:
        return (Entity(WRAPPED, name="@call", inner=entity.inner),)
    if entity.name == "@of" and step in GIVE_SAME:
        return (Entity(WRAPPED, name="@call", inner=(entity,)),)
    return foreign(own_member(step))
