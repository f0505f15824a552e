"""A language that another package brings: indexed, linked by its own rules, edited and verified, nothing touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "toy_language"
TREE = {
    "one/a.toy": "-- Adds.\nfunction add(x)\n  return x\nend\n",
    "one/b.toy": "function total()\n  return add(1)\nend\n",
    "two/a.toy": "function add(x)\n  return 2\nend\n",
}


def _install(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a copy of the package where every process of codegraph looks for packages."""
    shutil.copytree(PACKAGE, directory / "packages")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(directory / "packages"), before))))
    return directory / "packages"


def test_a_language_of_another_package(home, tmp_path, monkeypatch):
    """Its files are indexed, its scheme links them as exact, an edit is followed, and verify finds nothing."""
    packages = _install(tmp_path, monkeypatch)
    home.write(TREE)
    assert home.run("index", "--json").record["files"] == 3
    assert "plug-in toy 1.0" in home.run("doctor").out
    out = home.run("callers", "one/a.toy/add().").out
    assert "total" in out
    assert "exact" in out
    assert "total" not in home.run("callers", "two/a.toy/add().").out
    home.write({"one/a.toy": TREE["one/a.toy"].replace("add", "plus")})
    home.run("sync")
    assert "total" not in home.run("callers", "one/a.toy/plus().").out
    assert home.run("verify").code == 0

    home.run("stop")
    metadata = packages / "toy_language-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.0", "2.0"))
    assert "plug-in toy 2.0" in home.run("doctor").out
    home.run("index")
    assert home.run("verify").code == 0


def test_a_plugin_that_fails_is_named_and_left_out(home, tmp_path, monkeypatch):
    """Everything else works without it."""
    packages = _install(tmp_path, monkeypatch)
    (packages / "toy_language" / "__init__.py").write_text("raise RuntimeError('no grammar')\n")
    home.write({**TREE, "c.py": "def f(): ...\n"})
    assert home.run("index", "--json").record["files"] == 1
    out = home.run("doctor").out
    assert "toy (toy_language): RuntimeError: no grammar" in " ".join(out.split())
