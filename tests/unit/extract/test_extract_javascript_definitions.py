"""Definitions of JavaScript and TypeScript: what counts, how it is called, where it stands."""

from __future__ import annotations

import pytest
from javascript_sources import descriptors, facts_of

from codegraph.core.symbols import SymbolKind


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("function f() {}", ["f()."]),
        ("const f = () => 1, g = function () {}", ["f().", "g()."]),
        ("export const f = async function* () {}", ["f()."]),
        ("export default function () {}", ["default()."]),
        ("export default (a) => a", ["default()."]),
        ("export default class {}", ["default#"]),
        ("module.exports = function make() {}", ["make()."]),
        ("module.exports = function () {}", ["exports()."]),
        ("exports = module.exports = function make() {}", ["make()."]),
        ("exports.x = function () {}", ["x()."]),
        ("module.exports.x = class {}", ["x#"]),
        ("module.exports = { a() {}, b: () => 1, c: 2 }", ["a().", "b()."]),
        (
            "class C { m() {} static s() {} get g() {} #p() {} f = () => 1; x = 2 }",
            ["C#", "C#m().", "C#s().", "C#g().", "C#`#p`().", "C#f()."],
        ),
        ("const C = class { m() {} }", ["C#", "C#m()."]),
        ("const o = { m() {}, f: function () {}, x: 1 }", ["o.", "o.m().", "o.f()."]),
        ("function View() {}\nView.prototype.m = function () {}", ["View().", "View().m()."]),
        ("function View() {}\nView.prototype = { m() {} }", ["View().", "View().m()."]),
        ("function V() {}\nObject.assign(V.prototype, { m() {} })", ["V().", "V().m()."]),
        ("const app = {}\napp.use = function use() {}", ["app.", "app.use()."]),
        ("req.get = req.header = function header() {}", ["header()."]),
        ("(function () { function inner() {} })()", ["inner()."]),
        ("if (a) { exports.x = function () {} } else { var y = 1 }", ["x().", "y."]),
        ("const { a, b: [c] } = d", ["a.", "c."]),
        ("const a = require('x'), { b } = require('y')", []),
        ("function f() { const x = 1, o = { m() {} }; call(() => 1) }", ["f()."]),
    ],
)
def test_javascript_definitions(source: str, expected: list[str]) -> None:
    """Each form of definition is found under its name and container, and no plain value inside functions."""
    assert descriptors(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("interface I { m(): void; p: string; get g(): X }", ["I#", "I#m().", "I#g()."]),
        ("type T = { m(): void } & { n(): void }", ["T#", "T#m().", "T#n()."]),
        ("type T = A | B", ["T#"]),
        ("enum E { A, B = 1 }", ["E#"]),
        ("abstract class C { abstract m(): void; n?(): void }", ["C#", "C#m().", "C#n()."]),
        ("namespace N { export function f() {} const c = 1 }", ["N#", "N#f().", "N#c."]),
        ("declare global { interface Window { a: 1 } }", ["Window#"]),
        ("declare const x: Foo", ["x."]),
        (
            "function f(a: string): void\nfunction f(a: number): void\nfunction f(a: any) {}",
            ["f().", "f(+1).", "f(+2)."],
        ),
        ("class C { @dec() m() {} constructor(private a: A) {} }", ["C#", "C#m().", "C#constructor()."]),
    ],
)
def test_typescript_definitions(source: str, expected: list[str]) -> None:
    """TypeScript's own forms are definitions too; overloads are told apart by ordinals."""
    assert descriptors(source, "typescript") == expected


def test_range_holds_modifiers_and_body() -> None:
    """A definition reaches from its first decorator or modifier to the end of its statement."""
    source = "// before\n@dec\nexport class C {\n  m() {}\n}\nexport const f = () => {\n  return 1;\n};\n"
    found = {each.name: each for each in facts_of(source, "typescript").outline.definitions}
    assert (found["C"].range.start_line, found["C"].range.end_line) == (1, 4)
    assert (found["f"].range.start_line, found["f"].range.end_line) == (5, 7)
    assert found["f"].signature == "export const f = ( )"
    assert found["C"].kind is SymbolKind.CLASS


def test_a_method_written_elsewhere_leaves_its_container_alone() -> None:
    """Editing the body of `C.prototype.m = ...` changes neither the function C nor the module."""
    source = "function C() { this.a = 1 }\nC.prototype.m = function (x) { return %d }\n"
    before, after = (facts_of(source % number).outline.definitions for number in (1, 2))
    changed = [old.descriptor for old, new in zip(before, after, strict=True) if old.own != new.own]
    assert changed == ["C().m()."]


def test_names_of_members_as_written() -> None:
    """Computed, quoted and private names keep their spelling; quotes are taken off."""
    found = descriptors("class C { [Symbol.iterator]() {} 'a b'() {} ['c']() {} #d() {} }")
    assert found == ["C#", "C#`[Symbol.iterator]`().", "C#`a b`().", "C#c().", "C#`#d`()."]
