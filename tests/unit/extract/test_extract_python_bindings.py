"""How Python names come to have values: `codegraph.extract.languages.python.bindings`."""

from __future__ import annotations

import pytest
from python_sources import bindings

from codegraph.core.facts import BindingKind, Chain

VALUES: list[tuple[str, list[tuple[str, Chain]]]] = [
    ("x = Foo()", [("x", ("Foo", "()"))]),
    ("x = a.b", [("x", ("a", "b"))]),
    ("x = await a.b(1)", [("x", ("a", "b", "()"))]),
    ("x = (a[0])", [("x", ("a", "[]"))]),
    ("x = a or b", [("x", ("a",)), ("x", ("b",))]),
    ("x = a and b", [("x", ("b",))]),
    ("x = a if c else 1", [("x", ("a",))]),
    ("x = Box[int]()", [("x", ("Box", "()"))]),
    ("x = 1", [("x", ())]),
    ("x = y = Foo()", [("x", ("Foo", "()")), ("y", ("Foo", "()"))]),
    ("x, y = a", [("x", ()), ("y", ())]),
    ("x: Foo = bar()", [("x", ("Foo", "()"))]),
    ("x: A | B | None", [("x", ("A", "()")), ("x", ("B", "()"))]),
    ("x: 'm.Foo'", [("x", ("m", "Foo", "()"))]),
    ("x: type[Foo]", [("x", ("Foo",))]),
    ("x: Any", [("x", ())]),
    ("for x in a.b: pass", [("x", ("a", "b", "[]"))]),
    ("for x, y in a: pass", [("x", ()), ("y", ())]),
    ("with a() as x: pass", [("x", ("a", "()", "@enter"))]),
    ("with (a as x, b() as (y, z)): pass", [("x", ("a", "@enter")), ("y", ()), ("z", ())]),
    ("try: pass\nexcept m.E as x: pass", [("x", ("m", "E", "()"))]),
    ("try: pass\nexcept (A, B) as x: pass", [("x", ())]),
    ("(x := a())", [("x", ("a", "()"))]),
    ("x += 1", [("x", ())]),
    ("match a:\n    case Foo(y) as x: pass", [("y", ()), ("x", ("Foo", "()"))]),
    ("[x for x in a]", []),
    ("lambda x, y=1: x", []),
]


@pytest.mark.parametrize(("source", "expected"), VALUES)
def test_values(source: str, expected: list[tuple[str, Chain]]) -> None:
    """Each form binds its names in the module, with the chain of the value where there is one."""
    assert bindings(source, BindingKind.VARIABLE) == [("", name, chain) for name, chain in expected]


def test_parameters() -> None:
    """Parameters are bound with what annotation or default say."""
    source = "def f(a, b: B, c=d.e, /, *args: X, k: K = 1, g=1, **kw: Y): pass"
    assert bindings(source, BindingKind.PARAMETER) == [
        ("f().", "a", ()),
        ("f().", "b", ("B", "()")),
        ("f().", "c", ("d", "e")),
        ("f().", "args", ()),
        ("f().", "k", ("K", "()")),
        ("f().", "g", ()),
        ("f().", "kw", ()),
    ]
    assert bindings(source, BindingKind.ELEMENT) == [("f().", "args", ("X", "()")), ("f().", "kw", ("Y", "()"))]


@pytest.mark.parametrize(
    ("annotation", "elements"),
    [
        ("list[Foo]", ["Foo"]),
        ("dict[str, m.Foo]", ["m.Foo"]),
        ("Iterable[Foo] | None", ["Foo"]),
        ("tuple[A, B]", ["A", "B"]),
        ("Optional[Sequence['Foo']]", ["Foo"]),
        ("Foo", []),
    ],
)
def test_elements(annotation: str, elements: list[str]) -> None:
    """Containers say what their elements are; mappings, what their values are."""
    found = bindings(f"x: {annotation}", BindingKind.ELEMENT)
    assert found == [("", "x", (*one.split("."), "()")) for one in elements]


def test_functions_bind_names_inside() -> None:
    """Functions and classes bind for themselves, and so do lambdas and comprehensions, whose names are no bindings."""
    source = """
        def f():
            def inner(a: A):
                b = B()
            class Local:
                x = X()
            g = lambda c: c
            return [d for d in make()]
    """
    assert {(owner, name): chain for owner, name, chain in bindings(source)} == {
        ("f().inner().", "a"): ("A", "()"),
        ("f().inner().", "b"): ("B", "()"),
        ("f().Local#", "x"): ("X", "()"),
        ("f().", "g"): (),
    }


def test_attributes() -> None:
    """Class-level names and assignments to the instance are the class's; parameters are replaced by their types."""
    source = """
        class C:
            x = 1
            y: Y
            def __init__(self, a: A, b, *, c=D()):
                self.a = a
                self.b = b
                self.c, other.d = c, 1
                self.e = a.e()
                self.f: list[F] = []
                self.g = G(a)
                self.h.i = 1
            @classmethod
            def make(cls):
                cls.j = J()
    """
    assert bindings(source, BindingKind.ATTRIBUTE) == [
        ("C#", "x", ()),
        ("C#", "y", ("Y", "()")),
        ("C#", "a", ("A", "()")),
        ("C#", "b", ()),
        ("C#", "c", ()),
        ("C#", "e", ("A", "()", "e", "()")),
        ("C#", "f", ("list", "()")),
        ("C#", "g", ("G", "()")),
        ("C#", "j", ("J", "()")),
    ]
    assert ("C#", "f", ("F", "()")) in bindings(source, BindingKind.ELEMENT)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f() -> Foo: pass", [("Foo", "()")]),
        ("def f() -> 'Foo | None': pass", [("Foo", "()")]),
        ("def f() -> None: return Foo()", []),
        ("def f(): return Foo(1)", [("Foo", "()")]),
        ("def f(a):\n    if a: return Foo(1)\n    return Foo(2)", [("Foo", "()")]),
        ("def f(a):\n    if a: return Foo()\n    return Bar()", [("Foo", "()"), ("Bar", "()")]),
        ("def f(a):\n    if a: return Foo()\n    return a", [("Foo", "()")]),
        ("def f():\n    def g(): return Foo()\n    return 1", [("Foo", "()")]),
        ("def f():\n    return a.b", []),
    ],
)
def test_results(source: str, expected: list[Chain]) -> None:
    """A function returns what its annotation says, else what its returns obviously make."""
    assert [chain for _, _, chain in bindings(source, BindingKind.RETURN)] == expected


def test_results_of_methods() -> None:
    """`return self` and `-> Self` return the instance."""
    source = "class C:\n    def m(self): return self\n    def n(self) -> Self: pass\n"
    assert bindings(source, BindingKind.RETURN) == [("C#m().", "()", ("@self",)), ("C#n().", "()", ("@self",))]


def test_global_names_are_bound_in_the_module() -> None:
    """A global name is bound in the module, in terms that the module knows; a nonlocal one in the function."""
    source = """
        def f(p, q: Q):
            global a, c, d
            a = A()
            c = p
            d = q
            def g():
                nonlocal b
                b = B()
    """
    module = [(name, chain) for owner, name, chain in bindings(source) if owner == ""]
    assert module == [("a", ("A", "()")), ("c", ()), ("d", ("Q", "()"))]
    assert ("f().", "b", ("B", "()")) in bindings(source)
