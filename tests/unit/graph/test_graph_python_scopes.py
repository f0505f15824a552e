"""Python's scopes: a mention leads to what CPython binds its name to, or nowhere."""

from __future__ import annotations

import pytest
from projects import Project
from python_scopes import MODULE, Bound, program

from codegraph.daemon.exporting import exported_edges

LIB = """
class C:
    def go(self): pass
class D:
    def go(self): pass
def alpha(): pass
"""


def test_no_edge_leads_out_of_the_scope_that_cpython_says() -> None:
    """What an edge leads to is defined in the scope that CPython's symbol tables bind the name in."""
    found = 0
    for seed in range(30):
        source = program(seed)
        bound = Bound(source)
        defined = {line for lines in bound.definitions.values() for line in lines}
        for edge in exported_edges(Project({"main.py": source}).index.snapshot, "main.py"):
            scope, name = bound.mentions.get((edge.at.line, edge.at.column), (MODULE, ""))
            if edge.target.line not in defined or edge.target.name.rpartition(".")[2] != name:
                continue
            lines = set(bound.definitions.get((scope, name), ()))
            if scope in bound.classes:  # read above where the class binds it, a name is the module's
                lines |= bound.definitions[MODULE, name]
            line = source.splitlines()[edge.at.line - 1]
            assert edge.target.line in lines, f"seed {seed}, {edge.at.line}: {line} -> {edge.target.line}"
            found += 1
    assert found > 400


def edges(body: str) -> set[str]:
    """Return calls and references out of a.py, beside lib.py, whose names it has imported."""
    snapshot = Project({"lib.py": LIB, "a.py": f"from lib import C, D, alpha\n{body}"}).index.snapshot
    return {
        f"{symbol.id} -> {edge.target}".replace("a.py/", "").replace("lib.py/", "")
        for symbol in snapshot.in_file("a.py")
        for edge in snapshot.dependencies(symbol.id)
        if edge.kind in ("calls", "references") and not edge.target.endswith(("C#", "D#"))
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "def f():\n    def beta(): pass\n    class I:\n        def beta(): pass\n        def g(x=beta()): pass",
            {"f().I#g(). -> f().I#beta()."},
        ),
        ("def f():\n    def beta(): pass\n    class I:\n        beta = 1\n        def g(x=beta()): pass", set()),
        ("def f(): return [x for x in y], alpha()", {"f(). -> alpha()."}),
        ("def f(): return [alpha() for alpha in y], alpha", {"f(). -> alpha()."}),
        ("def f(): return lambda alpha: alpha()", set()),
        ("[alpha() for alpha in y]", set()),
        ("[alpha for alpha in alpha()]", {" -> alpha()."}),
        ("def f(alpha=alpha): alpha()", {"f(). -> alpha()."}),
        ("def f(xs): return [x.go() for x in [C()]]", set()),
        ("def f():\n    xs = [C()]\n    return [x.go() for x in xs]", {"f(). -> C#go()."}),
        ("def f(ys):\n    xs = [y for y in C.all()]\n    for y in ys: y.go()", set()),
        ("def f(xs): return [x.go() for x in xs if isinstance(x, C)]", {"f(). -> C#go()."}),
        ("def f(xs): any(isinstance(x, C) and x.go() for x in xs)", {"f(). -> C#go()."}),
        ("def f(x): return x.go() if isinstance(x, D) else 1", {"f(). -> D#go()."}),
        ("class E:\n    def alpha(self): pass\n    x = lambda: alpha()", {"E# -> alpha()."}),
        ("class E:\n    def alpha(self): pass\n    x = alpha()", {"E# -> E#alpha()."}),
        ("class E:\n    def alpha(self): pass\n    x = [alpha() for y in z]", {"E# -> alpha()."}),
        ("class E:\n    import alpha\n    alpha()", set()),
        (
            "def f():\n    def alpha(): pass\n    def g():\n        global alpha\n        alpha()",
            {"f().g(). -> alpha()."},
        ),
    ],
)
def test_scopes_one_by_one(body: str, expected: set[str]) -> None:
    """Each kind of scope binds for itself, and what it does not bind is found further out."""
    assert edges(body) == expected
