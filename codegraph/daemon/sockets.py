"""The Unix socket as a file: made private, told apart from others, removed only by its owner.

Tests: tests/unit/daemon/test_daemon_server.py.
"""

from __future__ import annotations

import asyncio
import socket
import stat
import struct
from pathlib import Path

from codegraph.errors import DaemonError
from codegraph.locations import private_directory

_CREDENTIALS = struct.Struct("3i")


def bind_unix(path: Path) -> tuple[socket.socket, int]:
    """Bind a socket of mode 0600 in a directory of mode 0700; return it with its inode.

    A socket that is there already is replaced, so the caller must hold the project's lock. Raises
    DaemonError when something else is there, ProjectError when the directory belongs to another user.
    """
    private_directory(path.parent)
    _clear(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        return listener, path.lstat().st_ino
    except OSError as error:
        listener.close()
        raise DaemonError(
            f"{path}: no socket can be opened: {error}",
            "the path may be too long: set CODEGRAPH_RUNTIME_DIR to a short one",
        ) from error


def _clear(path: Path) -> None:
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise DaemonError(f"{path}: something that is not a socket is there", "move it away")
        path.unlink()
    except FileNotFoundError:
        return


def remove_if_same(path: Path, inode: int) -> None:
    """Remove the socket's file unless another daemon has put its own there."""
    try:
        if path.lstat().st_ino == inode:
            path.unlink()
    except FileNotFoundError:
        return


def peer_user(transport: asyncio.Transport) -> int | None:
    """Return the user id of the process at the other end, None where the system does not tell."""
    option = getattr(socket, "SO_PEERCRED", None)
    connection = transport.get_extra_info("socket")
    if option is None or connection is None:
        return None
    raw = connection.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(raw)[1])
