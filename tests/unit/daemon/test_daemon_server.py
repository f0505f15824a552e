"""The server over real sockets: every client gets its answers, and none can harm another."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from fake_project import LOAD
from fake_service import FakeService

from codegraph import __version__
from codegraph.async_client import AsyncClient
from codegraph.config import DaemonConfig
from codegraph.daemon.connection import Connection, Limits
from codegraph.daemon.operations import Progress
from codegraph.daemon.protocol import MAX_BATCH, PROTOCOL_VERSION, Reply, Request, encode, frame
from codegraph.daemon.server import Server
from codegraph.daemon.statistics import RequestStatistics
from codegraph.errors import DaemonError, StoreFull
from codegraph.events import FilesChanged, WatchTrouble

HELLO = {"version": __version__, "protocol": PROTOCOL_VERSION}


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory with a path short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="cg-"))
    yield path
    shutil.rmtree(path)


class Peer:
    """A client that speaks bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, message: Any) -> None:
        self.writer.write(frame(json.dumps(message).encode()))

    def request(self, number: Any, method: str, **params: Any) -> None:
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    async def receive(self) -> Any:
        header = await self.reader.readuntil(b"\r\n\r\n")
        return json.loads(await self.reader.readexactly(int(header.split(b":")[1])))

    async def call(self, number: Any, method: str, **params: Any) -> Any:
        self.request(number, method, **params)
        return await self.receive()

    async def greet(self) -> Peer:
        assert "result" in await self.call("hello", "hello", **HELLO)
        return self

    async def ended(self) -> bytes:
        """Read until the server ends the connection."""
        try:
            return await self.reader.read()
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self.writer.close()


class Scene:
    """A server over a fake service, and clients of it."""

    def __init__(self, service: FakeService, server: Server, path: Path, statistics: RequestStatistics) -> None:
        self.service = service
        self.server = server
        self.path = path
        self.statistics = statistics
        self.peers: list[Peer] = []

    async def stranger(self) -> Peer:
        """A connection that has not said hello."""
        peer = Peer(*await asyncio.open_unix_connection(str(self.path)))
        self.peers.append(peer)
        return peer

    async def peer(self) -> Peer:
        return await (await self.stranger()).greet()


@asynccontextmanager
async def serving(directory: Path, config: DaemonConfig | None = None, **options: Any) -> AsyncIterator[Scene]:
    """Serve in `directory` until the block is left."""
    statistics = RequestStatistics()
    service = FakeService(statistics=statistics)
    server = Server(service, config or DaemonConfig(), statistics, **options)
    path = directory / "private" / "s"
    await server.listen_unix(path)
    scene = Scene(service, server, path, statistics)
    try:
        yield scene
    finally:
        for peer in scene.peers:
            peer.close()
        await server.close(grace_seconds=0.0)


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario; nothing in it takes longer than some minutes unless it never ends."""

    async def bounded() -> None:
        await asyncio.wait_for(scenario(), 240)

    asyncio.run(bounded())


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop turn until the condition holds."""
    while not condition():
        await asyncio.sleep(0)


def test_the_socket_is_private(directory: Path) -> None:
    """Mode 0600 in a directory of mode 0700, gone after the end."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            assert stat.S_IMODE(scene.path.lstat().st_mode) == 0o600
            assert stat.S_IMODE(scene.path.parent.lstat().st_mode) == 0o700
        assert not scene.path.exists()

    play(scenario)


def test_an_open_directory_is_closed_to_others(directory: Path) -> None:
    """A directory that others could enter is made private before the socket is bound."""
    (directory / "private").mkdir(mode=0o755)

    async def scenario() -> None:
        async with serving(directory) as scene:
            assert stat.S_IMODE(scene.path.parent.lstat().st_mode) == 0o700

    play(scenario)


def test_a_left_over_socket_is_replaced_and_a_file_is_not(directory: Path) -> None:
    """A dead daemon's socket does not stand in the way; anything else is not touched."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            os.link(scene.path, directory / "left")
        (directory / "left").rename(scene.path)
        async with serving(directory) as scene:
            assert "result" in await (await scene.stranger()).call(1, "hello", **HELLO)
        scene.path.write_text("mine")
        with pytest.raises(DaemonError):
            async with serving(directory):
                raise AssertionError
        assert scene.path.read_text() == "mine"

    play(scenario)


def test_another_daemons_socket_is_not_removed(directory: Path) -> None:
    """A server that ends removes its own socket only."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            scene.path.unlink()
            scene.path.write_text("of another daemon")
        assert scene.path.read_text() == "of another daemon"

    play(scenario)


def test_a_socket_that_was_removed_is_opened_again(directory: Path) -> None:
    """Whoever cleans /tmp up, with the directory or without, does not cut the daemon off; who is connected stays."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            before = await (await scene.stranger()).greet()
            for remove in (scene.path.unlink, lambda: shutil.rmtree(scene.path.parent)):
                remove()
                await scene.server.keep_listening()
                assert "result" in await (await scene.stranger()).call(1, "hello", **HELLO)
            assert "result" in await before.call(2, "status")
            inode = scene.path.lstat().st_ino
            await scene.server.keep_listening()
            assert scene.path.lstat().st_ino == inode

    play(scenario)


def test_another_user_is_refused(directory: Path) -> None:
    """The peer's user is checked, whatever the file modes say."""

    async def scenario() -> None:
        async with serving(directory, user=os.getuid() + 1) as scene:
            peer = await scene.stranger()
            assert (await peer.receive())["error"]["data"]["kind"] == "DaemonError"
            assert await peer.ended() == b""

    play(scenario)


def test_hello_comes_first(directory: Path) -> None:
    """Before hello only hello and shutdown are open."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.stranger()
            assert (await peer.call(1, "status"))["error"]["code"] == -32_002
            await peer.greet()
            assert (await peer.call(2, "status"))["result"]["symbols"] == 5

    play(scenario)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"version": "0.0.0"}, "VersionMismatch"),
        ({"protocol": PROTOCOL_VERSION + 1}, "VersionMismatch"),
        ({"root": "/elsewhere"}, "ProjectError"),
    ],
)
def test_hello_refuses_what_does_not_fit(directory: Path, change: dict[str, Any], kind: str) -> None:
    """Another version or another project is refused with advice, and the connection stays closed to methods."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.stranger()
            error = (await peer.call(1, "hello", **(HELLO | change)))["error"]
            assert error["data"]["kind"] == kind
            assert error["data"]["advice"]
            assert (await peer.call(2, "status"))["error"]["code"] == -32_002

    play(scenario)


def test_other_programs_need_no_version(directory: Path) -> None:
    """Who speaks the protocol need not know which build answers: versions differ from commit to commit."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.stranger()
            assert (await peer.call(1, "hello", protocol=PROTOCOL_VERSION))["result"]["version"] == __version__
            assert (await peer.call(2, "status"))["result"]["symbols"] == 5

    play(scenario)


def test_a_query_gets_its_answer(directory: Path) -> None:
    """Parameters reach the service, and its result comes back with the clock."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            reply = await peer.call(7, "search", query="get", limit=1)
            assert (reply["id"], reply["jsonrpc"]) == (7, "2.0")
            assert [hit["symbol"]["name"] for hit in reply["result"]["results"]] == ["get"]
            assert reply["result"]["clock"] == "fake:7"

    play(scenario)


def test_a_fresh_instance_is_told(directory: Path) -> None:
    """A client with no clock, or one of another instance, learns that what it remembers is void."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            for number, (clock, fresh) in enumerate((("", True), ("fake:3", False), ("other:7", True))):
                reply = await peer.call(number, "search", query="x", clock=clock)
                assert reply["result"]["is_fresh_instance"] is fresh

    play(scenario)


def test_wait_is_done_before_the_query(directory: Path) -> None:
    """`wait` settles the index first; sync keeps its own meaning; without it nothing is awaited."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            await peer.call(1, "search", query="x")
            await peer.call(2, "search", query="x", wait="embedded")
            await peer.call(3, "callers", symbol="get", wait="indexed")
            await peer.call(4, "sync", wait="embedded")
            assert scene.service.waits == ["embedded", "indexed"]

    play(scenario)


@pytest.mark.parametrize(
    ("body", "code", "number"),
    [
        (b"{", -32_700, None),
        (b"\xff\xfe", -32_700, None),
        (b"[" * 100_000, -32_700, None),
        (b"3", -32_600, None),
        (b"[]", -32_600, None),
        (b'{"jsonrpc": "1.0", "id": 4, "method": "status"}', -32_600, 4),
        (b'{"jsonrpc": "2.0", "id": 5}', -32_600, 5),
        (b'{"jsonrpc": "2.0", "id": 5.5, "method": "status"}', -32_600, None),
        (b'{"jsonrpc": "2.0", "id": 6, "method": "nonsense"}', -32_601, 6),
        (b'{"jsonrpc": "2.0", "id": 7, "method": "search"}', -32_602, 7),
        (b'{"jsonrpc": "2.0", "id": 8, "method": "search", "params": [1]}', -32_602, 8),
    ],
)
def test_malformed_messages_are_answered(directory: Path, body: bytes, code: int, number: int | None) -> None:
    """Every malformed message gets the code of JSON-RPC, and the connection goes on."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            peer.writer.write(frame(body))
            reply = await peer.receive()
            assert (reply["error"]["code"], reply["id"]) == (code, number)
            assert reply["error"]["message"]
            assert reply["error"]["data"]["advice"]
            assert "result" in await peer.call(9, "status")

    play(scenario)


def test_broken_framing_ends_only_its_own_connection(directory: Path) -> None:
    """Bytes without a header are answered and cut off; the client beside it notices nothing."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            good, bad = await scene.peer(), await scene.peer()
            bad.writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await bad.receive())["error"]["data"]["kind"] == "ProtocolError"
            assert await bad.ended() == b""
            assert "result" in await good.call(1, "status")

    play(scenario)


def test_an_oversize_message_is_refused_and_skipped(directory: Path) -> None:
    """A message over the limit gets an error, and the one behind it its answer."""

    async def scenario() -> None:
        async with serving(directory, DaemonConfig(max_message_bytes=2_000)) as scene:
            peer = await scene.peer()
            peer.request(1, "search", query="x" * 50_000)
            peer.request(2, "status")
            first, second = await peer.receive(), await peer.receive()
            assert "at most 2000" in first["error"]["message"]
            assert second["id"] == 2
            assert "result" in second

    play(scenario)


def test_too_many_clients_are_refused(directory: Path) -> None:
    """The client over the limit is told so; a place that becomes free is given again."""

    async def scenario() -> None:
        async with serving(directory, DaemonConfig(max_clients=2)) as scene:
            first, second, third = await scene.peer(), await scene.peer(), await scene.stranger()
            assert "2 clients" in (await third.receive())["error"]["message"]
            assert await third.ended() == b""
            assert "result" in await first.call(1, "status")
            second.close()
            await until(lambda: scene.server.clients == 1)
            assert "result" in await (await scene.peer()).call(1, "status")

    play(scenario)


def test_a_refused_client_that_speaks_late_learns_why(directory: Path) -> None:
    """What a client writes after its refusal does not fail; it takes no place, and too many of them are ended."""

    async def scenario() -> None:
        async with serving(directory, DaemonConfig(max_clients=1)) as scene:
            first, second = await scene.peer(), await scene.stranger()
            assert "1 clients" in (await second.receive())["error"]["message"]
            for number in range(8):  # where nobody reads, one of the first few fails
                second.request(number, "status")
                await second.writer.drain()
                assert "result" in await first.call(number, "status")
            client = AsyncClient(str(scene.path))
            with pytest.raises(DaemonError, match="1 clients are connected already") as told:
                await client.status()
            assert "daemon.max_clients" in told.value.advice
            assert scene.server.clients == 1
            first.close()
            await until(lambda: scene.server.clients == 0)
            assert "result" in await (await scene.peer()).call(1, "status")
            third = await scene.stranger()
            assert "1 clients" in (await third.receive())["error"]["message"]
            assert await second.ended() == b""

    play(scenario)


class _Prompt(asyncio.Transport):
    """A client that asks again in the moment in which it has an answer."""

    def __init__(self, ask: Callable[[], None]) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self._ask = ask

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))
        self._ask()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False


class _Gate:
    """A host that answers once it is let."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.asked: list[Any] = []

    def opened(self, connection: Connection) -> bool:
        return True

    def lost(self, connection: Connection) -> None: ...

    async def answer(self, connection: Connection, request: Request) -> Reply:
        self.asked.append(request.id)
        await self.open.wait()
        return Reply(id=request.id, result=0)  # type: ignore[arg-type]

    def answered(self, request: Request, reply: object) -> None: ...


def test_who_has_an_answer_may_ask_again_at_once() -> None:
    """What was answered is no longer in progress when the client learns it, or the next of 64 would be refused."""

    async def scenario() -> None:
        host = _Gate()
        connection = Connection(host, Limits())
        numbers = iter(range(3 * MAX_BATCH))

        def ask() -> None:
            for number in islice(numbers, 1):
                connection.data_received(frame(encode({"jsonrpc": "2.0", "id": number, "method": "status"})))

        transport = _Prompt(ask)
        connection.connection_made(transport)
        for _ in range(MAX_BATCH):
            ask()
        host.open.set()
        while connection.tasks:
            await asyncio.wait(connection.tasks)
        assert host.asked == list(range(3 * MAX_BATCH))
        assert not any(b'"error"' in each for each in transport.written)

    asyncio.run(scenario())


def test_a_hundred_clients_at_once(directory: Path) -> None:
    """Every one of many clients gets all of its own answers and nobody else's."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peers = [await scene.peer() for _ in range(100)]

            async def work(peer: Peer, who: int) -> None:
                for number in range(5):
                    peer.request(f"{who}/{number}", "search", query="x")
                numbers = {(await peer.receive())["id"] for _ in range(5)}
                assert numbers == {f"{who}/{number}" for number in range(5)}

            await asyncio.gather(*(work(peer, who) for who, peer in enumerate(peers)))
            assert scene.statistics.clients == 100

    play(scenario)


def test_a_slow_subscriber_is_disconnected(directory: Path) -> None:
    """A client that never reads its events loses its connection at the bound; others go on."""

    async def scenario() -> None:
        async with serving(directory, DaemonConfig(max_buffer_bytes=100_000)) as scene:
            slow, good = await scene.peer(), await scene.peer()
            await slow.call(1, "events")
            event = FilesChanged(written=tuple(f"pkg/{n:05}.py" for n in range(500)), deleted=())
            while scene.service.subscribers:
                scene.service.publish(event)
                await asyncio.sleep(0)
            assert scene.server.clients == 1
            assert "result" in await good.call(1, "status")

    play(scenario)


def test_a_client_that_takes_nothing_is_disconnected(directory: Path) -> None:
    """Answers that nobody takes for the allowed time end the connection, and the request with it."""

    async def scenario() -> None:
        async with serving(directory, stall_seconds=0.02) as scene:
            scene.service.answer_symbols = (LOAD,) * 20_000
            peer = await scene.stranger()
            await peer.greet()
            peer.request(1, "symbols")
            await until(lambda: scene.server.clients == 0)
            assert not (await peer.ended()).endswith(b"}")

    play(scenario)


def test_answers_wait_for_their_reader(directory: Path) -> None:
    """More answers than the buffer may hold reach a client that is merely late: none is lost, nobody is cut off."""

    async def scenario() -> None:
        async with serving(directory, DaemonConfig(max_buffer_bytes=4_000_000)) as scene:
            scene.service.answer_symbols = (LOAD,) * 3_000
            peer, good = await scene.peer(), await scene.peer()
            for number in range(20):
                peer.request(number, "symbols")
            await until(lambda: len(scene.service.calls) >= 22)
            assert "result" in await good.call(1, "status")
            replies = [await peer.receive() for _ in range(20)]
            assert sorted(reply["id"] for reply in replies) == list(range(20))
            assert all(len(reply["result"]["symbols"]) == 3_000 for reply in replies)

    play(scenario)


def test_an_answer_too_large_to_send_is_an_error(directory: Path) -> None:
    """An answer over half the buffer is replaced by an error that says what to do."""

    async def scenario() -> None:
        async with serving(directory, DaemonConfig(max_buffer_bytes=100_000)) as scene:
            scene.service.answer_symbols = (LOAD,) * 1_000
            peer = await scene.peer()
            error = (await peer.call(1, "symbols"))["error"]
            assert "limit" in error["data"]["advice"]
            assert "result" in await peer.call(2, "status")

    play(scenario)


def test_too_many_requests_in_progress(directory: Path) -> None:
    """A client may have MAX_BATCH requests in progress; the next one is refused, the others are answered."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            held = scene.service.hold("search")
            peer = await scene.peer()
            for number in range(MAX_BATCH + 1):
                peer.request(number, "search", query="x")
            refused = await peer.receive()
            assert refused["id"] == MAX_BATCH
            assert "in progress" in refused["error"]["message"]
            held.released.set()
            assert {(await peer.receive())["id"] for _ in range(MAX_BATCH)} == set(range(MAX_BATCH))

    play(scenario)


def test_an_id_in_use_is_refused(directory: Path) -> None:
    """Two requests of one id at a time would make the answers ambiguous."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            held = scene.service.hold("search")
            peer = await scene.peer()
            peer.request(1, "search", query="x")
            assert "still in progress" in (await peer.call(1, "status"))["error"]["message"]
            held.released.set()
            assert "result" in await peer.receive()

    play(scenario)


def test_batches(directory: Path) -> None:
    """A batch is answered by one array: requests answered, notifications not, malformed parts with an error."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            peer.send(
                [
                    {"jsonrpc": "2.0", "id": 1, "method": "status"},
                    {"jsonrpc": "2.0", "method": "search", "params": {"query": "x"}},
                    {"jsonrpc": "2.0", "id": 2},
                    {"jsonrpc": "2.0", "id": 3, "method": "callers", "params": {"symbol": "get"}},
                ]
            )
            replies = {reply["id"]: reply for reply in await peer.receive()}
            assert sorted(replies) == [1, 2, 3]
            assert replies[1]["result"]["files"] == 2
            assert replies[2]["error"]["code"] == -32_600
            assert replies[3]["result"]["edges"][0]["symbol"]["name"] == "load"
            peer.send([{"jsonrpc": "2.0", "method": "x"}])
            peer.send([{"jsonrpc": "2.0", "id": n, "method": "status"} for n in range(MAX_BATCH + 1)])
            assert (await peer.receive())["error"]["code"] == -32_600

    play(scenario)


def test_cancellation(directory: Path) -> None:
    """$/cancelRequest ends a request with its own error, even when it comes in the same portion."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            held = scene.service.hold("sync")
            peer = await scene.peer()
            peer.request(1, "sync", wait="embedded")
            await held.entered.wait()
            peer.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1}})
            reply = await peer.receive()
            assert (reply["id"], reply["error"]["code"]) == (1, -32_800)
            assert held.cancelled.is_set()
            request = {"jsonrpc": "2.0", "id": 2, "method": "sync", "params": {}}
            cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}}
            peer.writer.write(b"".join(frame(json.dumps(m).encode()) for m in (request, cancel)))
            assert (await peer.receive())["error"]["code"] == -32_800
            peer.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": [1]}})
            peer.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99}})
            assert "result" in await peer.call(3, "status")

    play(scenario)


def test_a_vanished_client_cancels_its_waits(directory: Path) -> None:
    """Nobody works for a client that is gone; its subscriptions end too."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            held = scene.service.hold("sync")
            peer = await scene.peer()
            await peer.call(1, "events")
            peer.request(2, "sync")
            await held.entered.wait()
            peer.close()
            await held.cancelled.wait()
            await until(lambda: scene.server.clients == 0)
            assert scene.service.subscribers == 0

    play(scenario)


def test_events_reach_their_subscribers(directory: Path) -> None:
    """Events of the wanted types come as notifications, published from any thread, until unsubscribed."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            scene.service.publish(WatchTrouble(reason="overflow", detail="before"))
            peer = await scene.peer()
            reply = await peer.call(1, "events", types=["watch_trouble"], recent=True)
            subscription = reply["result"]["subscription"]

            def elsewhere() -> None:
                scene.service.publish(FilesChanged(written=("a.py",), deleted=()))
                scene.service.publish(WatchTrouble(reason="overflow", detail="after"))

            await asyncio.to_thread(elsewhere)
            for detail in ("before", "after"):
                message = await peer.receive()
                assert message["method"] == "event"
                assert message["params"]["subscription"] == subscription
                assert message["params"]["event"]["type"] == "watch_trouble"
                assert message["params"]["event"]["detail"] == detail
            assert (await peer.call(2, "unsubscribe", subscription=subscription))["result"] == {"ended": True}
            assert (await peer.call(3, "unsubscribe", subscription=subscription))["result"] == {"ended": False}
            assert scene.service.subscribers == 0
            error = (await peer.call(4, "events", types=["earthquake"]))["error"]
            assert "committed" in error["data"]["advice"]

    play(scenario)


def test_progress_comes_before_the_answer(directory: Path) -> None:
    """Progress may be reported from any thread; the newest report is sent, at the latest before the reply."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            scene.service.progress = tuple(Progress(stage="extract", done=n, total=100) for n in range(101))
            peer = await scene.peer()
            peer.request("big", "index")
            note = await peer.receive()
            assert note["method"] == "progress"
            assert note["params"] == {"id": "big", "progress": {"stage": "extract", "done": 100, "total": 100}}
            assert (await peer.receive())["result"]["embedded"] == 4

    play(scenario)


def test_failures_of_the_service_are_answered(directory: Path) -> None:
    """Our errors keep kind and advice; foreign ones become InternalError; what cannot be encoded too."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            scene.service.failures["search"] = StoreFull("no room on /state", "free some space")
            error = (await peer.call(1, "search", query="x"))["error"]
            assert error == {
                "code": -32_006,
                "message": "no room on /state",
                "data": {"kind": "StoreFull", "advice": "free some space"},
            }
            scene.service.failures["search"] = ZeroDivisionError("oops")
            error = (await peer.call(2, "search", query="x"))["error"]
            assert error["data"]["kind"] == "InternalError"
            assert "ZeroDivisionError: oops" in error["message"]
            scene.service._root = "/\udcff"
            assert (await peer.call(3, "status"))["error"]["data"]["kind"] == "InternalError"

    play(scenario)


def test_requests_are_counted(directory: Path) -> None:
    """Status shows requests, errors and time by method; unknown names share one line."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            await peer.call(1, "search", query="x")
            await peer.call(2, "callers", symbol="nobody")
            await peer.call(3, "x" * 100)
            await peer.call(4, "y")
            figures = (await peer.call(5, "status"))["result"]["requests"]
            counts = {line["method"]: (line["count"], line["errors"]) for line in figures["by_method"]}
            assert counts == {"hello": (1, 0), "search": (1, 0), "callers": (1, 1), "(unknown method)": (2, 2)}
            assert figures["error_rate"] == pytest.approx(3 / 5)
            assert figures["clients"] == 1

    play(scenario)


def test_shutdown_is_answered_after_the_socket_is_gone(directory: Path) -> None:
    """No newcomer takes a dying daemon for a live one; any version may end it; work in progress is finished."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            ended = asyncio.create_task(scene.server.serve())
            held = scene.service.hold("search")
            busy = await scene.peer()
            busy.request(1, "search", query="x")
            await held.entered.wait()
            peer = await scene.stranger()
            assert (await peer.call(1, "shutdown"))["result"] == {"clock": "fake:7"}
            assert not scene.path.exists()
            held.released.set()
            assert "result" in await busy.receive()
            await ended
            assert await busy.ended() == b""
            assert scene.server.clients == 0

    play(scenario)


def test_stop_cancels_what_does_not_end(directory: Path) -> None:
    """A request that does not end in the grace is cancelled, and its connection closed."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            ended = asyncio.create_task(scene.server.serve(grace_seconds=0.01))
            held = scene.service.hold("search")
            peer = await scene.peer()
            peer.request(1, "search", query="x")
            await held.entered.wait()
            scene.server.stop()
            await ended
            await held.cancelled.wait()
            await peer.ended()

    play(scenario)


def test_a_publisher_in_another_thread_is_never_blocked(directory: Path) -> None:
    """Publishing returns at once even while the event loop is busy."""

    async def scenario() -> None:
        async with serving(directory) as scene:
            peer = await scene.peer()
            await peer.call(1, "events")
            thread = threading.Thread(target=scene.service.publish, args=(FilesChanged(written=("a.py",), deleted=()),))
            thread.start()
            thread.join()  # the loop does not turn while this waits
            assert (await peer.receive())["params"]["event"]["written"] == ["a.py"]

    play(scenario)
