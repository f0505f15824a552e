"""From what the references of a file stand for to its edges, for statically typed languages.

| role | to a type | to a function | to a variable, constant or field | to a package |
|---|---|---|---|---|
| call, decorator | `called_type` of the language | calls | references | nothing |
| type | uses_type | calls | references | nothing |
| inherit, implement | inherits, implements | references | references | nothing |
| read | uses_type | references | references | nothing |

What a value holds is not known, so a call of one is `dynamic` as well.

One candidate is `exact`, because the language's own rules led to it, `inferred` where they started from a type that
nobody declared; several are `ambiguous`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from codegraph.core.facts import COMPUTED, ROLE, SPELLED, UNPARSED, Chain, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import EDGE, SURE, Confidence, DependencyKind, SymbolId, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.scheme import TableReader
from codegraph.graph.resolve.typed.entities import FUNCTION, PACKAGE, TYPE, UNKNOWN, VALUE, Candidates
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place

_TYPE_EDGES = {
    Role.READ: DependencyKind.USES_TYPE,
    Role.CALL: DependencyKind.USES_TYPE,
    Role.TYPE: DependencyKind.USES_TYPE,
    Role.INHERIT: DependencyKind.INHERITS,
    Role.IMPLEMENT: DependencyKind.IMPLEMENTS,
    Role.DECORATOR: DependencyKind.USES_TYPE,
}
_CALLING = (Role.CALL, Role.DECORATOR, Role.TYPE)
_DEFINITIONS = (TYPE, FUNCTION, VALUE)
Edge = tuple[SymbolId, DependencyKind, Confidence]
Outcome = tuple[tuple[Edge, ...], str]
"""Edges, and the reason why there is none."""
_Question = tuple[Place, Chain, Role]


_NOT_PARSED: Outcome = ((), "unparsed")
_NOBODY_KNOWS: Outcome = ((), "dynamic")
_LIBRARY = ("external", "builtin")


class TypedLinker(ABC):
    """Links one file, a `PartLinker`. Languages say who evaluates, and add what is theirs in `finish`."""

    called_type = DependencyKind.USES_TYPE
    """The kind of an edge from a call to a type."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        self.path = path
        self.definitions = outline.definitions
        self.occurrences = occurrences
        self.collector = collector
        self._outcomes: dict[_Question, tuple[Outcome, str]] = {}
        """With the name that is said where there is no edge."""

    @abstractmethod
    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part, and forget the last one's."""

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:  # noqa: ARG002  (languages look at them)
        """Say whether a call that a library's value answers may be one of a method of the project.

        A library may hold what it was handed, an instance of a class that is derived from one of the library's own.
        """
        return False

    def bare(self, element: str) -> str:
        """Return the name that an element of a chain has as a definition."""
        return element.partition("(")[0]

    def place_of(self, reference: Reference) -> Place:  # noqa: ARG002  (languages look at it)
        """Return where a reference is written."""
        return Place(self.path)

    @abstractmethod
    def finish(self, part: Part) -> None:
        """Add what does not come of a single reference of a part."""

    def candidates(self, reference: Reference) -> Candidates:
        """Return what a reference stands for."""
        return self._evaluator.evaluate(self.place_of(reference), reference.chain)

    def link(self, part: Part, table: TableReader) -> None:
        """Resolve one part."""
        self._evaluator = self.begin(table)
        self._outcomes.clear()
        add, miss, known = self.collector.add, self.collector.miss, self._outcomes
        for reference in part.references:
            question = (self.place_of(reference), reference.chain, reference.role)
            answer = known.get(question)
            if answer is None:
                answer = known[question] = self._answered(reference)
            (edges, reason), name = answer
            owner, (line, column) = reference.owner, reference.positions[:2]
            for target, kind, confidence in edges:
                add(owner, target, kind, confidence, line, column)
            if reason:
                miss(owner, name, reference.role, reason, line, column)
        self.finish(part)

    def _answered(self, reference: Reference) -> tuple[Outcome, str]:
        """Return the outcome of a reference, and its name if there is a reason to say it."""
        if reference.chain[0] == UNPARSED:
            return _NOT_PARSED, reference.chain[-1]
        if reference.chain[0] == SPELLED:
            return _NOBODY_KNOWS, reference.chain[-1]
        self._evaluator.is_guess = False
        is_computed = reference.chain[-1] == COMPUTED
        found = self._computed(reference) if is_computed else self.candidates(reference)
        outcome = self.outcome(found, reference) if found else _NOBODY_KNOWS
        if outcome[1] in _LIBRARY and reference.role is ROLE.CALL and self.may_be_own(found, reference):
            outcome = outcome[0], "unknown_receiver"
        if not outcome[1] or is_computed:
            return outcome, ""
        return outcome, self.bare(next((each for each in reversed(reference.chain) if each[0] not in "(@[<"), ""))

    def _computed(self, reference: Reference) -> Candidates:
        """Return the functions that a call whose function has no name may mean, if they are known."""
        before = reference.chain[:-1]
        found = self._evaluator.evaluate(self.place_of(reference), before) if before else ()
        return tuple(each for each in found if each.kind is FUNCTION)

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges to candidates, or the reason why there is none."""
        role = reference.role
        targets = [each for each in found if each.kind in _DEFINITIONS]
        if len(targets) > 1:
            targets = list({(each.path, each.descriptor): each for each in targets}.values())
        sure = SURE.INFERRED if self._evaluator.is_guess else SURE.EXACT
        confidence = sure if len(targets) == 1 else SURE.AMBIGUOUS
        edges = []
        for each in targets:
            kind = EDGE.REFERENCES
            if each.kind is TYPE:
                kind = self.called_type if role is ROLE.CALL else _TYPE_EDGES[role]
            elif each.kind is FUNCTION and role in _CALLING:
                kind = EDGE.CALLS
            edges.append((symbol_id(each.path, each.descriptor), kind, confidence))
        if edges or found[0].kind is PACKAGE:
            is_held = role is ROLE.CALL and all(each.kind is VALUE for each in targets)
            return tuple(edges), "dynamic" if edges and is_held else ""
        if found[0].kind is UNKNOWN:
            reason = found[0].name
            return (), "" if role is ROLE.READ and reason in ("unknown_receiver", "dynamic") else reason
        return (), "" if role is ROLE.READ else "dynamic"


def is_delegation(reference: Reference) -> bool:
    """Say whether a mention is a constructor's `this(...)` or `super(...)`, in C# `: this(...)` or `: base(...)`."""
    chain = reference.chain
    return len(chain) == 2 and chain[0] in ("@self", "@super") and chain[1].startswith("<new>")
