"""Where things lie, which project a path belongs to, and directories that are private."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegraph.errors import ProjectError, StoreError
from codegraph.locations import MAX_SOCKET_BYTES, Locations, existing_directory, private_directory


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    """Directories of a user of their own."""
    return Locations(tmp_path / "state", tmp_path / "cache", tmp_path / "run", tmp_path / "config.toml")


def test_variables_override_the_platform(tmp_path):
    """Each of the four variables moves its own thing, and nothing else."""
    names = ("CODEGRAPH_STATE_DIR", "CODEGRAPH_CACHE_DIR", "CODEGRAPH_RUNTIME_DIR", "CODEGRAPH_CONFIG")
    default = Locations.from_environment({})
    fields = ("state_home", "cache_directory", "runtime_directory", "config_file")
    for name, field in zip(names, fields, strict=True):
        moved = Locations.from_environment({name: str(tmp_path / "x")})
        expected = {each: getattr(default, each) for each in fields} | {field: tmp_path / "x"}
        assert {each: getattr(moved, each) for each in fields} == expected


def test_variables_are_made_absolute(monkeypatch, tmp_path):
    """A relative path means the directory that the command was given in; an empty one means nothing."""
    monkeypatch.chdir(tmp_path)
    assert Locations.from_environment({"CODEGRAPH_STATE_DIR": "here"}).state_home == tmp_path / "here"
    assert Locations.from_environment({"CODEGRAPH_STATE_DIR": ""}) == Locations.from_environment({})


def test_a_process_that_stands_elsewhere_finds_the_same(monkeypatch, tmp_path):
    """What is relative here is absolute in the variables that are handed on."""
    monkeypatch.chdir(tmp_path)
    here = Locations.from_environment({"CODEGRAPH_STATE_DIR": "state", "CODEGRAPH_CONFIG": "config.toml"})
    handed_on = here.as_environment()
    monkeypatch.chdir("/")
    assert Locations.from_environment(handed_on) == here


def test_runtime_directory_of_the_session_is_used_when_there_is_one(tmp_path):
    """XDG_RUNTIME_DIR is taken only if it exists: daemons outlive sessions."""
    there = Locations.from_environment({"XDG_RUNTIME_DIR": str(tmp_path)})
    gone = Locations.from_environment({"XDG_RUNTIME_DIR": str(tmp_path / "gone")})
    assert there.runtime_directory == tmp_path / "codegraph"
    assert gone.runtime_directory.name == f"codegraph-{os.getuid()}"


def test_nothing_is_created_by_asking(locations, tmp_path):
    """Naming places leaves the disk alone."""
    locations.state_directory(tmp_path)
    locations.socket(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_state_directories_are_readable_and_distinct(locations):
    """The name shows the project, and two projects of the same name do not meet."""
    one, other = Path("/home/a/my project"), Path("/home/b/my project")
    assert locations.state_directory(one).name.startswith("my-project-")
    assert locations.state_directory(one) != locations.state_directory(other)
    assert locations.state_directory(one) == locations.state_directory(Path("/home/a/my project"))
    assert locations.state_directory(Path("/")).parent == locations.state_home


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0/"), min_size=1, max_size=255))
def test_any_name_of_a_project_gives_a_usable_directory(locations, name):
    """Whatever a directory is called, its state directory is one short, plain path component."""
    if name in {".", ".."} or any("\ud800" <= character <= "\udfff" for character in name):
        return
    directory = locations.state_directory(Path("/home") / name)
    assert directory.parent == locations.state_home
    assert len(directory.name) <= 60
    assert directory.name.isascii()


@pytest.mark.parametrize("length", [10, 60, 80, 100, 200])
def test_socket_path_can_always_be_bound(length):
    """However long the runtime directory is, the socket's path fits, and stays that of the project."""
    runtime = Path("/run") / ("r" * length)
    places = Locations(Path("/s"), Path("/c"), runtime, Path("/f"))
    one, other = places.socket(Path("/home/a")), places.socket(Path("/home/b"))
    assert len(os.fsencode(one)) <= MAX_SOCKET_BYTES < 104
    assert one != other
    assert (one.parent == runtime) == (length < 70)


def test_each_state_has_a_socket_of_its_own(tmp_path):
    """Two state directories beside one runtime directory are two daemons, and neither takes the other's socket."""
    one, other = (Locations(tmp_path / name, tmp_path, tmp_path, tmp_path / "config.toml") for name in ("a", "b"))
    assert one.socket(Path("/home/a")) != other.socket(Path("/home/a"))


def test_known_project_wins_over_marks(locations, tmp_path):
    """A directory that was indexed before is the project, even below or above a repository."""
    inner = tmp_path / "repository" / "package" / "module"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    assert locations.find_root(inner) == tmp_path / "repository"
    locations.state_directory(tmp_path / "repository" / "package").mkdir(parents=True)
    assert locations.find_root(inner) == tmp_path / "repository" / "package"
    locations.state_directory(inner).mkdir(parents=True)
    assert locations.find_root(inner) == inner


def test_home_captures_nothing_that_is_marked(locations, tmp_path, monkeypatch):
    """An index of the home directory, or of all, answers there and where nothing else tells a project."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for path in ("home/plain", "home/repository/.git", "home/umbrella/repository/.git"):
        (tmp_path / path).mkdir(parents=True)
    for known in (tmp_path, tmp_path / "home", tmp_path / "home" / "umbrella"):
        locations.state_directory(known).mkdir(parents=True)
    for start, root in (
        ("home/repository", "home/repository"),
        ("home/plain", "home"),
        ("home", "home"),
        (".", "."),
        ("home/umbrella/repository", "home/umbrella"),  # indexed on purpose, and holds the repository
    ):
        assert locations.find_root(tmp_path / start) == (tmp_path / root).resolve()


def test_a_part_that_is_indexed_by_itself_knows_what_it_is_part_of(locations, tmp_path, monkeypatch):
    """A repository of its own is part of nothing, nor is a directory without one around it."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for path in ("home/repository/.git", "home/repository/sub/module/.git", "home/repository/sub/part", "home/plain"):
        (tmp_path / path).mkdir(parents=True)
    repository = tmp_path / "home" / "repository"
    assert locations.find_enclosing(repository / "sub") == repository
    assert locations.find_enclosing(repository / "sub" / "part") == repository
    assert locations.find_enclosing(repository / "sub" / "module") is None
    assert locations.find_enclosing(repository) is None
    locations.state_directory(tmp_path / "home").mkdir(parents=True)
    assert locations.find_enclosing(tmp_path / "home" / "plain") is None
    locations.state_directory(repository / "sub").mkdir(parents=True)
    assert locations.find_enclosing(repository / "sub" / "part") == repository / "sub"


def test_a_linked_worktree_is_a_project_of_its_own(locations, tmp_path):
    """Also inside of the repository, which was indexed and leaves it out."""
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    locations.state_directory(repository).mkdir(parents=True)
    for name, git in (("trees/one", "worktrees"), ("module", "modules")):
        (repository / name / "src").mkdir(parents=True)
        (repository / name / ".git").write_text(f"gitdir: {repository}/.git/{git}/x\n")
    assert locations.find_root(repository / "trees" / "one" / "src") == repository / "trees" / "one"
    assert locations.find_root(repository / "trees") == repository
    assert locations.find_root(repository / "module" / "src") == repository
    assert locations.find_enclosing(repository / "trees" / "one") is None


def test_repository_wins_over_package(locations, tmp_path):
    """In a repository of several packages the repository is the project."""
    package = tmp_path / "repository" / "packages" / "one"
    package.mkdir(parents=True)
    (package / "package.json").touch()
    assert locations.find_root(package) == package
    (tmp_path / "repository" / ".git").touch()  # a worktree's .git is a file
    assert locations.find_root(package) == tmp_path / "repository"


def test_directory_without_marks_is_its_own_project(locations, tmp_path):
    """So is that of a file; a link leads to the real place, so that both names mean one project."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    for start in ("plain", "plain/a.py", "link", "link/a.py", "plain/../plain"):
        assert locations.find_root(tmp_path / start) == tmp_path / "plain"
        assert locations.find_marked_root(tmp_path / start) is None


def test_missing_directory_is_named(tmp_path):
    """A path that leads nowhere is an error with its name, also one that leads in circles."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("nothing", "loop"):
        with pytest.raises(ProjectError, match=name):
            existing_directory(tmp_path / name)


def test_private_directory_is_made_and_tightened(tmp_path):
    """The directory is the user's alone, also when it was open to others before."""
    directory = private_directory(tmp_path / "a" / "b")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    directory.chmod(0o777)
    private_directory(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_private_directory_follows_no_link(tmp_path):
    """Somebody who plants a link in a shared directory does not get our socket."""
    (tmp_path / "theirs").mkdir(mode=0o755)
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")
    with pytest.raises(ProjectError, match="ours"):
        private_directory(tmp_path / "ours")
    assert stat.S_IMODE((tmp_path / "theirs").stat().st_mode) == 0o755


def test_private_directory_is_not_a_file(tmp_path):
    """A file in the way is an error, not a crash."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="file"):
            private_directory(path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
def test_private_directory_belongs_to_the_user(tmp_path):
    """A directory of another user is refused, whatever its mode."""
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 12345, 12345)
    with pytest.raises(ProjectError, match="somebody else"):
        private_directory(tmp_path / "theirs")


def test_a_root_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """Answers name the project, and JSON has no such names: refused with its bytes, not with a trace."""
    place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xff"))
    place.mkdir()
    with pytest.raises(ProjectError, match=r"r\\xff: the path is not UTF-8"):
        existing_directory(place)
