"""A Service over a project of five symbols, for tests of server, client and command line.

It answers every method from constants. `calls` records the parameters it got; `failures` makes a
method raise; `hold` makes a method wait, so that tests can look at requests in progress. `publish` sends
an event to the subscribers, from whatever thread it is called in.

The project: `pkg/store.py` with class Store, its method get and the function load, which calls get;
`pkg/other.py` with a second function load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fake_project import (
    CLONES,
    COPIES,
    GET,
    LOAD,
    MODEL,
    STORE,
    SYMBOLS,
    TIER,
    exported_edge,
    exported_symbol,
    impact_on,
    ranked,
)

from codegraph import __version__
from codegraph.core.symbols import Confidence, DependencyKind
from codegraph.daemon import clones, messages, operations, reports, streams
from codegraph.daemon.messages import EmptyReason, Place, Position, SymbolInfo
from codegraph.daemon.protocol import PROTOCOL_VERSION
from codegraph.daemon.statistics import RequestStatistics
from codegraph.errors import AmbiguousSymbol, ProjectError, SymbolNotFound, SyncTimeout
from codegraph.events import AnyEvent


class Held:
    """A method that waits until a test lets it go on."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        """A request has got there."""
        self.cancelled = asyncio.Event()
        """A request was cancelled there."""
        self.released = asyncio.Event()
        """Set by the test: held requests and all later ones go on."""


class FakeService:
    """Answers from constants; see the module."""

    def __init__(self, root: str = "/project", statistics: RequestStatistics | None = None) -> None:
        self._root = root
        self._statistics = statistics or RequestStatistics()
        self._subscribers: list[Callable[[AnyEvent], None]] = []
        self._events: list[AnyEvent] = []
        self._held: dict[str, Held] = {}
        self.calls: list[messages.Params[Any]] = []
        self.waits: list[messages.Wait] = []
        self.failures: dict[str, Exception] = {}
        self.unsettled = False
        """Whoever waits for the index waits in vain."""
        self.progress: tuple[operations.Progress, ...] = ()
        """What `index` reports."""
        self.answer_symbols: tuple[SymbolInfo, ...] | None = None
        """What `symbols` answers, if not by name."""

    # --- what tests drive -----------------------------------------------------------------------

    def hold(self, method: str) -> Held:
        """Make a method wait from now on."""
        self._held[method] = Held()
        return self._held[method]

    def publish(self, event: AnyEvent) -> None:
        """Send an event to all subscribers and remember it."""
        self._events.append(event)
        for subscriber in tuple(self._subscribers):
            subscriber(event)

    @property
    def subscribers(self) -> int:
        """How many subscriptions are open."""
        return len(self._subscribers)

    async def _take(self, params: messages.Params[Any]) -> None:
        self.calls.append(params)
        held = self._held.get(params.method)
        if held is not None:
            held.entered.set()
            try:
                await held.released.wait()
            except asyncio.CancelledError:
                held.cancelled.set()
                raise
        if params.method in self.failures:
            raise self.failures[params.method]

    def _find(self, target: messages.Target[Any]) -> SymbolInfo:
        if target.symbol:
            found = [s for s in SYMBOLS if target.symbol in (s.id, s.qualified_name, s.name)]
        elif target.file:
            here = [s for s in SYMBOLS if s.file == target.file]
            if not here:
                raise ProjectError(f"{target.file} is not indexed", f"`codegraph skipped {target.file}` says why")
            line = target.line or 0
            found = [s for s in here if s.range.start.line <= line <= s.range.end.line][-1:]
        else:
            raise SymbolNotFound("no symbol was named", "give `symbol`, or `file` and `line`")
        if not found:
            name = target.symbol or f"{target.file}:{(target.line or 0) + 1}"
            raise SymbolNotFound(f"no symbol {name}", "`codegraph search` finds symbols by words")
        if len(found) > 1:
            listed = "\n".join(f"  {s.id}" for s in found)
            raise AmbiguousSymbol(f"{target.symbol} fits {len(found)} symbols:\n{listed}", "give one of these ids")
        return found[0]

    # --- Service --------------------------------------------------------------------------------

    @property
    def root(self) -> str:
        """The directory given at construction."""
        return self._root

    @property
    def clock(self) -> str:
        """Always the same revision."""
        return "fake:7"

    async def settled(self, wait: messages.Wait, timeout: float) -> None:
        """Settled at once unless `unsettled`; `waits` remembers what was asked."""
        self.waits.append(wait)
        if self.unsettled and wait is not messages.Wait.NONE:
            raise SyncTimeout(f"not {wait} within {timeout:g} s", "allow more time")

    def subscribe(self, publish: Callable[[AnyEvent], None], recent: bool) -> Callable[[], None]:
        """Remember the subscriber."""
        for event in self._events if recent else ():
            publish(event)
        self._subscribers.append(publish)
        return lambda: self._subscribers.remove(publish)

    async def hello(self, params: reports.HelloParams) -> reports.HelloResult:
        """Greet."""
        await self._take(params)
        return reports.HelloResult(
            clock=self.clock,
            version=__version__,
            protocol=PROTOCOL_VERSION,
            root=self._root,
            pid=4_711,
            model="lexical",
        )

    async def status(self, params: reports.StatusParams) -> reports.StatusResult:
        """Report constants, and the real figures of requests."""
        await self._take(params)
        return reports.StatusResult(
            clock=self.clock,
            version=__version__,
            root=self._root,
            pid=4_711,
            uptime_seconds=3_661.0,
            phase="idle",
            files=2,
            symbols=len(SYMBOLS),
            edges=1,
            languages={"python": 2},
            lanes=(
                reports.LaneFigures(lane="own", pending=0, stale=1),
                reports.LaneFigures(lane="cold", pending=1, stale=0),
            ),
            hot=TIER,
            cold=TIER,
            embedded=4,
            embeddings_avoided=12,
            last_change=reports.ChangeFigures(
                revision=7,
                at=1_700_000_000.0,
                files=1,
                touched=1,
                marked=2,
                cut_off=1,
                reused=0,
                embedded=1,
                over_budget=False,
                milliseconds={"extract": 4.5, "link": 0.8},
            ),
            watcher=reports.WatcherHealth(mode="native", healthy=True, directories=1, losses=0),
            worker=reports.WorkerHealth(state="idle", pid=4_712, restarts=0, queued=0),
            model=MODEL,
            models=(
                reports.RouteFigures(
                    model=MODEL.name,
                    routes=("code",),
                    dimensions=MODEL.dimensions,
                    symbols=5,
                    vectors=4,
                    lanes={"own": 1},
                    worker="ready",
                ),
            ),
            flow={"present": 3, "not_callable": 2},
            memory=reports.MemoryFigures(daemon_bytes=50_000_000, workers_bytes=30_000_000, state_bytes=1_000_000),
            skipped={"binary": 1},
            unread={"time": 1},
            uncertain={"dynamic": 2},
            requests=self._statistics.figures(),
            warnings=("watching by polling: the inotify limit is reached",),
        )

    async def metrics(self, params: reports.MetricsParams) -> reports.MetricsResult:
        """Report one gauge."""
        await self._take(params)
        text = "# TYPE codegraph_symbols gauge\ncodegraph_symbols 5\n"
        return reports.MetricsResult(text=text, content_type="text/plain; version=0.0.4")

    async def skipped(self, params: reports.SkippedParams) -> reports.SkippedResult:
        """List one file, which is binary."""
        await self._take(params)
        files = (reports.SkippedFile(file="logo.png", reason="binary"),)
        return reports.SkippedResult(clock=self.clock, files=files if params.reason in ("", "binary") else ())

    async def sync(self, params: operations.SyncParams) -> operations.SyncResult:
        """Agree."""
        await self._take(params)
        return operations.SyncResult(clock=self.clock, pending=1, seconds=0.01)

    async def search(self, params: messages.SearchParams) -> messages.SearchResult:
        """Rank get, load, Store, whatever the query; "nothing" finds nothing, "copies" one of load as well."""
        await self._take(params)
        if params.query == "nothing":
            return messages.SearchResult(clock=self.clock, results=(), reason=EmptyReason.NO_MATCH)
        return ranked(self.clock, params.limit, params.filters.kinds, COPIES if params.query == "copies" else ())

    async def similar(self, params: messages.SimilarParams) -> messages.SearchResult:
        """Rank as `search` does."""
        await self._take(params)
        if not params.text:
            self._find(params)
        return ranked(self.clock, params.limit, params.filters.kinds)

    async def clones(self, params: clones.ClonesParams) -> clones.ClonesResult:
        """Both functions of the name load."""
        await self._take(params)
        return clones.ClonesResult(clock=self.clock, groups=(CLONES,), total=1)

    async def symbols(self, params: messages.SymbolsParams) -> messages.SymbolsResult:
        """Find by equal name and file."""
        await self._take(params)
        found = self.answer_symbols or tuple(
            s for s in SYMBOLS if params.name in ("", s.name) and params.file in ("", s.file)
        )
        return messages.SymbolsResult(
            clock=self.clock,
            symbols=found,
            reason=EmptyReason.NOT_EMPTY if found else EmptyReason.NO_MATCH,
        )

    async def definition(self, params: messages.DefinitionParams) -> messages.SymbolsResult:
        """Find the target itself."""
        await self._take(params)
        return messages.SymbolsResult(clock=self.clock, symbols=(self._find(params),))

    def _edges(self, target: SymbolInfo, at: SymbolInfo, other: SymbolInfo) -> messages.EdgesResult:
        edge = messages.EdgeInfo(
            symbol=other,
            kind=DependencyKind.CALLS,
            confidence=Confidence.EXACT,
            at=Place("pkg/store.py", Position(9, 11)),
        )
        edges = (edge,) if target is at else ()
        reason = EmptyReason.NOT_EMPTY if edges else EmptyReason.NO_EDGES
        return messages.EdgesResult(clock=self.clock, target=target, edges=edges, reason=reason)

    async def references(self, params: messages.ReferencesParams) -> messages.EdgesResult:
        """`load` refers to `get`."""
        await self._take(params)
        return self._edges(self._find(params), GET, LOAD)

    async def callers(self, params: messages.CallersParams) -> messages.EdgesResult:
        """`load` calls `get`."""
        await self._take(params)
        return self._edges(self._find(params), GET, LOAD)

    async def callees(self, params: messages.CalleesParams) -> messages.EdgesResult:
        """`get` is called by `load`."""
        await self._take(params)
        return self._edges(self._find(params), LOAD, GET)

    async def dependencies(self, params: messages.DependenciesParams) -> messages.EdgesResult:
        """The one edge, in either direction."""
        await self._take(params)
        target = self._find(params)
        return self._edges(target, GET, LOAD) if params.reverse else self._edges(target, LOAD, GET)

    async def impact(self, params: messages.ImpactParams) -> messages.ImpactResult:
        """`load` is affected by everything, for all that is known."""
        await self._take(params)
        return impact_on(self._find(params), self.clock)

    async def explain(self, params: operations.ExplainParams) -> operations.ExplainResult:
        """A change of Store reached the symbol and was cut off."""
        await self._take(params)
        target = self._find(params)
        return operations.ExplainResult(
            clock=self.clock,
            symbol=target,
            outcome="cut_off",
            summary="The signature of Store changed, but nothing that this symbol's key reads differs.",
            rule="signature",
            origin=STORE.id,
            route=(target.id, STORE.id),
            revision=7,
            wanted="00" * 16,
            served="00" * 16,
            context=(STORE.id,),
            model="lexical",
        )

    async def embed(self, params: operations.EmbedParams) -> operations.EmbedResult:
        """Two dimensions are enough."""
        await self._take(params)
        sources = [self._find(messages.DefinitionParams(symbol=name)).id for name in params.symbols]
        sources += [f"text:{number}" for number in range(len(params.texts))]
        return operations.EmbedResult(
            clock=self.clock,
            model="lexical",
            dimensions=2,
            embeddings=tuple(operations.Embedding(source=source, vector=(0.6, 0.8)) for source in sources),
        )

    async def verify(self, params: operations.VerifyParams) -> operations.VerifyResult:
        """Equal."""
        await self._take(params)
        return operations.VerifyResult(
            clock=self.clock, equal=True, differences={}, counts={"files": 2, "definitions": 5}, seconds=0.1
        )

    async def export(self, params: streams.ExportParams) -> streams.ExportResult:
        """Two pages of symbols, or one page of the one edge."""
        await self._take(params)
        if params.what is streams.ExportKind.EDGES:
            return streams.ExportResult(clock=self.clock, edges=(exported_edge(),))
        if params.cursor:
            return streams.ExportResult(clock=self.clock, symbols=tuple(map(exported_symbol, SYMBOLS[3:])))
        return streams.ExportResult(clock=self.clock, symbols=tuple(map(exported_symbol, SYMBOLS[:3])), next="2")

    async def index(
        self, params: operations.IndexParams, progress: Callable[[operations.Progress], None]
    ) -> operations.IndexResult:
        """Report `progress` and finish."""
        await self._take(params)
        for report in self.progress:
            progress(report)
        return operations.IndexResult(
            clock=self.clock,
            files=2,
            symbols=5,
            edges=1,
            embedded=4,
            reused=1,
            seconds={"extract": 0.2, "total": 0.3},
        )

    async def cache(self, params: operations.CacheParams) -> operations.CacheResult:
        """Two equal tiers."""
        await self._take(params)
        return operations.CacheResult(hot=TIER, cold=TIER, removed=0, directory="/cache")

    async def models(self, params: operations.ModelsParams) -> operations.ModelsResult:
        """One model."""
        await self._take(params)
        return operations.ModelsResult(models=(MODEL,))

    async def use_model(self, params: operations.UseModelParams) -> operations.UseModelResult:
        """Whatever is asked for."""
        await self._take(params)
        return operations.UseModelResult(clock=self.clock, model=params.name, changed=True, pending=5)

    async def config(self, params: operations.ConfigParams) -> operations.ConfigResult:
        """One setting."""
        await self._take(params)
        return operations.ConfigResult(settings={"cascade": {"depth": 2}}, path="/config.toml")

    async def shutdown(self, params: operations.ShutdownParams) -> operations.ShutdownResult:
        """Agree."""
        await self._take(params)
        return operations.ShutdownResult(clock=self.clock)
