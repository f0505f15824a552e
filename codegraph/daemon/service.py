"""What stands behind the socket: one method per API method, parameters in, result out.

The server decodes, dispatches, times and encodes; a Service answers. Methods run on the server's
event loop and must not block it: work of more than about a millisecond belongs in a thread. Raising
any CodegraphError gives the client its kind, message and advice; any other exception is logged and
reported as InternalError. A method may be cancelled while it awaits (the client asked for it, or
vanished) and then leaves nothing half done.

Done by the server, so a Service need not: `is_fresh_instance`; `wait` of every query (it calls
`settled` first, except for `sync`, whose own wait is its meaning); version and root of
`hello`; subscriptions per client; the figures in `RequestStatistics`, which Service and server share.

`AmbiguousSymbol`, `SymbolNotFound` and `ProjectError` are how a Service refuses a Target.
The fake for tests of server, client and command line is `tests/fake_service.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from codegraph.daemon import clones, messages, operations, reports, streams

if TYPE_CHECKING:
    from codegraph.events import AnyEvent


class Service(Protocol):
    """Answers the methods of the API for one project."""

    @property
    def root(self) -> str:
        """The absolute path of the project."""

    @property
    def clock(self) -> str:
        """`instance:revision` of the newest snapshot."""

    async def settled(self, wait: messages.Wait, timeout: float) -> None:
        """Return once everything noticed so far is indexed, or embedded. Raises SyncTimeout after `timeout` s."""

    def subscribe(self, publish: Callable[[AnyEvent], None], recent: bool) -> Callable[[], None]:
        """Call `publish` (from any thread; it returns at once) for every event; the result ends that.

        With `recent`, it is called for the remembered events first; none is missed between, none comes twice.
        """

    async def hello(self, params: reports.HelloParams) -> reports.HelloResult: ...
    async def status(self, params: reports.StatusParams) -> reports.StatusResult: ...
    async def metrics(self, params: reports.MetricsParams) -> reports.MetricsResult: ...
    async def skipped(self, params: reports.SkippedParams) -> reports.SkippedResult: ...
    async def sync(self, params: operations.SyncParams) -> operations.SyncResult: ...
    async def search(self, params: messages.SearchParams) -> messages.SearchResult: ...
    async def similar(self, params: messages.SimilarParams) -> messages.SearchResult: ...
    async def clones(self, params: clones.ClonesParams) -> clones.ClonesResult: ...
    async def symbols(self, params: messages.SymbolsParams) -> messages.SymbolsResult: ...
    async def definition(self, params: messages.DefinitionParams) -> messages.SymbolsResult: ...
    async def references(self, params: messages.ReferencesParams) -> messages.EdgesResult: ...
    async def callers(self, params: messages.CallersParams) -> messages.EdgesResult: ...
    async def callees(self, params: messages.CalleesParams) -> messages.EdgesResult: ...
    async def dependencies(self, params: messages.DependenciesParams) -> messages.EdgesResult: ...
    async def impact(self, params: messages.ImpactParams) -> messages.ImpactResult: ...
    async def explain(self, params: operations.ExplainParams) -> operations.ExplainResult: ...
    async def embed(self, params: operations.EmbedParams) -> operations.EmbedResult: ...
    async def verify(self, params: operations.VerifyParams) -> operations.VerifyResult: ...
    async def export(self, params: streams.ExportParams) -> streams.ExportResult: ...
    async def index(
        self, params: operations.IndexParams, progress: Callable[[operations.Progress], None]
    ) -> operations.IndexResult:
        """Bring the index up to date; `progress` may be called from any thread, as often as one likes."""

    async def cache(self, params: operations.CacheParams) -> operations.CacheResult: ...
    async def models(self, params: operations.ModelsParams) -> operations.ModelsResult: ...
    async def use_model(self, params: operations.UseModelParams) -> operations.UseModelResult: ...
    async def config(self, params: operations.ConfigParams) -> operations.ConfigResult: ...
    async def shutdown(self, params: operations.ShutdownParams) -> operations.ShutdownResult:
        """Refuse new work and begin to end. The server has closed its socket already and stops after the reply."""
