"""`codegraph index`: one run over the whole tree, with progress and a summary.

A run compares the tree with the index and then waits until nothing wants a vector. What it embedded
and reused is read off the event stream, so the figures are those of everybody else. It fails with
StoreError when the result could not be written down, and with EncoderError when the model has failed
`FAILURES` times in a row: whoever waits for vectors is told why there are none, while they stay pending.
Tests: tests/unit/daemon/test_daemon_indexing.py.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from codegraph.core.changes import Clock
from codegraph.daemon.changeset import Run
from codegraph.daemon.messages import Wait
from codegraph.daemon.operations import IndexResult, Progress
from codegraph.errors import DaemonError, EncoderError
from codegraph.events import AnyEvent, Embedded, EmbeddingFailed

if TYPE_CHECKING:
    from codegraph.daemon.project import Project

FAILURES = 4
"""Seven seconds with the default `embedding.retry_seconds`."""


class IndexingRun:
    """One run; made and started by `Project.start_indexing`."""

    def __init__(self, project: Project, embed: bool, progress: Callable[[Progress], None]) -> None:
        self._project = project
        self._embed = embed
        self._progress = progress
        self._timer = project.parts.timer
        self._started = self._timer()
        self._before = project.gatherer.figures
        self._reused_before = project.pipeline.served.reused
        self._total = 0
        self._failures = 0
        self._future: Future[IndexResult] = Future()
        self._cancel = project.events.subscribe(self._watch)

    def start(self, rebuild: bool) -> Future[IndexResult]:
        """Post the work; the future holds the summary."""
        self._future.set_running_or_notify_cancel()
        listener = self._project.pipeline.reader.listen(self._extracted)
        self._future.add_done_callback(lambda _: (self._cancel(), listener()))
        reconciled = self._project.writer.call(lambda: self._project.compare(rebuild))
        reconciled.add_done_callback(self._reconciled)
        return self._future

    def _extracted(self, stage: str, done: int) -> None:
        self._progress(Progress(stage=stage, done=done))

    def _watch(self, event: AnyEvent) -> None:
        waiting = len(self._project.scheduler.pending)
        if isinstance(event, EmbeddingFailed | Embedded):
            self._failures = self._failures + 1 if isinstance(event, EmbeddingFailed) else 0
        if self._failures >= FAILURES and self._embed and not self._future.done():
            advice = "the graph and the words are indexed, and these symbols wait; mend it and index again"
            reason = event.reason if isinstance(event, EmbeddingFailed) else ""
            self._future.set_exception(EncoderError(f"{waiting} symbols have no vector: {reason}", advice))
        if self._total and isinstance(event, Embedded):
            self._progress(Progress(stage="embed", done=max(0, self._total - waiting), total=self._total))

    def _reconciled(self, done: Future[Run]) -> None:
        if done.cancelled():
            self._fail_at_the_end()
            return
        error = done.exception()
        if error is not None:
            self._future.set_exception(error)
            return
        run = done.result()
        self._total = len(self._project.scheduler.pending)
        waiting = self._project.writer.when(Wait.EMBEDDED if self._embed else Wait.INDEXED)
        embedding_from = self._timer()
        waiting.add_done_callback(lambda clock: self._finish(run, clock, embedding_from))

    def _fail_at_the_end(self) -> None:
        self._future.set_exception(DaemonError("the daemon is ending", "start it again"))

    def _finish(self, run: Run, clock: Future[Clock], embedding_from: float) -> None:
        if self._future.done():
            return
        if clock.cancelled():
            self._fail_at_the_end()
            return
        failure = self._project.pipeline.failure
        if failure is not None:
            self._future.set_exception(failure)
            return
        now = self._timer()
        seconds = {**run.seconds, "embed": now - embedding_from, "total": now - self._started}
        embedded = self._project.gatherer.figures.embedded - self._before.embedded
        reused = self._project.pipeline.served.reused - self._reused_before
        self._future.set_result(_result(self._project, clock.result(), seconds, embedded, reused))


def nothing_to_do(project: Project) -> IndexResult | None:
    """Compare the tree with an index whose last end vouches for it, before anything of it is decoded.

    Return the summary if nothing has changed since, None if there is something to do or to look at.
    """
    timer = project.parts.timer
    started = timer()
    if not project.restored.is_complete or not project.pipeline.is_in_step():
        return None
    seconds = {"scan": timer() - started, "embed": 0.0, "total": timer() - started}
    return _result(project, project.pipeline.view.snapshot.clock, seconds)


def _result(
    project: Project, clock: Clock, seconds: dict[str, float], embedded: int = 0, reused: int = 0
) -> IndexResult:
    counts = project.pipeline.view.snapshot.counts
    return IndexResult(
        clock=str(clock),
        files=counts.files,
        symbols=counts.symbols,
        edges=sum(counts.edges.values()),
        embedded=embedded,
        reused=reused,
        seconds=seconds,
        warnings=tuple(project.models.missing.values()),
    )
