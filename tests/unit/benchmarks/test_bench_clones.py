"""The benchmark of clones: variants are what they are called, and the figures count what they say."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clones import drawn, made_pairs, main, measure, pairs_elsewhere
from benchmarks.variants import VARIANTS, functions_of, text_of, written
from codegraph.search.clones import CloneBounds

SOURCE = '''
import functools

class Basket:
    @functools.cache
    def price(self, amounts, rate=2):
        """What is to be paid."""
        total = 0
        count = 5
        for amount in amounts:
            if amount < 0:
                raise ValueError(f"negative: {amount}")
            total += amount * rate
            count += 1
        label = "sum"
        return total, count, label

def short(x):
    return x

def fold(words, width):
    lines = []
    line = ""
    for word in words:
        if len(line) + len(word) > width and line:
            lines.append(line.strip())
            line = ""
        line += word + " "
    lines.append(line.strip())
    return [each for each in lines if each]
'''
FOLD = functions_of(SOURCE)[1]


def run(text: str, *arguments: object) -> Any:
    """Define the one function of a text and call it."""
    scope: dict[str, Any] = {}
    exec(text, scope)
    return next(value for value in scope.values() if callable(value) and hasattr(value, "__code__"))(*arguments)


def test_functions_are_those_of_some_length() -> None:
    """Methods too, without decorators and docstrings; nothing of a text that does not parse."""
    assert [node.name for node in functions_of(SOURCE)] == ["price", "fold"]
    assert "cache" not in text_of(functions_of(SOURCE)[0])
    assert "to be paid" not in text_of(functions_of(SOURCE)[0])
    assert functions_of("def broken(:") == []


@pytest.mark.parametrize("kind", list(VARIANTS))
@pytest.mark.parametrize("seed", range(5))
def test_variants_do_what_the_original_does(kind: str, seed: int) -> None:
    """They run and give the same, but for literals, and are not the same text."""
    text = written(kind, FOLD, random.Random(seed))
    assert text is not None
    assert text != text_of(FOLD)
    if not kind.startswith("renamed"):  # other literals do something else
        assert run(text, ["one", "two", "three"], 8) == ["one two", "three"]
    else:
        assert "words" not in text
        assert run(text, ["one", "two"], 80)


def test_without_room_there_is_no_variant() -> None:
    """Statements that depend on each other are not exchanged."""
    chained = functions_of("def f(a):\n" + "".join(f"    a = a.b{n}\n" for n in range(9)) + "    return a\n")[0]
    assert written("reordered", chained, random.Random(1)) is None


def test_the_figures_are_of_the_made_pairs() -> None:
    """Each kind that is certain is found, told for what it is, and nothing else is reported."""
    functions = functions_of(SOURCE)
    for kind in ("exact", "renamed"):
        outcome = measure(kind, made_pairs(kind, functions, 1), CloneBounds(min_lines=3, min_tokens=20))
        assert (outcome.pairs, outcome.found, outcome.reported, outcome.right) == (2, 2, 2, 2)
        assert outcome.told == {kind: 2}
        assert outcome.line.split()[:4] == [kind, "2", "1.000", "1.000"]


def test_the_same_operations_are_in_both_libraries() -> None:
    """The list is not empty, and its two sides are not the same code."""
    pairs = pairs_elsewhere()
    assert len(pairs) >= 5
    assert all(one != other for one, other in pairs)


def test_drawing_is_seeded_and_everything_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Equal seeds draw equal functions; the run ends with a line of times."""
    (tmp_path / "a.py").write_text(SOURCE)
    assert [node.name for node in drawn(tmp_path, 5, 1)] == [node.name for node in drawn(tmp_path, 5, 1)]
    assert main([str(tmp_path), "--functions", "5"]) == 0
    printed = capsys.readouterr().out
    assert "seed 1" in printed
    assert all(kind in printed for kind in (*VARIANTS, "elsewhere"))
    assert "1 files, 5 symbols" in printed
