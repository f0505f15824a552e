"""One user's codegraph for tests: directories of its own, one project, and a real daemon over real files.

    with installed(monkeypatch) as home:
        home.write({"a.py": "def f(): ...\n"})
        home.start()
        with home.client() as client:
            client.sync()
        home.kill()          # SIGKILL; returns once the process is gone
        home.run("verify")   # the command line, in a process of its own

Whatever still runs at the end is killed, daemon and workers alike. Paths are short enough for a socket.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from codegraph.client import Client
from codegraph.core.changes import Clock
from codegraph.daemon.lifecycle import running_daemon, start_daemon, stop_daemon
from codegraph.daemon.messages import Wait
from codegraph.locations import Locations

PATIENCE = 240.0
"""Seconds until a test gives up waiting for something that should come at once, however busy the machine is."""

NOTHING: Mapping[str, str] = {}

LIBRARY = Path(os.__file__).parent
"""Where real packages lie that every machine has."""


_DROP_FROM_BOUNDING_SET = 24
"""PR_CAPBSET_DROP of prctl(2)."""
_OVERRIDING = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of capabilities(7)."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def record(self) -> Any:
        """The last line of its output, as JSON."""
        return msgspec.json.decode(self.out.splitlines()[-1])


class Installation:
    """See the module's docstring."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.root = directory / "tree"
        self.root.mkdir()
        self.locations = Locations.from_environment()
        self._seen: dict[int, psutil.Process] = {}

    # --- the tree ---

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files; directories are made as needed."""
        for path, content in files.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def copy(self, *packages: str) -> None:
        """Copy packages of the standard library into the tree."""
        for package in packages:
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(LIBRARY / package, self.root / package, ignore=ignored)

    def git(self, *arguments: str) -> None:
        """Run git in the tree, as somebody, with nobody's settings."""
        identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        for role in ("AUTHOR", "COMMITTER"):
            identity |= {f"GIT_{role}_NAME": "somebody", f"GIT_{role}_EMAIL": "somebody@example.org"}
        command = ["git", "-C", os.fspath(self.root), *arguments]
        subprocess.run(command, env={**os.environ, **identity}, check=True, timeout=PATIENCE)

    # --- the daemon ---

    @property
    def state(self) -> Path:
        """The directory of the project's state."""
        return self.locations.state_directory(self.root)

    @property
    def log(self) -> str:
        """What the daemon has logged."""
        place = self.state / "daemon.log"
        return place.read_text() if place.exists() else ""

    def start(self, *settings: str) -> psutil.Process:
        """Start the daemon, or find the one that runs."""
        process = psutil.Process(start_daemon(self.root, self.locations, settings))
        self._seen[process.pid] = process
        return process

    def client(self, timeout: float = PATIENCE) -> Client:
        """Return a client that starts nothing."""
        return Client(self.locations.socket(self.root), root=str(self.root), timeout=timeout)

    def running(self) -> psutil.Process | None:
        """Return the daemon's process, None if none runs."""
        notice = running_daemon(self.root, self.locations)
        return None if notice is None else notice.process()

    def kill(self) -> None:
        """Kill the daemon as the system would, and wait until it and its workers are gone."""
        process = self.running()
        if process is None:
            return
        family = [process, *_children(process)]
        process.send_signal(signal.SIGKILL)
        for member in family:
            wait_for_end(member)

    def stop(self) -> None:
        """Ask the daemon to end, and wait until it has."""
        stop_daemon(self.root, self.locations)

    def workers(self) -> tuple[list[psutil.Process], list[psutil.Process]]:
        """Return the daemon's embed workers (one at most) and its extract processes, as of now."""
        process = self.running()
        spawned = [child for child in _children(process) if "spawn_main" in _title(child)] if process else []
        with self.client() as client:
            embedding = client.status().worker.pid
        return [one for one in spawned if one.pid == embedding], [one for one in spawned if one.pid != embedding]

    # --- the command line ---

    def run(
        self, *arguments: str, where: Path | None = None, mortal: bool = False, environment: Mapping[str, str] = NOTHING
    ) -> Finished:
        """Run a command in a process of its own, by default inside of the project.

        A `mortal`, and every process that it starts, is bound by file modes even if it is root.
        """
        done = subprocess.run(
            [sys.executable, "-P", "-m", "codegraph", *arguments],
            cwd=where or self.root,
            env={**os.environ, **environment},
            preexec_fn=_give_up_overriding if mortal and os.getuid() == 0 else None,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    # --- the end ---

    def close(self) -> None:
        """End everything that was started from here."""
        process = self.running()
        leftover = [each for each in (process, *self._seen.values()) if each is not None]
        for each in leftover:
            family = [each, *_children(each)]
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()
            for member in family:
                wait_for_end(member)


@contextmanager
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Give an installation whose directories are found through the environment, and clean up behind it."""
    directory = Path(tempfile.mkdtemp(prefix="cg-")).resolve()
    for name in ("STATE", "CACHE", "RUNTIME"):
        monkeypatch.setenv(f"CODEGRAPH_{name}_DIR", str(directory / name.lower()))
    monkeypatch.setenv("CODEGRAPH_CONFIG", str(directory / "config.toml"))
    monkeypatch.setenv("CODEGRAPH_DAEMON_IDLE_EXIT_SECONDS", "120")  # should the test itself be killed
    home = Installation(directory)
    try:
        yield home
    finally:
        home.close()
        shutil.rmtree(directory)


@contextmanager
def indexed(files: Mapping[str, str | bytes]) -> Iterator[Installation]:
    """Give an installation with these files and a daemon that is up to date, for tests that share it."""
    with pytest.MonkeyPatch.context() as patch, installed(patch) as home:
        home.write(files)
        home.start()
        with home.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        yield home


def clock_of(text: str) -> Clock:
    """Read a clock as it stands in answers."""
    instance, _, revision = text.rpartition(":")
    return Clock(instance, int(revision))


def wait_for_end(process: psutil.Process, seconds: float = PATIENCE) -> None:
    """Return once a process has ended, whoever its parent is; fail if it does not."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], seconds)[0], f"process {process.pid} does not end"
    finally:
        os.close(descriptor)


@contextmanager
def small_disk(place: Path, size: str, *options: str) -> Iterator[None]:
    """Put a file system of its own under a directory; skip the test where that is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join((f"size={size}", "mode=700", *options)), "tmpfs", os.fspath(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no rights to mount a file system: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", os.fspath(place)], check=True)


def _give_up_overriding() -> None:
    """Drop the capabilities by which root ignores file modes; the new program cannot get them back."""
    library = ctypes.CDLL(None, use_errno=True)
    for capability in _OVERRIDING:
        if library.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def _children(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def _title(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""
