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


def test_the_mean_is_of_languages_with_enough_files(tmp_path, capsys):
    """A language without files has no row; one with few says so, says what was read, and is not in the mean."""
    (tmp_path / "long.py").write_text("def h():\n    return 1\n" * 9_000)
    (tmp_path / "a.go").write_text("package a\n\nfunc f() {}\n")
    linking.main([str(_project(tmp_path)), "--out", "-"])
    rows = {row.split()[0]: row for row in capsys.readouterr().out.splitlines() if row.startswith("linking.")}
    assert f"MB of {tmp_path.name}: " in rows["linking.python.both"]
    assert "too little" in rows["linking.go.both"]
    assert "too little" not in rows["linking.python.both"]
    assert "linking.java.both" not in rows
    assert "1 languages" in rows["linking.mean"]


def test_a_large_project_is_read_where_the_others_are_too_little(tmp_path):
    """A project of more than twice the bytes that were asked for is better than next to nothing."""
    sizes = {"little": 1, "largest": 9_000, "larger": 5_000}
    for name, lines in sizes.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("a = 1\n" * lines)
    directories = [tmp_path / name for name in sizes]
    assert [*linking.chosen_files(directories, "python", 10_000)] == ["little/a.py", "larger/a.py"]
    assert [*linking.chosen_files(directories, "python", 100_000)] == ["little/a.py", "largest/a.py", "larger/a.py"]
