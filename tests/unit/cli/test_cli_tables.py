"""Tables on a terminal: nothing is lost, nothing is wider than the terminal if that can be."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.cli.tables import (
    GAP,
    NARROWEST,
    USUAL_WIDTH,
    Cell,
    columns_of,
    fitted,
    folded,
    paint,
    table,
    terminal_width,
)

TEXTS = st.text(st.sampled_from("ab c日é"), max_size=30).map(str.strip)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=4), st.integers(1, 60))
def test_lines_fit_and_nothing_is_lost(texts: list[list[str]], width: int) -> None:
    """Each line has room on the terminal, unless its columns cannot be narrower; every letter is there."""
    lines = list(table([[Cell(text) for text in row] for row in texts], width))
    most = max((len(row) for row in texts), default=0)
    room = max(width, most * NARROWEST + len(GAP) * (most - 1))
    assert all(columns_of(line) <= room for line in lines)
    assert all(line == line.rstrip(" ") for line in lines)
    letters = sorted("".join("".join(row) for row in texts).replace(" ", ""))
    assert sorted("".join(lines).replace(" ", "")) == letters


@pytest.mark.parametrize(
    ("variables", "painted"),
    [
        ({"NO_COLOR": "1"}, "\x1b]8;;file:///a\x1b\\a\x1b]8;;\x1b\\"),
        ({"NO_COLOR": ""}, "\x1b]8;;file:///a\x1b\\\x1b[31ma\x1b[0m\x1b]8;;\x1b\\"),
        ({"TERM": "dumb"}, "a"),
    ],
)
def test_who_wants_no_colours_gets_none(
    variables: dict[str, str], painted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR (no-color.org) takes away colours, not links; a dumb terminal gets text only."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert paint("a", "red", "file:///a") == painted


def test_columns_are_aligned_and_painted() -> None:
    """A style and a link stand around the text alone, and blanks align what follows."""
    rows = [[Cell("a", "red", "file:///a"), Cell("x")], [Cell("long"), Cell("y", "dim")]]
    assert list(table(rows, 80)) == [
        "\x1b]8;;file:///a\x1b\\\x1b[31ma\x1b[0m\x1b]8;;\x1b\\     x",
        "long  \x1b[2my\x1b[0m",
    ]
    assert paint("", "red", "file:///a") == ""


def test_a_long_cell_goes_on_below_itself() -> None:
    """The widest column gives way, behind a blank if there is one."""
    rows = [[Cell("name"), Cell("one two three four five six"), Cell("end")]]
    assert list(table(rows, 26)) == ["name  one two three    end", "      four five six"]
    assert folded("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert folded("日本語", 4) == ["日本", "語"]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.integers(0, 200))
def test_only_the_widest_give_way(widths: list[int], room: int) -> None:
    """Columns that have room keep their width, all others get the same, and the sum fits where it can."""
    given_widths = fitted(widths, room)
    cut = {after for before, after in zip(widths, given_widths, strict=True) if after < before}
    assert len(cut) <= 1
    assert all(after <= min(cut) for after in given_widths if cut)
    assert sum(given_widths) <= max(room, NARROWEST * len(widths))


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS comes first; what is no terminal has the usual width."""
    monkeypatch.setenv("COLUMNS", "132")
    assert terminal_width(io.StringIO()) == 132
    monkeypatch.setenv("COLUMNS", "wide")
    assert terminal_width(io.StringIO()) == USUAL_WIDTH


def test_a_terminals_codes_do_not_count() -> None:
    """Styled and plain tables have the same letters in the same columns."""
    rows = [[Cell("ab", "bold"), Cell("c" * 30, "dim")], [Cell("d"), Cell("e")]]
    plain = [[Cell(cell.text) for cell in row] for row in rows]
    bare = [re.sub(r"\x1b\[\d+m", "", line) for line in table(rows, 20)]
    assert bare == list(table(plain, 20))
