"""What a chain of a statically typed language stands for: one step at a time, as far as the declared types lead.

One evaluator serves one call of `link`; it learns of every file only by `TableReader.get`, and what it remembers
dies with it. A question that comes up again while it is being answered has the answer "dynamic" there, and
questions inside questions are bounded, so every chain ends. A *place* is where a chain was written: a file, and the
descriptor of the type around it ("" at the top), because names mean there what they mean there.
Tests: tests/unit/graph/test_graph_go.py, test_graph_java.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

from codegraph.core.facts import Chain, Definition
from codegraph.core.symbols import TYPE_KINDS
from codegraph.graph.resolve.keys import return_key
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, TableReader, Value
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

_MAX_NESTING = 40
_MAX_TRAIL = 200
CYCLE = unknown("dynamic")
_OPEN = CYCLE, False
MISSING = unknown("missing")
EXTERNAL = unknown("external")
UNKNOWN_RECEIVER = unknown("unknown_receiver")
_WRAPPERS = ("@of", "@call", "@chan")


class Place(NamedTuple):
    """Where a chain was written."""

    path: str
    around: str = ""


def places_by_type(path: str, definitions: Sequence[Definition]) -> list[Place]:
    """Return the place of what is written in each definition: the innermost type around it, or the file."""
    places: list[Place] = []
    for each in definitions:
        if each.kind in TYPE_KINDS:
            places.append(Place(path, each.descriptor))
        else:
            places.append(places[each.container] if each.container >= 0 else Place(path))
    return places


class Evaluator(ABC):
    """Answers what chains stand for, for one file being linked; languages fill in names and members."""

    def __init__(self, table: TableReader) -> None:
        self.get = table.get
        self._memo: dict[tuple[object, ...], tuple[Candidates, bool]] = {}
        """Question -> answer, and whether it is a guess."""
        self._nesting = 0
        self.is_guess = False
        """Whether an answer since this was last set to False rests on a type that nobody declared."""

    @abstractmethod
    def named(self, place: Place, name: str) -> Candidates:
        """Return what a name means in a place."""

    @abstractmethod
    def packaged(self, package: Entity, name: str) -> Candidates:
        """Return what a package has under a name."""

    @abstractmethod
    def member(self, owner: Entity, name: str) -> Candidates:
        """Return what a type or an instance has under a name, inherited members included."""

    @abstractmethod
    def value_of(self, value: Entity) -> Candidates:
        """Return what a VALUE holds, by its declared type."""

    def underlying(self, instance: Entity) -> Candidates:
        """Return what an instance is made of where it is called or indexed."""
        return CYCLE if instance.path else UNKNOWN_RECEIVER

    def evaluate(self, place: Place, chain: Chain) -> Candidates:
        """Return the candidates of a chain, at most MAX_CANDIDATES; UNKNOWN says why there is none."""
        if not chain or chain[0] == "()":
            return UNKNOWN_RECEIVER
        known = self._memo.get((place, chain))  # most questions come up again
        if known is None:
            return self.asked((place, chain), lambda: self._answer(place, chain))
        self.is_guess = self.is_guess or known[1]
        return known[0]

    def asked(self, question: tuple[object, ...], answer: Callable[[], Candidates]) -> Candidates:
        """Return the answer to a question, found once; "dynamic" inside of itself and too deep inside others."""
        known = self._memo.get(question)
        if known is not None:
            self.is_guess = self.is_guess or known[1]
            return known[0]
        if self._nesting > _MAX_NESTING:
            return CYCLE
        self._memo[question] = _OPEN
        self._nesting += 1
        was_guess, self.is_guess = self.is_guess, False
        found = answer()
        self._memo[question] = found, self.is_guess
        self.is_guess = self.is_guess or was_guess
        self._nesting -= 1
        return found

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        last = chain[-1]
        if len(chain) == 1:
            return self.named(place, last)
        if last[0] == "@" and last[1:].isdigit():
            return self._result(self.evaluate(place, chain[:-2]), last[1:])
        return self.followed(self.evaluate(place, chain[:-1]), last)

    def followed(self, before: Candidates, last: str) -> Candidates:
        """Return what one more element of a chain leads to."""
        if last in _WRAPPERS:
            is_something = last == "@call" or is_known(before)  # that it is a function is known even if nothing else is
            return (Entity(WRAPPED, name=last, inner=before),) if is_something else before
        if last == "()":
            return self._result(before, "0")
        return merged([self._step(each, last) for each in before], MAX_CANDIDATES)

    def _step(self, entity: Entity, step: str) -> Candidates:
        kind = entity.kind
        if kind is UNKNOWN:
            if entity.descriptor:
                return _further(entity, step)
            reason = "unknown_receiver" if entity.name in ("dynamic", "missing") else entity.name
            return unknown(reason)
        if kind is VALUE:
            return merged([self._step(each, step) for each in self.held(entity)], MAX_CANDIDATES)
        if step == "[]":
            return self._element(entity)
        if kind is PACKAGE:
            return self.packaged(entity, step)
        if kind is TYPE or kind is INSTANCE:
            return self.member(entity, step)
        return UNKNOWN_RECEIVER

    def held(self, value: Entity) -> Candidates:
        """Return what a VALUE holds, and what is held by those that it holds; two may hold each other."""
        return self.asked(
            (VALUE, value),
            lambda: merged(
                [self.held(each) if each.kind is VALUE else (each,) for each in self.value_of(value)], MAX_CANDIDATES
            ),
        )

    def _element(self, entity: Entity) -> Candidates:
        if entity.kind is WRAPPED:
            return entity.inner if entity.name != "@call" else UNKNOWN_RECEIVER
        if entity.kind is INSTANCE:
            return merged(
                [self._element(each) for each in self.underlying(entity) if each.kind is WRAPPED] or [UNKNOWN_RECEIVER],
                MAX_CANDIDATES,
            )
        return (entity,)  # a function or type with its type arguments

    def _result(self, called: Candidates, number: str) -> Candidates:
        return merged([self._called(each, number) for each in called], MAX_CANDIDATES)

    def _called(self, entity: Entity, number: str) -> Candidates:
        kind = entity.kind
        if kind is TYPE:
            return (entity.as_kind(INSTANCE),)
        if kind is FUNCTION:
            value = self.get(return_key(entity.path, entity.descriptor)) or ()
            return self.evaluated(Place(entity.path, around_of(entity)), tuple(e[1:] for e in value if e[0] == number))
        if kind is WRAPPED:
            return entity.inner if entity.name == "@call" and number == "0" else UNKNOWN_RECEIVER
        if kind is VALUE:
            return self._result(self.held(entity), number)
        if kind is INSTANCE:
            wrapped = tuple(each for each in self.underlying(entity) if each.kind is WRAPPED)
            return self._result(wrapped, number) if wrapped else UNKNOWN_RECEIVER
        if kind is UNKNOWN:
            return _further(entity, "()") if entity.descriptor else (entity,)
        return UNKNOWN_RECEIVER

    def evaluated(self, place: Place, chains: Value) -> Candidates:
        """Return the candidates of several chains written in one place."""
        return merged([self.evaluate(place, chain) for chain in chains], MAX_CANDIDATES) if chains else UNKNOWN_RECEIVER


def _further(entity: Entity, step: str) -> Candidates:
    """Return what a library gives one step on from what it gave."""
    return foreign(f"{entity.descriptor} {step}") if len(entity.descriptor) < _MAX_TRAIL else (entity,)


def around_of(entity: Entity) -> str:
    """Return the descriptor of the type around a member, "" at the top."""
    return entity.descriptor[: entity.descriptor.rfind("#") + 1]


def agreed(groups: list[Candidates]) -> Candidates:
    """Return what all of several values are, unknown if they differ."""
    distinct = dict.fromkeys(
        EXTERNAL[0] if is_foreign((each,)) else each._replace(inner=()) for group in groups for each in group
    )
    return groups[0] if len(distinct) == 1 else UNKNOWN_RECEIVER
