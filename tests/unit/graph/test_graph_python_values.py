"""What Python values say of the names that they are given to: operands, elements, aliases, tests, casts."""

from __future__ import annotations

import pytest
from projects import Project

LIB = """
from typing import ContextVar, Mapping, Optional, TypeAlias, Union


class Item:
    def go(self) -> "Item":
        pass

    def again(self) -> "Item":
        pass


class Other:
    def go(self):
        pass

    def only(self):
        pass


Either = Union["Item", Other]
Maybe = Item | None
Named: TypeAlias = "Item"
type Newer = Item
current: ContextVar[Item] = ContextVar("current")
items: dict[str, Item] = {}


class Box:
    def __init__(self, item=None):
        self.item = item or Item()
        self.made = [Item() for _ in range(3)]
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def f(x):\n    y = x or Item()\n    y.go()", ["Item#go()."]),
        ("def f(x):\n    y = x if x else Item()\n    y.go()", ["Item#go()."]),
        ("def f(x):\n    y = x and Item()\n    y.go()", ["Item#go()."]),
        ("def f(x: Box):\n    x.item.go()", ["Item#go()."]),
        ("def f(x: Box):\n    x.made[0].go()", ["Item#go()."]),
        ("def f(xs: list[Item]):\n    for x in xs[1:]: x.go()", ["Item#go()."]),
        ("def f(xs: list[Item]):\n    xs[:2][0].go()", ["Item#go()."]),
        ("def f(xs: list[Item]):\n    xs[1:].go()", []),
        ("def f():\n    xs = [Item()]\n    for x in xs: x.go()", ["Item#go()."]),
        ("def f():\n    xs = {'a': Item()}\n    xs['a'].go()", ["Item#go()."]),
        ("def f(n):\n    xs = {k: Item() for k in n}\n    xs.get(1).go()", ["Item#go()."]),
        ("def f(xs: list[Item]):\n    for i, x in enumerate(xs): x.go()", ["Item#go()."]),
        ("def f(xs: list[Item]):\n    for x in reversed(list(xs)): x.go()", ["Item#go()."]),
        ("def f(xs: list[Item], ys: list[Other]):\n    for x, y in zip(xs, ys): y.go()", ["Other#go()."]),
        ("def f():\n    for key, x in items.items(): x.go()", ["Item#go()."]),
        ("def f():\n    return [x.go() for x in items.values()]", ["Item#go()."]),
        ("def f():\n    items.get('a').go()", ["Item#go()."]),
        ("def f():\n    items.pop('a').go()", ["Item#go()."]),
        ("def f():\n    own = items\n    own['a'].go()", ["Item#go()."]),
        ("def f():\n    if (x := current.get(None)) is not None:\n        x.go()", ["Item#go()."]),
        ("def f(x: Either):\n    x.only()", ["Other#only()."]),
        ("def f(x: Maybe):\n    x.go()", ["Item#go()."]),
        ("def f(x: Named):\n    x.go()", ["Item#go()."]),
        ("def f(x: Newer):\n    x.go()", ["Item#go()."]),
        ("def f(x):\n    if isinstance(x, Item): x.go()", ["Item#go()."]),
        ("def f(x):\n    assert isinstance(x, (int, Item))\n    x.go()", ["Item#go()."]),
        ("def f(x: Other | Item):\n    if isinstance(x, Item): x.go()", ["Item#go()."]),
        ("def f(x: Other | Item):\n    if isinstance(x, Item): pass\n    else: x.go()", ["Item#go().", "Other#go()."]),
        ("def f(x):\n    cast('Item', x).go()", ["Item#go()."]),
        ("def f(x):\n    y = t.cast(Item, x)\n    y.go()", ["Item#go()."]),
        (
            "def f():\n    x = Item()\n    x = x.go()\n    x = x.again()\n    x = x.go()",
            ["Item#go().", "Item#again()."],
        ),
        ("def f(x):\n    x.get(1).go()", []),
        ("def f():\n    items.keys()[0].go()", []),
    ],
)
def test_values(body: str, expected: list[str]) -> None:
    """A value's operands, elements and casts, aliases of types, and tests where nothing else is known, give types."""
    project = Project({"lib.py": LIB, "a.py": f"from lib import *\n{body}\n"})
    (found,) = project.index.snapshot.by_name("f")
    edges = project.index.snapshot.dependencies(found.id)
    methods = [each.target.removeprefix("lib.py/") for each in edges if each.kind == "calls"]
    assert [each for each in methods if each.endswith(").")] == expected
