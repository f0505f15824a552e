"""Ask a daemon, from any Python program.

    with codegraph.connect("~/src/project") as client:
        for hit in client.search("retry with back-off", limit=5).results:
            print(hit.symbol.file, hit.symbol.name, hit.score)

`Client` blocks; `codegraph.async_client.AsyncClient` is its twin for asyncio. Both take the parameter
objects of `codegraph.daemon.messages` and its neighbours (`call(SearchParams(query="x"))` has the
type SearchResult) and have a shorthand for each method. An error of the daemon is raised as the class
of `codegraph.errors` that it was there.

Connections. The first call connects and says hello with version and root, so VersionMismatch and
ProjectError come from it. A connection that turns out to be gone (the daemon was restarted) is opened
again once per call and the request is sent again: every method may be repeated. A call without an
answer in time raises SyncTimeout and closes the connection, which cancels the request in the daemon.

Only the standard library, msgspec and the message types are imported. Not for several threads at once.
Tests: tests/unit/test_client.py.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from codegraph.conversation import BUSY_LOOK_SECONDS, Conversation, allowed_seconds, attempts, decode_event
from codegraph.daemon import clones, messages, operations, reports, streams
from codegraph.daemon.messages import Params, Wait
from codegraph.daemon.protocol import Incoming, raised
from codegraph.errors import DaemonNotRunning, ProtocolError, SyncTimeout

if TYPE_CHECKING:
    from codegraph.events import AnyEvent

ResultT = TypeVar("ResultT")

_PORTION = 262_144


class Client:
    """Blocking client of one daemon. Connects at the first call; use it as a context manager, or close it."""

    def __init__(
        self,
        socket_path: str | os.PathLike[str],
        *,
        root: str = "",
        timeout: float | None = 30.0,
        start: Callable[[], object] | None = None,
    ) -> None:
        """`timeout` is in seconds per answer; `start` is called once when nobody listens, and must start a daemon."""
        self._path = os.fspath(socket_path)
        self._root = root
        self._timeout = timeout
        self._start = start
        self._conversation = Conversation(root)
        self._socket: socket.socket | None = None

    @property
    def clock(self) -> str:
        """The last clock that an answer carried; "" before the first."""
        return self._conversation.clock

    def __enter__(self) -> Client:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def call(self, params: Params[ResultT], progress: Callable[[operations.Progress], None] | None = None) -> ResultT:
        """Send a request and return its result; `progress` gets what the daemon reports meanwhile.

        Raises the daemon's errors, DaemonNotRunning, SyncTimeout and ProtocolError.
        """
        if self._socket is not None:
            try:
                return self._exchange(params, progress)
            except (ConnectionError, EOFError):
                self.close()
        self._connect(greet=not isinstance(params, operations.ShutdownParams))
        try:
            return self._exchange(params, progress)
        except (ConnectionError, EOFError) as error:
            self.close()
            raise DaemonNotRunning(
                f"the daemon ended before it answered {params.method}", "its log says why: `codegraph doctor`"
            ) from error

    def _exchange(
        self, params: Params[ResultT], progress: Callable[[operations.Progress], None] | None = None
    ) -> ResultT:
        number, data = self._conversation.request(params)
        allowed = allowed_seconds(params, self._timeout)
        deadline = None if allowed is None else monotonic() + allowed
        try:
            self._open.settimeout(allowed)
            self._open.sendall(data)
            for message in self._messages(deadline):
                if message.method == "progress" and progress is not None:
                    note = msgspec.json.decode(message.params, type=streams.ProgressNotification)
                    progress(note.progress)
                elif not message.method and message.id == number:
                    return self._conversation.result(params, message)
                elif not message.method and message.id is None and message.error is not None:
                    raise raised(message.error)
        except TimeoutError as error:
            self.close()
            raise SyncTimeout(
                f"no answer to {params.method} within {allowed:g} s", "allow more time, or look at `codegraph status`"
            ) from error
        except (ProtocolError, KeyboardInterrupt):
            self.close()
            raise
        raise EOFError

    @property
    def _open(self) -> socket.socket:
        assert self._socket is not None
        return self._socket

    def _messages(self, deadline: float | None) -> Iterator[Incoming]:
        """Yield what comes, beginning with messages that came in one portion with the last answer."""
        yield from self._conversation.received(b"")
        while True:
            if deadline is not None:
                left = deadline - monotonic()
                if left <= 0:
                    raise TimeoutError
                self._open.settimeout(left)
            data = self._open.recv(_PORTION)
            if not data:
                return
            yield from self._conversation.received(data)

    def _connect(self, *, greet: bool) -> None:
        """Open the connection, to a daemon that is started if none is there to answer."""
        try:
            self._introduce(greet=greet)
        except DaemonNotRunning:
            if self._start is None:
                raise
            self._start()
            self._introduce(greet=greet)

    def _introduce(self, *, greet: bool) -> None:
        """Connect and say hello. A shutdown goes ungreeted, so that a daemon of another version can be ended."""
        self._dial()
        self._conversation.restart()
        if not greet:
            return
        try:
            self._exchange(self._conversation.hello())
        except (ConnectionError, EOFError) as error:
            self.close()
            raise DaemonNotRunning("the daemon ended while it was greeted", "try again") from error
        except BaseException:
            self.close()
            raise

    def _dial(self) -> None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._timeout)
        try:
            for _ in attempts(connection, self._path):
                sleep(BUSY_LOOK_SECONDS)
        except OSError as error:
            connection.close()
            raise DaemonNotRunning(
                f"no daemon listens at {self._path}: {error}", "run `codegraph start` in the project"
            ) from error
        self._socket = connection

    def events(self, *types: str, recent: bool = False) -> Iterator[AnyEvent]:
        """Yield trace events as they happen, over a connection of their own, until the daemon ends.

        `types` are tags such as "committed" (all if none is given); `recent` begins with the remembered ones.
        """
        with Client(self._path, root=self._root, timeout=self._timeout, start=self._start) as own:
            own.call(streams.EventsParams(types=types, recent=recent))
            own._open.settimeout(None)
            try:
                yield from map(decode_event, own._messages(None))
            except ConnectionError:
                return

    # --- one shorthand per method; options are the fields of the parameter objects ----------------

    def status(self, **options: Any) -> reports.StatusResult:
        """Everything about the daemon and its index."""
        return self.call(reports.StatusParams(**options))

    def metrics(self) -> reports.MetricsResult:
        """The figures as Prometheus text."""
        return self.call(reports.MetricsParams())

    def skipped(self, **options: Any) -> reports.SkippedResult:
        """Files that are not indexed, and why."""
        return self.call(reports.SkippedParams(**options))

    def sync(self, wait: Wait = Wait.INDEXED, timeout: float = 10.0) -> operations.SyncResult:
        """Wait until everything written before the call is indexed (or embedded)."""
        return self.call(operations.SyncParams(wait=wait, timeout=timeout))

    def search(self, query: str, **options: Any) -> messages.SearchResult:
        """Find symbols by meaning and words."""
        return self.call(messages.SearchParams(query=query, **options))

    def similar(self, symbol: str = "", **options: Any) -> messages.SearchResult:
        """Find symbols like another, or like a piece of code (`text=`)."""
        return self.call(messages.SimilarParams(symbol=symbol, **options))

    def clones(self, path: str = "", **options: Any) -> clones.ClonesResult:
        """Find definitions that are copies of each other, one of them in `path` if that is given."""
        return self.call(clones.ClonesParams(path=path, **options))

    def symbols(self, name: str = "", **options: Any) -> messages.SymbolsResult:
        """List symbols by name, in a file (`file=`), or at a position."""
        return self.call(messages.SymbolsParams(name=name, **options))

    def definition(self, symbol: str = "", **options: Any) -> messages.SymbolsResult:
        """Find where a name, or what stands at a position, is defined."""
        return self.call(messages.DefinitionParams(symbol=symbol, **options))

    def references(self, symbol: str = "", **options: Any) -> messages.EdgesResult:
        """List who refers to a symbol."""
        return self.call(messages.ReferencesParams(symbol=symbol, **options))

    def callers(self, symbol: str = "", **options: Any) -> messages.EdgesResult:
        """List who calls a symbol."""
        return self.call(messages.CallersParams(symbol=symbol, **options))

    def callees(self, symbol: str = "", **options: Any) -> messages.EdgesResult:
        """List what a symbol calls."""
        return self.call(messages.CalleesParams(symbol=symbol, **options))

    def dependencies(self, symbol: str = "", **options: Any) -> messages.EdgesResult:
        """List what a symbol depends on."""
        return self.call(messages.DependenciesParams(symbol=symbol, **options))

    def impact(self, symbol: str = "", **options: Any) -> messages.ImpactResult:
        """Find everything that a change of a symbol may reach."""
        return self.call(messages.ImpactParams(symbol=symbol, **options))

    def explain(self, symbol: str = "", **options: Any) -> operations.ExplainResult:
        """Say why a symbol's vector was computed again, or why not."""
        return self.call(operations.ExplainParams(symbol=symbol, **options))

    def embed(self, *symbols: str, texts: tuple[str, ...] = (), **options: Any) -> operations.EmbedResult:
        """Give the vectors of symbols and of texts."""
        return self.call(operations.EmbedParams(symbols=symbols, texts=texts, **options))

    def verify(self) -> operations.VerifyResult:
        """Compare the index with one built from the disk."""
        return self.call(operations.VerifyParams())

    def index(
        self, progress: Callable[[operations.Progress], None] | None = None, **options: Any
    ) -> operations.IndexResult:
        """Bring the index up to date with the tree."""
        return self.call(operations.IndexParams(**options), progress)

    def export_symbols(self) -> Iterator[streams.ExportedSymbol]:
        """Yield every symbol of one snapshot."""
        for page in self._pages(streams.ExportKind.SYMBOLS):
            yield from page.symbols

    def export_edges(self) -> Iterator[streams.ExportedEdge]:
        """Yield every edge of one snapshot."""
        for page in self._pages(streams.ExportKind.EDGES):
            yield from page.edges

    def _pages(self, what: streams.ExportKind) -> Iterator[streams.ExportResult]:
        page = self.call(streams.ExportParams(what=what))
        yield page
        while page.next:
            page = self.call(streams.ExportParams(what=what, cursor=page.next))
            yield page

    def cache(self, action: operations.CacheAction = operations.CacheAction.STATS) -> operations.CacheResult:
        """Look at the cache, prune it or empty it."""
        return self.call(operations.CacheParams(action=action))

    def models(self) -> operations.ModelsResult:
        """List the models."""
        return self.call(operations.ModelsParams())

    def use_model(self, name: str) -> operations.UseModelResult:
        """Change the model for code, now and for this project's further starts."""
        return self.call(operations.UseModelParams(name=name))

    def config(self) -> operations.ConfigResult:
        """The configuration that the daemon runs with."""
        return self.call(operations.ConfigParams())

    def shutdown(self) -> operations.ShutdownResult:
        """End the daemon."""
        return self.call(operations.ShutdownParams())
