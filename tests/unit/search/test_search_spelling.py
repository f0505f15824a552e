"""A misspelt word finds what was meant, and a word that is there is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.config import SearchConfig
from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.search import Query, Searcher
from codegraph.search.shape import shape_of
from codegraph.search.spelling import is_near, mended


def searcher(*names: str) -> Searcher:
    target = Searcher.open(None, identity="test", config=SearchConfig())
    documents = tuple(
        LexicalDocument(SymbolId(f"a.py/{name}()."), SymbolKind.FUNCTION, "python", name, name, "", "", ())
        for name in names
    )
    target.update([FileDocuments("a.py", b"", documents)], (), 1)
    return target


def first(target: Searcher, text: str) -> str:
    results = target.search(Query(text)).results
    return results[0].symbol if results else ""


@pytest.mark.parametrize(
    "typed",
    ["swichMap", "switchMpa", "swittchMap", "switcMap", "swichmap", "how does swichMap work", "Outer.swichMap"],
)
def test_a_misspelt_name_finds_its_definition(typed: str) -> None:
    """A letter too many, too few, another or two swapped do not hide a definition."""
    assert first(searcher("switchMap", "mergeMap", "concatMap"), typed) == "a.py/switchMap()."


@pytest.mark.parametrize("typed", ["swicth", "mrgeMaps", "zzz", "set map"])
def test_what_is_there_stays(typed: str) -> None:
    """Known words, short ones and those with a wrong beginning are left alone."""
    target = searcher("swicth", "switch", "getMaps", "map")
    view = target.view().lexical
    known = {"swicth", "switch", "get", "map", "getmap"}

    assert mended(shape_of(typed), view.segments, view.live, known) is None


@pytest.mark.parametrize(
    ("text", "nowhere", "read_as"),
    [
        ("switchMap", (), {}),
        ("how does the merge map work", ("work",), {}),
        ("frobnicate every map", ("frobnicate",), {}),
        ("swichMap", (), {"swichMap": "switchmap"}),
        ("zzz mergemaps", ("zzz",), {}),
        ("switchinq merge", (), {"switchinq": "switching"}),
        ("exponential merge", ("exponential",), {}),
    ],
)
def test_what_stands_nowhere_is_told(text: str, nowhere: tuple[str, ...], read_as: dict[str, str]) -> None:
    """The answer says which words no symbol has, and what was looked for in place of one."""
    found = searcher("switchMap", "mergeMap", "concatMap", "every_map", "switching", "expose").search(Query(text))
    assert (found.nowhere, dict(found.read_as)) == (nowhere, read_as)


def test_the_commonest_neighbour_is_meant() -> None:
    """Of two words one edit away the one that more symbols have is taken."""
    target = searcher("open_panel", "shut_panel", "open_panem")
    view = target.view().lexical
    meant = mended(shape_of("open paneq"), view.segments, view.live, {"open"})

    assert meant is not None
    assert meant.terms == ("open", "panel")


def test_words_of_removed_files_are_not_meant() -> None:
    """What no live document has does not count as known."""
    target = searcher("switch")
    target.update([], ["a.py"], 2)

    assert first(target, "swich") == ""


words = st.text("abc", min_size=1, max_size=6)


@given(words, words)
def test_near_is_one_edit(one: str, other: str) -> None:
    """Two words are near exactly when some single edit turns the first into the second, or they are equal."""
    edits = {one}
    for at in range(len(one) + 1):
        edits |= {one[:at] + letter + one[at:] for letter in "abc"}
        edits |= {one[:at] + letter + one[at + 1 :] for letter in "abc" if at < len(one)}
        edits.add(one[:at] + one[at + 1 :])
        edits.add(one[:at] + one[at : at + 2][::-1] + one[at + 2 :])

    assert is_near(one, other) == (other in edits)
