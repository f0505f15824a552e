"""Linking: what is timed is what an index does, and languages without files are skipped."""

from __future__ import annotations

from benchmarks import linking


def _project(tmp_path):
    (tmp_path / "a.py").write_text("from b import g\n\n\ndef f():\n    return g()\n")
    (tmp_path / "b.py").write_text("def g():\n    return 1\n" + "# line\n" * 1_600)
    return tmp_path


def test_all_of_a_language_is_linked(tmp_path):
    """Symbols and edges are those of the project, bytes those of its files, and nothing of other languages counts."""
    files = linking.chosen_files([_project(tmp_path)], "python", 10_000)
    assert [path.rpartition("/")[2] for path in files] == ["a.py", "b.py"]
    rates = linking.measure(files)
    assert rates.symbols == 4
    assert rates.edges >= 4
    assert rates.bytes == sum((tmp_path / name).stat().st_size for name in ("a.py", "b.py"))
    assert linking.chosen_files([tmp_path], "go", 10_000) == {}


def test_long_files_are_found_or_put_together():
    """Files of about two thousand lines are taken as they are; a language without one has its files joined."""
    body = b"def f():\n    return 1\n"
    files = [
        linking.Source("a.py", "python", body),
        linking.Source("b.py", "python", body + b"# line\n" * 1_600),
        *(linking.Source(f"{number}.go", "go", b"func f() { return }\n" * 800) for number in range(5)),
    ]
    assert [each.path for each in linking.long_files(files, "python")] == ["b.py"]
    assert [each.path for each in linking.long_files(files, "go")] == ["joined/0/1.go", "joined/1/3.go"]
    assert linking.long_files(files, "java") == []


def test_an_edit_is_timed_there_and_back(tmp_path):
    """One file of about two thousand lines gives two samples, in a project that is there as a whole."""
    figures = {each.name: each for each in linking.edit_figures(_project(tmp_path), [])}
    assert figures["linking.edit.symbols"].value == 4
    assert figures["linking.edit.python.p95"].spread.count == 2


def test_languages_without_files_are_named(tmp_path, capsys):
    """The mean is of the languages that were there."""
    linking.main([str(_project(tmp_path)), "--out", "-"])
    out = capsys.readouterr().out
    assert "linking.python.both" in out
    assert "linking.go" not in out
    assert "1 languages" in out
