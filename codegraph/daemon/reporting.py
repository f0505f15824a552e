"""Answers about the daemon itself: status, metrics, skipped files, cache, models.

All figures come from where the thing happens: the view, the pending keys, the tiers, the watcher, the
worker, the event stream. Nothing is estimated here. Tests: tests/integration/test_daemon.py.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

import psutil

from codegraph import __version__
from codegraph.cache.statistics import TierStatistics
from codegraph.core.changes import Skipped
from codegraph.core.facts import READ_IN_PART, UNREAD, SyntaxProblem
from codegraph.core.symbols import Freshness
from codegraph.daemon import operations, reports
from codegraph.daemon.cached_figures import Waiting
from codegraph.daemon.model_report import disclosure, model_info
from codegraph.daemon.pending import Lane
from codegraph.daemon.restore import KEYS_ONLY
from codegraph.daemon.route_figures import flow_figures, route_figures, troubles
from codegraph.daemon.view import View
from codegraph.embed.embedder import WorkerStatus
from codegraph.embed.registry import describe, registered
from codegraph.embed.spec import ModelSpec
from codegraph.errors import CodegraphError, FileNotIndexed
from codegraph.extract.languages import language_of
from codegraph.graph.snapshot import Snapshot
from codegraph.processes import descendants
from codegraph.source.left_out import MISSING, reason_of

if TYPE_CHECKING:
    from codegraph.daemon.project import Project

MANY_WAITING = 500
"""So many symbols are counted at every question: 2 ms."""


def status_report(project: Project, requests: reports.RequestFigures) -> reports.StatusResult:
    """Gather everything that `codegraph status` shows."""
    view = project.pipeline.view
    counts = view.snapshot.counts
    figures = project.gatherer.figures
    tiers = project.parts.tiers.statistics()
    lanes, models = _waiting(project, view)
    read, to_read = (0, 0) if view.reconciled else project.pipeline.reader.position
    return reports.StatusResult(
        clock=str(view.snapshot.clock),
        version=__version__,
        root=os.fspath(project.root),
        pid=os.getpid(),
        uptime_seconds=time.monotonic() - project.started_at,
        phase=_phase(project, view),
        files_read=read,
        files_to_read=to_read,
        files=counts.files,
        symbols=counts.symbols,
        edges=sum(counts.edges.values()),
        languages=counts.languages,
        lanes=lanes,
        hot=_tier(tiers.hot),
        cold=_tier(tiers.cold),
        embedded=figures.embedded,
        embeddings_avoided=figures.avoided,
        last_change=figures.last,
        watcher=_watcher(project),
        worker=_worker(project),
        model=_code_model(project),
        models=models,
        flow=flow_figures(view.snapshot),
        memory=project.cached.memory.get(None, lambda: _memory(project)),
        skipped=project.parts.scanner.counts(),
        unread=counts.unread,
        uncertain={reason: count for reason, count in counts.unresolved.items() if count},
        requests=requests,
        warnings=tuple(_warnings(project, figures.warnings)),
    )


def _phase(project: Project, view: View) -> str:
    if not view.reconciled:
        return "indexing" if project.running else "starting"
    if project.pipeline.outdated_files:
        return "indexing"
    return "idle" if project.pipeline.idle else "embedding"


def how_far(project: Project) -> str:
    """Say how far the index is that is being built, empty if none is: answers come once it stands."""
    if project.pipeline.view.reconciled or not project.running:
        return ""
    done, total = project.pipeline.reader.position
    again = "another version made the index, and it is built again: " if _is_built_again(project) else ""
    return again + (f"{done:,} of {total:,} files are read" if total else "files are looked for")


def _is_built_again(project: Project) -> bool:
    """Whether nothing of the stored index could be used."""
    return not KEYS_ONLY.issuperset(project.parts.store.outdated)


def _waiting(project: Project, view: View) -> Waiting:
    """Count who waits; while there are many, once in a while only: each of them is looked at."""

    def look() -> Waiting:
        return _lanes(project, view), route_figures(project, view)

    many = len(project.scheduler.pending) + len(view.snapshot.unkeyed) > MANY_WAITING
    return project.cached.waiting.get(None, look) if many else look()


def _lanes(project: Project, view: View) -> tuple[reports.LaneFigures, ...]:
    pending: Counter[str] = Counter()
    stale: Counter[str] = Counter()
    for symbol, lane in project.scheduler.pending.symbols():
        state = view.freshness(symbol) if symbol in view.snapshot.places else Freshness.FRESH
        if state is Freshness.PENDING:
            pending[lane.name.lower()] += 1
        elif state is Freshness.STALE:
            stale[lane.name.lower()] += 1
    owed = sum(symbol in view.served for symbol in view.snapshot.unkeyed)
    stale["context"] += owed
    pending["context"] += len(view.snapshot.unkeyed) - owed
    names = [lane.name.lower() for lane in Lane]
    return tuple(reports.LaneFigures(lane=name, pending=pending[name], stale=stale[name]) for name in names)


def _tier(statistics: TierStatistics) -> reports.TierFigures:
    return reports.TierFigures(
        entries=statistics.entries,
        bytes=statistics.bytes,
        limit_bytes=statistics.limit_bytes,
        hits=statistics.hits,
        misses=statistics.misses,
        evictions=statistics.evictions,
        lookup_microseconds=1e6 * statistics.lookup_seconds / max(1, statistics.hits + statistics.misses),
    )


def _watcher(project: Project) -> reports.WatcherHealth:
    health = project.watcher.health()
    return reports.WatcherHealth(
        mode=health.mode if project.running else "stopped",
        healthy=health.alive and not health.limited,
        directories=health.directories,
        losses=health.losses,
        detail=health.detail,
    )


def _worker(project: Project) -> reports.WorkerHealth:
    embedder = project.parts.encoders.embedder(project.models.routes.code)
    status = WorkerStatus("closed", "") if embedder is None else embedder.status()
    return reports.WorkerHealth(
        state=status.state,
        pid=status.process_id or 0,
        restarts=status.restarts,
        queued=status.queued,
        detail=status.last_error,
    )


def _model(project: Project, spec: ModelSpec) -> reports.ModelInfo:
    active = project.models.active(spec.name)
    dimensions = active.dimensions if active is not None else 0
    return model_info(spec, project.config.embedding, active=active is not None, dimensions=dimensions)


def _code_model(project: Project) -> reports.ModelInfo:
    """Describe the model for code, whose files need not be looked for at every question."""
    spec = project.models.code.spec
    return project.cached.model.get((spec.name, project.models.routes.code), lambda: _model(project, spec))


def _memory(project: Project) -> reports.MemoryFigures:
    workers = 0
    for child in descendants():
        try:
            workers += psutil.Process(child).memory_info().rss
        except psutil.NoSuchProcess:
            continue  # it ended between the listing and the question
    return reports.MemoryFigures(
        daemon_bytes=psutil.Process().memory_info().rss,
        workers_bytes=workers,
        state_bytes=project.parts.store.statistics().file_bytes,
    )


def _warnings(project: Project, gathered: tuple[str, ...]) -> Iterator[str]:
    health = project.watcher.health()
    if project.running and (health.limited or not health.alive):
        yield f"watching by {health.mode}: {health.detail or 'the watcher is not alive'}"
    if _is_built_again(project) and (where := how_far(project)):
        yield where
    yield from project.models.missing.values()
    yield from filter(None, (disclosure(model.spec) for model in project.models.models.values()))
    yield from troubles(project)
    if project.config.cache.cold_bytes and (trouble := project.parts.tiers.trouble):
        yield f"vectors are not kept for other projects and later: {trouble}"
    if project.pipeline.warning:
        yield project.pipeline.warning
    if project.writer.error:
        yield project.writer.error
    yield from gathered


def metrics_report(project: Project, requests: reports.RequestFigures) -> reports.MetricsResult:
    """Write the figures of status as Prometheus text."""
    from codegraph.daemon.metrics import CONTENT_TYPE, exposition

    return reports.MetricsResult(text=exposition(status_report(project, requests)), content_type=CONTENT_TYPE)


def skipped_report(project: Project, params: reports.SkippedParams) -> reports.SkippedResult:
    """List skipped files by path, or look at the one that is asked about."""
    snapshot = project.pipeline.view.snapshot
    clock, unread = str(snapshot.clock), _unread_files(snapshot)
    if params.file:
        found = reason_of(project.root, project.config.source, language_of, params.file)
        one = unread.get(params.file) if found is None else _skipped_file(found)
        return reports.SkippedResult(clock=clock, files=() if one is None else (one,))
    skipped = project.pipeline.skipped
    kept = [_skipped_file(why) for _, why in sorted(skipped.items()) if params.reason in ("", why.reason)]
    kept += [each for each in unread.values() if params.reason in ("", each.reason)]
    kept.sort(key=attrgetter("file"))
    others = Counter(project.parts.scanner.counts())
    others.subtract(why.reason for why in skipped.values())
    return reports.SkippedResult(
        clock=clock,
        files=tuple(kept[: params.limit]),
        truncated=len(kept) > params.limit,
        counted={why: more for why, more in others.items() if more > 0 and params.reason in ("", why)},
    )


def with_reason(project: Project, error: FileNotIndexed) -> FileNotIndexed:
    """Say of a file that is not indexed why it is not, as the disk is now."""
    if where := how_far(project):
        return FileNotIndexed(f"{error.path} is not indexed so far: {where}", "ask again with `wait`")
    found = reason_of(project.root, project.config.source, language_of, error.path)
    if found is None:
        why, advice = "it is newer than the index", "ask again with `wait`"
    elif found.reason == MISSING:
        why, advice = "there is no such file", error.advice
    else:
        why = f"{found.reason} ({found.detail})" if found.detail else found.reason
        advice = "`codegraph skipped` lists what is left out"
    return FileNotIndexed(f"{error.path} is not indexed: {why}", advice)


def _unread_files(snapshot: Snapshot) -> dict[str, reports.SkippedFile]:
    """Return the files that were not read as a whole, by path; looks at all only if there are any."""
    if not snapshot.counts.unread:
        return {}
    return {
        path: reports.SkippedFile(
            file=path, reason=problem.reason, detail=f"{problem.detail}; {_what_is_left(problem)}"
        )
        for path, view in snapshot.files.items()
        for problem in view.outline.problems
        if problem.reason in READ_IN_PART
    }


def _what_is_left(problem: SyntaxProblem) -> str:
    return "indexed by its lines" if problem.reason in UNREAD else f"left out from line {problem.line + 1} on"


def _skipped_file(skipped: Skipped) -> reports.SkippedFile:
    return reports.SkippedFile(file=skipped.path, reason=skipped.reason, detail=skipped.detail)


def cache_report(project: Project, action: operations.CacheAction) -> operations.CacheResult:
    """Look at the tiers, prune or empty them."""
    tiers = project.parts.tiers
    before = tiers.statistics()
    if action is operations.CacheAction.PRUNE:
        tiers.prune(project.config.cache.cold_bytes)
    elif action is operations.CacheAction.CLEAR:
        tiers.clear()
    after = tiers.statistics()
    return operations.CacheResult(
        hot=_tier(after.hot),
        cold=_tier(after.cold),
        removed=max(0, before.cold.entries + before.hot.entries - after.cold.entries - after.hot.entries),
        freed_bytes=max(0, before.cold.bytes + before.hot.bytes - after.cold.bytes - after.hot.bytes),
        directory=os.fspath(project.cache_directory),
    )


def models_report(project: Project) -> operations.ModelsResult:
    """List the registry, and the active model if it is a directory of the user's."""
    specs = dict(registered())
    for model in project.models.models.values():
        specs.setdefault(model.spec.name, model.spec)
    models = []
    for name in sorted(specs):
        try:
            models.append(_model(project, specs[name] if specs[name].engine != "ensemble" else describe(name)))
        except CodegraphError as error:
            models.append(
                reports.ModelInfo(
                    name=name, description="", dimensions=0, active=False, available=False, detail=error.message
                )
            )
    return operations.ModelsResult(models=tuple(models))
