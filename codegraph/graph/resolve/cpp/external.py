"""What is not of the project: what it gives, as far as that is known, and what of the project it may be after all.

Of templates of the standard library the arguments tell what pointers, containers and iterators give. Else a trail
(`typed.libraries`) says how something foreign was come by: "std ..." from the standard library, "@own () ..." from a
type of the project with a base outside of it, "@held () ..." from an instance of a template, "@in ..." from a namespace
of the project, any other name from what is not known. What is not known may be a generated type that is derived from
one of the project, or a value with one in it.
Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from enum import IntEnum

from codegraph.core.words import words
from codegraph.graph.resolve.typed.entities import WRAPPED, Candidates, Entity, foreign, is_known
from codegraph.graph.resolve.typed.evaluator import EXTERNAL
from codegraph.graph.resolve.typed.libraries import own_member

_ELEMENT = frozenset({"front", "back", "at", "top", "value", "get", "data", "lock", "emplace_back", "load", "value_or"})
_SAME = frozenset({"begin", "end", "rbegin", "rend", "cbegin", "cend", "find", "lower_bound", "upper_bound", "lock"})
_STEPS = frozenset({"->", "*", "[]", "[each]"})
_PLAIN = words(
    """
    string wstring u8string u16string u32string string_view wstring_view basic_string basic_string_view to_string
    to_wstring stringstream ostringstream istringstream ifstream ofstream fstream bitset thread error_code
    """
)
"""What is called by its name in the standard library and holds nothing of the project."""


class Own(IntEnum):
    """Which functions of the project a foreign call may mean."""

    NONE = 0
    OVERRIDING = 1
    """Methods of types that are derived from something."""
    METHODS = 2
    ALL = 3


def inherited(name: str) -> Candidates:
    """Return what a type of the project has under a name from a base outside of the project."""
    return foreign(own_member(name) if "(" in name else name)


def of_namespace(namespace: str, name: str) -> Candidates:
    """Return what a namespace has under a name that nothing of the project has there."""
    root = namespace.partition("::")[0]
    return foreign(f"std {name}" if root == "std" else f"@in {name}" if root else name)


def of_external(entity: Entity, step: str) -> Candidates:
    """Return what a step leads to; for a method, something to be called."""
    given, name = entity.inner, step.partition("(")[0]
    if not given:
        return foreign(f"@held () {step}")
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
    return (Entity(WRAPPED, name="@call", inner=result),) if is_known(result) else foreign(f"@held () {step}")


def may_mean(trail: str) -> Own:
    """Say which functions of the project the call may mean that a trail ends with."""
    *before, _ = trail.split(" ")
    root = before[0] if before else ""
    if root == "std":
        made = before[1].partition("(") if len(before) > 2 else ("", "", "")
        return Own.METHODS if made[1] and made[0] not in _PLAIN else Own.NONE
    if before == ["@held", "()"]:
        return Own.NONE
    if before == ["@own", "()"]:
        return Own.OVERRIDING
    if root == "@in" and "()" not in before:
        return Own.ALL
    last = before[-1] if before else ""
    is_type = last[:1].isupper() and not last.isupper() and "(" not in last and not _STEPS.intersection(before)
    return Own.NONE if is_type and "()" not in before else Own.METHODS
