"""The benchmark of data flow finds functions, and compares with the reference where it is given one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from benchmarks.dataflow import SourceFile, collect, measure


def test_functions_are_collected_by_language(tmp_path: Path) -> None:
    """Every file of a known language counts, functions of a line's length and more."""
    (tmp_path / "a.py").write_text("def f(a):\n    return a\n" + "def g(value):\n    other = value\n    return other\n")
    (tmp_path / "b.txt").write_text("def f(a): pass")
    (file,) = collect(tmp_path, 10)["python"]
    assert file.texts == ["def g(value):\n    other = value\n    return other"]


def test_ratio_is_the_references_time_by_ours() -> None:
    """With a reference each of its languages has a ratio and a target for each way, and so have all together."""
    reference = SimpleNamespace(
        remove_comments_and_docstrings=lambda text, language: text,
        tree_to_token_index=lambda root: [],
        index_to_code_token=lambda place, lines: "",
        DFG_python=lambda root, tokens, states: ([], {}),
    )
    code = b"def f(a):\n    b = a\n    return b + b + b + b"
    files = {"python": [SourceFile(code, [code.decode()])], "rust": [SourceFile(b"fn f() {}", ["fn f() {}"])]}
    figures = {figure.name: figure for figure in measure(files, reference, rounds=1)}
    assert [name for name in figures if name.endswith("ratio")] == [
        "dataflow.python.text.ratio",
        "dataflow.python.index.ratio",
        "dataflow.all.text.ratio",
        "dataflow.all.index.ratio",
    ]
    assert {figure.target for name, figure in figures.items() if name.endswith("ratio")} == {3.0}
    assert figures["dataflow.rust.text"].baseline is None
    assert figures["dataflow.all.parser"].value > figures["dataflow.all.text"].value, "a part of it"
    assert "at most" in figures["dataflow.all.text.ratio"].note
