"""callers, callees, references, dependencies, impact. Tests: tests/unit/cli/test_cli_commands.py."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from codegraph.cli.arguments import target_fields, waiting_fields
from codegraph.cli.output import Cell, Output, Row
from codegraph.cli.project import Session, open_session
from codegraph.cli.records import (
    SYMBOL_COLUMNS,
    cause_record,
    edge_record,
    places_cell,
    reason_text,
    show_causes,
    symbol_cells,
    symbol_record,
)
from codegraph.core.symbols import DependencyKind
from codegraph.daemon.messages import (
    Bound,
    CalleesParams,
    CallersParams,
    DependenciesParams,
    EdgeInfo,
    EdgesParams,
    EdgesResult,
    ImpactParams,
    ImpactResult,
    ReferencesParams,
)
from codegraph.daemon.naming import dotted


def callers(arguments: Namespace, output: Output) -> int:
    """List who calls a symbol."""
    return _edges(arguments, output, CallersParams, depth=arguments.depth)


def callees(arguments: Namespace, output: Output) -> int:
    """List what a symbol calls."""
    return _edges(arguments, output, CalleesParams, depth=arguments.depth)


def references(arguments: Namespace, output: Output) -> int:
    """List who refers to a symbol."""
    return _edges(arguments, output, ReferencesParams)


def dependencies(arguments: Namespace, output: Output) -> int:
    """List what a symbol depends on, or what depends on it."""
    kinds = tuple(map(DependencyKind, arguments.kind))
    return _edges(arguments, output, DependenciesParams, depth=arguments.depth, reverse=arguments.reverse, kinds=kinds)


def _common(arguments: Namespace, root: str) -> dict[str, Any]:
    fields = target_fields(arguments.symbol, root) | waiting_fields(arguments)
    return fields if arguments.limit is None else fields | {"limit": arguments.limit}


def _edges(arguments: Namespace, output: Output, kind: type[EdgesParams], **options: Any) -> int:
    with open_session(arguments) as session:
        found = session.client.call(kind(**_common(arguments, session.root), places=arguments.places, **options))
        if output.json:
            output.record(
                {
                    "clock": found.clock,
                    "target": symbol_record(found.target),
                    "edges": [edge_record(edge) for edge in found.edges],
                    "more_targets": [symbol_record(symbol) for symbol in found.more_targets],
                    "truncated": found.truncated,
                    "bound": found.bound,
                    "causes": [cause_record(cause) for cause in found.causes],
                    "reason": found.reason,
                }
            )
        else:
            steps = options.get("depth", 1) != 1
            _show_edges(output, session, _asked(arguments, session.root), found, steps=steps)
    return 0


def _show_edges(output: Output, session: Session, asked: str, found: EdgesResult, *, steps: bool) -> None:
    if found.edges:
        rows = [_edge_row(output, session.root, edge, steps=steps) for edge in found.edges]
        output.rows(rows, (*SYMBOL_COLUMNS, "edge", "confidence", "at", *(["steps"] if steps else [])))
    else:
        output.line(f"{found.target.qualified_name}: {reason_text(found.reason)}")
    if found.truncated:
        output.line("... and more: raise --limit")
    _show_bound(output, asked, found)


def _asked(arguments: Namespace, root: str) -> str:
    """Return the name that was asked about, "" for a place."""
    return str(target_fields(arguments.symbol, root).get("symbol", ""))


def _show_bound(output: Output, asked: str, found: EdgesResult | ImpactResult) -> None:
    """Say of what this is, if a name with gaps or several definitions were meant, and what may be missing."""
    name = found.target.qualified_name
    if found.more_targets:
        output.line(f"of all {len(found.more_targets) + 1} definitions of {name}")
    elif asked not in ("", found.target.id, found.target.file) and not f".{name}".endswith(f".{dotted(asked)}"):
        output.line(f"{asked} was read as {name}")
    if found.bound is Bound.LOWER_BOUND:
        show_causes(output, found.causes)


def _edge_row(output: Output, root: str, edge: EdgeInfo, *, steps: bool) -> Row:
    return [
        *symbol_cells(output, root, edge.symbol),
        Cell(edge.kind),
        Cell(edge.confidence, "dim"),
        places_cell(root, edge),
        *([str(edge.distance)] if steps else []),
    ]


def impact(arguments: Namespace, output: Output) -> int:
    """Print what a change of a symbol may reach, and whether that is all."""
    with open_session(arguments) as session:
        found = session.client.call(ImpactParams(**_common(arguments, session.root), depth=arguments.depth))
        if output.json:
            output.record(_impact_record(found))
        else:
            _show_impact(output, session, _asked(arguments, session.root), found)
    return 0


def _impact_record(found: ImpactResult) -> dict[str, Any]:
    return {
        "clock": found.clock,
        "target": symbol_record(found.target),
        "affected": [
            {
                "symbol": symbol_record(affected.symbol),
                "distance": affected.distance,
                "kind": affected.kind,
                "confidence": affected.confidence,
                "route": affected.route,
            }
            for affected in found.affected
        ],
        "files": found.files,
        "more_targets": [symbol_record(symbol) for symbol in found.more_targets],
        "bound": found.bound,
        "causes": [cause_record(cause) for cause in found.causes],
        "reason": found.reason,
    }


def _show_impact(output: Output, session: Session, asked: str, found: ImpactResult) -> None:
    if found.affected:
        rows: list[Row] = [
            [
                *symbol_cells(output, session.root, affected.symbol),
                Cell(affected.kind),
                Cell(affected.confidence, "dim"),
                str(affected.distance),
            ]
            for affected in found.affected
        ]
        output.rows(rows, (*SYMBOL_COLUMNS, "edge", "confidence", "steps"))
        output.line(f"{len(found.affected)} symbols in {len(found.files)} files")
    else:
        output.line(f"{found.target.qualified_name}: {reason_text(found.reason)}")
    _show_bound(output, asked, found)
