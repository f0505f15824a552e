"""What names mean in and around functions and classes that stand inside Python functions."""

from __future__ import annotations

import pytest
from projects import Project

LIB = """
class Item:
    def go(self):
        pass


class Other:
    def go(self):
        pass


def make():
    class Inner(Item):
        def run(self) -> "Item":
            pass
    def again():
        return Inner()
    return Inner()


class Holder:
    def __init__(self):
        class Held:
            def use(self):
                pass
        self.held = Held()
"""


def edges(body: str) -> list[str]:
    """Return the edges out of a.py, beside lib.py, that are neither imports nor containment."""
    snapshot = Project({"lib.py": LIB, "a.py": body}).index.snapshot
    return [
        f"{symbol.id} -> {edge.target} {edge.kind}".replace("a.py/", "").replace(
            "lib.py/", "" if edge.target != "lib.py/" else "lib.py/"
        )
        for symbol in snapshot.in_file("a.py")
        for edge in snapshot.dependencies(symbol.id)
        if edge.kind not in ("contains", "imports")
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def f():\n    def g(): pass\n    return g()", ["f(). -> f().g(). calls"]),
        ("def f():\n    def g(): return g()", ["f().g(). -> f().g(). calls"]),
        ("def f():\n    def g(): pass\n    def h(): g()", ["f().h(). -> f().g(). calls"]),
        ("def g(): pass\ndef f(g):\n    def h(): g()", []),
        ("def g(): pass\ndef f():\n    def g(): pass\ndef h(): g()", ["h(). -> g(). calls"]),
        (
            "def f():\n    class C:\n        def m(self): self.n()\n        def n(self): pass",
            ["f().C#m(). -> f().C#n(). calls"],
        ),
        (
            "class C:\n    def m(self):\n        def g(): self.n()\n    def n(self): pass",
            ["C#m().g(). -> C#n(). calls"],
        ),
        ("class C:\n    def g(self): pass\n    def m(self):\n        def h(): g()", []),
        (
            "def f():\n    class C:\n        def m(self): pass\n    class D(C):\n        def m(self): pass",
            ["f().D# -> f().C# inherits", "f().D#m(). -> f().C#m(). overrides"],
        ),
        (
            "from lib import Item\ndef f():\n    x = Item()\n    def g(): x.go()",
            ["f(). -> Item# calls", "f().g(). -> Item#go(). calls"],
        ),
        (
            "from lib import Item, Other\ndef f():\n    x = Item()\n    def g():\n        x = Other()\n        x.go()",
            ["f(). -> Item# calls", "f().g(). -> Other# calls", "f().g(). -> Other#go(). calls"],
        ),
        (
            "from lib import *\ndef f():\n    x = 0\n    def g():\n        nonlocal x\n        x = Item()\n    x.go()",
            ["f(). -> Item#go(). calls", "f().g(). -> Item# calls"],
        ),
        (
            "from lib import make\ndef f(): make().run().go()",
            ["f(). -> make(). calls", "f(). -> make().Inner#run(). calls", "f(). -> Item#go(). calls"],
        ),
        ("from lib import make\ndef f(): make().go()", ["f(). -> make(). calls", "f(). -> Item#go(). calls"]),
        (
            "from lib import Holder\ndef f(): Holder().held.use()",
            ["f(). -> Holder# calls", "f(). -> Holder#__init__().Held#use(). calls"],
        ),
        ("import lib\ndef f(): lib.Inner(); lib.again()", ["f(). -> lib.py/ references"]),
        ("def f(x): x.use()", []),
        (
            "def f():\n    @deco\n    def g(x=deco()): pass\ndef deco(x): pass",
            ["f().g(). -> deco(). calls"],
        ),
    ],
)
def test_names(body: str, expected: list[str]) -> None:
    """Names are looked up function by function outwards, past classes; from outside only results lead to local ones."""
    assert edges(body) == expected
