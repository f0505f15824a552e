"""Names that several scopes outside of functions have: a mention leads to the definition in scope, and no other."""

from __future__ import annotations

import pytest
from javascript_sources import Linked, descriptors

CALLS, READS = "calls", "references"

CALLED = ["(function () {%s})();", "(() => {%s})();", "!function () {%s}();", "(function () {%s}).call(this);", "{%s}"]


@pytest.mark.parametrize("first", CALLED)
@pytest.mark.parametrize("second", CALLED)
def test_functions_that_are_called_where_they_stand_have_names_of_their_own(first: str, second: str) -> None:
    """Two called functions or blocks share no name, whatever is declared in them."""
    one = first % "function f() {} function g() { f(); }"
    two = second % "const f = () => 1; function g() { f(); } class C {} new C();"
    linked = Linked({"a.js": f"{one}\n{two}\nclass C {{}} new C();"})
    assert linked.of("a.js/g().", CALLS) == {"a.js/f()."}
    assert linked.of("a.js/g(+1).", CALLS) == {"a.js/f(+1)."}
    assert linked.of("a.js/", CALLS) == {"a.js/C#", "a.js/C(+1)#"}


def test_nested_called_functions_see_what_is_around_them() -> None:
    """A name is looked up from the inside out, through called functions, blocks and cases."""
    source = """(function () {
        function f() {}
        function g() {}
        (() => { function f() {} { class D {} new D(); } switch (f()) { case 1: { g(); } } })();
        exports.f = f;
    })();
    function g() {}
    g();"""
    linked = Linked({"a.js": source, "b.js": "const a = require('./a'); a.f();"})
    assert linked.of("a.js/", CALLS) == {"a.js/D#", "a.js/f(+1).", "a.js/g().", "a.js/g(+1)."}
    assert linked.of("b.js/", CALLS) == {"a.js/f()."}


def test_nothing_outside_means_what_is_inside() -> None:
    """A name of a called function leads nowhere outside of it, in this file and others."""
    linked = Linked({"a.js": "(function () { function hidden() {} })(); hidden();", "b.js": "hidden();"})
    assert linked.of("a.js/", CALLS) == set()
    assert linked.of("b.js/", CALLS) == set()


def test_a_function_of_a_block_is_known_around_it_where_nothing_else_has_its_name() -> None:
    """Scripts call functions that a block declares."""
    source = "if (old) { function now() {} } now(); function other() {} { function other() {} } other();"
    linked = Linked({"a.js": source})
    assert linked.of("a.js/", CALLS) == {"a.js/now().", "a.js/other()."}


def test_what_is_only_exported_is_no_name() -> None:
    """`exports.f = ...` declares no f: a call of f means the function of that name, an import the export."""
    source = """function parse(x) {}
    exports.parse = function (x) { parse(x); };
    exports.make = function build(n) { build(n); };
    exports.Kind = class Named { copy() { new Named(); } };
    unknown.parse = function () { parse(); };
    """
    linked = Linked({"a.js": source, "b.js": "const a = require('./a'); a.parse(); a.make();"})
    assert linked.of("a.js/parse(+1).", CALLS) == {"a.js/parse()."}
    assert linked.of("a.js/parse(+2).", CALLS) == {"a.js/parse()."}
    assert linked.of("a.js/make().", CALLS) == {"a.js/make()."}
    assert linked.of("a.js/Kind#copy().", CALLS) == {"a.js/Kind#"}
    assert linked.of("b.js/", CALLS) == {"a.js/parse(+1).", "a.js/make()."}


def test_members_belong_to_the_class_in_scope() -> None:
    """`C.prototype.m = ...` and `C.x = ...` make members of the C that is declared around them."""
    source = """(function () { function C() {} C.prototype.m = function () {}; new C().m(); })();
    (function () { function C() {} C.prototype.m = function () {}; new C().m(); })();
    function make() {}
    const Kept = {};
    function fill(Kept) { Kept.made = make; }
    Kept.made();"""
    linked = Linked({"a.js": source})
    assert "a.js/C().m()." in linked.of("a.js/", CALLS)
    assert "a.js/C(+1).m()." in linked.of("a.js/", CALLS)
    assert "a.js/make()." not in linked.of("a.js/", CALLS)


def test_a_function_made_into_a_class_inside_a_function_has_its_members() -> None:
    """`P.prototype.m = ...` inside a function makes a member of the P in scope, of a parameter's none."""
    source = """module.exports = function () {
        function P() {}
        P.prototype.one = function () { this.two(); };
        P.prototype.two = function () {};
        function go() { new P().one(); }
        function fill(P) { P.prototype.three = function () {}; }
        function ask() { new P().three(); }
    };"""
    linked = Linked({"a.js": source})
    assert linked.of("a.js/exports().one().", CALLS) == {"a.js/exports().two()."}
    assert linked.of("a.js/exports().go().", CALLS) == {"a.js/exports().P().", "a.js/exports().one()."}
    assert linked.of("a.js/exports().ask().", CALLS) == {"a.js/exports().P()."}


def test_values_of_a_name_are_those_of_its_scope() -> None:
    """Two variables of one name hold what each was given, and are known to other files as they are to their own."""
    source = """class A { run() {} } class B { run() {} }
    (function () { var x = new A(); x.run(); exports.a = x; })();
    (function () { var x = new B(); exports.b = x; function go() { x.run(); } })();"""
    linked = Linked({"a.js": source, "b.js": "const { b } = require('./a'); function f() { b.run(); }"})
    assert linked.of("a.js/", CALLS) >= {"a.js/A#run()."}
    assert linked.of("a.js/go().", CALLS) == {"a.js/B#run()."}
    assert linked.of("a.js/go().", READS) == {"a.js/x.(+1)"}
    assert linked.of("b.js/f().", CALLS) == {"a.js/B#run()."}


def test_a_module_that_is_only_described_has_no_symbol() -> None:
    """`declare module "x"` makes no class; what it declares are definitions with names of their own."""
    source = 'declare module "x" { interface T {} const t: T; } interface T {} export function f(x: T): void {}'
    linked = Linked({"a.ts": source})
    assert linked.of("a.ts/f().", "uses_type") == {"a.ts/T(+1)#"}
    assert descriptors(source, "typescript") == ["T#", "t.", "T(+1)#", "f()."]
