"""What templates of the standard library give, as far as their arguments tell: pointers, containers, iterators.

Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.typed.entities import WRAPPED, Candidates, Entity, is_known
from codegraph.graph.resolve.typed.evaluator import EXTERNAL

_ELEMENT = frozenset({"front", "back", "at", "top", "value", "get", "data", "lock", "emplace_back", "load", "value_or"})
_SAME = frozenset({"begin", "end", "rbegin", "rend", "cbegin", "cend", "find", "lower_bound", "upper_bound", "lock"})
_STEPS = frozenset({"->", "*", "[]", "[each]"})


def of_external(entity: Entity, step: str) -> Candidates:
    """Return what a step leads to; for a method, something to be called."""
    given, name = entity.inner, step.partition("(")[0]
    if not given:
        return EXTERNAL
    is_map = "map" in entity.descriptor
    if step in _STEPS:
        if is_map and step in ("->", "*", "[each]"):
            return (entity._replace(descriptor="pair"),)
        return given[1 if is_map and len(given) > 1 else 0].inner
    if name == "second" and len(given) > 1:
        return given[1].inner
    if name == "first":
        return given[0].inner
    result: Candidates = EXTERNAL
    if name in _SAME:
        result = (entity,)
    elif name == "operator" and entity.descriptor == "function":
        result = given[0].inner
    elif name in _ELEMENT:
        result = given[1 if is_map and len(given) > 1 else 0].inner
    return (Entity(WRAPPED, name="@call", inner=result),) if is_known(result) else EXTERNAL
