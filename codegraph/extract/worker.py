"""One worker process of the extract pool: jobs in, encoded facts out, over one pipe.

An edit costs what it changed (`again`): the worker remembers the files seen last, and of others is told what they were.
Messages are msgpack (`Job`, `EncodedFacts`); nothing is unpickled. The worker says `READY` once, then answers
each job. It ends when the pipe does, so it never outlives its parent by more than the job at hand.

A parser can go round in circles without ever coming back to us, and no callback of its own is asked then. So the
system counts the processor time of each job, `seconds_for` its size, and ends the process with `OVERTIME`
wherever it is. Time of the processor, not of the wall: a busy machine makes no file slow.
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
from codegraph.extract.extractor import Limits, encode_facts, extract, unopened, unread
from codegraph.extract.text import SourceText

logger = logging.getLogger(__name__)

READY = b"ready"
BYTES_PER_LIMIT = 100_000
"""A file may take the time-out once more for each so many bytes."""
OVERTIME = signal.SIGPROF
"""What ends a worker whose job has used up its processor time."""
_DEFECTS = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


class Job(msgspec.Struct, frozen=True, array_like=True):
    """One file to extract."""

    language: str
    data: bytes
    name: str = ""
    """What `Memory` knows the file by; "": it is not remembered."""
    problem: SyntaxProblem | None = None
    """Why the file is not to be parsed: only its lines are looked at."""
    before: EncodedFacts | None = None
    """The facts of the file's bytes before an edit."""


def seconds_for(size: int, timeout_seconds: float) -> float:
    """Return the seconds of processor time that a file of so many bytes may take."""
    return timeout_seconds * (1 + size / BYTES_PER_LIMIT)


def extract_encoded(
    data: bytes, language: str, limits: Limits, memory: Memory, name: str = "", before: EncodedFacts | None = None
) -> EncodedFacts:
    """Extract and encode one file; a defect of ours costs the file its definitions, and is named in its problems.

    One in what is known of its earlier text costs time only: the file is extracted whole, and forgotten.
    """
    try:
        return memory.encoded(name, data, language, limits, before)
    except (*_DEFECTS, msgspec.DecodeError):
        logger.exception("%s is extracted whole", name or "a file")
    try:
        return encode_facts(extract(data, language, limits))
    except _DEFECTS as error:
        return skim_encoded(data, language, limits, SyntaxProblem("crash", 0, f"{type(error).__name__}: {error}"[:200]))


def skim_encoded(data: bytes, language: str, limits: Limits, problem: SyntaxProblem) -> EncodedFacts:
    """Encode what the lines of a file say that cannot be parsed for this reason."""
    try:
        return encode_facts(unread(SourceText(data), language, problem, limits))
    except _DEFECTS:
        logger.exception("a file of %s cannot be read line by line", language)
        return encode_facts(unopened(data, language, problem, limits))


def serve(connection: Connection, limits: Limits, timeout_seconds: float, nice: int) -> None:
    """Answer jobs until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(OVERTIME, signal.SIG_DFL)
    if hasattr(os, "nice"):
        os.nice(nice)
    gc.freeze()
    gc.disable()
    decoder = msgspec.msgpack.Decoder(Job)
    encoder = msgspec.msgpack.Encoder()
    memory = Memory()
    with contextlib.suppress(EOFError, OSError):
        connection.send_bytes(READY)
        while True:
            job = decoder.decode(connection.recv_bytes())
            with _limited(seconds_for(len(job.data), timeout_seconds)):
                if job.problem is None:
                    facts = extract_encoded(job.data, job.language, limits, memory, job.name, job.before)
                else:
                    facts = skim_encoded(job.data, job.language, limits, job.problem)
            connection.send_bytes(encoder.encode(facts))
            gc.collect()  # what one file leaves is little; that of many would hold up the next save
            gc.freeze()  # what is remembered has no cycles, and is not looked at again


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End this process, even inside C code, if the block takes more processor time: OVERTIME has no handler."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
