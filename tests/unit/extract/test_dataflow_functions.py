"""A file's functions, and that their data flow in the file is that of their own text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import codegraph
from codegraph.core.facts import FlowState
from codegraph.extract.dataflow import FLOW_TABLES, Flow, follow_nodes, follow_text
from codegraph.extract.dataflow.following import MAX_WORK
from codegraph.extract.dataflow.functions import functions_of
from codegraph.extract.languages import LANGUAGES

SOURCES = sorted(Path(codegraph.__file__).parent.rglob("*.py"))[::4]


@pytest.mark.parametrize(
    ("language", "source", "names"),
    [
        ("python", "class A:\n    def f(self):\n        def g(): pass\n\nasync def h(): pass\n", ["f", "h"]),
        ("javascript", "const a = (x) => x; class B { c() {} }\nfunction d() {}\n", ["a", "c", "d"]),
        ("java", "class A { A() {} int f() { return 1; } }", ["A", "f"]),
        ("c", "static int *f(int a) { return 0; }", ["f"]),
        ("php", "<?php class A { public function f() {} }", ["f"]),
        ("rust", "impl A { fn f(&self) {} }", ["f"]),
    ],
)
def test_functions_of_a_file(language: str, source: str, names: list[str]) -> None:
    """Those that stand in no other one, by name, in source order."""
    assert [found.name for found in functions_of(source.encode(), language)] == names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_function_in_its_file_flows_as_its_own_text(path: Path) -> None:
    """Real functions, with their comments, docstrings and indentation: same tokens, same rows."""
    data = path.read_bytes()
    for found in functions_of(data, "python"):
        within, alone = follow_nodes([found.node], data, "python"), follow_text(found.text(data), "python")
        assert (within.tokens, within.rows) == (alone.tokens, alone.rows), f"{path}:{found.line}"


JAVA = """
class A {
    /** About. */
    @Override int f(int a /* b */) { // c
        int d = a; // e
        for (int i = 0; i < d; i++) { /* g */ d += i; }
        return d;
    }
}
"""


def test_comments_of_other_languages_are_passed_over() -> None:
    """In the tree of a file they are neither tokens nor children."""
    (found,) = functions_of(JAVA.encode(), "java")
    within, alone = follow_nodes([found.node], JAVA.encode(), "java"), follow_text(found.text(JAVA.encode()), "java")
    assert (within.tokens, within.rows) == (alone.tokens, alone.rows)
    assert within.state is FlowState.PRESENT


def check(flow: Flow) -> None:
    """Assert what holds for every flow."""
    order = [token for token, _, _ in flow.rows]
    assert order == sorted(order)
    named = {token for token, _, parents in flow.rows for token in (token, *parents)}
    assert named <= set(range(len(flow.tokens)))
    assert all(list(parents) == sorted(set(parents)) for _, _, parents in flow.rows)
    assert (flow.state is FlowState.PRESENT) == bool(flow.rows)


WORDS = "if else for while ( ) { } [ ] = += ++ a b c.d 1 \"s ' ; : in return $ var int foreach as => ` é // /* # end"
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n    ", "\0"])


@given(st.sampled_from(sorted(FLOW_TABLES)), st.lists(PIECES, max_size=60))
def test_broken_code_never_raises(language: str, pieces: list[str]) -> None:
    """Half-typed and senseless code has a state like any other, and the same one each time."""
    for text in ("".join(pieces), " ".join(pieces)):
        for revised in (False, True):
            flow = follow_text(text, language, revised=revised)
            check(flow)
            assert flow == follow_text(text, language, revised=revised)


@given(st.sampled_from(sorted(FLOW_TABLES)), st.binary(max_size=200))
def test_bytes_never_raise(language: str, data: bytes) -> None:
    """A file need not be text."""
    for found in functions_of(data, language):
        check(follow_nodes([found.node], data, language))
    check(follow_text(data.decode("utf-8", "replace"), language))


def test_deep_code_is_given_up() -> None:
    """Nothing recurses without a bound: neither long chains nor deep nests."""
    chain = "function f(a) { return " + "a+" * 3_000 + "a; }"
    assert follow_text(chain, "javascript").state is FlowState.PRESENT
    nest = "function f(a) { " + "if (a) { " * 1_000 + "}" * 1_000 + " }"
    assert follow_text(nest, "javascript").state is FlowState.SIZE


def test_work_doubles_with_loops_no_more_than_it_must() -> None:
    """Loops inside loops cost the reference a doubling each; a second pass that says nothing new is left out."""
    loops = "".join(f"{'    ' * n}while a:\n" for n in range(1, 31))
    assert follow_text(f"def f(a, b):\n{loops}{'    ' * 31}b = b + a\n", "python").state is FlowState.PRESENT


def test_wide_assignments_are_bounded() -> None:
    """A row for each pair of tokens is quadratic; the bound is on work, so it is the same on any machine."""
    side = ", ".join(f"a{n}" for n in range(int(MAX_WORK**0.5) + 1))
    assert follow_text(f"function f() {{ var [{side}] = [{side}]; }}", "javascript").state is FlowState.TIME


def test_tables_are_for_known_languages() -> None:
    """Each table's grammar is the one that the rest of extraction uses."""
    assert set(FLOW_TABLES) <= set(LANGUAGES)
