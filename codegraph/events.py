"""One stream of typed trace events, for tests, `status`, `explain`, metrics and benchmarks alike.

Stages publish what they did; nobody computes a figure twice. A subscriber is called in the
publisher's thread and must be quick; an exception in one is logged and does not reach the publisher.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

import msgspec

logger = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True, tag_field="type", kw_only=True):
    """Base of all events; `at` is seconds of the Unix clock, filled in by the log."""

    at: float = 0.0


class FilesChanged(Event, frozen=True, tag="files_changed"):
    """A batch of hints was verified against the disk."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]


class FilesExtracted(Event, frozen=True, tag="files_extracted"):
    """Files were parsed (not those whose facts were already stored)."""

    files: int
    reused: int
    seconds: float


class Committed(Event, frozen=True, tag="committed"):
    """One change set became a revision."""

    revision: int
    files: int
    touched: int
    marked: int
    cut: int
    reused: int
    pending: int
    over_budget: bool
    milliseconds: dict[str, float]


class KeysComputed(Event, frozen=True, tag="keys_computed"):
    """Some of the keys that a large change had left for later were computed."""

    keys: int
    cut: int
    reused: int
    left: int
    seconds: float


class Embedded(Event, frozen=True, tag="embedded"):
    """A batch of vectors was stored under its keys."""

    keys: int
    symbols: int
    lane: str
    seconds: float


class EmbeddingFailed(Event, frozen=True, tag="embedding_failed"):
    """A batch gave nothing usable; its keys are pending again."""

    keys: int
    reason: str


class Reconciled(Event, frozen=True, tag="reconciled"):
    """The whole tree was compared with the index."""

    reason: str
    files: int
    seconds: float


class WatchTrouble(Event, frozen=True, tag="watch_trouble"):
    """Events were lost, a limit was hit, or the watcher died; a reconcile follows."""

    reason: str
    detail: str


class WorkerLost(Event, frozen=True, tag="worker_lost"):
    """A worker process died or ran out of time, and was replaced."""

    worker: str
    reason: str


class Rebuilt(Event, frozen=True, tag="rebuilt"):
    """Stored state could not be used and was built again."""

    what: str
    reason: str
    upgraded: bool = False
    """Other versions made it: nothing was damaged."""


AnyEvent = (
    FilesChanged
    | FilesExtracted
    | Committed
    | KeysComputed
    | Embedded
    | EmbeddingFailed
    | Reconciled
    | WatchTrouble
    | WorkerLost
    | Rebuilt
)

Subscriber = Callable[[AnyEvent], None]


class EventLog:
    """Publishes events to subscribers and keeps the last `capacity` of them."""

    def __init__(self, clock: Callable[[], float], capacity: int = 1000) -> None:
        self._clock = clock
        self._recent: deque[AnyEvent] = deque(maxlen=capacity)
        self._subscribers: list[Subscriber] = []
        self._lock = threading.Lock()

    def publish(self, event: AnyEvent) -> None:
        """Stamp the event, remember it and hand it to every subscriber."""
        stamped = msgspec.structs.replace(event, at=self._clock())
        with self._lock:
            self._recent.append(stamped)
            subscribers = tuple(self._subscribers)
        for subscriber in subscribers:
            _hand_over(stamped, subscriber)

    def subscribe(self, subscriber: Subscriber, *, recent: bool = False) -> Callable[[], None]:
        """Call `subscriber` for every later event; the returned function ends that.

        With `recent` it is called for the remembered events first: none is missed between, none comes
        twice. It must not use the log while it is called for those.
        """
        with self._lock:
            for event in self._recent if recent else ():
                _hand_over(event, subscriber)
            self._subscribers.append(subscriber)

        def cancel() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return cancel

    def recent(self) -> tuple[AnyEvent, ...]:
        """Return the remembered events, oldest first."""
        with self._lock:
            return tuple(self._recent)


def _hand_over(event: AnyEvent, subscriber: Subscriber) -> None:
    try:
        subscriber(event)
    except Exception:
        logger.exception("an event subscriber failed on %s", type(event).__name__)
