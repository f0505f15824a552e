"""The task of names: which questions there are, and that the index answers them."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.search.asking import opened
from benchmarks.search.names import Named, asked, misspelt, questions
from codegraph.core.symbols import SymbolId

SYMBOLS = [
    Named(SymbolId(name), name) for name in ("Router", "Router.add_route", "Table.add_route", "load_pages", "run")
]


def texts(way: str) -> list[str]:
    return [text for text, _ in questions(SYMBOLS, way, random.Random(1))]


def test_a_question_has_one_answer() -> None:
    """Names that several symbols share are asked for with their container, others alone; short ones are not."""
    assert texts("name") == ["Router", "load_pages"]
    assert texts("lower") == ["router", "load_pages"]
    assert texts("member") == ["Router.add_route", "Table.add_route"]
    assert texts("words") == ["load pages"]
    assert len(texts("misspelt")) == 1


def test_one_letter_is_wrong() -> None:
    """A misspelt name differs in length by at most one, and keeps its first and its last letter."""
    for seed in range(20):
        wrong = misspelt("load_pages", random.Random(seed))
        assert abs(len(wrong) - len("load_pages")) <= 1
        assert (wrong[0], wrong[-1]) == ("l", "s")


def test_the_index_is_asked(tmp_path: Path) -> None:
    """Every way of asking finds the definitions of a small project."""
    (tmp_path / "project").mkdir()
    lines = ("class Router:", "    def add_route(self): ...", "class Table:", "    def add_route(self): ...")
    (tmp_path / "project" / "a.py").write_text("\n".join((*lines, "def load_pages(): ...", "")), encoding="utf-8")

    with opened(tmp_path / "project", "project", tmp_path / "state") as index:
        found = asked(index)

    assert {way for way, score in found.items() if score == 1.0} >= {"name", "lower", "member", "words"}
