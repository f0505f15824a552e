"""What a daemon writes into its project's lock: whom to talk to or to stop.

Kept apart from `lifecycle`, because every command of the command line reads it: the socket that a
daemon listens on is where its notice says, whatever the reader's own environment would have it be.
Tests: tests/unit/daemon/test_daemon_lifecycle.py.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from codegraph.locations import Locations

if TYPE_CHECKING:
    import psutil

LOCK_NAME = "daemon.lock"

_TOLERANCE_SECONDS = 2.0
"""Where start times are Unix times, the clock may have been set since."""
_MAX_NOTICE_BYTES = 65_536


class Notice(msgspec.Struct, frozen=True):
    """What a daemon writes into its lock."""

    pid: int
    started: float
    """Seconds from the system's start to the process's; Unix time, which changes with the clock, without a `boot`."""
    socket: str
    boot: str = ""
    """Which start of the system that was, "" where the system does not tell."""

    def process(self) -> psutil.Process | None:
        """Return the process that wrote this, None if it is gone."""
        import psutil

        if self.boot not in ("", _boot()):
            return None
        try:
            process = psutil.Process(self.pid)
            started = _since_boot(process) if self.boot else process.create_time()
            if abs(started - self.started) <= _TOLERANCE_SECONDS:
                return process if process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None  # gone, or somebody else's: either way not our daemon
        return None


def seems_suspended(root: Path, locations: Locations) -> bool:
    """Whether the daemon of a project may be suspended, told without psutil and from /proc only.

    So every command may ask before it waits for an answer; `lifecycle.refuse_suspended` makes sure.
    """
    notice = read_notice(locations.state_directory(root))
    try:
        return notice is not None and _fields(notice.pid)[0] in ("T", "t")
    except OSError:
        return False


def own_notice(socket: Path) -> Notice:
    """Return the notice of this process."""
    import psutil

    process, boot = psutil.Process(), _boot()
    return Notice(process.pid, _since_boot(process) if boot else process.create_time(), os.fspath(socket), boot)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""  # no Linux


def _since_boot(process: psutil.Process) -> float:
    """Say how long after the system a process started; Linux only. Raises psutil.Error if it is gone."""
    import psutil

    try:
        started = _fields(process.pid)[19]
    except OSError as error:
        raise psutil.NoSuchProcess(process.pid) from error
    return int(started) / os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """Return what /proc says of a process behind its name: its state first. Raises OSError without it, or /proc."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def read_notice(state: Path) -> Notice | None:
    """Return what stands in a project's lock; None if nothing usable does."""
    try:
        with (state / LOCK_NAME).open("rb") as stream:
            data = stream.read(_MAX_NOTICE_BYTES)
    except OSError:
        return None
    try:
        return msgspec.json.decode(data, type=Notice)
    except msgspec.DecodeError:
        return None


def socket_of(root: Path, locations: Locations) -> Path:
    """Return the socket of a project's daemon: where it says it listens, else where one will listen."""
    notice = read_notice(locations.state_directory(root))
    return locations.socket(root) if notice is None else Path(notice.socket)
