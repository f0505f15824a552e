"""What can wait until nobody waits: writing the lexical index down, letting go of orphans, looking for models.

The lexical index is flushed in a thread of its own once there has been `FLUSH_QUIET_SECONDS` of quiet
after a change, and at the latest `FLUSH_LATEST_SECONDS` after it; a crash before that costs only the
time to hand the files of the last revisions in again at the next start. Orphaned facts and vectors are
swept on the writer's thread, only after a long quiet and only when enough revisions have made some; if most of the
state's file is free pages then, it is copied without them, and whoever reads from it waits for the copy.
Vectors of a burst that is over are put into their place, step by step, while nobody asks anything (`store.arrivals`).
While a model is missing or fails, it is looked for every `LOOK_SECONDS`, in that other thread.
Pure but for the two calls; the clock is an argument. Tests: tests/unit/daemon/test_daemon_upkeep.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future

from codegraph.errors import StoreError
from codegraph.store.gc import Swept, compaction_is_due
from codegraph.store.protocol import StateStore

logger = logging.getLogger(__name__)

FLUSH_QUIET_SECONDS = 2.0
FLUSH_LATEST_SECONDS = 30.0
SWEEP_QUIET_SECONDS = 30.0
SWEEP_REVISIONS = 200
QUIET_SECONDS = 1.0
"""Without a question, before vectors are put into their place."""
LOOK_SECONDS = 30.0


class Upkeep:
    """Decides when; one thread's data, but for the flush, which runs in the background."""

    def __init__(
        self,
        flush: Callable[[], object],
        sweep: Callable[[], object],
        look: Callable[[], object],
        lacks_models: Callable[[], bool],
        background: Executor,
        sort: Callable[[], object] = lambda: None,
        unsorted: Callable[[], int] = lambda: 0,
        is_quiet: Callable[[float], bool] = lambda _: True,
    ) -> None:
        """`look` is for `lacks_models()`, `sort` for `unsorted()`; `look` and `flush` run in the `background`.

        `is_quiet` tells whether nobody has asked anything for so many seconds.
        """
        self._flush = flush
        self._sweep = sweep
        self._look = look
        self._lacks_models = lacks_models
        self._looked_at: float | None = None
        self._background = background
        self._sort = sort
        self._unsorted = unsorted
        self._is_quiet = is_quiet
        self._sort_at = 0.0
        self._flushing: Future[object] | None = None
        self._dirty_since: float | None = None
        self._changed_at = 0.0
        self._revisions = 0

    def changed(self, now: float) -> None:
        """A revision was committed."""
        self._changed_at = now
        self._revisions += 1
        if self._dirty_since is None:
            self._dirty_since = now

    def due(self) -> float | None:
        """Return the clock time at which there will be something to do, None if nothing waits."""
        times = [self._sort_at] if self._unsorted() else []
        if self._dirty_since is not None:
            times.append(min(self._changed_at + FLUSH_QUIET_SECONDS, self._dirty_since + FLUSH_LATEST_SECONDS))
        if self._revisions >= SWEEP_REVISIONS:
            times.append(self._changed_at + SWEEP_QUIET_SECONDS)
        if self._lacks_models():
            times.append(LOOK_SECONDS + (self._looked_at or 0.0))
        return min(times, default=None)

    def tick(self, now: float) -> None:
        """Do what is due."""
        if self._unsorted() and now >= self._sort_at:
            if self._is_quiet(QUIET_SECONDS):
                if self._sort_some(now) and not self._unsorted():
                    self.changed(now)  # the flush gives back the pages of the store that this has brought in
            else:
                self._sort_at = now + QUIET_SECONDS
        if self._dirty_since is not None and now >= min(
            self._changed_at + FLUSH_QUIET_SECONDS, self._dirty_since + FLUSH_LATEST_SECONDS
        ):
            self._dirty_since = None
            self._start_flush(now)
        if self._revisions >= SWEEP_REVISIONS and now >= self._changed_at + SWEEP_QUIET_SECONDS:
            self._revisions = 0
            logger.info("swept: %s", self._sweep())
        if self._lacks_models():
            if self._looked_at is None:
                self._looked_at = now  # whoever chose the models has just looked
            elif now >= self._looked_at + LOOK_SECONDS:
                self._looked_at = now
                self._background.submit(self._look)

    def sort_all(self) -> None:
        """Put all vectors into their place: it is the end."""
        while self._unsorted() and self._sort_some(0.0):
            pass

    def _sort_some(self, now: float) -> bool:
        """Put some vectors into their place; return whether that went well."""
        try:
            self._sort()
        except StoreError as error:  # a full disk; they are found where they stand
            logger.warning("vectors stay where they came: %s", error.explanation)
            self._sort_at = now + LOOK_SECONDS
            return False
        return True

    def _start_flush(self, now: float) -> None:
        if self._flushing is not None and not self._flushing.done():
            self._dirty_since = self._changed_at = now  # the one that runs may have begun before the last change
            return
        self._flushing = self._background.submit(self._flush)
        self._flushing.add_done_callback(_report)


def tidied(store: StateStore) -> Swept:
    """Let go of what nothing refers to, and of free pages if they are most of a large file."""
    swept = store.collect_garbage()
    if compaction_is_due(store.statistics()):
        try:
            logger.info("compacted the state: %d bytes given back", store.compact())
        except StoreError as error:  # a disk without room for the copy; the next sweep tries again
            logger.warning("the state was not compacted: %s; %s", error.message, error.advice)
    return swept


def _report(done: Future[object]) -> None:
    error = done.exception()
    if error is not None:
        logger.error("the lexical index could not be written down: %s", error)
