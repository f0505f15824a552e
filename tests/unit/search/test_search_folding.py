"""Choosing what is shown: the best of each set of copies, as many as were asked for, and only what fits."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId
from codegraph.search import folding
from codegraph.search.folding import choose


def ids(texts: list[str]) -> list[SymbolId]:
    """Return symbols, whose first letter is what they are copies by."""
    return [SymbolId(text) for text in texts]


class SameLetter:
    """Takes symbols of one first letter for copies, and remembers what it was told to expect."""

    def __init__(self) -> None:
        self.expected: list[list[SymbolId]] = []

    def expect(self, groups: Sequence[Sequence[SymbolId]]) -> None:
        """Hear what may be asked."""
        self.expected += map(list, groups)

    def is_copy(self, one: SymbolId, other: SymbolId) -> bool:
        """Whether two symbols count as copies."""
        return one[0] == other[0]


def one_name(index: int) -> str:
    """Give all candidates the same name."""
    del index
    return "name"


@given(st.lists(st.sampled_from(["a1", "a2", "b1", "b2", "c1", "d1"]), max_size=10), st.integers(1, 6), st.booleans())
def test_the_best_of_each_is_shown(texts: list[str], limit: int, fold: bool) -> None:
    """Order is kept, nothing is lost before the limit is reached, and each copy hangs beneath one that is shown."""
    symbols = ids(texts)
    chosen = choose(range(len(symbols)), symbols, one_name, limit, None, SameLetter() if fold else None)
    seen = sorted([*chosen.shown, *(index for index, _ in chosen.folded)])
    assert seen == list(range(len(seen)))
    assert len(chosen.shown) == limit or len(seen) == len(symbols)
    letters = [symbols[index][0] for index in chosen.shown]
    assert not fold or len(letters) == len(set(letters))
    for index, under in chosen.folded:
        assert under in chosen.shown
        assert under < index
        assert symbols[index][0] == symbols[under][0]


def test_other_names_are_never_folded() -> None:
    """Whatever the test says: it is not even asked."""
    chosen = choose(range(2), ids(["a1", "a2"]), ["one", "other"].__getitem__, 5, None, SameLetter())
    assert chosen.shown == [0, 1]


def test_what_does_not_fit_takes_no_place() -> None:
    """Candidates are looked at until there are enough that fit, up to a bound."""
    symbols = ids([f"x{number}" for number in range(50)])
    chosen = choose(range(50), symbols, symbols.__getitem__, 3, lambda symbol: symbol.endswith("7"))
    assert chosen.shown == [7, 17, 27]


def test_looking_is_bounded(monkeypatch: object) -> None:
    """No query makes the candidates beyond the bound be looked at."""
    monkeypatch.setattr(folding, "MAX_CHECKED", 10)  # type: ignore[attr-defined]
    symbols = ids([f"x{number}" for number in range(50)])
    asked: list[SymbolId] = []
    assert choose(range(50), symbols, symbols.__getitem__, 3, lambda symbol: bool(asked.append(symbol))).shown == []
    assert len(asked) == 10


def test_what_may_be_asked_is_told_before() -> None:
    """All of the wanted number that share a name, in one go; what has a name of its own is not mentioned."""
    copies = SameLetter()
    names = ["f", "g", "f", "h", "h", "f"]
    choose(range(6), ids(["a1", "b1", "c1", "d1", "e1", "f1"]), names.__getitem__, 5, None, copies)
    assert copies.expected == [["a1", "c1"], ["d1", "e1"]]
