"""What the scheduler holds: something that takes keys with inputs and promises vectors.

`Embedder` is the protocol; `worker.EmbedWorker` is the real one, in a process of its own;
`InlineEmbedder` does the same in the caller's thread, for tests and small tools; `GrowingEmbedder` begins as that,
and goes on with a process.

A promise is kept key by key: vectors that are not finite, not of length 1 or not of the model's shape are
left out of the result and counted as rejected, so a caller finds its failed keys by their absence. Only
when a whole request came to nothing does the future fail, with EncoderError.
Tests: tests/unit/embed/test_embed_embedder.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np

from codegraph.core.symbols import EmbeddingKey
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import PackedInput
from codegraph.errors import EncoderError

Batch = Sequence[tuple[EmbeddingKey, PackedInput]]
Embeddings = dict[EmbeddingKey, FloatArray]
Result = TypeVar("Result")

LENGTH_TOLERANCE = 0.01
"""How far a unit vector's length may be from 1; half-precision engines stay well within."""


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One look at an embedder. Counts are since it was made."""

    state: str
    """unloaded, starting, ready, failed or closed."""
    model: str
    device: str = ""
    identity: bytes = b""
    """Empty until the model is loaded."""
    dimensions: int = 0
    process_id: int | None = None
    queued: int = 0
    """Symbols that were submitted and have no answer yet."""
    embedded: int = 0
    """Vectors delivered."""
    rejected: int = 0
    """Vectors thrown away: not finite, not of length 1, wrong shape."""
    queries: int = 0
    failures: int = 0
    """Requests that came to nothing."""
    restarts: int = 0
    """Processes started after the first one."""
    busy_seconds: float = 0.0
    """Time spent in the model on batches."""
    tokens: int = 0
    """Padded tokens of those batches."""
    last_error: str = ""
    """What went wrong since the last good vector."""


class Embedder(Protocol):
    """Turns batches and queries into vectors, some time soon. All methods may be called from any thread."""

    def submit(self, batch: Batch) -> Future[Embeddings]:
        """Embed symbols; repeated keys are embedded once. Keys without a usable vector are left out.

        The future fails with EncoderError (ModelMissing if the weights are not there) when nothing came of it.
        """
        ...

    def submit_query(self, text: str) -> Future[FloatArray]:
        """Embed a search query ahead of all symbols; shape (dimensions,). May fail with EncoderError."""
        ...

    def start(self) -> None:
        """Load the model now instead of with the first request."""
        ...

    def status(self) -> WorkerStatus:
        """Return counts and the state of the model."""
        ...

    def close(self) -> None:
        """Give up everything unanswered and release the model; later requests fail."""
        ...


def usable_rows(rows: FloatArray) -> list[bool]:
    """Return for each row of (n, dimensions) whether it is finite and of length 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        fine: list[bool] = (np.abs(lengths - 1.0) <= LENGTH_TOLERANCE).tolist()
    return fine


def accept(keys: Sequence[EmbeddingKey], rows: FloatArray, dimensions: int) -> Embeddings:
    """Return the usable vectors by key, views of the rows; none at all if the shape is wrong."""
    if rows.shape != (len(keys), dimensions):
        return {}
    return {key: row for key, row, usable in zip(keys, rows, usable_rows(rows), strict=True) if usable}


class InlineEmbedder:
    """An embedder without a process: every future is done when it is returned."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._lock = threading.Lock()
        self._status = WorkerStatus(
            "ready", encoder.name, "cpu", identity=encoder.identity, dimensions=encoder.dimensions
        )

    def submit(self, batch: Batch) -> Future[Embeddings]:
        """Embed symbols in the caller's thread."""
        inputs = dict(batch)  # equal keys have equal inputs

        def work() -> Embeddings:
            keys = list(inputs)
            vectors = accept(
                keys, self._encoder.encode([source.rendered() for source in inputs.values()]), self._encoder.dimensions
            )
            self._count(embedded=len(vectors), rejected=len(keys) - len(vectors))
            return vectors

        return self._done(work)

    def submit_query(self, text: str) -> Future[FloatArray]:
        """Embed a query in the caller's thread."""

        def work() -> FloatArray:
            self._count(queries=1)
            return self._encoder.encode_query(text)

        return self._done(work)

    def start(self) -> None:
        """There is nothing to load: the encoder was given."""

    def status(self) -> WorkerStatus:
        """Return counts."""
        with self._lock:
            return self._status

    def close(self) -> None:
        """Refuse further work."""
        with self._lock:
            self._status = replace(self._status, state="closed")

    def _count(self, embedded: int = 0, rejected: int = 0, queries: int = 0) -> None:
        with self._lock:
            was = self._status
            self._status = replace(
                was,
                embedded=was.embedded + embedded,
                rejected=was.rejected + rejected,
                queries=was.queries + queries,
                last_error="" if embedded or queries else was.last_error,
            )

    def _done(self, work: Callable[[], Result]) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_running_or_notify_cancel()
        try:
            if self.status().state == "closed":
                raise EncoderError("the embedder is closed")
            future.set_result(work())
        except EncoderError as error:
            self._fail(future, error)
        except Exception as error:
            self._fail(future, EncoderError(f"{type(error).__name__}: {error}"))
        return future

    def _fail(self, future: Future[Result], error: EncoderError) -> None:
        with self._lock:
            self._status = replace(self._status, failures=self._status.failures + 1, last_error=error.message)
        future.set_exception(error)


class GrowingEmbedder:
    """Embeds in the caller's thread what is soon done, and everything behind it as `grown` does.

    For a process that ends when all is embedded: of few symbols another process's start would be most of the cost.
    """

    def __init__(self, load: Callable[[], Encoder], grown: Embedder, most: int) -> None:
        """`load` makes the model, when it is first wanted; `most` symbols are embedded here. `grown` is taken over."""
        self._load = load
        self._grown = grown
        self._left = most
        self._inline: InlineEmbedder | None = None
        self._lock = threading.Lock()

    def submit(self, batch: Batch) -> Future[Embeddings]:
        """Embed symbols; what fails here is tried there."""
        with self._lock:
            self._left -= len(batch)
            inline = self._here() if self._left >= 0 else None
        if inline is not None:
            done = inline.submit(batch)
            if done.exception() is None:
                return done
            self._left = 0
        return self._grown.submit(batch)

    def submit_query(self, text: str) -> Future[FloatArray]:
        """Embed a query there."""
        return self._grown.submit_query(text)

    def start(self) -> None:
        """Nothing is loaded before it is wanted."""

    def status(self) -> WorkerStatus:
        """Return the state of the model in use, and the counts of both."""
        grown, inline = self._grown.status(), self._inline
        if inline is None:
            return grown
        here = inline.status()
        rejected, embedded = grown.rejected + here.rejected, grown.embedded + here.embedded
        return replace(here if self._left > 0 else grown, rejected=rejected, embedded=embedded)

    def close(self) -> None:
        """Refuse further work, here and there."""
        if self._inline is not None:
            self._inline.close()
        self._grown.close()

    def _here(self) -> InlineEmbedder | None:
        if self._inline is None:
            try:
                self._inline = InlineEmbedder(self._load())
            except (EncoderError, OSError):
                self._left = 0  # the other one says what is wrong
        return self._inline
