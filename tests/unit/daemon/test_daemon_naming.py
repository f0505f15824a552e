"""What symbols are called: each language's own names, found however that language separates them."""

from __future__ import annotations

from typing import Any

import pytest

from codegraph.daemon.messages import CalleesParams
from codegraph.daemon.naming import dotted, module_name, qualified_name, qualified_names
from codegraph.daemon.targets import find_target
from codegraph.daemon.view import View
from codegraph.errors import SymbolNotFound

FILES = {
    "app/src/main/java/org/shop/Cart.java": "package org.shop;\nclass Cart { void add() {} class Line {} }\n",
    "src/Shop/Stock.cs": "namespace Acme.Shop { namespace Inner { class Stock { void Take() {} } } }\nclass Free {}\n",
    "src/Shop/Scoped.cs": "namespace Acme.Scoped;\nclass Box { void Open() {} }\n",
    "lib/Kernel.php": "<?php\nnamespace App\\Core;\nclass Kernel { function boot() {} }\n",
    "lib/helpers.php": "<?php\nfunction tap() {}\n",
    "include/ring.hpp": (
        "#ifndef RING\n#define RING\nnamespace acme::net {\ninline namespace v1 {\nclass Ring { void turn() {} };\n}\n"
        "}\nvoid loose();\n#endif\n"
    ),
    "src/ring.cpp": "namespace acme::net {\nvoid Ring::halt() {}\n}\nvoid acme::net::Ring::stop() {}\n",
    "core/loop.c": "int loop_run(void) { return 0; }\n",
    "lib/rack/escape.rb": "module Rack\n  class Escape\n    def call; end\n  end\nend\n",
    "middleware/logger.go": "package middleware\n\ntype Logger struct{}\n\nfunc (l Logger) Wrap() {}\n",
    "lib/rack/item.rb": "class Rack::Item\n  def pay; end\nend\ndef Rack.open; end\n",
    "middleware/wrap.go": "package middleware\n\nfunc (l *Logger) Unwrap() {}\n",
    "main.go": "package shop\n\nfunc Run() {}\n",
    "crates/wire/src/de/mod.rs": "pub trait Reader { fn next(&self) {} }\n",
    "crates/wire/src/ser.rs": "pub fn write() {}\n",
    "pkg/store.py": "class Store:\n    def get(self): ...\n",
    "src/flask/app.py": "class Flask:\n    def run(self): ...\n",
    "libs/wire/src/codec/__init__.py": "def pack(): ...\n",
    "jobs/src/__init__.py": "",
    "jobs/src/model.py": "class Model: ...\n",
    "tests/inner/flask.py": "app = 1\n",
    "other/pkg/store.py": "class Store:\n    def get(self): ...\n",
    "lib/shop/repo.ex": "defmodule Shop.Repo do\n  def all(query), do: query\nend\n",
    "Sources/Net/Session.swift": "class Session {\n    func open() {}\n}\n",
    "core/src/Data/Cart/Line.hs": (
        "module Data.Cart.Line where\n\ntotal :: Int -> Int\ntotal n = n\n\n"
        'instance Show (M.Map k) where\n  show _ = ""\n'
    ),
    "ui/index.ts": "export class Button { press() {} }\n",
}

NAMES = {
    "app/src/main/java/org/shop/Cart.java/Cart#add().": "org.shop.Cart.add",
    "app/src/main/java/org/shop/Cart.java/Cart#Line#": "org.shop.Cart.Line",
    "app/src/main/java/org/shop/Cart.java/": "app.src.main.java.org.shop.Cart",
    "src/Shop/Stock.cs/Stock#Take().": "Acme.Shop.Inner.Stock.Take",
    "src/Shop/Stock.cs/Free#": "Free",
    "src/Shop/Scoped.cs/Box#Open().": "Acme.Scoped.Box.Open",
    "lib/Kernel.php/Kernel#boot().": "App.Core.Kernel.boot",
    "lib/helpers.php/tap().": "tap",
    "include/ring.hpp/Ring#turn().": "acme.net.Ring.turn",
    "include/ring.hpp/loose().": "loose",
    "src/ring.cpp/Ring#halt().": "acme.net.Ring.halt",
    "src/ring.cpp/acme#net#Ring#stop().": "acme.net.Ring.stop",
    "core/loop.c/loop_run().": "loop_run",
    "lib/rack/escape.rb/Rack#Escape#call().": "Rack.Escape.call",
    "middleware/logger.go/Logger#Wrap().": "middleware.Logger.Wrap",
    "lib/rack/item.rb/Rack#Item#pay().": "Rack.Item.pay",
    "lib/rack/item.rb/Rack#open().": "Rack.open",
    "middleware/wrap.go/Logger#Unwrap().": "middleware.Logger.Unwrap",
    "main.go/Run().": "shop.Run",
    "crates/wire/src/de/mod.rs/Reader#": "wire.de.Reader",
    "crates/wire/src/ser.rs/write().": "wire.ser.write",
    "pkg/store.py/Store#get().": "pkg.store.Store.get",
    "src/flask/app.py/Flask#run().": "flask.app.Flask.run",
    "src/flask/app.py/": "flask.app",
    "libs/wire/src/codec/__init__.py/pack().": "codec.pack",
    "libs/wire/src/codec/__init__.py/": "codec",
    "jobs/src/model.py/Model#": "jobs.src.model.Model",
    "jobs/src/__init__.py/": "jobs.src",
    "lib/shop/repo.ex/`Shop.Repo`#all().": "Shop.Repo.all",
    "Sources/Net/Session.swift/Session#open().": "Session.open",
    "core/src/Data/Cart/Line.hs/total().": "Data.Cart.Line.total",
    "core/src/Data/Cart/Line.hs/": "Data.Cart.Line",
    "core/src/Data/Cart/Line.hs/`Show (M.Map k)`#": "Data.Cart.Line.Show (M.Map k)",
    "ui/index.ts/Button#press().": "ui.Button.press",
}


@pytest.fixture
def view(project_of: Any) -> View:
    """One project in eleven languages."""
    found: View = project_of(FILES).view
    return found


@pytest.mark.parametrize("symbol", NAMES)
def test_names_are_those_of_the_language(view: View, symbol: str) -> None:
    """Packages and namespaces where the language has them, paths where it has not."""
    found = view.snapshot.symbol(symbol)  # type: ignore[arg-type]
    assert found is not None
    assert qualified_name(view.snapshot, found) == NAMES[symbol]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("org.shop.Cart", "app/src/main/java/org/shop/Cart.java/Cart#"),
        ("org.shop.Cart#add", "app/src/main/java/org/shop/Cart.java/Cart#add()."),
        ("app.src.main.java.org.shop.Cart.Cart.add", "app/src/main/java/org/shop/Cart.java/Cart#add()."),
        ("App\\Core\\Kernel::boot", "lib/Kernel.php/Kernel#boot()."),
        ("\\App\\Core\\Kernel", "lib/Kernel.php/Kernel#"),
        ("Inner.Stock", "src/Shop/Stock.cs/Stock#"),
        ("acme::net::Ring::turn", "include/ring.hpp/Ring#turn()."),
        ("::loose", "include/ring.hpp/loose()."),
        ("Rack::Escape#call", "lib/rack/escape.rb/Rack#Escape#call()."),
        ("crate::de::Reader", "crates/wire/src/de/mod.rs/Reader#"),
        ("wire::ser::write", "crates/wire/src/ser.rs/write()."),
        ("middleware.Logger", "middleware/logger.go/Logger#"),
        ("flask.app.Flask", "src/flask/app.py/Flask#"),
        ("src.flask.app.Flask", "src/flask/app.py/Flask#"),
        ("flask.app", "src/flask/app.py/"),
        ("Shop.Repo", "lib/shop/repo.ex/`Shop.Repo`#"),
        ("Cart.Line.total", "core/src/Data/Cart/Line.hs/total()."),
    ],
)
def test_a_symbol_is_found_as_its_language_writes_it(view: View, name: str, symbol: str) -> None:
    """Whatever stands between the parts; a class is found before the file that is called like it."""
    assert find_target(view, CalleesParams(symbol=name)).id == symbol


def test_names_of_a_file_are_those_of_its_symbols(view: View) -> None:
    """Asked for all together they are what each is called."""
    for path in view.snapshot.files:
        each = [qualified_name(view.snapshot, symbol) for symbol in view.snapshot.in_file(path)]
        assert qualified_names(view.snapshot, path) == each


def test_what_is_printed_can_be_typed(view: View) -> None:
    """The whole qualified name of a symbol means it, whatever else ends with that name."""
    for symbol in view.snapshot.symbols():
        name = qualified_name(view.snapshot, symbol)
        if "." in name:
            assert find_target(view, CalleesParams(symbol=name)).id == symbol.id, name


def test_a_name_in_another_package_is_not_found(view: View) -> None:
    """A package that is not the symbol's is no near miss."""
    with pytest.raises(SymbolNotFound):
        find_target(view, CalleesParams(symbol="org.other.Cart.add"))


def test_dotted_names() -> None:
    """What languages write between parts becomes a dot."""
    assert [dotted(name) for name in ("a::b#c", "\\A\\B", "crate::x", "github.com/a/b.C", "operator->")] == [
        *("a.b.c", "A.B", "x", "github.com.a.b.C", "operator->")
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/pkg/mod.py", "src.pkg.mod"),
        ("pkg/__init__.py", "pkg"),
        ("lib/index.ts", "lib"),
        ("index.js", "index"),
        ("tool", "tool"),
        ("dir.d/tool", "dir.d.tool"),
    ],
)
def test_module_names(path: str, name: str) -> None:
    """A module is named by its path; package files stand for their directory."""
    assert module_name(path) == name


OUTSIDE = """\
namespace ink {
int Pen::draw(int x) { return x; }
Pen::~Pen() {}
std::string Pen::Tip::name(std::string x) { return x; }
template <typename T> void Ring<T>::push(std::vector<T> x) { use(x); }
bool Pen::operator==(const Pen& other) const { return true; }
std::string loose(std::string x) { return x; }
}
int ink::turn() { return 1; }
"""


def test_a_function_of_cpp_bears_the_class_that_it_is_defined_for(project_of: Any) -> None:
    """Outside of its class, too, as its language writes it; what it returns and takes is no part of that."""
    snapshot = project_of({"pen.cpp": OUTSIDE}).view.snapshot
    names = [qualified_name(snapshot, each) for each in snapshot.in_file("pen.cpp")[1:]]
    assert names == [
        "ink.Pen.draw",
        "ink.Pen.~Pen",
        "ink.Pen.Tip.name",
        "ink.Ring.push",
        "ink.Pen.operator==",
        "ink.loose",
        "ink.turn",
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Session.get()", "Session.get"),
        ("(*Engine).Run", "Engine.Run"),
        ("*Context.JSON", "Context.JSON"),
        ("$log->info()", "log.info"),
        ("Pen::operator()", "Pen.operator()"),
        ("operator*", "operator*"),
    ],
)
def test_what_a_call_adds_is_no_part_of_a_name(written: str, name: str) -> None:
    """Names are pasted from calls, documentation and traces."""
    assert dotted(written) == name
