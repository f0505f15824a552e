"""What names mean in the header of a Python function: `codegraph.extract.languages.python.headers`."""

from __future__ import annotations

import pytest
from python_sources import bindings

from codegraph.core.facts import Chain

MEANT: list[tuple[str, list[tuple[str, Chain]]]] = [
    ("def f(Loader=Loader): pass", [("Loader", ("@^Loader",))]),
    ("def f(Loader=m.Loader): pass", [("Loader", ("m", "Loader"))]),
    ("def f(date: date, last: date): pass", [("date", ("@^date", "()")), ("last", ("@^date", "()"))]),
    ("def f() -> V:\n    class V: pass", [("()", ("@^V", "()"))]),
    ("def f() -> list[V]:\n    class V: pass", [("()", ("list", "()")), ("()", ("@^V", "()"))]),
    ("def f(x) -> V:\n    class W: pass", [("()", ("V", "()")), ("x", ())]),
]


@pytest.mark.parametrize(("source", "expected"), MEANT)
def test_a_header_means_what_stands_around(source: str, expected: list[tuple[str, Chain]]) -> None:
    """A name that the function binds itself is marked in its header, others are as they are written."""
    assert sorted((name, chain) for owner, name, chain in bindings(source) if owner) == sorted(expected)


def test_a_function_inside_a_function_and_a_member_of_the_class_are_left_as_they_are() -> None:
    """What is around these is not the file, which is what the mark means."""
    inner = "def outer(V):\n    def f(V=V): pass"
    assert ("V", ("V",)) in [(name, chain) for _, name, chain in bindings(inner)]
    member = "class C:\n    def date(self): pass\n    def f(self, date: date): pass"
    assert ("date", ("date", "()")) in [(name, chain) for _, name, chain in bindings(member)]
