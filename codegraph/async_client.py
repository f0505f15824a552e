"""The asyncio twin of `codegraph.client.Client`: many calls at a time over one connection.

    async with AsyncClient(socket_path) as client:
        found, callers = await asyncio.gather(
            client.call(SearchParams(query="retry")), client.call(CallersParams(symbol="pkg.retry"))
        )

Calls beyond what a daemon takes of one connection (`protocol.MAX_BATCH`) wait for their turn; their time begins then.
A call that is cancelled is cancelled in the daemon too. A lost connection fails the calls in progress
with DaemonNotRunning; the next call connects again. Tests: tests/unit/test_client.py.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from codegraph.conversation import BUSY_LOOK_SECONDS, Conversation, allowed_seconds, attempts, decode_event
from codegraph.daemon import messages, operations, reports, streams
from codegraph.daemon.messages import Params
from codegraph.daemon.protocol import MAX_BATCH, Incoming, raised
from codegraph.errors import CodegraphError, DaemonNotRunning, SyncTimeout

if TYPE_CHECKING:
    from codegraph.events import AnyEvent

ResultT = TypeVar("ResultT")

_PORTION = 262_144


class AsyncClient:
    """Client of one daemon for one event loop. Connects at the first call; use it in `async with`, or close it."""

    def __init__(self, socket_path: str | os.PathLike[str], *, root: str = "", timeout: float | None = 30.0) -> None:
        """`timeout` is in seconds per answer."""
        self._path = os.fspath(socket_path)
        self._root = root
        self._timeout = timeout
        self._conversation = Conversation(root)
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._turns = asyncio.Semaphore(MAX_BATCH)
        self._answers: dict[int, asyncio.Future[Incoming]] = {}
        self._progress: dict[int, Callable[[operations.Progress], None]] = {}
        self._events: asyncio.Queue[Incoming | None] | None = None

    @property
    def clock(self) -> str:
        """The last clock that an answer carried; "" before the first."""
        return self._conversation.clock

    async def __aenter__(self) -> AsyncClient:
        """Return the client itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    async def close(self) -> None:
        """Close the connection; calls in progress fail with DaemonNotRunning, the next call connects again."""
        writer, reading = self._writer, self._reading
        self._writer = self._reading = None
        if writer is not None:
            writer.close()
        if reading is not None:
            reading.cancel()
            await asyncio.wait([reading])

    async def call(
        self, params: Params[ResultT], progress: Callable[[operations.Progress], None] | None = None
    ) -> ResultT:
        """Send a request and return its result; `progress` gets what the daemon reports meanwhile.

        Raises the daemon's errors, DaemonNotRunning, SyncTimeout and ProtocolError.
        """
        async with self._opening:
            if self._writer is None:
                await self._connect(greet=not isinstance(params, operations.ShutdownParams))
        async with self._turns:
            return await self._exchange(params, progress)

    async def _exchange(
        self, params: Params[ResultT], progress: Callable[[operations.Progress], None] | None = None
    ) -> ResultT:
        if self._writer is None:
            raise _lost()
        number, data = self._conversation.request(params)
        answer: asyncio.Future[Incoming] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        if progress is not None:
            self._progress[number] = progress
        allowed = allowed_seconds(params, self._timeout)
        try:
            self._writer.write(data)
            async with asyncio.timeout(allowed):
                return self._conversation.result(params, await answer)
        except TimeoutError as error:
            self._give_up(number)
            raise SyncTimeout(
                f"no answer to {params.method} within {allowed:g} s", "allow more time, or look at `codegraph status`"
            ) from error
        except asyncio.CancelledError:
            self._give_up(number)
            raise
        finally:
            self._answers.pop(number, None)
            self._progress.pop(number, None)

    def _give_up(self, number: int) -> None:
        if self._writer is not None:
            self._writer.write(self._conversation.cancellation(number))

    async def _connect(self, *, greet: bool) -> None:
        try:
            reader, self._writer = await asyncio.open_unix_connection(sock=await _dial(self._path))
        except OSError as error:
            raise DaemonNotRunning(
                f"no daemon listens at {self._path}: {error}", "run `codegraph start` in the project"
            ) from error
        self._conversation.restart()
        self._reading = asyncio.create_task(self._read(reader, self._writer))
        if greet:
            try:
                await self._exchange(self._conversation.hello())
            except BaseException:
                await self.close()
                raise

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand every message to whom it concerns, until the connection ends."""
        problem: CodegraphError = _lost()
        try:
            while data := await reader.read(_PORTION):
                for message in self._conversation.received(data):
                    self._deliver(message)
        except ConnectionError:
            pass  # the same as an end: `problem` says so to everybody who waits
        except CodegraphError as error:
            problem = error
        finally:
            writer.close()
            if self._writer is writer:
                self._writer = None
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(problem)
            if self._events is not None:
                self._events.put_nowait(None)

    def _deliver(self, message: Incoming) -> None:
        if message.method == "progress":
            note = msgspec.json.decode(message.params, type=streams.ProgressNotification)
            report = self._progress.get(note.id) if isinstance(note.id, int) else None
            if report is not None:
                report(note.progress)
        elif message.method == "event":
            if self._events is not None:
                self._events.put_nowait(message)
        elif isinstance(message.id, int):
            answer = self._answers.get(message.id)
            if answer is not None and not answer.done():
                answer.set_result(message)
        elif message.error is not None:
            raise raised(message.error)

    async def events(self, *types: str, recent: bool = False) -> AsyncIterator[AnyEvent]:
        """Yield trace events as they happen, over a connection of their own, until the daemon ends."""
        async with AsyncClient(self._path, root=self._root, timeout=self._timeout) as own:
            queue: asyncio.Queue[Incoming | None] = asyncio.Queue()
            own._events = queue
            await own.call(streams.EventsParams(types=types, recent=recent))
            while (message := await queue.get()) is not None:
                yield decode_event(message)

    # --- shorthands; the other methods are reached through `call` -----------------------------------

    async def status(self) -> reports.StatusResult:
        """Everything about the daemon and its index."""
        return await self.call(reports.StatusParams())

    async def sync(self, wait: messages.Wait = messages.Wait.INDEXED, timeout: float = 10.0) -> operations.SyncResult:
        """Wait until everything written before the call is indexed (or embedded)."""
        return await self.call(operations.SyncParams(wait=wait, timeout=timeout))

    async def search(self, query: str, **options: Any) -> messages.SearchResult:
        """Find symbols by meaning and words; `options` are the other fields of SearchParams."""
        return await self.call(messages.SearchParams(query=query, **options))


async def _dial(path: str) -> socket.socket:
    """Connect as `Client` does; asyncio itself takes a full queue for success. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        for _ in attempts(connection, path):
            await asyncio.sleep(BUSY_LOOK_SECONDS)
    except BaseException:
        connection.close()
        raise
    return connection


def _lost() -> DaemonNotRunning:
    return DaemonNotRunning("the daemon closed the connection", "its log says why: `codegraph doctor`")
