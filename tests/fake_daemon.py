"""A real server over a FakeService, in a thread of its own: what blocking clients are tested against."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from fake_service import FakeService

from codegraph.config import DaemonConfig
from codegraph.daemon.server import Server
from codegraph.daemon.statistics import RequestStatistics

ResultT = TypeVar("ResultT")


class FakeDaemon:
    """Serves on `path` between enter and exit, or until a client shuts it down; then it can be entered again."""

    def __init__(self, path: Path, root: str = "/project") -> None:
        self.path = path
        self.statistics = RequestStatistics()
        self.service = FakeService(root, self.statistics)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._listening = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> FakeDaemon:
        """Return once the socket is open."""
        self._listening.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake-daemon")
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Return once every connection is closed."""
        self.stop()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = Server(self.service, DaemonConfig(), self.statistics)
        try:
            await self._server.listen_unix(self.path)
        finally:
            self._listening.set()
        await self._server.serve(grace_seconds=0.0)

    def stop(self) -> None:
        """End the server, if a client has not done so."""
        assert self._thread is not None
        if self._loop is not None and self._server is not None:
            try:
                self._loop.call_soon_threadsafe(self._server.stop)
            except RuntimeError:
                pass  # a client has shut it down, and its loop is closed already
        self._thread.join()

    def do(self, action: Callable[[], ResultT]) -> ResultT:
        """Run something on the server's thread and return its result."""
        assert self._loop is not None

        async def run() -> ResultT:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()
