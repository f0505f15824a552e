"""The status command. Tests: tests/unit/cli/test_cli_commands.py."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from codegraph.cli.output import Cell, Output, duration, size
from codegraph.cli.project import indexed_by_itself, open_session
from codegraph.daemon.reports import ChangeFigures, RequestFigures, RouteFigures, StatusResult, TierFigures

_SECONDS_BETWEEN = 1.0

Line = tuple[str, str]


def status(arguments: Namespace, output: Output) -> int:
    """Print the status once, or with --watch every second until Ctrl-C."""
    with open_session(arguments, start=False) as session:
        if not arguments.watch:
            show(output, session.client.status())
            return 0
        while True:
            found = session.client.status()
            if output.terminal and not output.json:
                output.stream.write("\x1b[H\x1b[2J")
            show(output, found)
            output.flush()
            time.sleep(_SECONDS_BETWEEN)


def show(output: Output, found: StatusResult) -> None:
    """Print a status."""
    if output.json:
        output.record(status_record(found))
        return
    output.warn((*found.warnings, *(indexed_by_itself(Path(found.root)) or ())))
    output.facts([(Cell(name, "dim"), value) for name, value in lines(found)])


def status_record(found: StatusResult) -> dict[str, Any]:
    """Show a status for programs: the API's fields, and the hit rates."""
    record: dict[str, Any] = msgspec.to_builtins(found)
    del record["is_fresh_instance"]
    for tier in ("hot", "cold"):
        record[tier]["hit_rate"] = getattr(found, tier).hit_rate
    return record


def lines(found: StatusResult) -> Iterator[Line]:
    """Yield what is shown to people, name and value."""
    yield from _index_lines(found)
    yield from _process_lines(found)
    yield "skipped files", _counts(found.skipped)
    if found.unread:
        yield "read in part", _counts(found.unread)
    yield "uncertain", _counts(found.uncertain)
    yield "requests", _requests(found.requests)


def _index_lines(found: StatusResult) -> Iterator[Line]:
    yield "project", found.root
    phase = found.phase
    if found.files_to_read:
        phase += f" ({found.files_read:,} of {found.files_to_read:,} files read)"
    yield "daemon", f"{phase}, process {found.pid}, version {found.version}, up {duration(found.uptime_seconds)}"
    yield "clock", found.clock
    yield "index", f"{found.files:,} files, {found.symbols:,} symbols, {found.edges:,} edges"
    yield "languages", _counts(found.languages)
    for lane in found.lanes:
        yield f"lane {lane.lane}", f"{lane.pending:,} pending, {lane.stale:,} stale"
    yield "hot tier", _tier(found.hot)
    yield "cold tier", _tier(found.cold)
    yield "embeddings", f"{found.embedded:,} computed, {found.embeddings_avoided:,} avoided"
    if found.last_change is not None:
        yield "last change", _change(found.last_change)
        yield "", _milliseconds(found.last_change.milliseconds)


def _process_lines(found: StatusResult) -> Iterator[Line]:
    watcher, worker, memory = found.watcher, found.worker, found.memory
    health = f"{watcher.mode}, {'healthy' if watcher.healthy else 'NOT HEALTHY'}"
    seen = f"{watcher.directories:,} directories, events lost {watcher.losses} times"
    yield "watcher", _joined(health, seen, watcher.detail)
    handed = f"{worker.restarts} restarts, {worker.queued} keys handed over"
    yield "worker", _joined(f"{worker.state}, process {worker.pid}", handed, worker.detail)
    yield "model", _joined(f"{found.model.name}, {found.model.dimensions} dimensions", found.model.detail)
    if len(found.models) > 1 or any(model.trouble for model in found.models):
        for model in found.models:
            yield f"  {model.model}", _model(model)
    if found.flow:
        yield "data flow", _counts(found.flow)
    used = f"daemon {size(memory.daemon_bytes)}, workers {size(memory.workers_bytes)}"
    yield "memory", f"{used}; state {size(memory.state_bytes)}"


def _model(model: RouteFigures) -> str:
    waiting = ", ".join(f"{lane} {count:,}" for lane, count in model.lanes.items())
    return _joined(
        f"for {', '.join(model.routes)}: {model.symbols:,} symbols" if model.routes else "on its way out",
        f"{model.vectors:,} vectors served",
        f"waiting: {waiting}" if waiting else "",
        model.trouble,
    )


def _requests(requests: RequestFigures) -> str:
    return (
        f"{requests.count:,} ({requests.error_rate:.1%} failed), P50 {requests.p50_milliseconds:.2f} ms,"
        f" P95 {requests.p95_milliseconds:.2f} ms, {requests.clients} clients"
    )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


def _tier(tier: TierFigures) -> str:
    rate = "no look-ups yet" if tier.hit_rate is None else f"{tier.hit_rate:.1%} hits of {tier.hits + tier.misses:,}"
    return (
        f"{rate}, {tier.entries:,} vectors, {size(tier.bytes)} of {size(tier.limit_bytes)},"
        f" {tier.evictions:,} evictions, {tier.lookup_microseconds:.1f} us a look-up"
    )


def _change(change: ChangeFigures) -> str:
    budget = ", over budget" if change.over_budget else ""
    return (
        f"revision {change.revision}: {change.files} files, {change.touched} touched, {change.marked} marked,"
        f" {change.cut_off} cut off, {change.reused} reused, {change.embedded} embedded{budget}"
    )


def _milliseconds(stages: Mapping[str, float]) -> str:
    return ", ".join(f"{stage} {value:.1f}" for stage, value in stages.items()) + " ms"
