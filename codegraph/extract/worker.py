"""One worker process of the extract pool: jobs in, encoded facts out, over one pipe.

The worker remembers the files seen last, so that an edit costs what it changed (`again`).
Messages are msgpack (`Job`, `EncodedFacts`); nothing is unpickled. The worker says `READY` once, then answers
each job. It ends when the pipe does, so it never outlives its parent by more than the job at hand; a job that
outlives everybody (the interpreter lock held inside the parser) is ended by the system's alarm.
Tests: tests/unit/extract/test_extract_pool.py.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection

import msgspec

from codegraph.core.facts import EncodedFacts, SyntaxProblem
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, encode_facts, extract, unread
from codegraph.extract.text import SourceText

logger = logging.getLogger(__name__)

READY = b"ready"
FILES_BETWEEN_COLLECTIONS = 64
_DEFECTS = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)
WATCHDOG_FACTOR = 3.0
"""The watchdog ends a job after so many time-outs: the parent, if it lives, has ended it long before."""


class Job(msgspec.Struct, frozen=True, array_like=True):
    """One file to extract."""

    language: str
    data: bytes
    name: str = ""
    """What `Memory` knows the file by; "": it is extracted whole and not remembered."""


def extract_encoded(
    data: bytes, language: str, limits: Limits, memory: Memory | None = None, name: str = ""
) -> EncodedFacts:
    """Extract and encode one file; a defect of ours costs the file its definitions, and is named in its problems.

    One in what is remembered costs time only: the file is extracted whole, and forgotten.
    """
    if memory is not None and name:
        try:
            return encode_facts(memory.extract(name, data, language, limits))
        except _DEFECTS:
            logger.exception("%s is extracted whole", name)
    try:
        return encode_facts(extract(data, language, limits))
    except _DEFECTS as error:
        problem = SyntaxProblem("crash", 0, f"{type(error).__name__}: {error}"[:200])
        return encode_facts(unread(SourceText(data), language, problem))


def serve(connection: Connection, limits: Limits, timeout_seconds: float, nice: int) -> None:
    """Answer jobs until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if hasattr(os, "nice"):
        os.nice(nice)
    gc.freeze()
    gc.disable()  # facts have no cycles: a collection now and then is enough
    decoder = msgspec.msgpack.Decoder(Job)
    encoder = msgspec.msgpack.Encoder()
    memory = Memory()
    with contextlib.suppress(EOFError, OSError):
        connection.send_bytes(READY)
        done = 0
        while True:
            job = decoder.decode(connection.recv_bytes())
            with _watchdog(timeout_seconds * WATCHDOG_FACTOR):
                facts = extract_encoded(job.data, job.language, limits, memory, job.name)
            connection.send_bytes(encoder.encode(facts))
            done += 1
            if done % FILES_BETWEEN_COLLECTIONS == 0:
                gc.collect()


@contextlib.contextmanager
def _watchdog(seconds: float) -> Iterator[None]:
    """End this process, even inside C code, if the block takes longer than `seconds`: SIGALRM has no handler."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
