"""Why one path is not indexed: the answer is that of a whole walk, for every reason there is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codegraph.config import SourceConfig
from codegraph.core.changes import SourceFile
from codegraph.errors import SourceError
from codegraph.extract.languages import language_of
from codegraph.source.left_out import reason_of
from codegraph.source.scan import Scanner


@pytest.mark.parametrize(
    ("language", "taken"), [("cpp", ["a.h"]), ("c", ["b.h", "c.inc"]), ("php", ["d.inc"]), ("python", [])]
)
def test_a_file_whose_contents_tell_its_language_is_looked_into(
    tmp_path: Path, language: str, taken: list[str]
) -> None:
    """Where only some languages are wanted, a header is C or C++, and an `.inc` file PHP or C, by what it holds."""
    texts = {"a.h": "class A {};\n", "b.h": "int f(void);\n", "c.inc": '#include "b.h"\n', "d.inc": "<?php f();\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    config = SourceConfig(languages=(language,))
    assert [name for name in texts if reason_of(tmp_path, config, language_of, name) is None] == taken
    scanner = Scanner(tmp_path, config, language_of)
    read = [path for path in scanner.reconcile({}).written if isinstance(scanner.read(path), SourceFile)]
    assert read == taken


SOURCE = "def f():\n    pass\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with one entry for each reason."""
    root = tmp_path / "project"
    for place in ("package", "node_modules/left", "built/deep", ".git"):
        (root / place).mkdir(parents=True)
    texts = {
        ".gitignore": "built/\n*.ignored.py\npackage.json\ngo.mod\n",
        "package/.codegraphignore": "private.py\ngo.mod\n",
        "package/package.json": "{}\n",
        "package/go.mod": "module m\n",
        "package/kept.py": SOURCE,
        "package/private.py": SOURCE,
        "package/a.ignored.py": SOURCE,
        "package/data.parquet": "x",
        "package/large.py": "x = 1\n" * 400,
        "package/drawn.ipynb": "x = 1\n" * 400,
        "package/large.ipynb": "x = 1\n" * 3000,
        "package/binary.py": "\0" * 64,
        "package/NOTICE": "words\n",
        "node_modules/left/pad.js": "function pad() {}\n",
        "built/deep/made.py": SOURCE,
        ".git/hook.py": SOURCE,
    }
    for name, text in texts.items():
        (root / name).write_text(text)
    (root / "package/link.py").symlink_to("kept.py")
    (root / "linked").symlink_to("package")
    os.mkfifo(root / "package/pipe.py")
    return root


CONFIG = SourceConfig(max_file_bytes=2_000)

REASONS = {
    "package/kept.py": None,
    "package/private.py": ("ignored", ""),
    "package/a.ignored.py": ("ignored", ""),
    "package/package.json": None,
    "package/go.mod": ("ignored", ""),
    "package/data.parquet": ("unknown_language", ""),
    "package/NOTICE": ("unknown_language", ""),
    "package/large.py": ("too_large", "2400 bytes"),
    "package/drawn.ipynb": None,
    "package/large.ipynb": ("too_large", "18000 bytes"),
    "package/link.py": ("symlink", ""),
    "package/pipe.py": ("special", ""),
    "linked/kept.py": ("symlink", "linked/"),
    "node_modules/left/pad.js": ("vendored", "node_modules/"),
    "built/deep/made.py": ("ignored", "built/"),
    ".git/hook.py": ("ignored", ".git/"),
    "package/none.py": ("missing", ""),
    "nowhere/none.py": ("missing", "nowhere"),
    "package": ("directory", "only what is in it can be indexed"),
    "node_modules": ("vendored", ""),
}


@pytest.mark.parametrize("path", REASONS)
def test_each_reason_is_named(root: Path, path: str):
    """The rule that keeps a path out is said, with the directory that is to blame."""
    found = reason_of(root, CONFIG, language_of, path, {})
    assert (None if found is None else (found.reason, found.detail)) == REASONS[path]
    assert found is None or found.path == path


def test_the_answer_is_that_of_a_walk(root: Path):
    """Whatever a scan takes in has no reason, whatever it leaves out has one, and counts come out even."""
    scanner = Scanner(root, CONFIG, language_of, environment={})
    read = {path: scanner.read(path) for path in scanner.reconcile({}).written}
    for path, found in read.items():
        assert reason_of(root, CONFIG, language_of, path, {}) == (found if hasattr(found, "reason") else None)
    files = [(Path(place) / name).relative_to(root).as_posix() for place, _, names in os.walk(root) for name in names]
    kept = {path for path in files if reason_of(root, CONFIG, language_of, path, {}) is None}
    assert kept == {path for path, found in read.items() if not hasattr(found, "reason")}


def test_a_configured_language_is_a_reason(root: Path):
    """A file in a language that the project leaves out is in no language that is wanted."""
    config = SourceConfig(languages=("java",))
    found = reason_of(root, config, language_of, "package/kept.py", {})
    assert found is not None
    assert found.reason == "unknown_language"


@pytest.mark.parametrize("path", ["../other.py", "/etc/passwd", "a/../b.py", "a\0b", ""])
def test_paths_outside_are_refused(root: Path, path: str):
    """Nothing outside of the project is looked at."""
    with pytest.raises(SourceError):
        reason_of(root, CONFIG, language_of, path, {})
