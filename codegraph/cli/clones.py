"""clones: groups of copies, as a table, as JSON or as SARIF. Tests: tests/unit/cli/test_cli_clones.py."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from types import MappingProxyType

from codegraph import __version__
from codegraph.cli.arguments import project_file, waiting_fields
from codegraph.cli.output import Cell, Output, Row
from codegraph.cli.project import Session, open_session, user_locations
from codegraph.cli.records import (
    SYMBOL_COLUMNS,
    Record,
    cause_record,
    reason_text,
    show_causes,
    symbol_cells,
    symbol_record,
)
from codegraph.cli.sarif import sarif_log
from codegraph.core.symbols import CloneKind
from codegraph.daemon.clones import CloneGroup, ClonesParams, ClonesResult
from codegraph.daemon.messages import Bound

_CAUSES = MappingProxyType(
    {
        "missing": "definitions whose text was not there to be compared",
        "similar": "there are too many that are alike to compare them all",
        "indexing": "the index is not complete yet",
    }
)


def clones(arguments: Namespace, output: Output) -> int:
    """Print groups of clones."""
    form = arguments.format or ("json" if output.json else "table")
    if arguments.place and arguments.project is None and (place := Path(arguments.place)).exists():
        arguments.project = user_locations().find_marked_root(place)  # a directory above the project is none of its own
    with open_session(arguments) as session:
        inside = project_file(arguments.place, session.root) if arguments.place else ""
        params = ClonesParams(
            path="" if inside == "." else inside,
            kinds=tuple(map(CloneKind, arguments.kind)),
            threshold=arguments.threshold,
            min_lines=arguments.min_lines,
            min_tokens=arguments.min_tokens,
            **({} if arguments.limit is None else {"limit": arguments.limit}),
            **waiting_fields(arguments),
        )
        found = session.client.call(params)
        if form == "json":
            output.record(_record(found))
        elif form == "sarif":
            output.record(sarif_log(found, session.root, __version__))
        else:
            _show(output, session, found)
    return 0


def _record(found: ClonesResult) -> Record:
    return {
        "clock": found.clock,
        "groups": [_group_record(group) for group in found.groups],
        "total": found.total,
        "bound": found.bound,
        "causes": [cause_record(cause) for cause in found.causes],
        "reason": found.reason,
    }


def _group_record(group: CloneGroup) -> Record:
    return {
        "kind": group.kind,
        "similarity": group.similarity,
        "tokens": group.tokens,
        "count": group.count,
        "members": [{"symbol": symbol_record(each.symbol), "kind": each.kind} for each in group.members],
    }


def _show(output: Output, session: Session, found: ClonesResult) -> None:
    rows: list[Row] = []
    for number, group in enumerate(found.groups, 1):
        for place, member in enumerate(group.members):
            about = f"{group.kind} {group.similarity:.0%}, {group.tokens} tokens" if not place else f"  {member.kind}"
            rows.append(
                [
                    Cell(str(number) if not place else "", "bold"),
                    about,
                    *symbol_cells(output, session.root, member.symbol),
                ]
            )
        if group.count > len(group.members):
            rows.append(["", f"  and {group.count - len(group.members)} more"])
    if rows:
        output.rows(rows, ("group", "kind", *SYMBOL_COLUMNS))
        if found.total > len(found.groups):
            output.line(f"... and {found.total - len(found.groups)} more groups: raise --limit")
    else:
        output.line(reason_text(found.reason))
    if found.bound is Bound.LOWER_BOUND:
        show_causes(output, found.causes, _CAUSES)
