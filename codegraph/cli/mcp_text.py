"""Answers of the daemon as a coding agent reads them: few tokens, and whatever limits the answer.

One line for each symbol, with its state and its lines from 1, as `FILE:START-END`. Below the list stands what is
missing from it and why, then the clock. Names and signatures come from other people's files: they are data, without
characters that control anything. Tests: tests/unit/cli/test_cli_mcp.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType

from codegraph.cli.arguments import ELSEWHERE
from codegraph.cli.output import printable
from codegraph.cli.records import CAUSES, cause_text, reason_text, signature_text, understood_notes
from codegraph.daemon.messages import (
    Affected,
    Bound,
    EdgeInfo,
    EdgesResult,
    EmptyReason,
    ImpactResult,
    Place,
    SearchResult,
    SymbolInfo,
    SymbolsResult,
)

TOOLS = ("search", "similar", "symbols", "definition", "callers", "callees", "references", "impact", "status")
"""What an agent can ask."""

_COMMAND = re.compile(rf"`codegraph ({'|'.join(TOOLS)})( [^`]*)?`")
_PARAMETER = re.compile(r"--(limit|depth)\b")
_PHRASES = MappingProxyType(
    {
        ELSEWHERE: "this server answers for that project only",
        "ask again with `wait`": "ask again",
        " and `dependencies` show": " shows",
        ", or give --wait indexed a longer --timeout": "",
        "try --wait embedded": "ask again later",
        "`codegraph skipped` lists files that are left out, and why": "`status` counts files that are left out",
        "`codegraph skipped` lists": "`status` counts",
    }
)
"""What a person is advised, and an agent instead."""


def for_agents(advice: str) -> str:
    """Reword what a person is told to do next: an agent has tools and their parameters, and no options."""
    for said, instead in _PHRASES.items():
        advice = advice.replace(said, instead)
    return _PARAMETER.sub(r"`\1`", _COMMAND.sub(r"`\1`", advice))


_CAUSES = MappingProxyType({reason: for_agents(words) for reason, words in CAUSES.items()})


def hits_text(found: SearchResult) -> str:
    """Show ranked symbols, best first."""
    lines = [line for hit in found.results for line in _with_signature(hit.symbol)]
    notes = [f"{len(found.folded)} copies of these are left out"] if found.folded else []
    notes += understood_notes(found.understood)
    return _answer(lines, [*notes, *found.warnings], found.reason, found.clock)


def symbols_text(found: SymbolsResult) -> str:
    """Show symbols in order of path and position."""
    lines = [line for symbol in found.symbols for line in _with_signature(symbol)]
    return _answer(lines, ["there are more"] if found.truncated else [], found.reason, found.clock)


def edges_text(found: EdgesResult) -> str:
    """Show the other ends of edges, and whether that is all."""
    notes = [*_targets(found), *(["there are more"] if found.truncated else []), *_bound(found)]
    return _answer(list(map(_edge, found.edges)), notes, found.reason, found.clock)


def impact_text(found: ImpactResult) -> str:
    """Show what a change may reach, nearest first, and whether that is all."""
    notes = [f"{len(found.affected)} symbols in {len(found.files)} files"] if found.affected else []
    return _answer(
        list(map(_affected, found.affected)), [*notes, *_targets(found), *_bound(found)], found.reason, found.clock
    )


def _symbol(symbol: SymbolInfo) -> str:
    first, last = symbol.range.start.line + 1, symbol.range.end.line + 1
    return f"{symbol.state} {symbol.kind} {symbol.qualified_name} {symbol.file}:{first}-{last}"


def _with_signature(symbol: SymbolInfo) -> Iterable[str]:
    yield _symbol(symbol)
    if symbol.signature:
        yield f"    {signature_text(symbol.signature)}"


def _edge(edge: EdgeInfo) -> str:
    steps = f", {edge.distance} steps" if edge.distance > 1 else ""
    more = "".join(f", {place.line + 1}" for place in edge.more)
    return f"{_symbol(edge.symbol)} ({edge.kind}, {edge.confidence}, at {_place(edge.at)}{more}{steps})"


def _affected(affected: Affected) -> str:
    steps = "1 step" if affected.distance == 1 else f"{affected.distance} steps"
    return f"{_symbol(affected.symbol)} ({affected.kind}, {affected.confidence}, {steps})"


def _place(place: Place) -> str:
    return f"{place.file}:{place.position.line + 1}"


def _targets(found: EdgesResult | ImpactResult) -> list[str]:
    """Say of what an answer is."""
    others = f" and {len(found.more_targets)} other definitions of that name" if found.more_targets else ""
    return [f"of {_symbol(found.target)}{others}"]


def _bound(found: EdgesResult | ImpactResult) -> list[str]:
    if found.bound is Bound.EXACT:
        return ["this is all"]
    return ["this may not be all:", *(f"    {cause_text(each, len(each.examples), _CAUSES)}" for each in found.causes)]


def _answer(lines: Sequence[str], notes: Sequence[str], reason: EmptyReason, clock: str) -> str:
    shown = lines or [for_agents(reason_text(reason))]
    return "\n".join(map(printable, [*shown, *notes, f"clock {clock}"]))
