"""The daemon's socket: admits clients, dispatches their requests to a Service, counts and ends.

The main path of a request: `Connection` reads it -> `Server.answer` times it -> `_dispatch` looks up
the method, decodes its parameters, waits if a query says so, and calls the Service -> the result is
completed with `is_fresh_instance` and goes back.

Who may connect. The Unix socket has mode 0600 in a directory of mode 0700, and the peer's user is
checked on top (where the system tells it). There is no other door. Until `hello` is answered no
other method is open, except `shutdown`.

The caller holds the project's lock: `listen_unix` removes a socket that a dead daemon left behind.
Nothing heavy is imported here, so the socket is open before any model is loaded.
Tests: tests/unit/daemon/test_daemon_server.py.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from codegraph import __version__
from codegraph.config import DaemonConfig
from codegraph.daemon.connection import Connection, Limits, Message
from codegraph.daemon.messages import Answer, Params, Query, Wait
from codegraph.daemon.methods import METHODS
from codegraph.daemon.notifications import ProgressSender, event_sender, event_tags
from codegraph.daemon.operations import IndexParams, ShutdownParams, SyncParams
from codegraph.daemon.protocol import (
    PROTOCOL_VERSION,
    ErrorCode,
    ErrorObject,
    ErrorReply,
    Reply,
    Request,
    error_object,
)
from codegraph.daemon.reports import HelloParams, HelloResult
from codegraph.daemon.service import Service
from codegraph.daemon.sockets import bind_unix, peer_user, remove_if_same
from codegraph.daemon.statistics import RequestStatistics
from codegraph.daemon.streams import EventsParams, EventsResult, UnsubscribeParams, UnsubscribeResult
from codegraph.errors import (
    CodegraphError,
    DaemonError,
    InternalError,
    ProjectError,
    ProtocolError,
    UsageError,
    VersionMismatch,
)

logger = logging.getLogger(__name__)

_UNKNOWN = "(unknown method)"
_UNGREETED = frozenset({HelloParams.method, ShutdownParams.method})


class _Refusal(Exception):
    """A request that JSON-RPC itself has an error code for."""

    def __init__(self, code: ErrorCode, message: str, advice: str) -> None:
        super().__init__(message)
        self.error: ErrorObject = error_object(ProtocolError(message, advice), code)


class Server:
    """Serves one project on sockets. Construct and use it on the event loop's thread."""

    def __init__(
        self,
        service: Service,
        config: DaemonConfig,
        statistics: RequestStatistics,
        *,
        user: int | None = None,
        stall_seconds: float = 30.0,
    ) -> None:
        """`user` is the only one admitted on the Unix socket; None means the process's own."""
        self._service = service
        self._statistics = statistics
        self._max_clients = config.max_clients
        self._limits = Limits(config.max_message_bytes, config.max_buffer_bytes, stall_seconds)
        self._user = os.getuid() if user is None else user
        self._connections: dict[Connection, None] = {}
        self._refused: dict[Connection, None] = {}
        self._listeners: list[asyncio.Server] = []
        self._socket: tuple[Path, int] | None = None
        self._stop = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self.last_active = time.monotonic()
        """`time.monotonic()` of the latest request, connection or disconnection."""

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._connections)

    async def listen_unix(self, path: Path) -> None:
        """Open the Unix socket. Raises DaemonError when the path cannot be used."""
        listener, inode = bind_unix(path)
        self._socket = (path, inode)
        loop = asyncio.get_running_loop()
        self._listeners.append(await loop.create_unix_server(self._unix_connection, sock=listener, backlog=128))

    async def keep_listening(self) -> None:
        """Open the socket anew if its file is gone, as after a clean-up of /tmp; another's file is left alone."""
        if self._socket is None or os.path.lexists(path := self._socket[0]):
            return
        logger.warning("%s was removed and is opened again", path)
        self._close_listeners()
        await self.listen_unix(path)

    def stop(self) -> None:
        """Let `serve` return. Call it on the loop's thread (`loop.add_signal_handler` does)."""
        self._stop.set()

    async def serve(self, grace_seconds: float = 2.0) -> None:
        """Serve until `stop` or a shutdown request, then close: requests in progress have `grace_seconds` to end."""
        try:
            await self._stop.wait()
        finally:
            await self.close(grace_seconds)

    async def close(self, grace_seconds: float = 2.0) -> None:
        """Close the sockets, let requests in progress end, then disconnect everybody."""
        self._close_listeners()
        tasks = [task for connection in self._connections for task in connection.tasks]
        if tasks:
            await asyncio.wait(tasks, timeout=grace_seconds)
        for connection in tuple(self._refused):
            connection.transport.abort()
        for connection in tuple(self._connections):
            connection.close()
        try:
            await asyncio.wait_for(self._empty.wait(), grace_seconds)
        except TimeoutError:
            for connection in tuple(self._connections):
                connection.transport.abort()

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        if self._socket is not None:
            remove_if_same(*self._socket)
            self._socket = None

    # --- Host of the connections ----------------------------------------------------------------

    def _unix_connection(self) -> Connection:
        return Connection(self, self._limits)

    def opened(self, connection: Connection) -> bool:
        """Admit a client of the right user while there is room."""
        self.last_active = time.monotonic()
        problem = self._unwanted(connection)
        if problem is not None:
            if len(self._refused) >= self._max_clients:  # they linger until they have read why
                next(iter(self._refused)).transport.abort()
            self._refused[connection] = None
            connection.refuse(problem)
            return False
        self._connections[connection] = None
        self._statistics.clients = len(self._connections)
        self._empty.clear()
        return True

    def _unwanted(self, connection: Connection) -> DaemonError | None:
        if len(self._connections) >= self._max_clients:
            advice = "close some, or raise daemon.max_clients"
            return DaemonError(f"{self._max_clients} clients are connected already", advice)
        user = peer_user(connection.transport)
        if user is not None and user != self._user:
            logger.warning("a client of user %d was refused", user)
            return DaemonError("this daemon serves another user", "start one of your own")
        return None

    def lost(self, connection: Connection) -> None:
        """Forget a client."""
        self.last_active = time.monotonic()
        self._refused.pop(connection, None)
        self._connections.pop(connection, None)
        self._statistics.clients = len(self._connections)
        if not self._connections:
            self._empty.set()

    async def answer(self, connection: Connection, request: Request) -> Message:
        """Answer one request and count it; an answer with an error counts as failed, a cancelled one does not."""
        assert not isinstance(request.id, msgspec.UnsetType)
        started = time.perf_counter()
        failed = True
        try:
            reply = Reply(id=request.id, result=await self._dispatch(connection, request))
            failed = False
        except asyncio.CancelledError:
            failed = False
            raise
        except _Refusal as refusal:
            return ErrorReply(id=request.id, error=refusal.error)
        except CodegraphError as error:
            return ErrorReply(id=request.id, error=error_object(error))
        except Exception as error:
            logger.exception("%s failed", request.method)
            problem = InternalError(f"{request.method}: {type(error).__name__}: {error}")
            return ErrorReply(id=request.id, error=error_object(problem))
        finally:
            method = request.method if request.method in METHODS else _UNKNOWN
            self._statistics.record(method, time.perf_counter() - started, failed=failed)
            self.last_active = time.monotonic()
        return reply

    def answered(self, request: Request, reply: Message) -> None:
        """End after the reply to a shutdown has been written."""
        if request.method == ShutdownParams.method and isinstance(reply, Reply):
            self.stop()

    # --- dispatch -------------------------------------------------------------------------------

    async def _dispatch(self, connection: Connection, request: Request) -> Any:
        params = self._decoded(connection, request)
        match params:
            case HelloParams():
                return await self._hello(connection, params)
            case EventsParams():
                return self._events(connection, params)
            case UnsubscribeParams():
                return UnsubscribeResult(ended=connection.unsubscribe(params.subscription))
            case ShutdownParams():
                self._close_listeners()
                return await self._service.shutdown(params)
            case IndexParams():
                return await self._index(connection, request, params)
            case Query():
                return await self._query(params)
        return await self._method(params)(params)

    def _decoded(self, connection: Connection, request: Request) -> Params[Any]:
        kind = METHODS.get(request.method)
        if kind is None:
            raise _Refusal(
                ErrorCode.METHOD_NOT_FOUND,
                f"there is no method {request.method[:100]!r}",
                f"methods: {', '.join(METHODS)}",
            )
        if not connection.greeted and request.method not in _UNGREETED:
            raise _Refusal(
                ErrorCode.SERVER_NOT_INITIALIZED,
                f"{request.method} before hello",
                "the first request of a connection is `hello`",
            )
        try:
            params: Params[Any] = msgspec.json.decode(request.params, type=kind)
            return params
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _Refusal(
                ErrorCode.INVALID_PARAMS, f"{request.method}: {error}", "docs/api.md lists the parameters"
            ) from error

    def _method(self, params: Params[Any]) -> Callable[[Params[Any]], Any]:
        method: Callable[[Params[Any]], Any] = getattr(self._service, params.method)
        return method

    async def _query(self, params: Query[Any]) -> Any:
        if params.wait is not Wait.NONE and not isinstance(params, SyncParams):
            await self._service.settled(params.wait, params.timeout)
        return _dated(await self._method(params)(params), params.clock)

    async def _hello(self, connection: Connection, params: HelloParams) -> HelloResult:
        if params.version not in ("", __version__) or params.protocol != PROTOCOL_VERSION:
            raise VersionMismatch(
                f"the daemon is codegraph {__version__} (protocol {PROTOCOL_VERSION}),"
                f" the client is {params.version or 'of no version'} (protocol {params.protocol})",
                "run `codegraph restart`",
            )
        if params.root and params.root != self._service.root:
            raise ProjectError(
                f"this daemon serves {self._service.root}, not {params.root}", "run `codegraph start` in that project"
            )
        result: HelloResult = _dated(await self._service.hello(params), params.clock)
        connection.greeted = True
        return result

    def _events(self, connection: Connection, params: EventsParams) -> EventsResult:
        unknown = sorted(set(params.types) - set(event_tags()))
        if unknown:
            raise UsageError(f"there is no event type {', '.join(unknown)}", f"event types: {', '.join(event_tags())}")
        return EventsResult(subscription=event_sender(connection, self._service, params))

    async def _index(self, connection: Connection, request: Request, params: IndexParams) -> Any:
        assert not isinstance(request.id, msgspec.UnsetType)
        progress = ProgressSender(connection, request.id)
        result = await self._service.index(params, progress)
        progress.flush()
        return result


def _dated(result: Any, clock: str) -> Any:
    """Fill in whether the client's clock belongs to the instance that answers."""
    if not isinstance(result, Answer):
        return result
    fresh = result.clock.partition(":")[0] != clock.partition(":")[0]
    return msgspec.structs.replace(result, is_fresh_instance=True) if fresh else result
