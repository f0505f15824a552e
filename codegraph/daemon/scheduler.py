"""Turns pending keys into vectors: gather inputs, batch, hand to the encoder, take what comes back.

Runs on the writer's thread; only the encoder's replies arrive from elsewhere, and they are posted
back to it. At most `MAX_IN_FLIGHT` times are batches with the encoders: one that is worked on, one ready
beside it. What is taken at once comes from one lane, so an edit waits for at most what is in flight,
never for the cold queue; nothing less urgent is gathered before its vector is back, which would keep the writer
from serving it. What is taken is one batch for each model that the symbols are routed to, and as large as
the slowest of them does in `PORTION_SECONDS`. A failure is never stored: its keys are held back, each
time twice as long, and come again; so are keys whose inputs cannot be read.

Every input is of the newest snapshot, and the key that goes with it is that snapshot's wanted key,
so what is computed is always filed under the hash of its own input (invariant I4), however the tree
changes meanwhile; a pending key that its symbol does not want in that snapshot is an InternalError.
Tests: tests/unit/daemon/test_daemon_scheduler.py.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain

from codegraph.config import EmbeddingConfig
from codegraph.core.symbols import BlobDigest, EmbeddingKey, SymbolId
from codegraph.daemon.inputs import OwnInputs
from codegraph.daemon.pending import Lane, PendingKeys
from codegraph.embed.embedder import Batch, Embeddings
from codegraph.embed.render import PackedInput
from codegraph.errors import CodegraphError, InternalError
from codegraph.graph.snapshot import Snapshot, Wishes

logger = logging.getLogger(__name__)

MAX_IN_FLIGHT = 2
MAX_RETRY_SECONDS = 300.0
MOST_FRUITLESS = 4_096
"""Batches that are remembered as lost to a model that is out of order."""

PORTION_SECONDS = 1.0
"""Batches are made so large that a model takes about this long for one: its vectors are served when it is done."""

FIRST_PORTION = 128
"""Symbols in the first batches of a model whose speed is not known yet."""

MANY = 64
"""So many keys taken at once come file by file, as in a first index."""

REMEDY = "fetch the model again, or free memory if the log says that there was too little"
"""For vectors that are none."""

LEAST_PORTION = 16
"""Fewer would waste the batch; a batch of fewer tells nothing of the speed."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What came back for one batch."""

    model: bytes
    """The identity of the model that was asked."""
    lane: Lane
    asked: tuple[EmbeddingKey, ...]
    vectors: Embeddings
    seconds: float
    failure: str = ""
    """Why vectors are missing; empty when none is."""


class Scheduler:
    """Keeps the encoder busy with the most urgent pending keys."""

    def __init__(
        self,
        submit: Callable[[bytes, Batch], Future[Embeddings]],
        inputs: OwnInputs,
        config: EmbeddingConfig,
        *,
        post: Callable[[Computed], None],
        lost: Callable[[SymbolId], None],
        clock: Callable[[], float],
    ) -> None:
        """`submit` embeds a batch with the model of that identity, see `Embedder.submit`.

        `post` takes a reply from any thread; `lost` is told of a symbol whose own input is gone.
        """
        self.pending = PendingKeys()
        self._submit_batch = submit
        self._inputs = inputs
        self._config = config
        self._post = post
        self._lost = lost
        self._clock = clock
        self._flying: Counter[Lane] = Counter()
        """Batches on their way."""
        self.busy: Counter[bytes] = Counter()
        """How many batches each model has and has not answered; models without any may be absent."""
        self._failures: dict[EmbeddingKey, int] = {}
        self._fruitless: dict[bytes, list[Sequence[EmbeddingKey]]] = {}
        """By model: its batches that came to nothing since it last gave a vector, the last of them."""
        self._rates: dict[bytes, float] = {}
        """Symbols per second, by model, in its last batch of some size."""
        self.trouble: dict[bytes, str] = {}
        """By model: why its last batch came back incomplete; absent are models that did well, or are not waited for."""

    @property
    def idle(self) -> bool:
        """Nothing wants a vector and nothing is on its way."""
        return not len(self.pending) and not self._flying.total()

    def wake(self, snapshot: Snapshot) -> None:
        """Hand batches to the encoder until enough are on their way or nothing is ready."""
        if self.trouble:
            wanted = snapshot.routes.models if len(self.pending) else ()
            self.trouble = {model: reason for model, reason in self.trouble.items() if model in wanted}
        while self._flying.total() < MAX_IN_FLIGHT:
            urgent = min(+self._flying, default=Lane.COLD)
            if urgent <= Lane.OWN and not self.pending.ready(urgent):
                return
            taken = self.pending.take(self._portion(snapshot), self._clock())
            if not taken:
                return
            try:
                batches = self._gather(taken, snapshot)
            except Exception:
                for key, _, _ in taken:
                    self._hold(key)
                raise
            for model, batch in batches.items():
                self._submit(model, batch, taken[0][2])

    def settle(self, computed: Computed) -> None:
        """Account for a reply: the missing keys are held back. The caller files the vectors and calls `done`."""
        self._flying[computed.lane] -= 1
        self.busy[computed.model] -= 1
        if len(computed.vectors) >= LEAST_PORTION:
            self._rates[computed.model] = len(computed.vectors) / max(computed.seconds, 1e-6)
        missing = [key for key in computed.asked if key not in computed.vectors]
        self.trouble.pop(computed.model, None)
        if computed.failure and any(key in self.pending for key in missing):
            self.trouble[computed.model] = computed.failure
        if self._failures:
            for key in computed.vectors:
                self._failures.pop(key, None)
        for key in missing:
            self._hold(key)
        if computed.vectors:
            self._forgive(self._fruitless.pop(computed.model, []))
        elif missing:
            self._fruitless[computed.model] = [*self._fruitless.get(computed.model, [])[1 - MOST_FRUITLESS :], missing]

    def retry(self, snapshot: Snapshot) -> None:
        """Ask at once for what was held back: somebody says that it may go better now."""
        self.pending.release()
        self.wake(snapshot)

    def _forgive(self, lost: Sequence[Sequence[EmbeddingKey]]) -> None:
        """Hold keys back no longer whose model gave nothing at all for a while: that was not their fault.

        As many batches as are on their way at once may have been lost to a single key.
        """
        if len(lost) > MAX_IN_FLIGHT:
            keys = list(chain.from_iterable(lost))
            for key in keys:
                self._failures.pop(key, None)
            self.pending.release(keys)

    def forget_all(self) -> None:
        """Drop all pending keys; replies to batches on their way will find nobody waiting."""
        self.pending = PendingKeys()

    def next_release(self) -> float | None:
        """The clock time at which a held key can be taken again; None while none can, whatever the time."""
        return self.pending.next_release() if self._flying.total() < MAX_IN_FLIGHT else None

    def _portion(self, snapshot: Snapshot) -> int:
        """Return how many keys to take at once: what the slowest of the models in use does in `PORTION_SECONDS`."""
        known = [self._rates.get(model, FIRST_PORTION / PORTION_SECONDS) for model in snapshot.routes.models]
        portion = max(LEAST_PORTION, int(PORTION_SECONDS * min(known, default=FIRST_PORTION)))
        return min(portion, self._config.batch_symbols)

    def _hold(self, key: EmbeddingKey) -> None:
        if key not in self.pending:
            self._failures.pop(key, None)
            self.pending.failed(key, self._clock())  # it is not on its way any more: whoever wants it again waits anew
            return
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        delay = min(MAX_RETRY_SECONDS, self._config.retry_seconds * 2.0 ** min(count, 30))
        self.pending.failed(key, self._clock() + delay)

    def _gather(
        self, taken: Sequence[tuple[EmbeddingKey, SymbolId, Lane]], snapshot: Snapshot
    ) -> dict[bytes, list[tuple[EmbeddingKey, PackedInput]]]:
        batches: dict[bytes, list[tuple[EmbeddingKey, PackedInput]]] = {}
        wishes = Wishes(snapshot, whole_files=len(taken) >= MANY)
        wanted = wishes.each([symbol for _, symbol, _ in taken])
        file: tuple[BlobDigest, str] | None = None
        for (key, symbol, _), wish in zip(taken, wanted, strict=True):
            if wish is None or wish.key != key:
                raise InternalError(f"{symbol} waits for a key that it does not want")
            if file != (wish.blob, wish.language):
                file = wish.blob, wish.language
                inputs = self._inputs.of_file(*file)
            own = inputs.get(wish.own)
            if own is None:
                logger.warning("the own input of %s is gone from the store", symbol)
                self._hold(key)
                self._lost(symbol)
            else:
                batches.setdefault(wish.model, []).append((key, PackedInput(own, wish.signatures)))
        return batches

    def _submit(self, model: bytes, batch: Batch, lane: Lane) -> None:
        started = self._clock()
        asked = tuple(key for key, _ in batch)
        self._flying[lane] += 1
        self.busy[model] += 1

        def reply(future: Future[Embeddings]) -> None:
            seconds = self._clock() - started
            error = future.exception()
            if error is not None:
                reason = error.explanation if isinstance(error, CodegraphError) else str(error)
                self._post(Computed(model, lane, asked, {}, seconds, reason or type(error).__name__))
                return
            vectors = future.result()
            missing = sum(key not in vectors for key in asked)
            refused = f"{missing} of {len(asked)} vectors were refused, for they hold no numbers; {REMEDY}"
            self._post(Computed(model, lane, asked, vectors, seconds, refused if missing else ""))

        self._submit_batch(model, batch).add_done_callback(reply)
