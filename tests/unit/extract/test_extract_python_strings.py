"""What strings of Python name by a path, and who is found by it."""

from __future__ import annotations

import pytest
from projects import Project

from codegraph.core.facts import IMPORTED
from codegraph.extract.extractor import Limits, extract

SOURCE = '''\
"""See 'package.module.docstring' here."""
# 'package.module.comment'
MIDDLEWARE = ["package.module.Ware", r'package.module.raw', "two.parts", "a file.name.txt", "http://a.b.c/"]
SCRIPTS = {"x": ["tool = package.cli:main", 'other=package.cli:Class.run [extra]', "package.cli:late"], "ü": "pück.ö:ä"}
def f(x: "package.module.Hint"):
    """'package.module.inner'"""
    with mock.patch("package.module.replaced", 1):
        monkeypatch.setattr("package.module.other.set", 1)
    return load("package.module.loaded"), f"package.{x}.formatted", "package" "module.joined.apart", "%s.a.b"
'''


def mentioned(source: str) -> dict[str, tuple[int, ...]]:
    """Return what strings name, with the places."""
    return {
        ".".join(each.chain).removeprefix(IMPORTED): each.positions
        for each in extract(source.encode(), "python", Limits()).occurrences.references
        if each.chain[0].startswith(IMPORTED)
    }


def test_paths_in_strings_are_mentions() -> None:
    """Two dots or a colon make a path; comments, documentation, addresses and what is put together are none."""
    found = mentioned(SOURCE)
    assert set(found) == {
        "package.module.Ware",
        "package.module.raw",
        "package.cli.main",
        "package.cli.Class.run",
        "package.cli.late",
        "pück.ö.ä",
        "package.module.loaded",
        "module.joined.apart",
    } | ({"package.module.Hint"} & set(found))
    lines = SOURCE.splitlines()
    for path, (line, column, *_) in found.items():
        assert lines[line][column:].startswith(path.rpartition(".")[2])


@pytest.mark.parametrize("string", ["package.tools.run", "package.tools:run", "x = package.tools:run"])
def test_callers_may_come_by_a_string(string: str) -> None:
    """The edge is a reference of a value, and follows the file that it leads to."""
    project = Project(
        {
            "settings.py": f'NAMES = ["{string}", "os.path.join", "package.tools.absent"]\n',
            "package/__init__.py": "",
            "package/tools.py": "def run(): pass\n",
        }
    )
    assert project.edges("settings.py/NAMES.") == ["references package/tools.py/run()."]
    project.change({"package/tools.py": "def other(): pass\n"})
    assert project.edges("settings.py/NAMES.") == []
    project.change({"package/tools.py": None, "package/tools/__init__.py": "from .made import run\n"})
    project.change({"package/tools/made.py": "def run(): pass\n"})
    assert project.edges("settings.py/NAMES.") == ["references package/tools/made.py/run()."]
