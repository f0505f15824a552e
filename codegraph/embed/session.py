"""What the daemon remembers of one life of the embed worker: its process, and what that process owes.

A *session* is one process from start to end. A *work* is a submitted batch or query with the future that
was promised for it; a session holds the works that were sent and not yet answered, by request number.
Tests: tests/unit/embed/test_embed_worker.py.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock

import numpy as np

from codegraph.core.symbols import EmbeddingKey
from codegraph.embed.embedder import Embeddings
from codegraph.embed.encoder import FloatArray
from codegraph.embed.render import PackedInput
from codegraph.embed.wire import EmbedRequest, Failed, Message, QueryRequest, Ready
from codegraph.errors import EncoderError, ModelMissing


@dataclass(slots=True)
class Job:
    """A submitted batch."""

    keys: list[EmbeddingKey]
    inputs: list[PackedInput]
    future: Future[Embeddings]
    vectors: Embeddings = field(default_factory=dict)

    def message(self, number: int) -> Message:
        """Write the job as a request."""
        return EmbedRequest(number, self.inputs)


@dataclass(slots=True)
class Query:
    """A submitted query."""

    text: str
    future: Future[FloatArray]

    def message(self, number: int) -> Message:
        """Write the query as a request."""
        return QueryRequest(number, self.text)


Work = Job | Query


@dataclass(slots=True)
class Session:
    """One life of the worker process."""

    process: SpawnProcess
    connection: Connection
    sent: dict[int, Work] = field(default_factory=dict)
    """What the process has and has not answered, by request number."""
    ready: Ready | None = None
    stopping: bool = False
    error: EncoderError | None = None
    """Why it is about to end, when that is known."""
    sending: Lock = field(default_factory=Lock)
    """Held while the pipe is written to, or closed: closed under a writer, he would write who knows where."""

    @property
    def jobs(self) -> int:
        """How many batches the process has."""
        return sum(isinstance(work, Job) for work in self.sent.values())

    def send(self, data: bytes) -> None:
        """Write to the process. Raises OSError if it is gone."""
        with self.sending:
            self.connection.send_bytes(data)

    def close(self) -> None:
        """Close the pipe to a process that is gone, so that nobody who writes to it keeps this waiting."""
        with self.sending:
            self.connection.close()


def matrix_of(data: bytes | memoryview, dimensions: int) -> FloatArray:
    """View reply bytes as rows of float32; no rows at all when they do not divide into rows."""
    if dimensions <= 0 or len(data) % (4 * dimensions):
        return np.empty((0, max(dimensions, 0)), np.float32)
    return np.frombuffer(data, "<f4").reshape(-1, dimensions)


def error_of(reply: Failed) -> EncoderError:
    """Turn a failure on the wire back into the error that it was."""
    return ModelMissing(reply.reason, reply.advice) if reply.model_missing else EncoderError(reply.reason, reply.advice)
