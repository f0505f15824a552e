"""Where long symbols are cut: codegraph/embed/windows.py."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END
from codegraph.embed.windows import cut

_TOKENS = st.lists(st.sampled_from(["a", "b", ";", "}", STATEMENT_END, BLOCK_END]), max_size=40)


@given(_TOKENS, st.data(), st.integers(1, 12), st.integers(1, 6))
def test_windows_are_bounded_and_follow_one_another(
    tokens: list[str], data: st.DataObject, room: int, most: int
) -> None:
    """No window is empty or too large, none overlaps, and nothing is left out unless there are too many."""
    lengths = data.draw(st.lists(st.integers(0, 5), min_size=len(tokens), max_size=len(tokens)))
    windows = cut(tokens, lengths, room, most)
    assert len(windows) <= most
    at = 0
    for first, last in windows:
        assert first == at < last
        at = last
        assert sum(lengths[first:last]) <= room or last == first + 1
    if len(windows) < most:
        assert sum(lengths[at:]) == 0


def test_cuts_stand_where_statements_end() -> None:
    """Layout tokens count where a language has them, marks elsewhere; windows are about equal."""
    python = ["x", "=", "1", STATEMENT_END, "y", ";", "=", "2", STATEMENT_END, "z", "=", "3", STATEMENT_END]
    assert cut(python, [1] * 13, 7, 9) == [(0, 4), (4, 9), (9, 13)]
    block = ["if", "x", ":", BLOCK_START, "y", "(", ")", STATEMENT_END, BLOCK_END]
    assert cut(block, [1, 1, 1, 0, 1, 1, 1, 0, 0], 4, 9) == [(0, 4), (4, 8)]
    script = ["x", "=", "1", ";", "y", "=", "2", ";"]
    assert cut(script, [1] * 8, 7, 9) == [(0, 4), (4, 8)]


def test_a_statement_that_is_too_long_is_cut_anywhere() -> None:
    """Without a boundary in reach a window is filled."""
    assert cut(["a"] * 10, [1] * 10, 4, 9) == [(0, 4), (4, 8), (8, 10)]
    assert cut(["long", "b"], [9, 1], 4, 9) == [(0, 1), (1, 2)]
