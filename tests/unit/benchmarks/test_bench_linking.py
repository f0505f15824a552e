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


def test_an_edit_is_timed_there_and_back(tmp_path):
    """Files of about two thousand lines are edited and put back; others are left alone."""
    assert len(list(linking.edited(_project(tmp_path)))) == 2


def test_languages_without_files_are_named(tmp_path, capsys):
    """The mean is of the languages that were there."""
    linking.main([str(_project(tmp_path)), "--out", "-"])
    out = capsys.readouterr().out
    assert "linking.python.both" in out
    assert "linking.go" not in out
    assert "1 languages" in out
