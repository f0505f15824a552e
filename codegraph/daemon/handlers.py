"""The Service behind the socket: each method takes a view, and answers from it.

Work of more than a moment runs in a few threads, so the event loop stays free; every such piece of
work reads one `View` and nothing that the writer changes. Whatever must change something is a call on
the writer's thread. `sync` and every `wait` go through a cookie, so "indexed" means that what was
written before the request is in the answer. Tests: tests/integration/test_daemon.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec

from codegraph import __version__
from codegraph.core.symbols import DependencyKind, Freshness, SymbolId
from codegraph.daemon import clones, messages, operations, reports, streams
from codegraph.daemon.choosing import look_again, use_model
from codegraph.daemon.cloning import CloneFinder
from codegraph.daemon.edges import IMPACT_KINDS, Way, answer_edges, answer_impact, incoming, outgoing
from codegraph.daemon.encoders import QueryVectors
from codegraph.daemon.explaining import explain
from codegraph.daemon.exporting import Exports
from codegraph.daemon.messages import EmptyReason, Wait
from codegraph.daemon.overriding import CALL_KINDS
from codegraph.daemon.places import in_file
from codegraph.daemon.project import Project
from codegraph.daemon.protocol import PROTOCOL_VERSION
from codegraph.daemon.reporting import (
    cache_report,
    how_far,
    metrics_report,
    models_report,
    skipped_report,
    status_report,
    with_reason,
)
from codegraph.daemon.searching import answer_embed, answer_search, answer_similar
from codegraph.daemon.statistics import RequestStatistics
from codegraph.daemon.targets import (
    describe,
    find_definitions,
    find_target,
    find_targets,
    list_symbols,
    reference_at,
    with_constructors,
)
from codegraph.daemon.verifying import verify
from codegraph.daemon.view import View
from codegraph.errors import DaemonError, FileNotIndexed, SymbolNotFound, SyncTimeout
from codegraph.events import AnyEvent
from codegraph.extract.languages import language_of
from codegraph.search.query_language import parse_query
from codegraph.source.cookies import CookieOutcome

Result = TypeVar("Result")

THREADS = 4
MOST_DEFINITIONS = 100
"""Of one name are shown."""
QUERY_SECONDS = 10.0
"""A search does without the vectors of models that have not embedded its text by then."""


class Handlers:
    """Answers the API for one project. Implements `codegraph.daemon.service.Service`."""

    def __init__(self, project: Project, statistics: RequestStatistics, ended: Callable[[], None]) -> None:
        """`ended` is called when a client asks for the end."""
        self._project = project
        self._statistics = statistics
        self._ended = ended
        self._exports = Exports()
        self._clones = CloneFinder(project.parts.facts, project.give_memory_back)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="query")

    @property
    def root(self) -> str:
        """The absolute path of the project."""
        return os.fspath(self._project.root)

    @property
    def clock(self) -> str:
        """The newest published revision."""
        return str(self._view.snapshot.clock)

    @property
    def _view(self) -> View:
        return self._project.pipeline.view

    def close(self) -> None:
        """End the threads; work in progress is finished first."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def settled(self, wait: Wait, timeout: float) -> None:
        """See everything written before this call indexed, or embedded. Raises SyncTimeout."""
        if wait is Wait.NONE:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._settle(wait)
        except TimeoutError:
            where = how_far(self._project) or f"{len(self._project.scheduler.pending)} keys are pending"
            error = self._project.problem()
            raise SyncTimeout(
                f"not {wait.value} within {timeout:g} s; {where}{': ' + error if error else ''}",
                "ask again with a longer timeout, or look at `codegraph status`",
            ) from None

    async def _settle(self, wait: Wait) -> None:
        while True:
            cookie = self._project.cookies.request()
            self._project.watcher.nudge()
            outcome = await asyncio.wrap_future(cookie)
            await self._written(self._project.writer.when(wait))
            if outcome is CookieOutcome.SEEN:
                return

    async def _written(self, future: Future[Any]) -> Any:
        """Wait for the writer; it may end before it answers."""
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if future.cancelled() and not self._project.running:
                raise DaemonError("the daemon is ending", "start it again") from None
            raise

    async def _threaded(self, work: Callable[..., Result], *arguments: Any) -> Result:
        try:
            with self._project.parts.courtesy.answering():
                return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        except FileNotIndexed as error:
            raise await self._threaded(with_reason, self._project, error) from error
        except SymbolNotFound as error:
            if where := how_far(self._project):
                raise SymbolNotFound(f"{error.message}; {where}", error.advice) from error
            raise

    def subscribe(self, publish: Callable[[AnyEvent], None], recent: bool) -> Callable[[], None]:
        """Subscribe to the project's events."""
        return self._project.events.subscribe(publish, recent=recent)

    async def hello(self, params: reports.HelloParams) -> reports.HelloResult:
        """Say who answers."""
        del params
        return reports.HelloResult(
            clock=self.clock,
            version=__version__,
            protocol=PROTOCOL_VERSION,
            root=self.root,
            pid=os.getpid(),
            model=self._project.models.code.spec.name,
        )

    async def status(self, params: reports.StatusParams) -> reports.StatusResult:
        """Report everything."""
        del params
        return await self._threaded(status_report, self._project, self._statistics.figures())

    async def metrics(self, params: reports.MetricsParams) -> reports.MetricsResult:
        """Report the figures as Prometheus text."""
        del params
        return await self._threaded(metrics_report, self._project, self._statistics.figures())

    async def skipped(self, params: reports.SkippedParams) -> reports.SkippedResult:
        """List skipped files."""
        return await self._threaded(skipped_report, self._project, params)

    async def sync(self, params: operations.SyncParams) -> operations.SyncResult:
        """Wait until everything written before is seen."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        wait = Wait.INDEXED if params.wait is Wait.NONE else params.wait
        if self._project.lacks_models():
            await self._threaded(look_again, self._project)
            self._project.retry()
        await self.settled(wait, params.timeout)
        view = self._view
        pending = await self._threaded(_count_unfresh, view, self._project.waiting())
        return operations.SyncResult(clock=str(view.snapshot.clock), pending=pending, seconds=loop.time() - started)

    async def search(self, params: messages.SearchParams) -> messages.SearchResult:
        """Rank symbols for a query."""
        text = parse_query(params.query).text
        vectors, silent = await self._query_vectors(text) if any(map(str.isalnum, text)) else ({}, ())
        found = await self._threaded(answer_search, self._project, self._view, params, vectors)
        return msgspec.structs.replace(found, warnings=(*found.warnings, *silent))

    async def similar(self, params: messages.SimilarParams) -> messages.SearchResult:
        """Rank symbols by their vectors' nearness."""
        vectors, silent = await self._query_vectors(params.text, is_code=True) if params.text else ({}, ())
        found = await self._threaded(answer_similar, self._project, self._view, params, vectors)
        return msgspec.structs.replace(found, warnings=(*found.warnings, *silent))

    async def _query_vectors(self, text: str, *, is_code: bool = False) -> tuple[QueryVectors, tuple[str, ...]]:
        """Return the vectors of a text, and what is to be said of models that gave none."""
        promised = self._project.embed_query(text, is_code=is_code)
        limit = asyncio.get_running_loop().call_later(QUERY_SECONDS, promised.wait_no_longer)
        try:
            vectors = await asyncio.wrap_future(promised)
        finally:
            limit.cancel()
        silent = [("is not ready", model) for model in promised.late]
        silent += [("knows no word of this", model) for model in promised.unknowing]
        said = (f"{self._project.name_of(model)} {why}, so its vectors do not count" for why, model in silent)
        return vectors, tuple(f"{each} in this answer" for each in sorted(said))

    async def clones(self, params: clones.ClonesParams) -> clones.ClonesResult:
        """Group definitions that are copies of each other."""
        return await self._threaded(self._clones.answer, self._view, params)

    async def symbols(self, params: messages.SymbolsParams) -> messages.SymbolsResult:
        """List symbols."""
        return await self._threaded(_answer_symbols, self._view, params)

    async def definition(self, params: messages.DefinitionParams) -> messages.SymbolsResult:
        """Find a definition."""
        return await self._threaded(_answer_definition, self._view, params)

    async def references(self, params: messages.ReferencesParams) -> messages.EdgesResult:
        """List the edges that end at a symbol."""
        view = self._view
        way = incoming(view.snapshot, IMPACT_KINDS)
        return await self._threaded(_answer_edges, view, params, way, 1)

    async def callers(self, params: messages.CallersParams) -> messages.EdgesResult:
        """List callers."""
        view = self._view
        return await self._threaded(_answer_callers, view, params)

    async def callees(self, params: messages.CalleesParams) -> messages.EdgesResult:
        """List callees."""
        view = self._view
        way = outgoing(view.snapshot, CALL_KINDS)
        return await self._threaded(_answer_edges, view, params, way, params.depth)

    async def dependencies(self, params: messages.DependenciesParams) -> messages.EdgesResult:
        """List dependencies, or dependents."""
        view = self._view
        kinds = frozenset(params.kinds) or frozenset(DependencyKind)
        way = (incoming if params.reverse else outgoing)(view.snapshot, kinds)
        return await self._threaded(_answer_edges, view, params, way, params.depth)

    async def impact(self, params: messages.ImpactParams) -> messages.ImpactResult:
        """List what a change may reach."""
        return await self._threaded(_answer_impact, self._view, params)

    async def explain(self, params: operations.ExplainParams) -> operations.ExplainResult:
        """Explain a symbol's vector."""
        return await self._threaded(_answer_explain, self._project, self._view, params)

    async def embed(self, params: operations.EmbedParams) -> operations.EmbedResult:
        """Give vectors."""
        ask, code = self._project.parts.encoders.embed_query, (self._project.models.routes.code,)
        vectors = [await asyncio.wrap_future(ask(text, code)) for text in params.texts]
        return await self._threaded(answer_embed, self._project, self._view, params, vectors)

    async def verify(self, params: operations.VerifyParams) -> operations.VerifyResult:
        """Compare with a clean build."""
        del params
        try:
            return await self._threaded(verify, self._project)
        finally:  # a second index was there for a while
            await self._threaded(self._project.give_memory_back)

    async def export(self, params: streams.ExportParams) -> streams.ExportResult:
        """Give one page."""
        return await self._threaded(self._exports.page, self._view, params)

    async def index(
        self, params: operations.IndexParams, progress: Callable[[operations.Progress], None]
    ) -> operations.IndexResult:
        """Bring the index up to date."""
        future = self._project.start_indexing(params.rebuild, params.embed, progress)
        result: operations.IndexResult = await self._written(future)
        return result

    async def cache(self, params: operations.CacheParams) -> operations.CacheResult:
        """Look after the tiers."""
        if params.action is operations.CacheAction.PRUNE:
            await self._written(self._project.writer.call(self._project.collect_garbage))
        return await self._threaded(cache_report, self._project, params.action)

    async def models(self, params: operations.ModelsParams) -> operations.ModelsResult:
        """List the registry."""
        del params
        return await self._threaded(models_report, self._project)

    async def use_model(self, params: operations.UseModelParams) -> operations.UseModelResult:
        """Change the model."""
        return await self._threaded(use_model, self._project, params.name)

    async def config(self, params: operations.ConfigParams) -> operations.ConfigResult:
        """Show the settings."""
        del params
        settings = {name: dict(section) for name, section in dataclasses.asdict(self._project.config).items()}
        return operations.ConfigResult(settings=settings, path=os.fspath(self._project.config_file))

    async def shutdown(self, params: operations.ShutdownParams) -> operations.ShutdownResult:
        """Begin to end."""
        del params
        self._ended()
        return operations.ShutdownResult(clock=self.clock)


def _answer_symbols(view: View, params: messages.SymbolsParams) -> messages.SymbolsResult:
    found: list[messages.SymbolInfo] = []
    truncated = False
    for symbol in list_symbols(view, params):
        if len(found) == params.limit:
            truncated = True
            break
        found.append(describe(view, symbol))
    reason = EmptyReason.NOT_EMPTY
    if not found:
        reason = EmptyReason.NO_MATCH if view.reconciled else EmptyReason.INDEXING
        if view.reconciled and not params.file and language_of(params.name, b""):  # it may be meant for a file
            in_file(view.snapshot, params.name)
    return messages.SymbolsResult(
        clock=str(view.snapshot.clock), symbols=tuple(found), truncated=truncated, reason=reason
    )


def _answer_definition(view: View, params: messages.DefinitionParams) -> messages.SymbolsResult:
    meaning = reference_at(view, params)
    if meaning is not None and not meaning.targets:
        return messages.SymbolsResult(clock=str(view.snapshot.clock), symbols=(), reason=meaning.reason)
    found = find_definitions(view, params)
    shown = tuple(describe(view, symbol) for symbol in found[:MOST_DEFINITIONS])
    truncated = len(found) > len(shown)
    return messages.SymbolsResult(clock=str(view.snapshot.clock), symbols=shown, truncated=truncated)


def _answer_edges(view: View, params: messages.EdgesParams, way: Way, depth: int) -> messages.EdgesResult:
    return answer_edges(view, find_targets(view, params), way, depth, params.limit, places=params.places)


def _answer_callers(view: View, params: messages.CallersParams) -> messages.EdgesResult:
    targets = with_constructors(view.snapshot, find_targets(view, params))
    way = incoming(view.snapshot, CALL_KINDS)
    return answer_edges(view, targets, way, params.depth, params.limit, places=params.places)


def _answer_impact(view: View, params: messages.ImpactParams) -> messages.ImpactResult:
    return answer_impact(view, find_targets(view, params), params.depth, params.limit)


def _answer_explain(project: Project, view: View, params: operations.ExplainParams) -> operations.ExplainResult:
    return explain(view, find_target(view, params), project.name_of)


def _count_unfresh(view: View, waiting: Sequence[SymbolId]) -> int:
    return sum(view.freshness(symbol) is not Freshness.FRESH for symbol in waiting)
