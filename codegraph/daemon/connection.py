"""One client's end in the daemon: frames in, tasks, frames out, and the bounds on all three.

Reading never stops, so that a cancellation or the client's end is always noticed; the bounds are
therefore on what a request costs. At most MAX_BATCH requests are in progress (the next one is
refused); an answer waits until the client has taken the ones before it; a client whose unread bytes
pass `max_buffer_bytes`, or that takes nothing for `stall_seconds` while bytes wait, is disconnected.
Nothing that a client sends reaches another one: every fault ends in an error reply on its own
connection or in the end of that connection.

When the client goes, its tasks are cancelled and its subscriptions end.
Tests: tests/unit/daemon/test_daemon_server.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from codegraph.daemon.protocol import (
    MAX_BATCH,
    ErrorCode,
    ErrorData,
    ErrorObject,
    ErrorReply,
    FrameReader,
    Notification,
    Oversize,
    Reply,
    Request,
    RequestId,
    encode,
    error_object,
    frame,
)
from codegraph.daemon.streams import CancelParams
from codegraph.errors import DaemonError, InternalError, ProtocolError

logger = logging.getLogger(__name__)

_HIGH_WATER = 262_144
_REQUESTS = msgspec.json.Decoder(Request)
_BATCHES = msgspec.json.Decoder(list[msgspec.Raw])
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Message = Reply | ErrorReply
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may cost. Bytes and seconds."""

    max_message_bytes: int = 8_388_608
    max_buffer_bytes: int = 33_554_432
    stall_seconds: float = 30.0


class Host(Protocol):
    """The server, as a connection sees it."""

    def opened(self, connection: Connection) -> bool:
        """Admit a client, or have refused it."""

    def lost(self, connection: Connection) -> None:
        """Forget a client."""

    async def answer(self, connection: Connection, request: Request) -> Message:
        """Answer a request; errors come as ErrorReply. Only cancellation is raised."""

    def answered(self, request: Request, reply: Message) -> None:
        """Learn that the reply has been written."""


class Connection(asyncio.Protocol):
    """Speaks with one client."""

    def __init__(self, host: Host, limits: Limits) -> None:
        self._host = host
        self._limits = limits
        self._frames = FrameReader(limits.max_message_bytes)
        self._tasks: dict[object, asyncio.Task[Any]] = {}
        self._subscriptions: dict[int, Callable[[], None]] = {}
        self._next_subscription = 1
        self._loop = asyncio.get_running_loop()
        self._writable = asyncio.Event()
        self._writable.set()
        self._stall: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._closing = False
        self.greeted = False
        """`hello` was answered; other methods are open."""

    # --- asyncio.Protocol -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the host for admission."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=min(_HIGH_WATER, self._limits.max_buffer_bytes))
        if not self._host.opened(self):
            self.close()

    def data_received(self, data: bytes) -> None:
        """Handle every frame that is complete."""
        if self._closing:
            return
        self._frames.feed(data)
        while not self._closing:
            try:
                body = self._frames.next()
            except ProtocolError as error:
                self._refuse(None, error)
                self.close()
                return
            if body is None:
                return
            if isinstance(body, Oversize):
                limit = self._limits.max_message_bytes
                self._refuse(
                    None,
                    ProtocolError(
                        f"a message of {body.length} bytes; at most {limit} are accepted",
                        "send less at a time, or raise daemon.max_message_bytes",
                    ),
                )
            else:
                self._message(body)

    def connection_lost(self, exc: Exception | None) -> None:
        """End everything that this client asked for."""
        del exc
        self._closing = True
        self._clear_stall()
        for cancel in self._subscriptions.values():
            cancel()
        self._subscriptions.clear()
        for task in tuple(self._tasks.values()):
            task.cancel()
        self._host.lost(self)

    def pause_writing(self) -> None:
        """Hold answers back and start to watch whether the client takes any of what waits."""
        self._writable.clear()
        self._watch_stall()

    def resume_writing(self) -> None:
        """Let answers out again."""
        self._clear_stall()
        self._writable.set()

    # --- for the host ---------------------------------------------------------------------------

    @property
    def tasks(self) -> tuple[asyncio.Task[Any], ...]:
        """The requests in progress."""
        return tuple(self._tasks.values())

    @property
    def transport(self) -> asyncio.Transport:
        """The open transport; an assertion fails before the connection is made."""
        assert self._transport is not None
        return self._transport

    def notify(self, method: str, params: Any) -> None:
        """Send a notification at once; a client that leaves too many unread is disconnected."""
        self._write(encode(Notification(method=method, params=params)))

    def subscribe(self, start: Callable[[int], Callable[[], None]]) -> int:
        """Number a subscription, start it, and end it with the connection at the latest."""
        number = self._next_subscription
        self._next_subscription += 1
        self._subscriptions[number] = start(number)
        return number

    def unsubscribe(self, number: int) -> bool:
        """End a subscription; False if there is none of that number."""
        cancel = self._subscriptions.pop(number, None)
        if cancel is not None:
            cancel()
        return cancel is not None

    def refuse(self, error: DaemonError) -> None:
        """Tell the client why it is not wanted, and close once it has closed, or after a limited time.

        Closed at once, the hello that it is writing meanwhile would fail, and it would not look at what came.
        """
        self._refuse(None, error)
        self._closing = True
        self._end_later()
        self.transport.write_eof()

    def close(self) -> None:
        """Stop reading, let written bytes out for a limited time, then end the connection."""
        if self._closing or self._transport is None:
            return
        self._closing = True
        for task in tuple(self._tasks.values()):
            task.cancel()
        self._end_later()
        self._transport.close()

    def _end_later(self) -> None:
        self._loop.call_later(self._limits.stall_seconds, self.transport.abort)

    # --- messages -------------------------------------------------------------------------------

    def _message(self, body: bytes) -> None:
        if body.lstrip()[:1] == b"[":
            self._batch(body)
            return
        try:
            request = _REQUESTS.decode(body)
        except _UNREADABLE as error:
            self._write(encode(unreadable(body, error)))
            return
        if request.id is msgspec.UNSET:
            self._notified(request)
            return
        refusal = self._refusal(request)
        if refusal is None:
            self._start(request.id, self._single(request))
        else:
            self._write(encode(refusal))

    def _batch(self, body: bytes) -> None:
        try:
            parts = _BATCHES.decode(body)
        except _UNREADABLE as error:
            self._write(encode(unreadable(body, error)))
            return
        if not 0 < len(parts) <= MAX_BATCH:
            self._refuse(None, ProtocolError(f"a batch of {len(parts)} messages", f"send 1 to {MAX_BATCH} at a time"))
            return
        key = object()
        self._start(key, self._many(parts, key))

    def _refusal(self, request: Request) -> ErrorReply | None:
        """Say why a request cannot be started, if it cannot."""
        if request.id in self._tasks:
            problem = ProtocolError(f"request {request.id!r} is still in progress", "use a new id")
            return ErrorReply(id=_id(request), error=error_object(problem))
        if len(self._tasks) >= MAX_BATCH:
            busy = DaemonError(f"{MAX_BATCH} requests of this client are in progress", "wait for their answers")
            return ErrorReply(id=_id(request), error=error_object(busy))
        return None

    def _notified(self, request: Request) -> None:
        """Notifications are never answered, so unknown and malformed ones are dropped."""
        if request.method != "$/cancelRequest":
            return
        try:
            cancelled = msgspec.json.decode(request.params, type=CancelParams)
        except _UNREADABLE:
            return
        task = self._tasks.get(cancelled.id)
        if task is not None:
            # Not at once: a task that is cancelled before its first step would end without an answer.
            self._loop.call_soon(task.cancel)

    def _start(self, key: object, work: Coroutine[Any, Any, ResultT]) -> asyncio.Task[ResultT]:
        task = self._loop.create_task(work)
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.get(key) is task and self._tasks.pop(key))
        return task

    async def _single(self, request: Request) -> None:
        reply = await self._answer(request)
        await self._send(self._encoded(reply), reply.id, request.id)
        self._host.answered(request, reply)

    async def _many(self, parts: list[msgspec.Raw], key: object) -> None:
        replies: list[Message] = []
        tasks: list[asyncio.Task[Message]] = []
        for part in parts:
            started = self._part(part)
            if isinstance(started, asyncio.Task):
                tasks.append(started)
            elif started is not None:
                replies.append(started)
        replies += await asyncio.gather(*tasks)
        if replies:
            await self._send(b"[" + b",".join(map(self._encoded, replies)) + b"]", None, key)

    def _part(self, part: msgspec.Raw) -> asyncio.Task[Message] | ErrorReply | None:
        try:
            request = _REQUESTS.decode(part)
        except _UNREADABLE as error:
            return unreadable(bytes(part), error)
        if request.id is msgspec.UNSET:
            self._notified(request)
            return None
        return self._refusal(request) or self._start(request.id, self._answer(request))

    async def _answer(self, request: Request) -> Message:
        try:
            return await self._host.answer(self, request)
        except asyncio.CancelledError:
            if self._closing:
                raise
            data = ErrorData(kind="RequestCancelled")
            error = ErrorObject(ErrorCode.REQUEST_CANCELLED, f"{request.method} was cancelled", data)
            return ErrorReply(id=_id(request), error=error)

    def _encoded(self, reply: Message) -> bytes:
        try:
            return encode(reply)
        except (UnicodeEncodeError, TypeError, ValueError) as error:
            logger.exception("an answer could not be encoded")
            problem = InternalError(f"the answer could not be encoded: {error}")
            return encode(ErrorReply(id=reply.id, error=error_object(problem)))

    # --- bytes ----------------------------------------------------------------------------------

    async def _send(self, body: bytes, request_id: RequestId, key: object) -> None:
        """Send an answer; what it answers is no longer in progress, for the next request may be here at once."""
        largest = self._limits.max_buffer_bytes // 2
        if len(body) > largest:
            problem = DaemonError(
                f"the answer has {len(body)} bytes; at most {largest} are sent",
                "ask for less with `limit`, or raise daemon.max_buffer_bytes",
            )
            body = encode(ErrorReply(id=request_id, error=error_object(problem)))
        while not self._writable.is_set():
            await self._writable.wait()
        self._tasks.pop(key, None)
        self._write(body)

    def _refuse(self, request_id: RequestId, error: DaemonError | ProtocolError) -> None:
        self._write(encode(ErrorReply(id=request_id, error=error_object(error))))

    def _write(self, body: bytes) -> None:
        if self._closing or self._transport is None or self._transport.is_closing():  # it is gone: nobody reads this
            return
        self._transport.write(frame(body))
        if self._transport.get_write_buffer_size() > self._limits.max_buffer_bytes:
            logger.warning("a client left %d bytes unread and is disconnected", self._limits.max_buffer_bytes)
            self._transport.abort()

    def _watch_stall(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self._stall = self._loop.call_later(self._limits.stall_seconds, self._check_stall, waiting)

    def _check_stall(self, before: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting < before:
            self._watch_stall()
            return
        logger.warning("a client took nothing for %g s and is disconnected", self._limits.stall_seconds)
        self.transport.abort()

    def _clear_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None


def unreadable(body: bytes, error: Exception) -> ErrorReply:
    """Describe a body that is no request, with its id if one can be made out."""
    if isinstance(error, msgspec.ValidationError):
        problem = ProtocolError(f"not a JSON-RPC 2.0 request: {error}", "docs/api.md shows one")
        return ErrorReply(id=_salvaged_id(body), error=error_object(problem))
    problem = ProtocolError(f"not JSON: {error}", "docs/api.md shows a message")
    return ErrorReply(id=None, error=error_object(problem, ErrorCode.PARSE_ERROR))


class _Identified(msgspec.Struct):
    id: int | str | None = None


def _salvaged_id(body: bytes) -> RequestId:
    try:
        return msgspec.json.decode(body, type=_Identified).id
    except _UNREADABLE:
        return None


def _id(request: Request) -> RequestId:
    return None if isinstance(request.id, msgspec.UnsetType) else request.id
