"""A process that helps with a first index: it is given files while they are extracted, and asked once what it made.

A first index is one change set of the whole tree. What it takes per file and needs nothing of the writer's is done in
a process of its own, at the same time: a `FirstWorker` collects files, starts its process when they are much, and
feeds it from a thread, so that nobody waits for it before the end. It is a short cut and never a condition: when the
process is not there, or dies, `answers` says None, and the writer does the same work itself, with the same result.

Messages are msgpack; nothing is unpickled. The process ends when it has answered, and when its pipe does.
Tests: tests/unit/daemon/test_daemon_first_worker.py, tests/integration/test_first_index.py.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any

import msgspec

from codegraph.core.facts import EncodedFacts
from codegraph.processes import spawn_context, start_process

logger = logging.getLogger(__name__)

MUCH = 2_500_000
"""Bytes of facts. The writer is done with less before what a process saves is worth its start: 0.4 of 3.7 CPU seconds
of a first index went into two processes at half of it."""

DONE = b""
"""The last answer."""

END_SECONDS = 5.0


class Offer(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A file; no path comes twice."""

    path: str
    facts: EncodedFacts


class Ask(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """There are no more; answer for these files."""

    paths: list[str]


Message = Offer | Ask
Main = Callable[..., None]
"""(the process's end of the pipe, further arguments): the main function of a process."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


class Session:
    """One process and the thread that feeds it."""

    def __init__(self, process: SpawnProcess, connection: Connection) -> None:
        """Begin to feed a process that was started."""
        self.queue: SimpleQueue[Message | None] = SimpleQueue()
        self.connection = connection
        self.asked = False
        self.answered = False
        self.process = process
        self._feeder = threading.Thread(target=self.feed, name=f"feed-{process.name}", daemon=True)
        self._feeder.start()

    def feed(self) -> None:
        """Send what is queued, until None comes or the process is gone."""
        try:
            while (message := self.queue.get()) is not None:
                self.connection.send_bytes(_encoder.encode(message))
        except (OSError, ValueError) as error:
            logger.debug("%s cannot be reached: %s", self.process.name, error)  # whoever asks it learns the same

    def end(self) -> None:
        """See the process off, by force if it must be; the pipe is closed when nobody writes to it any more."""
        self.queue.put(None)
        if not self.answered:
            self.process.kill()
        self._feeder.join()
        self.connection.close()
        self.process.join(END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class FirstWorker:
    """One kind of work for a process; only the writer's thread calls it."""

    def __init__(
        self, name: str, main: Main, *arguments: Any, shown: Callable[[EncodedFacts], EncodedFacts] | None = None
    ) -> None:
        """Nothing is started before there is much to do. `shown` takes away what the process does not read."""
        self._name = name
        self._shown = shown or (lambda facts: facts)
        self._main = main
        self._arguments = arguments
        self._offered: dict[str, EncodedFacts] = {}
        self._bytes = 0
        """Of all that was offered."""
        self._session: Session | None = None

    def offer(self, path: str, facts: EncodedFacts) -> None:
        """Hand in a file."""
        self._offered[path] = facts
        self._bytes += _size(facts)
        if self._session is not None:
            self._session.queue.put(Offer(path, self._shown(facts)))
        elif self._bytes >= MUCH:
            self._session = self._started()
            for each, its_facts in self._offered.items():
                self._session.queue.put(Offer(each, self._shown(its_facts)))

    def ask(self, files: Mapping[str, EncodedFacts]) -> None:
        """Ask for what is made of exactly these files; without waiting, and in vain when they are little."""
        too_little = sum(map(_size, files.values())) < MUCH
        if too_little or any(files.get(path) is not facts for path, facts in self._offered.items()):
            self.close()  # not worth it, or a try before this one broke off
            return
        for path, facts in files.items():
            if path not in self._offered:
                self.offer(path, facts)
        if self._session is not None:
            self._session.queue.put(Ask(list(files)))
            self._session.asked = True

    def answers(self) -> list[bytes] | None:
        """Wait for the answers, and end the process; None when there is none, or it failed, or was not asked."""
        session = self._session
        try:
            return list(self._answered(session)) if session is not None and session.asked else None
        except (EOFError, OSError) as error:
            logger.warning("%s ended before its time (%s); its work is done without it", self._name, error)
            return None
        finally:
            self.close()

    def close(self) -> None:
        """Forget the files and end the process."""
        session, self._session = self._session, None
        self._offered, self._bytes = {}, 0
        if session is not None:
            session.end()

    def _started(self) -> Session:
        context = spawn_context()
        ours, theirs = context.Pipe()
        process = context.Process(target=self._main, args=(theirs, *self._arguments), name=self._name, daemon=True)
        start_process(process)
        theirs.close()
        return Session(process, ours)

    @staticmethod
    def _answered(session: Session) -> Iterator[bytes]:
        while (answer := session.connection.recv_bytes()) != DONE:
            yield answer
        session.answered = True


def _size(facts: EncodedFacts) -> int:
    return len(facts.outline) + len(facts.occurrences) + len(facts.inputs)


def received(connection: Connection) -> Iterator[Message]:
    """Yield what is handed in until the other end closes; for the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon decides what an interrupt means
    gc.freeze()
    gc.disable()  # facts have no cycles
    try:
        while True:
            yield _decoder.decode(connection.recv_bytes())
    except (EOFError, OSError):
        return
