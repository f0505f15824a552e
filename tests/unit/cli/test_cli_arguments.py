"""From what was typed to the parameters of a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.cli.arguments import listed_fields, project_file, settings_of, target_fields
from codegraph.errors import ConfigError, ProjectError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project with pkg/a.py; the working directory is pkg."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "a.py").touch()
    monkeypatch.chdir(tmp_path / "pkg")
    return str(tmp_path)


@pytest.mark.parametrize("text", ["load", "pkg.mod.Cls.get", "pkg/a.py/Cls#get().", "pkg/a.py/", "a.py", "a:b"])
def test_names_and_ids_stay_as_they_are(root: str, text: str) -> None:
    """Only FILE:LINE and FILE:LINE:COLUMN are places."""
    assert target_fields(text, root) == {"symbol": text}


def test_places(root: str) -> None:
    """Lines are counted from 1 and sent from 0; the column is optional; the file is that of the project."""
    assert target_fields("a.py:3", root) == {"file": "pkg/a.py", "line": 2, "character": None}
    assert target_fields("pkg/a.py:3:7", root) == {"file": "pkg/a.py", "line": 2, "character": 7}
    assert target_fields(f"{root}/pkg/a.py:1:0", root) == {"file": "pkg/a.py", "line": 0, "character": 0}


def test_a_place_may_be_in_a_file_with_a_line_end_in_its_name(root: str) -> None:
    """It is what answers print, and no name of a symbol."""
    assert target_fields("a\nb.py:2", root) == {"file": "a\nb.py", "line": 1, "character": None}


def test_wrong_places(root: str) -> None:
    """Line 0, a file outside the project and a place without a line are refused with what to write."""
    for text in ("a.py:0", "/etc/passwd:1", "../../x.py:1"):
        with pytest.raises(ProjectError) as found:
            target_fields(text, root)
        assert found.value.advice
    with pytest.raises(ProjectError, match="no place"):
        listed_fields("", "", "a.py", root)


def test_files_through_a_symbolic_link(root: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A project reached through a link to its root is the same project."""
    link = tmp_path_factory.mktemp("links") / "here"
    link.symlink_to(root)
    assert project_file(str(link / "pkg" / "a.py"), root) == "pkg/a.py"


def test_file_and_place_of_symbols(root: str) -> None:
    """--file gives a file, --at a place, and so does a name that is one; any other name is a name."""
    place = {"file": "pkg/a.py", "line": 1, "character": None}
    assert listed_fields("x", "a.py", "", root) == {"name": "x", "file": "pkg/a.py"}
    assert listed_fields("", "", "a.py:2", root) == {"name": "", **place}
    assert listed_fields("a.py:2", "", "", root) == place
    assert listed_fields("a.py", "", "", root) == listed_fields("pkg/a.py", "", "", root) == {"file": "pkg/a.py"}
    for name in ("", "pkg", "pkg.a", "b.py", "pkg/a.py/load()."):
        assert listed_fields(name, "", "", root) == {"name": name}


def test_settings() -> None:
    """Values are TOML, and plain words are strings."""
    assert settings_of(["cascade.depth=3", "watch.mode=poll", "store.sync=false", 'source.ignore=["a", "b"]']) == {
        "cascade.depth": 3,
        "watch.mode": "poll",
        "store.sync": False,
        "source.ignore": ["a", "b"],
    }
    for wrong in ("depth=3", "cascade.depth"):
        with pytest.raises(ConfigError):
            settings_of([wrong])
