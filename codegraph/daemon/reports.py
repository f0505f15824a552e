"""Who the daemon is and how it fares: hello, status, metrics, skipped files, and the figures they consist of.

The terms and conventions are those of `messages`. Sizes are bytes, times seconds unless a field's
name says otherwise; digests and keys are written in hexadecimal.
Tests: tests/unit/daemon/test_daemon_protocol.py.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from codegraph.daemon.messages import Answer, Count, Name, Params, Query


class HelloResult(Answer, frozen=True, kw_only=True):
    """Who answers."""

    version: str
    protocol: int
    root: str
    pid: int
    model: str


class HelloParams(Params[HelloResult], frozen=True, kw_only=True):
    """Greet the daemon: the first request of every connection. Refused with VersionMismatch or ProjectError."""

    method: ClassVar[str] = "hello"
    result: ClassVar[type[msgspec.Struct]] = HelloResult
    version: Name = ""
    """The client's version of codegraph, which must be the daemon's; empty for other programs: `protocol` counts."""
    protocol: int
    root: Name = ""
    """The absolute project root that the client expects; empty: any."""
    clock: Name = ""
    """The last clock that the client saw."""


class LaneFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Symbols that wait for a vector, by lane."""

    lane: str
    """query, asked, own, context or cold; the first is served first."""
    pending: int
    """Without any vector."""
    stale: int
    """With a vector of an older key."""


class TierFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One tier of the cache."""

    entries: int
    bytes: int
    limit_bytes: int
    hits: int
    misses: int
    evictions: int
    lookup_microseconds: float
    """Mean time of one lookup."""

    @property
    def hit_rate(self) -> float | None:
        """Hits per lookup, None before the first one."""
        total = self.hits + self.misses
        return self.hits / total if total else None


class ChangeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the last change set did."""

    revision: int
    at: float
    """Unix time."""
    files: int
    touched: int
    marked: int
    cut_off: int
    reused: int
    """Keys that changed and whose vector was already there."""
    embedded: int
    over_budget: bool
    milliseconds: dict[str, float]
    """By stage: settle, scan, extract, table, link, graph, mark, key, commit, embed."""


class WatcherHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How changes are noticed."""

    mode: str
    """native, poll or stopped."""
    healthy: bool
    directories: int
    losses: int
    """Times that events were lost; each was followed by a reconcile."""
    detail: str = ""


class WorkerHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The process that owns the model."""

    state: str
    """ready, starting, unloaded, failed or closed."""
    pid: int
    restarts: int
    queued: int
    """Keys handed to it and not yet answered."""
    detail: str = ""


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A model that symbols can be embedded with."""

    name: str
    description: str
    dimensions: int
    active: bool
    available: bool
    """It can be loaded on this machine, now and offline, with the permissions that the user gave."""
    detail: str = ""
    """Why it is not available, or where its weights lie."""
    engine: str = ""
    repository: str = ""
    revision: str = ""
    pooling: str = ""
    max_tokens: int = 0
    """The most tokens of one input."""
    document_prefix: str = ""
    query_prefix: str = ""
    matryoshka: tuple[int, ...] = ()
    """Lengths that vectors may be cut to, as in `name@256`."""
    licence: str = ""
    size: str = ""
    """Of its weights, as published."""
    remote_code: bool = False
    """It consists of Python files of its own, which run only with embedding.allow_remote_code."""
    published: tuple[str, ...] = ()
    """Retrieval figures of others, with their sources."""
    obtain: str = ""
    """How to get the weights."""
    leaves_machine: str = ""
    """What is sent to whom when it embeds; empty: nothing."""


class RouteFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one model has embedded, and what waits for it."""

    model: str
    routes: tuple[str, ...]
    """code, fallback, text, long; empty for a model that is on its way out and still serves old vectors."""
    dimensions: int
    symbols: int
    """Symbols that are to be embedded by it."""
    vectors: int
    """Symbols that are served with a vector of it, stale ones included."""
    lanes: dict[str, int]
    """Symbols that wait for it, by lane; lanes without any are absent."""
    worker: str
    """The state of the process that has the model; see WorkerHealth."""
    trouble: str = ""
    """Why its last batch came back incomplete."""


class MemoryFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Resident memory of the processes, and the project's state on disk, in bytes."""

    daemon_bytes: int
    workers_bytes: int
    state_bytes: int


class MethodFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of one method."""

    method: str
    count: int
    errors: int
    p50_milliseconds: float
    p95_milliseconds: float


class RequestFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All requests since the start; percentiles over the most recent ones."""

    count: int
    errors: int
    error_rate: float
    p50_milliseconds: float
    p95_milliseconds: float
    clients: int
    by_method: tuple[MethodFigures, ...]


class StatusResult(Answer, frozen=True, kw_only=True):
    """Everything `codegraph status` shows."""

    version: str
    root: str
    pid: int
    uptime_seconds: float
    phase: str
    """starting, indexing, embedding or idle."""
    files_read: int = 0
    """Of `files_to_read`, while the whole tree is looked at after a start; 0 of 0 from then on."""
    files_to_read: int = 0
    files: int
    symbols: int
    edges: int
    languages: dict[str, int]
    """Files by language."""
    lanes: tuple[LaneFigures, ...]
    hot: TierFigures
    cold: TierFigures
    embedded: int
    """Vectors computed since the start."""
    embeddings_avoided: int
    """Symbols that a change reached and that needed no computation, since the start: cut off or reused."""
    last_change: ChangeFigures | None
    watcher: WatcherHealth
    worker: WorkerHealth
    model: ModelInfo
    """The model for code."""
    models: tuple[RouteFigures, ...]
    """Every model in use, the one for code first."""
    flow: dict[str, int]
    """Symbols by whether they have data flow, and if not, why not; empty while no model reads it."""
    memory: MemoryFigures
    skipped: dict[str, int]
    """Files that are not indexed, by reason."""
    unread: dict[str, int]
    """Files not read as a whole, by reason: by their lines only (time, that is the parser took too long, crash, depth,
    size), or without the definitions beyond a bound (symbols)."""
    uncertain: dict[str, int]
    """References without an edge, by named reason."""
    requests: RequestFigures
    warnings: tuple[str, ...] = ()
    """What the user should know at once: polling instead of native watching, a state rebuilt, a lost tier."""


class StatusParams(Query[StatusResult], frozen=True, kw_only=True):
    """Report everything about the daemon and its index."""

    method: ClassVar[str] = "status"
    result: ClassVar[type[msgspec.Struct]] = StatusResult


class MetricsResult(msgspec.Struct, frozen=True, kw_only=True):
    """Figures for a monitoring system."""

    text: str
    """Prometheus exposition format."""
    content_type: str


class MetricsParams(Params[MetricsResult], frozen=True, kw_only=True):
    """Report the figures of status as Prometheus text."""

    method: ClassVar[str] = "metrics"
    result: ClassVar[type[msgspec.Struct]] = MetricsResult


class SkippedResult(Answer, frozen=True, kw_only=True):
    """Files that are not indexed, or by their lines only, sorted by path."""

    files: tuple[SkippedFile, ...]
    truncated: bool = False
    counted: dict[str, int] = msgspec.field(default_factory=dict)
    """How many entries more are left out for reasons too common to list, by reason: ignored, symlink, ..."""


class SkippedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is not indexed, or not parsed, and why."""

    file: str
    reason: str
    detail: str = ""


class SkippedParams(Query[SkippedResult], frozen=True, kw_only=True):
    """List the files that are not indexed, or by their lines only, or say why one is not."""

    method: ClassVar[str] = "skipped"
    result: ClassVar[type[msgspec.Struct]] = SkippedResult
    reason: Name = ""
    """Empty: every reason."""
    file: Name = ""
    """Relative to the project: only this file, looked at now. No file in the result: nothing keeps it out."""
    limit: Count = 1_000
