"""Figures that take a while are kept for a moment, and looked up by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from codegraph.daemon.cached_figures import KEPT_SECONDS, LOOKING_SHARE, CachedFigure


def test_a_figure_is_kept_for_a_moment_and_for_its_question() -> None:
    """The figure is looked up again when the moment has passed or something else is asked, and not before."""
    now = [0.0]
    looks: Iterator[int] = iter(range(10))
    figure: CachedFigure[int] = CachedFigure(lambda: now[0])
    assert [figure.get("a", lambda: next(looks)) for _ in range(3)] == [0, 0, 0]
    now[0] = KEPT_SECONDS / 2
    assert figure.get("a", lambda: next(looks)) == 0
    assert figure.get("b", lambda: next(looks)) == 1
    now[0] += KEPT_SECONDS
    assert figure.get("b", lambda: next(looks)) == 2


def test_a_figure_that_takes_long_is_looked_up_seldom() -> None:
    """Looking again and again takes a small part of the time, however long one look does."""
    now, looks = [0.0], [0]

    def look() -> int:
        now[0] += 5.0
        looks[0] += 1
        return looks[0]

    figure: CachedFigure[int] = CachedFigure(lambda: now[0])
    assert figure.get("a", look) == 1
    now[0] = 5.0 + 5.0 * (LOOKING_SHARE - 1)
    assert figure.get("a", look) == 1
    now[0] = 5.0 + 5.0 * LOOKING_SHARE
    assert figure.get("a", look) == 2


def test_while_one_looks_others_get_what_was_seen_last() -> None:
    """Many who ask at once cost one look, and those that have something to go by do not wait for it."""
    now: list[float] = [0.0]
    found: list[str] = []
    figure: CachedFigure[str] = CachedFigure(lambda: now[0])
    assert figure.get("a", lambda: "first") == "first"
    now[0] = 2 * KEPT_SECONDS

    def look() -> str:
        other = threading.Thread(target=lambda: found.append(figure.get("a", lambda: "third")))
        other.start()
        other.join()
        return "second"

    assert figure.get("a", look) == "second"
    assert found == ["first"]
