"""Pasted code as encoders see it: name, header and documentation are told apart in any language, or left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.embed.pasted import read_pasted


@pytest.mark.parametrize(
    ("text", "name", "signature"),
    [
        ("def add(self, u):\n    self.x[u] = 1\n", "add", "def add ( self , u )"),
        ("@cached\ndef load(path): return path", "load", "@cached def load ( path ) : return path"),
        ("func (r *Tape) Close() error {\n return nil }", "Close", "func ( r * Tape ) Close ( ) error"),
        ("type Box struct { width int }", "Box", "type Box struct"),
        (
            "public static void open(String a,\n   int b) { run(a); }",
            "open",
            "public static void open ( String a , int b )",
        ),
        ("const parse = async (x) => {\n return y(x)\n}", "parse", "const parse = async ( x ) =>"),
        ("def reset(a)\n  a.clear\nend", "reset", "def reset ( a )"),
        ("def f ( a ) : <indent> return a", "", "def f ( a ) :"),
        ("x = open(path)\nprint(x)", "", ""),
        ("for item in items:\n    print(item)\n", "", ""),
        ("if (a) { b() }", "", ""),
        ("", "", ""),
    ],
)
def test_a_definition_is_known_by_its_header(text: str, name: str, signature: str) -> None:
    """What stands before the body is the header, whatever its language; statements have none; a letter is no name."""
    read = read_pasted(text)
    assert (read.name, read.signature) == (name, signature)


def test_documentation_is_no_code() -> None:
    """Comments before the code and a docstring are documentation; other comments are nothing, strings stay tokens."""
    read = read_pasted('# Adds.\ndef add(a):\n    """An edge."""\n    go(\'# x\')  # later\n')
    assert read.docstring == "Adds.\nAn edge."
    assert read.tokens == ("def", "add", "(", "a", ")", ":", "go", "(", "'# x'", ")")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Nothing raises, and no token is made up."""
    shown = text.encode("utf-8", "replace").decode("utf-8")
    assert all(token in shown for token in read_pasted(text).tokens)
