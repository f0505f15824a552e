"""How Ruby finds constants and methods: nesting, then ancestors, then the top; prepended, own, included, inherited.

A class is its full name, whichever files open it. What an instance variable holds and what a method returns is read off
assignments and last expressions, if all agree: answers that rest on them are guesses. Every class ends at Object, where
methods that are defined outside of classes are. Tests: tests/unit/graph/test_graph_ruby.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from codegraph.core.facts import Chain
from codegraph.graph.resolve.keys import return_key
from codegraph.graph.resolve.ruby.names import (
    ROOTS,
    bases_key,
    class_member_key,
    constant_key,
    directory_key,
    includers_key,
    is_test,
    namespace_key,
    nested,
    spelled_so,
)
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    INSTANCE,
    TYPE,
    UNKNOWN,
    VALUE,
    Candidates,
    Entity,
    foreign,
    is_known,
    merged,
    unknown,
)
from codegraph.graph.resolve.typed.evaluator import CYCLE, EXTERNAL, MISSING, UNKNOWN_RECEIVER, Evaluator, Place, agreed
from codegraph.graph.resolve.typed.libraries import own_member

_MAX_ANCESTORS = 64
_AMBIGUOUS = unknown("ambiguous")
_DIRECTORY: Final = "directory"
"""Name of the entity of a module that no file defines."""
_UNKNOWN = ("unknown_receiver", "dynamic", "missing")
CALLED = "@called:"
LIKE = "like"
"""The name of an instance of a class that a value is only called like."""


class RubyEvaluator(Evaluator):
    """Answers what Ruby's chains stand for."""

    def __init__(self, table: TableReader, path: str) -> None:
        super().__init__(table)
        self._path = path
        self._bases: dict[str, tuple[list[tuple[str, str]], bool]] = {}

    def named(self, place: Place, name: str) -> Candidates:
        """Return what the first element of a chain stands for."""
        if name[0] == "@":
            return self._relative(place, name)
        around = [] if name.startswith("::") else nested(place.around)
        for full in around:
            found = self.constant(f"{full}::{name}")
            if found != MISSING:
                return found
        if around:
            found = self._inherited_constant(around[0], name)
            if is_known(found):
                return found
        found = self.constant(name.removeprefix("::"))
        if found == MISSING:
            found = self._included_constant(name.removeprefix("::"))
        if not is_known(found):
            found = next((of for full in around if (of := self._directory(f"{full}::{name}"))), ())
            found = found or self._directory(name.removeprefix("::"))
        return found or foreign(name)

    def _directory(self, full: str) -> Candidates:
        """Return a module that stands in no file: Rails makes it of a directory."""
        value = self.get(directory_key(full)) or ()
        is_there = value == MANY or any(self.is_visible(entry[0]) for entry in value)
        return (Entity(TYPE, "", full, _DIRECTORY),) if is_there else ()

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        found = super()._answer(place, chain)
        if found[0].kind is not UNKNOWN or found[0].name not in _UNKNOWN or len(chain) < 2:
            return found
        if chain[-1][0] == "$":
            return self._like(place, chain[-1][1:]) or found
        if chain[-1] != "()" or (not is_known(self.evaluate(place, chain[:-1])) and self._is_like(place, chain[:-2])):
            return found  # a guess whose class has no such method is none to guess further from
        return self._like(place, chain[-2].removesuffix("()")) or found

    def _is_like(self, place: Place, chain: Chain) -> bool:
        return bool(chain) and any(each.name == LIKE for each in self.evaluate(place, chain))

    def _like(self, place: Place, word: str) -> Candidates:
        """Return an instance of the class that a value is called like, a guess: `@parse_context`."""
        if not word.isidentifier() or not word[0].islower():
            return ()
        found = self.named(place, "".join([part.capitalize() for part in word.split("_")]))
        if len(found) != 1 or found[0].kind is not TYPE or found[0].descriptor in nested(place.around)[:1]:
            return ()  # what a class holds under its own name is seldom another of its kind
        self.is_guess = True
        return (Entity(INSTANCE, "", found[0].descriptor, LIKE),)

    def _relative(self, place: Place, name: str) -> Candidates:
        if name.startswith(CALLED):
            return self._like(place, name.removeprefix(CALLED)) or UNKNOWN_RECEIVER
        full = nested(place.around)[0] if place.around else "Object"
        own = Entity(TYPE, "", full)
        instance = own.as_kind(INSTANCE)
        if name == "@file":
            return (instance._replace(descriptor=f"//{place.path}"),)
        if name == "@block":
            self.is_guess = True
            return (own._replace(name="block"), instance)
        if name in ("@super", "@superclass"):
            return ((instance if name == "@super" else own)._replace(name="super"),)
        return {"@self": (instance,), "@class": (own,)}.get(name, UNKNOWN_RECEIVER)

    def constant(self, full: str) -> Candidates:
        """Return what a full name stands for."""
        value = self.get(constant_key(full)) or ()
        known = value if value == MANY else tuple(entry for entry in value if self.is_visible(entry[0]))
        if known == MANY or any(entry[2] != "const" for entry in known):
            return (Entity(TYPE, "", full),)
        if known:
            near = self.nearest(known)[:MAX_CANDIDATES]
            return tuple(Entity(VALUE, entry[0], entry[1], full) for entry in near)
        opened = self.get(namespace_key(full)) or ()
        is_there = opened == MANY or any(self.is_visible(entry[0]) for entry in opened)
        return (Entity(TYPE, "", full),) if is_there else MISSING

    def is_visible(self, path: str) -> bool:
        """Say whether the linked file can see what a file defines: not what another folder's tests and scripts do."""
        return path == self._path or not is_test(path) or path.split("/")[0] == self._path.split("/")[0]

    def _inherited_constant(self, full: str, name: str) -> Candidates:
        is_open = False
        for one, is_closed in self.ancestors(full):
            is_open = is_open or not is_closed
            found = self.constant(f"{one}::{name}") if one != full else MISSING
            if found != MISSING:
                return found
        return EXTERNAL if is_open else MISSING

    def _included_constant(self, name: str) -> Candidates:
        """Return a constant of what is included outside of classes, by this file or where it can be seen."""
        value = self.get(bases_key("")) or ()
        for entry in value if value != MANY else ():
            if entry[2] == self._path or self._is_common(entry[2]):
                for each in self._types(Place(""), entry[3:]):
                    found = self.constant(f"{each.descriptor}::{name}") if each.kind is TYPE else MISSING
                    if found != MISSING:
                        return found
        return MISSING

    def nearest(self, entries: tuple[Entry, ...]) -> list[Entry]:
        """Return the entries of the linked file, else those of no test, else all."""
        here = [entry for entry in entries if entry[0] == self._path]
        return here or [entry for entry in entries if not is_test(entry[0])] or list(entries)

    def located(self, entity: Entity) -> Candidates:
        """Return where a class is defined: of several places the one called like it, else where it has members."""
        full = entity.descriptor
        if entity.name == _DIRECTORY:
            return foreign(full)
        opened = [self.get(key(full)) or () for key in (constant_key, namespace_key)]
        entries = [
            entry
            for value in opened
            if value != MANY
            for entry in value
            if entry[2] != "const" and self.is_visible(entry[0])
        ]
        named = [entry for entry in entries if len(entries) > 1 and spelled_so(entry[0], full)]
        if not named and len(entries) > 1:
            entries = [entry for entry in entries if entry in opened[0]] or entries
        entries = named[:1] or self.nearest(tuple(entries))
        found = tuple(Entity(TYPE, entry[0], entry[1], full) for entry in entries)
        is_module = any(entry[2] == "module" for entry in entries)
        return found if len(found) == 1 or (0 < len(found) <= MAX_CANDIDATES and not is_module) else _AMBIGUOUS

    def packaged(self, package: Entity, name: str) -> Candidates:  # noqa: ARG002  (Ruby has no packages)
        """Return nothing: modules are types."""
        return MISSING

    def bases(self, full: str) -> tuple[list[tuple[str, str]], bool]:
        """Return how a class has which bases, and whether all of them are known."""
        found = self._bases.get(full)
        if found is None:
            self._bases[full] = ([], True)
            listed: list[tuple[str, str]] = []
            value = self.get(bases_key(full)) or ()
            is_closed = value != MANY
            for entry in value if is_closed else ():
                if entry[3:] == ("@class",):
                    listed.append(("extend self", full))
                    continue
                types = [each for each in self._types(Place("", entry[2]), entry[3:]) if each.kind is TYPE]
                is_closed = is_closed and bool(types)
                listed.extend((entry[0], each.descriptor) for each in types[:1])
            found = self._bases[full] = (listed, is_closed)
        return found

    def _types(self, place: Place, chain: Chain) -> Candidates:
        """Return what a constant stands for; one that holds a class is that class."""
        found = self.evaluate(place, chain)
        return merged([self.value_of(each) if each.kind is VALUE else (each,) for each in found], MAX_CANDIDATES)

    def ancestors(self, full: str) -> Iterator[tuple[str, bool]]:
        """Yield a class and what it takes methods from, in Ruby's order; and whether the bases of each are known."""
        seen: set[str] = set()
        waiting = [(full, False)]
        while waiting and len(seen) < _MAX_ANCESTORS:
            one, is_own = waiting.pop()
            listed, is_closed = self.bases(one)
            if is_own:
                yield one, is_closed
                continue
            if one in seen:
                continue
            seen.add(one)
            by_kind = {how: [base for kind, base in listed if kind == how] for how in ("super", "include", "prepend")}
            waiting.extend((base, False) for base in by_kind["super"][:1])
            waiting.extend((base, False) for base in by_kind["include"])
            waiting.append((one, True))
            waiting.extend((base, False) for base in by_kind["prepend"])

    def member(self, owner: Entity, name: str) -> Candidates:
        """Return a method, a constant or what a variable holds."""
        full = owner.descriptor
        if name.startswith("::"):
            found = self.constant(full + name)
            if found == MISSING and owner.name != _DIRECTORY:
                found = self._inherited_constant(full, name[2:])
            return found if is_known(found) else self._directory(full + name) or found
        if owner.name == _DIRECTORY:
            return foreign(name)
        is_type = owner.kind is TYPE
        if name[0] == "$":
            return self._variable(full, f".{name}" if is_type else name)
        if name == "<new>":
            return self._constructor(owner)
        found = self.inherited(owner, name)
        if is_known(found):
            return found
        if owner.name == "block":
            return found
        if owner.name == LIKE:
            return UNKNOWN_RECEIVER
        rooted = next((rooted for root in ROOTS if (rooted := self._entries(root, name, owner))), ())
        return rooted or self._of_includers(owner, name) or found

    def _of_includers(self, owner: Entity, name: str) -> Candidates:
        """Return the method that an object has on which a module's method runs, as the classes that include it say."""
        if owner.kind is not INSTANCE or owner.name or not self._is_module(owner.descriptor):
            return ()
        value = self.get(includers_key(owner.descriptor.rpartition("::")[2])) or ()
        found: dict[Entity, None] = {}
        for entry in value if value != MANY else ():
            lineage = [one for one, _ in self.ancestors(entry[0])]
            if owner.descriptor in lineage:
                methods = next((each for one in lineage if (each := self._entries(one, name, owner))), ())
                found.update(dict.fromkeys(each for each in methods if each.kind is FUNCTION))
        self.is_guess = self.is_guess or bool(found)
        return tuple(found) if len(found) <= MAX_CANDIDATES else ()

    def inherited(self, owner: Entity, name: str) -> Candidates:
        """Return a method of a class or of its instances, below Object."""
        return self._singleton(owner, name) if owner.kind is TYPE else self._method(owner, name)

    def _constructor(self, owner: Entity) -> Candidates:
        if owner.kind is not TYPE:
            return UNKNOWN_RECEIVER
        instance = owner.as_kind(INSTANCE)
        found = self._singleton(owner, "new()")
        if not is_known(found):
            found = self._method(instance, "initialize()")
        made = [each._replace(name="<new>", inner=(instance,)) for each in found if each.kind is FUNCTION]
        return tuple(made) or (owner,)

    def _method(self, owner: Entity, name: str) -> Candidates:
        full, is_open, has_magic = owner.descriptor, False, False
        for one, is_closed in self.ancestors(full):
            is_open = is_open or not is_closed
            if owner.name == "super" and one == full:
                continue
            found = self._entries(one, name, owner)
            if found:
                return found
            has_magic = has_magic or self.get(class_member_key(one, "method_missing()")) is not None
        if has_magic or is_open:
            return CYCLE if has_magic else foreign(own_member(name))
        return UNKNOWN_RECEIVER if self._is_module(full) else MISSING

    def _singleton(self, owner: Entity, name: str) -> Candidates:
        """Return a method of the class itself: its own, of what it is extended by, of its superclass."""
        full, is_open, seen = owner.descriptor, False, 0
        one: str | None = full
        while one is not None and seen < _MAX_ANCESTORS:
            seen += 1
            listed, is_closed = self.bases(one)
            is_open = is_open or not is_closed
            found = () if owner.name == "super" and one == full else self._entries(one, f".{name}", owner)
            for how, base in reversed(listed):
                found = found or self._extended(how, base, name, owner)
            if found:
                return found
            one = next((base for how, base in listed if how == "super"), None)
        has_magic = self.get(class_member_key(full, ".method_missing()")) is not None
        return CYCLE if has_magic else foreign(own_member(name)) if is_open else MISSING

    def _extended(self, how: str, base: str, name: str, owner: Entity) -> Candidates:
        if how == "include":
            methods = f"{base}::ClassMethods"
            return self._entries(methods, name, owner) if is_known(self.constant(methods)) else ()
        if how == "extend self":
            return self._entries(base, name, owner)
        if how != "extend":
            return ()
        for one, _ in self.ancestors(base):
            found = self._entries(one, name, owner)
            if found:
                return found
        return ()

    def _entries(self, full: str, name: str, receiver: Entity) -> Candidates:
        value = self.get(class_member_key(full, name))
        if value is None:
            return ()
        if value == MANY:
            return _AMBIGUOUS
        if full in ROOTS:  # what a script defines is there for that script, what tests define for tests
            value = tuple(each for each in value if each[0] == self._path or self._is_common(each[0]))
            self.is_guess = self.is_guess or any(each[0] != self._path for each in value)
        own = receiver._replace(name="", inner=())
        return tuple(
            Entity(FUNCTION, entry[0], entry[1], name, (own,)) for entry in self.nearest(value)[:MAX_CANDIDATES]
        )

    def _is_common(self, path: str) -> bool:
        return path.endswith(".rb") and self.is_visible(path)

    def _is_module(self, full: str) -> bool:
        value = self.get(constant_key(full)) or self.get(namespace_key(full)) or ()
        return bool(value) and value != MANY and value[0][2] == "module"

    def _variable(self, full: str, name: str) -> Candidates:
        for one, _ in self.ancestors(full):
            value = self.get(class_member_key(one, name))
            if value is not None:
                self.is_guess = True
                path = full[2:] if full.startswith("//") else ""
                return agreed([self.evaluate(Place(path, entry[1]), entry[2:]) for entry in value if value != MANY])
        return UNKNOWN_RECEIVER

    def value_of(self, value: Entity) -> Candidates:
        """Return what a constant holds."""
        entries = self.get(constant_key(value.name)) or ()
        found = [
            self.evaluate(Place(entry[0], entry[3]), entry[4:])
            for entry in entries
            if entry[:2] == (value.path, value.descriptor) and len(entry) > 4
        ]
        return merged(found, MAX_CANDIDATES) if found else UNKNOWN_RECEIVER

    def _called(self, entity: Entity, number: str) -> Candidates:
        if entity.kind is not FUNCTION:
            return super()._called(entity, number)
        if entity.name == "<new>":
            return entity.inner
        return self.asked((entity, "()"), lambda: self._result_of(entity))

    def _result_of(self, function: Entity) -> Candidates:
        """Return what all results of a method are; what starts at its object starts at the receiver."""
        value = self.get(return_key(function.path, function.descriptor))
        if not value:
            return UNKNOWN_RECEIVER
        self.is_guess = True
        return agreed([self._returned(function, entry[0], entry[1:]) for entry in value])

    def _returned(self, function: Entity, nesting: str, chain: Chain) -> Candidates:
        receiver = function.inner[0] if function.inner else None
        kind = {"@self": INSTANCE, "@class": TYPE}.get(chain[0])
        if kind is None or receiver is None or receiver.descriptor.startswith("//"):
            return self.evaluate(Place(function.path, nesting), chain)
        found: Candidates = (receiver.as_kind(kind),)
        for element in chain[1:]:
            found = self.followed(found, element)
        return found
