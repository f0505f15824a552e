"""Where modifiers are read: `codegraph.graph.resolve.header`."""

from __future__ import annotations

import pytest
from projects import Project, facts_of

from codegraph.graph.resolve.header import header_words


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("A.java", 'class A { @Says("a ( b") private static int[] m(int a) {} }', "@Says private static int [ m"),
        ("A.php", "<?php class A { #[Says('a [ b')] private function m(#[B] $a) {} }", "# [ private function m"),
        ("a.ts", "class A { @m.m({a: 'x'}) @m() static m<T>(@B() a: T): T {} }", "@ m . m @ m static m < T > : T"),
        ("a.ts", "class A { static [m.x](a) {} }", "static ["),
        ("a.py", "class A:\n    @m('x')\n    @staticmethod\n    def m(a): pass\n", "@ m @ staticmethod def m"),
    ],
)
def test_what_annotations_are_given_is_no_part_of_a_header(path: str, text: str, words: str) -> None:
    """Brackets before the parameters are passed over, whatever the text in them says; the name ends the header."""
    assert header_words(facts_of(path, text).outline.definitions[2]) == words.split()


def test_a_modifier_behind_an_annotation_is_one() -> None:
    """A private or static method overrides nothing, however it is annotated."""
    base = "class A { void m() {} void n() {} }"
    java = {"A.java": base, "B.java": 'class B extends A { @S("x") private void m() {} @S("x") void n() {} }'}
    base = "<?php class A { function m() {} function n() {} }"
    code = "<?php class B extends A { #[S('x')] private function m() {} #[S('x')] function n() {} }"
    for end, project in (("java", Project(java)), ("php", Project({"A.php": base, "B.php": code}))):
        assert project.edges(f"B.{end}/B#m().", "overrides") == []
        assert project.edges(f"B.{end}/B#n().", "overrides") == [f"overrides A.{end}/A#n()."]


def test_what_a_decorator_says_makes_no_getter_and_nothing_static() -> None:
    """Words of its arguments are not the method's own, and a decorator may have a modifier's name."""
    text = """class Base { all() {} other() {} more() {} }
    class A extends Base {
      @Says({summary: 'to get all'}) all(): A { return this; }
      @Says('is a static one') other() {}
      @get('/more') more() {}
      @Says('x') static made(): A { return new A(); }
      @Says('x') get first(): A { return this; }
    }
    function user(a: A) { a.all().other(); A.made().more(); a.first.other(); }"""
    project = Project({"a.ts": text})
    for name in ("all", "other", "more"):
        assert project.edges(f"a.ts/A#{name}().", "overrides") == [f"overrides a.ts/Base#{name}()."]
    called = {edge.rpartition("#")[2] for edge in project.edges("a.ts/user().", "calls")}
    assert called == {"all().", "other().", "made().", "more()."}
