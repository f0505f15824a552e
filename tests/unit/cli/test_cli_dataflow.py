"""`export dataflow`: one line for each function of a file, without a daemon."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_functions_of_a_file(console: Any, tmp_path: Path) -> None:
    """Exactly the promised fields; lines from 1; a row has token, index, relation and parents."""
    file = tmp_path / "mod.py"
    file.write_text('class A:\n    def f(self, a):\n        """Doc."""\n        b = a  # c\n        return b\n')
    assert console.run("export", "dataflow", str(file), "--format", "jsonl") == 0
    assert [json.loads(line) for line in console.out.splitlines()] == [
        {
            "name": "f",
            "language": "python",
            "start_line": 2,
            "tokens": ["def", "f", "(", "self", ",", "a", ")", ":", "b", "=", "a", "return", "b"],
            "rows": [
                ["a", 5, "comesFrom", []],
                ["b", 8, "computedFrom", [10]],
                ["a", 10, "comesFrom", [5]],
                ["b", 12, "comesFrom", [8]],
            ],
        }
    ]


def test_a_file_that_is_one_function(console: Any, tmp_path: Path) -> None:
    """The whole file is one function's text; PHP's is wrapped as the reference wraps it."""
    file = tmp_path / "function.txt"
    file.write_text("function f($a) { return $a; } // c")
    assert console.run("export", "dataflow", str(file), "--function-text", "--language", "php") == 0
    line = json.loads(console.out)
    assert (line["name"], line["start_line"]) == ("f", 1)
    assert (line["tokens"][0], line["tokens"][-1]) == ("<?php", "?>")
    assert line["rows"] == [["a", 5, "comesFrom", []], ["a", 10, "comesFrom", [5]]]


def test_revised_rules_on_demand(console: Any, tmp_path: Path) -> None:
    """`--revised` mends what the reference gives up at."""
    file = tmp_path / "a.rb"
    file.write_text('def f(a)\n  a.b = "c"\nend\n')
    assert console.run("export", "dataflow", str(file)) == 0
    assert json.loads(console.out)["rows"] == []
    assert console.run("export", "dataflow", str(file), "--revised") == 0
    assert len(json.loads(console.out.splitlines()[-1])["rows"]) == 3


def test_what_cannot_be_followed_is_said(console: Any, tmp_path: Path) -> None:
    """No file, no such file, no language: three errors that say what to do."""
    assert console.run("export", "dataflow") == 2
    assert console.run("export", "symbols", "a.py") == 2
    assert console.run("export", "dataflow", str(tmp_path / "no.py")) == 4
    (tmp_path / "notes.txt").write_text("x")
    assert console.run("export", "dataflow", str(tmp_path / "notes.txt")) == 2
    assert "--language" in console.err
