"""The messages between the daemon and its embed worker: msgpack over a pipe, vectors as raw float32.

Nothing is ever unpickled: both sides decode into the types below and refuse anything else. Inputs come
from source files, that is, from strangers; they are text and bytes here and never more than that.
Tests: tests/unit/embed/test_embed_worker_process.py.
"""

from __future__ import annotations

import msgspec

from codegraph.embed.render import PackedInput

MAX_MESSAGE_BYTES = 1 << 29
"""No message may be larger; the pipe refuses it."""


class Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Base of all messages."""


class EmbedRequest(Message, frozen=True):
    """Embed these inputs; answered by any number of `Vectors` and one `Finished` or `Failed`."""

    number: int
    inputs: list[PackedInput]


class QueryRequest(Message, frozen=True):
    """Embed a search query; answered by one `QueryVector` or `Failed`."""

    number: int
    text: str


class Stop(Message, frozen=True):
    """End the process."""


class Ready(Message, frozen=True):
    """The model is loaded."""

    identity: bytes
    dimensions: int
    max_length: int
    device: str
    memory_bytes: int = 0
    """What the process takes, its share of a GPU's memory included."""


class Vectors(Message, frozen=True):
    """Vectors of one batch."""

    number: int
    positions: list[int]
    """Which inputs of the request these are."""
    data: memoryview
    """float32, little-endian, shape (len(positions), dimensions). Decoded, it is a part of the message, no copy."""
    tokens: int
    """Padded tokens of the batch."""
    seconds: float


class Finished(Message, frozen=True):
    """All batches of a request were sent."""

    number: int


class QueryVector(Message, frozen=True):
    """The vector of a query: float32, little-endian."""

    number: int
    data: bytes


class Failed(Message, frozen=True):
    """A request failed, or with number -1 the model could not be loaded at all."""

    number: int
    reason: str
    advice: str = ""
    model_missing: bool = False


Request = EmbedRequest | QueryRequest | Stop
Reply = Ready | Vectors | Finished | QueryVector | Failed

LOADING = -1
"""The number in a `Failed` that is about the model, not about a request."""

_encoder = msgspec.msgpack.Encoder()
_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def encode(message: Message) -> bytes:
    """Encode a message."""
    return _encoder.encode(message)


def decode_request(data: bytes) -> Request:
    """Decode what the daemon sent; raises msgspec.DecodeError."""
    return _request_decoder.decode(data)


def decode_reply(data: bytes) -> Reply:
    """Decode what the worker sent; raises msgspec.DecodeError."""
    return _reply_decoder.decode(data)
