"""The wire: JSON-RPC 2.0 messages in LSP's framing, and how errors travel.

A frame is `Content-Length: N`, a blank line (both ended by CR LF) and N bytes of JSON; header lines
other than the length are allowed and ignored. A body is one message or a batch, an array of them.

`FrameReader` turns bytes in any portions into bodies. It never holds more than a header, one body of
the allowed size and one portion: a body over the limit is skipped byte by byte and reported, and the
frame after it is read as if nothing had happened. A broken header cannot be recovered from (nobody
knows where the next frame begins) and raises ProtocolError.

An error has a code, a message and `data` with its kind (a class of `codegraph.errors`) and its
advice. Codes are JSON-RPC's and LSP's where they have one; ours are -32000 minus the exit code that
the command line ends with for that kind. `raised` turns such an object into the exception again.

Tests: tests/unit/daemon/test_daemon_protocol.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import msgspec

from codegraph import errors
from codegraph.errors import CodegraphError, InternalError, ProtocolError, UsageError

PROTOCOL_VERSION = 1
"""Bumped when a message changes in a way that an older peer would misread."""

MAX_HEADER_BYTES = 4_096
MAX_BATCH = 64
"""Messages in one batch, and requests of one client in progress at a time."""

_SEPARATOR = b"\r\n\r\n"


class ErrorCode(IntEnum):
    """Codes that JSON-RPC 2.0 and LSP 3.17 define."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603
    SERVER_NOT_INITIALIZED = -32002
    REQUEST_CANCELLED = -32800


class ErrorData(msgspec.Struct, frozen=True):
    """What a client needs to tell its user."""

    kind: str
    """A class of codegraph.errors, or RequestCancelled."""
    advice: str = ""


class ErrorObject(msgspec.Struct, frozen=True):
    """The `error` of a reply."""

    code: int
    message: str
    data: ErrorData | None = None


RequestId = int | str | None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request, or without an id a notification, as the server reads it."""

    jsonrpc: Literal["2.0"]
    method: str
    id: RequestId | msgspec.UnsetType = msgspec.UNSET
    params: msgspec.Raw = msgspec.Raw(b"{}")


class Call(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request or notification, as a client writes it."""

    jsonrpc: str = msgspec.field(default_factory=lambda: "2.0")
    id: int | msgspec.UnsetType = msgspec.UNSET
    method: str
    params: Any


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A successful answer."""

    jsonrpc: str = "2.0"
    id: RequestId
    result: Any


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """A failed answer; the id is null when it could not be read."""

    jsonrpc: str = "2.0"
    id: RequestId
    error: ErrorObject


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the server that answers nothing."""

    jsonrpc: str = "2.0"
    method: str
    params: Any


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """Any message of the server, as a client reads it."""

    id: RequestId = None
    method: str = ""
    params: msgspec.Raw = msgspec.Raw(b"{}")
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: ErrorObject | None = None


class Oversize(NamedTuple):
    """A body that was skipped because it is larger than allowed. Bytes."""

    length: int


_encoder = msgspec.json.Encoder()


def encode(message: Any) -> bytes:
    """Encode a message, or a list of them, as the body of a frame.

    Raises UnicodeEncodeError when a string cannot be written in UTF-8.
    """
    return _encoder.encode(message)


def frame(body: bytes) -> bytes:
    """Put the header before a body."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class FrameReader:
    """Cuts a stream of bytes into bodies of at most `max_body` bytes."""

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._buffer = bytearray()
        self._expected = -1
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Take the next portion of the stream."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._buffer += data

    def next(self) -> bytes | Oversize | None:
        """Return the next body, the mark of one that is skipped, or None until more is fed.

        Raises ProtocolError on a broken header; the stream is then unusable.
        """
        if self._expected < 0:
            length = self._header()
            if length is None:
                return None
            if length > self._max_body:
                self._skip_body(length)
                return Oversize(length)
            self._expected = length
        if len(self._buffer) < self._expected:
            return None
        body = bytes(self._buffer[: self._expected])
        del self._buffer[: self._expected]
        self._expected = -1
        return body

    def _skip_body(self, length: int) -> None:
        here = min(length, len(self._buffer))
        del self._buffer[:here]
        self._skip = length - here

    def _header(self) -> int | None:
        end = self._buffer.find(_SEPARATOR, 0, MAX_HEADER_BYTES + len(_SEPARATOR))
        if end < 0:
            if len(self._buffer) > MAX_HEADER_BYTES:
                raise ProtocolError(f"a message header is longer than {MAX_HEADER_BYTES} bytes", _FRAMING_ADVICE)
            return None
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + len(_SEPARATOR)]
        return _content_length(lines)


_FRAMING_ADVICE = "each message begins with `Content-Length: N`, CR LF, CR LF; docs/api.md shows one"


def _content_length(lines: list[bytes]) -> int:
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon:
            raise ProtocolError(f"a header line without a colon: {line[:80]!r}", _FRAMING_ADVICE)
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            if not digits.isdigit() or len(digits) > 18:
                raise ProtocolError(f"Content-Length is not a number: {digits[:80]!r}", _FRAMING_ADVICE)
            return int(digits)
    raise ProtocolError("a message header without Content-Length", _FRAMING_ADVICE)


ERROR_KINDS: Mapping[str, type[CodegraphError]] = MappingProxyType(
    {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, CodegraphError)
    }
)
"""Every class of codegraph.errors by its name: the `kind` of an error on the wire."""


def code_of(kind: type[CodegraphError]) -> int:
    """Return the wire code of an error class."""
    if issubclass(kind, InternalError):
        return ErrorCode.INTERNAL_ERROR
    if issubclass(kind, ProtocolError):
        return ErrorCode.INVALID_REQUEST
    if issubclass(kind, UsageError):
        return ErrorCode.INVALID_PARAMS
    return -32_000 - kind.exit_code


def error_object(error: CodegraphError, code: int | None = None) -> ErrorObject:
    """Describe an exception for the wire; `code` overrides the one of its class."""
    return ErrorObject(
        code=code_of(type(error)) if code is None else code,
        message=error.message,
        data=ErrorData(kind=type(error).__name__, advice=error.advice),
    )


def raised(error: ErrorObject) -> CodegraphError:
    """Rebuild the exception that an error object describes; an unknown kind gives ProtocolError."""
    kind = ERROR_KINDS.get(error.data.kind if error.data else "", ProtocolError)
    if issubclass(kind, InternalError):
        return kind(error.message)
    return kind(error.message, error.data.advice if error.data else "")
