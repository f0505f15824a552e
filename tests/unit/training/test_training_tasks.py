"""Tasks made of held-out packages, and their scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_training_dataset import example, named, write

from training import evaluate, tasks
from training.rewording import Thesaurus
from training.tasks import HeldOutTask, held_out


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HeldOutTask:
    """One held-out package of four functions, three of them documented, two alike."""
    monkeypatch.setattr(tasks, "MIN_QUERIES", 1)
    write(
        tmp_path,
        named("test"),
        example("Open the door.", "open_door", "hinge"),
        example("Make tea for two.", "brew", "kettle"),
        example("Shut it.", "shut", "a"),
        example("Shut it.", "close", "b"),
        example("", "other", "c"),
    )
    write(tmp_path, named("train"), example("Never asked about.", "x"))
    [found] = held_out(tmp_path, "test")
    return found


def test_queries_have_one_answer(task: HeldOutTask) -> None:
    """Sentences of several functions are not asked, all functions are to be told apart, none has documentation."""
    answers = {
        query: task.task.inputs[answer].name for query, answer in zip(task.task.queries, task.task.answers, strict=True)
    }
    assert answers == {"Open the door.": "open_door", "Make tea for two.": "brew"}
    assert len(task.task.inputs) == 5
    assert {source.docstring for source in task.task.inputs} == {""}


def test_hard_queries_share_nothing_with_the_name(task: HeldOutTask) -> None:
    """Whether a query is hard is said in its order."""
    kinds = dict(zip(task.task.queries, task.kinds, strict=True))
    assert kinds == {"Open the door.": "plain", "Make tea for two.": "hard"}


def test_sentences_are_asked_in_other_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence with words that have a stand-in is asked twice, with the same answer; the second time is set apart."""
    monkeypatch.setattr(tasks, "MIN_QUERIES", 1)
    write(
        tmp_path, named("test"), example("Delete the directory of openFile.", "rmdir"), example("Sip tea now.", "sip")
    )
    [found] = held_out(tmp_path, "test", thesaurus=Thesaurus())
    assert found.task.queries[2:] == ("remove the folder of openFile.",)
    assert found.kinds == ("hard", "plain", "reworded")
    assert found.task.inputs[found.task.answers[2]].name == "rmdir"
    scores = np.zeros((3, 2), np.float32)
    scores[2, found.task.answers[2]] = 1
    assert evaluate.summary([found], [scores])["mean"] == (0.5, 1.0, 0.5, 1.0, 2)


def test_bm25_finds_words(task: HeldOutTask) -> None:
    """Codegraph's lexical index ranks the function with the query's words first, and knows nothing of the others."""
    scores = evaluate.bm25(task.task)
    first = task.task.queries.index("Open the door.")
    assert scores[first].argmax() == task.task.answers[first]
    assert not scores[task.task.queries.index("Make tea for two.")].any()


def test_scores_are_means_over_languages(task: HeldOutTask) -> None:
    """A right first place is worth 1; what is not found, or ties with everything, is worth next to nothing."""
    right = np.zeros((2, 5), np.float32)
    right[np.arange(2), task.task.answers] = 1
    found = evaluate.summary([task, task._replace(language="rust")], [right, -right])
    assert found["go"] == (1.0, 1.0, 1.0, 0.0, 2)
    assert found["mean"].mrr == pytest.approx((1 + 0.2) / 2)
    assert evaluate.mixed(right, right).max() == pytest.approx(1 + evaluate.MIX)
