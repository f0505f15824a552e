"""Histories: successive commits in order, in a clone that runs nothing of the original."""

from __future__ import annotations

import subprocess

import pytest

from benchmarks.history import clone, git, history, stretch


@pytest.fixture
def repository(tmp_path):
    """Four commits of one file, of which the third also adds another."""
    place = tmp_path / "original"
    place.mkdir()
    git(place, "init", "--quiet")
    for number in range(4):
        (place / "a.py").write_text(f"value = {number}\n")
        if number == 2:
            (place / "b.py").write_text("")
        git(place, "add", ".")
        git(place, "-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "--quiet", "-m", str(number))
    return place


def test_the_newest_commits_come_oldest_first(repository, tmp_path):
    """Two steps of history are three commits, and checking each out shows what was committed."""
    clone(repository, tmp_path / "clone")
    found = history(tmp_path / "clone", 2, None)
    shown = []
    for commit in found.commits:
        found.check_out(commit)
        shown.append((tmp_path / "clone" / "a.py").read_text())
    assert shown == ["value = 1\n", "value = 2\n", "value = 3\n"]
    assert [found.changed_files(*pair) for pair in zip(found.commits, found.commits[1:], strict=False)] == [2, 1]


def test_hooks_of_the_clone_do_not_run(repository, tmp_path):
    """A checkout writes files and runs nothing."""
    clone(repository, tmp_path / "clone")
    hook = tmp_path / "clone" / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    found = history(tmp_path / "clone", 1, None)
    found.check_out(found.commits[0])
    assert not (tmp_path / "ran").exists()


def test_what_is_no_repository_is_an_error(tmp_path):
    """Nothing is replayed of a directory without history."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        clone(tmp_path / "empty", tmp_path / "clone")


def test_stretches():
    """Without a seed the end is cut off; with one, always the same stretch; a short history is given whole."""
    commits = [str(number) for number in range(100)]
    assert stretch(commits, 3, None) == ["97", "98", "99"]
    drawn = stretch(commits, 5, 1)
    assert drawn == stretch(commits, 5, 1)
    assert list(drawn) == commits[int(drawn[0]) : int(drawn[0]) + 5]
    assert stretch(commits[:2], 5, 1) == ["0", "1"]
