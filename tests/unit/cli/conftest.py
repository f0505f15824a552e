"""A fake daemon that the command line talks to, in this process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fake_daemon import FakeDaemon

from codegraph.cli.main import main
from codegraph.locations import Locations


class Console:
    """Runs commands against the fake daemon and keeps what they printed."""

    def __init__(self, daemon: FakeDaemon, capture: pytest.CaptureFixture[str]) -> None:
        self.daemon = daemon
        self._capture = capture
        self.out = ""
        self.err = ""

    def run(self, *argv: str) -> int:
        """Run one command; return its exit code."""
        code = main(argv)
        self.out, self.err = self._capture.readouterr()
        return code

    def json(self, *argv: str) -> object:
        """Run one command with --json, which must succeed; return what it printed."""
        assert self.run(*argv, "--json") == 0
        return msgspec.json.decode(self.out)


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory with a path short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="cg-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def home(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with nothing: all of codegraph's directories lie in a temporary one."""
    for name in ("STATE", "CACHE", "RUNTIME"):
        monkeypatch.setenv(f"CODEGRAPH_{name}_DIR", str(directory / name.lower()))
    monkeypatch.setenv("CODEGRAPH_CONFIG", str(directory / "config.toml"))
    return directory


@pytest.fixture
def daemon(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDaemon]:
    """A daemon over the fake service, for the project that is the working directory."""
    root = home.resolve() / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    with FakeDaemon(Locations.from_environment().socket(root), str(root)) as running:
        yield running


@pytest.fixture
def console(daemon: FakeDaemon, capsys: pytest.CaptureFixture[str]) -> Console:
    """The command line in front of the fake daemon."""
    return Console(daemon, capsys)
