"""Linking of JavaScript and TypeScript: containers in members, what comments declare, and a few more forms."""

from __future__ import annotations

import pytest
from javascript_sources import Linked

CALLS, IMPORTS, READS, OVERRIDES = "calls", "imports", "references", "overrides"
PARTS = "export class Part { use() {} }\nexport class Other { use() {} }\n"


@pytest.mark.parametrize(
    "code",
    [
        "this.all.forEach((one) => one.use())",
        "for (const one of this.all) one.use()",
        "this.all[0].use()",
        "this.named.get('a').use()",
        "this.all.filter((one) => one).find((one) => one.use())",
    ],
)
def test_elements_of_a_container_in_a_field(code: str) -> None:
    """A field that holds many things is a member: what comes out of it has the type of its elements."""
    source = f"import {{ Part }} from './p'\nclass A {{ all: Part[] = []; named: Map<string, Part>; m() {{ {code} }} }}"
    linked = Linked({"p.ts": PARTS, "a.ts": source})
    assert linked.of("a.ts/A#m().", CALLS) == {"p.ts/Part#use()."}


def test_elements_of_a_container_in_an_interface() -> None:
    """The same holds for the properties of an interface, through whatever value has its type."""
    source = (
        "import { Part } from './p'\ninterface Box { all: Part[] }\nfunction f(b: Box) { b.all.map((x) => x.use()) }"
    )
    linked = Linked({"p.ts": PARTS, "a.ts": source})
    assert linked.of("a.ts/f().", CALLS) == {"p.ts/Part#use()."}


def test_a_comment_declares_a_member() -> None:
    """`@type` before `this.x = ...` and before a class field says what the member holds, and what its elements are."""
    source = """import { Part } from './p.js'
    class A {
      /** @type {Part[]} */
      all = []
      constructor() {
        /** @type {Part | null} */
        this.one = null
        /** @type {Map<string, Part>} */
        this.named = new Map()
      }
      f() { this.one.use() }
      g() { this.all.forEach((each) => each.use()) }
      h() { this.named.get('x').use() }
    }"""
    linked = Linked({"p.js": PARTS, "a.js": source})
    for method in "fgh":
        assert linked.of(f"a.js/A#{method}().", CALLS) == {"p.js/Part#use()."}


def test_what_is_returned_behind_a_comment() -> None:
    """A comment between a keyword or a bracket and an expression hides nothing of the expression."""
    source = """import { make, wrap } from './m.js'
    function f() { return /** @type {Part} */ (make()) }
    function g() { return ( /* made */ make)() }
    async function h() { await /* now */ make() ; wrap(/* here */ make) }"""
    linked = Linked({"m.js": "export function make() {}\nexport function wrap(f) {}", "a.js": source})
    assert linked.of("a.js/f().", CALLS) == {"m.js/make()."}
    assert linked.of("a.js/g().", CALLS) == {"m.js/make()."}
    assert linked.of("a.js/h().", CALLS) == {"m.js/make().", "m.js/wrap()."}


@pytest.mark.parametrize("word", ["const", "var", "return", "new", "default"])
def test_a_reserved_word_as_the_name_of_an_export(word: str) -> None:
    """`export { make as const }` offers the function under that word."""
    builders = f"function make() {{}}\nfunction other() {{}}\nexport {{ other as if, make as {word} }}"
    name = f"b.{word}" if word != "default" else "b.default"
    linked = Linked({"b.js": builders, "a.js": f"import * as b from './b.js'\nfunction f() {{ {name}() }}"})
    assert linked.of("a.js/f().", CALLS) == {"b.js/make()."}


def test_a_class_overrides_its_base_class_before_the_interface_of_that_name() -> None:
    """Where a class and an interface share a name, the class's own method is the one that a subclass overrides."""
    source = """interface Maps { map(): void; more(): void }
    interface Column extends Maps {}
    abstract class Column implements Maps { map() {} }
    class Text extends Column { map() {} more() {} }"""
    linked = Linked({"a.ts": source})
    assert linked.of("a.ts/Text#map().", OVERRIDES) == {"a.ts/Column(+1)#map()."}
    assert linked.of("a.ts/Text#more().", OVERRIDES) == {"a.ts/Maps#more()."}


def test_a_function_that_mentions_itself() -> None:
    """A function that hands itself on refers to itself, as one that calls itself does."""
    linked = Linked({"a.js": "function tick() { later(tick) }\nfunction later(f) { f() }\nclass A { own = A }"})
    assert linked.of("a.js/tick().", READS) == {"a.js/tick()."}
