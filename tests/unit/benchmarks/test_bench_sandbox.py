"""Sandboxes: nothing of the user's is seen or touched, nothing is left behind."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.sandbox import Sandbox


def test_a_sandbox_is_a_world_of_its_own(monkeypatch):
    """Every place lies inside, the user's variables stay outside, and everything is gone afterwards."""
    monkeypatch.setenv("CODEGRAPH_EMBEDDING_MODEL", "the user's")
    with Sandbox({"search.limit": "3"}) as box:
        locations = box.locations
        places = (locations.state_home, locations.cache_directory, locations.runtime_directory, locations.config_file)
        assert all(place.is_relative_to(box.directory) for place in places)
        assert "CODEGRAPH_EMBEDDING_MODEL" not in box.environment
        assert box.environment["CODEGRAPH_SEARCH_LIMIT"] == "3"
        assert box.directory.is_dir()
    assert not box.directory.exists()


def test_copies_are_source_code(tmp_path):
    """Compiled code, links and what the caller leaves out are not copied."""
    for name in ("a.py", "b.pyc", "c.so", "d.md"):
        (tmp_path / name).write_text("")
    (tmp_path / ".git").mkdir()
    with Sandbox() as box:
        box.copy(tmp_path, ignore=("*.md",))
        assert [path.name for path in box.root.iterdir()] == ["a.py"]


def test_what_is_timed_is_an_installed_package():
    """Commands read bytecode, even where Python may not write any: compiling is no part of a start."""
    with Sandbox() as box:
        code = "import codegraph.daemon.project as module, os; print(os.path.exists(module.__cached__))"
        environment = {**box.environment, "PYTHONDONTWRITEBYTECODE": "1"}
        said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"
