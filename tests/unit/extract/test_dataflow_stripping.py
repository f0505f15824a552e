"""Comments are taken out of a function's text as the reference does it, on every version of Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.extract.dataflow.plain_scan import NotPlain, PlainScan
from codegraph.extract.dataflow.rules import Comments
from codegraph.extract.dataflow.stripping import strip_comments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('def f():\n    """Doc."""\n    # c\n\n    a = 1  # d\n    return a', "def f():\n    a = 1  \n    return a"),
        ('def f():\n\n    """Doc."""\n    pass', "def f():\n    pass"),
        ("def f():\n    a = 1\n    'note'\n    b = 2", "def f():\n    a = 1\n    b = 2"),
        ("def f():\n    a = 1\n\n    'note'\n    b = 2", "def f():\n    a = 1\n    'note'\n    b = 2"),
        ("def f():\n    if a:\n        b\n    'note'", "def f():\n    if a:\n        b\n    'note'"),
        ('def f():\n    return """a\n\nb"""', 'def f():\n    return """a\nb"""'),
        ("def f(a,\n'b'):\n    pass", "def f(a,\n):\n    pass"),
        ("def f():\n    return f'{{a}} {b}'  # c", "def f():\n    return f'{{a}} {b}'  "),
        ("def f():\n\treturn 1  # c", "def f():\n\treturn 1  "),
        ("def f():\n    a = 1 + \\\n        2  # c", "def f():\n    a = 1 +        2  "),
        ("def f(:\n    # c", "def f(:\n    # c"),
        ("def f():\n        a\n    b  # c", "def f():\n        a\n    b  # c"),
    ],
)
def test_python(text: str, expected: str) -> None:
    """Comments go, strings that start a line's statement go; text that cannot be tokenized stays whole."""
    assert strip_comments(text, Comments.PYTHON) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a; // b\nc; /* d\n e */ f", "a;  \nc;   f"),
        ("'//' + \"/* x */\" + '\\'//'", "'//' + \"/* x */\" + '\\'//'"),
        ("`http://x`;", "`http: "),
        ("a\n\n  \nb", "a\nb"),
        ("# not here", "# not here"),
    ],
)
def test_other_languages(text: str, expected: str) -> None:
    """One regular expression, with what it does not know; a comment becomes a blank."""
    assert strip_comments(text, Comments.C_LIKE) == expected


def test_ruby_keeps_everything() -> None:
    """Nothing is taken out, not even empty lines."""
    assert strip_comments("a # b\n\nc", Comments.NONE) == "a # b\n\nc"


PIECES = st.sampled_from(
    [
        "def f():\n",
        "    ",
        "  ",
        "\n",
        "a = 1",
        "# c\n",
        '"s"',
        "'''t\n\nu'''",
        "if a:\n",
        "(",
        ")",
        "[\n",
        "]",
        "f'x'",
        ";",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_the_scanner_says_what_the_tokenizer_says(text: str) -> None:
    """Where the scanner does not pass, its answer is the tokenizer's, which a form feed at the end asks for."""
    try:
        PlainScan(text).spans()
    except NotPlain:
        return
    by_tokenizer = strip_comments(text + "\n\f", Comments.PYTHON)
    assert strip_comments(text, Comments.PYTHON).split() == by_tokenizer.split()
