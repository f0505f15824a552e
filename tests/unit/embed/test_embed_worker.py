"""The worker with a real process behind it: codegraph/embed/worker.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import numpy as np
import psutil
import pytest

from codegraph.config import EmbeddingConfig
from codegraph.core.symbols import EmbeddingKey, SymbolKind
from codegraph.embed.budget import ModelBudget
from codegraph.embed.embedder import Batch
from codegraph.embed.lexical import LexicalEncoder
from codegraph.embed.registry import identity
from codegraph.embed.render import EncoderInput, pack
from codegraph.embed.session import Session
from codegraph.embed.spec import ModelSpec
from codegraph.embed.worker import EmbedWorker
from codegraph.errors import EncoderError, ModelMissing
from codegraph.events import EventLog, WorkerLost

SPEC = ModelSpec(name="lexical", engine="lexical", dimensions=64)
PATIENCE = 240.0


def _batch(count: int) -> Batch:
    return [
        (
            EmbeddingKey(number.to_bytes(16, "big")),
            pack(EncoderInput("python", SymbolKind.FUNCTION, f"name{number}", "", "", "", ("word", f"other{number}"))),
        )
        for number in range(count)
    ]


@contextmanager
def _worker(
    spec: ModelSpec = SPEC, *, idle: float = 0.0, expected: bytes = b"", events: EventLog | None = None
) -> Iterator[EmbedWorker]:
    config = EmbeddingConfig(idle_unload_seconds=idle)
    worker = EmbedWorker(spec, config, events or EventLog(lambda: 0.0), identity=expected)
    try:
        yield worker
    finally:
        worker.close()


def _pid(worker: EmbedWorker) -> int:
    found = worker.status().process_id
    assert found is not None
    return found


def test_process_embeds_what_the_encoder_would() -> None:
    """The trip through another process changes no bit of a vector; batches and queries are answered."""
    batch = _batch(700)
    expected = LexicalEncoder(64).encode([source.rendered() for _, source in batch])
    with _worker(expected=identity(SPEC)) as worker:
        first, second = worker.submit(batch), worker.submit(batch[:3])
        query = worker.submit_query("other5 \ud800")
        found = first.result(PATIENCE)
        assert all(np.array_equal(found[key], row) for (key, _), row in zip(batch, expected, strict=True))
        assert len(second.result(PATIENCE)) == 3
        assert np.array_equal(query.result(PATIENCE), LexicalEncoder(64).encode_query("other5 ?"))
        assert worker.submit([]).result(PATIENCE) == {}
        status = worker.status()
        assert (status.state, status.embedded, status.queries, status.queued) == ("ready", 703, 1, 0)
        assert (status.device, status.dimensions, status.restarts) == ("cpu", 64, 0)
        assert _pid(worker) != os.getpid()


def test_a_killed_process_fails_its_batch_and_is_replaced() -> None:
    """Death in the middle of a batch: that batch fails, what waited is embedded by the next process."""
    events = EventLog(lambda: 0.0)
    with _worker(events=events) as worker:
        worker.submit_query("warm").result(PATIENCE)
        victim = _pid(worker)
        os.kill(victim, signal.SIGSTOP)
        futures = [worker.submit(_batch(50)) for _ in range(4)]
        with worker._changed:
            assert worker._changed.wait_for(lambda: len(worker._jobs) == 2, PATIENCE)
        os.kill(victim, signal.SIGKILL)
        for lost in futures[:2]:
            with pytest.raises(EncoderError, match="ended unexpectedly"):
                lost.result(PATIENCE)
        assert [len(future.result(PATIENCE)) for future in futures[2:]] == [50, 50]
        assert _pid(worker) != victim
        assert (worker.status().restarts, worker.status().failures) == (1, 2)
    assert [type(event) for event in events.recent()] == [WorkerLost]


def test_models_beyond_the_budget_make_room_for_one_another() -> None:
    """Loading a second model ends the process of the first, which nobody misses; the next request brings it back."""
    budget = ModelBudget(1)
    config = EmbeddingConfig(idle_unload_seconds=0.0)
    workers = [EmbedWorker(SPEC, config, EventLog(lambda: 0.0), budget=budget) for _ in range(2)]
    batch = _batch(3)
    try:
        for turn in (0, 1, 0):
            assert len(workers[turn].submit(batch).result(PATIENCE)) == 3
            with workers[1 - turn]._changed:
                workers[1 - turn]._changed.wait_for(lambda turn=turn: workers[1 - turn]._session is None, PATIENCE)
            assert [workers[at].status().state for at in (turn, 1 - turn)] == ["ready", "unloaded"]
        assert [worker.status().restarts for worker in workers] == [1, 0]
        assert [worker.status().failures for worker in workers] == [0, 0]
        assert budget.used_bytes > 1 << 20
    finally:
        for worker in workers:
            worker.close()


def test_an_idle_process_is_ended_and_started_again_on_demand() -> None:
    """Nobody notices but the memory: the next request is answered by a new process."""
    with _worker(idle=0.01) as worker:
        before = worker.submit_query("same").result(PATIENCE)
        with worker._changed:
            assert worker._changed.wait_for(lambda: worker._session is None, PATIENCE)
        assert worker.status().state == "unloaded"
        assert np.array_equal(before, worker.submit_query("same").result(PATIENCE))
        assert worker.status().restarts == 1


def test_a_missing_model_is_said_and_not_tried_in_a_loop() -> None:
    """Everything queued fails with ModelMissing and its advice; one process was enough to find out."""
    missing = ModelSpec(name="codebert", engine="roberta", path="/nonexistent/model")
    with _worker(missing) as worker:
        futures: list[Future[Any]] = [worker.submit(_batch(2)), worker.submit(_batch(2)), worker.submit_query("q")]
        for future in futures:
            with pytest.raises(ModelMissing, match="nonexistent") as caught:
                future.result(PATIENCE)
            assert caught.value.advice
        assert worker.status().state == "failed"
        assert worker.status().restarts == 0


class LateConnection:
    """Sends after the process is gone, as a message larger than the system's buffer may."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._closed = threading.Event()

    def send_bytes(self, _data: bytes) -> None:
        self._session.process.kill()
        if self._closed.wait(1.0):
            raise TypeError("no handle any more")
        raise BrokenPipeError

    def recv_bytes(self, most: int) -> bytes:
        return self._connection.recv_bytes(most)

    def close(self) -> None:
        self._closed.set()
        self._connection.close()


def test_a_process_that_ends_while_it_is_sent_to_is_replaced() -> None:
    """The connection is not closed amid a message: what was sent fails, and what comes next is answered."""
    with _worker() as worker:
        before = worker.submit_query("same").result(PATIENCE)
        session = worker._session
        assert session is not None
        session.connection = cast(Connection, LateConnection(session))
        with pytest.raises(EncoderError, match="ended"):
            worker.submit(_batch(2)).result(PATIENCE)
        assert np.array_equal(before, worker.submit_query("same").result(PATIENCE))


def test_a_model_other_than_the_expected_one_is_refused() -> None:
    """Vectors of a model whose files changed are never filed under the old model's keys."""
    with _worker(expected=b"x" * 16) as worker, pytest.raises(EncoderError, match="changed"):
        worker.submit(_batch(1)).result(PATIENCE)


def test_closing_answers_everybody() -> None:
    """No future is left hanging, not even behind a process that hangs; later requests fail at once."""
    with _worker() as worker:
        worker.submit_query("warm").result(PATIENCE)
        os.kill(_pid(worker), signal.SIGSTOP)
        process = psutil.Process(_pid(worker))
        futures = [worker.submit(_batch(20)) for _ in range(5)]
        os.kill(process.pid, signal.SIGKILL)
        worker.close()
        for future in futures:
            with pytest.raises(EncoderError):
                future.result(PATIENCE)
        with pytest.raises(EncoderError, match="closed"):
            worker.submit_query("late").result(PATIENCE)
        assert worker.status().state == "closed"
        assert not process.is_running()


PARENT = """
import os
from codegraph.config import EmbeddingConfig
from codegraph.embed.spec import ModelSpec
from codegraph.embed.worker import EmbedWorker
from codegraph.events import EventLog
if __name__ == "__main__":
    spec = ModelSpec(name="lexical", engine="lexical", dimensions=64)
    worker = EmbedWorker(spec, EmbeddingConfig(), EventLog(lambda: 0.0))
    worker.submit_query("ready").result(240)
    print(worker.status().process_id, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    """A daemon that is killed leaves no model behind."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    orphan = int(done.stdout)
    try:
        psutil.wait_procs([psutil.Process(orphan)], timeout=PATIENCE)
    except psutil.NoSuchProcess:
        return
    assert not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE
