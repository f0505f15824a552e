"""Locks, notices, starting and stopping, with real processes."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest

from codegraph.cli.project import open_session
from codegraph.daemon import lifecycle
from codegraph.daemon.lifecycle import (
    READY_VARIABLE,
    project_lock,
    running_daemon,
    start_daemon,
    stop_daemon,
    tell_starter,
)
from codegraph.daemon.notice import LOCK_NAME, _since_boot, own_notice, read_notice
from codegraph.errors import ConfigError, DaemonAlreadyRunning, DaemonError, ProjectError, StoreError
from codegraph.locations import Locations

_HOLD = """
import sys
from pathlib import Path
from codegraph.daemon.lifecycle import project_lock
from codegraph.daemon.notice import own_notice
with project_lock(Path(sys.argv[1]), own_notice(Path("/nowhere.sock"))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    """Directories of a user of their own."""
    return Locations(tmp_path / "state", tmp_path / "cache", tmp_path / "run", tmp_path / "config.toml")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project without files."""
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


@pytest.fixture
def state(locations: Locations, root: Path) -> Path:
    """The state directory of the project; it exists."""
    directory = locations.state_directory(root)
    directory.mkdir(parents=True)
    return directory


@contextmanager
def _holder(state: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_second_daemon_is_refused_and_told_who_is_first(state, root, locations):
    """While a process holds the lock nobody else gets it, and its notice names it."""
    with _holder(state) as holder:
        with pytest.raises(DaemonAlreadyRunning, match=f"process {holder.pid}"), project_lock(state, own_notice(root)):
            pytest.fail("two daemons at once")
        notice = running_daemon(root, locations)
        assert notice is not None
        assert (notice.pid, notice.socket) == (holder.pid, "/nowhere.sock")


def test_orderly_end_leaves_a_free_lock_without_notice(state, root, locations):
    """When the holder ends by itself, the lock is free and nothing points to it."""
    with _holder(state) as holder:
        holder.communicate("")
        assert (holder.returncode, read_notice(state)) == (0, None)
        with project_lock(state, own_notice(root)):
            assert running_daemon(root, locations) == own_notice(root)


def test_killed_holder_is_noticed_at_once(state, root, locations):
    """After SIGKILL the notice is still there, but is not believed, and the lock can be taken."""
    with _holder(state) as holder:
        holder.kill()
        holder.wait()
        assert read_notice(state) is not None
        assert running_daemon(root, locations) is None
        with project_lock(state, own_notice(root)):
            pass


def test_unreaped_holder_is_not_taken_for_alive(state, root, locations):
    """A daemon that was killed, and that its parent has not collected yet, does not run."""
    with _holder(state) as holder:
        holder.kill()
        os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
        assert psutil.Process(holder.pid).status() == psutil.STATUS_ZOMBIE
        assert running_daemon(root, locations) is None


def test_reused_process_number_is_not_believed(state, root, locations):
    """A notice of a dead daemon is not believed when another process got its number since."""
    mine = own_notice(root)
    for stale in ({"started": mine.started - 3600}, {"boot": "another"}):
        (state / LOCK_NAME).write_bytes(msgspec.json.encode(msgspec.structs.replace(mine, **stale)))
        assert running_daemon(root, locations) is None
    (state / LOCK_NAME).write_bytes(msgspec.json.encode(mine))
    assert running_daemon(root, locations) == mine


def test_a_clock_that_is_set_changes_no_notice(state, root, locations, monkeypatch):
    """A daemon is found, and can be stopped, after the system's clock was put back or forward by an hour."""
    (state / LOCK_NAME).write_bytes(msgspec.json.encode(own_notice(root)))
    told = psutil.Process().create_time()
    for hours in (-1, 1):
        monkeypatch.setattr(psutil.Process, "create_time", lambda process, by=hours: told + 3_600 * by)
        assert running_daemon(root, locations) == own_notice(root)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00", b'{"pid":"x"}', b"{" * 100_000])
def test_unusable_notice_is_no_notice(state, root, locations, content):
    """Whatever stands in the lock, nobody stumbles over it, and the lock can be taken."""
    (state / LOCK_NAME).write_bytes(content)
    assert running_daemon(root, locations) is None
    with project_lock(state, own_notice(root)):
        assert read_notice(state) == own_notice(root)
    assert read_notice(state) is None


def test_notice_is_removed_before_the_lock_is_given_back(state, root, locations, monkeypatch):
    """A daemon that is about to end is not found any more, but still keeps others out."""
    monkeypatch.setattr(lifecycle, "STOP_SECONDS", 0.05)
    with project_lock(state, own_notice(root)) as notifier:
        notifier.remove()
        assert running_daemon(root, locations) is None
        with pytest.raises(DaemonAlreadyRunning), project_lock(state, own_notice(root)):
            pytest.fail("two daemons at once")


def test_foreign_state_directory_is_refused(tmp_path, root):
    """A lock is not made where somebody else put a link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(ProjectError, match="belongs to somebody else"),
        project_lock(tmp_path / "state", own_notice(root)),
    ):
        pytest.fail("the link was followed")


def test_starter_hears_one_line(monkeypatch):
    """The pipe carries one line, whatever the reason contains, and is used once."""
    ours, theirs = os.pipe()
    monkeypatch.setenv(READY_VARIABLE, str(theirs))
    tell_starter("no room\nleft")
    tell_starter("too late")
    with os.fdopen(ours, "rb") as stream:
        assert stream.read() == b"no room left\n"
    assert READY_VARIABLE not in os.environ


def test_nothing_to_stop(root, locations):
    """Stopping what does not run is no error."""
    assert stop_daemon(root, locations) is False


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, locations: Locations) -> None:
    """Daemons started by this test use its directories."""
    monkeypatch.setenv("CODEGRAPH_STATE_DIR", str(locations.state_home))
    monkeypatch.setenv("CODEGRAPH_CACHE_DIR", str(locations.cache_directory))
    monkeypatch.setenv("CODEGRAPH_RUNTIME_DIR", str(locations.runtime_directory))
    monkeypatch.setenv("CODEGRAPH_CONFIG", str(locations.config_file))


def test_daemon_starts_once_and_belongs_to_nobody_here(environment, root, locations):
    """Starting returns when the socket is open; starting again finds it; it is no child of ours; stopping ends it."""
    process = start_daemon(root, locations)
    try:
        assert locations.socket(root).is_socket()
        assert start_daemon(root, locations) == process
        assert process not in {child.pid for child in psutil.Process().children(recursive=True)}
        assert os.getsid(process) != os.getsid(0)
    finally:
        assert stop_daemon(root, locations) is True
    assert running_daemon(root, locations) is None
    assert not locations.socket(root).exists()


def test_daemon_whose_socket_was_removed_is_found_again(environment, root, locations):
    """Starting waits until the daemon has put its socket back, and does not call one started that nobody can reach."""
    process = start_daemon(root, locations)
    try:
        locations.socket(root).unlink()
        assert start_daemon(root, locations) == process
        assert locations.socket(root).is_socket()
    finally:
        assert stop_daemon(root, locations) is True


def test_daemon_that_cannot_be_reached_is_not_called_started(state, root, locations, monkeypatch):
    """A socket that does not come back is an error that says what to do."""
    monkeypatch.setattr(lifecycle, "SOCKET_SECONDS", 0.05)
    monkeypatch.setattr(lifecycle, "START_SECONDS", 0.05)
    notice = msgspec.structs.replace(own_notice(root), socket="/nowhere.sock")
    (state / LOCK_NAME).write_bytes(msgspec.json.encode(notice))
    with pytest.raises(DaemonError, match=f"process {os.getpid()}.*is gone") as refused:
        start_daemon(root, locations)
    assert "codegraph restart" in refused.value.advice


@pytest.mark.parametrize("left", ["nothing", "the socket of one that was killed"])
def test_who_comes_second_waits_until_the_first_listens(state, root, locations, monkeypatch, left):
    """A daemon has its lock before its socket: until then it cannot be asked, and nobody is told that it can."""
    path = locations.socket(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    if left != "nothing":
        with socket.socket(socket.AF_UNIX) as killed:
            killed.bind(os.fspath(path))
    (state / LOCK_NAME).write_bytes(msgspec.json.encode(own_notice(path)))
    with socket.socket(socket.AF_UNIX) as first:

        def comes(seconds: float) -> None:  # what the time is used for that the second one waits
            path.unlink(missing_ok=True)
            first.bind(os.fspath(path))
            first.listen()

        monkeypatch.setattr(time, "sleep", comes)
        assert start_daemon(root, locations) == os.getpid()
        assert first.getsockname() == os.fspath(path)


def test_daemon_whose_state_was_removed_ends(environment, state, root, locations):
    """It cannot be found or stopped any more, and the next one builds the state anew."""
    first = start_daemon(root, locations)
    ended = os.pidfd_open(first)
    try:
        shutil.rmtree(state)
        assert select.select([ended], [], [], 60)[0]
        second = start_daemon(root, locations)
        assert second != first
    finally:
        os.close(ended)
        stop_daemon(root, locations)


_STOP = """
from pathlib import Path
import sys
import time
from codegraph.daemon.lifecycle import stop_daemon
from codegraph.locations import Locations
sys.exit(0 if stop_daemon(Path(sys.argv[1]), Locations.from_environment()) else 1)
"""


def test_daemon_is_stopped_from_elsewhere_while_its_starter_lives(environment, root, locations):
    """Another process can stop a daemon and sees it end, whatever became of the one that started it."""
    start_daemon(root, locations)
    subprocess.run([sys.executable, "-c", _STOP, str(root)], check=True)
    assert running_daemon(root, locations) is None


def suspend(process: int) -> None:
    """Return once a process is stopped."""
    os.kill(process, signal.SIGSTOP)
    while psutil.Process(process).status() != psutil.STATUS_STOPPED:
        os.sched_yield()


def test_suspended_daemon_is_named_and_ends_in_order(environment, root, locations):
    """One that got SIGSTOP is not said to be started; stopping it wakes it, says so, and it leaves nothing behind."""
    process = start_daemon(root, locations)
    said: list[str] = []
    try:
        suspend(process)
        with pytest.raises(DaemonError, match=f"process {process}.* is suspended") as refused:
            start_daemon(root, locations)
        assert f"kill -CONT {process}" in refused.value.advice
        with pytest.raises(DaemonError, match="suspended"), open_session(Namespace(project=str(root))):
            pytest.fail("a command would wait for an answer until its time is over")
    finally:
        assert stop_daemon(root, locations, said.append) is True
    assert [f"process {process}" in line and "SIGCONT" in line for line in said] == [True]
    assert not locations.socket(root).exists()


def test_daemon_without_a_socket_ends_in_order(environment, root, locations, monkeypatch):
    """One that cannot be asked is not waited for in vain before it is told by a signal."""
    waited: list[float] = []
    ended_within = lifecycle._ended_within
    monkeypatch.setattr(lifecycle, "_ended_within", lambda one, most: waited.append(most) or ended_within(one, most))
    process = start_daemon(root, locations)
    suspend(process)  # so that it does not open its socket again before it is asked
    locations.socket(root).unlink()
    said: list[str] = []
    assert stop_daemon(root, locations, said.append) is True
    assert said[-1].endswith("SIGTERM")
    assert len(waited) == 1


def test_daemon_that_does_not_end_is_killed_and_that_is_said(environment, state, root, locations, monkeypatch):
    """Who ignores requests and SIGTERM is sent SIGKILL; each step is told."""
    monkeypatch.setattr(lifecycle, "STOP_SECONDS", 0.05)
    said: list[str] = []
    code = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as deaf:
        deaf.stdout.readline()
        started = _since_boot(psutil.Process(deaf.pid))
        notice = msgspec.structs.replace(own_notice(root), pid=deaf.pid, started=started, socket="/nowhere.sock")
        (state / LOCK_NAME).write_bytes(msgspec.json.encode(notice))
        assert stop_daemon(root, locations, said.append) is True
        assert deaf.wait() == -signal.SIGKILL
    assert [line.rpartition(" ")[2] for line in said] == ["SIGTERM", "SIGKILL"]


def test_daemon_is_started_again_after_it_was_killed(environment, root, locations):
    """SIGKILL leaves a socket, a lock and a notice behind; none of them is in the way."""
    first = start_daemon(root, locations)
    ended = os.pidfd_open(first)
    os.kill(first, signal.SIGKILL)
    select.select([ended], [], [])
    os.close(ended)
    assert locations.socket(root).is_socket()
    second = start_daemon(root, locations)
    try:
        assert second != first
        assert stop_daemon(root, locations) is True
    finally:
        stop_daemon(root, locations)


def test_daemon_that_cannot_start_says_why(environment, root, locations):
    """The reason reaches whoever started it: here the state is in use by another process."""
    state = locations.state_directory(root)
    state.mkdir(parents=True)
    (state / "store.lock").mkdir()
    with pytest.raises(StoreError, match=r"did not start: .*store\.lock"):
        start_daemon(root, locations)


def test_wrong_setting_reaches_the_starter(environment, root, locations):
    """An error before the project is opened is raised as what it is, without waiting for the time limit."""
    with pytest.raises(ConfigError, match=r"did not start: .*cascade\.depth"):
        start_daemon(root, locations, ["cascade.depth=-1"])
