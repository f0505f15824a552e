"""The one thread that writes: it takes what comes in, in order, and leads it along the main path.

Into its inbox go the watcher's sightings, batches of vectors from the encoder, waiters, and calls that
must run where the writing happens. Between two items it takes settled hints, compares the whole tree
when that is due (at the start, after a loss, and every `reconcile_seconds` without anything else), and
releases keys that were held back. While keys are owed, it computes some of them instead of waiting.

A *waiter* is answered once the tree has been compared with the index, and on request once nothing
wants a vector any more. So `sync` is: make a cookie, wait until the batch that carries it is
committed (everything written before is then in the index), and add a waiter for the rest.

An error in one step does not end the thread: it is logged and shown in `status`, and the tree is
compared again later, or with the next sighting. Until that has succeeded nobody who waits is answered,
for what failed may have been about their change. After an InternalError the index is built anew; if not
even that can be begun, it comes first the next time. Whoever asks after the end is cancelled.
Tests: tests/integration/test_writer.py, tests/unit/daemon/test_daemon_failures.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from codegraph.core.changes import Clock
from codegraph.daemon.closing import leave_closing
from codegraph.daemon.messages import Wait
from codegraph.daemon.pipeline import Pipeline
from codegraph.daemon.scheduler import Computed
from codegraph.daemon.upkeep import Upkeep
from codegraph.errors import CodegraphError, DaemonError, InternalError
from codegraph.events import WatchTrouble
from codegraph.source.cookies import CookieJar
from codegraph.source.hints import CookieSeen, Hint, Loss
from codegraph.source.settle import Batch, Settler

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
"""How long after a failed step the tree is compared again."""

_MOVED = ("root_gone", "unmounted")
"""Losses after which directories may stand where a watcher that looked meanwhile found none; the root may be back."""


@dataclass(slots=True)
class Waiter:
    """Somebody who waits for the index to be complete."""

    wait: Wait
    future: Future[Clock]


@dataclass(slots=True)
class Call:
    """Work that must run on the writer's thread."""

    work: Callable[[], Any]
    future: Future[Any]


Item = Hint | Loss | CookieSeen | Computed | Waiter | Call | None


class Writer:
    """Runs the pipeline; everything but `post`, `call` and `when` belongs to its own thread."""

    def __init__(
        self,
        pipeline: Pipeline,
        settler: Settler,
        inbox: SimpleQueue[Item],
        *,
        cookies: CookieJar,
        start_over: Callable[[str], None],
        upkeep: Upkeep,
        clock: Callable[[], float],
        reconcile_seconds: float,
    ) -> None:
        self.pipeline = pipeline
        self.error = ""
        self.last_activity = clock()
        self._settler = settler
        self._inbox = inbox
        self._cookies = cookies
        self._start_over = start_over
        self._upkeep = upkeep
        self._clock = clock
        self._reconcile_seconds = reconcile_seconds
        self._reconcile_at: float = clock()
        self._reconcile_reason = "start"
        self._waiters: list[Waiter] = []
        self._running = True
        self._owed = False
        self._unread: tuple[Hint, ...] = ()
        """Reports whose step failed: files that are read again, whatever their records say."""
        self._inconsistent = ""
        self._ended = False
        self._revision = pipeline.view.snapshot.clock.revision

    def call(self, work: Callable[[], Any]) -> Future[Any]:
        """Run `work` on the writer's thread, after everything that is in the inbox now. Any thread may ask."""
        future: Future[Any] = Future()
        self._ask(Call(work, future))
        return future

    def when(self, wait: Wait) -> Future[Clock]:
        """Promise the clock at which the tree is compared and, for EMBEDDED, nothing pends. From any thread."""
        future: Future[Clock] = Future()
        self._ask(Waiter(wait, future))
        return future

    def rests(self) -> bool:
        """Nothing that was noticed is waiting to be followed. Only on the writer's thread."""
        return not self._owed and self._settler.due(self._clock()) is None

    def expect_reconcile(self) -> None:
        """Do not compare the tree at the start: the caller is about to ask for it. Before `run` or `run_until` only."""
        self._reconcile_at = self._clock() + self._reconcile_seconds

    def flush_soon(self) -> None:
        """Have the lexical index written down, and its parts merged, after some quiet. Only on the writer's thread."""
        self._upkeep.changed(self._clock())

    def stop(self) -> None:
        """Make `run` return after what is in the inbox now. Any thread may ask."""
        self._inbox.put(None)

    def run(self) -> None:
        """Work until `stop`; what is left then, and what comes later, is cancelled."""
        while self._running:
            self.step(self._patience())
        self._ended = True
        self._cookies.abort()
        for waiter in self._waiters:
            waiter.future.cancel()
        while not self._inbox.empty():
            _cancel(self._inbox.get())

    def finish(self) -> None:
        """Write down what is held back, and a closing record. After `run` or `run_until`, on any thread."""
        self._guarded(self.pipeline.compute_all_keys)
        self._guarded(self.pipeline.write_vectors)
        self._guarded(self._upkeep.sort_all)
        if not self.error:
            leave_closing(self.pipeline)

    def run_until(self, done: Callable[[], bool]) -> None:
        """Work in the calling thread until `done()` holds between two steps."""
        while not done():
            self.step(self._patience())

    def step(self, patience: float | None) -> None:
        """Wait up to `patience` seconds for an item (None: for ever), then do all there is to do."""
        try:
            item = self._inbox.get(timeout=patience)
        except Empty:
            pass
        else:
            self._handle(item)
            while not self._inbox.empty():
                self._handle(self._inbox.get())
        self._guarded(self._catch_up)
        self._answer_waiters()
        if self.pipeline.idle and self._inbox.empty():
            self._guarded(self._merge_words)

    def _merge_words(self) -> None:
        """Merge the words of edits: nobody waits."""
        if self.pipeline.parts.searcher.merge_young():
            self.pipeline.publish()

    def _ask(self, item: Call | Waiter) -> None:
        self._inbox.put(item)
        if self._ended:
            _cancel(item)

    def _patience(self) -> float | None:
        now = self._clock()
        if self._owes_keys:
            return 0.0
        waits = [self._reconcile_at - now]
        due = self._settler.due(now)
        if due is not None:
            waits.append(due)
        for moment in (self.pipeline.scheduler.next_release(), self._upkeep.due()):
            if moment is not None:
                waits.append(moment - now)
        return max(0.0, min(waits))

    @property
    def _owes_keys(self) -> bool:
        return self.pipeline.owes_keys and not self._owed  # after an error the comparison comes first

    def _handle(self, item: Item) -> None:
        if item is None:
            self._running = False
        elif isinstance(item, Hint | Loss | CookieSeen):
            if isinstance(item, Loss):
                self.pipeline.parts.events.publish(WatchTrouble(reason=item.reason, detail=item.detail))
            self.last_activity = self._clock()
            self._settler.add(item, self.last_activity)
        elif isinstance(item, Computed):
            self._guarded(lambda: self.pipeline.finish(item))
        elif isinstance(item, Waiter):
            self._waiters.append(item)
        else:
            self._run_call(item)

    def _run_call(self, call: Call) -> None:
        if not call.future.set_running_or_notify_cancel():
            return
        try:
            result = call.work()
        except Exception as error:
            self._failed(error)
            call.future.set_exception(error)
        else:
            call.future.set_result(result)

    def _catch_up(self) -> None:
        now = self._clock()
        if now >= self._reconcile_at or self._settler.due(now) == 0:
            batch = self._settler.take()
            try:
                self._follow(batch, now)
            except BaseException:
                self._cookies.abort()
                self._unread = tuple(dict.fromkeys((*self._unread, *batch.hints)))
                raise
            self.error, self._unread = "", ()
            if batch.losses:
                self._cookies.abort()
            self._cookies.release(batch.cookies)
        else:
            self.pipeline.scheduler.wake(self.pipeline.view.snapshot)
            if self._owes_keys:
                self.pipeline.compute_keys()
        revision = self.pipeline.view.snapshot.clock.revision
        if revision != self._revision:
            self._revision = revision
            self._upkeep.changed(now)
        self._upkeep.tick(now)

    def _follow(self, batch: Batch, now: float) -> None:
        parts = self.pipeline.parts
        if batch.cookies and parts.scanner.rules_outside_changed():
            self._schedule_reconcile(now, "ignore rules changed")
        if batch.cookies and not parts.watcher.watches_root():
            self._schedule_reconcile(now, "the project's directory was replaced")
        if now >= self._reconcile_at or batch.losses or self._owed:
            reason = f"watcher: {batch.losses[0].reason}" if batch.losses else self._reconcile_reason
            self._reconcile_reason = "periodic"
            self._reconcile_at = now + self._reconcile_seconds
            is_moved = any(loss.reason in _MOVED for loss in batch.losses)
            if self._owed or is_moved or not parts.watcher.watches_root():
                parts.watcher.refresh()  # what failed may have been about ignore rules, by which it watches
            if self._inconsistent:
                self._begin_anew()
            self.pipeline.reconcile(reason, hints=(*self._unread, *batch.hints))
            self._owed = False
            return
        elsewhere = parts.scanner.changed_elsewhere(self.pipeline.known) if batch.cookies else ()
        if batch.hints or elsewhere:
            self._reconcile_at = max(self._reconcile_at, now + self._reconcile_seconds)
            self.pipeline.take((*batch.hints, *elsewhere))

    def _answer_waiters(self) -> None:
        left = []
        for waiter in self._waiters:
            idle = waiter.wait is not Wait.EMBEDDED or self.pipeline.idle
            if self.pipeline.view.reconciled and not self._owed and idle:
                if waiter.future.set_running_or_notify_cancel():
                    waiter.future.set_result(self.pipeline.view.snapshot.clock)
            elif not waiter.future.cancelled():
                left.append(waiter)
        self._waiters = left

    def _schedule_reconcile(self, at: float, reason: str) -> None:
        if at < self._reconcile_at:
            self._reconcile_at, self._reconcile_reason = at, reason

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Note what went wrong; the tree is compared again, at once after an inconsistency unless that keeps coming."""
        delay = RETRY_SECONDS
        if isinstance(error, InternalError):
            logger.error("the index is inconsistent and is built again", exc_info=error)
            delay = RETRY_SECONDS if self.error else 0.0
            self.error = self._inconsistent = error.message
            try:
                self._begin_anew()
            except Exception as another:
                logger.error("the index could not be begun anew", exc_info=another)
                delay = RETRY_SECONDS
        elif isinstance(error, CodegraphError):
            at_the_end = isinstance(error, DaemonError)  # what would take long was given up
            logger.log(logging.INFO if at_the_end else logging.ERROR, "%s", error.explanation)
            self.error = error.explanation
        else:
            logger.error("a step failed", exc_info=error)
            self.error = f"{type(error).__name__}: {error}"
        self._owed = True
        self._schedule_reconcile(self._clock() + delay, "after an error")

    def _begin_anew(self) -> None:
        self._start_over(self._inconsistent)
        self._inconsistent = ""


def _cancel(item: Item) -> None:
    if isinstance(item, Call | Waiter):
        item.future.cancel()
