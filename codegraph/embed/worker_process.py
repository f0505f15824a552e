"""The inside of the embed worker: one process that owns one model (an ensemble is one, with all its members).

`run` is the process's entry point; `Server` is its loop, free of processes and models, so that tests can
drive it over any pipe. Between two batches the server empties the pipe and answers queries first: a batch
in progress cannot be interrupted, so batches are kept short (see `batching.Pace`). A second thread prepares
requests as they arrive, so that tokenising runs beside the model and not before it, and as many batches as the
encoder wants are started before the first of them is waited for (see `embed.staging`).

Threads of a processor's products wait for one another asleep. By default they spin, for milliseconds at a time, and
where other programs want the processor, too, that takes three times the CPU time (MiniLM, two cores under a load of
15: 103 -> 33 ms a function, 470 -> 145 ms of waiting; a tiny model 148 -> 0.9 ms).

The process ends when it is told to, when the pipe closes, or when its parent dies, even in the middle of
a batch. It never loads a model from a network unless the configuration says so.
Tests: tests/unit/embed/test_embed_worker_process.py.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import connection, parent_process
from typing import Protocol

import msgspec
import numpy as np
import psutil

from codegraph.config import EmbeddingConfig
from codegraph.embed import registry
from codegraph.embed.batching import Pace, first_batch, padded
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import PackedInput
from codegraph.embed.spec import ModelSpec
from codegraph.embed.staging import Prepared, encode_halving, staged
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

logger = logging.getLogger(__name__)

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
    precision: str = "auto"
    compile_layers: str = "off"
    gpu_memory_share: float = 1.0
    remote_code: bool = False
    endpoints: bool = False

    @classmethod
    def of(cls, spec: ModelSpec, config: EmbeddingConfig, target_seconds: float, nice: int) -> WorkerSettings:
        """Gather what concerns the worker."""
        return cls(
            spec,
            config.device,
            config.offline,
            config.batch_tokens,
            config.batch_symbols,
            target_seconds,
            nice,
            config.precision,
            config.compile,
            config.gpu_memory_share,
            config.allow_remote_code,
            config.allow_endpoints,
        )


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


@dataclass(slots=True, eq=False)
class _Job:
    """An `EmbedRequest` under way."""

    number: int
    ahead: Future[Prepared]
    """What the second thread makes of its inputs."""
    prepared: Prepared | None = None
    waiting: list[int] = field(default_factory=list)
    """Inputs still to be started, longest first."""
    started: int = 0
    """Batches that were started and not yet collected."""
    failed: bool = False


@dataclass(slots=True)
class _Batch:
    """A batch that was started."""

    job: _Job
    prepared: Prepared
    positions: list[int]
    tokens: int
    began: float
    finish: Callable[[], FloatArray] | None
    """None when it did not fit into memory."""


class Server:
    """Answers requests until told to stop. Queries overtake batches that have not begun."""

    def __init__(self, pipe: Pipe, encoder: Encoder, settings: WorkerSettings, clock: Callable[[], float]) -> None:
        self._pipe = pipe
        self._encoder = encoder
        self._staged = staged(encoder)
        self._clock = clock
        self._batch_symbols = settings.batch_symbols
        self._pace = Pace(settings.batch_tokens, settings.target_seconds)
        self._queries: deque[QueryRequest] = deque()
        self._jobs: deque[_Job] = deque()
        self._started: deque[_Batch] = deque()
        self._free_at = clock()
        self._ahead = ThreadPoolExecutor(1, "prepare")

    def serve(self) -> None:
        """Work until a `Stop` arrives or the pipe closes."""
        try:
            while self._receive():
                if self._queries:
                    self._answer(self._queries.popleft())
                else:
                    self._advance()
        finally:
            self._ahead.shutdown(wait=False, cancel_futures=True)

    def _receive(self) -> bool:
        """Take all waiting messages, or wait for one when idle; False means the end."""
        while not (self._queries or self._jobs or self._started) or self._pipe.poll():
            try:
                request = decode_request(self._pipe.recv_bytes(MAX_MESSAGE_BYTES))
            except (EOFError, OSError):
                return False
            match request:
                case Stop():
                    return False
                case QueryRequest():
                    self._queries.append(request)
                case EmbedRequest(number, inputs):
                    self._jobs.append(_Job(number, self._ahead.submit(self._prepare, inputs)))
        return True

    def _prepare(self, inputs: Sequence[PackedInput]) -> Prepared:
        prepared: Prepared = self._staged.prepare([source.rendered() for source in inputs])
        return prepared

    def _send(self, message: Message) -> None:
        self._pipe.send_bytes(encode(message))

    def _answer(self, query: QueryRequest) -> None:
        try:
            vector = self._encoder.encode_query(query.text)
        except Exception as error:
            self._send(_failure(query.number, error))
        else:
            self._send(QueryVector(query.number, vector.astype("<f4").tobytes()))

    def _advance(self) -> None:
        """Start a batch of the first job that has one, or collect the oldest that was started."""
        job = next((job for job in self._jobs if job.prepared is None or job.waiting), None)
        if job is None:
            self._collect()
            return
        try:
            prepared = job.prepared or self._plan(job)
            if job.waiting:
                self._start(job, prepared)
        except Exception as error:
            self._give_up(job, error)
        if len(self._started) >= self._staged.in_flight:
            self._collect()

    def _plan(self, job: _Job) -> Prepared:
        prepared = job.prepared = job.ahead.result()
        lengths = prepared.lengths
        job.waiting = sorted(range(len(lengths)), key=lambda position: -lengths[position])
        self._end(job)
        return prepared

    def _start(self, job: _Job, prepared: Prepared) -> None:
        longest = [prepared.lengths[position] for position in job.waiting[: self._batch_symbols]]
        count = first_batch(longest, self._pace.batch_tokens)
        positions, job.waiting = job.waiting[:count], job.waiting[count:]
        batch = _Batch(job, prepared, positions, padded(longest[0]) * count, self._clock(), None)
        try:
            batch.finish = self._staged.start(prepared, positions)
        except MemoryError:
            logger.debug("a batch of %d tokens does not fit", batch.tokens)  # it is halved when it is its turn
        self._started.append(batch)
        job.started += 1

    def _collect(self) -> None:
        """Wait for the oldest batch and send its vectors; its failure is its job's."""
        batch = self._started.popleft()
        batch.job.started -= 1
        try:
            rows = self._rows(batch)
        except Exception as error:
            self._give_up(batch.job, error)
            return
        now = self._clock()
        seconds = now - max(batch.began, self._free_at)
        self._free_at = now
        self._pace.record(batch.tokens, seconds)
        if batch.job.failed:
            return
        data = np.ascontiguousarray(rows, "<f4").data.cast("B")
        self._send(Vectors(batch.job.number, batch.positions, data, batch.tokens, seconds))
        self._end(batch.job)

    def _rows(self, batch: _Batch) -> FloatArray:
        try:
            if batch.finish is not None:
                return batch.finish()
        except MemoryError:
            logger.debug("a batch of %d tokens did not fit", batch.tokens)
        self._pace.reduce(batch.tokens)
        return encode_halving(self._staged, batch.prepared, batch.positions)

    def _end(self, job: _Job) -> None:
        """Tell that a job is done, if it is."""
        if not job.waiting and not job.started:
            self._jobs.remove(job)
            self._send(Finished(job.number))

    def _give_up(self, job: _Job, error: Exception) -> None:
        """Fail a job once; what was started of it is still collected, and not sent."""
        if not job.failed:
            job.failed = True
            self._jobs.remove(job)
            self._send(_failure(job.number, error))


Load = Callable[[WorkerSettings], Encoder]


def run(pipe: connection.Connection, settings: bytes) -> None:
    """Load the model that `settings` (msgpack of WorkerSettings) names and serve; the process's main function."""
    serve_with(pipe, settings, _load)


def serve_with(pipe: connection.Connection, settings: bytes, load: Load) -> None:
    """Do the same with a model that is loaded in another way."""
    try:
        _run(pipe, settings, load)
    except (BrokenPipeError, ConnectionResetError):
        logger.debug("the daemon is gone")  # a project that is closed right after its start: nobody waits for an answer


def _load(settings: WorkerSettings) -> Encoder:
    return registry.load(
        settings.spec,
        device=settings.device,
        precision=settings.precision,
        compile_layers=settings.compile_layers,
        offline=settings.offline,
        remote_code=settings.remote_code,
        endpoints=settings.endpoints,
    )


def _run(pipe: connection.Connection, settings: bytes, load: Load) -> None:
    decoded = msgspec.msgpack.decode(settings, type=WorkerSettings)
    _prepare(decoded)
    try:
        encoder = load(decoded)
        if encoder.device.startswith("cuda"):
            _cap_memory(encoder.device, decoded.gpu_memory_share)
        ready = Ready(encoder.identity, encoder.dimensions, encoder.max_length, encoder.device, _memory(encoder.device))
    except Exception as error:
        pipe.send_bytes(encode(_failure(LOADING, error)))
        return
    pipe.send_bytes(encode(ready))
    Server(pipe, encoder, decoded, time.perf_counter).serve()


def _memory(device: str) -> int:
    """Return what this process takes with its model, on the GPU, too."""
    resident = int(psutil.Process().memory_info().rss)
    if not device.startswith("cuda"):
        return resident
    import torch

    return resident + int(torch.cuda.memory_allocated(torch.device(device)))


def _cap_memory(device: str, share: float) -> None:
    """Leave the rest of a GPU's memory to other programs, whatever a batch would take."""
    from codegraph.embed.hardware import cap_memory, device_of

    cap_memory(device_of(device), share)


def _prepare(settings: WorkerSettings) -> None:
    """Set up the process before any engine is imported."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    if settings.nice:
        os.nice(settings.nice)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"  # the process never forks
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # see the module's docstring
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
    again = "it is tried again; if this goes on, see the log or use another model"
    advice = error.advice if isinstance(error, EncoderError) else again
    reason = error.message if isinstance(error, EncoderError) else f"{type(error).__name__}: {error}"
    return Failed(number, reason[:2_000], advice, isinstance(error, ModelMissing))
