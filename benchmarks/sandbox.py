"""A scratch world for one measurement: a tree, and state, cache, sockets and settings of its own.

    with Sandbox() as box:
        box.copy(Path("/some/tree"))
        with box.daemon() as client:
            client.sync(Wait.EMBEDDED)

Every command and every daemon started here sees only this world, by way of environment variables. At
the end the daemon is stopped and the directory removed, whatever happened in between. Commands run
in the interpreter that runs the benchmark, and find the package compiled, as an installed one is.
Tests: tests/unit/benchmarks/test_bench_sandbox.py.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import codegraph
from codegraph.client import Client
from codegraph.daemon.messages import Wait
from codegraph.daemon.operations import SyncParams
from codegraph.locations import Locations

COMMAND_SECONDS = 3_600.0
FIRST_INDEX_SECONDS = 3_600.0
CALL_SECONDS = 120.0


class Sandbox:
    """A temporary directory with a project in it, and where codegraph keeps what belongs to it."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """`settings` maps names such as "embedding.model" to values."""
        compileall.compile_dir(codegraph.__path__[0], quiet=2)
        self.directory = Path(tempfile.mkdtemp(prefix="codegraph-bench-")).resolve()
        self.root = self.directory / "tree"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CODEGRAPH_")},
            "CODEGRAPH_STATE_DIR": os.fspath(self.directory / "state"),
            "CODEGRAPH_CACHE_DIR": os.fspath(self.directory / "cache"),
            "CODEGRAPH_RUNTIME_DIR": os.fspath(self.directory / "run"),
            "CODEGRAPH_CONFIG": os.fspath(self.directory / "config.toml"),
            **{f"CODEGRAPH_{name.replace('.', '_').upper()}": value for name, value in (settings or {}).items()},
        }

    def __enter__(self) -> Sandbox:
        """Return the sandbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the daemon if one runs, and remove everything."""
        try:
            if (self.directory / "state").exists():
                self.command("stop", check=False)
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def locations(self) -> Locations:
        """Where this world's codegraph keeps things."""
        return Locations.from_environment(self.environment)

    def copy(self, source: Path, *, ignore: tuple[str, ...] = ()) -> None:
        """Copy a tree into the project, without symbolic links, compiled code and names that match `ignore`."""
        patterns = shutil.ignore_patterns("__pycache__", "*.pyc", "*.so", "*.a", ".git", *ignore)
        shutil.copytree(source, self.root, ignore=patterns, symlinks=True, dirs_exist_ok=True)

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `codegraph ARGUMENTS` in the project. Raises CalledProcessError unless `check` is false."""
        return subprocess.run(
            command_line(*arguments),
            cwd=self.root if self.root.is_dir() else self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=check,
        )

    def client(self) -> Client:
        """Return a client of the project's daemon; it connects at its first call."""
        return Client(self.locations.socket(self.root), root=os.fspath(self.root), timeout=CALL_SECONDS)

    @contextmanager
    def daemon(self) -> Iterator[Client]:
        """Start the daemon and give a client of it; stop it at the end."""
        self.command("start")
        try:
            with self.client() as client:
                yield client
        finally:
            self.command("stop")


def command_line(*arguments: str) -> list[str]:
    """Return the command line of `codegraph ARGUMENTS`."""
    return [sys.executable, "-P", "-m", "codegraph", *arguments]


def wait_until_embedded(client: Client) -> None:
    """Wait until everything written so far is in the index and every symbol has its vector."""
    client.call(SyncParams(wait=Wait.EMBEDDED, timeout=FIRST_INDEX_SECONDS))
