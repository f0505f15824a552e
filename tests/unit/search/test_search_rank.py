"""Each signal of the rerank holds where it should, and one name switches it off."""

from __future__ import annotations

import dataclasses

import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.search.rank import SIGNALS, Candidate, RankWeights, lexical_weight, rerank, shape_of

PLAIN = Candidate("parse_config", SymbolKind.FUNCTION, "src/settings.py")

CASES = [
    ("exact_name", "parseConfig", PLAIN, True),
    ("exact_name", "where does ParseConfig read", PLAIN, True),
    ("exact_name", "Loader.parse_config", PLAIN, True),
    ("exact_name", "parse the config", PLAIN, False),
    ("name_overlap", "config files", PLAIN, True),
    ("name_overlap", "threads", PLAIN, False),
    ("path_match", "settings reader", PLAIN, True),
    ("path_match", "reader", PLAIN, False),
    ("definition", "x", PLAIN, True),
    ("definition", "x", PLAIN._replace(kind=SymbolKind.MODULE), False),
    ("test_file", "parse", PLAIN._replace(path="tests/test_settings.py"), True),
    ("test_file", "parse", PLAIN._replace(path="src/settings.spec.ts"), True),
    ("test_file", "parse", PLAIN._replace(path="src/latest/contest.py"), False),
    ("test_file", "tests of parse", PLAIN._replace(path="tests/test_settings.py"), False),
    ("index_file", "x", PLAIN._replace(path="src/__init__.py", kind=SymbolKind.MODULE), True),
    ("index_file", "x", PLAIN._replace(path="src/__init__.py"), False),
    ("index_file", "x", PLAIN._replace(kind=SymbolKind.MODULE), False),
]


@pytest.mark.parametrize(("name", "text", "candidate", "holds"), CASES)
def test_signals(name: str, text: str, candidate: Candidate, holds: bool) -> None:
    """A signal that holds changes the score in the direction of its weight, and is named."""
    weights = RankWeights()
    others = weights.without(*(other for other in SIGNALS if other != name))

    score, factors = rerank(1.0, shape_of(text), candidate, others.signals)

    assert list(factors) == ([name] if holds else [])
    expected = score > 1 if getattr(weights, name) > 0 else score < 1
    assert expected == holds


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_can_be_switched_off(name: str) -> None:
    """Without its weight a signal neither counts nor is reported; every signal has a weight."""
    weights = RankWeights().without(name)
    for _, text, candidate, _ in CASES:
        assert name not in rerank(1.0, shape_of(text), candidate, weights.signals)[1]
    assert name in {field.name for field in dataclasses.fields(RankWeights)}


def test_no_signal_means_the_fused_order() -> None:
    """With all signals off the score is the fused one."""
    off = RankWeights().without(*SIGNALS)

    assert rerank(0.37, shape_of("parse_config"), PLAIN, off.signals) == (0.37, {})


@pytest.mark.parametrize(
    ("text", "is_identifier"),
    [("parse", True), ("Cls::run()", True), ("a.b.c", True), ("read a file", False), ("", False)],
)
def test_identifiers_lean_on_words(text: str, is_identifier: bool) -> None:
    """A query that is one name gives the lexical ranking more weight."""
    weights = RankWeights()

    assert (lexical_weight(shape_of(text), weights) > weights.lexical) == is_identifier


def test_an_unknown_signal_is_an_error() -> None:
    """Switching off what does not exist is a mistake of the caller."""
    with pytest.raises(TypeError):
        RankWeights().without("charm")
