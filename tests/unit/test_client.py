"""The clients: typed results, the daemon's errors, reconnection, time limits; and that they stay light."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fake_daemon import FakeDaemon

from codegraph import __version__
from codegraph.async_client import AsyncClient
from codegraph.client import Client
from codegraph.conversation import Conversation, allowed_seconds
from codegraph.daemon.messages import CallersParams, SearchParams, SearchResult, Wait
from codegraph.daemon.operations import CacheAction, IndexParams, Progress, SyncParams
from codegraph.daemon.protocol import MAX_BATCH, frame
from codegraph.errors import (
    AmbiguousSymbol,
    DaemonNotRunning,
    ProjectError,
    ProtocolError,
    SymbolNotFound,
    SyncTimeout,
    UsageError,
    VersionMismatch,
)
from codegraph.events import WatchTrouble


@pytest.fixture
def path() -> Iterator[Path]:
    """A path short enough for a socket."""
    directory = Path(tempfile.mkdtemp(prefix="cg-"))
    yield directory / "s"
    shutil.rmtree(directory)


@pytest.fixture
def daemon(path: Path) -> Iterator[FakeDaemon]:
    """A daemon over the fake service."""
    with FakeDaemon(path) as running:
        yield running


def test_every_shorthand_gets_its_type(daemon: FakeDaemon) -> None:
    """Each method of the API has a shorthand, and its result has the documented type."""
    with Client(daemon.path, root="/project") as client:
        assert client.status().symbols == 5
        assert client.metrics().text.startswith("# TYPE")
        assert client.skipped().files[0].reason == "binary"
        assert client.sync(Wait.EMBEDDED).pending == 1
        assert isinstance(client.search("x", limit=2), SearchResult)
        assert len(client.similar("get", limit=2).results) == 2
        assert [s.name for s in client.symbols("load").symbols] == ["load", "load"]
        assert client.definition(file="pkg/store.py", line=4).symbols[0].name == "get"
        assert client.references("get").edges[0].symbol.name == "load"
        assert client.callers("get").edges[0].at.position.line == 9
        assert client.callees("pkg.store.load").edges[0].symbol.name == "get"
        assert client.dependencies("get", reverse=True).edges[0].symbol.name == "load"
        assert client.impact("get").bound == "lower_bound"
        assert client.explain("get").outcome == "cut_off"
        assert client.embed("get", texts=("a",)).embeddings[1].source == "text:0"
        assert client.verify().equal
        assert [s.line for s in client.export_symbols()] == [2, 1, 3, 5, 9]
        assert [e.source.id for e in client.export_edges()] == ["pkg/store.py/load()."]
        assert client.cache(CacheAction.PRUNE).hot.hit_rate == pytest.approx(0.9)
        assert client.models().models[0].active
        assert client.config().settings == {"cascade": {"depth": 2}}


def test_errors_are_raised_as_what_they_were(daemon: FakeDaemon) -> None:
    """The daemon's errors keep their class, message and advice; the connection stays usable."""
    with Client(daemon.path) as client:
        with pytest.raises(SymbolNotFound, match="no symbol nobody") as found:
            client.callers("nobody")
        assert "search" in found.value.advice
        with pytest.raises(AmbiguousSymbol, match=r"pkg/other\.py/load\(\)\."):
            client.callers("load")
        with pytest.raises(ProtocolError, match="limit"):
            client.search("x", limit=0)
        assert client.status().files == 2


def test_the_clock_is_remembered(daemon: FakeDaemon) -> None:
    """The client sends the last clock by itself, so a fresh instance shows only once, with the first answer."""
    with Client(daemon.path) as client:
        assert client.clock == ""
        assert client.search("x").is_fresh_instance is True
        assert client.clock == "fake:7"
        assert client.search("x").is_fresh_instance is False
        assert daemon.service.calls[-1].clock == "fake:7"  # type: ignore[attr-defined]


def test_another_version_or_root_is_refused(daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """VersionMismatch and ProjectError come from the first call; a daemon of any version can be shut down."""
    with Client(daemon.path, root="/elsewhere") as client, pytest.raises(ProjectError, match="serves /project"):
        client.status()
    monkeypatch.setattr("codegraph.conversation.__version__", "99")
    with Client(daemon.path) as client:
        with pytest.raises(VersionMismatch, match=re.escape(__version__)) as found:
            client.status()
        assert "codegraph restart" in found.value.advice
        assert client.shutdown().clock == "fake:7"


def test_nobody_listens(path: Path) -> None:
    """Without a daemon the error names the socket and the command; a leftover socket is no daemon either."""
    with Client(path) as client, pytest.raises(DaemonNotRunning, match=str(path)) as found:
        client.status()
    assert "codegraph start" in found.value.advice
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(path))
    with Client(path) as client, pytest.raises(DaemonNotRunning):
        client.status()


def test_a_daemon_is_started_when_asked(path: Path) -> None:
    """`start` is called when nobody listens, and not when somebody does."""
    started: list[FakeDaemon] = []

    def start() -> None:
        started.append(FakeDaemon(path).__enter__())

    with Client(path, start=start) as client:
        assert client.status().files == 2
        assert client.status().files == 2
    assert len(started) == 1
    started[0].stop()


def test_a_restarted_daemon_is_found_again(path: Path) -> None:
    """A connection that died between two calls is opened again, and the request sent again."""
    daemon = FakeDaemon(path)
    with Client(path) as client:
        with daemon:
            assert client.status().files == 2
        with daemon:
            assert client.status().files == 2
        with pytest.raises(DaemonNotRunning):
            client.status()


def test_an_answer_that_does_not_come(daemon: FakeDaemon) -> None:
    """A call is given up after its time, the daemon cancels it, and the client can go on."""
    held = daemon.do(lambda: daemon.service.hold("search"))
    with Client(daemon.path) as client:
        client.status()  # the greeting has all the time that it needs
        client._timeout = 0.01
        with pytest.raises(SyncTimeout, match=r"search within 0\.01 s"):
            client.search("x")
    asyncio.run_coroutine_threadsafe(held.cancelled.wait(), daemon._loop).result()  # type: ignore[arg-type]
    with Client(daemon.path) as client:
        assert client.status().files == 2


def test_time_for_waiting_comes_on_top() -> None:
    """A query that waits has its own time besides; indexing and verifying have no limit."""
    assert allowed_seconds(SearchParams(query="x"), 30) == 30
    assert allowed_seconds(SearchParams(query="x", wait=Wait.INDEXED, timeout=5), 30) == 35
    assert allowed_seconds(SyncParams(timeout=5), 30) == 35
    assert allowed_seconds(IndexParams(), 30) is None
    assert allowed_seconds(SearchParams(query="x"), None) is None


def test_progress_is_reported(daemon: FakeDaemon) -> None:
    """`index` reports how far it is before it returns."""
    daemon.service.progress = (Progress(stage="embed", done=5, total=5),)
    seen: list[Progress] = []
    with Client(daemon.path) as client:
        assert client.index(seen.append, rebuild=True).embedded == 4
    assert seen == [Progress(stage="embed", done=5, total=5)]


def test_events_end_with_the_daemon(path: Path) -> None:
    """Events come typed, the remembered ones first, until the daemon ends."""
    trouble = WatchTrouble(reason="overflow", detail="1")
    with FakeDaemon(path) as daemon:
        daemon.service.publish(trouble)
        events = Client(path).events("watch_trouble", recent=True)
        assert next(events) == trouble
        daemon.service.publish(msgspec.structs.replace(trouble, detail="2"))
        assert next(events).detail == "2"  # type: ignore[union-attr]
    assert list(events) == []


def lying(path: Path, answer: bytes) -> threading.Thread:
    """Serve one connection with bytes that are no answer."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(10_000)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_messages_that_come_together(path: Path) -> None:
    """An event in the same portion as the answer before it is not lost."""
    hello = {"clock": "i:1", "version": "", "protocol": 1, "root": "", "pid": 1, "model": ""}
    event = {"subscription": 1, "event": {"type": "watch_trouble", "reason": "overflow", "detail": "1"}}
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(10_000)
            connection.sendall(frame(msgspec.json.encode({"id": 1, "result": hello})))
            connection.recv(10_000)
            answer = frame(msgspec.json.encode({"id": 2, "result": {"subscription": 1}}))
            connection.sendall(answer + frame(msgspec.json.encode({"method": "event", "params": event})))
            connection.recv(10_000)

    thread = threading.Thread(target=serve)
    thread.start()
    events = Client(path).events()
    assert next(events) == WatchTrouble(reason="overflow", detail="1")
    events.close()  # type: ignore[attr-defined]  # it is a generator
    thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        frame(b"no json"),
        frame(b'{"id": 1, "result": {}}'),
        b"Content-Length: 99999999999\r\n\r\n",
    ],
)
def test_a_daemon_that_talks_nonsense(path: Path, answer: bytes) -> None:
    """Whatever comes back, the client raises ProtocolError with advice."""
    thread = lying(path, answer)
    with Client(path) as client, pytest.raises(ProtocolError) as found:
        client.status()
    assert found.value.advice
    thread.join()


def test_a_daemon_that_says_nothing(path: Path) -> None:
    """A connection that ends during the greeting is DaemonNotRunning."""
    thread = lying(path, b"")
    with Client(path) as client, pytest.raises(DaemonNotRunning):
        client.status()
    thread.join()


def test_a_daemon_that_is_killed_while_it_is_greeted_is_followed_by_another(path: Path) -> None:
    """Who may start one does, for a call and for events; nobody is told to try again."""
    for ask in (lambda client: client.status(), lambda client: next(client.events(recent=True))):
        dying, started = lying(path, b""), []

        def start(dying: threading.Thread = dying, started: list[FakeDaemon] = started) -> None:
            dying.join()
            path.unlink()
            started.append(FakeDaemon(path).__enter__())
            started[0].service.publish(WatchTrouble(reason="overflow", detail="1"))

        with Client(path, start=start) as client:
            assert ask(client)
        (daemon,) = started
        daemon.stop()


def test_requests_are_numbered() -> None:
    """Each request of a conversation has a new id."""
    conversation = Conversation("")
    numbers = {conversation.request(SearchParams(query="x"))[0] for _ in range(3)}
    assert len(numbers) == 3


def in_time(scenario: Any) -> None:
    """Run an asyncio scenario of at most some minutes."""
    asyncio.run(asyncio.wait_for(scenario, 240))


def test_more_calls_than_a_daemon_takes_wait_for_their_turn(daemon: FakeDaemon) -> None:
    """Whoever gathers hundreds of calls gets hundreds of answers, none of them a refusal."""

    async def scenario() -> None:
        async with AsyncClient(daemon.path, root="/project") as client:
            held = daemon.do(lambda: daemon.service.hold("search"))
            calls = [asyncio.create_task(client.search(str(number), limit=1)) for number in range(3 * MAX_BATCH)]
            answer = asyncio.create_task(client.status())
            while await asyncio.to_thread(daemon.do, lambda: len(daemon.service.calls)) < MAX_BATCH:
                continue
            daemon.do(held.released.set)
            found = await asyncio.gather(*calls)
            assert [len(each.results) for each in found] == [1] * len(calls)
            assert (await answer).clock == "fake:7"

    in_time(scenario())


def test_many_calls_at_a_time(daemon: FakeDaemon) -> None:
    """Calls of one AsyncClient overlap: a held one does not keep the others waiting."""

    async def scenario() -> None:
        held = daemon.do(lambda: daemon.service.hold("search"))
        async with AsyncClient(daemon.path, root="/project") as client:
            slow = asyncio.create_task(client.search("x", limit=1))
            answers = await asyncio.gather(*(client.call(CallersParams(symbol="get")) for _ in range(20)))
            assert all(answer.edges[0].symbol.name == "load" for answer in answers)
            assert not slow.done()
            daemon.do(held.released.set)
            assert len((await slow).results) == 1
            assert client.clock == "fake:7"

    in_time(scenario())


def test_a_cancelled_call_is_cancelled_in_the_daemon(daemon: FakeDaemon) -> None:
    """Cancelling the task, or its running out of time, gives the request up on both sides."""

    async def scenario() -> None:
        held = daemon.do(lambda: daemon.service.hold("search"))
        async with AsyncClient(daemon.path) as client:
            await client.status()
            task = asyncio.create_task(client.search("x"))
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(held.entered.wait(), daemon._loop))  # type: ignore[arg-type]
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(held.cancelled.wait(), daemon._loop))  # type: ignore[arg-type]
            assert (await client.status()).files == 2
        async with AsyncClient(daemon.path, timeout=0.01) as hasty:
            with pytest.raises(SyncTimeout):
                await hasty.search("x")

    in_time(scenario())


def test_async_errors_and_reconnection(path: Path) -> None:
    """The asyncio client raises the daemon's errors, fails calls of a lost connection, and connects again."""

    async def scenario() -> None:
        daemon = FakeDaemon(path)
        async with AsyncClient(path) as client:
            with pytest.raises(DaemonNotRunning):
                await client.status()
            await asyncio.to_thread(daemon.__enter__)
            with pytest.raises(SymbolNotFound):
                await client.call(CallersParams(symbol="nobody"))
            held = daemon.do(lambda: daemon.service.hold("search"))
            task = asyncio.create_task(client.search("x"))
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(held.entered.wait(), daemon._loop))  # type: ignore[arg-type]
            await asyncio.to_thread(daemon.stop)
            with pytest.raises((DaemonNotRunning, ProtocolError)):
                await task
            await asyncio.to_thread(daemon.__enter__)
            assert (await client.status()).files == 2
            await asyncio.to_thread(daemon.stop)

    in_time(scenario())


def test_async_events_and_progress(path: Path) -> None:
    """Events and progress arrive over asyncio as they do over the blocking client."""

    async def scenario() -> None:
        daemon = FakeDaemon(path)
        await asyncio.to_thread(daemon.__enter__)
        daemon.service.progress = (Progress(stage="scan", done=1),)
        seen: list[Progress] = []
        async with AsyncClient(path) as client:
            await client.call(IndexParams(), seen.append)
            assert seen == [Progress(stage="scan", done=1)]
            daemon.service.publish(WatchTrouble(reason="overflow", detail="1"))
            async for event in client.events(recent=True):
                assert event == WatchTrouble(reason="overflow", detail="1")
                break
        await asyncio.to_thread(daemon.stop)

    in_time(scenario())


def test_the_client_is_light() -> None:
    """Importing the client loads nothing heavy, not even asyncio or logging."""
    code = "import codegraph.client, sys; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"numpy", "torch", "networkx", "lmdb", "tantivy", "rich", "typer", "asyncio", "logging", "diskcache"}
    assert not heavy & set(loaded)


def test_a_crowd_before_the_door_is_waited_for(path: Path) -> None:
    """Where so many wait to be let in that the system lets no more wait, a client tries again, and is let in."""
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(str(path))
        listener.listen(0)
        first.connect(str(path))
        tried = threading.Event()
        client = Client(path, timeout=0.01)
        dialled = threading.Thread(target=lambda: (tried.set(), client._dial()))
        dialled.start()
        tried.wait()
        listener.accept()[0].close()
        dialled.join()
        listener.accept()[0].close()
        assert client._socket is not None
        client.close()


def test_a_crowd_before_the_door_is_waited_for_in_asyncio(path: Path) -> None:
    """So does an AsyncClient; what asyncio takes for a connection then leads nowhere."""

    async def scenario() -> None:
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
            listener.bind(str(path))
            listener.listen(0)
            first.connect(str(path))
            client = AsyncClient(path)
            dialled = asyncio.create_task(client._connect(greet=False))
            await asyncio.sleep(0)  # one turn: it has tried
            listener.accept()[0].close()
            await dialled
            assert client._writer is not None
            assert client._writer.get_extra_info("peername") == str(path)
            listener.accept()[0].close()
            await client.close()

    in_time(scenario())


def test_a_lone_surrogate_is_refused_and_harms_nothing(daemon: FakeDaemon) -> None:
    """A text that UTF-8 cannot write is the caller's error, in both clients, and the next question is answered."""
    with Client(daemon.path) as client:
        with pytest.raises(UsageError, match="surrogates"):
            client.search("a\ud800b")
        assert client.status().files == 2

    async def scenario() -> None:
        async with AsyncClient(daemon.path) as client:
            with pytest.raises(UsageError, match="surrogates"):
                await client.search("a\ud800b")
            assert (await client.status()).files == 2

    in_time(scenario())
