"""Models behind a server: codegraph/embed/endpoint.py, against a real server on this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

pytest.importorskip("httpx")

from embedding_server import EmbeddingServer, Handler, serving

from codegraph.core.symbols import SymbolKind
from codegraph.embed.endpoint import EndpointEncoder, check_address, is_loopback, key_of
from codegraph.embed.registry import describe, identity, load
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import Endpoint, ModelSpec
from codegraph.errors import ConfigError, EncoderError

INPUTS = [
    EncoderInput("python", SymbolKind.FUNCTION, name, "", "", f"Do {name}.", ("def", name))
    for name in ("load", "save", "parse", "name", "read")
]
KEY = "sk-very-secret"


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    """A server that gives 8 dimensions."""
    with serving() as made:
        yield made


class Clock:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def _spec(server: EmbeddingServer, **changes: Any) -> ModelSpec:
    endpoint = Endpoint(**{"url": server.url, "model": "m", "timeout_seconds": 5.0} | changes)
    return ModelSpec(name="served", engine="endpoint", dimensions=8, endpoint=endpoint, query_prefix="query: ")


def _encoder(server: EmbeddingServer, clock: Clock | None = None, **changes: Any) -> EndpointEncoder:
    clock = clock or Clock()
    return EndpointEncoder(_spec(server, **changes), b"identity", clock=clock, sleep=clock.sleep)


def _status(status: int, text: bytes = b"no", **headers: str) -> Callable[[Handler, dict[str, Any]], None]:
    return lambda handler, _: handler.reply(status, text, **headers)


def test_vectors_belong_to_their_texts(server: EmbeddingServer) -> None:
    """In batches, in the order of the inputs whatever the order of the answer, scaled to length 1."""
    rows = _encoder(server, batch=2).encode(INPUTS)
    assert [len(request["input"]) for request in server.requests] == [2, 2, 1]
    assert {request["path"] for request in server.requests} == {"/v1/embeddings"}
    texts = [text for request in server.requests for text in request["input"]]
    wanted = np.array([server.vector(text) for text in texts])
    assert np.allclose(rows, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    assert "Do load." in texts[0]
    query = _encoder(server).encode_query("where")
    assert server.requests[-1]["input"] == ["query: where"]
    assert abs(float(np.linalg.norm(query)) - 1) < 1e-6
    assert _encoder(server).encode([]).shape == (0, 8)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_asked_again(server: EmbeddingServer, status: int) -> None:
    """With growing pauses, or the pause that it asks for."""
    clock = Clock()
    server.behaviours += [_status(status), _status(status, Retry_After="7")]
    assert _encoder(server, clock).encode(INPUTS[:1]).shape == (1, 8)
    assert 0.5 <= clock.slept[0] <= 0.75
    assert clock.slept[1] == 7
    assert len(server.requests) == 3


def test_a_server_that_stays_busy_is_an_error(server: EmbeddingServer) -> None:
    """After so many attempts, or at once if it wants more patience than a batch has."""
    server.behaviours += [_status(500, b"out of memory on gpu 0")] * 9
    with pytest.raises(EncoderError, match=r"served at http.*answers 500: out of memory"):
        _encoder(server, attempts=3).encode(INPUTS)
    assert len(server.requests) == 3
    server.behaviours.clear()
    server.behaviours += [_status(429, Retry_After="3600")]
    with pytest.raises(EncoderError, match="429"):
        _encoder(server).encode(INPUTS)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "key"), (404, "endpoint.url"), (400, "max_tokens"), (302, "redirects are not followed")],
)
def test_refusals_are_final(server: EmbeddingServer, status: int, advice: str) -> None:
    """Asking again would not help; redirects are not followed, for they would carry the key along."""
    server.behaviours += [_status(status, Location="https://elsewhere.example/v1")]
    with pytest.raises(EncoderError, match=str(status)) as caught:
        _encoder(server).encode(INPUTS[:1])
    assert advice in caught.value.advice
    assert len(server.requests) == 1


def _answers(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Handler, dict[str, Any]], None]:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        document = json.loads(handler.owner.answer(body))
        changed = change(document["data"])
        handler.reply(200, json.dumps(document if changed is None else changed).encode())

    return behave


GARBAGE = {
    "truncated": lambda handler, body: handler.reply(200, handler.owner.answer(body)[:-9]),
    "cut off": lambda handler, body: handler.reply(200, b'{"data": [', length=500),
    "html": _status(200, b"<html>welcome</html>"),
    "empty": _status(200, b""),
    "not utf-8": _status(200, b'{"data": "\xff"}'),
    "deep": _status(200, b"[" * 100_000),
    "no data": _answers(lambda _: {"error": "no"}),
    "text": _answers(lambda data: data[0].update(embedding="AAAA")),
    "too few": _answers(lambda data: data.pop() and None),
    "twice": _answers(lambda data: data[0].update(index=data[1]["index"])),
    "far index": _answers(lambda data: data[0].update(index=99)),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_never_a_vector(server: EmbeddingServer, name: str) -> None:
    """One bad answer is forgotten, bad answers for good are an error that names the server."""
    server.behaviours.append(GARBAGE[name])
    assert _encoder(server).encode(INPUTS).shape == (5, 8)
    server.behaviours += [GARBAGE[name]] * 4
    with pytest.raises(EncoderError, match="served at http"):
        _encoder(server).encode(INPUTS)


WRONG = {
    "longer": (_answers(lambda data: [vector.update(embedding=[1.0] * 9) for vector in data] and None), "9 dimensions"),
    "mixed": (_answers(lambda data: data[0].update(embedding=[1.0] * 3)), "3, 8 dimensions"),
    "zero": (_answers(lambda data: data[0].update(embedding=[0.0] * 8)), "zero"),
    "huge": (_answers(lambda data: data[0].update(embedding=[1e300] * 8)), "not finite"),
    "flood": (lambda handler, _: handler.reply(200, b" " * (4 << 20)), "more than"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_vectors_are_refused_with_the_remedy(server: EmbeddingServer, name: str) -> None:
    """Other dimensions than announced, vectors without direction, more bytes than an answer can have."""
    behaviour, match = WRONG[name]
    server.behaviours.append(behaviour)
    with pytest.raises(EncoderError, match=match) as caught:
        _encoder(server).encode(INPUTS)
    assert caught.value.advice


def test_a_server_that_is_down_or_hangs_is_said(server: EmbeddingServer) -> None:
    """Nobody waits for ever; the message says which it is."""
    server.behaviours += [lambda handler, _: handler.owner.released.wait(60) and None] * 2
    with pytest.raises(EncoderError, match=r"does not answer in 0\.2 seconds"):
        _encoder(server, timeout_seconds=0.2, attempts=2).encode(INPUTS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(EncoderError, match="cannot be reached") as caught:
            _encoder(server, url=url, attempts=2).encode(INPUTS)
    assert "tried again" in caught.value.advice


def test_text_for_this_machine_passes_no_proxy(server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is for other machines."""
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://192.0.2.1:9")
    assert _encoder(server, attempts=1).encode(INPUTS).shape == (5, 8)


def test_a_query_is_not_kept_waiting(server: EmbeddingServer) -> None:
    """Two attempts, not four."""
    server.behaviours += [_status(500)] * 9
    with pytest.raises(EncoderError):
        _encoder(server).encode_query("where")
    assert len(server.requests) == 2


def test_the_rate_is_kept(server: EmbeddingServer) -> None:
    """At most so many requests per minute, retries included."""
    clock = Clock()
    server.behaviours += [_status(500)]
    _encoder(server, clock, batch=1, requests_per_minute=30).encode(INPUTS)
    assert len(server.requests) == 6
    assert clock.now >= 10 - 1e-9


def test_the_key_goes_to_the_server_and_nowhere_else(server: EmbeddingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment or the keyring, in one header, in no message even if the server repeats it."""
    with pytest.raises(EncoderError, match="TINY_KEY"):
        _encoder(server, key_variable="TINY_KEY")
    monkeypatch.setenv("TINY_KEY", KEY)
    encoder = _encoder(server, key_variable="TINY_KEY")
    encoder.encode(INPUTS)
    assert server.headers[-1]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in json.dumps(server.requests)
    server.behaviours.append(_status(401, f"bad key {KEY}".encode()))
    with pytest.raises(EncoderError, match=r"bad key \*\*\*") as caught:
        encoder.encode(INPUTS)
    assert KEY not in str(caught.value)
    _encoder(server).encode(INPUTS)
    assert "Authorization" not in server.headers[-1]


def test_the_keyring_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """By service; a missing key and a broken keyring are errors with advice."""
    keyring = pytest.importorskip("keyring")
    endpoint = Endpoint(url="https://host/v1", model="m", keyring="tiny")
    monkeypatch.setattr(
        keyring, "get_password", lambda service, user: KEY if (service, user) == ("tiny", "codegraph") else None
    )
    assert key_of("served", endpoint) == KEY
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    with pytest.raises(EncoderError, match="no key for served"):
        key_of("served", endpoint)
    monkeypatch.setattr(keyring, "get_password", lambda *_: 1 / 0)
    with pytest.raises(EncoderError, match="ZeroDivisionError"):
        key_of("served", endpoint)


@pytest.mark.parametrize(
    ("url", "insecure", "fine"),
    [
        ("https://api.example.com/v1", False, True),
        ("http://localhost:11434/v1", False, True),
        ("http://127.0.0.2/v1", False, True),
        ("http://[::1]:8080/v1", False, True),
        ("http://192.168.0.9/v1", False, False),
        ("http://192.168.0.9/v1", True, True),
        ("http://localhost.example.com/v1", False, False),
        ("https://user:secret@host/v1", False, False),
        ("https://host/v1?key=secret", False, False),
        ("ftp://host/v1", True, False),
        ("https://host:99999/v1", False, False),
        ("", False, False),
    ],
)
def test_where_text_may_go(url: str, insecure: bool, fine: bool) -> None:
    """Encrypted, or to this machine, unless the user says otherwise; keys stand in no address."""
    endpoint = Endpoint(url=url, model="m", insecure=insecure)
    if fine:
        check_address("served", endpoint)
    else:
        with pytest.raises(ConfigError, match="served") as caught:
            check_address("served", endpoint)
        assert "secret" not in caught.value.message
    assert not is_loopback("example.com")


def test_identity_covers_server_and_model(server: EmbeddingServer) -> None:
    """Another address, model, length or prefix is another model; batch size and time-outs are not."""
    specs = [_spec(server), _spec(server, url="https://host/v1"), _spec(server, model="n")]
    assert len({identity(spec) for spec in specs}) == 3
    assert identity(_spec(server, batch=3, timeout_seconds=9.0)) == identity(specs[0])
    assert load(specs[0], endpoints=True).identity == identity(specs[0])


def test_a_text_that_is_refused_costs_its_neighbours_nothing(server: EmbeddingServer) -> None:
    """Whatever else is in its request has a vector; refused alone, or with all others, it is an error that says why."""

    def picky(handler: Handler, body: dict[str, Any]) -> None:
        fine = not any("Do parse." in text for text in body["input"])
        handler.reply(*((200, server.answer(body)) if fine else (400, b"input too long")))

    server.behaviours += [picky] * 50
    encoder = _encoder(server)
    rows = encoder.encode(INPUTS)
    assert np.isfinite(rows).all(1).tolist() == [True, True, False, True, True]
    assert np.allclose(rows[[0, 4]], encoder.encode([INPUTS[0], INPUTS[4]]))
    with pytest.raises(EncoderError, match="400: input too long"):
        encoder.encode(INPUTS[2:3])
    server.behaviours.clear()
    server.behaviours += [_status(400, b"no such model")] * 50
    server.requests.clear()
    with pytest.raises(EncoderError, match="no such model"):
        encoder.encode(INPUTS)
    assert len(server.requests) == 2


def test_a_long_symbol_is_sent_in_windows(server: EmbeddingServer) -> None:
    """The tail of a long function counts at a server, too; what fits is one text."""
    long = msgspec.structs.replace(INPUTS[0], tokens=(*(f"step{number};" for number in range(60)), "tail", ";"))
    spec = msgspec.structs.replace(_spec(server), max_tokens=64)
    rows = load(spec, endpoints=True).encode([long, INPUTS[1]])
    texts = [text for request in server.requests for text in request["input"]]
    assert sum("Do load." in text for text in texts) > 1
    assert sum("Do save." in text for text in texts) == 1
    assert any("tail" in text for text in texts)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    server.requests.clear()
    load(msgspec.structs.replace(spec, windows=1), endpoints=True).encode([long])
    assert ["tail" in text for request in server.requests for text in request["input"]] == [False]


def test_an_endpoint_says_enough() -> None:
    """Without address or dimensions there is nothing to compute keys with."""
    spec = ModelSpec(name="served", engine="endpoint")
    with pytest.raises(ConfigError, match=r"endpoint\.url"):
        describe("served", {"served": spec})
