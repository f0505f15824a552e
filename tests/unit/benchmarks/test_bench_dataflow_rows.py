"""The comparison of data flow with the reference shows it the trees of 2021, and finds what differs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tree_sitter import Language, Parser

from benchmarks.dataflow import SourceFile
from benchmarks.dataflow_rows import Shown, compare
from codegraph.extract.languages import LANGUAGES


def shown(text: str, language: str, type_: str) -> Shown:
    """Return the first node of a type, as it is shown."""
    parser = Parser(Language(LANGUAGES[language].grammar()))
    waiting = [Shown(parser.parse(text.encode()).root_node, language)]
    while waiting:
        node = waiting.pop(0)
        if node.type == type_:
            return node
        waiting += node.children
    raise AssertionError(f"no {type_} in {text}")


@pytest.mark.parametrize(
    ("language", "text", "type_", "children"),
    [
        ("c_sharp", "class A { int f = 1 + 2; }", "variable_declarator", ["identifier", "equals_value_clause"]),
        ("c_sharp", "class A { void f() { foreach (var a in b) { } } }", "for_each_statement", None),
        ("go", 'package a\nvar b = c{d: "e"}', "keyed_element", ["field_identifier", ":", "literal_element"]),
        ("go", 'package a\nvar b = "text"', "interpreted_string_literal", ['"', '"']),
        ("java", 'class A { String b = "c"; }', "string_literal", []),
        ("javascript", "const a = `b${c}`", "template_string", ["`", "template_substitution", "`"]),
        ("php", '<?php $a = "b";', "encapsed_string", []),
        ("php", '<?php $a = "b $c";', "encapsed_string", ['"', "string_content", "variable_name", '"']),
        ("python", 'a = "b\\n"', "string", ["string_start", "escape_sequence", "string_end"]),
        ("python", "a = 1; b = 2", "module", ["expression_statement", "expression_statement"]),
    ],
)
def test_nodes_are_shown_as_they_were(language: str, text: str, type_: str, children: list[str] | None) -> None:
    """What the reference sees has the types and the children of its own grammars."""
    node = shown(text, language, type_)
    if children is not None:
        assert [child.type for child in node.children] == children


def reference_that_finds(rows: list[tuple[Any, ...]]) -> SimpleNamespace:
    def places(node: Shown) -> list[tuple[Any, Any]]:
        if not node.children:
            return [(node.start_point, node.end_point)]
        return [place for child in node.children for place in places(child)]

    return SimpleNamespace(
        remove_comments_and_docstrings=lambda text, language: text,
        tree_to_token_index=places,
        index_to_code_token=lambda place, lines: lines[place[0][0]][place[0][1] : place[1][1]],
        DFG_python=lambda root, tokens, states: (rows, {}),
    )


def test_equal_rows_differ_nowhere_and_other_rows_do() -> None:
    """The figure counts functions whose rows are not the reference's: none if they are, one if a parent is missing."""
    code = "def f(a): return a"
    files = {"python": [SourceFile(code.encode(), [code])], "rust": [SourceFile(b"fn f() {}", ["fn f() {}"])]}
    same = [("a", 3, "comesFrom", [], []), ("a", 7, "comesFrom", ["a"], [3])]
    (figure,) = compare(files, reference_that_finds(same), None)
    assert (figure.name, figure.value, figure.met) == ("dataflow.rows.python.differ", 0, True)
    (figure,) = compare(files, reference_that_finds(same[:1]), None)
    assert (figure.value, figure.met) == (1, False)
