"""Which layer of ignore rules decides, and when rules count as changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.source.ignore import IgnoreRules


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


def rules_of(root: Path, *patterns: str, use_gitignore: bool = True) -> IgnoreRules:
    return IgnoreRules(root, use_gitignore, patterns, {"HOME": str(root.parent / "home")})


def reason(rules: IgnoreRules, path: str) -> str | None:
    parent, _, name = path.rpartition("/")
    return rules.of(parent).reason(path, name, False) or None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    write(place, {".git/HEAD": "ref: refs/heads/main\n"})
    return place


def test_the_deeper_file_decides(root: Path) -> None:
    """A nested .gitignore overrides those above it, in both directions."""
    write(root, {".gitignore": "*.gen.py\nkeep.py\n", "a/.gitignore": "!keep.py\nmore.py\n"})
    rules = rules_of(root)
    assert reason(rules, "keep.py") == "ignored"
    assert reason(rules, "a/keep.py") is None
    assert reason(rules, "a/b/x.gen.py") == "ignored"
    assert reason(rules, "a/more.py") == "ignored"
    assert reason(rules, "more.py") is None


def test_a_pattern_is_relative_to_its_file(root: Path) -> None:
    """An anchored pattern speaks for the directory that its file stands in."""
    write(root, {"a/.gitignore": "/out/x.py\n"})
    rules = rules_of(root)
    assert reason(rules, "a/out/x.py") == "ignored"
    assert reason(rules, "out/x.py") is None


def test_own_file_is_stronger_and_configuration_strongest(root: Path) -> None:
    """.codegraphignore overrides every .gitignore, and the configuration overrides both."""
    write(root, {".codegraphignore": "!x.py\ny.py\n", "a/.gitignore": "x.py\n!y.py\n"})
    assert reason(rules_of(root), "a/x.py") is None
    assert reason(rules_of(root), "a/y.py") == "ignored"
    assert reason(rules_of(root, "!y.py", "x.py"), "a/x.py") == "ignored"
    assert reason(rules_of(root, "!y.py", "x.py"), "a/y.py") is None


def test_git_files_can_be_switched_off(root: Path) -> None:
    """Without use_gitignore only our own file and the configuration count."""
    write(root, {".gitignore": "x.py\n", ".codegraphignore": "y.py\n"})
    rules = rules_of(root, use_gitignore=False)
    assert reason(rules, "x.py") is None
    assert reason(rules, "y.py") == "ignored"


def test_exclude_and_global_excludes(root: Path) -> None:
    """.git/info/exclude and core.excludesFile are read, and a .gitignore overrides them."""
    write(root, {".git/info/exclude": "private.py\n", "a/.gitignore": "!private.py\n!editor.py\n"})
    write(root.parent, {"home/.gitconfig": "[core]\n\texcludesFile = ~/ignores\n", "home/ignores": "editor.py\n"})
    rules = rules_of(root)
    assert reason(rules, "private.py") == "ignored"
    assert reason(rules, "editor.py") == "ignored"
    assert reason(rules, "a/private.py") is None
    assert reason(rules, "a/editor.py") is None


def test_rules_above_the_project(root: Path) -> None:
    """A project inside a repository obeys the ignore files above it, by their own paths."""
    write(root, {".gitignore": "/packages/one/gen.py\n*.log.py\n", "packages/one/a.py": ""})
    rules = rules_of(root / "packages/one")
    assert reason(rules, "gen.py") == "ignored"
    assert reason(rules, "sub/gen.py") is None
    assert reason(rules, "sub/x.log.py") == "ignored"


def test_a_directory_left_out_cannot_be_entered_again(root: Path) -> None:
    """What is below an ignored directory stays out whatever its own files say."""
    write(root, {".gitignore": "out/\n!out/keep.py\n", "out/.gitignore": "!keep.py\n"})
    assert rules_of(root).directory_reason("out") == "ignored"


def test_linked_worktrees_are_left_out(root: Path) -> None:
    """They are the project once more; a submodule and a clone are not, and .codegraphignore takes any in."""
    write(
        root,
        {
            "one/.git": f"gitdir: {root}/.git/worktrees/one\n",
            "sub/two/.git": "gitdir: ../../.git/worktrees/two\n",
            "taken/.git": f"gitdir: {root}/.git/worktrees/taken\n",
            "module/.git": "gitdir: ../.git/modules/module\n",
            "clone/.git/HEAD": "ref: refs/heads/main\n",
            ".codegraphignore": "!/taken/\n",
        },
    )
    rules = rules_of(root)
    found = {name: rules.directory_reason(name) for name in ("one", "sub", "sub/two", "taken", "module", "clone")}
    assert found == {
        "one": "worktree",
        "sub": None,
        "sub/two": "worktree",
        "taken": None,
        "module": None,
        "clone": None,
    }


def test_vendored_directories(root: Path) -> None:
    """Dependency and cache directories are left out by name or by marker, unless .codegraphignore takes them in."""
    signature = "Signature: 8a477f597d28d172789f06886806bc55\n"
    write(
        root,
        {
            "web/node_modules/x.js": "",
            "env/pyvenv.cfg": "",
            "target/CACHEDIR.TAG": signature,
            "liar/CACHEDIR.TAG": "no signature",
            "venv/mod.py": "",
        },
    )
    rules = rules_of(root)
    assert rules.directory_reason("web") is None
    for path in ("web/node_modules", "env", "target"):
        assert rules.directory_reason(path) == "vendored"
    assert rules.directory_reason("liar") is None
    assert rules.directory_reason("venv") is None
    write(root, {".codegraphignore": "!node_modules/\n!/env\n!.git\n"})
    rules = rules_of(root)
    assert rules.directory_reason("web/node_modules") is None
    assert rules.directory_reason("env") is None
    assert rules.directory_reason(".git") == "ignored"


def test_a_change_of_the_rules_is_told_exactly_when_there_is_one(root: Path) -> None:
    """Listing a directory again is no change; a changed, new or removed ignore file is, for everything below it."""
    write(root, {"a/b/x.py": "", "a/.gitignore": "y.py\n"})
    rules = rules_of(root)
    assert reason(rules, "a/b/y.py") == "ignored"
    assert not rules.observe("a", {".gitignore"})
    assert not rules.observe("a/b", {"x.py"})
    write(root, {"a/.gitignore": "z.py\n"})
    assert rules.observe("a", {".gitignore"})
    assert reason(rules, "a/b/y.py") is None
    assert reason(rules, "a/b/z.py") == "ignored"
    (root / "a/.gitignore").unlink()
    assert rules.observe("a", {"b"})
    assert reason(rules, "a/b/z.py") is None
    write(root, {".git/info/exclude": "q.py\n"})
    assert rules.observe_shared()
    assert reason(rules, "a/q.py") == "ignored"
    assert not rules.observe_shared()


def test_odd_ignore_files_do_no_harm(root: Path) -> None:
    """A byte order mark is no part of the first line; broken UTF-8, a linked or a missing file is no error."""
    (root / ".gitignore").write_bytes(b"\xef\xbb\xbffirst.py\n\xff\xfe\nlast.py\n")
    (root / "a").mkdir()
    (root / "a/.gitignore").symlink_to(root / ".git/HEAD")
    rules = rules_of(root)
    assert reason(rules, "first.py") == "ignored"
    assert reason(rules, "a/last.py") == "ignored"
    assert reason(rules, "nowhere/at/all.py") is None


def test_very_deep_directories(root: Path) -> None:
    """Depth is bounded by the path's length, not by the interpreter's stack."""
    assert reason(rules_of(root), "d/" * 1500 + "x.py") is None
