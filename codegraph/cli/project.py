"""Which project a command means, and a client of its daemon.

The project is found from --project, PATH or the working directory: any directory inside it will do.
Everything the command line knows of where things lie and of how daemons start goes through here.
Tests: tests/unit/cli/test_cli_local.py.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codegraph.client import Client
from codegraph.errors import ProjectError, SyncTimeout

if TYPE_CHECKING:
    from codegraph.config import Config
    from codegraph.locations import Locations


class Session(NamedTuple):
    """A client of the daemon of one project."""

    client: Client
    root: str
    """The absolute path of the project."""


def user_locations() -> Locations:
    """Return where this user's files lie."""
    from codegraph.locations import Locations

    return Locations.from_environment()


def load_settings(arguments: Namespace) -> Config:
    """Build the configuration: the user's file, the project's choice, the environment, --set. Raises ConfigError."""
    from codegraph.cli.arguments import settings_of
    from codegraph.config_layers import load_config

    locations = user_locations()
    try:
        chosen = locations.project_settings(find_root(arguments))
    except ProjectError:  # the settings can be shown outside of any project, too
        chosen = None
    return load_config(locations.config_file, flags=settings_of(arguments.set), project=chosen)


def check_settings(root: Path, config: Config) -> None:
    """Raise ConfigError for a model or language that nobody knows, with which no daemon of the project could start."""
    from codegraph.daemon.choosing import first_models
    from codegraph.daemon.makers import REAL
    from codegraph.extract.languages import check_languages

    check_languages(config.source.languages)
    locations = user_locations()
    first_models(config, REAL, locations.project_settings(root), locations.config_file)


def find_root(arguments: Namespace) -> Path:
    """Return the root of the project that is meant. Raises ProjectError if there is no such directory.

    A PATH given to index, start or restart is itself the root. Otherwise the root is looked for from PATH,
    --project or the working directory upwards; found that way, or from what an editor has open (`guessed`),
    neither the home directory nor the root of the file system is taken for a project that nobody asked for.
    """
    from codegraph.locations import existing_directory

    locations = user_locations()
    directory = getattr(arguments, "directory", None)
    if directory is not None and getattr(arguments, "exact", False):
        if Path(directory).is_file():
            raise ProjectError(f"{directory}: is no directory", "give the root of the project, or nothing inside of it")
        return existing_directory(Path(directory))
    named = directory or arguments.project
    try:
        root = locations.find_root(Path(named or "."))
    except ProjectError as error:
        if (vanished := vanished_root(arguments)) is None:
            raise
        advice = f"if it will not come back, `codegraph stop {vanished}` ends its daemon"
        raise ProjectError(error.message, advice) from error
    guessed = named is None or getattr(arguments, "guessed", False)
    if guessed and root in (Path.home(), Path(root.anchor)) and not locations.is_known(root):
        raise ProjectError(f"{root} does not look like a project", "name the directory: `codegraph index PATH`")
    return root


def vanished_root(arguments: Namespace) -> Path | None:
    """Return the root that is named, if it is gone and was a project; what is left of it is its daemon and state."""
    named = getattr(arguments, "directory", None) or arguments.project
    if named is None or Path(named).exists():
        return None
    place = Path(named).expanduser().resolve()
    return place if user_locations().is_known(place) else None


def socket_of(root: Path) -> Path:
    """Return the path of the socket of a project's daemon: where it says it listens, else where it will."""
    from codegraph.daemon import notice

    return notice.socket_of(root, user_locations())


def start_daemon(root: Path, settings: Sequence[str] = ()) -> int:
    """Start a daemon in the background; return its process id once its socket is open. Raises DaemonError.

    `settings` are the --set options that it gets.
    """
    from codegraph.cli.arguments import settings_from_here
    from codegraph.daemon import lifecycle

    return lifecycle.start_daemon(root, user_locations(), settings_from_here(settings))


def is_running(root: Path) -> bool:
    """Whether a daemon of the project runs."""
    from codegraph.daemon import lifecycle

    return lifecycle.running_daemon(root, user_locations()) is not None


def stop_daemon(root: Path, say: Callable[[str], None]) -> bool:
    """End the daemon of a project and return once it is gone; False if none runs. Raises DaemonError.

    `say` is told if it does not end when asked, and what is done about it.
    """
    from codegraph.daemon import lifecycle

    return lifecycle.stop_daemon(root, user_locations(), say)


def forget_project(root: Path, say: Callable[[str], None]) -> bool:
    """End the daemon of a project and remove its state; False if there is none. Raises DaemonError, StoreError."""
    from codegraph.daemon import lifecycle

    return lifecycle.forget_project(root, user_locations(), say)


def indexed_by_itself(root: Path) -> tuple[str, str] | None:
    """Say that a project is part of another one, and how it becomes so again; None if it is not."""
    around = user_locations().find_enclosing(root)
    if around is None:
        return None
    return (
        f"{root} is indexed by itself: commands in it see nothing of the rest of {around}",
        f"`codegraph forget {root}` makes it part of {around} again",
    )


def run_daemon(root: Path, config: Config) -> int:
    """Be the daemon of a project until it is stopped; return the exit code."""
    from codegraph.daemon.lifecycle import run_daemon as run

    return run(root, config, user_locations())


def telling_starter() -> AbstractContextManager[None]:
    """Whoever started this process in the background is told of an error in the body, too."""
    from codegraph.daemon.lifecycle import telling_starter as telling

    return telling()


@contextmanager
def open_session(arguments: Namespace, *, start: bool = True) -> Iterator[Session]:
    """Give a client. With `start`, a daemon is started at the first call if none runs."""
    from codegraph.daemon.notice import seems_suspended

    root = find_root(arguments)
    if seems_suspended(root, user_locations()):
        _refuse_suspended(root)
    starter = partial(start_daemon, root) if start else None
    try:
        with Client(socket_of(root), root=str(root), start=starter) as client:
            yield Session(client, str(root))
    except SyncTimeout:
        _refuse_suspended(root)
        raise


def _refuse_suspended(root: Path) -> None:
    from codegraph.daemon.lifecycle import refuse_suspended

    refuse_suspended(root, user_locations())
