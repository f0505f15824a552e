"""Symbols as text: codegraph/embed/text.py."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END
from codegraph.core.symbols import SymbolKind
from codegraph.embed.render import EncoderInput
from codegraph.embed.text import Passage, passage, set_out, shares

COUNT = st.integers(0, 500)


def test_a_symbol_reads_like_code() -> None:
    """Words of the name, docstring, container, lines with indentation, then what it uses."""
    tokens = ("def", "f", ":", STATEMENT_END, BLOCK_START, "return", "1", STATEMENT_END, BLOCK_END)
    source = EncoderInput(
        "python", SymbolKind.FUNCTION, "loadFile", "class A:", "", "Load it.", tokens, ("def g()", "class B")
    )
    assert passage(source) == ("load file: Load it.", "class A:\ndef f :\n    return 1", "def g()\nclass B")
    assert passage(source).within(1_000) == "load file: Load it.\nclass A:\ndef f :\n    return 1\ndef g()\nclass B"


def test_text_of_a_symbol_without_anything() -> None:
    """A module without documentation is no empty text: some models have no vector for that, some servers refuse it."""
    assert passage(EncoderInput("python", SymbolKind.MODULE, "", "", "", "", ())) == ("python module", "", "")
    assert passage(EncoderInput("python", SymbolKind.MODULE, "", "", "", "", (), ("f ( )",)))[0] == ""
    assert set_out((BLOCK_END, BLOCK_END, "x")) == "x"


@given(COUNT, COUNT, COUNT, COUNT)
def test_shares_fill_the_room_and_starve_nobody(prose: int, code: int, context: int, room: int) -> None:
    """Never more than the room; all of it is used while anything is left; what fits is kept whole."""
    kept = shares(prose, code, context, room)
    assert all(0 <= got <= had for got, had in zip(kept, (prose, code, context), strict=True))
    assert sum(kept) == min(room, prose + code + context)
    assert kept[1] >= min(code, room // 2)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.integers(0, 200))
def test_cut_text_is_bounded(prose: str, code: str, context: str, characters: int) -> None:
    """`within` never gives more characters than asked for."""
    assert len(Passage(prose, code, context).within(characters)) <= max(0, characters)
