"""What Python names mean: one idiom a test, from source text to edges."""

from __future__ import annotations

import pytest
from projects import Project

LIB = """
class Base:
    shared: "Item"

    def run(self):
        return self

    def stop(self) -> "Item":
        pass

    @property
    def item(self) -> "Item":
        pass


class Item:
    def go(self):
        pass


class Child(Base):
    def run(self):
        return super().run()


def make() -> Child:
    pass


def items() -> list[Item]:
    pass


LIMIT = 3
default = Item()
"""


def edges(body: str, *kinds: str, **others: str) -> list[str]:
    """Return the edges of `f` in a.py beside lib.py and others; `lib.py/` is left out of the targets."""
    files = {f"{name}.py": text for name, text in others.items()}
    project = Project({"lib.py": LIB, **files, "a.py": body})
    found = project.index.snapshot.by_name("f")[0]
    listed = project.index.snapshot.dependencies(found.id)
    return [
        f"{edge.kind} {edge.target.removeprefix('lib.py/')} {edge.confidence}"
        for edge in listed
        if (edge.kind in kinds if kinds else edge.kind != "contains")
    ]


def calls(body: str, **others: str) -> list[str]:
    """Return what `f` calls, without confidence."""
    return [edge.split()[1] for edge in edges(body, "calls", **others)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("from lib import make\ndef f():\n    make()", ["make()."]),
        ("from lib import make as other\ndef f():\n    other()", ["make()."]),
        ("import lib\ndef f():\n    lib.make()", ["make()."]),
        ("import lib as other\ndef f():\n    other.make()", ["make()."]),
        ("from lib import *\ndef f():\n    make()", ["make()."]),
        ("def f():\n    from lib import make\n    make()", ["make()."]),
        ("from lib import make\ndef f():\n    make = print\n    make()", []),
        ("from lib import make\ndef f(make):\n    make()", []),
        ("from lib import make\ndef make(): pass\ndef f():\n    make()", ["a.py/make()."]),
        ("from lib import Base\ndef f():\n    Base()", ["Base#"]),
        ("from lib import Base\ndef f():\n    Base().run()", ["Base#", "Base#run()."]),
        (
            "from lib import Child\ndef f():\n    x = Child()\n    x.run()\n    x.stop()",
            ["Child#", "Child#run().", "Base#stop()."],
        ),
        ("from lib import Child\ndef f(x: Child):\n    x.stop()", ["Base#stop()."]),
        ("from lib import Child\ndef f(x: 'Child | None' = None):\n    x.stop()", ["Base#stop()."]),
        ("from lib import make\ndef f():\n    make().stop().go()", ["make().", "Base#stop().", "Item#go()."]),
        ("from lib import make\ndef f():\n    make().item.go()", ["make().", "Item#go()."]),
        ("from lib import make\ndef f():\n    make().shared.go()", ["make().", "Item#go()."]),
        ("from lib import make\ndef f():\n    make().run().item.go()", ["make().", "Child#run().", "Item#go()."]),
        ("from lib import items\ndef f():\n    for x in items():\n        x.go()", ["items().", "Item#go()."]),
        ("from lib import Item\ndef f(xs: list[Item]):\n    xs[0].go()", ["Item#go()."]),
        ("from lib import default\ndef f():\n    default.go()", ["Item#go()."]),
        ("from lib import Child\ndef f():\n    Child.run", []),
        ("from lib import Child\ndef f(x: Child):\n    x.__class__.stop()", ["Base#stop()."]),
        ("import lib\ndef f():\n    alias = lib.make\n    alias()", ["make()."]),
        ("import lib\nalias = lib.make\ndef f():\n    alias()", []),
        ("import lib\ndef f(x):\n    alias = lib.make if x else 1\n    alias = lib.items\n    alias()", []),
        ("class C:\n    def __call__(self): pass\nc = C()\ndef f():\n    c()", ["a.py/C#__call__()."]),
        ("class C:\n    def __call__(self): pass\ndef f(c: C):\n    c()", ["a.py/C#__call__()."]),
        ("if TYPE_CHECKING:\n    def g(): pass\nelse:\n    def g(): pass\ndef f():\n    g()", ["a.py/g()."]),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    def g(): pass\ndef f():\n    g()", ["a.py/g()."]),
    ],
)
def test_calls(body: str, expected: list[str]) -> None:
    """Imports, shadowing, members along bases, types from annotations, constructors, returns and elements."""
    assert calls(body) == expected


def test_members_of_self_are_exact_and_those_of_inferred_types_are_not() -> None:
    """What the language's own lookup finds is exact; what a type had to be inferred for is inferred."""
    body = "from lib import Base\nclass A(Base):\n    def f(self):\n        self.run()\n        self.item.go()"
    assert edges(body, "calls") == ["calls Base#run(). exact", "calls Item#go(). inferred"]


def test_super_starts_behind_the_own_class() -> None:
    """`super().run()` in Child is Base's, and Child's override is an edge of its own."""
    project = Project({"lib.py": LIB})
    assert project.edges("lib.py/Child#run().") == ["overrides lib.py/Base#run().", "calls lib.py/Base#run()."]


def test_members_follow_the_linearisation() -> None:
    """In a diamond the right side comes before the common base (C3)."""
    diamond = (
        "class Top:\n    def go(self): pass\nclass Left(Top): pass\nclass Right(Top):\n    def go(self): pass\n"
        "class Both(Left, Right): pass\ndef f():\n    Both().go()"
    )
    assert calls(diamond) == ["a.py/Both#", "a.py/Right#go()."]


def test_a_fluent_method_returns_the_receiver_not_its_own_class() -> None:
    """`return self` in a base gives the class that it was called on."""
    body = "from lib import Base\nclass A(Base):\n    def more(self): pass\ndef f():\n    A().run().more()"
    assert calls(body) == ["a.py/A#", "Base#run().", "a.py/A#more()."]


def test_attributes_set_in_the_constructor_have_types() -> None:
    """From a constructor call, from an annotated parameter, and along bases."""
    body = (
        "from lib import Item\nclass A:\n    def __init__(self, other: Item):\n        self.one = Item()\n"
        "        self.two = other\nclass B(A):\n    def f(self):\n        self.one.go()\n        self.two.go()"
    )
    assert edges(body, "calls") == ["calls Item#go(). inferred"]


def test_several_values_are_all_candidates_and_ambiguous() -> None:
    """A variable bound to two types calls into both, and says so."""
    body = (
        "class A:\n    def go(self): pass\nclass B:\n    def go(self): pass\n"
        "def f(flag):\n    x = A()\n    if flag:\n        x = B()\n    x.go()"
    )
    found = [edge for edge in edges(body, "calls") if "go" in edge]
    assert found == ["calls a.py/A#go(). ambiguous", "calls a.py/B#go(). ambiguous"]


def test_overloads_are_one_binding() -> None:
    """Several definitions of one name in one scope all have an edge, and none is in doubt."""
    body = "if 1:\n    def g(): pass\nelse:\n    def g(): pass\ndef f():\n    g()"
    assert edges(body, "calls") == ["calls a.py/g(). exact", "calls a.py/g(+1). exact"]


def test_reexports_are_followed_to_the_definition() -> None:
    """Through aliases, star imports and `__all__`; a name outside of `__all__` does not come through a star."""
    body = "from middle import thing\nfrom middle import *\ndef f():\n    thing()\n    make()\n    items()"
    assert calls(
        body, middle="from lib import make as thing\nfrom outer import *", outer="from lib import *\n__all__ = ['make']"
    ) == ["make()."]


def test_star_imports_in_a_circle_end() -> None:
    """Two modules that import everything from each other give what each defines."""
    body = "from x import *\ndef f():\n    one()\n    two()\n    three()"
    assert calls(body, x="from y import *\ndef one(): pass", y="from x import *\ndef two(): pass") == [
        "x.py/one().",
        "y.py/two().",
    ]


def test_classes_that_inherit_from_each_other_end() -> None:
    """A cycle of bases is nonsense, not a hang."""
    body = "class A(B):\n    def go(self): pass\nclass B(A): pass\ndef f():\n    B().go()"
    assert calls(body) == ["a.py/B#", "a.py/A#go()."]


def test_kinds_of_edges() -> None:
    """Each role has its kind: inherits, uses_type, decorators call, plain reads refer."""
    body = (
        "import lib\nfrom lib import Base, Item, make, LIMIT\n"
        "@make\ndef f(x: Item = LIMIT) -> Base:\n    return lib.default, make"
    )
    assert edges(body) == [
        "calls make(). exact",
        "uses_type Item# exact",
        "references LIMIT. exact",
        "uses_type Base# exact",
        "references  exact",
        "references default. exact",
        "references make(). exact",
    ]
    inherits = Project({"lib.py": LIB, "a.py": "import lib\nclass C(lib.Base): pass\n"})
    assert inherits.edges("a.py/C#", "inherits") == ["inherits lib.py/Base#"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "class C:\n    @property\n    def g(self): pass\n    @g.setter\n    def f(self, v): pass",
            ["references a.py/C#g(). exact"],
        ),
        ("from lib import Item\ndef f(Item: Item): pass", ["uses_type Item# exact"]),
        ("from lib import Item\ndef f(x: Union[str, Type['Item']]): pass", ["uses_type Item# exact"]),
        ("from lib import Item\ndef f(x: t.Callable[['Item'], None]): pass", ["uses_type Item# exact"]),
        ("class C:\n    def f(self, x: set[int]): pass\n    def set(self): pass", []),
        ("class C:\n    def g(): pass\n    def f(self, x=g()): pass", ["calls a.py/C#g(). exact"]),
        ("class C:\n    @classmethod\n    def f(cls): return cls()", ["calls a.py/C# inferred"]),
        ("class C:\n    def f(self): return self.__class__.__name__", []),
        ("class C:\n    def f(self): return self.__class__()", ["calls a.py/C# inferred"]),
    ],
)
def test_what_stands_in_a_header(body: str, expected: list[str]) -> None:
    """Decorators and annotations are looked up around the function; the receiver's class may be a derived one."""
    assert edges(body) == expected


def test_imports_name_the_module_and_the_symbol() -> None:
    """`from m import n` depends on both; `import a.b` on the module that it names."""
    project = Project(
        {"lib.py": LIB, "pkg/__init__.py": "", "pkg/b.py": "", "a.py": "from lib import make\nimport pkg.b\n"}
    )
    assert project.edges("a.py/", "imports") == ["imports lib.py/", "imports lib.py/make().", "imports pkg/b.py/"]


def test_the_only_method_of_a_name_is_taken_for_an_unknown_receiver() -> None:
    """Once there are two it is not; and never for names that built-in types have, nor for functions."""
    body = "def f(x):\n    x.go_on()\n    x.append()\n    x.helper()"
    only = "class A:\n    def go_on(self): pass\n    def append(self): pass\ndef helper(): pass"
    assert edges(body, "calls", x=only) == ["calls x.py/A#go_on(). inferred"]
    assert calls(body, x=only, y="class B:\n    def go_on(self): pass") == []


@pytest.mark.parametrize(
    ("body", "miss"),
    [
        ("def f():\n    print(1)", ("print", "builtin")),
        ("import numpy\ndef f():\n    numpy.array()", ("array", "external")),
        ("class A:\n    def f(self):\n        self.__dict__", ("__dict__", "builtin")),
        ("from lib import gone\ndef f():\n    gone()", ("gone", "missing")),
        ("def f(x):\n    x.get()", ("get", "unknown_receiver")),
        ("def f(x: str):\n    x.special()", ("special", "builtin")),
        ("def f(x):\n    x()", ("x", "local")),
        ("class A:\n    part = None\n    def f(self):\n        self.part()", ("part", "dynamic")),
        ("import numpy\nclass A(numpy.B):\n    def f(self):\n        self.far()", ("far", "inherited")),
    ],
)
def test_reasons(body: str, miss: tuple[str, str]) -> None:
    """What has no edge says why."""
    snapshot = Project({"lib.py": LIB, "a.py": body}).index.snapshot
    assert miss in [(each.name, each.reason) for each in snapshot.unresolved("a.py")]


def test_a_long_chain_of_aliases_ends() -> None:
    """Deep chains of names that hold each other are cut off rather than followed for ever."""
    names = "".join(f"v{number} = v{number + 1}.x\n" for number in range(200))
    assert calls(names + "def f():\n    v0.go_on_and_on()") == []


MANAGERS = """
from contextlib import contextmanager
from typing import Iterator

from other import External


class Item:
    def go(self):
        pass


class Opened:
    def go(self):
        pass

    def __enter__(self) -> Item:
        pass


class Itself:
    def go(self):
        pass

    def __enter__(self):
        self.go()
        return self


class Later(Itself):
    async def __aenter__(self) -> Item:
        pass


class Typed:
    def go(self):
        pass

    def __enter__(self: T) -> T:
        return self.prepared()

    @classmethod
    def new(cls: type[T]) -> T:
        pass


class Outside(External):
    def go(self):
        pass


class Secret:
    def go(self):
        pass

    def __enter__(self):
        return connect(self)


@contextmanager
def yielding() -> Iterator[Item]:
    yield Item()


def giving() -> Opened:
    pass


def managed() -> AbstractContextManager[Item]:
    pass
"""


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("Opened()", ["Item#go"]),
        ("Itself()", ["Itself#go"]),
        ("Typed()", ["Typed#go"]),
        ("Typed.new()", ["Typed#go"]),
        ("Outside()", ["Outside#go"]),
        ("Secret()", []),
        ("yielding()", ["Item#go"]),
        ("giving()", ["Item#go"]),
        ("managed()", ["Item#go"]),
    ],
)
def test_what_a_with_statement_binds(manager: str, expected: list[str]) -> None:
    """What `__enter__` returns, a generator yields, an annotation says; itself where nobody knows; else nothing."""
    name = manager.partition("(")[0].partition(".")[0]
    body = f"from managers import {name}\ndef f():\n    with {manager} as opened:\n        opened.go()\n"
    project = Project({"managers.py": MANAGERS, "a.py": body})
    (found,) = project.index.snapshot.by_name("f")
    called = [edge.target for edge in project.index.snapshot.dependencies(found.id) if edge.target.endswith("go().")]
    assert called == [f"managers.py/{each}()." for each in expected]


def test_a_change_of_enter_is_followed() -> None:
    """What is bound by a `with` depends on `__enter__` and on what that returns."""
    body = "from managers import Opened\ndef f():\n    with Opened() as opened:\n        opened.go()\n"
    project = Project({"managers.py": MANAGERS, "a.py": body})
    project.change({"managers.py": MANAGERS.replace("def __enter__(self) -> Item:", "def __enter__(self) -> Itself:")})
    (found,) = project.index.snapshot.by_name("f")
    assert "managers.py/Itself#go()." in [each.target for each in project.index.snapshot.dependencies(found.id)]
