"""Members of JavaScript that assignments make, that declarations merge, and that replace a module."""

from __future__ import annotations

from javascript_sources import Linked

CALLS, IMPORTS, READS = "calls", "imports", "references"


def test_this_in_a_function_that_is_a_member() -> None:
    """`this` of a function that is assigned to a member of `this` is what it is a member of."""
    linked = Linked(
        {
            "a.js": "function Bar() {\n  this.start = function () { this.draw(); on(this.stop) }\n"
            "  this.draw = () => 1\n  this.stop = function () {}\n  this.given = other\n"
            "  this.show = function () { on(this.given) }\n}\nfunction other() {}\n"
        }
    )
    assert linked.of("a.js/Bar().start().", CALLS) == {"a.js/Bar().draw()."}
    assert linked.of("a.js/Bar().start().", READS) == {"a.js/Bar().stop()."}
    assert linked.of("a.js/Bar().show().", READS) == set()


def test_an_interface_adds_to_the_class_of_its_name() -> None:
    """A class has what an interface of its name beside it declares, and overrides none of that."""
    source = (
        "interface Hub { emit(): void; off(): void }\nclass Hub extends Base {\n  off() {}\n  f() { this.emit() }\n}"
    )
    linked = Linked({"a.ts": f"import {{ Base }} from 'base'\n{source}", "b.ts": "interface Hub { emit(): void }"})
    assert linked.of("a.ts/Hub(+1)#f().", CALLS) == {"a.ts/Hub#emit()."}
    assert linked.of("a.ts/Hub(+1)#off().", "overrides") == set()


def test_names_out_of_what_replaces_a_module() -> None:
    """`require("./b").make` is a member of the class or function that b is replaced by."""
    base = "function Base() {}\nBase.make = function () {}\nmodule.exports = Base"
    linked = Linked(
        {
            "b.js": base,
            "a.js": "const make = require('./b').make\nfunction f() { make() }",
            "c.js": "module.exports = g()",
        }
    )
    assert linked.of("a.js/f().", CALLS) == {"b.js/Base().make()."}
    assert linked.of("a.js/", IMPORTS) == {"b.js/", "b.js/Base().make()."}


def test_a_namespace_that_is_exported_again() -> None:
    """An import of a name that stands for a whole module is an edge to that module, too."""
    linked = Linked(
        {
            "a.ts": "import { all } from './b'\nfunction f() { all.g() }",
            "b.ts": "import * as all from './c'\nexport { all }",
            "c.ts": "export function g() {}",
        }
    )
    assert linked.of("a.ts/", IMPORTS) == {"b.ts/", "c.ts/"}
    assert linked.of("a.ts/f().", CALLS) == {"c.ts/g()."}


def test_a_constant_imports_nothing_itself() -> None:
    """A module required for the value of a constant is imported by what the constant stands in."""
    linked = Linked({"a.js": "const log = require('./b').make('a')", "b.js": "exports.make = function () {}"})
    assert linked.of("a.js/", IMPORTS) == {"b.js/"}
    assert linked.of("a.js/log.", IMPORTS) == set()
    assert linked.of("a.js/log.", CALLS) == {"b.js/make()."}
