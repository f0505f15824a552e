"""Canonical tokens: `codegraph.extract.normalise` and Python's layout."""

from __future__ import annotations

import re

import pytest
from python_sources import tokens_of

from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END
from codegraph.extract.normalise import SPACE, WORD, nesting
from codegraph.extract.text import SourceText

EQUAL = {
    "comments": ("def f():\n    return 1\n", "# a\ndef f():  # b\n    # c\n    return 1  # d\n"),
    "blank lines": ("def f():\n    a\n    b\n", "def f():\n\n    a\n\n\n    b\n\n"),
    "indentation": ("def f():\n    if a:\n        b\n    c\n", "def f():\n\tif a:\n\t  b\n\tc\n"),
    "wrapping": (
        "def f(a, b):\n    g(a, b)\n",
        "def f(\n    a,\n    b,\n):\n    g(\n        a,  # why\n        b,\n    )\n",
    ),
    "backslash": ("def f():\n    a = b + c\n", "def f():\n    a = b \\\n        + c\n"),
    "semicolon": ("def f():\n    a\n    b\n", "def f():\n    a; b;\n"),
    "suite": ("def f():\n    pass\n", "def f(): pass\n"),
    "line ends": ('def f():\n    """x"""\n    a = """1\n2"""\n', 'def f():\r\n    """x"""\r\n    a = """1\r\n2"""\r\n'),
    "byte order mark": ("def f(): pass\n", "\ufeffdef f(): pass\n"),
    "form feed": ("def f(): pass\n", "\fdef f(): pass\n\f"),
    "trailing comma in list": ("def f():\n    [a]\n", "def f():\n    [\n        a,\n    ]\n"),
    "trailing comma in long tuple": ("def f():\n    (a, b)\n", "def f():\n    (a, b,)\n"),
}
DIFFERENT = {
    "dedent": ("def f():\n    if a:\n        b\n        c\n", "def f():\n    if a:\n        b\n    c\n"),
    "statements": ("def f():\n    return\n    a\n", "def f():\n    return a\n"),
    "subtraction": ("def f():\n    a\n    -b\n", "def f():\n    a - b\n"),
    "one-tuple": ("def f():\n    return (a,)\n", "def f():\n    return (a)\n"),
    "index tuple": ("def f():\n    a[b,]\n", "def f():\n    a[b]\n"),
    "lambda tuple": ("def f():\n    return (lambda a, b: a,)\n", "def f():\n    return (lambda a, b: a)\n"),
    "case tuple": (
        "def f():\n    match a:\n        case (b,): pass\n",
        "def f():\n    match a:\n        case (b): pass\n",
    ),
    "string content": ("def f():\n    a = 'x # y'\n", "def f():\n    a = 'x  # y'\n"),
    "string prefix": ("def f():\n    a = r'x'\n", "def f():\n    a = 'x'\n"),
    "string of a nested function": (
        "def f():\n    def g():\n        return 'x'\n",
        "def f():\n    def g():\n        return 'y'\n",
    ),
    "operator": ("def f():\n    a << b\n", "def f():\n    a < b\n"),
    "number": ("def f():\n    1.5\n", "def f():\n    15\n"),
    "letters beyond ASCII": ("def f():\n    é\n", "def f():\n    è\n"),
}


@pytest.mark.parametrize("case", EQUAL)
def test_layout_says_nothing(case: str) -> None:
    """Sources that differ in layout and comments only have equal tokens."""
    first, second = (tokens_of(source.encode(), "f().") for source in EQUAL[case])
    assert first == second


@pytest.mark.parametrize("case", DIFFERENT)
def test_meaning_is_kept(case: str) -> None:
    """Sources that mean different things have different tokens."""
    first, second = (tokens_of(source.encode(), "f().") for source in DIFFERENT[case])
    assert first != second


def test_tokens_of_a_function() -> None:
    """A function's tokens are its decorators, header and blocks, without its own docstring."""
    source = """
        @cached(1)
        def f(a: int = 0x1F) -> str:  # note
            "What it does."
            if a >= 1.5e3:
                return f"{a!r}" % (a)
            return 'x'
    """
    expected = (
        f"@ cached ( 1 ) {STATEMENT_END} def f ( a : int = 0x1F ) -> str : {BLOCK_START} if a >= 1.5e3 : {BLOCK_START} "
        f"return f\"{{a!r}}\" % ( a ) {BLOCK_END} return 'x' {BLOCK_END}"
    )
    assert tokens_of(source, "f().") == expected


def test_tokens_of_a_class_are_its_outline() -> None:
    """A class has its header, its statements and the headers of its methods and inner classes."""
    source = """
        class C(B):
            "About C."
            limit: int = 1
            def m(self):
                "About m."
                return 1
            class D: x = 1
            def n(self): pass
    """
    expected = (
        f"class C ( B ) : {BLOCK_START} limit : int = 1 {STATEMENT_END} def m ( self ) : {STATEMENT_END} "
        f"class D : {STATEMENT_END} def n ( self ) : {BLOCK_END}"
    )
    assert tokens_of(source, "C#") == expected


def test_tokens_of_a_module_are_its_statements() -> None:
    """A module has its imports and statements, without definitions and constants."""
    source = """
        "About the module."
        import a
        LIMIT = 1
        def f(): pass
        if a:
            class C: pass
        else:
            run(a)
    """
    expected = f"import a {STATEMENT_END} if a : {BLOCK_START} {BLOCK_END} else : {BLOCK_START} run ( a ) {BLOCK_END}"
    assert tokens_of(source, "") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("([{}])", 3), ("((", 2), (")(", 1), ("'((((((((('", 0), ("()" * 9, 1), ("[(" * 9 + ")]" * 9, 18)],
)
def test_nesting_counts_brackets_outside_strings(source: str, expected: int) -> None:
    """Beyond the limit nesting is exact, and what strings hold does not count."""
    strings = [(0, len(source))] if source.startswith("'") else []
    found = nesting(SourceText(source.encode()), 0, strings, [])
    assert found == expected


def test_nesting_counts_blocks() -> None:
    """Blocks nest as their ranges do."""
    assert nesting(SourceText(b" " * 10), 5, [], [(0, 9), (1, 4), (2, 3), (5, 9)]) == 3


def test_sets_of_single_bytes_are_what_the_classes_of_regular_expressions_hold() -> None:
    """Token patterns spell out `\\s` and `\\w`, for speed, and mean the same by them."""
    for sign in map(chr, range(256)):
        assert bool(re.match(f"[{SPACE}]", sign)) == bool(re.match(r"\s", sign))
        assert bool(re.match(f"[{WORD}]", sign)) == bool(re.match(r"\w", sign))
