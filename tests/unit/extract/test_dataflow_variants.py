"""Data flow beyond the reference: languages that it does not know, and its defects mended."""

from __future__ import annotations

import pytest

from codegraph.core.facts import FlowState
from codegraph.extract.dataflow import Flow, Relation, follow_text


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
