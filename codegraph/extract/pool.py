"""Extraction in other processes: parsing holds the interpreter lock, so it never happens in the daemon.

`ExtractPool` keeps one worker warm, so that a saved file costs no start, and starts more while many files are
waiting. A worker works on one file at a time. A file that takes more processor time than it may
(`worker.seconds_for` its size), more time by the wall than a worker that still makes progress would need, or whose
worker dies twice, costs that worker, which is replaced; another one then looks at its lines only (`skim`), and
the file says so by the problem "time" or "crash". Nobody else's files notice. Results come in any
order. Files are taken from the caller's iterator only as they are needed.
`InlineExtractor` gives the same facts in this process, for tests and small tools.
Invariants: at most one job per worker; no worker outlives `close()`, nor the parent process.
Tests: tests/unit/extract/test_extract_pool.py.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from selectors import EVENT_READ, DefaultSelector
from typing import Protocol

import msgspec

from codegraph.config import ExtractConfig
from codegraph.core.changes import SourceFile
from codegraph.core.facts import EncodedFacts, SyntaxProblem
from codegraph.errors import DaemonError
from codegraph.events import EventLog, WorkerLost
from codegraph.extract.again import Memory
from codegraph.extract.extractor import encode_facts, limits_of, unopened
from codegraph.extract.worker import OVERTIME, READY, Job, extract_encoded, seconds_for, serve
from codegraph.processes import spawn_context, start_process

logger = logging.getLogger(__name__)

DEFAULT_NICE = 5
BYTES_PER_EXTRA_WORKER = 1_000_000
"""Another worker is started (0.3 s of work) only when so much waits for each that there is: 0.7 s of work."""
BYTES_OF_A_FILE = 4_000
"""What a file takes besides its bytes, in bytes that take as long."""
FEW_FILES = 16
"""When fewer wait they are edits, which a worker remembers."""
ATTEMPTS = 2
"""A worker may be killed for reasons that are not the file's: the file gets a second one."""
MAX_FAILED_STARTS = 3
EXIT_SECONDS = 2.0
"""How long a worker may take to leave once its pipe is closed."""
WALL_FACTOR = 10.0
"""A worker that was given so many times its processor time by the wall hangs without computing."""


def _nothing() -> None:
    """Do nothing meanwhile."""


class Extractor(Protocol):
    """Turns files into facts; order of the results is free."""

    def extract(
        self, files: Iterable[SourceFile], meanwhile: Callable[[], None] = _nothing
    ) -> Iterator[tuple[str, EncodedFacts]]:
        """Yield (path, facts) once per file. Only one call at a time.

        `meanwhile` may be called once, after all files were taken: by then others may be at work.
        """
        ...

    def close(self) -> None:
        """Give back what is held; the extractor is not used again."""
        ...


class InlineExtractor:
    """Extracts in this process, without a time-out."""

    def __init__(self, config: ExtractConfig) -> None:
        self._limits = limits_of(config)
        self._memory = Memory()

    def extract(
        self, files: Iterable[SourceFile], meanwhile: Callable[[], None] = _nothing
    ) -> Iterator[tuple[str, EncodedFacts]]:
        """Yield (path, facts) once per file, in order."""
        for file in files:
            facts = extract_encoded(file.data, file.language, self._limits, self._memory, file.path, file.before)
            yield file.path, facts
        meanwhile()

    def close(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class _Task:
    file: SourceFile
    attempts: int = 0
    problem: SyntaxProblem | None = None
    """Why only its lines are to be looked at."""


class _Waiting:
    """Files that no worker has, and how much work they are."""

    def __init__(self) -> None:
        self._tasks: deque[_Task] = deque()
        self.work = 0

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def first(self) -> _Task:
        return self._tasks[0]

    def append(self, task: _Task) -> None:
        self._tasks.append(task)
        self.work += _work(task)

    def put_back(self, task: _Task) -> None:
        self._tasks.appendleft(task)
        self.work += _work(task)

    def take(self) -> _Task:
        task = self._tasks.popleft()
        self.work -= _work(task)
        return task


def _work(task: _Task) -> int:
    return len(task.file.data) + BYTES_OF_A_FILE


@dataclass(slots=True)
class _Worker:
    name: str
    process: BaseProcess
    connection: Connection
    ready: bool = False
    task: _Task | None = None
    deadline: float = 0.0
    done: int = 0


class ExtractPool:
    """Extracts in worker processes; see the module's docstring."""

    def __init__(self, config: ExtractConfig, events: EventLog, nice: int = DEFAULT_NICE) -> None:
        self._config = config
        self._events = events
        self._nice = nice
        self._limits = limits_of(config)
        self._limit = config.workers or os.cpu_count() or 1
        self._context = spawn_context()
        self._job_encoder = msgspec.msgpack.Encoder()
        self._facts_decoder = msgspec.msgpack.Decoder(EncodedFacts)
        self._workers: list[_Worker] = []
        self._readable = DefaultSelector()
        """Holds the connections of the workers: to name all of them again for each result is dear with sixteen."""
        self._started = 0
        self._failed_starts = 0
        self._closed = False
        self._start()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Return the ids of the live workers, the warm one first."""
        return tuple(worker.process.pid for worker in self._workers if worker.process.pid is not None)

    def extract(
        self, files: Iterable[SourceFile], meanwhile: Callable[[], None] = _nothing
    ) -> Iterator[tuple[str, EncodedFacts]]:
        """Yield (path, facts) once per file, in any order; raises DaemonError if no worker can be started."""
        waiting = _Waiting()
        source = iter(files)
        exhausted = False
        try:
            while not self._closed:
                while not exhausted and waiting.work < BYTES_PER_EXTRA_WORKER * len(self._workers):
                    file = next(source, None)
                    exhausted = file is None
                    if file is not None:
                        waiting.append(_Task(file))
                self._grow(waiting.work)
                self._assign(waiting)
                if exhausted and not waiting:
                    if not any(worker.task for worker in self._workers):
                        return
                    meanwhile, do = _nothing, meanwhile
                    do()
                yield from self._finished(waiting)
        finally:
            self._settle_down()

    def close(self) -> None:
        """End all workers; returns when the last of them is gone."""
        self._closed = True
        self._stop(self._workers)
        self._workers = []
        self._readable.close()

    def _start(self) -> None:
        here, there = self._context.Pipe()
        self._started += 1
        name = f"extract-{self._started}"
        arguments = (there, self._limits, self._config.timeout_seconds, self._nice)
        process = self._context.Process(target=serve, args=arguments, name=name, daemon=True)
        start_process(process)
        there.close()
        self._workers.append(_Worker(name, process, here))
        self._readable.register(here, EVENT_READ)

    def _grow(self, work: int) -> None:
        """Start a worker if there is none, or one more while much work waits."""
        if not self._workers or (
            len(self._workers) < self._limit and work >= BYTES_PER_EXTRA_WORKER * len(self._workers)
        ):
            self._start()

    def _assign(self, waiting: _Waiting) -> None:
        """Give every idle worker a file."""
        for worker in list(self._workers):
            if not waiting:
                return
            if not worker.ready or worker.task is not None:
                continue
            task = waiting.first
            is_edit = task.file.before is not None and len(waiting) < FEW_FILES and not task.attempts
            name = task.file.path if is_edit else ""
            try:
                job = Job(task.file.language, task.file.data, name, task.problem, task.file.before)
                worker.connection.send_bytes(self._job_encoder.encode(job))
            except OSError:
                self._lose(worker, "died while idle")
                continue
            worker.task = waiting.take()
            worker.deadline = time.monotonic() + WALL_FACTOR * self._seconds_for(task)

    def _finished(self, waiting: _Waiting) -> Iterator[tuple[str, EncodedFacts]]:
        """Wait until something happens; yield what is finished or given up."""
        if not self._workers:
            return  # the last one was lost just now; the next round starts another
        now = time.monotonic()
        deadlines = [worker.deadline for worker in self._workers if worker.task is not None]
        timeout = max(0.0, min(deadlines) - now) if deadlines else None
        readable = {key.fileobj for key, _ in self._readable.select(timeout)}
        for worker in list(self._workers):
            if worker not in self._workers:
                continue  # the pool was closed while a caller looked at a result
            if worker.connection in readable:
                yield from self._receive(worker, waiting)
            elif worker.task is not None and time.monotonic() >= worker.deadline:
                yield from self._give_up(worker, worker.task, waiting, "time")

    def _receive(self, worker: _Worker, waiting: _Waiting) -> Iterator[tuple[str, EncodedFacts]]:
        try:
            message = worker.connection.recv_bytes()
        except (EOFError, OSError):
            task = worker.task
            if task is None:
                self._lose(worker, "died")
                return
            worker.process.join(EXIT_SECONDS)
            if worker.process.exitcode == -OVERTIME:
                yield from self._give_up(worker, task, waiting, "time")
                return
            task.attempts += 1
            if task.attempts < ATTEMPTS:
                self._lose(worker, f"died at {task.file.path}")
                waiting.put_back(task)
            else:
                yield from self._give_up(worker, task, waiting, "crash")
            return
        if message == READY:
            worker.ready = True
            self._failed_starts = 0
            return
        task, worker.task = worker.task, None
        worker.done += 1
        if worker.done >= self._config.recycle_files:
            self._workers.remove(worker)
            self._stop([worker])
        if task is not None:
            yield task.file.path, self._facts_decoder.decode(message)

    def _seconds_for(self, task: _Task) -> float:
        return seconds_for(len(task.file.data), self._config.timeout_seconds)

    def _give_up(
        self, worker: _Worker, task: _Task, waiting: _Waiting, reason: str
    ) -> Iterator[tuple[str, EncodedFacts]]:
        """Replace a worker and have the lines of its file looked at, or nothing if that was what it was at."""
        why = f"more than {self._seconds_for(task):.2g} s" if reason == "time" else "the worker died"
        self._lose(worker, f"was ended at {task.file.path}: {why}")
        if task.problem is None:
            task.problem = SyntaxProblem(reason, 0, why)
            waiting.put_back(task)
        else:
            yield task.file.path, encode_facts(unopened(task.file.data, task.file.language, task.problem, self._limits))

    def _lose(self, worker: _Worker, reason: str) -> None:
        """Remove a worker that died or must die. Raises DaemonError when workers do not even start."""
        logger.warning("extract worker %s %s", worker.name, reason)
        self._workers.remove(worker)
        worker.process.kill()
        self._stop([worker])
        self._events.publish(WorkerLost(worker=worker.name, reason=reason))
        self._failed_starts += not worker.ready
        if self._failed_starts >= MAX_FAILED_STARTS:
            failed, self._failed_starts = self._failed_starts, 0
            raise DaemonError(
                f"extract processes do not start ({failed} attempts)",
                "the log has their last words; a script that indexes needs `if __name__ == '__main__'`",
            )

    def _settle_down(self) -> None:
        """Keep one warm worker; kill those that still work for a caller who went away."""
        for worker in self._workers:
            if worker.task is not None:
                worker.process.kill()
        idle = [worker for worker in self._workers if worker.task is None]
        keep = next((worker for worker in idle if worker.ready), idle[0] if idle else None)
        self._stop([worker for worker in self._workers if worker is not keep])
        self._workers = [keep] if keep is not None else []
        if keep is None and not self._closed and not self._failed_starts:
            self._start()

    def _stop(self, workers: Iterable[_Worker]) -> None:
        """Close the pipes of workers and see them off; those that do not leave in time are killed."""
        leaving = list(workers)
        for worker in leaving:
            self._readable.unregister(worker.connection)
            with contextlib.suppress(OSError):
                worker.connection.close()
        deadline = time.monotonic() + EXIT_SECONDS
        for worker in leaving:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            with contextlib.suppress(ValueError):  # somebody else has waited for it: nothing is left to release
                worker.process.close()
