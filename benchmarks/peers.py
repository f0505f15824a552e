"""Other programs of the kind, beside ours: CPU seconds of a cold index of the same tree in the same run.

A peer is measured if it is installed (on PATH); nothing is installed or downloaded here, and what
cannot run without a download at run time is left out, with the reason. Each gets a fresh copy of the tree and a home
directory of its own, because some write into both. What they do differs (whether there are vectors, which
languages, how much is resolved), so the ratio says what a user pays, not who is better.
Tests: tests/unit/benchmarks/test_bench_peers.py.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import assemble, tree_parser
from benchmarks.figures import Figure, table
from benchmarks.sandbox import Sandbox, command_line
from benchmarks.usage import Usage, run_measured

PEER_SECONDS = 1_200.0
TREE = "{tree}"
"""Stands for the path of the tree in a command."""
_MEBI = 1 << 20
_NODES = re.compile(r"([\d,]+) nodes")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program."""

    name: str
    what: str
    """What it builds."""
    commands: tuple[tuple[str, ...], ...]
    """Run one after another beside the tree; all of them are counted. They must say how many nodes they made."""
    program: str
    """The one that must be on PATH."""
    install: str
    refused: str = ""
    """Why it is never run."""


PEERS = (
    Peer(
        "codegraph (npm)",
        "graph without vectors",
        (("codegraph", "init", "--yes", TREE),),
        "codegraph",
        "npm install -g @colbymchenry/codegraph",
    ),
    Peer(
        "code-review-graph",
        "graph without vectors",
        (("code-review-graph", "build", "--repo", TREE),),
        "code-review-graph",
        "pip install code-review-graph",
    ),
    Peer(
        "semble",
        "static vectors and BM25 of chunks",
        (),
        "semble",
        "pip install semble",
        refused="its model is downloaded when it runs first",
    ),
    Peer(
        "cocoindex-code",
        "vectors of chunks",
        (),
        "cocoindex-code",
        "pip install cocoindex-code",
        refused="it needs an embedding endpoint, or downloads a model when it runs first",
    ),
)


def measure(box: Sandbox, cpu_seconds: float, search: Sequence[str] = ()) -> tuple[list[Figure], dict[str, str]]:
    """Run the peers that are there over copies of the sandbox's tree; `cpu_seconds` are ours.

    `search` are directories that are looked in before PATH. Return figures, and why others were skipped.
    """
    figures: list[Figure] = []
    skipped: dict[str, str] = {}
    path = os.pathsep.join([*search, os.environ.get("PATH", "")])
    for peer in PEERS:
        program = _find(peer.program, path)
        if peer.refused:
            skipped[peer.name] = peer.refused
        elif program is None:
            skipped[peer.name] = f"not installed: {peer.install}"
        else:
            usage = run(peer, program, box.root)
            if usage.code or not nodes_made(usage.output):
                skipped[peer.name] = f"failed (exit code {usage.code}): {usage.output.strip()[-300:]}"
            else:
                figures.append(compared(peer, usage, cpu_seconds))
    return figures, skipped


def nodes_made(output: str) -> int:
    """Read from what a peer printed how many nodes it made; 0 if it does not say."""
    return max((int(found.replace(",", "")) for found in _NODES.findall(output)), default=0)


def compared(peer: Peer, usage: Usage, cpu_seconds: float) -> Figure:
    """Put our CPU seconds beside a peer's."""
    return Figure(
        name=f"peers.{peer.name}",
        value=cpu_seconds,
        unit="CPU s",
        baseline=usage.cpu_seconds,
        baseline_name=peer.name,
        note=(
            f"{peer.what}; {usage.cpu_seconds:.1f} CPU s, {usage.seconds:.1f} s, "
            f"peak {usage.peak_bytes / _MEBI:.0f} MiB"
        ),
    )


def run(peer: Peer, program: str, tree: Path) -> Usage:
    """Run a peer's commands over a copy of a tree; the account is that of all commands together."""
    with Sandbox() as place:
        place.copy(tree)
        environment = {
            **os.environ,
            "DO_NOT_TRACK": "1",
            "CODEGRAPH_TELEMETRY": "0",
            "HOME": os.fspath(place.directory),
            "XDG_CACHE_HOME": os.fspath(place.directory / "cache"),
            "XDG_DATA_HOME": os.fspath(place.directory / "data"),
        }
        usages = []
        for command in peer.commands:
            arguments = [os.fspath(place.root) if part == TREE else part for part in command[1:]]
            usages.append(run_measured([program, *arguments], place.directory, environment, PEER_SECONDS))
            if usages[-1].code:
                break
    return Usage(
        seconds=sum(usage.seconds for usage in usages),
        cpu_seconds=sum(usage.cpu_seconds for usage in usages),
        peak_bytes=max(usage.peak_bytes for usage in usages),
        own_peak_bytes=max(usage.own_peak_bytes for usage in usages),
        output=usages[-1].output,
        code=usages[-1].code,
    )


def _find(program: str, path: str) -> str | None:
    """Find a program; our own command, which has the name of a peer's, lies beside this interpreter and is passed."""
    ours = Path(sys.executable).parent
    return shutil.which(program, path=os.pathsep.join(part for part in path.split(os.pathsep) if Path(part) != ours))


def main() -> int:
    """Measure one tree and print the figures."""
    parser = tree_parser(__doc__)
    parser.add_argument("--peers", action="append", default=[], metavar="DIR", help="look for peers there first")
    arguments = parser.parse_args()
    with Sandbox() as box:
        assemble(box, arguments.tree, arguments.symbols)
        ours = run_measured(command_line("index", "--json"), box.root, box.environment)
        figures, skipped = measure(box, ours.cpu_seconds, arguments.peers)
        print(table(figures))
        print(skipped)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
