"""The inside of the worker, driven over a scripted pipe: codegraph/embed/worker_process.py and wire.py."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.embed import wire
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput, pack
from codegraph.embed.spec import ModelSpec
from codegraph.embed.wire import EmbedRequest, Failed, Finished, QueryRequest, QueryVector, Reply, Stop, Vectors
from codegraph.embed.worker_process import Server, WorkerSettings, run
from codegraph.processes import spawn_context

SETTINGS = WorkerSettings(ModelSpec(name="fake", engine="lexical"), "cpu", True, 64, 2, 0.2, 0)


def _inputs(*names: str) -> list[EncoderInput]:
    return [EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", (name,)) for name in names]


def _request(number: int, *names: str) -> EmbedRequest:
    return EmbedRequest(number, list(map(pack, _inputs(*names))))


class _Script:
    """A pipe with requests already in it; more can be put in while the server works."""

    def __init__(self, *requests: wire.Message) -> None:
        self.requests = deque(wire.encode(request) for request in requests)
        self.replies: list[Reply] = []

    def send_bytes(self, data: bytes, /) -> None:
        self.replies.append(wire.decode_reply(data))

    def recv_bytes(self, maximum: int, /) -> bytes:
        if not self.requests:
            raise EOFError
        return self.requests.popleft()

    def poll(self) -> bool:
        return bool(self.requests)


def _serve(script: _Script, encoder: RecordingEncoder) -> list[Reply]:
    Server(script, encoder, SETTINGS, lambda: 0.0).serve()
    return script.replies


class _Interrupted(RecordingEncoder):
    """While the first batch is being encoded, a query arrives."""

    script: _Script

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        if not self.recorded:
            self.script.requests.append(wire.encode(QueryRequest(2, "where")))
        return super().encode(inputs)


def test_a_query_overtakes_batches_that_have_not_begun() -> None:
    """Between two batches of one request, the query is answered first; every input is answered once."""
    encoder = _Interrupted()
    encoder.script = _Script(_request(1, "a", "b", "c", "d", "e"), QueryRequest(7, "first"))
    replies = _serve(encoder.script, encoder)
    kinds = [type(reply).__name__ for reply in replies]
    assert kinds == ["QueryVector", "Vectors", "QueryVector", "Vectors", "Vectors", "Finished"]
    positions = [at for reply in replies if isinstance(reply, Vectors) for at in reply.positions]
    assert sorted(positions) == [0, 1, 2, 3, 4]


def test_vectors_are_raw_float32_in_the_order_of_their_positions() -> None:
    """The parent can rebuild each vector from bytes alone."""
    encoder = RecordingEncoder()
    inputs = _inputs("a", "b")
    replies = _serve(_Script(EmbedRequest(1, list(map(pack, inputs)))), encoder)
    vectors = replies[0]
    assert isinstance(vectors, Vectors)
    rows = np.frombuffer(vectors.data, "<f4").reshape(-1, encoder.dimensions)
    assert np.array_equal(rows, RecordingEncoder().encode([inputs[at] for at in vectors.positions]))


class _Failing(RecordingEncoder):
    """Cannot encode anything."""

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        raise RuntimeError("device lost")

    def encode_query(self, text: str) -> FloatArray:
        raise RuntimeError("device lost")


def test_an_engine_that_fails_fails_the_request_and_not_the_process() -> None:
    """The next request is served as if nothing had happened."""
    replies = _serve(_Script(_request(1, "a"), QueryRequest(2, "q"), EmbedRequest(3, [])), _Failing())
    assert [reply.number for reply in replies if isinstance(reply, Failed)] == [2, 1]
    assert Finished(3) in replies


def test_stop_ends_the_server_before_unbegun_work() -> None:
    """Nothing is encoded after a stop."""
    encoder = RecordingEncoder()
    assert _serve(_Script(_request(1, "a"), Stop()), encoder) == []
    assert encoder.recorded == []


@pytest.mark.parametrize("data", [b"", b"\x80\x04K\x01.", b"\x93\xa5Ready", wire.encode(Stop())])
def test_foreign_bytes_are_no_reply(data: bytes) -> None:
    """Neither a pickle nor a request nor a torn message is taken for a reply."""
    with pytest.raises(msgspec.DecodeError):
        wire.decode_reply(data)


def test_a_query_vector_has_the_models_size() -> None:
    """One query, one vector."""
    (reply,) = _serve(_Script(QueryRequest(1, "q")), RecordingEncoder(dimensions=8))
    assert isinstance(reply, QueryVector)
    assert len(reply.data) == 32


class _Ahead(RecordingEncoder):
    """A device that works on two batches at once and has room for two inputs in all."""

    in_flight = 2

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []
        self.threads: set[str] = set()
        self.fails = False

    def prepare(self, inputs: Sequence[EncoderInput]) -> Any:
        self.threads.add(threading.current_thread().name)
        return SimpleNamespace(inputs=inputs, lengths=[8 - int(source.name) for source in inputs])

    def start(self, prepared: Any, positions: Sequence[int]) -> Callable[[], FloatArray]:
        sources = [prepared.inputs[position] for position in positions]
        names = "".join(source.name for source in sources)
        if names == "23":
            raise MemoryError
        self.log.append("start " + names)

        def finish() -> FloatArray:
            self.log.append("finish " + names)
            if self.fails:
                raise RuntimeError("device lost")
            if names == "45":
                raise MemoryError
            return self.encode(sources)

        return finish


def test_batches_are_started_ahead_and_collected_in_order() -> None:
    """The next batch is with the device before the last one is waited for; one that does not fit is halved."""
    encoder = _Ahead()
    script = _Script(_request(1, "0", "1", "2", "3", "4", "5"), _request(2, "6"))
    replies = _serve(script, encoder)
    assert encoder.log == [
        *["start 01", "finish 01", "start 45"],
        *["start 2", "finish 2", "start 3", "finish 3"],
        *["start 6", "finish 45"],
        *["start 45", "finish 45", "start 4", "finish 4", "start 5", "finish 5"],
        "finish 6",
    ]
    assert threading.current_thread().name not in encoder.threads
    found = {
        at: row for reply in replies if isinstance(reply, Vectors) for at, row in _rows(reply) if reply.number == 1
    }
    expected = RecordingEncoder().encode(_inputs("0", "1", "2", "3", "4", "5"))
    assert all(np.array_equal(found[at], expected[at]) for at in range(6))
    assert [reply.number for reply in replies if isinstance(reply, Finished)] == [1, 2]


def _rows(reply: Vectors) -> list[tuple[int, FloatArray]]:
    rows = np.frombuffer(reply.data, "<f4").reshape(len(reply.positions), -1)
    return list(zip(reply.positions, rows, strict=True))


def test_a_job_that_failed_fails_once() -> None:
    """What else was started of it is collected in silence; the next request is served."""
    encoder = _Ahead()
    encoder.fails = True
    script = _Script(_request(1, "0", "1", "4", "5"), QueryRequest(2, "q"), EmbedRequest(3, []))
    replies = _serve(script, encoder)
    assert [reply.number for reply in replies if isinstance(reply, Failed)] == [1]
    assert {type(reply).__name__ for reply in replies} == {"Failed", "QueryVector", "Finished"}
    assert encoder.log.count("finish 01") == 1


def test_a_worker_that_nobody_waits_for_ends_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """A project that is closed before its model is loaded leaves no traceback behind."""
    ours, theirs = spawn_context().Pipe()
    ours.close()
    settings = WorkerSettings(ModelSpec(name="lexical", engine="lexical"), "cpu", True, 256, 16, 0.2, 0)
    process = spawn_context().Process(target=run, args=(theirs, msgspec.msgpack.encode(settings)))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert capfd.readouterr().err == ""


def test_threads_are_told_to_sleep_before_an_engine_is_there() -> None:
    """What torch's threads read when it is loaded is set by then, and a user's own setting stays."""
    program = (
        "import os, sys\n"
        "from codegraph.config import EmbeddingConfig\n"
        "from codegraph.embed import worker_process\n"
        "from codegraph.embed.spec import ModelSpec\n"
        "spec = ModelSpec(name='lexical', engine='lexical', dimensions=64)\n"
        "worker_process._prepare(worker_process.WorkerSettings.of(spec, EmbeddingConfig(), 0.2, 0))\n"
        "print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)\n"
    )
    for setting, expected in (({}, "PASSIVE False"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE False")):
        environment = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"} | setting
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected
