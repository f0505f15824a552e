"""A model behind a server: the `/embeddings` call of OpenAI, as Ollama, vLLM, TEI and hosted services speak it, too.

*What leaves the machine*: of every symbol its name, docstring, canonical code without comments, the header of its
container and the signatures of what it uses; and the words of every query. Nothing is sent unless the user turned it
on (`registry.check_permitted`). Unencrypted http goes to this machine only, redirects are not followed, and the key
comes from an environment variable or the system's keyring, never from a file of ours; it appears in no message.

*What comes back* is not trusted: bounded in size and in time, one vector for every text, of the announced length,
finite. A server that is down, busy (429, honouring Retry-After, and 5xx) or cuts its answer off is asked again with
growing pauses, `attempts` times in all; then EncoderError says what was wrong, the symbols stay pending, and the
scheduler tries again later. Other refusals are final at once, but for one that a text among others may have caused: if
the server takes a short text all the same, the texts are sent in halves, and only what it refuses then has no vector.
Tests: tests/unit/embed/test_embed_endpoint.py, against a real server on this machine.
"""

from __future__ import annotations

import ipaddress
import os
import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from codegraph.embed.encoder import MAX_QUERY_CHARACTERS, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import Endpoint, ModelSpec
from codegraph.embed.text import passage
from codegraph.errors import ConfigError, EncoderError

if TYPE_CHECKING:
    import httpx

CHARACTERS_PER_TOKEN = 3
"""A text is cut to this many characters per token of the model's limit; servers cut what is still too long."""

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
"""A server that asks for a longer pause than this is left to the scheduler's own, longer patience."""

ANSWER_SECONDS = 120.0
"""The most that one answer may take in all, however steadily it comes in."""

_BYTES_PER_NUMBER = 32
_BYTES_BESIDES = 1 << 20
_SHOWN_CHARACTERS = 200
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_OF_TEXTS = frozenset({400, 413, 422})
"""What servers answer when they do not like a text: too long, empty, of a form that they cannot read."""
_PROBE = "text"
_OTHER_SERVER = "check endpoint.url: OpenAI's interface must be behind it"
_KEYRING_USER = "codegraph"


class _Vector(msgspec.Struct):
    embedding: list[float]
    index: int = -1


class _Answer(msgspec.Struct):
    data: list[_Vector]


class _TryAgainError(Exception):
    """A failure that another attempt may mend; `pause` is how long the server asks to be left alone."""

    def __init__(self, reason: str, pause: float = 0.0, advice: str = "see that it runs") -> None:
        super().__init__(reason)
        self.pause = pause
        self.advice = advice


class _RefusedError(EncoderError):
    """The server refuses a request, perhaps because of one of its texts."""


class EndpointEncoder:
    """A client of one server. Belongs to one thread."""

    def __init__(
        self,
        spec: ModelSpec,
        identity: bytes,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare a client; nothing is sent yet. Raises EncoderError if the key is missing."""
        if spec.endpoint is None:
            raise EncoderError(f"{spec.name} has no endpoint", "config/models.toml says what to write")
        try:
            import httpx
        except ImportError as error:
            raise EncoderError(
                f"{spec.name} is a server and needs httpx", "pip install 'codegraph-daemon[endpoint]'"
            ) from error
        self.name = spec.name
        self.identity = identity
        self.dimensions = spec.dimensions
        self.max_length = spec.max_tokens
        self.device = spec.endpoint.url
        self._endpoint = spec.endpoint
        self._prefixes = (spec.document_prefix, spec.query_prefix)
        self._clock = clock
        self._sleep = sleep
        self._free_at = clock()
        self._key = key_of(spec.name, spec.endpoint)
        timeout = httpx.Timeout(spec.endpoint.timeout_seconds)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        here = is_loopback(urlsplit(spec.endpoint.url).hostname or "")  # then no proxy gets to see the text
        self._client = httpx.Client(timeout=timeout, headers=headers, follow_redirects=False, trust_env=not here)

    def length(self, source: EncoderInput) -> int:
        """Return about how many tokens the text has; a text that was cut has all that the limit allows."""
        return max(1, min(self.max_length, -(-len(self._text(source)) // CHARACTERS_PER_TOKEN)))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input, NaN for a text that is refused; raises EncoderError if there is none."""
        texts = [self._text(source) for source in inputs]
        size = max(1, self._endpoint.batch)
        parts = [self._ask_for(texts[at : at + size]) for at in range(0, len(texts), size)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query; somebody waits for it, so it is tried twice at most."""
        row: FloatArray = self._ask([self._prefixes[1] + text[:MAX_QUERY_CHARACTERS]], min(2, self._endpoint.attempts))[
            0
        ]
        return row

    def _text(self, source: EncoderInput) -> str:
        return self._prefixes[0] + passage(source).within(self.max_length * CHARACTERS_PER_TOKEN)

    def _ask_for(self, texts: list[str]) -> FloatArray:
        """Send a request; if it is refused because of some of its texts, find out which these are."""
        try:
            return self._ask(texts, self._endpoint.attempts)
        except _RefusedError:
            if len(texts) == 1:
                raise
            self._ask([_PROBE], self._endpoint.attempts)
        return self._in_halves(texts)

    def _in_halves(self, texts: list[str]) -> FloatArray:
        if len(texts) == 1:
            return np.full((1, self.dimensions), np.nan, np.float32)
        middle = len(texts) // 2
        return np.concatenate([self._half(texts[:middle]), self._half(texts[middle:])])

    def _half(self, texts: list[str]) -> FloatArray:
        try:
            return self._ask(texts, self._endpoint.attempts)
        except _RefusedError:
            return self._in_halves(texts)

    def _ask(self, texts: list[str], attempts: int) -> FloatArray:
        """Send one request until it is answered or `attempts` are used up."""
        for attempt in range(1, max(1, attempts) + 1):
            self._wait_for_turn()
            try:
                return self._rows(self._post(texts), len(texts))
            except _TryAgainError as failure:
                pause = max(failure.pause, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(1, 1.5))  # noqa: S311
                if attempt >= attempts or pause > LONGEST_PAUSE_SECONDS:
                    advice = f"its symbols wait and are tried again; {failure.advice}"
                    raise self._error(f"{failure}", advice) from failure
                self._sleep(pause)
        raise self._error("was not asked", "")

    def _wait_for_turn(self) -> None:
        """Keep to the rate that the user set."""
        if self._endpoint.requests_per_minute <= 0:
            return
        now = self._clock()
        if now < self._free_at:
            self._sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + 60.0 / self._endpoint.requests_per_minute

    def _post(self, texts: list[str]) -> bytes:
        import httpx

        body: dict[str, Any] = {"model": self._endpoint.model, "input": texts, "encoding_format": "float"}
        if self._endpoint.send_dimensions:
            body["dimensions"] = self.dimensions
        try:
            with self._client.stream("POST", f"{self._endpoint.url.rstrip('/')}/embeddings", json=body) as response:
                data = self._read(response, _BYTES_BESIDES + len(texts) * self.dimensions * _BYTES_PER_NUMBER)
        except httpx.TimeoutException as error:
            advice = "see that it runs, or raise endpoint.timeout_seconds"
            reason = f"does not answer in {self._endpoint.timeout_seconds:g} seconds"
            raise _TryAgainError(reason, advice=advice) from error
        except httpx.RequestError as error:
            raise _TryAgainError(f"cannot be reached: {error or type(error).__name__}") from error
        if response.status_code in _AGAIN:
            pause, advice = _pause_of(response.headers), _advice(response.status_code)
            raise _TryAgainError(self._refusal(response.status_code, data), pause, advice)
        if response.status_code != 200:
            kind = _RefusedError if response.status_code in _OF_TEXTS else EncoderError
            raise self._error(self._refusal(response.status_code, data), _advice(response.status_code), kind)
        return data

    def _read(self, response: httpx.Response, limit: int) -> bytes:
        ends_at = self._clock() + ANSWER_SECONDS
        data = bytearray()
        for piece in response.iter_bytes():
            data += piece
            if len(data) > limit:
                raise self._error(f"answers with more than {limit:,} bytes", "it does not speak OpenAI's interface")
            if self._clock() > ends_at:
                raise _TryAgainError(f"takes more than {ANSWER_SECONDS:g} seconds for one answer")
        return bytes(data)

    def _rows(self, data: bytes, count: int) -> FloatArray:
        """Return the answer's vectors in the order of the texts, scaled to length 1."""
        try:
            vectors = msgspec.json.decode(data, type=_Answer).data
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _TryAgainError(f"answers with what is no list of vectors: {error}", advice=_OTHER_SERVER) from error
        order = {vector.index if vector.index >= 0 else at: vector.embedding for at, vector in enumerate(vectors)}
        if len(vectors) != count or sorted(order) != list(range(count)):
            raise _TryAgainError(f"answers {count} texts with {len(vectors)} vectors", advice=_OTHER_SERVER)
        sizes = {len(embedding) for embedding in order.values()}
        if sizes != {self.dimensions}:
            raise self._error(
                f"gives vectors of {', '.join(map(str, sorted(sizes)))} dimensions, {self.dimensions} were announced",
                f"state the right dimensions of {self.name} in models.toml",
            )
        rows = np.array([order[at] for at in range(count)], np.float64)
        with np.errstate(over="ignore"):
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise self._error("gives vectors that are not finite or zero", "choose another model on that server")
        unit: FloatArray = (rows / lengths).astype(np.float32)
        return unit

    def _refusal(self, status: int, data: bytes) -> str:
        said = " ".join(data[: 4 * _SHOWN_CHARACTERS].decode("utf-8", "replace").split())
        if self._key:
            said = said.replace(self._key, "***")
        return f"answers {status}: {said[:_SHOWN_CHARACTERS]}"

    def _error(self, reason: str, advice: str, kind: type[EncoderError] = EncoderError) -> EncoderError:
        return kind(f"{self.name} at {self._endpoint.url} {reason}", advice)


def check_address(name: str, endpoint: Endpoint) -> None:
    """Raise ConfigError for an address that text or a key must not be sent to."""
    try:
        parts = urlsplit(endpoint.url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(
            f"{name}: endpoint.url = {endpoint.url!r}: {error}", "it looks like https://host/v1"
        ) from error
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError(f"{name}: endpoint.url = {endpoint.url!r} is no address", "it looks like https://host/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(f"{name}: endpoint.url must hold no key or query", "name the key by endpoint.key_variable")
    if parts.scheme == "http" and not (is_loopback(host) or endpoint.insecure):
        raise ConfigError(
            f"{name}: {endpoint.url} is not encrypted and not on this machine",
            "use https://, or set endpoint.insecure = true if the network between is yours",
        )


def is_loopback(host: str) -> bool:
    """Return whether a host name stands for this machine by itself, without asking a name server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def key_of(name: str, endpoint: Endpoint) -> str:
    """Return the key for a server, "" if none was announced; raises EncoderError if one was and is not there."""
    if endpoint.key_variable:
        key = os.environ.get(endpoint.key_variable, "").strip()
        if not key:
            raise EncoderError(
                f"{name} wants its key in the environment variable {endpoint.key_variable}, which is not set",
                "set it where the daemon is started, and restart it",
            )
        return key
    if not endpoint.keyring:
        return ""
    try:
        import keyring

        found = keyring.get_password(endpoint.keyring, _KEYRING_USER)
    except Exception as error:  # backends of the keyring raise what they like
        raise EncoderError(
            f"the keyring with the key of {name} cannot be asked: {type(error).__name__}: {error}",
            "pip install 'codegraph-daemon[endpoint]', or name an environment variable by endpoint.key_variable",
        ) from error
    if not found:
        raise EncoderError(
            f"the keyring has no key for {name}", f"set one with `keyring set {endpoint.keyring} {_KEYRING_USER}`"
        )
    return str(found)


def _pause_of(headers: httpx.Headers) -> float:
    """Read Retry-After in seconds; its other form, a date, is not worth the clock of another machine."""
    try:
        return max(0.0, float(headers.get("Retry-After", "0")))
    except ValueError:
        return 0.0


def _advice(status: int) -> str:
    if status in (401, 403):
        return "check the key that endpoint.key_variable or endpoint.keyring names"
    if 300 <= status < 400:
        return "set endpoint.url to where it sends: redirects are not followed"
    if status == 404:
        return "check endpoint.url and endpoint.model"
    if status == 429:
        return "lower endpoint.requests_per_minute"
    if status in _AGAIN:
        return "see that it runs"
    return "check endpoint.model, and that max_tokens is not above the server's limit"
