"""Data flow beyond the reference: languages that it does not know, and its defects mended."""

from __future__ import annotations

from dataclasses import fields

import pytest
from tree_sitter import Language

from codegraph.core.facts import FlowState
from codegraph.extract.dataflow import FLOW_TABLES, Flow, Relation, follow_text
from codegraph.extract.dataflow.rules import Field
from codegraph.extract.languages import LANGUAGES


def written(flow: Flow) -> str:
    """Write rows as the cases do."""
    if flow.state is FlowState.FAILED:
        return "FAILED"
    sign = {Relation.COMES_FROM: "<", Relation.COMPUTED_FROM: "="}
    return "; ".join(
        " ".join((f"{flow.tokens[token]}@{token}", sign[relation], *map(str, parents)))
        for token, relation, parents in flow.rows
    )


OURS: list[tuple[str, str, str]] = [
    (
        "typescript",
        "function f(a: T, b: number = 1) { const c: T = a; return c; }",
        "a@3 <; b@7 < 11; 1@11 <; c@15 < 19; a@19 < 3; c@22 < 15",
    ),
    (
        "tsx",
        "const f = (a) => { var b = <p>{a}</p>; return b; };",
        (
            "f@1 < 4; f@1 < 9; f@1 < 12; f@1 < 15; f@1 < 18; f@1 < 22; a@4 <; b@9 < 12; b@9 < 15; b@9"
            " < 18; p@12 <; a@15 < 4; p@18 < 12; b@22 < 9"
        ),
    ),
    (
        "rust",
        "fn f(a: &[i32]) -> i32 { let mut s = 0; for x in a { s += x; } /* c */ if s > 1 { s = 2; } s }",
        (
            "a@3 <; s@15 < 17; 0@17 <; x@20 = 22; a@22 < 3; s@24 = 26; x@26 < 20; s@30 < 24; s@34 = 3"
            "6; 2@36 <; s@39 < 24 34"
        ),
    ),
    (
        "c",
        "int f(int a) { int b = a; for (int i = 0; i < a; i++) { b += i; } if (b) b = 1; else b = 2; return b; }",
        (
            "a@4 <; b@8 < 10; a@10 < 4; i@15 < 17; 0@17 <; i@19 < 15 23; a@21 < 4; i@23 = 23; b@27 = "
            "29; i@29 < 23; b@34 < 27; b@36 = 38; 1@38 <; b@41 = 43; 2@43 <; b@46 < 36 41"
        ),
    ),
    (
        "cpp",
        "int f(V a, int b = 1) { int s = b; for (auto &x : a) { s = s + x; } while (s) { s -= 1; } return s; }",
        (
            "a@4 <; b@7 < 9; 1@9 <; s@13 < 15; b@15 < 7; x@21 = 23; a@23 < 4; s@26 = 28 30; s@28 < 13"
            " 26; x@30 < 21; s@35 < 26 38; s@38 = 40; 1@40 <; s@44 < 38"
        ),
    ),
    (
        "typescript",
        "function f(a: T[]) { let s = 0; for (const x of a) { s = g(s, x); } return s; }",
        "a@3 <; s@11 < 13; 0@13 <; x@18 = 20; a@20 < 3; s@23 = 25 27 29; g@25 < 25; s@27 < 11 23; x@29 < 18; s@34 < 23",
    ),
    (
        "typescript",
        "function f(n: T) { let p = 0; for (let i = 0; i < n; i++) { g(p); p = i; } }",
        (
            "n@3 <; p@9 < 11; 0@11 <; i@16 < 18; 0@18 <; i@20 < 16 24; n@22 < 3; i@24 = 24; "
            "g@28 < 28; p@30 < 9 33; p@33 = 35; i@35 < 24"
        ),
    ),
    (
        "rust",
        "fn f<'a>(x: &'a T) { const N: u8 = 5; if let Some(y) = x { g(y, N) } Some(y) }",
        "x@6 <; N@14 < 18; 5@18 <; y@24 < 27; x@27 < 6; y@31 < 24; N@33 < 14; y@38 < 24",
    ),
    (
        "c",
        "void f(L *l, E *e) { E *last = 0; for (e = l; e; e = n(e)) { g(last); last = e; } }",
        (
            "l@5 <; last@14 < 16; 0@16 <; e@20 = 22; l@22 < 5; e@24 < 20 26; e@26 = 28 30; "
            "n@28 < 28; e@30 < 20 26; g@34 < 34; last@36 < 14 39; last@39 = 41; e@41 < 26"
        ),
    ),
    (
        "c",
        "void f(int a, int b) { for (;;) { a = b; b = a; } }",
        "b@7 <; a@16 = 18; b@18 < 7 20; b@20 = 22; a@22 < 16",
    ),
    (
        "cpp",
        "void f(T a) { if (int x = g(a)) h(x); int b, c = a; }",
        "a@4 <; x@10 < 12; x@10 < 14; g@12 <; a@14 < 4; x@19 < 10; c@25 < 27; a@27 < 4",
    ),
]


@pytest.mark.parametrize(("language", "code", "rows"), OURS, ids=lambda value: str(value)[:10])
def test_other_languages_follow_the_same_principles(language: str, code: str, rows: str) -> None:
    """Declarations, assignments, branches and loops mean what they mean in the reference's languages."""
    assert written(follow_text(code, language)) == rows


REVISED = [
    ("python", 'def f(a):\n    b = "é" + a\n    return b', 'a@3 <; b@6 = 8 10; "é"@8 <; a@10 < 3; b@12 < 6'),
    ("python", 'def f(a):\n    a.b = f"{a}"', 'a@6 = 10; b@8 = 10; f"{a}"@10 <'),
    ("ruby", 'def f(a)\n  a.b = "c"\nend', 'a@5 = 9; b@7 = 9; "c"@9 <'),
    (
        "php",
        "function f($a) { foreach ($a as $k => $v) { $s = $v; } }",
        "a@5 <; a@11 < 5; k@14 = 11; v@17 = 11; s@21 = 24; v@24 < 17",
    ),
    ("javascript", "function f(a) { var b = `//${a}`; return b; }", "a@3 <; b@7 < 11; a@11 < 3; b@16 < 7"),
]


@pytest.mark.parametrize(("language", "code", "rows"), REVISED)
def test_revised_rules_mend_the_defects(language: str, code: str, rows: str) -> None:
    """Only on demand; the same code without `revised` loses rows or all of them."""
    assert written(follow_text(code, language, revised=True)) == rows
    assert written(follow_text(code, language)) != rows


@pytest.mark.parametrize("name", sorted(FLOW_TABLES))
def test_a_table_names_what_its_grammar_has(name: str) -> None:
    """A type or field that a new grammar renamed would silently lose its rule."""
    table, language = FLOW_TABLES[name], Language(LANGUAGES[name].grammar())
    kinds = {language.node_kind_for_id(kind) for kind in range(language.node_kind_count)} | {"ERROR"}
    assert {*table.rules, *table.functions, *table.plain_atoms, *table.keywords} <= kinds
    for rule in table.rules.values():
        places = [getattr(rule, part.name) for part in fields(rule)]
        for place in places:
            assert not isinstance(place, Field) or language.field_id_for_name(place.name), (rule, place)


@pytest.mark.parametrize("end", ["", "}"])
def test_directives_are_no_variables_however_they_are_spaced(end: str) -> None:
    """Neither in sound code nor in broken code."""
    flow = follow_text(f"int f(int a) {{\n# if X\na = 1;\n#  endif\nreturn a; }}{end}", "c")
    assert "#endif" in flow.tokens
    assert "#  endif" not in flow.tokens
