"""The measured tree: real code only, described by what went in."""

from __future__ import annotations

from benchmarks.corpus import assemble, definitions_in, installed_parts, source_files
from benchmarks.sandbox import Sandbox


def test_definitions_are_counted_by_lines(tmp_path):
    """Functions, methods and classes count, in files of known languages only."""
    (tmp_path / "a.py").write_text("class A:\n    async def f(self): ...\n\ndef g(): ...\nundefined = 1\n")
    (tmp_path / "b.ts").write_text("function f() {}\ninterface I {}\n")
    (tmp_path / "c.txt").write_text("def no(): ...\n")
    assert definitions_in(tmp_path) == 5
    assert definitions_in(tmp_path / "a.py") == 3


def test_links_are_not_source_files(tmp_path):
    """A symbolic link is not indexed, so it is not counted."""
    (tmp_path / "a.py").write_text("")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    assert [path.name for path in source_files(tmp_path)] == ["a.py"]


def test_a_given_tree_is_copied_and_described(tmp_path):
    """The parts are listed with the versions that stand beside them; compiled code stays behind."""
    tree = tmp_path / "tree"
    for name in ("one", "two"):
        (tree / name).mkdir(parents=True)
        (tree / name / "a.py").write_text("x = 1\n")
    (tree / "one" / "b.so").write_text("")
    (tree / "one-1.5.dist-info").mkdir()
    with Sandbox() as box:
        described = assemble(box, tree, 0)
        assert sorted(path.relative_to(box.root).as_posix() for path in box.root.rglob("*.*")) == [
            "one/a.py",
            "two/a.py",
        ]
    assert described == {"parts": {"one": "1.5"}, "files": 2, "bytes": 12}


def test_the_library_comes_first():
    """What is installed begins with what every Python has, so a small goal gives the same tree everywhere."""
    assert next(installed_parts()).name == "python"
