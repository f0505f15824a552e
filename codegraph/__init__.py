"""codegraph: a fresh semantic index of your code, beside your editor.

    import codegraph
    with codegraph.connect("~/src/project") as client:
        client.search("retry with back-off")

Nothing is imported before it is used, so that the command line starts quickly.
"""

from __future__ import annotations

TYPE_CHECKING = False  # that of `typing` would be 4 ms of every start, in which an interrupt shows a traceback

if TYPE_CHECKING:
    import os

    from codegraph.client import Client
    from codegraph.version import __version__

__all__ = ["__version__", "connect"]


def connect(path: str | os.PathLike[str] = ".", *, timeout: float | None = 30.0, start: bool = True) -> Client:
    """Give a client of the daemon of the project that `path` lies in.

    A daemon is started at the first call if none runs, unless `start` is false. `timeout` is in seconds
    per answer. Raises ProjectError if there is no such directory.
    """
    from functools import partial
    from pathlib import Path

    from codegraph.client import Client
    from codegraph.daemon.lifecycle import start_daemon
    from codegraph.daemon.notice import socket_of
    from codegraph.locations import Locations

    locations = Locations.from_environment()
    root = locations.find_root(Path(path))
    starter = partial(start_daemon, root, locations) if start else None
    return Client(socket_of(root, locations), root=str(root), timeout=timeout, start=starter)


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from codegraph.version import __version__

    return __version__
