"""Each signal of the ranking holds where it should, adds what it says, and can be switched off by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.catalogue import KINDS
from codegraph.search.known import NothingKnown
from codegraph.search.rank import Ranked, RankWeights, rank
from codegraph.search.shape import shape_of
from codegraph.search.signals import SIGNALS, Candidates


class ByDirectory(NothingKnown):
    """Says of symbols what their first directory says."""

    def mentioning(self, symbols: Sequence[SymbolId]) -> Sequence[int]:
        return [9 if symbol.startswith("src/") else 0 for symbol in symbols]

    def naming_only(self, symbols: Sequence[SymbolId], paths: Sequence[str]) -> Sequence[bool]:
        return [symbol.startswith("passing/") for symbol in symbols]

    def generated(self, paths: Sequence[str]) -> Sequence[bool]:
        return [path.startswith("made/") for path in paths]


def candidates(*rows: tuple[str, str], lines: tuple[int, ...] = (), **values: list[float]) -> Candidates:
    """Candidates by name and path; `values` are lexical, vector, file and document, 0 where not given."""
    count = len(rows)
    given = ("lexical", "vector", "file_vector", "file", "document")
    columns = {name: np.array(values.get(name, [0.0] * count)) for name in given}
    return Candidates(
        symbols=[SymbolId(f"{path}/{name}().") for name, path in rows],
        paths=[path for _, path in rows],
        lines=np.array(lines or (1,) * count, dtype=float),
        kinds=np.full(count, KINDS.index(SymbolKind.FUNCTION), dtype=np.uint8),
        known=ByDirectory(),
        **columns,
    )


def ranked(query: str, rows: Candidates, weights: RankWeights | None = None, idf: Mapping[str, float] = {}) -> Ranked:
    return rank(shape_of(query), idf, rows, weights or RankWeights())


def only(*names: str) -> RankWeights:
    return RankWeights().without(*(name for name in SIGNALS if name not in names))


ONE = ("parse_config", "src/settings.py")

CASES = [
    ("exact_name", "parseConfig", ONE, True),
    ("exact_name", "where does ParseConfig read", ONE, False),
    ("exact_name", "Loader.parse_config", ONE, True),
    ("exact_name", "parse_config.Loader", ONE, False),
    ("exact_name", "src/settings.py", ("", "src/settings.py"), True),
    ("exact_name", "settings.py", ("", "src/settings.py"), True),
    ("exact_name", "settings.py", ONE, False),
    ("exact_name", "ettings.py", ("", "src/settings.py"), False),
    ("exact_name", "parse the config", ONE, False),
    ("exact_name", "Parser", ("Parse", "a.py"), False),
    ("exact_name", "settings", ("", "settings.py"), False),
    ("stem", "settings reader", ONE, True),
    ("stem", "source", ONE, False),
    ("stem", "routers", ("x", "src/routing/__init__.py"), True),
    ("stem", "json", ("x", "src/Client.Json.cs"), True),
    ("beginning", "Parse the settings of a file", ONE, True),
    ("beginning", "Read the settings of a file", ONE, False),
    ("beginning", "parse_config", ONE, False),
    ("kind", "Parse the settings of a file", ONE, True),
    ("kind", "Returns the settings of a file", ONE, True),
    ("kind", "A parser of settings", ONE, False),
    ("kind", "The settings of a file", ONE, False),
    ("kind", "parsers of settings", ONE, False),
    ("depth", "parse", ONE, True),
    ("depth", "parse", ("x", "settings.py"), False),
    ("support", "parse", ("x", "tests/settings.py"), True),
    ("support", "test how settings are parsed", ("x", "tests/settings.py"), False),
    ("support", "parse", ONE, False),
    ("support", "parse", ("x", "made/settings.py"), True),
    ("support", "parse", ('`"parses a number"`', "src/json.zig"), True),
    ("support", "parse", ("parse", "src/json.zig"), False),
]


@pytest.mark.parametrize(("name", "text", "row", "holds"), CASES)
def test_signals(name: str, text: str, row: tuple[str, str], holds: bool) -> None:
    """A signal that holds moves the score in the direction of its weight, and says by how much."""
    found = ranked(text, candidates(row), only(name))

    part = found.parts[name][0] if name in found.parts else 0.0

    assert bool(part) == holds
    assert found.scores[0] == part
    assert found.scores[0] * getattr(RankWeights(), name) >= 0


def test_an_identifier_is_found_as_it_is_written() -> None:
    """First the name spelled alike in the container that is named, then spelled otherwise there, then elsewhere."""
    rows = candidates(
        ("Cache.add_all", "a.py"), ("Cache.add", "b.py"), ("Cache._add", "c.py"), ("List.add", "d.py"),
        ("List._add", "e.py"), ("Cache", "f.py"), ("add", "pkg/cache.py"),
    )  # fmt: skip
    values = ranked("Cache.add", rows, only("exact_name")).parts["exact_name"]

    assert values[1] > values[2] > values[3] == values[6] > values[4] > values[0] == values[5] == 0


def test_of_equal_names_the_one_that_is_mentioned_is_meant() -> None:
    """Where several symbols have an identifier's name, the one that more files know comes first."""
    rows = candidates(("Codec", "tests/a.py"), ("Codec", "src/b.py"), ("other", "src/c.py"), lexical=[1.0, 0.9, 0.9])
    found = ranked("Codec", rows, only("lexical", "mentioned"))

    assert found.order == [1, 0, 2]
    assert found.parts["mentioned"].tolist().count(0.0) == 2
    assert not ranked("Other", rows, only("mentioned")).scores.any()


def test_size_grows_with_the_lines() -> None:
    """A symbol of one line has no size, a longer one has more."""
    rows = candidates(("a", "a.py"), ("b", "b.py"), ("c", "c.py"), lines=(1, 10, 100))
    sizes = ranked("x", rows, only("size")).parts["size"]

    assert sizes[0] == 0
    assert sizes[0] < sizes[1] < sizes[2]


def test_further_results_of_a_file_give_way() -> None:
    """A file's second result goes behind another file's first that is little worse, and not behind one far worse."""
    rows = candidates(("a", "a.py"), ("b", "a.py"), ("c", "c.py"), ("d", "d.py"), lexical=[1.0, 0.95, 0.9, 0.05])
    found = ranked("x", rows, dataclasses.replace(only("lexical"), repeated=-0.6))

    assert [rows.names[index] for index in found.order] == ["a", "c", "b", "d"]
    assert found.parts["repeated"].tolist() == pytest.approx([0, -0.6, 0, 0])


def test_a_rare_term_says_more_than_a_common_one() -> None:
    """Of two names that share one term with the query, the one with the rarer term is nearer."""
    rows = candidates(("f", "get_zone.py"), ("f", "get_value.py"))
    values = ranked("zone value", rows, only("stem"), {"zon": 5.0, "valu": 1.0}).parts["stem"]

    assert values[0] > values[1] > 0


def test_what_a_file_adds_to_its_name_is_another_term() -> None:
    """Of the files of one class, the one that has its name alone is nearer to that name."""
    rows = candidates(("Client", "Client.cs"), ("Client", "Client.Json.cs"))
    values = ranked("Client", rows, only("stem"), {"client": 2.0}).parts["stem"]

    assert values[0] > values[1] > 0


def test_a_subject_is_a_file_and_in_it_the_symbol_that_answers() -> None:
    """The large class brings its file to the front; before it stands the method that is nearer to the query."""
    rows = candidates(
        ("Pages", "a.py"), ("count", "a.py"), ("other", "b.py"),
        lines=(300, 5, 5), lexical=[0.5, 0.5, 0.6], vector=[0.5, 1.0, 0.9],
    )  # fmt: skip
    weights = only("lexical", "vector", "size")
    whole, alone = ranked("page numbers", rows, weights), ranked("page numbers", rows, weights.without("within"))

    assert rows.names[whole.order[0]] == "count"
    assert rows.names[alone.order[0]] == "Pages"
    assert whole.parts["size"][1] > 0.9 * whole.parts["size"][0]


def test_a_sentence_is_not_spread_over_files() -> None:
    """Who describes one symbol is shown the nearest ones, of whichever file."""
    rows = candidates(("a", "a.py"), ("b", "a.py"), ("c", "c.py"), vector=[1.0, 0.95, 0.9])

    assert [rows.names[index] for index in ranked("Return the page", rows).order] == ["a", "b", "c"]
    assert [rows.names[index] for index in ranked("pages", rows).order] == ["a", "c", "b"]


def test_a_sentence_asks_for_one_symbol() -> None:
    """What speaks of a file counts less for a sentence than for a subject; what speaks of the symbol does not."""
    rows = candidates(("load", "pages/number.py"), lexical=[1.0])
    subject = ranked("page number", rows, idf={"pag": 1.0, "numb": 1.0}).parts
    sentence = ranked("Return the page number", rows, idf={"pag": 1.0, "numb": 1.0}).parts

    assert sentence["stem"][0] / sentence["lexical"][0] < 0.5 * subject["stem"][0] / subject["lexical"][0]


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_can_be_switched_off(name: str) -> None:
    """Without its weight a signal neither counts nor is reported; every signal has a weight."""
    rows = candidates(*(row for _, _, row, _ in CASES), lexical=[0.5] * len(CASES), file=[0.5] * len(CASES))
    found = ranked("ParseConfig", rows, RankWeights().without(name))

    assert name not in found.parts
    assert name in {field.name for field in dataclasses.fields(RankWeights)}


shares = st.floats(0, 1)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["a.py", "t/b.py"]), shares, shares), max_size=6))
def test_the_parts_add_up(rows: list[tuple[str, str, float, float]]) -> None:
    """A score is the sum of its parts and at most 1, and the order is by score, then by symbol."""
    table = candidates(
        *((name, path) for name, path, _, _ in rows), lexical=[r[2] for r in rows], file=[r[3] for r in rows]
    )
    found = ranked("a b", table)
    order = [(-found.scores[index], table.symbols[index]) for index in found.order]

    assert order == sorted(order)
    assert np.allclose(sum(found.parts.values()), found.scores)
    assert all(score <= 1 for score in found.scores.tolist())


def test_an_unknown_signal_is_an_error() -> None:
    """Switching off what does not exist is a mistake of the caller."""
    with pytest.raises(TypeError):
        RankWeights().without("charm")


def test_documents_come_after_code_unless_their_heading_is_asked_for():
    """A section that says as much as code stands behind it; one whose heading is the query stands before code."""
    rows = candidates(("f", "a.py"), ("g", "b.py"), lexical=[0.8, 0.1])
    section = SymbolId("README.md/guide:setting-the-timeout:")
    both = rows._replace(
        symbols=[*rows.symbols[:1], section],
        paths=["a.py", "README.md"],
        lexical=np.array([0.7, 1.0]),
        vector=np.array([0.0, 1.0]),
        document=np.array([0.0, 1.0]),
    )
    weights = only("lexical", "vector", "document")
    assert ranked("how timeouts are read", both, weights).order == [0, 1]
    assert ranked("Setting the timeout", both, weights).order == [1, 0]


def test_a_name_comes_after_what_it_stands_for() -> None:
    """A constant that passes a name on is no answer to it, whatever else was found."""
    rows = candidates(("Scanner", "passing/json.zig"), ("reads", "scanner.zig"), lexical=[1.0, 0.9])
    rows.kinds[0] = KINDS.index(SymbolKind.CONSTANT)
    assert ranked("Scanner", rows, only("lexical", "elsewhere")).order == [1, 0]
    assert ranked("what a scanner reads", rows, only("lexical", "elsewhere")).order == [1, 0]


def test_a_declaration_comes_after_its_definition_only() -> None:
    """Where no function of its name was found that does more, the declaration is what there is."""
    rows = candidates(("scan", "passing/scan.h"), ("scan", "scan.c"), ("other", "a.c"), lexical=[1.0, 0.9, 0.8])
    assert ranked("scan", rows, only("lexical", "elsewhere")).order == [1, 2, 0]
    alone = candidates(("scan", "passing/scan.h"), ("other", "a.c"), lexical=[1.0, 0.9])
    assert ranked("scan", alone, only("lexical", "elsewhere")).order == [0, 1]
