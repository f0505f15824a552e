"""A scratch clone of a git repository, and its commits one after another.

The clone shares objects with the original and has its own work tree; hooks, line-ending conversion and
prompts are off, so a checkout writes what was committed and runs nothing. *Successive* commits are the
first-parent history: each one is what the main branch looked like next.
Tests: tests/unit/benchmarks/test_bench_history.py.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_GIT_SECONDS = 600.0
_OPTIONS = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "advice.detachedHead=false")
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_OPTIONAL_LOCKS": "0"}


@dataclass(frozen=True, slots=True)
class History:
    """Commits of a clone, oldest first; the first one is where a replay begins."""

    clone: Path
    commits: tuple[str, ...]

    def check_out(self, commit: str) -> None:
        """Make the work tree that of a commit. Raises CalledProcessError, for example when a blob is missing."""
        git(self.clone, "checkout", "--quiet", "--force", commit)

    def changed_files(self, old: str, new: str) -> int:
        """Count the files that differ between two commits."""
        return len(git(self.clone, "diff", "--name-only", "--no-renames", old, new).splitlines())


def clone(repository: Path, place: Path) -> None:
    """Clone without checking anything out. Raises CalledProcessError if this is no repository."""
    subprocess.run(
        ["git", *_OPTIONS, "clone", "--quiet", "--shared", "--no-checkout", os.fspath(repository), os.fspath(place)],
        env={**os.environ, **_ENVIRONMENT},
        check=True,
        timeout=_GIT_SECONDS,
    )


def history(clone_path: Path, count: int, seed: int | None) -> History:
    """Return `count` + 1 successive commits: the newest ones, or with a seed a stretch drawn from all.

    A shorter history is given whole.
    """
    commits = git(clone_path, "rev-list", "--first-parent", "--reverse", "HEAD").split()
    return History(clone_path, tuple(stretch(commits, count + 1, seed)))


def stretch(commits: Sequence[str], length: int, seed: int | None) -> Sequence[str]:
    """Cut `length` successive items off the end, or with a seed out of the whole."""
    if len(commits) <= length or seed is None:
        return commits[-length:]
    start = random.Random(seed).randrange(len(commits) - length + 1)
    return commits[start : start + length]


def git(place: Path, *arguments: str) -> str:
    """Run git in a directory and return what it printed. Raises CalledProcessError."""
    done = subprocess.run(
        ["git", *_OPTIONS, "-C", os.fspath(place), *arguments],
        env={**os.environ, **_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
        timeout=_GIT_SECONDS,
    )
    return done.stdout
