"""The quality benchmark's variants and scores: `benchmarks.quality`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.docstring_task import make_task
from benchmarks.quality import loaded, score, variants, without_body, without_name, without_signature
from codegraph.embed.lexical import LexicalEncoder

SOURCE = '''
def parse_date(text):
    """Turn a written date into a number of days. It reads English month names."""
    return split(text)


def split(text):
    """Cut a line of words into its parts."""
    return text.split()
'''


def test_each_variant_leaves_out_what_it_says(tmp_path: Path) -> None:
    """Names, headers, bodies and context go one at a time; later documentation comes back without the query."""
    (tmp_path / "a.py").write_text(SOURCE)
    tasks = [make_task(tmp_path, 10, 10, depth) for depth in (0, 1, 2)]
    row = next(row for row, source in enumerate(tasks[1].inputs) if source.name == "parse_date")
    found = {name: inputs[row] for name, inputs in variants(tasks, reads_data_flow=False)}
    assert found["d = 0"].context == ()
    assert found["d = 1"].context == ("def split ( text )",)
    assert found["d = 1, + documentation"].docstring == "It reads English month names."
    assert "parse_date" not in (*without_name(found["d = 1"]).tokens, without_name(found["d = 1"]).signature)
    assert without_signature(found["d = 1"]).signature == ""
    assert without_body(found["d = 1"]).tokens == ("def", "parse_date", "(", "text", ")")


def test_scores_have_an_interval(tmp_path: Path) -> None:
    """A score lies inside its interval, and a task whose queries share words with the names is solved."""
    (tmp_path / "a.py").write_text(SOURCE)
    task = make_task(tmp_path, 10, 10)
    found = score("lexical", "d = 2", LexicalEncoder(256), task.inputs, task)
    assert 0 <= found.low <= found.mrr <= found.high <= 1
    assert found.recall == 1.0


def test_models_without_weights_are_passed_over() -> None:
    """A model whose weights are not here gives the reason instead of an encoder."""
    assert isinstance(loaded("codecse", 0), str)


def test_a_symbol_may_be_asked_for_by_what_it_calls(tmp_path: Path) -> None:
    """Such a query has the callees' sentences or names in the order of the calls; one callee is too few."""
    more = "\n\ndef both(text):\n    join(split(text))\n\n\ndef join(parts):\n    '''Put the parts together again.'''\n"
    (tmp_path / "a.py").write_text(SOURCE + more)
    by_sentences = make_task(tmp_path, 10, 10, ask="callees")
    by_names = make_task(tmp_path, 10, 10, ask="callees' names")
    assert [by_sentences.inputs[row].name for row in by_sentences.answers] == ["both"]
    assert by_sentences.queries == ("Put the parts together again. Cut a line of words into its parts.",)
    assert by_names.queries == ("join split",)
