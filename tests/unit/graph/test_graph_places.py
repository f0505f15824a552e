"""Places read off identifiers: `codegraph.graph.places`."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind, descriptor_of, symbol_id
from codegraph.graph.places import Places


@dataclass(frozen=True)
class File:
    ids: tuple[SymbolId, ...]

    @property
    def indices(self) -> dict[SymbolId, int]:
        return {symbol: index for index, symbol in enumerate(self.ids)}


NAMES = st.text(alphabet="ab/.`#() ", min_size=1, max_size=5)
PATHS = st.lists(st.sampled_from(("a", "b", "a.py", "b#", "`a`")), min_size=1, max_size=3).map("/".join)


@given(files=st.dictionaries(PATHS, st.lists(NAMES, max_size=4, unique=True), max_size=5))
def test_places_equal_a_table(files: dict[str, list[str]]) -> None:
    """Whatever slashes and quotes are in paths and names, the mapping equals the table that the files spell out."""
    views = {
        path: File(
            (symbol_id(path, ""), *(symbol_id(path, descriptor_of("", name, SymbolKind.CLASS, 0)) for name in names))
        )
        for path, names in files.items()
    }
    table = {symbol: (path, index) for path, view in views.items() for index, symbol in enumerate(view.ids)}
    places = Places(views, sum(len(view.ids) for view in views.values()))
    assert dict(places) == {symbol: places[symbol] for symbol in table}
    assert all(views[path].ids[index] == symbol for symbol, (path, index) in places.items())
    if len(table) == len(places):  # no two files spell the same identifier
        assert dict(places) == table
        asked = [*table, SymbolId("b.py/f()."), *reversed(table)]
        assert list(places.find_each(asked)) == list(map(places.find, asked))


def test_unknown_symbols_have_no_place() -> None:
    """A symbol of no file, or that its file does not have, is absent."""
    places = Places({"a.py": File((symbol_id("a.py", ""),))}, 1)
    assert SymbolId("b.py/f().") not in places
    assert SymbolId("a.py/f().") not in places
    with pytest.raises(KeyError):
        places[SymbolId("f")]
