"""What clients ask of the graph, and what they get: the parameters and results of the query methods.

Terms. *Params* is the parameter object of one method; it names its method and its result type, so
that `client.call(params)` is typed and the tables of the server, the client and `docs/api.md` are
all read off these classes. A *Query* is a Params that may wait for the index and that carries the
last clock its sender saw. An *Answer* carries the clock of the snapshot it was read from.

Conventions. Positions are LSP's: 0-based lines, UTF-16 code units; only the export records, which
outside programs read, count lines from 1. Files are project-relative POSIX paths. Parameters with
unknown fields are refused; strings and lists in parameters are bounded. An answer without content
says why in `reason`.

The administrative methods stand in `reports`, the wire itself in `protocol`, the table of all
methods in `methods`. Tests: tests/unit/daemon/test_daemon_protocol.py.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Generic, TypeVar

import msgspec

from codegraph.core.symbols import Confidence, DependencyKind, Freshness, Range, SymbolKind
from codegraph.daemon.understanding import Understood

ResultT = TypeVar("ResultT")

MAX_LIMIT = 1_000
"""The most results that one answer of a query method holds."""

Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Name = Annotated[str, msgspec.Meta(max_length=4_096)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=256)]
Count = Annotated[int, msgspec.Meta(ge=1, le=MAX_LIMIT)]
Ordinal = Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]
Depth = Annotated[int, msgspec.Meta(ge=1, le=64)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=3_600)]


class Wait(StrEnum):
    """What must have happened before a query is answered."""

    NONE = "none"
    """Nothing: answer from the newest snapshot."""
    INDEXED = "indexed"
    """Every change that was written before the request is committed."""
    EMBEDDED = "embedded"
    """And every symbol has the vector it wants."""


class EmptyReason(StrEnum):
    """Why an answer is empty; the empty string when it is not."""

    NOT_EMPTY = ""
    NOTHING_INDEXED = "nothing_indexed"
    """The project has no indexed file."""
    INDEXING = "indexing"
    """The index is not complete: it is built for the first time, or again; ask again, or with `wait`."""
    NO_MATCH = "no_match"
    """Nothing in the index fits."""
    FILTERED = "filtered"
    """Something fits, but the filters of the query leave nothing."""
    NO_EDGES = "no_edges"
    """The symbol is known and has no edge of the asked kinds; nothing about it is uncertain."""
    OTHER_EDGES = "other_edges"
    """The same, but there are edges of other kinds: nobody calls it, somebody mentions it."""
    UNCERTAIN = "uncertain"
    """No edge was found, but references by that name could not be resolved: there may be some."""
    EXTERNAL = "external"
    """What stands at the position is defined outside the project."""
    UNRESOLVED = "unresolved"
    """What stands at the position could not be resolved."""
    NO_VECTOR = "no_vector"
    """The symbol is still pending; ask again with `wait` = embedded."""


class Bound(StrEnum):
    """Whether an impact answer is all there is."""

    EXACT = "exact"
    LOWER_BOUND = "lower_bound"
    """There may be more; `causes` says why."""


class Match(StrEnum):
    """How a name is compared in `symbols`."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUBSTRING = "substring"


class Params(
    msgspec.Struct,
    Generic[ResultT],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
):
    """The parameter object of one method."""

    method: ClassVar[str] = ""
    result: ClassVar[type[msgspec.Struct]] = msgspec.Struct


class Query(Params[ResultT], Generic[ResultT], frozen=True, kw_only=True):
    """Parameters of a method that reads the index."""

    wait: Wait = Wait.NONE
    timeout: Seconds = 10.0
    """Seconds that `wait` may take; then the error SyncTimeout."""
    clock: Name = ""
    """The last clock that the client saw; it decides `is_fresh_instance`."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer from the index carries."""

    clock: str
    """`instance:revision` of the snapshot that was read."""
    is_fresh_instance: bool = False
    """The clock in the request was empty or of another instance: what the client remembers is void.
    Filled in by the server."""


class Position(msgspec.Struct, frozen=True):
    """A place between two characters, as in LSP."""

    line: int
    """0-based."""
    character: int
    """UTF-16 code units from the start of the line."""


class LspRange(msgspec.Struct, frozen=True):
    """A stretch of a file, as in LSP; the end is exclusive."""

    start: Position
    end: Position


def lsp_range(extent: Range) -> LspRange:
    """Drop the byte offsets of a range."""
    return LspRange(
        Position(extent.start_line, extent.start_column),
        Position(extent.end_line, extent.end_column),
    )


class Place(msgspec.Struct, frozen=True):
    """A position in a file."""

    file: str
    position: Position


class SymbolInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol as clients see it."""

    id: str
    name: str
    qualified_name: str
    """Dotted: module path, enclosing classes, name."""
    kind: SymbolKind
    language: str
    file: str
    range: LspRange
    """From the first decorator or modifier to the end of the body."""
    selection_range: LspRange
    """The name."""
    state: Freshness
    signature: str = ""
    """The canonical header, "" for a module."""
    parse_error: bool = False
    """The grammar could not follow everywhere inside; the symbol is embedded last."""


class Target(Query[ResultT], Generic[ResultT], frozen=True, kw_only=True):
    """Parameters that name one symbol: by `symbol`, or by `file` and `line`."""

    symbol: Name = ""
    """A symbol's id, its qualified name (or a dotted end of it), or its bare name. More than one fit:
    the error AmbiguousSymbol, which lists them."""
    file: Name = ""
    line: Ordinal | None = None
    """0-based. With `character`: the target of the reference that stands there; several, if it is ambiguous, are the
    error AmbiguousSymbol, none SymbolNotFound, but for `definition`, which lists them or says why there are none. Where
    no reference stands: the innermost symbol around it. Without `character`: the symbol whose name stands on that line,
    else the innermost around it."""
    character: Ordinal | None = None


class Filters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a ranked list is narrowed to; an empty filter admits all."""

    kinds: Annotated[tuple[SymbolKind, ...], msgspec.Meta(max_length=16)] = ()
    languages: Names = ()
    """Names or short names, as in the query language; one that is unknown is refused."""
    paths: Names = ()
    """Globs over project-relative paths, `**` included."""


class SearchHit(msgspec.Struct, frozen=True, kw_only=True):
    """One ranked symbol."""

    symbol: SymbolInfo
    score: float
    """Comparable within one answer only; higher is better."""
    signals: dict[str, float]
    """What the score was made of: ranks, similarities, boosts and penalties by name."""
    folded_under: str = ""
    """Id of the result that this one repeats; "" for a result."""


class SearchResult(Answer, frozen=True, kw_only=True):
    """Ranked symbols, best first."""

    results: tuple[SearchHit, ...]
    folded: tuple[SearchHit, ...] = ()
    """Copies of results that were met before there were `limit` of them, best first."""
    understood: Understood = msgspec.field(default_factory=Understood)
    """How the text of the query was read."""
    reason: EmptyReason = EmptyReason.NOT_EMPTY
    warnings: tuple[str, ...] = ()
    """Of models that were asked for and are not in use, or do not embed."""


class SearchParams(Query[SearchResult], frozen=True, kw_only=True):
    """Find symbols by meaning and by words."""

    method: ClassVar[str] = "search"
    result: ClassVar[type[msgspec.Struct]] = SearchResult
    query: Text
    """Plain words, identifiers or a piece of code, and filters: see docs/query_language.md."""
    filters: Filters = msgspec.field(default_factory=Filters)
    """Hold besides those in the text."""
    limit: Count | None = None
    """None: `search.limit` of the configuration."""
    fold: bool = True
    """Put copies of a better result into `folded`."""


class SimilarParams(Target[SearchResult], frozen=True, kw_only=True):
    """Find symbols whose vectors are near that of a symbol, or of a piece of code."""

    method: ClassVar[str] = "similar"
    result: ClassVar[type[msgspec.Struct]] = SearchResult
    text: Text = ""
    """A piece of code; then no symbol is named."""
    filters: Filters = msgspec.field(default_factory=Filters)
    limit: Count | None = None
    """None: `search.limit` of the configuration."""


class SymbolsResult(Answer, frozen=True, kw_only=True):
    """Symbols in order of path and position."""

    symbols: tuple[SymbolInfo, ...]
    truncated: bool = False
    """There are more than `limit`."""
    reason: EmptyReason = EmptyReason.NOT_EMPTY


class SymbolsParams(Query[SymbolsResult], frozen=True, kw_only=True):
    """List symbols by name, in a file, or around a position (innermost last); given together, they narrow."""

    method: ClassVar[str] = "symbols"
    result: ClassVar[type[msgspec.Struct]] = SymbolsResult
    name: Name = ""
    """A bare or qualified name, compared as `match` says; empty: every name."""
    match: Match = Match.EXACT
    file: Name = ""
    line: Ordinal | None = None
    character: Ordinal | None = None
    kinds: Annotated[tuple[SymbolKind, ...], msgspec.Meta(max_length=16)] = ()
    limit: Count = 100


class DefinitionParams(Target[SymbolsResult], frozen=True, kw_only=True):
    """Find where the name at a position, or whatever has a name, is defined."""

    method: ClassVar[str] = "definition"
    result: ClassVar[type[msgspec.Struct]] = SymbolsResult


class EdgeInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One resolved dependency, seen from the symbol that was asked about."""

    symbol: SymbolInfo
    """The other end."""
    kind: DependencyKind
    confidence: Confidence
    at: Place
    """Where the first reference stands; it lies in the source of the edge."""
    more: tuple[Position, ...] = ()
    """Where the others stand, in the same file, at most 1,000; only if `places` was asked for."""
    distance: int = 1
    """Steps from the symbol that was asked about."""


class EdgesResult(Answer, frozen=True, kw_only=True):
    """Edges of one symbol, nearest first, then in source order (or in order of path and position)."""

    target: SymbolInfo
    edges: tuple[EdgeInfo, ...]
    more_targets: tuple[SymbolInfo, ...] = ()
    """What else the name means, so that edges are those of all: overloads, other parts of a type, for callers of a type
    its constructors."""
    truncated: bool = False
    bound: Bound = Bound.EXACT
    causes: tuple[Uncertainty, ...] = ()
    reason: EmptyReason = EmptyReason.NOT_EMPTY


class EdgesParams(Target[EdgesResult], frozen=True, kw_only=True):
    """Parameters of a method that lists edges."""

    result: ClassVar[type[msgspec.Struct]] = EdgesResult
    places: bool = False
    """Also say where the other references of each edge stand."""
    limit: Count = MAX_LIMIT


class ReferencesParams(EdgesParams, frozen=True, kw_only=True):
    """List who refers to a symbol in any way."""

    method: ClassVar[str] = "references"


class CallersParams(EdgesParams, frozen=True, kw_only=True):
    """List who calls a symbol."""

    method: ClassVar[str] = "callers"
    depth: Depth = 1


class CalleesParams(EdgesParams, frozen=True, kw_only=True):
    """List what a symbol calls."""

    method: ClassVar[str] = "callees"
    depth: Depth = 1


class DependenciesParams(EdgesParams, frozen=True, kw_only=True):
    """List what a symbol depends on, or with `reverse` what depends on it."""

    method: ClassVar[str] = "dependencies"
    reverse: bool = False
    kinds: Annotated[tuple[DependencyKind, ...], msgspec.Meta(max_length=16)] = ()
    """Empty: all kinds."""
    depth: Depth = 1


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol that a change may reach."""

    symbol: SymbolInfo
    distance: int
    kind: DependencyKind
    """The kind of the first edge of the route."""
    confidence: Confidence
    """The weakest on the route."""
    route: tuple[str, ...]
    """Ids from this symbol to the target along dependencies, both ends included."""


class Uncertainty(msgspec.Struct, frozen=True, kw_only=True):
    """A named reason why an answer may be incomplete."""

    reason: str
    """For example dynamic, unknown_receiver, overridden, implicit, accessor, names_only, ambiguous, missing, unparsed,
    depth, limit, parse_error, indexing."""
    count: int
    examples: tuple[Place, ...] = ()


class ImpactResult(Answer, frozen=True, kw_only=True):
    """What a change of the target may reach, nearest first."""

    target: SymbolInfo
    affected: tuple[Affected, ...]
    files: tuple[str, ...]
    """The files of the affected symbols, sorted."""
    bound: Bound
    causes: tuple[Uncertainty, ...] = ()
    more_targets: tuple[SymbolInfo, ...] = ()
    """As in EdgesResult."""
    reason: EmptyReason = EmptyReason.NOT_EMPTY


class ImpactParams(Target[ImpactResult], frozen=True, kw_only=True):
    """Find everything that a change of a symbol may reach."""

    method: ClassVar[str] = "impact"
    result: ClassVar[type[msgspec.Struct]] = ImpactResult
    depth: Depth | None = None
    """None: no limit; the closure."""
    limit: Count = MAX_LIMIT
