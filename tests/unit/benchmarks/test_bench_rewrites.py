"""Rewritten functions: other code, the same results."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from benchmarks.rewrites import REWRITES, TOGETHER, rewritten
from benchmarks.variants import text_of

SOURCES = {
    "comprehension for loop": """
def made(values):
    found = []
    for value in values:
        if value > 1:
            found.append(value * 2)
    return found
""",
    "loop for comprehension": """
def made(values):
    return [value * 2 for value in values if value > 1 if value < 9]
""",
    "while for for": """
def made(values):
    total = 0
    for at in range(len(values)):
        total += values[at] * at
    return total
""",
    "branches exchanged": """
def made(values):
    if values and values[0] != 2:
        return "no"
    else:
        return "yes"
""",
    "else after return": """
def made(values):
    if not values:
        return None
    first = values[0]
    return first + 1
""",
    "arguments named": """
def made(values):
    return sorted(list(reversed(values)))
""",
    "names inlined": """
def made(values):
    total = sum(values)
    return total
""",
    "if for expression": """
def made(values):
    kind = "many" if len(values) > 2 else "few"
    return kind
""",
    "de Morgan": """
def made(values):
    if values and 3 in values and not (1 in values or len(values) > 5):
        return True
    return False
""",
    "format for f-string": """
def made(values):
    return f"{values!r} has {len(values)} {{values}}"
""",
}
CASES = ([], [2], [1, 2, 3], [3, 4], [2, 9, 8, 7, 6, 5], [3] * 7)


def results(node: ast.FunctionDef) -> list[Any]:
    """Run a function on all cases."""
    scope: dict[str, Any] = {}
    exec(text_of(node), scope)
    return [scope["made"](list(case)) for case in CASES]


def function(text: str) -> ast.FunctionDef:
    """Parse a text of one function."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewrite_changes_the_code_and_not_what_it_does(name: str) -> None:
    """Each has a function that it fits; alone and with all others the results stay."""
    node = function(SOURCES[name])
    before = text_of(node)
    changed = rewritten(node, (name,))
    assert changed is not None
    assert text_of(changed) != before == text_of(node)
    together = rewritten(node, TOGETHER)
    assert results(changed) == results(node)
    assert together is None or results(together) == results(node)


def test_what_does_not_fit_is_left_alone() -> None:
    """A loop with other effects, a range with a step, code without any of the forms."""
    plain = function("def made(values):\n    values.sort()\n    return len(values)\n")
    assert all(rewritten(plain, (name,)) is None for name in REWRITES)
    loop = function("def made(x):\n    f = []\n    for a in x:\n        print(a)\n        f.append(a)\n    return f\n")
    assert rewritten(loop, ("comprehension for loop",)) is None
