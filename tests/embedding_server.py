"""A server on this machine that speaks OpenAI's interface for embeddings, and misbehaves as a test tells it to."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

Behaviour = Callable[["Handler", dict[str, Any]], None]
"""Answers one request in its own way."""


class EmbeddingServer:
    """Vectors are drawn from a hash of the text. `behaviours` are used up before it answers well."""

    def __init__(self, dimensions: int = 8) -> None:
        self.dimensions = dimensions
        self.behaviours: deque[Behaviour] = deque()
        self.requests: list[dict[str, Any]] = []
        """Bodies, in order."""
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        """Set when the test is over: hung answers end."""
        self._server = _Server(("127.0.0.1", 0), type("Bound", (Handler,), {"owner": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def vector(self, text: str) -> list[float]:
        """Return the vector of a text, not of length 1."""
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
        return [float(number) for number in np.random.default_rng(seed).normal(size=self.dimensions)]

    def answer(self, body: dict[str, Any]) -> bytes:
        """Return a good answer, its vectors in another order than the texts."""
        data = [{"index": at, "embedding": self.vector(text)} for at, text in enumerate(body["input"])]
        return json.dumps({"object": "list", "data": data[::-1], "model": body["model"]}).encode()

    def close(self) -> None:
        """End the server and all that hangs."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients hang up on purpose."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    owner: EmbeddingServer

    def do_POST(self) -> None:
        """Answer a request, well or as told."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.requests.append({"path": self.path, **body})
        self.owner.headers.append(dict(self.headers))
        behaviour = self.owner.behaviours.popleft() if self.owner.behaviours else None
        if behaviour is not None:
            behaviour(self, body)
        else:
            self.reply(200, self.owner.answer(body))

    def reply(self, status: int, data: bytes, length: int | None = None, **headers: str) -> None:
        """Send an answer, of another length than announced if told so."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(dimensions: int = 8) -> Iterator[EmbeddingServer]:
    """Give a running server."""
    server = EmbeddingServer(dimensions)
    thread = threading.Thread(target=server._server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)
