"""The inside of the embed worker: one process that owns one model.

`run` is the process's entry point; `Server` is its loop, free of processes and models, so that tests can
drive it over any pipe. Between two batches the server empties the pipe and answers queries first: a batch
in progress cannot be interrupted, so batches are kept short (see `batching.Pace`).

The process ends when it is told to, when the pipe closes, or when its parent dies, even in the middle of
a batch. It never loads a model from a network unless the configuration says so.
Tests: tests/unit/embed/test_embed_worker_process.py.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from typing import Protocol

import msgspec

from codegraph.embed import registry
from codegraph.embed.batching import Pace, encode_halving, first_batch, padded
from codegraph.embed.encoder import Encoder
from codegraph.embed.registry import ModelSpec
from codegraph.embed.render import EncoderInput
from codegraph.embed.wire import (
    LOADING,
    MAX_MESSAGE_BYTES,
    EmbedRequest,
    Failed,
    Finished,
    Message,
    QueryRequest,
    QueryVector,
    Ready,
    Stop,
    Vectors,
    decode_request,
    encode,
)
from codegraph.errors import EncoderError, ModelMissing

PARENT_DIED = 3
"""Exit code of a worker whose parent is gone."""


class WorkerSettings(msgspec.Struct, frozen=True):
    """What the worker is told at its birth."""

    spec: ModelSpec
    device: str
    offline: bool
    batch_tokens: int
    batch_symbols: int
    target_seconds: float
    nice: int


class Pipe(Protocol):
    """The worker's end of the pipe; `multiprocessing.connection.Connection` is one."""

    def send_bytes(self, data: bytes, /) -> None:
        """Send one message."""
        ...

    def recv_bytes(self, maximum: int, /) -> bytes:
        """Wait for one message; raises EOFError when the other end is closed."""
        ...

    def poll(self) -> bool:
        """Return whether a message is waiting."""
        ...


@dataclass(slots=True)
class _Job:
    """An `EmbedRequest` under way."""

    number: int
    inputs: list[EncoderInput]
    waiting: list[int]
    """Positions in `inputs` still to be encoded, longest first."""
    lengths: list[int]


class Server:
    """Answers requests until told to stop. Queries overtake batches that have not begun."""

    def __init__(self, pipe: Pipe, encoder: Encoder, settings: WorkerSettings, clock: Callable[[], float]) -> None:
        self._pipe = pipe
        self._encoder = encoder
        self._clock = clock
        self._batch_symbols = settings.batch_symbols
        self._pace = Pace(settings.batch_tokens, settings.target_seconds)
        self._queries: deque[QueryRequest] = deque()
        self._jobs: deque[_Job] = deque()

    def serve(self) -> None:
        """Work until a `Stop` arrives or the pipe closes."""
        while self._receive():
            if self._queries:
                self._answer(self._queries.popleft())
            elif self._jobs:
                self._advance(self._jobs[0])

    def _receive(self) -> bool:
        """Take all waiting messages, or wait for one when idle; False means the end."""
        while not (self._queries or self._jobs) or self._pipe.poll():
            try:
                request = decode_request(self._pipe.recv_bytes(MAX_MESSAGE_BYTES))
            except (EOFError, OSError):
                return False
            match request:
                case Stop():
                    return False
                case QueryRequest():
                    self._queries.append(request)
                case EmbedRequest():
                    self._begin(request)
        return True

    def _send(self, message: Message) -> None:
        self._pipe.send_bytes(encode(message))

    def _begin(self, request: EmbedRequest) -> None:
        try:
            lengths = [self._encoder.length(source) for source in request.inputs]
        except Exception as error:
            self._send(_failure(request.number, error))
            return
        waiting = sorted(range(len(lengths)), key=lambda position: -lengths[position])
        self._jobs.append(_Job(request.number, request.inputs, waiting, lengths))

    def _answer(self, query: QueryRequest) -> None:
        try:
            vector = self._encoder.encode_query(query.text)
        except Exception as error:
            self._send(_failure(query.number, error))
        else:
            self._send(QueryVector(query.number, vector.astype("<f4").tobytes()))

    def _advance(self, job: _Job) -> None:
        """Encode one batch of a job; its failure is the job's."""
        if not job.waiting:
            self._jobs.popleft()
            self._send(Finished(job.number))
            return
        longest = [job.lengths[position] for position in job.waiting[: self._batch_symbols]]
        count = first_batch(longest, self._pace.batch_tokens)
        positions, job.waiting = job.waiting[:count], job.waiting[count:]
        tokens = padded(longest[0]) * count
        began = self._clock()
        try:
            rows, too_large = encode_halving(self._encoder, [job.inputs[position] for position in positions])
        except Exception as error:
            self._jobs.popleft()
            self._send(_failure(job.number, error))
            return
        seconds = self._clock() - began
        self._pace.record(tokens, seconds)
        if too_large:
            self._pace.reduce(tokens)
        self._send(Vectors(job.number, positions, rows.astype("<f4").tobytes(), tokens, seconds))


def run(pipe: connection.Connection, settings: bytes) -> None:
    """Load the model that `settings` (msgpack of WorkerSettings) names and serve; the process's main function."""
    decoded = msgspec.msgpack.decode(settings, type=WorkerSettings)
    _prepare(decoded)
    try:
        encoder = registry.load(decoded.spec, device=decoded.device, offline=decoded.offline)
        ready = Ready(encoder.identity, encoder.dimensions, encoder.max_length, encoder.device)
    except Exception as error:
        pipe.send_bytes(encode(_failure(LOADING, error)))
        return
    pipe.send_bytes(encode(ready))
    Server(pipe, encoder, decoded, time.perf_counter).serve()


def _prepare(settings: WorkerSettings) -> None:
    """Set up the process before any engine is imported."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    if settings.nice:
        os.nice(settings.nice)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    if settings.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(PARENT_DIED)


def _failure(number: int, error: Exception) -> Failed:
    advice = error.advice if isinstance(error, EncoderError) else ""
    reason = error.message if isinstance(error, EncoderError) else f"{type(error).__name__}: {error}"
    return Failed(number, reason[:2_000], advice, isinstance(error, ModelMissing))
