"""Symbol numbers are stable, and a view never changes."""

from __future__ import annotations

import numpy as np
import pytest

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.catalogue import Catalogue, Coded


def test_a_symbol_keeps_its_number() -> None:
    """Admitting a symbol again gives the number of the first time."""
    catalogue = Catalogue()
    numbers = [catalogue.admit(SymbolId(f"a.py/f{i}()."), SymbolKind.FUNCTION, "python", "a.py") for i in range(3000)]
    again = [catalogue.admit(SymbolId(f"a.py/f{i}()."), SymbolKind.FUNCTION, "python", "a.py") for i in range(3000)]

    assert numbers == list(range(3000))
    assert again == numbers
    assert catalogue.number(SymbolId("a.py/f7().")) == 7
    assert catalogue.number(SymbolId("a.py/unknown().")) is None


def test_a_view_does_not_see_what_comes_later() -> None:
    """Neither growth nor a change of kind shows in a view that was taken before."""
    catalogue = Catalogue()
    catalogue.admit(SymbolId("a.ts/A#"), SymbolKind.CLASS, "typescript", "a.ts")
    before = catalogue.view()
    catalogue.admit(SymbolId("a.ts/A#"), SymbolKind.INTERFACE, "tsx", "a.ts")
    for i in range(2000):
        catalogue.admit(SymbolId(f"b.ts/f{i}()."), SymbolKind.FUNCTION, "typescript", "b.ts")
    after = catalogue.view()

    assert (before.count, before.kind(0), before.language(0), before.path_count) == (
        1,
        SymbolKind.CLASS,
        "typescript",
        1,
    )
    assert (after.count, after.kind(0), after.language(0)) == (2001, SymbolKind.INTERFACE, "tsx")
    assert after.path(2000) == "b.ts"


@pytest.mark.parametrize("known", [False, True])
def test_stored_symbols_are_admitted_as_others_are(known: bool) -> None:
    """Whole columns at once say the same as row after row, be the symbols new or some known already."""
    rows = [
        (SymbolId("a.ts/A#"), SymbolKind.CLASS, "typescript", "a.ts"),
        (SymbolId("b.py/f()."), SymbolKind.FUNCTION, "python", "b.py"),
        (SymbolId("a.ts/g()."), SymbolKind.FUNCTION, "typescript", "a.ts"),
    ]
    one, other = Catalogue(), Catalogue()
    for catalogue in (one, other) if known else ():
        catalogue.admit(SymbolId("b.py/f()."), SymbolKind.METHOD, "python", "b.py")
    singly = [one.admit(*row) for row in rows]
    together = other.admit_stored(
        [row[0] for row in rows],
        Coded(("function", "class"), np.array([1, 0, 0])),
        Coded(("java", "python", "typescript"), np.array([2, 1, 2])),
        Coded(("b.py", "a.ts"), np.array([1, 0, 1])),
    )
    assert together.tolist() == singly
    ours, theirs = one.view(), other.view()
    for number in singly:
        assert (ours.kind(number), ours.language(number), ours.path(number)) == (
            theirs.kind(number),
            theirs.language(number),
            theirs.path(number),
        )
    assert "java" not in theirs.language_names
