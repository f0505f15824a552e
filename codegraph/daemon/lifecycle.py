"""How daemons begin and end: one per project, in the background, found again, gone when idle.

The lock of a project is a file in its state directory, held with flock(2) for as long as the process
lives, so a dead daemon's lock is free whatever is written in it. What is written in it, the *notice*
(process, its start time, socket), says whom to talk to or to stop; it is believed only if a process of
that number with that start time runs. A daemon removes its notice before it answers the request to
stop, so that nobody takes a dying one for a live one.

`start_daemon` waits on a pipe that the new process inherits: one line on it says that the socket is open,
or is the error for which it never will be, and that is raised as the class that it was there; its end
without a line means that the process died. The new process
forks once more before it does anything, and its parent ends: the daemon belongs to init, so it never
stays behind as a zombie of a client that lives on.
Tests: tests/unit/daemon/test_daemon_lifecycle.py, tests/integration/test_daemon.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import logging
import os
import select
import shutil
import signal
import socket as sockets
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psutil

from codegraph.daemon.notice import LOCK_NAME, Notice, read_notice
from codegraph.daemon.protocol import ErrorObject, error_object, raised
from codegraph.errors import CodegraphError, DaemonAlreadyRunning, DaemonError
from codegraph.locations import Locations, private_directory
from codegraph.processes import own_command

if TYPE_CHECKING:
    from codegraph.config import Config

logger = logging.getLogger(__name__)

READY_VARIABLE = "CODEGRAPH_READY_DESCRIPTOR"
"""Names the inherited end of the pipe to `run_daemon`."""

START_SECONDS = 60.0
STOP_SECONDS = 20.0
SOCKET_SECONDS = 5.0
"""A running daemon looks after its socket's file every second."""
LOG_NAME = "daemon.log"
_READY = b"ready"
_MAX_LINE_BYTES = 65_536
_LOCK_LOOK_SECONDS = 0.02


def running_daemon(root: Path, locations: Locations) -> Notice | None:
    """Return the notice of the daemon of a project, None if none runs."""
    notice = read_notice(locations.state_directory(root))
    return notice if notice is not None and notice.process() is not None else None


@contextlib.contextmanager
def project_lock(state: Path, notice: Notice) -> Iterator[Notifier]:
    """Hold a project's lock and show a notice in it. Raises DaemonAlreadyRunning, StoreError."""
    private_directory(state)
    with writing_to(state):
        descriptor = os.open(state / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, state)
        notifier = Notifier(descriptor, state / LOCK_NAME)
        with writing_to(state):
            notifier.show(notice)
        try:
            yield notifier
        finally:
            notifier.remove()
    finally:
        os.close(descriptor)


def _take(descriptor: int, state: Path) -> None:
    """Take the lock; from a daemon that has removed its notice already, and is about to end, as soon as it does."""
    end = time.monotonic() + STOP_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = read_notice(state)
            if holder is not None or time.monotonic() >= end:
                who = f" (process {holder.pid})" if holder else ""
                message = f"a daemon for this project is running already{who}"
                raise DaemonAlreadyRunning(message, "use it, or end it with `codegraph stop`") from error
        time.sleep(_LOCK_LOOK_SECONDS)


@contextlib.contextmanager
def writing_to(state: Path) -> Iterator[None]:
    """Turn the system's refusals into StoreFull, StoreReadOnly or StoreError."""
    try:
        yield
    except OSError as error:
        from codegraph.store.environment import translate_os_error

        raise translate_os_error(error, state) from error


class Notifier:
    """Writes and removes the notice in a lock that is held."""

    def __init__(self, descriptor: int, file: Path) -> None:
        self._descriptor = descriptor
        self._file = file

    def is_lost(self) -> bool:
        """Say whether the lock's file was removed, and the state with it: nobody finds the notice in it any more."""
        try:
            return not os.path.samestat(self._file.stat(), os.fstat(self._descriptor))
        except OSError:
            return True

    def show(self, notice: Notice) -> None:
        """Write the notice."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, msgspec.json.encode(notice), 0)

    def remove(self) -> None:
        """Remove the notice; the lock stays held."""
        os.ftruncate(self._descriptor, 0)


def start_daemon(root: Path, locations: Locations, settings: Sequence[str] = ()) -> int:
    """Start a daemon in the background; return its process id once its socket is open.

    `settings` are passed on as --set options. If one runs already, its id is returned. Raises the error
    for which the daemon cannot start, DaemonError if it did not come so far as to say one.
    """
    from codegraph.config_layers import absolute_variables  # not needed to find one that runs

    running = running_daemon(root, locations)
    if running is not None:
        refuse_suspended(root, locations)
        if _comes_to_listen(running):
            return running.pid
    state = private_directory(locations.state_directory(root))
    ours, theirs = os.pipe()
    try:
        command = own_command("daemon-run", "--project", os.fspath(root))
        command += [part for setting in settings for part in ("--set", setting)]
        with writing_to(state), open(state / LOG_NAME, "ab", opener=_private) as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=absolute_variables(os.environ) | locations.as_environment() | {READY_VARIABLE: str(theirs)},
                pass_fds=[theirs],
                start_new_session=True,
            )
    finally:
        os.close(theirs)
    try:
        said = _line_within(ours, START_SECONDS)
    finally:
        os.close(ours)
    _reap(process)
    return _started(said, root, locations, state)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _comes_to_listen(running: Notice) -> bool:
    """Wait until a daemon listens that is starting, or whose socket's file was removed; False if it ends instead.

    Raises DaemonError if it does neither.
    """
    began = time.monotonic()
    while not _listens(running.socket):
        process = running.process()
        if process is None:
            return False
        is_young = time.time() - process.create_time() < START_SECONDS
        if time.monotonic() >= began + (START_SECONDS if is_young else SOCKET_SECONDS):
            message = f"a daemon runs (process {running.pid}), but its socket {running.socket} is gone"
            raise DaemonError(message, "start another with `codegraph restart`")
        time.sleep(_LOCK_LOOK_SECONDS)
    return True


def _listens(path: str) -> bool:
    """Whether somebody takes connections there; the file of one that was killed stays behind."""
    with sockets.socket(sockets.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Collect the parent of the daemon, which ended when it had forked; one that never came so far is killed."""
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _started(said: bytes, root: Path, locations: Locations, state: Path) -> int:
    word, _, pid = said.partition(b" ")
    if word == _READY and pid.isdigit():
        return int(pid)
    running = running_daemon(root, locations)
    if running is not None and _comes_to_listen(running):
        return running.pid  # somebody else was quicker, and ours has given way
    try:
        error = msgspec.json.decode(said, type=ErrorObject)
    except msgspec.DecodeError:
        reason = said.decode("utf-8", "replace") or "it ended before its socket was open"
        raise DaemonError(f"the daemon did not start: {reason}", f"see {state / LOG_NAME}") from None
    raise raised(msgspec.structs.replace(error, message=f"the daemon did not start: {error.message}"))


def _line_within(descriptor: int, seconds: float) -> bytes:
    """Read until a newline or the end; what was read by then after `seconds`."""
    data = b""
    end = time.monotonic() + seconds
    while b"\n" not in data and len(data) < _MAX_LINE_BYTES:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return f"it did not open its socket within {seconds:g} seconds".encode()
        part = os.read(descriptor, 4_096)
        if not part:
            break
        data += part
    return data.partition(b"\n")[0]


def tell_starter(line: str) -> None:
    """Tell whoever started this process in the background that the socket is open, or why it never will be."""
    descriptor = os.environ.pop(READY_VARIABLE, "")
    if descriptor.isdigit():
        with contextlib.suppress(OSError), os.fdopen(int(descriptor), "wb") as stream:
            stream.write(line.replace("\n", " ").encode() + b"\n")


@contextlib.contextmanager
def telling_starter() -> Iterator[None]:
    """Tell whoever started this process in the background of an error that ends it, too."""
    try:
        yield
    except CodegraphError as error:
        tell_starter(msgspec.json.encode(error_object(error)).decode())
        raise


def say_ready() -> None:
    """The socket is open."""
    tell_starter(f"{_READY.decode()} {os.getpid()}")


def leave_starter() -> None:
    """Go on in a child of this process, which ends, if this process was started in the background."""
    if READY_VARIABLE in os.environ and os.fork():
        os._exit(0)


def stop_daemon(root: Path, locations: Locations, say: Callable[[str], None] = logger.warning) -> bool:
    """End the daemon of a project and return once it is gone; False if none runs.

    It is asked over its socket; if it does not answer, or does not end, it is sent SIGTERM, and SIGKILL at last, and
    `say` is told so. One that is suspended is let go on first. Signals go to nobody else who has its number by now.
    Raises DaemonError if it survives even that.
    """
    notice = running_daemon(root, locations)
    if notice is None:
        return False
    process = notice.process()
    if process is None:
        return False
    if _is_suspended(process):
        say(f"the daemon (process {notice.pid}) is suspended; it is sent SIGCONT, so that it can end")
        process.send_signal(signal.SIGCONT)
    if _agrees_to_stop(Path(notice.socket), root) and _ended_within(process, STOP_SECONDS):
        return True
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
            say(f"the daemon (process {notice.pid}) does not end; it was sent {number.name}")
        if not process.is_running() or _ended_within(process, STOP_SECONDS):
            return True
    raise DaemonError(f"process {notice.pid} does not end", "end it by hand")


def forget_project(root: Path, locations: Locations, say: Callable[[str], None] = logger.warning) -> bool:
    """End the daemon of a project and remove its state; False if there is none. Raises DaemonError, StoreError.

    Vectors stay in the cold tier, so an index that is built again embeds nothing.
    """
    stop_daemon(root, locations, say)
    state = locations.state_directory(root)
    if not state.is_dir():
        return False
    with writing_to(state):
        descriptor = os.open(state / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _take(descriptor, state)
            shutil.rmtree(state)
        finally:
            os.close(descriptor)
    return True


def refuse_suspended(root: Path, locations: Locations) -> None:
    """Raise DaemonError if the daemon of a project runs but is suspended, so that it cannot answer."""
    notice = running_daemon(root, locations)
    process = notice.process() if notice is not None else None
    if process is not None and _is_suspended(process):
        advice = f"let it go on with `kill -CONT {process.pid}`, or end it with `codegraph stop`"
        raise DaemonError(f"the daemon (process {process.pid}) is suspended and answers nobody", advice)


def _is_suspended(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    return False


def _ended_within(process: psutil.Process, seconds: float) -> bool:
    """Wait for the end of a process, whoever its parent is: a zombie has ended."""
    try:
        if hasattr(os, "pidfd_open"):  # Linux
            descriptor = os.pidfd_open(process.pid)
            try:
                return bool(select.select([descriptor], [], [], seconds)[0])
            finally:
                os.close(descriptor)
        process.wait(seconds)
    except ProcessLookupError:
        return True
    except psutil.TimeoutExpired:
        return process.status() == psutil.STATUS_ZOMBIE
    return True


def _agrees_to_stop(socket: Path, root: Path) -> bool:
    """Ask a daemon over its socket to end; False if nobody listens there, or answers."""
    from codegraph.client import Client
    from codegraph.daemon.operations import ShutdownParams

    try:
        with Client(socket, root=os.fspath(root), timeout=5.0) as client:
            client.call(ShutdownParams())
    except CodegraphError:
        return False
    return True


def run_daemon(root: Path, config: Config, locations: Locations) -> int:
    """Be the daemon of a project until it is stopped; return the exit code.

    In the background, this returns in another process than the one that called.
    """
    leave_starter()
    gc.disable()  # until the index stands: neither modules nor what a restore makes is garbage
    from codegraph.daemon.process import serve_project

    return serve_project(root, config, locations)
