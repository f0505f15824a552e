"""The task of twins: which definitions of two packages are twins, and what is asked for them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.search.twins import Function, Twins, are_twins, chosen, distinct, independent, make, twins_of
from codegraph.core.symbols import SymbolKind
from codegraph.embed.render import EncoderInput
from training.dataset import part_of
from training.pairs import Example

HELD_OUT = next(name for name in (f"package-{number}" for number in range(100)) if part_of(name) == "test")
TRAINED = next(name for name in (f"other-{number}" for number in range(100)) if part_of(name) == "train")


def example(name: str, sentence: str, code: str, size: int = 20) -> Example:
    tokens = tuple(f"{code}{number}" for number in range(size))
    source = EncoderInput("python", SymbolKind.FUNCTION, name, "", name, "", tokens)
    return Example(sentence, source)


def test_twins_say_the_same_and_are_other_code() -> None:
    """Names are given; sentences must share terms, and the code must not be a copy."""
    one = Function("a-b", example("parse_url", "Parse a URL into parts.", "x"))
    same = Function("c-d", example("parseUrl", "Parses an URL into its parts.", "y"))
    copy = Function("c-d", example("parseUrl", "Parses an URL into its parts.", "x"))
    other = Function("c-d", example("parseUrl", "Open the window.", "y"))

    assert one.name == same.name
    assert are_twins(one, same)
    assert not are_twins(one, copy)
    assert not are_twins(one, other)


def test_packages_of_one_family_and_forks_are_not_independent() -> None:
    """The first two parts of a name are a family; a few equal functions make a fork."""
    assert independent("php-horde-nag", "php-sabre-dav", {})
    assert not independent("php-horde-nag", "php-horde-turba", {})
    assert not independent("a-b", "c-d", {frozenset({"a-b", "c-d"}): 3})


def test_only_a_held_out_package_is_searched_and_names_are_unique_in_it() -> None:
    """Twins go one way, into what no model was trained on; a name that two definitions have is passed over."""
    functions = [
        *distinct(TRAINED, [example("parse", "Parse the options.", "x"), example("run", "Run it all.", "x", 5)]),
        *distinct(HELD_OUT, [example("parse", "Parse some options.", "y")]),
        *distinct(HELD_OUT, [example("stop", "Stop all.", "z"), example("stop", "Stop all.", "v")]),
    ]
    assert [function.name for function in functions] == ["pars", "pars"]

    twins = twins_of(functions)

    assert [(each.asking.package, each.wanted.package) for each in twins] == [(TRAINED, HELD_OUT)]
    assert chosen(twins) == {HELD_OUT: twins}


def test_a_twin_is_asked_for_by_code_without_its_name_and_in_words(tmp_path: Path) -> None:
    """All three questions want the lines of the definition in the searched package, whose documentation is gone."""
    package = tmp_path / "source"
    package.mkdir()
    (package / "a.py").write_text('def parse(x):\n    """Parse some options."""\n    return x\n', encoding="utf-8")
    pair = Twins(
        Function(TRAINED, example("x3", "Parse the options.", "x")),
        Function(HELD_OUT, example("parse", "Parse some options.", "y")),
    )

    queries = make([pair], package, "python", tmp_path)

    assert [query["similar"] for query in queries] == [True, True, False]
    assert "x3" in queries[0]["query"].split()
    assert "x3" not in queries[1]["query"].split()
    assert queries[2]["query"] == "Parse the options."
    assert {query["relevant"][0]["start_line"] for query in queries} == {1}
    assert "options" not in (tmp_path / "corpus" / HELD_OUT / "a.py").read_text(encoding="utf-8")
