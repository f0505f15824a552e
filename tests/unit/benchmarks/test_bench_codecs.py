"""The codec benchmark on small made vectors: `benchmarks.codecs`, and the task that it asks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.codecs import measure, plot, table
from benchmarks.docstring_task import embed, make_task, mrr, ranks
from codegraph.embed.lexical import LexicalEncoder
from codegraph.embed.transform import unit

SOURCE = '''
def parse_date(text):
    """Turn a written date into a number of days."""
    return len(text)


class Calendar:
    """Knows which days are holidays in a year."""

    def holidays(self):
        return []
'''


def test_every_way_is_measured() -> None:
    """f32 is perfect by definition, int8 nearly, and fewer bits cost recall; table and plot name them all."""
    random = np.random.default_rng(4)
    vectors = unit(random.standard_normal((2_000, 64)).astype(np.float32) + 0.3)
    queries = unit(vectors[:40] + 0.05 * random.standard_normal((40, 64)).astype(np.float32))
    points = {each.name: each for each in measure(vectors, queries, list(range(40)))}
    assert points["f32"].recall == 1.0
    assert points["f32"].bytes == 256
    assert points["int8"].recall > 0.95
    assert points["binary centred"].recall < points["int8"].recall
    assert points["binary + int8 of 1000"].recall > points["binary centred"].recall
    assert points["f32"].mrr > 0.9
    assert all(name in table(list(points.values())) for name in points)
    assert plot(list(points.values()), "t").count("<circle") == 2 * len(points)


def test_the_task_takes_documentation_out(tmp_path: Path) -> None:
    """Queries are first sentences, answers are the rows of their functions, and no input has the sentence in it."""
    (tmp_path / "a.py").write_text(SOURCE)
    task = make_task(tmp_path, 10, 10)
    assert set(task.queries) == {
        "Turn a written date into a number of days.",
        "Knows which days are holidays in a year.",
    }
    assert {task.inputs[row].name for row in task.answers} == {"parse_date", "Calendar"}
    assert all(not each.docstring for each in task.inputs)
    rows = embed(LexicalEncoder(64), task.inputs)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-5)


def test_scores() -> None:
    """A tie counts against the answer, and places beyond the tenth count nothing."""
    assert ranks(np.array([0.5, 0.9, 0.5], np.float32), 0) == 3
    assert mrr([1, 2, 11]) == pytest.approx(0.5)
