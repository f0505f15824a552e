"""A process that helps: many files are handed over and answered for; a process that fails is done without."""

from __future__ import annotations

import os
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest
from msgspec.structs import replace

from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import BlobDigest
from codegraph.daemon.first_worker import DONE, MUCH, FirstWorker, Offer, received
from codegraph.processes import descendants


def _serve(connection: Connection) -> None:
    blobs: dict[str, bytes] = {}
    for message in received(connection):
        if isinstance(message, Offer):
            blobs[message.path] = message.facts.blob
        else:
            for path in message.paths:
                connection.send_bytes(path.encode() + b"=" + blobs[path])
            connection.send_bytes(DONE)
            return


def _die(connection: Connection) -> None:
    for message in received(connection):
        if not isinstance(message, Offer):
            connection.send_bytes(b"half")
            os._exit(7)


MANY = 32
LARGE = b"i" * (MUCH // MANY)
"""So many files with so much in each are enough for a process."""


def _files(count: int) -> dict[str, EncodedFacts]:
    return {f"{n}.py": EncodedFacts(BlobDigest(b"%016d" % n), "python", b"o", b"c", LARGE) for n in range(count)}


@pytest.fixture
def worker() -> Iterator[FirstWorker]:
    """A process that answers with what it was given."""
    made = FirstWorker("test", _serve)
    yield made
    made.close()


def test_all_files_are_answered_for_whenever_they_were_offered(worker: FirstWorker) -> None:
    """Some files are offered while others are not known yet; the rest goes with the question."""
    files = _files(MANY + 40)
    for path in list(files)[: MANY + 1]:
        worker.offer(path, files[path])
    worker.ask(files)
    answers = worker.answers()
    assert answers is not None
    assert sorted(answers) == sorted(path.encode() + b"=" + facts.blob for path, facts in files.items())
    assert worker.answers() is None, "answers are given once"


def test_little_starts_nothing(worker: FirstWorker) -> None:
    """The writer has done them before a process has started."""
    before = descendants()
    files = _files(MANY - 1)
    for path, facts in files.items():
        worker.offer(path, facts)
    worker.ask(files)
    assert worker.answers() is None
    assert not set(descendants()) - set(before)


def test_offers_of_an_attempt_that_broke_off_are_not_mixed_with_new_ones(worker: FirstWorker) -> None:
    """A file that has changed since it was offered, or is gone: everything is done without the process."""
    old = _files(MANY)
    for path, facts in old.items():
        worker.offer(path, facts)
    worker.ask(_files(MANY))
    assert worker.answers() is None


def test_a_process_that_dies_is_done_without() -> None:
    """Half of the answers are no answers; nobody waits for ever."""
    worker = FirstWorker("dying", _die)
    worker.ask(_files(MANY))
    assert worker.answers() is None
    worker.close()


def test_a_process_is_sent_only_what_it_is_shown() -> None:
    """What is left out never goes through the pipe, and the question is still for the files as they are."""
    worker = FirstWorker("test", _serve, shown=lambda facts: replace(facts, blob=BlobDigest(b"another")))
    files = _files(MANY + 1)
    for path in list(files)[:MANY]:
        worker.offer(path, files[path])
    worker.ask(files)
    answers = worker.answers()
    assert answers is not None
    assert sorted(answers) == sorted(path.encode() + b"=another" for path in files)
