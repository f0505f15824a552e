"""What client and daemon say to each other, and how a client is let in: what `Client` and `AsyncClient` share.

Tests: tests/unit/test_client.py.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from codegraph import __version__
from codegraph.daemon import operations, reports, streams
from codegraph.daemon.messages import Answer, Params, Query, Wait
from codegraph.daemon.protocol import (
    PROTOCOL_VERSION,
    Call,
    FrameReader,
    Incoming,
    Oversize,
    encode,
    frame,
    raised,
)
from codegraph.errors import ProtocolError, UsageError

if TYPE_CHECKING:
    from codegraph.events import AnyEvent

ResultT = TypeVar("ResultT")

MAX_ANSWER_BYTES = 1 << 30
_BUSY_SECONDS = 5.0
"""How long a daemon may have so many who wait to be let in that the system lets no more wait."""
BUSY_LOOK_SECONDS = 0.01
"""How long to wait between two attempts."""
_WITHOUT_LIMIT = frozenset({operations.IndexParams.method, operations.VerifyParams.method})


class Conversation:
    """One connection's requests and answers, as bytes."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._number = 0
        self._frames = FrameReader(MAX_ANSWER_BYTES)
        self.clock = ""
        """The last clock seen."""

    def restart(self) -> None:
        """Forget half-read bytes: a new connection begins."""
        self._frames = FrameReader(MAX_ANSWER_BYTES)

    def hello(self) -> reports.HelloParams:
        """Return the first request of a connection."""
        return reports.HelloParams(version=__version__, protocol=PROTOCOL_VERSION, root=self._root, clock=self.clock)

    def request(self, params: Params[Any]) -> tuple[int, bytes]:
        """Number a request and write it, with the last clock if it has none. Raises UsageError for a lone surrogate."""
        if isinstance(params, Query) and not params.clock and self.clock:
            params = msgspec.structs.replace(params, clock=self.clock)
        self._number += 1
        try:
            return self._number, frame(encode(Call(id=self._number, method=params.method, params=params)))
        except UnicodeEncodeError as error:
            raise UsageError(f"{params.method}: a text that UTF-8 cannot write: {error}", "leave it out") from error

    def cancellation(self, number: int) -> bytes:
        """Write the wish that a request be given up."""
        return frame(encode(Call(method="$/cancelRequest", params=streams.CancelParams(id=number))))

    def received(self, data: bytes) -> Iterator[Incoming]:
        """Take bytes and yield the messages that are complete. Raises ProtocolError."""
        self._frames.feed(data)
        while (body := self._frames.next()) is not None:
            if isinstance(body, Oversize):
                raise ProtocolError(f"the daemon sent {body.length} bytes in one message", "run `codegraph restart`")
            try:
                yield msgspec.json.decode(body, type=Incoming)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise ProtocolError(f"the daemon's answer is no message: {error}", "run `codegraph restart`") from error

    def result(self, params: Params[ResultT], answer: Incoming) -> ResultT:
        """Decode an answer, or raise the error that it is.

        The clock of a hello is not kept: whether the instance is a new one is told with the next answer.
        """
        if answer.error is not None:
            raise raised(answer.error)
        try:
            result: Any = msgspec.json.decode(answer.result, type=params.result)
        except msgspec.ValidationError as error:
            raise ProtocolError(f"{params.method}: unexpected answer: {error}", "run `codegraph restart`") from error
        if isinstance(result, Answer) and not isinstance(result, reports.HelloResult):
            self.clock = result.clock
        return result  # type: ignore[no-any-return]  # params.result is the ResultT of params, by the table's test


def attempts(connection: socket.socket, path: str) -> Iterator[None]:
    """Connect; yield while so many wait to be let in that the system lets no more wait. Raises OSError."""
    deadline = monotonic() + _BUSY_SECONDS
    while True:
        try:
            return connection.connect(path)
        except BlockingIOError:
            if monotonic() >= deadline:
                raise
            yield


def allowed_seconds(params: Params[Any], timeout: float | None) -> float | None:
    """Return how long an answer may take: its own `wait` comes on top; indexing and verifying take what they take."""
    if timeout is None or params.method in _WITHOUT_LIMIT:
        return None
    if isinstance(params, Query) and (params.wait is not Wait.NONE or isinstance(params, operations.SyncParams)):
        return timeout + params.timeout
    return timeout


def decode_event(notification: Incoming) -> AnyEvent:
    """Read the event out of an `event` notification. Raises ProtocolError."""
    from codegraph.events import AnyEvent as Events  # not needed for questions and answers, and it imports logging

    try:
        parameters = msgspec.json.decode(notification.params, type=streams.EventNotification)
        event: AnyEvent = msgspec.json.decode(parameters.event, type=Events)
    except msgspec.DecodeError as error:
        raise ProtocolError(f"an event that cannot be read: {error}", "run `codegraph restart`") from error
    return event
