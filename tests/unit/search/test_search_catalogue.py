"""Symbol numbers are stable, and a view never changes."""

from __future__ import annotations

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.catalogue import Catalogue


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
