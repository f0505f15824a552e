"""Finding git's own files without git."""

from __future__ import annotations

from pathlib import Path

from codegraph.source.git_directory import find_git_directory, git_lock, global_excludes


def test_finds_the_repository_above(tmp_path: Path) -> None:
    """A project below the worktree's top belongs to that repository; a bare `.git` without HEAD is none."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/b").mkdir(parents=True)
    assert find_git_directory(tmp_path / "a/b") is None
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    found = find_git_directory(tmp_path / "a/b")
    assert found is not None
    assert found.worktree == tmp_path
    assert found.exclude_file() == tmp_path / ".git/info/exclude"


def test_linked_worktree(tmp_path: Path) -> None:
    """A `.git` file is followed; the lock is the worktree's own, the exclude file the repository's."""
    main = tmp_path / "main/.git"
    linked = main / "worktrees/w"
    linked.mkdir(parents=True)
    (main / "HEAD").write_text("x")
    (linked / "HEAD").write_text("x")
    (linked / "commondir").write_text("../..\n")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {linked}\n")
    found = find_git_directory(tree)
    assert found is not None
    assert found.directory == linked
    assert found.exclude_file() == main / "info/exclude"
    locked = git_lock(tree)
    assert not locked()
    (linked / "index.lock").touch()
    assert locked()


def test_lock_without_repository(tmp_path: Path) -> None:
    """Outside of a repository nothing is ever locked."""
    assert git_lock(tmp_path)() is False


def test_excludes_file_by_precedence(tmp_path: Path) -> None:
    """The repository's setting beats the user's, ~/.gitconfig beats the XDG file, and there is a default."""
    settings = tmp_path / ".config/git"
    settings.mkdir(parents=True)
    environment = {"HOME": str(tmp_path)}
    assert global_excludes(None, environment) == settings / "ignore"
    (settings / "config").write_text("[core]\n  excludesfile = /from/xdg\n")
    assert global_excludes(None, environment) == Path("/from/xdg")
    (tmp_path / ".gitconfig").write_text(
        '[user]\n\tname = x\n[Core] excludesFile = "~/mine"\n[other]\nexcludesfile = /no\n'
    )
    assert global_excludes(None, environment) == tmp_path / "mine"
    git = tmp_path / "p/.git"
    git.mkdir(parents=True)
    (git / "HEAD").write_text("x")
    (git / "config").write_text("[core]\n\texcludesFile = /repo\n")
    assert global_excludes(find_git_directory(tmp_path / "p"), environment) == Path("/repo")
    assert global_excludes(None, {}) is None
