"""Imports and exports of JavaScript and TypeScript: ES modules, CommonJS and what lies between."""

from __future__ import annotations

import pytest
from javascript_sources import facts_of, mentions

from codegraph.core.facts import ImportKind


def imports(source: str, language: str = "typescript") -> list[tuple[str, str, str, str, bool]]:
    """Return (kind, module, name, alias, reexport) of each import."""
    found = facts_of(source, language).occurrences.imports
    return [(ImportKind(one.kind).name, one.module, one.name, one.alias, one.reexport) for one in found]


def exports(source: str, language: str = "javascript") -> set[tuple[str, str]]:
    """Return (name, chain joined by blanks) of each export."""
    return {(each.name, " ".join(each.chain)) for each in facts_of(source, language).occurrences.exports}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "import d, { a, b as c } from './x'",
            [
                ("NAME", "./x", "default", "d", False),
                ("NAME", "./x", "a", "a", False),
                ("NAME", "./x", "b", "c", False),
            ],
        ),
        ("import * as ns from './x'", [("MODULE", "./x", "", "ns", False)]),
        ("import type { T } from './x'", [("NAME", "./x", "T", "T", False)]),
        ("import './x'", [("EFFECT", "./x", "", "", False)]),
        ("import x = require('y')", [("MODULE", "y", "", "x", False)]),
        ("export * from './x'", [("STAR", "./x", "*", "", True)]),
        ("export * as ns from './x'", [("MODULE", "./x", "", "ns", True)]),
        (
            "export { a as b, default } from './x'",
            [("NAME", "./x", "a", "b", True), ("NAME", "./x", "default", "default", True)],
        ),
        ("const x = require('./y')", [("MODULE", "./y", "", "x", False)]),
        (
            "const { a, b: c = 1 } = require('./y')",
            [("MEMBER", "./y", "a", "a", False), ("MEMBER", "./y", "b", "c", False)],
        ),
        ("const x = require('./y').z", [("NAME", "./y", "z", "x", False)]),
        ("const { a } = await import('./y')", [("MEMBER", "./y", "a", "a", False)]),
        ("require('./y').go()", [("MODULE", "./y", "", 'require("./y")', False)]),
    ],
)
def test_import_forms(source: str, expected: list[tuple[str, str, str, str, bool]]) -> None:
    """Every form of import says what is brought from where, and under which name."""
    assert imports(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("export const a = 1, { b } = c", {("a", "a"), ("b", "b")}),
        ("export function f() {}", {("f", "f")}),
        ("export default function f() {}", {("default", "f")}),
        ("export default { a }", {("default", "default")}),
        ("const a = 1; export default a", {("default", "a")}),
        ("export { a as b, c }", {("b", "a"), ("c", "c")}),
        ("module.exports = f", {("export=", "f")}),
        ("module.exports = require('./x')", {("export=", 'require("./x")')}),
        ("module.exports = { a, b: c, d() {}, ...e }", {("a", "a"), ("b", "c"), ("d", "@=d()."), ("...", "e")}),
        ("exports.a = b; exports.c = function () {}", {("a", "b"), ("c", "@=c().")}),
        ("var app = exports = module.exports = {}", {("export=", "app")}),
    ],
)
def test_export_forms(source: str, expected: set[tuple[str, str]]) -> None:
    """Every form of export says which expression of the file it stands for."""
    assert exports(source) == expected


def test_es_exports_are_explicit() -> None:
    """A file with any ES export lists its public names."""
    assert facts_of("export const a = 1").occurrences.explicit_exports
    assert not facts_of("const a = 1").occurrences.explicit_exports


def test_a_required_module_keeps_its_specifier_in_chains() -> None:
    """The dots of a specifier do not cut the chain that it stands in."""
    assert ("", "CALL", 'require("./a.b") go') in mentions("require('./a.b').go()")
