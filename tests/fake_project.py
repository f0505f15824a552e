"""The project that FakeService answers from: five symbols, one edge. See `fake_service`."""

from __future__ import annotations

from codegraph.core.symbols import CloneKind, Confidence, DependencyKind, Freshness, SymbolKind
from codegraph.daemon import reports, streams
from codegraph.daemon.clones import CloneGroup, CloneMember
from codegraph.daemon.messages import (
    Affected,
    Bound,
    EmptyReason,
    ImpactResult,
    LspRange,
    Place,
    Position,
    SearchHit,
    SearchResult,
    SymbolInfo,
    Uncertainty,
)


def _symbol(path: str, descriptor: str, name: str, kind: SymbolKind, line: int, state: Freshness) -> SymbolInfo:
    module = path.removesuffix(".py").replace("/", ".")
    inner = descriptor.replace("#", ".").removesuffix("().").strip(".")
    return SymbolInfo(
        id=f"{path}/{descriptor}",
        name=name,
        qualified_name=f"{module}.{inner}" if inner else module,
        kind=kind,
        language="python",
        file=path,
        range=LspRange(Position(line, 0), Position(line + 2, 0)),
        selection_range=LspRange(Position(line, 4), Position(line, 4 + len(name))),
        state=state,
        signature=f"def {name} ( key )" if kind in (SymbolKind.FUNCTION, SymbolKind.METHOD) else "",
    )


MODULE = _symbol("pkg/store.py", "", "store", SymbolKind.MODULE, 0, Freshness.FRESH)
STORE = _symbol("pkg/store.py", "Store#", "Store", SymbolKind.CLASS, 2, Freshness.FRESH)
GET = _symbol("pkg/store.py", "Store#get().", "get", SymbolKind.METHOD, 4, Freshness.STALE)
LOAD = _symbol("pkg/store.py", "load().", "load", SymbolKind.FUNCTION, 8, Freshness.FRESH)
OTHER_LOAD = _symbol("pkg/other.py", "load().", "load", SymbolKind.FUNCTION, 1, Freshness.PENDING)
SYMBOLS = (OTHER_LOAD, MODULE, STORE, GET, LOAD)

CLONES = CloneGroup(
    kind=CloneKind.RENAMED,
    similarity=1.0,
    tokens=60,
    count=2,
    members=(
        CloneMember(symbol=OTHER_LOAD, kind=CloneKind.EXACT),
        CloneMember(symbol=LOAD, kind=CloneKind.RENAMED),
    ),
)

COPIES = (SearchHit(symbol=OTHER_LOAD, score=0.25, signals={}, folded_under=LOAD.id),)

TIER = reports.TierFigures(
    entries=5, bytes=5_120, limit_bytes=67_108_864, hits=9, misses=1, evictions=0, lookup_microseconds=2.5
)
MODEL = reports.ModelInfo(name="lexical", description="hashed sub-tokens", dimensions=256, active=True, available=True)


def ranked(
    clock: str, limit: int | None, kinds: tuple[SymbolKind, ...], folded: tuple[SearchHit, ...] = ()
) -> SearchResult:
    """Rank get, load and Store."""
    found = [each for each in (GET, LOAD, STORE) if not kinds or each.kind in kinds][:limit]
    results = tuple(
        SearchHit(symbol=each, score=1.0 / (rank + 1), signals={"vector_rank": rank + 1.0})
        for rank, each in enumerate(found)
    )
    reason = EmptyReason.NOT_EMPTY if results else EmptyReason.FILTERED
    return SearchResult(clock=clock, results=results, folded=folded, reason=reason)


def impact_on(target: SymbolInfo, clock: str) -> ImpactResult:
    """Let a change of the target affect `load`, for all that is known."""
    affected = Affected(
        symbol=LOAD,
        distance=1,
        kind=DependencyKind.CALLS,
        confidence=Confidence.EXACT,
        route=(LOAD.id, target.id),
    )
    cause = Uncertainty(reason="dynamic", count=2, examples=(Place("pkg/other.py", Position(3, 0)),))
    return ImpactResult(
        clock=clock,
        target=target,
        affected=(affected,),
        files=(LOAD.file,),
        bound=Bound.LOWER_BOUND,
        causes=(cause,),
    )


def exported_symbol(symbol: SymbolInfo) -> streams.ExportedSymbol:
    """Show a symbol as one line of an export."""
    return streams.ExportedSymbol(
        id=symbol.id,
        name=symbol.name,
        qualified_name=symbol.qualified_name,
        kind=symbol.kind,
        language=symbol.language,
        file=symbol.file,
        line=symbol.selection_range.start.line + 1,
        column=symbol.selection_range.start.character,
        end_line=symbol.range.end.line + 1,
    )


def exported_edge() -> streams.ExportedEdge:
    """Show the one edge as a line of an export."""
    return streams.ExportedEdge(
        source=streams.EdgeEnd(id=LOAD.id, name=LOAD.name, file=LOAD.file, line=9),
        target=streams.EdgeEnd(id=GET.id, name=GET.name, file=GET.file, line=5),
        kind=DependencyKind.CALLS,
        confidence=Confidence.EXACT,
        at=streams.EdgePlace(file=LOAD.file, line=10, column=11),
    )
