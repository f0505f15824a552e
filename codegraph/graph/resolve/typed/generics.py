"""Type arguments: what stands behind an instance in a chain, and how it replaces the parameters of its class.

Behind an instance of a generic type its arguments are one element of the chain, "<Item/()>": parts of a chain divided
by slashes, arguments by commas. ("@param", "0") is an instance of the first type parameter of the class around,
followed by the chain of its bound. A type that is not of the project stands as "@external" with its arguments.
Tests: tests/unit/graph/test_graph_java.py, test_graph_cpp.py.
"""

from __future__ import annotations

from functools import lru_cache

from codegraph.core.facts import Chain
from codegraph.graph.resolve.typed.entities import INSTANCE, WRAPPED, Candidates, Entity, is_foreign
from codegraph.graph.resolve.typed.evaluator import UNKNOWN_RECEIVER, Evaluator, Place

_MOST_SPLIT = 4096
"""So many lists of type arguments are remembered in parts: a project writes few, and most of them often."""


class GenericEvaluator(Evaluator):
    """An evaluator of a language with type arguments."""

    def _answer(self, place: Place, chain: Chain) -> Candidates:
        if chain[0] == "@param" or (chain[-1][0] == "<" and chain[-1][-1] == ">"):
            return self.typed(place, chain, ())
        return super()._answer(place, chain)

    def typed(self, place: Place, chain: Chain, arguments: tuple[Entity, ...]) -> Candidates:
        """Return the instances of a declared type, its class's type parameters replaced by arguments."""
        if not chain:
            return UNKNOWN_RECEIVER
        last = chain[-1]
        if last == "@of":
            return (Entity(WRAPPED, name="@of", inner=self.typed(place, chain[:-1], arguments)),)
        if chain[0] == "@param":
            number = int(chain[1])
            if number < len(arguments):
                return arguments[number].inner
            return self.evaluate(place, chain[2:])
        if last[0] != "<" or last[-1] != ">":
            return self.evaluate(place, chain)
        given = tuple(
            [Entity(WRAPPED, "", "", "@argument", self.typed(place, each, arguments)) for each in split_arguments(last)]
        )
        found = self.evaluate(place, chain[:-1])
        if is_foreign(found):
            return self.external(chain[:-1], given)
        return tuple(each._replace(inner=given) if each.kind is INSTANCE else each for each in found)

    def external(self, chain: Chain, given: tuple[Entity, ...]) -> Candidates:
        """Return what stands for an instance of a type outside of the project, whose name is its `descriptor`."""
        return (Entity(WRAPPED, descriptor=chain[-2] if len(chain) > 1 else "", name="@external", inner=given),)


@lru_cache(_MOST_SPLIT)
def split_arguments(element: str) -> tuple[Chain, ...]:
    """Return the chains of type arguments: parts are divided by slashes, arguments by commas, outside of brackets."""
    chains: list[list[str]] = [[""]]
    depth = 0
    for character in element[1:-1]:
        depth += (character == "<") - (character == ">")
        if character == "," and not depth:
            chains.append([""])
        elif character == "/" and not depth:
            chains[-1].append("")
        else:
            chains[-1][-1] += character
    return tuple([tuple(chain) if chain != [""] else () for chain in chains])
