"""Lines of a buffer and of the saved file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.cli.unsaved import LineMap

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "x = 1"]), min_size=1, max_size=12)


def test_lines_above_move_those_below_and_changed_ones_have_no_place() -> None:
    """What is equal is found in both directions; what is new is not saved; what is gone would be where it was."""
    lines = LineMap("new\none\ntwo\nTHREE\nfour", "one\ntwo\nthree\ngone\nfour")
    assert [lines.saved(line) for line in range(6)] == [None, 0, 1, None, 4, None]
    assert [lines.shown(line) for line in range(5)] == [1, 2, 3, 3, 4]


@pytest.mark.parametrize("text", ["", "one", "one\ntwo\n", "one\r\ntwo\r\n"])
def test_a_text_is_where_it_is_saved(text: str) -> None:
    """Equal texts map each line to itself, whatever their line ends."""
    lines = LineMap(text, text.replace("\r\n", "\n"))
    assert [lines.saved(line) for line in range(text.count("\n") + 1)] == list(range(text.count("\n") + 1))
    assert lines.shown(0) == 0


@given(LINES, LINES)
def test_only_equal_lines_are_one(buffer: list[str], saved: list[str]) -> None:
    """Two lines that are told to be one are equal, in order, and are each other's."""
    lines = LineMap("\n".join(buffer), "\n".join(saved))
    pairs = [(line, lines.saved(line)) for line in range(len(buffer))]
    found = [(here, there) for here, there in pairs if there is not None]
    assert all(buffer[here] == saved[there] and lines.shown(there) == here for here, there in found)
    assert [there for _, there in found] == sorted({there for _, there in found})
