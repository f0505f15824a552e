"""What git keeps outside of the tree's ignore files: where its directory is, its exclude files, its lock, its commit.

git itself is not run: a scan must not depend on a program, nor on how long it takes. Of git's
configuration only `core.excludesFile` is read, from the user's two files and the repository's own;
`include` directives are not followed. A linked worktree has a file `.git` that names its directory,
whose `commondir` names the repository's. Everything read is bounded, and what cannot be read is
taken as absent. Tests: tests/unit/source/test_source_git_directory.py.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_IGNORE_BYTES = 1 << 20

_SECTION = re.compile(r"\s*\[\s*([A-Za-z0-9.-]+)\s*(?:\"[^\"]*\")?\s*\]")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_EXCLUDES = re.compile(r"\s*excludesfile\s*=\s*(.*?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GitDirectory:
    """The repository that a project lies in."""

    worktree: Path
    """Where `.git` was found: the project's root or a directory above it."""
    directory: Path
    """Holds the index and its lock."""
    common: Path
    """Holds config and info/exclude; differs from `directory` in a linked worktree."""

    def exclude_file(self) -> Path:
        """Return the repository's own exclude file, which need not exist."""
        return self.common / "info" / "exclude"


def find_git_directory(root: Path) -> GitDirectory | None:
    """Look for the repository that contains `root`, from there upwards."""
    for worktree in (root, *root.parents):
        marker = worktree / ".git"
        directory: Path | None = marker if marker.is_dir() else None
        if directory is None and marker.is_file():
            directory = _named(marker, "gitdir:")
        if directory is not None and (directory / "HEAD").exists():
            common = _named(directory / "commondir", "") or directory
            return GitDirectory(worktree, directory, common)
    return None


def commit_of(worktree: Path) -> str:
    """Return the full name of the commit that is checked out in a directory, "" if it is no worktree of git."""
    repository = find_git_directory(worktree)
    if repository is None or repository.worktree != worktree:
        return ""
    head = _line_of(repository.directory / "HEAD")
    if not head.startswith("ref: "):
        return head if _COMMIT.fullmatch(head) else ""
    branch = head.removeprefix("ref: ")
    loose = _line_of(repository.common / branch)
    if _COMMIT.fullmatch(loose):
        return loose
    packed = read_bounded(repository.common / "packed-refs").decode("utf-8", "replace")
    return next((name for name, _, ref in (line.partition(" ") for line in packed.splitlines()) if ref == branch), "")


def is_linked_worktree(directory: Path | str) -> bool:
    """Whether `git worktree add` made a directory: a second state of a whole project, wherever it lies."""
    marker = Path(directory, ".git")
    try:
        if not stat.S_ISREG(marker.lstat().st_mode):
            return False
    except OSError:
        return False
    own = _named(marker, "gitdir:")
    return own is not None and own.parent.name == "worktrees"


def global_excludes(repository: GitDirectory | None, environment: Mapping[str, str]) -> Path | None:
    """Return the file of excludes for all of the user's repositories, by git's order of precedence."""
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    settings = environment.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    files = [Path(settings) / "git" / "config"] if settings else []
    files += [Path(home) / ".gitconfig"] if home else []
    files += [repository.common / "config"] if repository else []
    for file in reversed(files):
        value = _excludes_setting(read_bounded(file).decode("utf-8", "replace"))
        if value is not None:
            return _expanded(value, home, file.parent)
    return Path(settings) / "git" / "ignore" if settings else None


def git_lock(root: Path) -> Callable[[], bool]:
    """Return a function that says whether git is changing the worktree that contains `root` right now."""
    repository = find_git_directory(root)
    lock = (repository.directory if repository else root / ".git") / "index.lock"
    return lock.exists


def read_bounded(file: Path | str) -> bytes:
    """Return up to 1 MiB of a regular file, b"" if there is none; symbolic links are not followed."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    try:
        with os.fdopen(descriptor, "rb") as stream:
            return stream.read(MAX_IGNORE_BYTES)
    except OSError:
        return b""


def _named(file: Path, label: str) -> Path | None:
    """Follow a file whose one line names a directory, absolute or relative to the file."""
    text = _line_of(file)
    if not text.startswith(label) or not text[len(label) :].strip() or "\0" in text:
        return None
    return Path(os.path.normpath(file.parent / text[len(label) :].strip()))


def _line_of(file: Path) -> str:
    return read_bounded(file).decode("utf-8", "surrogateescape").strip()


def _excludes_setting(text: str) -> str | None:
    found = None
    section = ""
    for line in text.splitlines():
        header = _SECTION.match(line)
        if header:
            section = header.group(1).lower()
            line = line[header.end() :]
        setting = _EXCLUDES.match(line) if section == "core" else None
        if setting:
            found = setting.group(1).strip('"')
    return found


def _expanded(value: str, home: str, base: Path) -> Path | None:
    if not value or "\0" in value:
        return None
    if value.startswith("~/"):
        return Path(home) / value[2:]
    return base / value
