"""Definitions inside functions: what counts, whose it is, what it is called, what it mentions."""

from __future__ import annotations

import pytest
from javascript_sources import descriptors, facts_of, mentions

from codegraph.core.facts import BindingKind


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("function f() { function g() {} }", ["f().", "f().g()."]),
        ("const f = () => { const g = () => { const h = function () {} } }", ["f().", "f().g().", "f().g().h()."]),
        ("class C { m() { class D { n() {} } } }", ["C#", "C#m().", "C#m().D#", "C#m().D#n()."]),
        ("function f() { x.on = function () {}; this.y.z = () => 1 }", ["f().", "f().on().", "f().z()."]),
        ("describe('x', () => { function help() {} })", ["help()."]),
        ("const o = { m() { let g = () => 1 } }", ["o.", "o.m().", "o.m().g()."]),
        ("const v = wrap(() => { function g() {} })", ["v.", "v.g()."]),
        ("for (;;) { function g() {} }\nfunction g() {}", ["g(+1).", "g()."]),
        ("function f() { function g() {} { const g = () => 1 } }", ["f().", "f().g().", "f().g(+1)."]),
    ],
)
def test_definitions_inside_functions(source: str, expected: list[str]) -> None:
    """Each form is found at any depth under the innermost definition around; module level keeps its ordinals."""
    assert descriptors(source) == expected


def test_types_inside_functions() -> None:
    """Types are definitions inside functions too."""
    source = "function f() { interface I { m(): void } type T = {}; enum E { A } }"
    assert descriptors(source, "typescript") == ["f().", "f().I#", "f().I#m().", "f().T#", "f().E#"]


def test_only_those_inside_functions_are_local() -> None:
    """What a module's other files can name is not marked."""
    found = facts_of("function f() { function g() {} class C { m() {} } }", "javascript").outline.definitions
    assert [each.descriptor for each in found if each.local] == ["f().g().", "f().C#"]


def test_the_inner_function_owns_what_it_mentions() -> None:
    """References belong to the innermost definition; the outer one mentions the inner."""
    source = "import { a, b } from './x'\nfunction f() { a(); function g() { b() } g() }"
    assert mentions(source) == {
        ("f().", "CALL", "a"),
        ("f().", "CALL", "@=f().g()."),
        ("f().g().", "CALL", "b"),
    }


def test_a_block_hides_an_outer_definition_of_the_same_name() -> None:
    """Each call leads to the definition of its own scope."""
    source = "function f() { const g = () => 1; { const g = () => 2; g() } g() }"
    assert mentions(source) == {("f().", "CALL", "@=f().g()."), ("f().", "CALL", "@=f().g(+1).")}


def test_this_of_an_inner_arrow_function_is_the_outer_one() -> None:
    """Members that an arrow function sets are the class's, whatever locals the value goes through."""
    source = "class C { m(x) { const y = new X(); const g = () => { this.z = y; this.n() } } }"
    facts = facts_of(source, "javascript")
    owners = [each.descriptor for each in facts.outline.definitions]
    found = {
        (owners[each.owner], each.name, each.chain)
        for each in facts.occurrences.bindings
        if each.kind is BindingKind.ATTRIBUTE
    }
    assert found == {("C#", "z", ("X", "()"))}
    assert ("C#m().g().", "CALL", "@self n") in mentions(source)


def test_results_name_local_definitions() -> None:
    """What a function returns can be followed from other files."""
    facts = facts_of("export function f() { function g() {} return g }", "javascript")
    assert [each.chain for each in facts.occurrences.bindings if each.kind is BindingKind.RETURN] == [("@=f().g().",)]
