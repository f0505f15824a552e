"""Where codegraph keeps things: never in the user's tree.

    state home      one directory per project: the index, the lexical index, cookies, lock and log
    cache           vectors by content, shared by all projects of the user; may be deleted at any time
    runtime         one socket per project and state home; mode 0700, owned by the user
    config file     config.toml of the user

A project is named by the real path of its root: a readable slug and a hash. The defaults are those of
the platform (platformdirs); CODEGRAPH_STATE_DIR, CODEGRAPH_CACHE_DIR, CODEGRAPH_RUNTIME_DIR and
CODEGRAPH_CONFIG override them. A socket's path must fit into `sockaddr_un` (108 bytes on Linux, 104 on
macOS and the BSDs), so a long runtime directory gives way to one under the system's temporary directory.
Tests: tests/unit/test_locations.py.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from codegraph.errors import ProjectError, StoreError, StoreReadOnly
from codegraph.source.git_directory import is_linked_worktree

MAX_SOCKET_BYTES = 100
"""Room for the shortest `sun_path` of the supported systems, its final NUL, and a margin."""

REPOSITORIES = (".git", ".hg", ".svn")
MARKERS = (*REPOSITORIES, "pyproject.toml", "setup.py", "package.json", "go.mod", "Cargo.toml", "pom.xml")
"""Files and directories that usually stand at the root of a project, tried in this order."""

_HASH_BYTES = 8
_OTHER_DIRECTORY = "set CODEGRAPH_STATE_DIR, CODEGRAPH_CACHE_DIR or CODEGRAPH_RUNTIME_DIR to a directory {}"
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Locations:
    """The directories of one user."""

    state_home: Path
    cache_directory: Path
    runtime_directory: Path
    config_file: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Locations:
        """Return the user's directories; nothing is created."""
        variables = os.environ if environment is None else environment

        def place(variable: str, default: str) -> Path:
            chosen = variables.get(variable)
            return Path(chosen).expanduser().absolute() if chosen else Path(default)

        import platformdirs

        return cls(
            state_home=place("CODEGRAPH_STATE_DIR", platformdirs.user_state_dir("codegraph", appauthor=False)),
            cache_directory=place("CODEGRAPH_CACHE_DIR", platformdirs.user_cache_dir("codegraph", appauthor=False)),
            runtime_directory=place("CODEGRAPH_RUNTIME_DIR", _default_runtime_directory(variables)),
            config_file=place(
                "CODEGRAPH_CONFIG",
                os.fspath(Path(platformdirs.user_config_dir("codegraph", appauthor=False)) / "config.toml"),
            ),
        )

    def as_environment(self) -> dict[str, str]:
        """Return the variables that mean these directories wherever a process stands."""
        return {
            variable: os.path.abspath(place)  # noqa: PTH100 - no symbolic link is to be followed
            for variable, place in (
                ("CODEGRAPH_STATE_DIR", self.state_home),
                ("CODEGRAPH_CACHE_DIR", self.cache_directory),
                ("CODEGRAPH_RUNTIME_DIR", self.runtime_directory),
                ("CODEGRAPH_CONFIG", self.config_file),
            )
        }

    def state_directory(self, root: Path) -> Path:
        """Return the directory of a project's state; it may not exist yet."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", root.name)[:40] or "root"
        return self.state_home / f"{name}-{_hash_of(root)}"

    def project_settings(self, root: Path) -> Path:
        """Return the file of the settings that were chosen for one project; it may not exist."""
        return self.state_directory(root) / "settings.toml"

    def socket(self, root: Path) -> Path:
        """Return the path of the project's socket, short enough to be bound; each state has its own."""
        path = self.runtime_directory / f"{_hash_of(self.state_directory(root))}.sock"
        if len(os.fsencode(path)) <= MAX_SOCKET_BYTES:
            return path
        return Path(_short_runtime_directory()) / path.name

    def is_known(self, root: Path) -> bool:
        """Whether this directory was ever indexed as a project."""
        return self.state_directory(root).is_dir()

    def find_root(self, start: Path) -> Path:
        """Return the root of the project that `start` lies in.

        That is the nearest directory, from `start` upwards, that was indexed before; else the nearest
        with the mark of a repository or package (`MARKERS`, the first kind that any of them has); else
        `start` itself. The user's home and what is above it come last even if they were indexed: nobody who
        stands in a repository means them. A linked worktree is a project of its own. Raises ProjectError if
        there is no such directory.
        """
        return self.find_marked_root(start) or existing_directory(start)

    def find_marked_root(self, start: Path) -> Path | None:
        """Return what `find_root` does, but None where nothing tells a project."""
        place = existing_directory(start)
        chain = list(_up_to_worktree(place))
        known = [directory for directory in chain if self.is_known(directory)]
        for directory in known:
            if directory == place or not _is_wide(directory):
                return directory
        for marker in MARKERS:
            for directory in chain:
                if (directory / marker).exists():
                    return directory
        return known[0] if known else None

    def find_enclosing(self, root: Path) -> Path | None:
        """Return the project that commands in `root` would mean if `root` had not been indexed by itself.

        None if `root` is a repository of its own, or nothing around it is one or was indexed.
        """
        for directory in (root, *root.parents):
            if _is_wide(directory):
                return None
            if directory != root and self.is_known(directory):
                return directory
            if any((directory / marker).exists() for marker in REPOSITORIES):
                return directory if directory != root else None
        return None


def _up_to_worktree(place: Path) -> Iterator[Path]:
    """Yield a directory and those above it; what a linked worktree lies in is none of its business."""
    for directory in (place, *place.parents):
        yield directory
        if is_linked_worktree(directory):
            return


def _is_wide(directory: Path) -> bool:
    """Whether a directory is the user's home or above it."""
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111 - Path.home() fails for users without one
    return home.is_relative_to(directory)


def existing_directory(path: Path) -> Path:
    """Return the real path of a directory, a file's own directory included. Raises ProjectError."""
    try:
        place = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ProjectError(f"{path}: there is no such directory", "give the path of a directory") from error
    if not place.is_dir():
        place = place.parent
    if not os.access(place, os.R_OK | os.X_OK):
        raise ProjectError(f"{place}: cannot be read", "check its permissions")
    try:
        os.fspath(place).encode("utf-8")
    except UnicodeEncodeError:
        readable = os.fsencode(place).decode("utf-8", "backslashreplace")
        raise ProjectError(f"{readable}: the path is not UTF-8, and could not be answered with", "rename it") from None
    return place


def private_directory(path: Path) -> Path:
    """Make a directory that is the user's alone (mode 0700) and return it.

    Raises ProjectError if it is not, StoreReadOnly or StoreError if it cannot be made.
    """
    try:
        for directory in (*reversed(path.parents), path):  # those above it, too: who can write there can replace it
            if not directory.is_dir():
                directory.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            raise ProjectError(f"{path}: belongs to somebody else", _OTHER_DIRECTORY.format("of yours"))
        if stat.S_IMODE(status.st_mode) & 0o077:
            path.chmod(0o700)
    except OSError as error:
        advice = _OTHER_DIRECTORY.format("you can write to")
        kind = StoreReadOnly if error.errno in _NO_RIGHT else StoreError
        raise kind(f"{path}: cannot be used: {error.strerror}", advice) from error
    return path


def _hash_of(path: Path) -> str:
    return blake2b(os.fsencode(path), digest_size=_HASH_BYTES).hexdigest()


def _default_runtime_directory(variables: Mapping[str, str]) -> str:
    given = variables.get("XDG_RUNTIME_DIR", "")
    if given and Path(given).is_dir():
        return os.path.join(given, "codegraph")  # noqa: PTH118 - a string is wanted
    return _short_runtime_directory()


def _short_runtime_directory() -> str:
    import tempfile  # seldom needed, and slow to import

    place = f"{tempfile.gettempdir()}/codegraph-{os.getuid()}"
    return place if len(place) < 70 else f"/tmp/codegraph-{os.getuid()}"  # noqa: S108 - checked by private_directory
