"""How C++ finds names, members and types: scopes from the inside out, bases, using, template arguments.

A place's `around` is a qualified scope ("a::B"); each scope around is a class, whose members and bases are searched,
or a namespace. Type entities carry their qualified name. Of functions those count that take the call's number of
arguments, and of these the ones whose parameters are nearest to what is seen of the arguments.
Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegraph.core.facts import Chain
from codegraph.graph.resolve.c import linkage_key
from codegraph.graph.resolve.cpp.external import inherited, of_external, of_namespace
from codegraph.graph.resolve.cpp.names import alias_key, below, call_operator, class_of, scopes_of
from codegraph.graph.resolve.cpp.openings import Openings
from codegraph.graph.resolve.cpp.scopes import at_most, best_methods, fits
from codegraph.graph.resolve.keys import base_key, member_key, return_key
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
    is_foreign,
    is_known,
    merged,
    shallow,
    spaces,
    unknown,
)
from codegraph.graph.resolve.typed.evaluator import CYCLE, EXTERNAL, MISSING, UNKNOWN_RECEIVER, Place
from codegraph.graph.resolve.typed.generics import GenericEvaluator

AMBIGUOUS = unknown("ambiguous")
_MAX_BASES = 64
_MAX_USES = 8
_MAX_GIVEN = 6
_POINTING = {"->": "operator->(0)", "*": "operator*(0)", "[]": "operator[](1)"}


class CppEvaluator(GenericEvaluator):
    """Answers what C++'s chains stand for."""

    def __init__(self, table: TableReader, openings: Openings) -> None:
        super().__init__(table)
        self.openings, self.sight = openings, openings.sight
        self._bases: dict[Entity, tuple[list[Entity], bool]] = {}
        self._classes: dict[tuple[str, str], Entity | None] = {}
        self._looking: set[tuple[str, str]] = set()
        """Namespaces and names whose directives are being followed: a circle of them finds nothing new."""
        self._uses = 0

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        if chain[0] == "@here" and len(chain) == 2:
            return (Entity(TYPE, place.path, chain[1], f"{place.around}::@{chain[1]}"),)
        if chain[0] == "@out":
            around = place.around
            while self.class_at(place.path, around) is not None:
                around = around.rpartition("::")[0]
            return self.evaluate(Place(place.path, around), chain[1:])
        if len(chain) > 1 and chain[-1] == "::":
            seen = iter(()) if len(chain) > 2 else self._spaces(place, chain[0])
            return spaces(self.evaluate(place, chain[:-1])) or next(seen, MISSING)
        found = super()._answer(place, chain)
        if len(chain) == 2 and not is_known(found) and chain[0] != "::" and chain[1][0].isalpha():
            further = [self.followed(space, chain[1]) for space in self._spaces(place, chain[0])]
            return next(filter(is_known, further), further[0] if further else found)
        return found

    def _spaces(self, place: Place, name: str) -> Iterator[Candidates]:
        """Yield what a name before `::` may mean, from the inside out: a namespace may not be one that is seen here."""
        for scope in scopes_of(place.around):
            owner = self.class_at(place.path, scope)
            if owner is not None:
                found = spaces(self.member(owner, name))
            elif self.openings.is_namespace(below(scope, name)):
                found = (Entity(PACKAGE, name=below(scope, name)),)
            else:
                found = self._types(place.path, scope, name)
            if is_known(found):
                yield found

    def external(self, chain: Chain, given: tuple[Entity, ...]) -> Candidates:
        """Return an instance of a template outside of the project, by its name."""
        return (Entity(WRAPPED, "", chain[-2] if len(chain) > 1 else "", "@external", given),)

    def typed(self, place: Place, chain: Chain, arguments: tuple[Entity, ...]) -> Candidates:
        """Return the instances of a type; arguments nested too deep are forgotten."""
        return shallow(super().typed(place, chain, arguments), _MAX_GIVEN)

    def _called(self, entity: Entity, number: str) -> Candidates:
        if entity.kind is INSTANCE:
            return self._result(self.member(entity, "operator()(?)"), number)
        if entity.kind is not FUNCTION:
            return super()._called(entity, number)
        value = self.get(return_key(entity.path, entity.descriptor)) or ()
        found = [self.typed(Place(entity.path, entity.name), entry[1:], entity.inner) for entry in value]
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _step(self, entity: Entity, step: str) -> Candidates:
        kind = entity.kind
        if kind is WRAPPED and entity.name == "@external":
            return of_external(entity, step)
        if kind is VALUE:
            return merged([self._step(each, step) for each in self.value_of(entity)], MAX_CANDIDATES)
        if kind is WRAPPED and entity.name == "@of":
            if step in _POINTING or step == "[each]":
                return entity.inner
            found = [self._step(each, step) for each in entity.inner] if step[:8] != "operator" else []
            return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER
        if kind is INSTANCE:
            real = self.real(entity)
            if real != (entity,):
                return merged([self._step(each, step) for each in real], MAX_CANDIDATES)
            if step in _POINTING or step == "[each]":
                return self._pointed(entity, step)
        if kind is FUNCTION and step in _POINTING:
            return UNKNOWN_RECEIVER
        return super()._step(entity, step)

    def _pointed(self, entity: Entity, step: str) -> Candidates:
        """Return what a pointer, or an object with such an operator, gives."""
        if step == "[each]":
            begin = self.member(entity, "begin(0)")
            given = self._result(begin, "0") if is_known(begin) else UNKNOWN_RECEIVER
            return merged([self._step(each, "*") for each in given], MAX_CANDIDATES)
        found = self.member(entity, _POINTING[step])
        if not is_known(found):
            return (entity,)
        return self._result(found, "0")

    def value_of(self, value: Entity) -> Candidates:
        """Return what a field or a variable holds."""
        around = value.descriptor[: value.descriptor.rfind("#") + 1]
        place = Place(value.path, value.name)
        if around:
            name = value.descriptor[len(around) :].rstrip(".").partition(".(")[0].strip("`")
            entries = self.get(member_key(value.path, around, name)) or ()
        else:
            entries = self.get(member_key(value.path, value.descriptor, "")) or ()
        found = [self.typed(place, entry[2:], value.inner) for entry in entries if entry[0] == "v"]
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def named(self, place: Place, name: str) -> Candidates:
        """Return what a bare name means, a function's where it has a number of arguments."""
        if name == "::":
            return (Entity(PACKAGE, name=""),)
        opened: Candidates = ()
        for scope in scopes_of(place.around):
            owner = self.class_at(place.path, scope)
            if name == "@self":
                if owner is not None:
                    return (owner.as_kind(INSTANCE),)
                continue
            found = self.member(owner, name) if owner is not None else self.in_scope(place.path, scope, name)
            if is_known(found) or found == AMBIGUOUS:
                return found
            opened = opened or (found if is_foreign(found) else ())
        if name == "@self":
            return UNKNOWN_RECEIVER
        found = self._of_c(name)
        return opened or (of_namespace("", name) if name == "std" else found) if found == MISSING else found

    def _of_c(self, name: str) -> Candidates:
        """Return what a header that was read as C defines."""
        entries = self.get(linkage_key(name.partition("(")[0]))
        if entries is None or entries == MANY:
            return MISSING
        chosen = [entry for entry in entries if entry[3] != "p"] or list(entries)
        if len(chosen) > 1:
            chosen = self.sight.nearest(chosen)
        kinds = {"function": FUNCTION, "constant": VALUE}
        found = [Entity(kinds.get(entry[2], TYPE), entry[0], entry[1]) for entry in chosen]
        return tuple(found[:MAX_CANDIDATES]) or MISSING

    def class_at(self, path: str, scope: str) -> Entity | None:
        """Return the class that a scope is, None for a namespace."""
        question = (path, scope)
        if question not in self._classes:
            self._classes[question] = None
            self._classes[question] = self._class(path, scope)
        return self._classes[question]

    def _class(self, path: str, scope: str) -> Entity | None:
        if not scope:
            return None
        local = scope.rfind("::@")
        if local >= 0 and "#::" not in scope[local:]:
            return Entity(TYPE, path, *class_of(scope, local))
        outer, _, last = scope.rpartition("::")
        owner = self.class_at(path, outer)
        found = self._own(owner, last) if owner is not None else self._types(path, outer, last)
        types = [each for each in found if each.kind is TYPE]
        return types[0] if types else None

    def _types(self, path: str, scope: str, name: str) -> Candidates:
        entries = self.openings.entries(scope, name)
        special = self.openings.entries(scope, name + "<>") if entries is None else None
        if special is not None and len(special) > 1:
            return AMBIGUOUS
        listed = [each for each in entries or special or () if each[2:3] == ("t",)]
        if not listed:
            return ()
        chosen = [each for each in listed if each[0] == path] or self.sight.choose(listed)
        return tuple(Entity(TYPE, each[0], each[1], below(scope, name)) for each in chosen[:MAX_CANDIDATES])

    def in_scope(self, path: str, scope: str, name: str) -> Candidates:
        """Return what a namespace has under a name, with what is used there."""
        bare, bracket, rest = name.partition("(")
        if bare.startswith("operator(") or bare == "operator":
            bare, bracket, rest = call_operator(name)
        value = self.openings.entries(scope, bare)
        entries = (self.openings.uses(scope, bare) if value == MANY else value) or ()
        if value == MANY and not entries:
            return AMBIGUOUS
        found = self._select(path, scope, bare, entries, rest[:-1] if bracket else "") if entries else ()
        if found:
            return found
        if not bracket and self.openings.is_namespace(below(scope, bare)):
            return (Entity(PACKAGE, name=below(scope, bare)),)
        found = self._types(path, scope, bare) if not entries else ()
        return found or self._used(path, scope, name, entries)

    def _select(self, path: str, scope: str, name: str, entries: tuple[Entry, ...], count: str) -> Candidates:
        functions = [each for each in entries if each[2] == "f"]
        types = [each for each in entries if each[2] == "t"]
        values = [each for each in entries if each[2] == "v"]
        if functions and (count or not (types or values)):
            chosen = self.sight.functions(functions, count)
            if chosen:
                return at_most([Entity(FUNCTION, each[0], each[1], scope) for each in chosen])
        if types:
            return self._types(path, scope, name)
        chosen = self.sight.choose(values)
        return tuple(Entity(VALUE, each[0], each[1], scope) for each in chosen[:MAX_CANDIDATES])

    def _used(self, path: str, scope: str, name: str, entries: tuple[Entry, ...]) -> Candidates:
        """Follow using declarations and directives, and other names of namespaces."""
        usings = [each for each in entries if each[2] == "u" and self.sight.sees(each[0])]
        usings.extend(self.openings.directives(scope))
        if not usings or self._uses > _MAX_USES or (scope, name) in self._looking:
            return MISSING
        self._uses += 1
        self._looking.add((scope, name))
        found: Candidates = MISSING
        for each in usings:
            target = each[4:]
            if each[3] == "*":
                spaces = self.evaluate(Place(path, scope), target) if target != (name,) else MISSING
                found = merged([self.packaged(one, name) for one in spaces if one.kind is PACKAGE], 4) or MISSING
            else:
                bracket = name[len(target[-1]) :] if each[3] == "n" else ""
                outer = scope.rpartition("::")[0] if target[:1] == (name,) else scope
                found = self.evaluate(Place(path, outer), (*target[:-1], target[-1] + bracket))
            if is_known(found):
                break
        self._uses -= 1
        self._looking.discard((scope, name))
        return found

    def packaged(self, package: Entity, name: str) -> Candidates:
        """Return what a namespace has under a name."""
        found = self.in_scope("", package.name, name)
        if found == MISSING and not package.name:
            return self._of_c(name)
        if found == MISSING and package.name.partition("::")[0] != "std":
            found = self._opened_by_macro(package.name, name)
        return of_namespace(package.name, name) if found == MISSING else found

    def _opened_by_macro(self, scope: str, name: str) -> Candidates:
        """Return what an included file has outside of a namespace that a macro opens, so that nobody saw it open."""
        found = self.in_scope("", scope.partition("::")[2], name)
        seen = tuple(each for each in found if each.kind is PACKAGE or (each.path and self.sight.sees(each.path)))
        self.sight.guessed.update((each.path, each.descriptor) for each in seen if each.path)
        return seen or MISSING

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a field, a nested type or the methods of a type, inherited ones included."""
        waiting, seen, is_open = [owner], 0, False
        while waiting and seen < _MAX_BASES:
            first = waiting.pop()
            seen += 1
            one = self.real(first)[0]
            if one.name == "@external":
                return of_external(one, name)
            if one.kind is not INSTANCE and one.kind is not TYPE:
                is_open = True
                continue
            own = self._own(one, name)
            if own:
                return own
            if name.startswith("<new>"):
                return (first._replace(kind=TYPE, inner=()),)
            bases, is_closed = self.bases(one)
            is_open = is_open or not is_closed
            waiting.extend(reversed(bases))
        return inherited(name) if is_open else MISSING

    def real(self, entity: Entity) -> Candidates:
        """Return what a type, or an instance of it, is if it is another name of one; never empty."""
        for _ in range(_MAX_USES):
            aliased = self.get(alias_key(entity.path, entity.descriptor))
            if aliased is None:
                return (entity,)
            place = Place(entity.path, entity.name.rpartition("::")[0])
            groups = [self.typed(place, chain, entity.inner) for chain in aliased if chain != ("()",)]
            found = merged(groups, MAX_CANDIDATES) if groups else EXTERNAL
            if found[0].kind is not INSTANCE:
                return found
            entity = found[0].as_kind(entity.kind)
        return CYCLE

    def arrows(self, place: Place, chain: Chain) -> Candidates:
        """Return the operator that follows the object of a chain, () for a pointer."""
        objects = self.evaluate(place, chain)
        if len(objects) == 1 and objects[0].kind is VALUE:
            objects = self.value_of(objects[0])
        if len(objects) != 1 or objects[0].kind is not INSTANCE:
            return ()
        found = self.member(objects[0], _POINTING["->"])
        return found if is_known(found) and found[0].kind is FUNCTION else ()

    def free_operator(self, owner: Entity, name: str) -> Candidates:
        """Return the operator functions beside a class that take an instance of it first."""
        bare, _, count = name.partition("(")
        operands = str(int(count[:1]) + 1) if count[:1].isdigit() else "?"
        scope, _, spelled = owner.name.rpartition("::")
        value = self.openings.entries(scope, bare)
        entries = [each for each in value or () if each[2:3] == ("f",) and each[5].partition(",")[0] == spelled]
        other = count[:-1].partition(":")[2]
        if operands == "2" and (not other or self.real(owner) != (owner,)):
            entries = [each for each in entries if each[5] == f"{spelled},{other or spelled}"]
        given = f"{operands}:{spelled},{other}" if operands == "2" else operands
        chosen = self.sight.functions(entries, given) if entries else []
        return tuple(Entity(FUNCTION, each[0], each[1], scope) for each in chosen[:MAX_CANDIDATES])

    def _own(self, owner: Entity, name: str) -> Candidates:
        """Return what a type itself has under a name; () if it has nothing."""
        bare, bracket, rest = name.partition("(")
        if bare == "operator":
            bare, bracket, rest = call_operator(name)
        if bracket:
            found = self._methods(owner, bare, rest[:-1])
            if found:
                return found
            if bare == owner.name.rpartition("::")[2] and bare:
                return (owner.as_kind(TYPE),)
        entries = self.get(member_key(owner.path, owner.descriptor, bare)) or ()
        if entries:
            types = [each[1] for each in entries if each[0] == entries[0][0] == "t"]  # several: branches of an #if
            found = tuple([Entity(TYPE, owner.path, each, below(owner.name, bare)) for each in types[:MAX_CANDIDATES]])
            return found or (Entity(VALUE, owner.path, entries[0][1], owner.name, owner.inner),)
        outside = self._types(owner.path, owner.name, bare)
        if is_known(outside) or bracket:
            return outside
        if bare == owner.name.rpartition("::")[2]:
            return (owner.as_kind(TYPE),)
        return self._methods(owner, bare, "")

    def _methods(self, owner: Entity, name: str, count: str) -> Candidates:
        listed = self.get(member_key(owner.path, owner.descriptor, f"{name}()")) or ()
        if not listed:
            return ()
        number, _, types = count.partition(":")
        entries: list[Entry] = [(owner.path, entry[0], "f", entry[2], entry[1], entry[3]) for entry in listed]
        spelled = owner.name.rpartition("::")[2] if name == "<new>" else name
        outside = self.openings.entries(owner.name, spelled) or ()
        entries.extend(each for each in outside if each[2:3] == ("f",))
        fitting = [each for each in entries if fits(each[4], number)]
        best = best_methods([(each[1], each[4], each[3], each[5], each[0]) for each in fitting], types)
        places = {(each[4], each[0]) for each in best}
        found: dict[Entry, None] = {}
        for each in fitting:
            if (each[0], each[1]) in places and each[0] == owner.path:
                found.update(dict.fromkeys(self.sight.joined(each, entries)))
        return at_most([Entity(FUNCTION, each[0], each[1], owner.name, owner.inner) for each in found])

    def bases(self, owner: Entity) -> tuple[list[Entity], bool]:
        """Return the bases of a type with their template arguments, and whether all of them are known."""
        question = owner.as_kind(TYPE)
        found = self._bases.get(question)
        if found is None:
            self._bases[question] = ([], True)
            place = Place(owner.path, owner.name.rpartition("::")[0])
            listed, is_closed = list[Entity](), True
            for chain in self.get(base_key(owner.path, owner.descriptor)) or ():
                candidates = self.typed(place, chain, owner.inner)
                known = [each for each in candidates if each.kind is INSTANCE and each.path]
                is_closed = is_closed and bool(known)
                listed.extend(known[:1])
            self._bases[question] = found = (listed, is_closed)
        return found
