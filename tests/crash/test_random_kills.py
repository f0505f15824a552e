"""Kill -9 at random moments: nothing acknowledged is lost, and nobody has to repair anything (invariant I7).

A real daemon follows a seeded script of edits to copies of real packages. Every few edits a client syncs,
and every few edits something is killed at a moment that is drawn too: the daemon, its embed worker or its
extract processes. Then the daemon is started again, with nothing else done, and must be equal to a clean
build. The cold tier is off, so a vector that the store has lost would have to be embedded again.
"""

from __future__ import annotations

import random
import signal
import threading
from contextlib import suppress

import psutil
import pytest
from edits import Edits
from installation import PATIENCE, Installation, clock_of, wait_for_end

from codegraph.client import Client
from codegraph.core.changes import Clock
from codegraph.daemon.messages import Wait
from codegraph.errors import CodegraphError
from codegraph.events import FilesExtracted

SETTINGS = ("cache.cold_bytes=0", "embedding.retry_seconds=0.05", "watch.reconcile_seconds=3600")
LONGEST_MOMENT = 0.12
"""Seconds between an edit and a kill, at most: longer than a change takes to be embedded."""


class Ordeal:
    """One run of the script, and what was acknowledged so far."""

    def __init__(self, home: Installation, seed: int) -> None:
        self.home = home
        self.edits = Edits(home.root, seed)
        self.random = random.Random(seed)
        self.acknowledged = Clock("", 0)
        self.done: list[str] = []
        home.start(*SETTINGS)
        self.sync(Wait.EMBEDDED)

    def run(self, edits: int, kills: int) -> None:
        """Make the edits; in between, kill so often."""
        kill_at = sorted(self.random.sample(range(1, edits), kills))
        for number in range(edits):
            self.done.append(self.edits.step())
            if number in kill_at:
                self.kill(self.random.choice(["daemon", "daemon", "embed", "extract"]))
            elif self.random.random() < 0.2:
                self.sync(self.random.choice([Wait.INDEXED, Wait.EMBEDDED]))

    def kill(self, what: str) -> None:
        """Kill something at a random moment while a client waits for its answer; check what comes after."""
        self.done.append(f"kill {what}")
        daemon = self.home.running()
        assert daemon is not None
        embedding, extracting = self.home.workers()
        victims = {"daemon": [daemon], "embed": embedding, "extract": extracting}[what]
        waiting = threading.Thread(target=self.sync_if_it_lives)
        waiting.start()
        waiting.join(self.random.uniform(0.0, LONGEST_MOMENT))  # a moment is drawn, nothing is waited for
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
        if what == "daemon":
            for one in (daemon, *embedding, *extracting):
                wait_for_end(one)
        waiting.join()
        if what == "daemon":
            self.home.start(*SETTINGS)
        self.check()

    def sync_if_it_lives(self) -> None:
        """Sync; no answer is an answer while somebody is being killed."""
        with suppress(CodegraphError):
            self.sync(Wait.EMBEDDED)

    def sync(self, wait: Wait) -> None:
        """Sync and note the clock that was acknowledged."""
        with self.home.client() as client:
            self.acknowledged = clock_of(client.sync(wait, timeout=PATIENCE).clock)

    def check(self) -> None:
        """Fail unless the daemon is where it was or further, and equal to a clean build."""
        with self.home.client() as client:
            clock = clock_of(client.sync(Wait.EMBEDDED, timeout=PATIENCE).clock)
            assert clock.instance == self.acknowledged.instance, self.done
            assert clock.revision >= self.acknowledged.revision, self.done
            found = client.verify()
            assert found.equal, (found.differences, self.done)
            status = client.status()
            assert not [lane for lane in status.lanes if lane.pending or lane.stale], self.done


def work_after_restart(client: Client) -> tuple[int, int]:
    """Return how many files were extracted and how many vectors computed since the daemon started."""
    client.sync(Wait.EMBEDDED, timeout=PATIENCE)
    embedded = client.status().embedded
    stream = client.events("files_extracted", "reconciled", recent=True)
    extracted = 0
    for event in stream:
        if not isinstance(event, FilesExtracted):
            break
        extracted += event.files
    return extracted, embedded


def test_kills_between_edits(home: Installation) -> None:
    """A short script with a few kills leaves an index that equals a clean build."""
    home.copy("json", "http")
    Ordeal(home, seed=7).run(edits=16, kills=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_edits_with_many_kills(home: Installation, seed: int) -> None:
    """Two hundred edits of real packages, interrupted again and again, leave an index that equals a clean build."""
    home.copy("email", "json", "http", "asyncio")
    Ordeal(home, seed).run(edits=200, kills=50)


def test_what_was_acknowledged_is_not_done_again(home: Installation) -> None:
    """After a reply to sync(embedded), a kill costs neither parsing nor embedding: both were durable."""
    home.copy("json")
    home.start(*SETTINGS)
    edits = Edits(home.root, seed=3)
    for _ in range(2):
        for _ in range(3):
            edits.step()
        with home.client() as client:
            before = clock_of(client.sync(Wait.EMBEDDED, timeout=PATIENCE).clock)
        home.kill()
        home.start(*SETTINGS)
        with home.client() as client:
            assert work_after_restart(client) == (0, 0)
            after = clock_of(client.sync(timeout=PATIENCE).clock)
        assert after.instance == before.instance
        assert after.revision >= before.revision


def test_workers_end_with_their_daemon(home: Installation) -> None:
    """No process of a killed daemon stays behind."""
    home.copy("json")
    daemon = home.start(*SETTINGS)
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
    workers = daemon.children(recursive=True)
    assert workers
    daemon.send_signal(signal.SIGKILL)
    for worker in workers:
        wait_for_end(worker)


def test_killed_during_the_first_index(home: Installation) -> None:
    """A daemon killed while it indexes for the first time begins again where it was, and ends up equal."""
    home.copy("email", "json")
    for delay in (0.0, 0.25):
        home.start(*SETTINGS)
        threading.Event().wait(delay)  # the moment of the kill; nothing is waited for
        home.kill()
    home.start(*SETTINGS)
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert client.verify().equal
