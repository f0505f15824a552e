"""events, sync, verify, skipped, cache, metrics. Tests: tests/unit/cli/test_cli_commands.py."""

from __future__ import annotations

import time
from argparse import Namespace
from itertools import islice

import msgspec

from codegraph.cli.arguments import project_file, waiting_fields
from codegraph.cli.output import Cell, Output, duration, size
from codegraph.cli.project import Session, open_session
from codegraph.daemon.operations import CacheAction, SyncParams
from codegraph.daemon.reports import TierFigures
from codegraph.events import AnyEvent


def events(arguments: Namespace, output: Output) -> int:
    """Print events as they happen, until Ctrl-C, --count or the daemon's end."""
    with open_session(arguments) as session:
        session.client.status()  # starts the daemon if none runs, and checks its version
        stream = session.client.events(*arguments.type, recent=arguments.recent)
        for event in islice(stream, arguments.count):
            if output.json:
                output.record(event)
            else:
                _show_event(output, event)
            output.flush()
    return 0


def _show_event(output: Output, event: AnyEvent) -> None:
    fields = msgspec.to_builtins(event)
    at = time.strftime("%H:%M:%S", time.localtime(fields.pop("at")))
    kind = fields.pop("type")
    shown = "  ".join(f"{name}={_short(value)}" for name, value in fields.items())
    output.rows([[Cell(at, "dim"), Cell(kind, "bold"), shown]])


def _short(value: object) -> str:
    if isinstance(value, float):
        text = f"{value:.4g}"
    elif isinstance(value, dict):
        text = ",".join(f"{name}:{_short(part)}" for name, part in value.items())
    elif isinstance(value, list | tuple):
        text = ",".join(map(str, value))
    else:
        text = str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def sync(arguments: Namespace, output: Output) -> int:
    """Wait until everything written so far is indexed, or embedded with --wait embedded."""
    with open_session(arguments) as session:
        found = session.client.call(SyncParams(**waiting_fields(arguments)))
        if output.json:
            output.record({"clock": found.clock, "pending": found.pending, "seconds": found.seconds})
        else:
            output.line(f"{found.clock}: in step after {duration(found.seconds)}, {found.pending} vectors to come")
    return 0


def verify(arguments: Namespace, output: Output) -> int:
    """Print the differences between the index and one built from the disk; 1 if there are any."""
    with open_session(arguments) as session:
        found = session.client.verify()
        if output.json:
            output.record({"equal": found.equal, "differences": found.differences})
        else:
            compared = ", ".join(f"{count:,} {part}" for part, count in found.counts.items())
            verdict = Cell("equal", "green") if found.equal else Cell("DIFFERENT", "red")
            output.rows([[verdict, f"compared {compared} in {duration(found.seconds)}"]])
            output.rows([[Cell(part, "dim"), line] for part, lines in found.differences.items() for line in lines])
    return 0 if found.equal else 1


def skipped(arguments: Namespace, output: Output) -> int:
    """List the files that are not indexed, and why, or say it of one."""
    with open_session(arguments) as session:
        file = project_file(arguments.file, session.root) if arguments.file else ""
        found = session.client.skipped(reason=arguments.reason, file=file)
        if output.json:
            output.record(found)
            return 0
        if found.files:
            output.rows([(each.file, each.reason, each.detail) for each in found.files], ("file", "reason", "detail"))
        elif not found.counted:
            output.line(f"nothing keeps {file} out" if file else _none_skipped(session, arguments.reason))
        if found.truncated:
            output.line("... and more: choose one with --reason")
        if found.counted:
            counts = ", ".join(f"{reason} {count:,}" for reason, count in sorted(found.counted.items()))
            output.line(f"counted, not listed: {counts}; `codegraph skipped FILE` says which it is of one")
    return 0


def _none_skipped(session: Session, reason: str) -> str:
    if not reason:
        return "no file is left out"
    found = session.client.skipped()
    reasons = ", ".join(sorted({each.reason for each in found.files} | found.counted.keys()))
    return f"no file is left out for the reason {reason}; the reasons here are: {reasons or 'none'}"


def cache(arguments: Namespace, output: Output) -> int:
    """Show the tiers, after pruning or emptying them if asked."""
    with open_session(arguments) as session:
        found = session.client.cache(CacheAction(arguments.action))
        if output.json:
            output.record(found)
            return 0
        if arguments.action != CacheAction.STATS:
            output.line(f"{found.removed:,} vectors removed, {size(found.freed_bytes)} freed")
        columns = ("tier", "vectors", "size", "limit", "hits", "misses", "evictions", "look-up")
        output.rows([_tier_row("hot", found.hot), _tier_row("cold", found.cold)], columns)
        output.line(Cell(found.directory, "dim"))
    return 0


def _tier_row(name: str, tier: TierFigures) -> list[str]:
    return [
        name,
        f"{tier.entries:,}",
        size(tier.bytes),
        size(tier.limit_bytes),
        f"{tier.hits:,}",
        f"{tier.misses:,}",
        f"{tier.evictions:,}",
        f"{tier.lookup_microseconds:.1f} us",
    ]


def metrics(arguments: Namespace, output: Output) -> int:
    """Print the figures as Prometheus text, or with --json that text in an object."""
    with open_session(arguments) as session:
        found = session.client.metrics()
        if output.json:
            output.record(found)
        else:
            output.stream.write(found.text)
    return 0
