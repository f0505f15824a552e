"""search, similar, symbols, definition, explain, embed. Tests: tests/unit/cli/test_cli_commands.py."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter

from codegraph.cli.arguments import listed_fields, target_fields, waiting_fields
from codegraph.cli.output import Cell, Output, Row
from codegraph.cli.project import Session, open_session
from codegraph.cli.records import (
    SYMBOL_COLUMNS,
    Record,
    hit_record,
    reason_text,
    signature_text,
    symbol_cells,
    symbol_record,
    understood_notes,
)
from codegraph.core.symbols import SymbolKind
from codegraph.daemon.messages import (
    DefinitionParams,
    Filters,
    Match,
    SearchHit,
    SearchParams,
    SearchResult,
    SimilarParams,
    SymbolsParams,
    SymbolsResult,
)
from codegraph.daemon.operations import EmbedParams, ExplainParams, ExplainResult
from codegraph.errors import ProjectError, UsageError


def search(arguments: Namespace, output: Output) -> int:
    """Print ranked symbols."""
    with open_session(arguments) as session:
        params = SearchParams(
            query=" ".join(arguments.query),
            filters=_filters(arguments),
            limit=arguments.limit,
            fold=not arguments.all,
            **waiting_fields(arguments),
        )
        found = session.client.call(params)
        record: Record = {
            "folded": [hit_record(hit) | {"folded_under": hit.folded_under} for hit in found.folded],
            "understood": found.understood,
        }
        _show_hits(output, session, found, record, why=arguments.why)
        if not output.json:
            output.warn(understood_notes(found.understood))
    return 0


def similar(arguments: Namespace, output: Output) -> int:
    """Print symbols like another, or like a piece of code."""
    text = sys.stdin.read() if "-" in (arguments.code, arguments.symbol) else arguments.code
    if text is not None and not text.strip():
        raise ProjectError(
            "there is no code to compare with", "give --code CODE, or pipe some to `codegraph similar -`"
        )
    with open_session(arguments) as session:
        params = SimilarParams(
            text=text or "",
            filters=_filters(arguments),
            limit=arguments.limit,
            **({} if text else target_fields(arguments.symbol or "", session.root)),
            **waiting_fields(arguments),
        )
        _show_hits(output, session, session.client.call(params))
    return 0


def _filters(arguments: Namespace) -> Filters:
    return Filters(
        kinds=tuple(map(SymbolKind, arguments.kind)),
        languages=tuple(arguments.language),
        paths=tuple(arguments.globs),
    )


def _show_hits(
    output: Output, session: Session, found: SearchResult, more: Record | None = None, *, why: bool = False
) -> None:
    if output.json:
        record: Record = {"clock": found.clock, "results": [hit_record(hit) for hit in found.results], **(more or {})}
        record |= {"warnings": found.warnings} if found.warnings else {}
        output.record(record if found.results else record | {"reason": found.reason})
        return
    if found.results:
        copies = Counter(hit.folded_under for hit in found.folded)
        rows: list[Row] = [
            [
                f"{hit.score:.3f}",
                *symbol_cells(output, session.root, hit.symbol),
                *([str(copies[hit.symbol.id] or "")] if copies else []),
                *([_signals(hit)] if why else []),
            ]
            for hit in found.results
        ]
        more_columns = (["copies"] if copies else []) + (["because of"] if why else [])
        output.rows(rows, ("score", *SYMBOL_COLUMNS, *more_columns))
        if copies:
            output.line(Cell(f"{len(found.folded)} copies of these are folded: --all shows them", "dim"))
    else:
        output.line(reason_text(found.reason))
    output.warn(found.warnings)


def _signals(hit: SearchHit) -> Cell:
    return Cell(" ".join(f"{name}={value:.3g}" for name, value in hit.signals.items()), "dim")


def symbols(arguments: Namespace, output: Output) -> int:
    """List symbols by name, in a file or around a place."""
    with open_session(arguments) as session:
        params = SymbolsParams(
            match=Match(arguments.match),
            kinds=tuple(map(SymbolKind, arguments.kind)),
            limit=arguments.limit or 100,
            **listed_fields(arguments.name, arguments.file or "", arguments.at or "", session.root),
            **waiting_fields(arguments),
        )
        _show_symbols(output, session, session.client.call(params))
    return 0


def definition(arguments: Namespace, output: Output) -> int:
    """Print where a name, or what stands at a place, is defined."""
    with open_session(arguments) as session:
        params = DefinitionParams(**target_fields(arguments.symbol, session.root), **waiting_fields(arguments))
        _show_symbols(output, session, session.client.call(params))
    return 0


def _show_symbols(output: Output, session: Session, found: SymbolsResult) -> None:
    if output.json:
        output.record(
            {
                "clock": found.clock,
                "symbols": [symbol_record(symbol) for symbol in found.symbols],
                "truncated": found.truncated,
                "reason": found.reason,
            }
        )
    elif found.symbols:
        rows = [
            [*symbol_cells(output, session.root, symbol), Cell(signature_text(symbol.signature), "dim")]
            for symbol in found.symbols
        ]
        output.rows(rows, (*SYMBOL_COLUMNS, "signature"))
        if found.truncated:
            output.line("... and more: raise --limit")
    else:
        output.line(reason_text(found.reason))


def explain(arguments: Namespace, output: Output) -> int:
    """Print why a symbol's vector was computed again, or why it was not."""
    with open_session(arguments) as session:
        params = ExplainParams(**target_fields(arguments.symbol, session.root), **waiting_fields(arguments))
        found = session.client.call(params)
        if output.json:
            output.record(_explained(found))
        else:
            _show_explanation(output, session, found)
    return 0


def _explained(found: ExplainResult) -> Record:
    record = {name: getattr(found, name) for name in found.__struct_fields__ if name != "is_fresh_instance"}
    return record | {"symbol": symbol_record(found.symbol)}


def _show_explanation(output: Output, session: Session, found: ExplainResult) -> None:
    output.rows([symbol_cells(output, session.root, found.symbol)])
    output.line(Cell(found.summary, "bold"))
    rows = [
        ("outcome", found.outcome),
        ("rule", found.rule),
        ("origin", found.origin),
        ("route", "  ->  ".join(found.route)),
        ("differed", ", ".join(found.differed)),
        ("revision", str(found.revision or "")),
        ("model", found.model),
        ("wanted key", found.wanted),
        ("served key", found.served),
        *(("context" if i == 0 else "", symbol) for i, symbol in enumerate(found.context)),
    ]
    output.rows([(Cell(name, "dim"), value) for name, value in rows if value])


def embed(arguments: Namespace, output: Output) -> int:
    """Print vectors."""
    if not (arguments.symbol or arguments.text):
        raise UsageError("there is nothing to embed", "name symbols, or give --text TEXT")
    with open_session(arguments) as session:
        params = EmbedParams(symbols=tuple(arguments.symbol), texts=tuple(arguments.text), **waiting_fields(arguments))
        found = session.client.call(params)
        if output.json:
            output.record(
                {
                    "clock": found.clock,
                    "model": found.model,
                    "dimensions": found.dimensions,
                    "embeddings": found.embeddings,
                    "reason": found.reason,
                }
            )
        elif found.embeddings:
            rows = [(e.source, Cell(e.key[:12], "dim"), _beginning(e.vector)) for e in found.embeddings]
            output.rows(rows, ("source", "key", f"vector ({found.model}, {found.dimensions} dimensions)"))
        else:
            output.line(reason_text(found.reason))
    return 0


def _beginning(vector: tuple[float, ...]) -> str:
    shown = " ".join(f"{value:+.4f}" for value in vector[:6])
    return shown + (" ..." if len(vector) > 6 else "") if vector else "(none yet)"
