"""A place in a file means what the reference there means, not what happens to stand around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codegraph.core.symbols import DependencyKind
from codegraph.daemon.edges import IMPACT_KINDS, answer_edges, incoming, outgoing
from codegraph.daemon.messages import CalleesParams, EmptyReason
from codegraph.daemon.referenced import Meaning, meaning_at
from codegraph.daemon.targets import find_definitions, find_target
from codegraph.daemon.view import View
from codegraph.errors import AmbiguousSymbol, SymbolNotFound

USE = """\
import os
from shop.prices import price as cost, Cart

def total(items, box):
    first = cost(items)
    again = cost(first)
    "🛒", cost(again)
    cart = Cart()
    cart.add(first)
    len(items)
    os.getcwd()
    box.empty()
    other = Cart()
    return total(other)
"""
FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": "def price(item): return item\n\nclass Cart:\n    def add(self, item): return item\n",
    "shop/use.py": USE,
    "shop/over.py": "from shop.prices import Cart\n\nclass Box(Cart):\n    def add(self, item): return 1\n",
    "shop/twice.py": "if here:\n    def run(): ...\nelse:\n    def run(): ...\n\ndef both():\n    run()\n    run()\n",
}
PRICE, CART, TOTAL = "shop/prices.py/price().", "shop/prices.py/Cart#", "shop/use.py/total()."


@pytest.fixture
def view(project_of: Any) -> View:
    """A function with references of many kinds."""
    found: View = project_of(FILES).view
    return found


def at(view: View, text: str, offset: int = 0) -> Meaning | None:
    """Ask at where `text` begins in `use.py`; columns are UTF-16."""
    before = USE[: USE.index(text) + offset]
    line = before.count("\n")
    column = len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
    return meaning_at(view.snapshot, view.facts, "shop/use.py", line, column)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("cost(items)", PRICE),
        ("cost(first)", PRICE),
        ("cost(again)", PRICE),
        ("Cart()\n    cart.add", CART),
        ("Cart()\n    return", CART),
        ("add(first)", f"{CART}add()."),
        ("total(other)", TOTAL),
        ("Cart\n\ndef", CART),
    ],
)
def test_every_mention_is_found_not_only_the_first(view: View, text: str, target: str) -> None:
    """The graph keeps the place of the first mention; the second and third mean the same, also behind an emoji."""
    assert at(view, text) == Meaning((target,))


def test_a_place_inside_of_a_name_or_right_behind_it_is_that_name(view: View) -> None:
    """As editors ask; one further is something else."""
    assert at(view, "cost(first)", 2) == at(view, "cost(first)", 4) == Meaning((PRICE,))
    assert at(view, "cost(first)", 5) != Meaning((PRICE,))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("len(items)", EmptyReason.EXTERNAL),
        ("getcwd()", EmptyReason.EXTERNAL),
        ("empty()", EmptyReason.UNRESOLVED),
    ],
)
def test_what_has_no_definition_here_says_so(view: View, text: str, reason: EmptyReason) -> None:
    """Not the function around it, which is what was answered once."""
    assert at(view, text) == Meaning(reason=reason)
    before = USE[: USE.index(text)]
    place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
    with pytest.raises(SymbolNotFound):
        find_target(view, CalleesParams(file="shop/use.py", **place))


@pytest.mark.parametrize("text", ["again = ", 'first)\n    "🛒', "def total", "other)"])
def test_a_variable_or_a_definition_is_no_reference_to_another(view: View, text: str) -> None:
    """There the symbol around the place is meant, as it always was."""
    assert at(view, text) is None


def test_the_name_of_a_method_that_overrides_another_means_itself(view: View) -> None:
    """Its edge to the other begins at that name, and is no reference."""
    assert meaning_at(view.snapshot, view.facts, "shop/over.py", 3, 8) is None
    params = CalleesParams(file="shop/over.py", line=3, character=8)
    assert find_target(view, params).id == "shop/over.py/Box#add()."


@pytest.mark.parametrize(
    ("way", "symbol", "lines"),
    [
        (incoming, PRICE, [[4, 5, 6]]),
        (incoming, CART, [[7, 12]]),
        (outgoing, TOTAL, [[4, 5, 6], [7, 12], [8], [13]]),
    ],
)
def test_all_places_of_an_edge_are_told_if_asked_for(view: View, way: Any, symbol: str, lines: list[list[int]]) -> None:
    """Each place of a call or a mention once, in source order, and only those of that edge's way of referring."""
    targets = [find_target(view, CalleesParams(symbol=symbol))]
    direction = way(view.snapshot, IMPACT_KINDS - {DependencyKind.IMPORTS, DependencyKind.OVERRIDES})
    found = answer_edges(view, targets, direction, 1, 99, places=True)
    edges = [edge for edge in found.edges if edge.at.file == "shop/use.py"]
    assert [[place.line for place in (edge.at.position, *edge.more)] for edge in edges] == lines
    assert all(not edge.more for edge in answer_edges(view, targets, direction, 1, 99).edges)


def test_an_ambiguous_reference_means_all_and_is_refused_where_one_is_asked_for(view: View) -> None:
    """`definition` lists both; whoever wants the callers of one is told which there are."""
    for line in (6, 7):
        params = CalleesParams(file="shop/twice.py", line=line, character=4)
        assert len(find_definitions(view, params)) == 2
        with pytest.raises(AmbiguousSymbol, match=f"shop/twice.py:{line + 1}:4 fits 2"):
            find_target(view, params)


def test_without_stored_facts_the_places_of_edges_are_still_known(view: View) -> None:
    """Lost or damaged, they cost the later mentions only."""
    for frame in (None, b"damage"):
        bare = replace(view, facts=type("Lost", (), {"occurrences": lambda *_, frame=frame: frame})())
        assert at(bare, "cost(items)") == Meaning((PRICE,))
        assert at(bare, "cost(first)") is None


IMPORTS = """\
import shop.deep.cart, os
import shop.deep.cart as c
from shop.deep import cart, price
from .deep import cart as again
from os import path
"""
IMPORTING = {
    "shop/__init__.py": "",
    "shop/deep/__init__.py": "price = 1\n",
    "shop/deep/cart.py": "",
    "other/deep/cart.py": "",
    "shop/use.py": IMPORTS,
    "go.mod": "module ex.com/m\n",
    "util/u.go": "package util\n\nfunc U() {}\n",
    "main.go": 'package main\n\nimport (\n\t"fmt"\n\tu "ex.com/m/util" // u\n)\n\nfunc main() { u.U() }\n',
    "src/flat/__init__.py": "",
    "src/flat/os.py": "from . import os as own\nimport os\n",
}


@pytest.mark.parametrize(
    ("place", "file"),
    [
        (("shop/use.py", 0, 7), "shop/__init__.py"),
        (("shop/use.py", 0, 12), "shop/deep/__init__.py"),
        (("shop/use.py", 0, 18), "shop/deep/cart.py"),
        (("shop/use.py", 0, 23), None),
        (("shop/use.py", 1, 18), "shop/deep/cart.py"),
        (("shop/use.py", 2, 23), "shop/deep/cart.py"),
        (("shop/use.py", 2, 29), None),
        (("shop/use.py", 3, 18), "shop/deep/cart.py"),
        (("shop/use.py", 4, 16), None),
        (("src/flat/os.py", 1, 8), None),
        (("main.go", 3, 3), None),
        (("main.go", 4, 1), "util/u.go"),
        (("main.go", 4, 16), "util/u.go"),
        (("main.go", 4, 22), None),
    ],
)
def test_a_module_in_an_import_is_that_module(project_of: Any, place: tuple[str, int, int], file: str | None) -> None:
    """Each part of a dotted name is its package, a name the module that it is; not one of its name somewhere else."""
    view = project_of(IMPORTING).view
    found = meaning_at(view.snapshot, view.facts, *place)
    modules = [each for each in found.targets if each.endswith("/")] if found else []
    assert modules == ([f"{file}/"] if file else [])


AGAIN = {
    "a.cs": "class A {\n    static int F(int p) => p;\n    int G(int s) {\n        return F(s)\n"
    "            + F(s + 1)\n            + F(s.T());\n    }\n}\n",
    "A.java": "class A {\n    static int f(int p) { return p; }\n    int g(int s) {\n        return f(s)\n"
    "            + f(s + 1)\n            + f(h());\n    }\n}\n",
    "a.cpp": "struct A {\n    static int f(int p);\n    int g(int s) {\n        return f(s)\n            + f(s + 1)\n"
    "            + f(h());\n    }\n};\n",
    "a.rb": "class A\n  def self.f(p) = p\n  def g(s)\n    A.f(s) +\n      A.f(s + 1) +\n      ::A.f(h)\n  end\nend\n",
    "a.php": "<?php\nclass A {\n  static function f($p) { return $p; }\n  function g($s) {\n    return self::f($s)\n"
    "      + static::f($s + 1)\n      + A::f(h());\n  }\n}\n",
}


@pytest.mark.parametrize("path", AGAIN)
def test_a_call_with_other_arguments_means_the_same(project_of: Any, path: str) -> None:
    """In every language, though what resolution reads of a call has its arguments, and names have marks in front."""
    view = project_of(AGAIN).view
    lines = AGAIN[path].split("\n")
    calls = [
        (at, line.lower().index("f(")) for at, line in enumerate(lines) if "p" not in line and "f(" in line.lower()
    ]
    assert len(calls) == 3
    for line, column in calls:
        found = meaning_at(view.snapshot, view.facts, path, line, column)
        assert found is not None
        assert [each.rpartition("/")[2].lower() for each in found.targets] == ["a#f()."]
        beyond = meaning_at(view.snapshot, view.facts, path, line, column + 2)
        assert beyond is None or not any(each.lower().endswith("f().") for each in beyond.targets)
