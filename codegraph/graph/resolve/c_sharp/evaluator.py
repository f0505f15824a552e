"""How C# finds names, types and members: enclosing types with what they inherit, namespaces, usings, extension methods.

A simple name is a member of the types around it, from the inside out, then a type or namespace of the namespaces
around it, from the inside out, with the usings of the file ("Simple names", "Namespace and type names", C# language
specification). Members are looked for in all parts of a type, then along its bases; of methods those count that take
the number of arguments. A method that no type has may be an extension of the receiver's type or of one of its bases.
Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

from codegraph.core.facts import LOCAL, Chain
from codegraph.graph.resolve.c_sharp.names import (
    CONTAINER_TYPES,
    GIVE_INNER,
    GIVE_SAME,
    GIVE_SELF,
    OBJECT_METHODS,
    extension_key,
)
from codegraph.graph.resolve.c_sharp.overloads import CLOSED, best_overloads, of_arity, preferred, takes
from codegraph.graph.resolve.c_sharp.types import MAX_BASES, TypeEvaluator, around
from codegraph.graph.resolve.keys import member_key, return_key
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    INSTANCE,
    PACKAGE,
    TYPE,
    UNKNOWN,
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
from codegraph.graph.resolve.typed.evaluator import EXTERNAL, MISSING, UNKNOWN_RECEIVER, Place
from codegraph.graph.resolve.typed.libraries import Asked, own_member, receiver_of

_AMBIGUOUS = unknown("ambiguous")
_SURE = (UNKNOWN_RECEIVER, _AMBIGUOUS)
"""What is there, though nobody knows which of several it is, or what it holds."""
_PARAMETERS = ("object", "")
MAX_OVERLOADS = 2
"""Of more overloads that arguments do not tell apart none is linked: most of them would be wrong."""
GUESS = "@guess"
"""The name of a method that is meant if the receiver, of which nothing is known, has none of that name."""


class CSharpEvaluator(TypeEvaluator):
    """Answers what C#'s chains stand for. A TYPE's `name` is its full name, its place the first of its parts."""

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        last = chain[-1]
        if last == "()" and all(each[0] not in "@(" and "(" not in each for each in chain[:-1]):
            found = self.type_path(place, chain[:-1])
            known = tuple(each.as_kind(INSTANCE) for each in found if each.kind is TYPE)
            return known or foreign(f"{chain[-2]} ()")
        return super()._answer(place, chain)

    def named(self, place: Place, name: str) -> Candidates:
        """Return what a simple name means where a value can stand."""
        if name == "global::":
            return (Entity(PACKAGE),)
        if name.startswith(LOCAL):
            return (Entity(FUNCTION, place.path, name.removeprefix(LOCAL)),)
        owners = around(place)
        if name == "@self" or name == "@super":
            own = owners[:1] if name == "@self" else self._base_classes(owners)
            return tuple(each.as_kind(INSTANCE) for each in own[:MAX_CANDIDATES]) or EXTERNAL
        is_open = False
        for owner in owners:
            found = self._declared(owner, name)
            if is_known(found) or found in _SURE:
                return found
            is_open = is_open or is_foreign(found)
        if "(" not in name:
            found = self.type_named(place, name)
            if is_known(found):
                return found
        for form, _, target in self.usings(place.path):
            if form == "s":
                for owner in self.dotted(target, place.path):
                    found = self._declared(owner, name) if owner.kind is TYPE else EXTERNAL
                    if is_known(found) or found in _SURE:
                        return found
                    is_open = is_open or is_foreign(found)
        if is_open and "(" in name:
            return foreign(own_member(name))
        return foreign(name) if is_open or name[:1].isupper() else MISSING

    def _base_classes(self, owners: list[Entity]) -> list[Entity]:
        """Return what `base` means in the innermost type."""
        return [each for each in self.bases(owners[0])[0] if not self.is_interface(each)] if owners else []

    def packaged(self, package: Entity, name: str) -> Candidates:
        """Return a type of a namespace, or the namespace below it."""
        found = self.in_namespace(package.name, name, "")
        return found if is_known(found) else foreign(name)

    def _step(self, entity: Entity, step: str) -> Candidates:
        if step == "[]":
            return self._element(entity) if entity.kind is not VALUE else super()._step(entity, step)
        if entity.kind is WRAPPED:
            return self._of_container(entity, step)
        if entity.kind is UNKNOWN:
            receiver = receiver_of(f"{entity.descriptor} {step}")
            declared = (receiver.name,) if receiver.asked is Asked.DECLARED else ()
            found = self._extension(declared, step)
            if is_known(found):
                return found if declared else tuple(each._replace(name=GUESS) for each in found)
            return super()._step(entity, step)
        return super()._step(entity, step)

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a member of a type, a nested type, or a method that extends it."""
        found = self._declared(owner, name)
        if is_known(found) or found in _SURE:
            return found
        if "(" in name and owner.kind is INSTANCE:
            extension = self._extension(self._names_of(owner), name)
            if is_known(extension):
                return extension
        bare = name.partition("(")[0].partition("`")[0]
        if owner.kind is INSTANCE and bare in GIVE_SELF:
            is_call = "(" in name
            return (Entity(WRAPPED, name="@call", inner=(owner,)),) if is_call else (owner,)
        if "(" not in name:
            nested = self.nested(owner, name)
            return nested if is_known(nested) else found
        return found

    def _names_of(self, owner: Entity) -> tuple[str, ...]:
        names: dict[str, None] = {}
        waiting, seen = [owner], 0
        while waiting and seen < MAX_BASES:
            one = waiting.pop(0)
            seen += 1
            names[one.name.rpartition(".")[2]] = None
            known, outside, _ = self.bases(one)
            names.update(dict.fromkeys(outside))
            waiting.extend(known)
        return tuple(names)

    def _extension(self, types: tuple[str, ...], name: str) -> Candidates:
        """Return the extension methods that take one of the types; of several the one for the nearest type."""
        bare, bracket, rest = name.partition("(")
        bare, _, generic = bare.partition("`")
        value = self.get(extension_key(bare)) if bracket else None
        if not value or value == MANY:
            return MISSING
        number, _, given = rest[:-1].partition(":")
        given = given and f",{given}"  # the receiver is the first argument, told apart below
        fitting = of_arity([each for each in value if takes(each[2], each[3], int(number) + 1)], generic, 5)
        for wanted in (*types, *_PARAMETERS):
            found = [each for each in fitting if each[4] == wanted]
            found = best_overloads(found, given, lambda each: ((each,), each in CLOSED))
            found = preferred(found, int(number) + 1, 3)
            if len(found) > MAX_OVERLOADS:
                return _AMBIGUOUS
            if found:
                return tuple(Entity(FUNCTION, each[0], each[1]) for each in found[:MAX_CANDIDATES])
        return MISSING

    def _declared(self, owner: Entity, name: str) -> Candidates:
        """Return what a type, or one of its bases, declares under a name."""
        bare, bracket, rest = name.partition("(")
        number, _, types = rest[:-1].partition(":")
        count = int(number) if bracket else -1
        bare, _, generic = bare.partition("`") if bracket else (bare, "", "")
        waiting, seen, is_open = [owner], 0, bare in OBJECT_METHODS
        shown: dict[str, None] = {}
        while waiting and seen < MAX_BASES:
            one = waiting.pop(0)
            seen += 1
            if one.name in shown:
                continue
            shown[one.name] = None
            found = self.own_member(one, bare, count, types, generic)
            if found:
                return found
            if bare == "<new>":
                return (one.as_kind(TYPE),)
            known, _, is_closed = self.bases(one)
            is_open = is_open or not is_closed
            waiting.extend(known)
        return foreign(own_member(name)) if is_open else MISSING

    def own_member(self, owner: Entity, name: str, count: int, given: str = "", generic: str = "") -> Candidates:
        """Return what the parts of a type have under a name; `count` arguments for a call, -1 for no call."""
        held: list[Candidates] = []
        methods: list[Entry] = []
        for path, descriptor in self.parts(owner):
            for entry in self.get(member_key(path, descriptor, name)) or ():
                if entry[0] in "vm" and "e" in entry[4]:  # of an interface, and only seen through that
                    continue
                if entry[0] == "a":
                    held.append(self.evaluate(Place(path, entry[1]), entry[2:]))
                elif entry[0] == "v":
                    held.append((Entity(VALUE, path, entry[1], name),))
                elif count < 0 or takes(entry[2], entry[3], count):
                    methods.append((path, *entry))
        if count >= 0:
            methods = of_arity(methods, generic, 5, is_bare=not count)
        best = best_overloads(methods, given, lambda each: self._bases_by_name(owner, each))
        best = preferred(best, count, 4) if count >= 0 else best
        if len(best) > MAX_OVERLOADS:
            return _AMBIGUOUS
        held += [(Entity(FUNCTION, each[0], each[2]),) for each in best]
        return merged(held, MAX_CANDIDATES) if held else ()

    def _bases_by_name(self, owner: Entity, name: str) -> tuple[tuple[str, ...], bool]:
        """Return the names of a type and its bases, as a part of `owner` sees them; and whether all are known."""
        namespace = owner.name.rpartition(".")[0]
        found = self.type_named(Place(owner.path, f"{namespace}||"), name)
        if found[0].kind is not TYPE:
            return (name,), name in CLOSED
        return self._names_of(found[0]), all(self.bases(each)[2] for each in found)

    def value_of(self, value: Entity) -> Candidates:
        """Return what a field or a property holds; a member of an enum is an instance of it."""
        found = self._results(value)
        if found:
            return merged(found, MAX_CANDIDATES)
        return UNKNOWN_RECEIVER

    def _results(self, entity: Entity) -> list[Candidates]:
        return [
            self.evaluate(Place(entity.path, each[0]), each[1:])
            for each in self.get(return_key(entity.path, entity.descriptor)) or ()
        ]

    def _called(self, entity: Entity, number: str) -> Candidates:
        if entity.kind is FUNCTION:
            found = self._results(entity)
            return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER
        if entity.kind is INSTANCE:  # a delegate
            found = self._results(entity)
            return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER
        return super()._called(entity, number)

    def underlying(self, instance: Entity) -> Candidates:
        """Return what an instance gives where it is indexed: what its indexer returns."""
        found = self._declared(instance, "this")
        held = [self.value_of(each) for each in found if each.kind is VALUE]
        return (Entity(WRAPPED, name="@of", inner=merged(held, MAX_CANDIDATES)),) if held else MISSING

    def _of_container(self, entity: Entity, step: str) -> Candidates:
        bare, bracket, _ = step.partition("(")
        bare = bare.partition("`")[0]
        if entity.name != "@of":
            is_invoked = bare == "Invoke"
            return entity.inner if is_invoked and not bracket else (entity,) if is_invoked else EXTERNAL
        found: Candidates = ()
        if bare in GIVE_INNER:
            found = entity.inner
        elif bare in GIVE_SAME:
            found = (entity,)
        if found:
            return (Entity(WRAPPED, name="@call", inner=found),) if bracket else found
        extension = self._extension(tuple(CONTAINER_TYPES), step)
        return extension if is_known(extension) else foreign(own_member(step))
