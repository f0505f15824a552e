"""One embedder for each model in use, and the vectors of a query, or of pasted code, from all of them.

Embedders are made when their model comes into use and closed, off the writer's thread, when no symbol is
served with it any more. A model that needs no weights embeds queries in this process. A model that
cannot answer a query is left out of the ranking; that is no failure of the query. Nor is one that knows no word of
it: to such a model all inputs that it cannot read are the same, and whatever is as empty would be nearest.
Any thread may ask; only the writer's thread changes what is in use.
Tests: tests/unit/daemon/test_daemon_encoders.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from typing import TypeVar

import numpy as np

from codegraph.core.digests import digest
from codegraph.core.symbols import EmbeddingKey
from codegraph.daemon.model import ActiveModel
from codegraph.embed.embedder import Batch, Embedder, Embeddings, WorkerStatus
from codegraph.embed.encoder import MAX_QUERY_CHARACTERS, FloatArray
from codegraph.embed.pasted import read_pasted
from codegraph.embed.render import pack
from codegraph.errors import EncoderError

Promised = TypeVar("Promised")

QueryVectors = dict[bytes, FloatArray]
"""By the identity of the model."""


class Encoders:
    """The embedders of a project."""

    def __init__(self, make: Callable[[ActiveModel], Embedder], background: Executor) -> None:
        """`make` makes the embedder of a model; closing one may take seconds and is done in the `background`."""
        self._make = make
        self._background = background
        self._embedders: Mapping[bytes, tuple[ActiveModel, Embedder]] = {}
        """Replaced whenever it changes, never changed: readers in other threads keep the one that they took."""
        self._substitutes: dict[bytes, ActiveModel] = {}
        self._of_nothing: dict[bytes, FloatArray] = {}
        """The vector of a query without words, by the identity of a model that embeds in this process."""

    @property
    def models(self) -> Mapping[bytes, ActiveModel]:
        """The models in use, by identity."""
        return {identity: model for identity, (model, _) in self._embedders.items()}

    def use(self, models: Iterable[ActiveModel]) -> None:
        """Bring models into use; those that are in use already stay as they are."""
        for model in models:
            if model.identity not in self._embedders:
                self._embedders = {**self._embedders, model.identity: (model, self._make(model))}

    def substitute(self, model: bytes, query: ActiveModel | None) -> None:
        """Let queries for one model's vectors be embedded by another model of the same space; None: by itself."""
        self._substitutes.pop(model, None)
        if query is not None:
            self.use([query])
            self._substitutes[model] = query

    def drop(self, model: bytes) -> None:
        """Take a model out of use."""
        substitute = self._substitutes.pop(model, None)
        gone = {model, substitute.identity if substitute is not None else model}
        before = self._embedders
        self._embedders = {identity: each for identity, each in before.items() if identity not in gone}
        for identity in sorted(gone & before.keys()):
            self._background.submit(before[identity][1].close)

    def embedder(self, model: bytes) -> Embedder | None:
        """Return the embedder of a model in use."""
        found = self._embedders.get(model)
        return None if found is None else found[1]

    def submit(self, model: bytes, batch: Batch) -> Future[Embeddings]:
        """Embed symbols with one model; see `Embedder.submit`."""
        embedder = self.embedder(model)
        if embedder is not None:
            return embedder.submit(batch)
        future: Future[Embeddings] = Future()
        future.set_exception(EncoderError(f"no model with the identity {model.hex()} is in use", "restart the daemon"))
        return future

    def embed_query(self, text: str, models: Iterable[bytes]) -> QueryEmbedding:
        """Promise a query's vectors from those of the models that can give one now; words alone must do without."""
        embedders = self._embedders
        asked: dict[bytes, Future[FloatArray]] = {}
        unknowing: set[bytes] = set()
        for model in models:
            if model not in embedders:
                continue
            active, embedder = self._for_queries(embedders, model)
            if active.encode_query is None:
                asked[model] = embedder.submit_query(text)
            elif (vector := self._vector(active.identity, active.encode_query, text)) is None:
                unknowing.add(model)
            else:
                asked[model] = Future()
                asked[model].set_result(vector)
        gathered = _gathered(asked, lambda vector: vector)
        gathered.unknowing = frozenset(unknowing)
        return gathered

    def embed_code(self, text: str, models: Iterable[bytes]) -> QueryEmbedding:
        """Promise a piece of code's vectors, embedded as symbols are, from those of the models that can give one."""
        embedders = self._embedders
        key = EmbeddingKey(digest(text.encode("utf-8", "surrogatepass")))
        batch = [(key, pack(read_pasted(text[:MAX_QUERY_CHARACTERS])))]
        asked = {model: embedders[model][1].submit(batch) for model in models if model in embedders}
        return _gathered(asked, lambda embeddings: embeddings.get(key))

    def start(self) -> None:
        """Start those that cost little, so that the first edit need not wait for them."""
        for model, embedder in self._embedders.values():
            if model.encode_query is not None:
                embedder.start()

    def status(self) -> dict[bytes, WorkerStatus]:
        """Return each embedder's counts and state."""
        return {identity: embedder.status() for identity, (_, embedder) in self._embedders.items()}

    def close(self) -> None:
        """Give up everything unanswered."""
        for _, embedder in self._embedders.values():
            embedder.close()

    def _for_queries(
        self, embedders: Mapping[bytes, tuple[ActiveModel, Embedder]], model: bytes
    ) -> tuple[ActiveModel, Embedder]:
        substitute = self._substitutes.get(model)
        return embedders[substitute.identity if substitute and substitute.identity in embedders else model]

    def _vector(self, model: bytes, encode: Callable[[str], FloatArray], text: str) -> FloatArray | None:
        """Embed a query in this process; None if the model cannot tell it from one without words."""
        nothing = self._of_nothing.get(model)
        if nothing is None:
            nothing = self._of_nothing[model] = encode("")
        vector = encode(text)
        return None if np.array_equal(vector, nothing) else vector


class QueryEmbedding(Future[QueryVectors]):
    """The promise of several models' vectors; a model that fails is left out."""

    def __init__(self, models: Iterable[bytes]) -> None:
        super().__init__()
        self._vectors: QueryVectors = {}
        self._waited_for = set(models)
        self.late: frozenset[bytes] = frozenset()
        """Once the promise is kept: models that had neither answered nor failed."""
        self.unknowing: frozenset[bytes] = frozenset()
        """Models that know no word of the query, and were not asked for more."""
        self._lock = threading.Lock()
        if not self._waited_for:
            self._come()

    def take(self, model: bytes, vector: FloatArray | None) -> None:
        """Note one model's answer; the last one keeps the promise."""
        with self._lock:
            self._waited_for.discard(model)
            if vector is not None:
                self._vectors[model] = vector
            last = not self._waited_for
        if last:
            self._come()

    def wait_no_longer(self) -> None:
        """Keep the promise with what is there now."""
        self._come()

    def _come(self) -> None:
        with self._lock:
            if not self.done() and self.set_running_or_notify_cancel():  # who asked may have gone
                self.late = frozenset(self._waited_for)
                self.set_result(dict(self._vectors))


def _gathered(asked: Mapping[bytes, Future[Promised]], read: Callable[[Promised], FloatArray | None]) -> QueryEmbedding:
    """Promise what comes of the promises of several models."""
    gathered = QueryEmbedding(asked)

    def reply(model: bytes, done: Future[Promised]) -> None:
        failed = done.cancelled() or done.exception() is not None
        gathered.take(model, None if failed else read(done.result()))

    for model, future in asked.items():
        future.add_done_callback(lambda done, model=model: reply(model, done))  # type: ignore[misc]
    return gathered
