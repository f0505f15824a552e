"""The docstring task: sentences become queries, documentation goes, lines stay, and only held-out packages are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.search.docstrings import family, in_other_words, make, strip

PYTHON = '''"""Sells things to people."""


def pay(x):
    """Take money from a customer. Or not."""
'''
GO = """package till

// Pay takes the money from a customer. It may fail.
func Pay(amount int) error {
\tamount++ // more
\treturn nil
}
"""
RUST = """/// Takes the money from a customer.
///
/// Or not.
pub fn pay(amount: u32) -> u32 {
    amount + 1
}
"""


def test_documentation_is_asked_for_and_gone(tmp_path: Path) -> None:
    """First sentences become queries with the lines of their definition; the code loses them, and still parses."""
    package = tmp_path / "shop"
    package.mkdir()
    (package / "till.py").write_text(PYTHON + "\n\nclass Till:\n    def open(self):\n        return 1\n", "utf-8")
    (package / "broken.py").write_text("def (", encoding="utf-8")
    (package / "till.go").write_text(GO, encoding="utf-8")

    queries = make(package, "shop", "python", tmp_path)

    stripped = (tmp_path / "corpus" / "shop" / "till.py").read_text(encoding="utf-8")
    assert [query["query"] for query in queries] == ["Take money from a customer."]
    assert queries[0]["relevant"] == [{"path": "till.py", "start_line": 4, "end_line": 5}]
    assert queries[0]["exact"]
    assert "money" not in stripped
    assert "Sells" not in stripped
    assert stripped.split("\n")[4] == "    pass"
    compile(stripped, "till.py", "exec")
    assert (tmp_path / "corpus" / "shop" / "till.go").exists()


@pytest.mark.parametrize(("path", "text", "lines"), [("a.go", GO, (4, 7)), ("a.rs", RUST, (4, 6))])
def test_comments_go_and_lines_stay(path: str, text: str, lines: tuple[int, int]) -> None:
    """In a language whose documentation is comments all of them go, and every definition stays in its lines."""
    found = strip(path, text.encode())

    assert found is not None
    assert b"money" not in found.text
    assert b"more" not in found.text
    assert found.text.count(b"\n") == text.count("\n")
    (documented,) = found.documented
    assert documented.name in ("Pay", "pay")
    assert "money from a customer" in documented.sentence
    assert (documented.first, documented.last) == lines


def test_a_sentence_that_two_definitions_have_is_no_query(tmp_path: Path) -> None:
    """Who asks with it could mean either."""
    package = tmp_path / "shop"
    package.mkdir()
    for name in ("one", "two"):
        (package / f"{name}.py").write_text(PYTHON, encoding="utf-8")
    assert make(package, "shop", "python", tmp_path) == []


def test_typescript_counts_as_javascript() -> None:
    """The training data has them as one language."""
    assert [family(path) for path in ("a.ts", "a.tsx", "a.js", "a.py", "a.txt")] == [*["javascript"] * 3, "python", ""]


def test_queries_in_other_words_keep_their_targets() -> None:
    """Who has no other words for a sentence does not ask."""
    asked = [{"query": "Returns the kiwi", "relevant": 1}, {"query": "Gets and returns the kiwi", "relevant": 2}]

    (reworded,) = in_other_words(asked)

    assert reworded["relevant"] == 2
    assert "eturns" not in reworded["query"]


def test_documents_are_left_out(tmp_path: Path) -> None:
    """A document says in prose what the code did; there is none beside the code without documentation."""
    package = tmp_path / "shop"
    package.mkdir()
    (package / "README.rst").write_text("Shop\n====\nTake money from a customer.\n", encoding="utf-8")
    (package / "till.py").write_text(PYTHON, encoding="utf-8")
    make(package, "shop", "python", tmp_path)
    assert [file.name for file in (tmp_path / "corpus" / "shop").iterdir()] == ["till.py"]
