"""The daemon's side of the embed worker: requests in, futures out, one process behind.

`EmbedWorker` starts a `spawn` process when work arrives, keeps it warm, ends it after
`idle_unload_seconds` without work, and starts another when it died. Three threads of control meet here:
callers put requests into queues; the *sender* thread owns the process's life and feeds it, queries first
and at most `AHEAD` batches at a time, so that a query never waits behind more; one *reader* thread per
process turns replies into results. All shared state is guarded by one condition, `_changed`; futures are
answered outside of it.

When a process dies, what it was working on fails with EncoderError and is the scheduler's to submit
again; what was not yet sent goes to the next process. When a process cannot load its model, everything
queued fails, for another process could not do better.
Tests: tests/unit/embed/test_embed_worker.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing.connection import Connection

import msgspec

from codegraph.config import EmbeddingConfig
from codegraph.embed.budget import ModelBudget
from codegraph.embed.embedder import Batch, Embeddings, WorkerStatus, accept, usable_rows
from codegraph.embed.encoder import MAX_QUERY_CHARACTERS, FloatArray
from codegraph.embed.session import Job, Query, Session, Work, error_of, matrix_of
from codegraph.embed.spec import ModelSpec
from codegraph.embed.wire import (
    LOADING,
    MAX_MESSAGE_BYTES,
    Failed,
    Finished,
    Message,
    QueryVector,
    Ready,
    Reply,
    Stop,
    Vectors,
    decode_reply,
    encode,
)
from codegraph.embed.worker_process import WorkerSettings, run
from codegraph.errors import EncoderError
from codegraph.events import EventLog, WorkerLost
from codegraph.processes import spawn_context, start_process

logger = logging.getLogger(__name__)

AHEAD = 2
"""Batches in the process at once: one being encoded, one waiting, so that the model never idles."""

TARGET_SECONDS = 0.2
"""About how long one batch may take, and so how long a query may wait for it."""

END_SECONDS = 5.0
"""How long a process may take to end before it is killed."""


class EmbedWorker:
    """An `Embedder` whose model lives in a process of its own."""

    def __init__(
        self,
        spec: ModelSpec,
        config: EmbeddingConfig,
        events: EventLog,
        *,
        identity: bytes = b"",
        nice: int = 0,
        budget: ModelBudget | None = None,
        main: Callable[[Connection, bytes], None] = run,
    ) -> None:
        """Prepare a worker; the first request, or `start`, starts its process.

        With `identity` a process whose model turns out to be another one is refused: keys were computed for
        that identity. `nice` is added to the process's niceness. Workers that share a `budget` unload for one another.
        `main` is what the process runs, see `worker_process.run`.
        """
        self._settings = WorkerSettings.of(spec, config, TARGET_SECONDS, nice)
        self._budget = budget or ModelBudget(0)
        self._identity = identity
        self._main = main
        self._idle_seconds = config.idle_unload_seconds
        self._events = events
        self._changed = threading.Condition()
        self._queries: deque[Query] = deque()
        self._jobs: deque[Job] = deque()
        self._session: Session | None = None
        self._wanted = self._closed = self._broken = False
        self._number = self._started = 0
        self._used_at = time.monotonic()
        self._status = WorkerStatus("unloaded", spec.name)
        self._sender = threading.Thread(target=self._send_all, name="embed-sender", daemon=True)
        self._sender.start()

    def start(self) -> None:
        """Start the process and load the model now instead of with the first request."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def submit(self, batch: Batch) -> Future[Embeddings]:
        """Embed symbols; see `Embedder.submit`."""
        inputs = dict(batch)  # equal keys have equal inputs
        job = Job(list(inputs), list(inputs.values()), Future())
        job.future.set_running_or_notify_cancel()
        if inputs:
            self._enqueue(job)
        else:
            job.future.set_result({})
        return job.future

    def submit_query(self, text: str) -> Future[FloatArray]:
        """Embed a query before everything that has not begun; see `Embedder.submit_query`."""
        query = Query(text[:MAX_QUERY_CHARACTERS].encode("utf-8", "replace").decode("utf-8"), Future())
        query.future.set_running_or_notify_cancel()
        self._enqueue(query)
        return query.future

    def status(self) -> WorkerStatus:
        """Return counts and the state of the process."""
        with self._changed:
            session = self._session
            waiting = [*self._jobs, *(work for work in (session.sent.values() if session else ()))]
            return replace(
                self._status,
                state=self._state(),
                process_id=session.process.pid if session else None,
                queued=sum(len(work.keys) for work in waiting if isinstance(work, Job)),
                restarts=max(0, self._started - 1),
            )

    def unload(self) -> bool:
        """End the process if it has nothing to do, and return whether it ends; the next request starts another."""
        with self._changed:
            session = self._session
            idle = session is not None and session.ready is not None and not session.sent
            if session is None or session.stopping or not idle or self._queries or self._jobs:
                return False
            session.stopping = True
            self._send(session, Stop())
            return True

    def close(self) -> None:
        """Fail everything unanswered and end the process, by force if it must be. Idempotent."""
        with self._changed:
            self._closed = True
            abandoned = self._take_all()
            session = self._session
            if session is not None:
                session.stopping = True
                session.error = session.error or EncoderError("the embed worker was closed")
                session.process.terminate()
            self._changed.notify_all()
        self._fail(abandoned, EncoderError("the embed worker was closed"))
        self._sender.join(2 * END_SECONDS)

    # The sender thread.

    def _enqueue(self, work: Work) -> None:
        with self._changed:
            if not self._closed:
                if isinstance(work, Query):
                    self._queries.append(work)
                else:
                    self._jobs.append(work)
                self._changed.notify_all()
                return
        self._fail([work], EncoderError("the embed worker is closed"))

    def _send_all(self) -> None:
        """Feed the process until closed, then see it out."""
        while (session := self._next_session()) is not None:
            with self._changed:
                work = self._take(session)
                if work is None:
                    continue
                self._number += 1
                number = self._number
                session.sent[number] = work
                self._changed.notify_all()
            self._send(session, work.message(number))
        with self._changed:
            self._changed.wait_for(lambda: self._session is None, END_SECONDS)
            session = self._session
        if session is not None:
            session.process.kill()

    def _next_session(self) -> Session | None:
        """Wait until there is something to send and return the process for it; None when closed."""
        while True:
            with self._changed:
                if not self._something_to_do():
                    self._changed.wait(self._until_unload())
                if self._closed:
                    return None
                session = self._session
                if session is not None and self._something_to_do():
                    return session
                if self._until_unload() == 0.0:
                    self.unload()
                if session is not None or not self._something_to_do():
                    continue
            self._replace_process()

    def _something_to_do(self) -> bool:
        session = self._session
        if self._closed:
            return True
        if session is None:
            return bool(self._queries or self._jobs or self._wanted)
        return not session.stopping and (bool(self._queries) or (bool(self._jobs) and session.jobs < AHEAD))

    def _take(self, session: Session) -> Work | None:
        if session is not self._session or session.stopping:
            return None
        if self._queries:
            return self._queries.popleft()
        return self._jobs.popleft() if self._jobs else None

    def _take_all(self) -> list[Work]:
        works: list[Work] = [*self._queries, *self._jobs]
        self._queries.clear()
        self._jobs.clear()
        return works

    def _send(self, session: Session, message: Message) -> None:
        try:
            session.send(encode(message))
        except (OSError, ValueError) as error:
            logger.debug("the embed worker cannot be reached: %s", error)  # its reader sees the end and cleans up
            session.process.terminate()

    def _until_unload(self) -> float | None:
        """Return the seconds after which an idle process is to be ended; None while there is none."""
        session = self._session
        if not self._idle_seconds or session is None or session.sent or session.stopping or session.ready is None:
            return None
        return max(0.0, self._used_at + self._idle_seconds - time.monotonic())

    def _replace_process(self) -> None:
        """Start a process; if the system refuses, everything queued fails."""
        context = spawn_context()
        ours, theirs = context.Pipe()
        settings = msgspec.msgpack.encode(self._settings)
        process = context.Process(target=self._main, args=(theirs, settings), name="codegraph-embed", daemon=True)
        try:
            start_process(process)
        except Exception as error:
            ours.close()
            with self._changed:
                self._wanted, self._broken = False, True
                abandoned = self._take_all()
            self._fail(abandoned, EncoderError(f"the embed worker cannot be started: {error}"))
            return
        finally:
            theirs.close()
        session = Session(process, ours)
        with self._changed:
            self._wanted = False
            self._started += 1
            self._session = session
            session.stopping = self._closed
            if self._closed:
                process.terminate()
        threading.Thread(target=self._read_all, args=(session,), name="embed-reader", daemon=True).start()

    # The reader threads.

    def _read_all(self, session: Session) -> None:
        """Handle replies until the process ends, then clean up after it."""
        try:
            while session.error is None:
                self._handle(session, decode_reply(session.connection.recv_bytes(MAX_MESSAGE_BYTES)))
        except (EOFError, OSError):
            logger.debug("the embed worker closed its pipe")
        except msgspec.DecodeError as error:
            session.error = EncoderError(f"the embed worker sent what is no reply: {error}")
        finally:
            self._end(session)

    def _handle(self, session: Session, reply: Reply) -> None:
        match reply:
            case Ready():
                self._welcome(session, reply)
            case Vectors():
                self._collect(session, reply)
            case Finished(number):
                work = self._finish(session, number)
                if isinstance(work, Job):
                    work.future.set_result(work.vectors)
            case QueryVector(number, data):
                work = self._finish(session, number)
                if isinstance(work, Query):
                    self._answer(session, work, data)
            case Failed(number=number) if number == LOADING:
                session.error = error_of(reply)
            case Failed(number=number):
                work = self._finish(session, number)
                if work is not None:
                    self._fail([work], error_of(reply))

    def _welcome(self, session: Session, ready: Ready) -> None:
        with self._changed:
            if self._identity and ready.identity != self._identity:
                session.error = EncoderError("the model's files changed since it was chosen", "restart the daemon")
                return
            session.ready = ready
            self._broken = False
            self._used_at = time.monotonic()
            self._status = replace(
                self._status, device=ready.device, identity=ready.identity, dimensions=ready.dimensions, last_error=""
            )
            self._changed.notify_all()
        self._budget.loaded(self, ready.memory_bytes)

    def _collect(self, session: Session, reply: Vectors) -> None:
        work = session.sent.get(reply.number)
        if not isinstance(work, Job) or session.ready is None:
            return
        keys = [work.keys[position] for position in reply.positions if 0 <= position < len(work.keys)]
        accepted = accept(keys, matrix_of(reply.data, session.ready.dimensions), session.ready.dimensions)
        work.vectors.update(accepted)
        with self._changed:
            self._status = replace(
                self._status,
                embedded=self._status.embedded + len(accepted),
                rejected=self._status.rejected + len(reply.positions) - len(accepted),
                tokens=self._status.tokens + reply.tokens,
                busy_seconds=self._status.busy_seconds + reply.seconds,
                last_error="" if accepted else self._status.last_error,
            )

    def _answer(self, session: Session, query: Query, data: bytes) -> None:
        rows = matrix_of(data, session.ready.dimensions if session.ready else 0)
        if len(rows) != 1 or not usable_rows(rows)[0]:
            self._fail([query], EncoderError("the model gave no usable vector for the query"))
            return
        with self._changed:
            self._status = replace(self._status, queries=self._status.queries + 1, last_error="")
        query.future.set_result(rows[0].copy())

    def _finish(self, session: Session, number: int) -> Work | None:
        with self._changed:
            self._used_at = time.monotonic()
            self._changed.notify_all()
            work = session.sent.pop(number, None)
        self._budget.used(self)
        return work

    def _end(self, session: Session) -> None:
        """Take leave of a process: reap it, fail what it had, tell why."""
        if session.error is not None:
            session.process.terminate()
        session.process.join(END_SECONDS)
        if session.process.is_alive():
            session.process.kill()
            session.process.join()
        reason = f"the embed worker ended unexpectedly (exit code {session.process.exitcode})"
        error = session.error or EncoderError(reason, "its work is tried again; see the log if this goes on")
        with self._changed:
            lost: list[Work] = list(session.sent.values())
            session.sent.clear()
            if session.ready is None and not session.stopping:
                self._broken = True
                lost += self._take_all()
            self._session = None
            session.close()
            if not session.stopping:
                self._status = replace(self._status, last_error=error.message)
            self._changed.notify_all()
        self._budget.gone(self)
        self._fail(lost, error)
        if not session.stopping and (session.ready is not None or session.error is None):
            self._events.publish(WorkerLost(worker="embed", reason=error.message))

    def _fail(self, works: list[Work], error: EncoderError) -> None:
        with self._changed:
            self._status = replace(
                self._status,
                failures=self._status.failures + len(works),
                last_error=error.message if works else self._status.last_error,
            )
        for work in works:
            work.future.set_exception(error)

    def _state(self) -> str:
        if self._closed:
            return "closed"
        if self._session is None:
            return "failed" if self._broken else "unloaded"
        return "ready" if self._session.ready else "starting"
