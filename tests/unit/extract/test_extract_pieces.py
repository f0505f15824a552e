"""Masking a text by its pieces gives what masking it at once gives, and costs an edit the pieces that it changes."""

from __future__ import annotations

import random
import re

import pytest

from codegraph.extract.languages import pieces
from codegraph.extract.languages.cpp import masking
from codegraph.extract.languages.pieces import Pieces
from tests.unit.extract.test_extract_again import SOURCES, edited

MACROS = """
#define TWICE(a) { \\
  a; \\
}

LIB_API int first(int a);
class LIB_API Foo {
  int run() LIB_PURE(1);
}

enum Kind { ONE, LIB_MORE(TWO)
}

LIB_ALONE
static int RB_INSERT(int a)
{
  CHECK_THROWS_AS(f("a"), Error&);
}

SECTION("one") {
}

int go LIB_NOTHROW(int a) {
}\r
\r
LIB_API void last(void) LIB_END;
"""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["_masked", "_masked_in_c"])
def test_pieces_become_what_they_do_in_the_whole_text(name: str, seed: int) -> None:
    """Of every text of a row of edited ones, joined pieces are the masked text, byte for byte."""
    mask, text, random_ = getattr(masking, name), MACROS + SOURCES["c"] + SOURCES["cpp"], random.Random(seed)
    in_pieces = Pieces(mask)
    for _ in range(300):
        data = b"\n" + text.replace("}\n", "}\n\n" if random_.random() < 0.5 else "}\n").encode()
        if b"/*" not in re.sub(rb"/\*[^\n]*?\*/", b"", data):  # a comment may be read as two
            assert in_pieces(data) == mask(data)
        text = edited(text, random_) if random_.random() < 0.9 else MACROS + SOURCES["cpp"]


def test_the_bracket_between_two_pieces_belongs_to_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the call behind a block would have no beginning."""
    data = b'\nint f() {\n}\n\nCHECK_THROWS_AS(f("a"), Error&);\n'
    assert Pieces(masking._masked)(data) == masking._masked(data)
    monkeypatch.setattr(pieces, "_END", re.compile(rb"(?<=\})(?=\r?\n\r?\n)"))
    assert Pieces(masking._masked)(data) != masking._masked(data)


def test_an_edit_costs_the_piece_that_it_is_in() -> None:
    """What was masked before is not masked again, until there is no room for it."""
    seen: list[bytes] = []

    def mask(piece: bytes) -> bytes:
        seen.append(piece)
        return piece.upper()

    in_pieces = Pieces(mask, most=2000)
    text = b"".join(b"f%d {\n}\n\n" % number for number in range(5))
    assert in_pieces(text) == text.upper()
    seen.clear()
    assert in_pieces(text.replace(b"f2", b"g")) == text.replace(b"f2", b"g").upper()
    assert [piece.strip() for piece in seen] == [b"}\n\ng {\n}"]
    in_pieces(b"x" * 3000)
    seen.clear()
    in_pieces(text)
    assert len(seen) == 6
