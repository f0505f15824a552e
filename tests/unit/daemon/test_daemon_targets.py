"""Finding the symbol that a client means: never a guess between several."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codegraph.core.symbols import Freshness, SymbolId, SymbolKind
from codegraph.daemon import targets
from codegraph.daemon.messages import CalleesParams, Match, SymbolsParams
from codegraph.daemon.naming import qualified_name
from codegraph.daemon.targets import (
    LISTED,
    describe,
    existing,
    find_definitions,
    find_target,
    find_targets,
    list_symbols,
    with_constructors,
)
from codegraph.daemon.view import View
from codegraph.errors import AmbiguousSymbol, ProjectError, SymbolNotFound
from codegraph.graph.file_view import FileView, Symbol
from codegraph.graph.snapshot import Snapshot

STORE = """
class Store:
    @property
    def size(self):
        return 1

    def get(self): return load()

def load(): return 1
"""
FILES = {
    "pkg/__init__.py": "",
    "pkg/store.py": STORE,
    "pkg/other.py": "from pkg.store import load as first\ndef load(): return first()\n",
}


@pytest.fixture
def view(project_of: Any) -> View:
    """A package with two functions of one name."""
    found: View = project_of(FILES).view
    return found


def target(view: View, **fields: Any) -> str:
    """Find a target and return its id."""
    return find_target(view, CalleesParams(**fields)).id


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("pkg/store.py/Store#get().", "pkg/store.py/Store#get()."),
        ("Store", "pkg/store.py/Store#"),
        ("get", "pkg/store.py/Store#get()."),
        ("Store.get", "pkg/store.py/Store#get()."),
        ("store.load", "pkg/store.py/load()."),
        ("pkg.other.load", "pkg/other.py/load()."),
        ("pkg/store.py", "pkg/store.py/"),
        ("pkg.store", "pkg/store.py/"),
        ("store", "pkg/store.py/"),
        ("pkg", "pkg/__init__.py/"),
    ],
)
def test_symbol_is_found_by_any_of_its_names(view: View, name: str, symbol: str) -> None:
    """Id, bare name, dotted end, path and module name all do."""
    assert target(view, symbol=name) == symbol


def test_name_that_fits_several_is_refused_with_a_list(view: View) -> None:
    """Nobody picks one for the user; the error names both."""
    with pytest.raises(AmbiguousSymbol) as caught:
        target(view, symbol="load")
    assert "pkg/other.py/load()." in caught.value.message
    assert "pkg/store.py/load()." in caught.value.message


def test_unknown_name_in_an_incomplete_index_is_not_denied(view: View) -> None:
    """Before the tree was compared nobody knows whether there is such a symbol; after that there is none."""
    with pytest.raises(SymbolNotFound, match=r"there is no symbol nobody$"):
        find_target(view, CalleesParams(symbol="nobody"))
    with pytest.raises(SymbolNotFound, match="so far: the index is not complete") as told:
        find_target(replace(view, reconciled=False), CalleesParams(symbol="nobody"))
    assert "wait" in told.value.advice


def test_list_of_an_ambiguous_name_is_bounded(project_of: Any) -> None:
    """A very common name does not give a very long error."""
    view = project_of({f"m{number}.py": "def run(): ...\n" for number in range(LISTED + 3)}).view
    with pytest.raises(AmbiguousSymbol, match="and 3 more"):
        target(view, symbol="run")


def test_common_name_costs_what_is_shown_of_it(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a name with many definitions only those that are listed are looked at for more than their file."""
    view = project_of({f"m{number}.py": "def run(): ...\n" for number in range(4 * LISTED)}).view
    spelled: list[str] = []

    def counting(snapshot: Snapshot, symbol: Symbol) -> str:
        spelled.append(symbol.id)
        return qualified_name(snapshot, symbol)

    monkeypatch.setattr(targets, "qualified_name", counting)
    with pytest.raises(AmbiguousSymbol):
        find_targets(view, CalleesParams(symbol="run"))
    assert len(spelled) <= LISTED


def test_names_are_spelled_out_file_by_file(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking through all names works out what a file's symbols are called once, and makes those that fit."""
    monkeypatch.setattr(targets, "qualified_name", pytest.fail)
    assert ids(view, name="STORE.G", match=Match.SUBSTRING) == ["pkg/store.py/Store#get()."]
    assert ids(view, name="pkg/store.py/Store#", match=Match.PREFIX) == ["pkg/store.py/Store#"]


def test_only_names_of_the_same_letters_are_compared(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing takes long: of all names in a project only those whose letters allow it are."""
    compared: list[str] = []
    monkeypatch.setattr(targets, "get_close_matches", lambda _name, names, *_: compared.extend(names) or [])
    with pytest.raises(SymbolNotFound):
        find_targets(view, CalleesParams(symbol="laod"))
    assert compared == ["load"]
    compared.clear()
    with pytest.raises(SymbolNotFound):
        find_targets(view, CalleesParams(symbol="lxyz"))
    assert compared == []


def test_module_is_looked_for_by_path(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nothing has makes no symbol of any file."""
    made: list[str] = []
    monkeypatch.setattr(FileView, "symbol", lambda self, index: made.append(self.path))
    with pytest.raises(SymbolNotFound):
        find_targets(view, CalleesParams(symbol="tore"))
    assert made == []


@pytest.mark.parametrize(
    ("place", "symbol"),
    [
        ({"line": 1}, "pkg/store.py/Store#"),
        ({"line": 2}, "pkg/store.py/Store#size()."),
        ({"line": 3}, "pkg/store.py/Store#size()."),
        ({"line": 4}, "pkg/store.py/Store#size()."),
        ({"line": 5}, "pkg/store.py/Store#"),
        ({"line": 0}, "pkg/store.py/"),
        ({"line": 6, "character": 6}, "pkg/store.py/Store#get()."),
        ({"line": 6, "character": 30}, "pkg/store.py/load()."),
        ({}, "pkg/store.py/"),
    ],
)
def test_symbol_is_found_by_its_place(view: View, place: dict[str, int], symbol: str) -> None:
    """A line means the name on it, else what is around; a character on a reference means what it refers to."""
    assert target(view, file="pkg/store.py", **place) == symbol


def test_reference_under_another_name_is_found(view: View) -> None:
    """The place of a call through an alias leads to the definition."""
    assert target(view, file="pkg/other.py", line=1, character=20) == "pkg/store.py/load()."


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"symbol": "nothing"}, SymbolNotFound),
        ({}, SymbolNotFound),
        ({"file": "missing.py"}, ProjectError),
        ({"file": "pkg/store.py", "line": 99}, SymbolNotFound),
    ],
)
def test_what_is_not_there_is_an_error(view: View, fields: dict[str, Any], error: type[Exception]) -> None:
    """Unknown names, files and lines are refused, each with its own error."""
    with pytest.raises(error):
        target(view, **fields)


def test_unknown_id_is_an_error(view: View) -> None:
    """`existing` never returns None."""
    with pytest.raises(SymbolNotFound):
        existing(view.snapshot, SymbolId("pkg/store.py/gone()."))


def ids(view: View, **fields: Any) -> list[str]:
    """List symbols and return their ids."""
    return [symbol.id for symbol in list_symbols(view, SymbolsParams(**fields))]


def test_symbols_are_listed_by_name(view: View) -> None:
    """Exact, prefix and substring matches, in order of path and position."""
    assert ids(view, name="load") == ["pkg/other.py/load().", "pkg/store.py/load()."]
    assert ids(view, name="store.load") == ["pkg/store.py/load()."]
    assert ids(view, name="lo", match=Match.PREFIX) == ["pkg/other.py/load().", "pkg/store.py/load()."]
    assert ids(view, name="STORE.S", match=Match.SUBSTRING) == [
        "pkg/store.py/Store#",
        "pkg/store.py/Store#size().",
        "pkg/store.py/Store#get().",
    ]
    assert ids(view, name="nothing") == []


def test_symbols_are_listed_by_file_place_and_kind(view: View) -> None:
    """Around a place the outermost comes first; filters narrow."""
    assert ids(view, file="pkg/store.py", line=4) == [
        "pkg/store.py/",
        "pkg/store.py/Store#",
        "pkg/store.py/Store#size().",
    ]
    assert ids(view, file="pkg/store.py", kinds=(SymbolKind.FUNCTION,)) == ["pkg/store.py/load()."]
    assert ids(view, file="pkg/store.py", name="get") == ["pkg/store.py/Store#get()."]
    with pytest.raises(ProjectError):
        ids(view, file="missing.py")


@pytest.mark.parametrize(("text", "lines"), [("a = 1\n\n", 2), ("a = 1\nb = 2", 2), ("a = 1\n  ", 2), ("", 0)])
def test_a_line_behind_the_last_one_is_refused(project_of: Any, text: str, lines: int) -> None:
    """Lines are counted as every tool counts them: what ends the last one begins no other; an empty one has one."""
    view = project_of({"a.py": text}).view
    last = max(lines, 1)
    assert target(view, file="a.py", line=last - 1)
    assert ids(view, file="a.py", line=last - 1)
    for ask in (target, ids):
        with pytest.raises(SymbolNotFound, match=f"a.py has {lines} lines, not {last + 1}"):
            ask(view, file="a.py", line=last)


def test_description_shows_names_and_state(view: View) -> None:
    """A symbol is shown with its dotted name, its header and what may be believed of its vector."""
    symbol = existing(view.snapshot, SymbolId("pkg/store.py/Store#get()."))
    shown = describe(view, symbol)
    assert shown.qualified_name == qualified_name(view.snapshot, symbol) == "pkg.store.Store.get"
    assert (shown.name, shown.kind, shown.file) == ("get", SymbolKind.METHOD, "pkg/store.py")
    assert shown.state is Freshness.FRESH
    assert shown.signature == "def get ( self )"
    module = describe(view, existing(view.snapshot, SymbolId("pkg/__init__.py/")))
    assert (module.name, module.qualified_name) == ("pkg", "pkg")


THINGS = {
    "A.java": "class A {\n void a() {}\n void a(int x) {}\n class a {}\n}\n",
    "one.rb": "module Shop\n  class Cart\n    def add; end\n  end\nend\n",
    "two.rb": "module Shop\n  class Cart\n    def drop; end\n  end\nend\n",
    "left.c": "static int start(void) { return 1; }\n",
    "right.c": "static int start(void) { return 2; }\n",
    "lib.rs": "pub struct Pen;\nimpl Pen { pub fn draw(&self) {} }\n",
}


@pytest.mark.parametrize(
    ("name", "count"), [("Shop::Cart", 2), ("Pen", 2), ("Cart.add", 1), ("Shop", 2), ("A.java/A#a().", 1)]
)
def test_what_is_one_thing_to_whoever_asks_is_one_target(project_of: Any, name: str, count: int) -> None:
    """Overloads and the parts of a type are meant together; an id means itself."""
    found = find_targets(project_of(THINGS).view, CalleesParams(symbol=name))
    assert len(found) == count


def test_overloads_are_one_target(project_of: Any) -> None:
    """Functions of one name in one container are."""
    view = project_of({"A.java": "class A {\n void a() {}\n void a(int x) {}\n}\n"}).view
    assert len(find_targets(view, CalleesParams(symbol="A.a"))) == 2
    with pytest.raises(AmbiguousSymbol):
        find_target(view, CalleesParams(symbol="A.a"))


@pytest.mark.parametrize("name", ["start", "A.a"])
def test_things_of_one_name_are_not_one_thing(project_of: Any, name: str) -> None:
    """Functions of two files are not, nor is a method and a type."""
    with pytest.raises(AmbiguousSymbol):
        find_targets(project_of(THINGS).view, CalleesParams(symbol=name))


def test_a_declaration_and_its_definition_are_one_thing(project_of: Any) -> None:
    """A function of C or C++ is declared in a header: its name means both, and where one is wanted, the definition.

    Two definitions of one name are two functions, whoever declares them.
    """
    files = {
        "ring.h": "int push(int value);\nint apart(int value);\n",
        "ring.c": '#include "ring.h"\nint push(int value) { return value + 1; }\nint apart(int v) { return v + 1; }\n',
        "other.c": "static int apart(int value) { return value + 2; }\n",
        "pen.hpp": "namespace ink {\nclass Pen {\n public:\n  int draw(int x);\n};\n}\n",
        "pen.cpp": '#include "pen.hpp"\nnamespace ink {\nint Pen::draw(int x) { return x + 1; }\n}\n',
    }
    view = project_of(files).view
    for name, defined, declared in (("push", "ring.c", "ring.h"), ("ink::Pen::draw", "pen.cpp", "pen.hpp")):
        assert [each.path for each in find_targets(view, CalleesParams(symbol=name))] == [defined, declared]
        assert find_target(view, CalleesParams(symbol=name)).path == defined
    for find in (find_target, find_targets):
        with pytest.raises(AmbiguousSymbol):
            find(view, CalleesParams(symbol="apart"))


def test_a_constructor_outside_of_its_class_is_one(project_of: Any) -> None:
    """In C++ it mostly is: the class's name means the class, and whoever asks for its callers means the definition."""
    files = {
        "pen.hpp": "class Pen {\n public:\n  Pen(int x);\n  ~Pen();\n};\n",
        "pen.cpp": '#include "pen.hpp"\nPen::Pen(int x) { use(x); }\nPen::~Pen() { use(1); }\n',
    }
    view = project_of(files).view
    found = find_targets(view, CalleesParams(symbol="Pen"))
    assert [each.id for each in found] == ["pen.hpp/Pen#"]
    assert {each.id for each in with_constructors(view.snapshot, found)} == {
        "pen.hpp/Pen#",
        "pen.hpp/Pen#Pen().",
        "pen.cpp/Pen#Pen().",
    }


def test_all_definitions_of_a_name_are_found(project_of: Any) -> None:
    """Where a name is defined is no question of which one is meant; what nothing has is an error as ever."""
    view = project_of(THINGS).view
    assert [each.path for each in find_definitions(view, CalleesParams(symbol="start"))] == ["left.c", "right.c"]
    with pytest.raises(SymbolNotFound):
        find_definitions(view, CalleesParams(symbol="nothing_like_it"))


def test_constructors_are_called_for_their_type(project_of: Any) -> None:
    """Whoever asks for the callers of a type means those of its constructors, not of its other methods.

    The type's name means the type, though constructors have it, too.
    """
    files = {
        "A.java": "class A {\n A() {}\n A(int x) {}\n void b() {}\n class C { C() {} }\n}\n",
        "b.php": "<?php\nclass B { function __construct() {} function run() {} }\n",
        "c.py": "def free(): ...\n",
    }
    view = project_of(files).view
    for name, found in (("A", ["A#", "A#A().", "A#A(+1)."]), ("B", ["B#", "B#__construct()."]), ("free", ["free()."])):
        targets = [
            each for each in find_targets(view, CalleesParams(symbol=name)) if each.kind is not SymbolKind.METHOD
        ]
        assert [each.id.partition("/")[2] for each in with_constructors(view.snapshot, targets)] == found


def test_an_inherited_member_is_named_by_its_heir(project_of: Any) -> None:
    """The nearest type above that has it is meant; what the type has itself comes first, and circles end."""
    files = {
        "web.py": (
            "class Root:\n    def open(self): ...\n    def far(self): ...\n"
            "class Base(Root):\n    def open(self): ...\n    def own(self): ...\n"
            "class App(Base):\n    def own(self): ...\n"
        ),
        "loop.py": "class A(B): ...\nclass B(A): ...\ndef missing(): ...\n",
    }
    view = project_of(files).view
    for name, meant in (("App.open", "Base#open"), ("App.far", "Root#far"), ("App.own", "App#own")):
        assert target(view, symbol=name) == f"web.py/{meant}()."
    with pytest.raises(SymbolNotFound):
        target(view, symbol="A.missing")


def test_a_name_with_gaps_is_the_last_reading(project_of: Any) -> None:
    """People call a class by the package that hands it on; whatever fits without a gap comes first."""
    files = {
        "src/cli/__init__.py": "from cli.core import Context\n",
        "src/cli/core.py": "class Context:\n    def invoke(self): ...\n    def run(self): ...\n",
        "src/cli/run.py": "class Context:\n    def run(self): ...\n",
        "src/cli/testing.py": "def invoke(): ...\n",
    }
    view = project_of(files).view
    assert target(view, symbol="cli.Context.invoke") == "src/cli/core.py/Context#invoke()."
    assert target(view, symbol="cli.run.Context") == "src/cli/run.py/Context#"
    with pytest.raises(AmbiguousSymbol):
        target(view, symbol="cli.Context.run")
    with pytest.raises(SymbolNotFound):
        target(view, symbol="other.Context.invoke")


def test_a_gap_of_modules_comes_before_one_of_classes(project_of: Any) -> None:
    """`web.get` is the function that the package hands on, not a method of some class in it."""
    files = {
        "web/__init__.py": "from web._api import *\n",
        "web/_api.py": "def get(): ...\n",
        "web/_client.py": "class Client:\n    def get(self): ...\n    def put(self): ...\n",
    }
    view = project_of(files).view
    assert target(view, symbol="web.get") == "web/_api.py/get()."
    assert target(view, symbol="web.put") == "web/_client.py/Client#put()."


CRATES = {
    "Cargo.toml": "[workspace]\nmembers = ['crates/*', 'lib']\n",
    "crates/paint/Cargo.toml": "[package]\nname = 'tree-paint'\n",
    "crates/paint/src/lib.rs": "mod brush;\npub use brush::Brush;\npub fn run() {}\n",
    "crates/paint/src/brush.rs": "pub struct Brush;\nimpl Brush { pub fn stroke(&self) {} }\n",
    "lib/Cargo.toml": "[package]\nname = 'tree'\n[lib]\nname = 'the_tree'\npath = 'binding/lib.rs'\n",
    "lib/binding/lib.rs": "mod ffi;\npub struct Brush;\npub fn run() {}\n",
    "lib/binding/ffi.rs": "pub fn run() {}\n",
    "lib/web/run.js": "export function run() {}\n",
}


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("tree_paint::run", "crates/paint/src/lib.rs/run()."),
        ("tree_paint::Brush", "crates/paint/src/brush.rs/Brush#"),
        ("tree_paint::brush::Brush::stroke", "crates/paint/src/brush.rs/Brush(+1)#stroke()."),
        ("paint::run", "crates/paint/src/lib.rs/run()."),
        ("tree::run", "lib/binding/lib.rs/run()."),
        ("the_tree::ffi::run", "lib/binding/ffi.rs/run()."),
    ],
)
def test_a_crate_is_named_as_cargo_toml_names_it(project_of: Any, name: str, symbol: str) -> None:
    """A crate's name is that in Cargo.toml, its library's, or its directory's; what it hands on may stand deeper."""
    view: View = project_of(CRATES).view
    assert symbol in [each.id for each in find_targets(view, CalleesParams(symbol=name))]


def test_a_renamed_crate_is_found_by_its_new_name(project_of: Any) -> None:
    """An edit of Cargo.toml changes what its crate is called; the old name means nothing then."""
    project = project_of(CRATES)
    project.write({"crates/paint/Cargo.toml": "[package]\nname = 'tree-colour'\n"})
    project.update()
    assert target(project.view, symbol="tree_colour::Brush::stroke").endswith("stroke().")
    with pytest.raises(SymbolNotFound):
        target(project.view, symbol="tree_paint::run")


def test_a_heading_gives_way_to_the_code_that_is_called_like_it(project_of: Any) -> None:
    """Documentation has a section for each class; whoever asks for the class is not asked back. A list shows both."""
    view = project_of({"url.py": "class URL: ...\n", "api.md": "# Interface\n\n## URL\n\nText.\n"}).view
    assert target(view, symbol="URL") == find_targets(view, CalleesParams(symbol="URL"))[0].id == "url.py/URL#"
    assert target(view, symbol="Interface") == "api.md/interface:"
    assert len(ids(view, name="URL")) == 2


@pytest.mark.parametrize(("name", "near"), [("Stroe", "Store"), ("pkg.store.laod", "load"), ("STORE", "Store")])
def test_a_misspelt_name_is_answered_with_near_ones(view: View, name: str, near: str) -> None:
    """Whoever mistyped is told what there is; nothing is taken for meant."""
    with pytest.raises(SymbolNotFound) as caught:
        target(view, symbol=name)
    assert f"did you mean {near}?" in caught.value.advice


def test_names_unlike_any_are_answered_without(view: View) -> None:
    """No suggestion is better than a silly one."""
    with pytest.raises(SymbolNotFound) as caught:
        target(view, symbol="unheard_of")
    assert "did you mean" not in caught.value.advice
