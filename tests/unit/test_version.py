"""The version of a build: told by its file, else by the repository that it is a checkout of."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codegraph.version import RELEASE, VERSION_FILE, version_of

_GIT = ("git", "-c", "user.name=x", "-c", "user.email=x@y", "-c", "init.defaultBranch=main")


def _git(directory: Path, *words: str) -> str:
    run = subprocess.run([*_GIT, "-C", str(directory), *words], check=True, capture_output=True, text=True)
    return run.stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package in a checkout with one commit."""
    package = tmp_path / "checkout" / "codegraph"
    package.mkdir(parents=True)
    _git(package.parent, "init", "-q")
    _commit(package)
    return package


def _commit(package: Path) -> str:
    _git(package.parent, "commit", "-q", "--allow-empty", "-m", "change")
    return _git(package.parent, "rev-parse", "HEAD")[:12]


def test_each_commit_of_a_checkout_is_a_version_of_its_own(package: Path) -> None:
    """However git keeps the commit: on a branch, packed, detached, in a linked worktree."""
    seen = [version_of(package)]
    first = _git(package.parent, "rev-parse", "HEAD")[:12]
    second = _commit(package)
    seen.append(version_of(package))
    _git(package.parent, "pack-refs", "--all")
    seen.append(version_of(package))
    _git(package.parent, "checkout", "-q", "--detach", "HEAD~")
    seen.append(version_of(package))
    _git(package.parent, "worktree", "add", "-q", "-b", "other", str(package.parent.parent / "linked"), "main")
    seen.append(version_of(package.parent.parent / "linked" / "codegraph"))
    assert seen == [f"{RELEASE}+g{commit}" for commit in (first, second, second, first, second)]


def test_a_build_is_what_its_file_says(package: Path) -> None:
    """An installed package says what it was built from, wherever it was installed."""
    (package / VERSION_FILE).write_text("9.9+gabc\n")
    assert version_of(package) == "9.9+gabc"


def test_a_repository_around_an_installation_is_not_its_own(package: Path) -> None:
    """A package inside of somebody's repository, as in a virtual environment there, has nothing of its commits."""
    inner = package.parent / ".venv" / "codegraph"
    inner.mkdir(parents=True)
    assert version_of(inner) == RELEASE
    assert version_of(Path("/codegraph")) == RELEASE
