"""The version of this build: the release, and behind a "+" the commit that it was made from.

A wheel brings it in `version.txt` (`build_hook.py` writes that file). A checkout has no such file and asks its own
repository, each time that a process starts: so a daemon and a client of different commits notice it. What is not
committed is not in it: two states of a checkout at one commit, or a wheel built from each, have one version.
Tests: tests/unit/test_version.py.
"""

from __future__ import annotations

from pathlib import Path

from codegraph.source.git_directory import commit_of, read_bounded

RELEASE = "0.1.0"

VERSION_FILE = "version.txt"


def version_of(package: Path) -> str:
    """Return the version of the build whose package lies in a directory."""
    told = read_bounded(package / VERSION_FILE).decode("ascii", "replace").strip()
    if told:
        return told
    commit = commit_of(package.parent)
    return f"{RELEASE}+g{commit[:12]}" if commit else RELEASE


__version__ = version_of(Path(__file__).resolve().parent)
