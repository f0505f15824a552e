"""The benchmark of data flow finds functions, and compares with the reference where it is given one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from benchmarks.dataflow import collect, measure


def test_functions_are_collected_by_language(tmp_path: Path) -> None:
    """Every file of a known language counts, functions of a line's length and more."""
    (tmp_path / "a.py").write_text("def f(a):\n    return a\n" + "def g(value):\n    other = value\n    return other\n")
    (tmp_path / "b.txt").write_text("def f(a): pass")
    assert collect(tmp_path, 10) == {"python": ["def g(value):\n    other = value\n    return other"]}


def test_ratio_is_the_references_time_by_ours() -> None:
    """With a reference there is a ratio for each of its languages and one for all, with a target."""
    reference = SimpleNamespace(
        remove_comments_and_docstrings=lambda text, language: text,
        tree_to_token_index=lambda root: [],
        index_to_code_token=lambda place, lines: "",
        DFG_python=lambda root, tokens, states: ([], {}),
    )
    texts = {"python": ["def f(a):\n    return a"] * 3, "rust": ["fn f() {}"]}
    figures = {figure.name: figure for figure in measure(texts, reference, rounds=1)}
    assert set(figures) == {
        "dataflow.python", "dataflow.python.ratio", "dataflow.rust", "dataflow.all", "dataflow.all.ratio",
    }  # fmt: skip
    assert figures["dataflow.all.ratio"].target == 3.0
