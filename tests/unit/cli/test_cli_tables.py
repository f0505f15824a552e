"""Tables on a terminal: nothing is lost, nothing is wider than the terminal if that can be."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.cli.tables import (
    READABLE,
    USUAL_WIDTH,
    Cell,
    columns_of,
    folded,
    paint,
    table,
    terminal_width,
)

TEXTS = st.text(st.sampled_from("ab c日é"), max_size=30).map(str.strip)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=4), st.integers(2, 60))
def test_lines_fit_and_nothing_is_lost(texts: list[list[str]], width: int) -> None:
    """Each line has room on the terminal, and every letter is there."""
    lines = list(table([[Cell(text) for text in row] for row in texts], width))
    assert all(columns_of(line) <= width for line in lines)
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


def test_a_long_last_cell_goes_on_below_itself() -> None:
    """The last column gives way, behind a blank if there is one, if what is left of it can be read."""
    rows = [[Cell("name"), Cell("one two three four five six seven eight nine")]]
    assert list(table(rows, 46)) == ["name  one two three four five six seven eight", "      nine"]
    assert folded("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert folded("日本語", 4) == ["日本", "語"]


def test_names_and_places_are_whole_on_a_narrow_terminal() -> None:
    """What has no room beside the leading columns stands below the last of them, as many cells in a line as fit."""
    name, place = "httpx._client.BaseClient._redirect_method", "httpx/_client.py:494"
    rows = [
        [Cell("state"), Cell("symbol"), Cell("place"), Cell("edge"), Cell("at")],
        [Cell("fresh"), Cell(name), Cell(place), Cell("calls"), Cell("x.py:1")],
    ]
    assert list(table(rows, 60)) == [
        "state  symbol",
        "       place  edge  at",
        f"fresh  {name}",
        f"       {place}  calls  x.py:1",
    ]
    assert list(table(rows, READABLE))[2:] == [
        "fresh",
        f"  {name[:38]}",
        f"  {name[38:]}  {place}  calls",
        "  x.py:1",
    ]


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
