"""Which file a Python import means: roots, packages, namespaces, shadowing, doubt."""

from __future__ import annotations

import pytest
from projects import Project


def imported(files: list[str], importer: str, statement: str) -> list[str]:
    """Return the files that a statement in `importer` imports, among files with one function each."""
    texts = dict.fromkeys(files, "def name():\n    pass\n")
    project = Project({**texts, importer: statement + "\n"})
    edges = project.index.snapshot.dependencies(project.index.snapshot.in_file(importer)[0].id)
    return [
        f"{edge.target[:-1]} {edge.confidence}"
        for edge in edges
        if edge.kind == "imports" and edge.target.endswith("/")
    ]


@pytest.mark.parametrize(
    ("files", "importer", "statement", "expected"),
    [
        (["b.py"], "a.py", "import b", ["b.py"]),
        (["tools/b.py"], "tools/a.py", "import b", ["tools/b.py"]),
        (["pkg/__init__.py", "pkg/b.py"], "pkg/a.py", "import pkg.b", ["pkg/b.py"]),
        (["pkg/__init__.py", "pkg/b.py"], "pkg/a.py", "import b", []),
        (["pkg/__init__.py", "pkg/b.py"], "pkg/a.py", "from . import b", ["pkg/b.py"]),
        (["pkg/__init__.py", "pkg/b.py"], "pkg/sub/a.py", "from ..b import name", ["pkg/b.py"]),
        (["b.py"], "pkg/a.py", "from ...b import name", []),
        (["pkg/__init__.py", "pkg/b/__init__.py", "pkg/b.py"], "a.py", "import pkg.b", ["pkg/b/__init__.py"]),
        (["ns/deep/b.py"], "a.py", "import ns.deep.b", ["ns/deep/b.py"]),
        (["ns/deep/b.py"], "a.py", "import ns.deep", []),
        (["src/pkg/__init__.py", "src/pkg/b.py"], "tests/a.py", "import pkg.b", ["src/pkg/b.py"]),
        (["src/b.py"], "tests/a.py", "import b", ["src/b.py"]),
        (["other/b.py"], "tests/a.py", "import b", []),
        (["src/ns/pkg/__init__.py", "src/ns/pkg/b.py"], "tests/a.py", "import ns.pkg.b", ["src/ns/pkg/b.py"]),
        (["src/ns/pkg/__init__.py"], "tests/a.py", "import ns.other", []),
        (["other/ns/pkg/__init__.py"], "tests/a.py", "import ns.pkg", []),
        (["b.py", "tests/b.py"], "tests/a.py", "import b", ["tests/b.py"]),
        (["b.py"], "tests/unit/a.py", "import b", ["b.py"]),
    ],
)
def test_roots(files: list[str], importer: str, statement: str, expected: list[str]) -> None:
    """Own root first, then the directories above, then packages and source roots elsewhere."""
    assert imported(files, importer, statement) == [f"{path} exact" for path in expected]


@pytest.mark.parametrize(
    ("files", "importer", "expected"),
    [
        (["foo/json.py"], "a.py", []),
        (["json.py"], "pkg/sub/a.py", []),
        (["json.py"], "a.py", ["json.py exact"]),
        (["src/json/__init__.py"], "tests/a.py", []),
    ],
)
def test_the_standard_library_is_shadowed_from_the_own_root_only(
    files: list[str], importer: str, expected: list[str]
) -> None:
    """`import json` is not some json.py of an unrelated directory."""
    assert imported(files, importer, "import json") == expected


def test_test_data_and_vendored_packages_are_not_meant_from_outside() -> None:
    """A package below fixtures or vendored code is external to everybody outside, and found from inside."""
    files = ["tests/fixtures/project/dep/__init__.py", "tests/fixtures/project/dep/b.py"]
    assert imported(files, "app.py", "import dep.b") == []
    assert imported(files, "tests/fixtures/project/main.py", "import dep.b") == [f"{files[1]} exact"]


def test_the_nearest_of_several_packages_is_meant() -> None:
    """In a repository of many projects the one that shares most directories wins."""
    files = [f"{place}/src/core/__init__.py" for place in ("one", "two")]
    assert imported(files, "two/tests/a.py", "import core") == ["two/src/core/__init__.py exact"]


def test_equally_near_packages_are_ambiguous() -> None:
    """Where nothing decides, every candidate has an edge, and the edges say so."""
    files = [f"{place}/src/core/__init__.py" for place in ("two", "one")]
    expected = [f"{place}/src/core/__init__.py ambiguous" for place in ("one", "two")]
    assert imported(files, "three/a.py", "import core") == expected


def test_many_modules_of_one_name_are_found_by_asking() -> None:
    """A name that more directories have than a value shows is still found above the importer."""
    files = [f"d{number}/util.py" for number in range(20)]
    assert imported([*files, "d3/pkg/util.py"], "d3/a.py", "import util") == ["d3/util.py exact"]


def test_what_is_not_in_the_project_is_external() -> None:
    """An unknown module is external, a missing name of a known module is missing."""
    project = Project({"a.py": "import numpy\nfrom b import gone\n", "b.py": ""})
    reasons = [(miss.name, miss.reason) for miss in project.index.snapshot.unresolved("a.py")]
    assert reasons == [("numpy", "external"), ("gone", "missing")]
