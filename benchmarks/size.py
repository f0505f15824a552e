"""Claim: over a million symbols, too, a question takes the daemon less than 30 ms of processor time at P95.

    python -m benchmarks.size DIRECTORY [--each 40] [--json]

Asks the daemon that already runs over DIRECTORY (`codegraph start`), of whatever size that is, and changes nothing.
The questions are about symbols of files drawn with a fixed seed, and about names that many symbols have or none has.
Beside the time on the clock stands what the daemon's threads took of a processor meanwhile, by the kernel's account of
nanoseconds (Linux): that hardly depends on what else the machine does. So the tree should be at rest.
Tests: tests/unit/benchmarks/test_bench_size.py.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import commit, gathered, load, now, result_path, this_machine, write_report
from benchmarks.memory import measure as memory
from codegraph.client import Client
from codegraph.core.symbols import SymbolKind
from codegraph.daemon import messages, reports
from codegraph.daemon.messages import Match, Params, SymbolInfo
from codegraph.errors import CodegraphError, ProjectError
from codegraph.locations import Locations

EACH = 40
TARGET = {"p95": 30.0}
SEED = 7
CALL_SECONDS = 600.0
IMPACT_DEPTH, IMPACT_LIMIT = 3, 100
COMMON = ("get", "__init__", "toString", "new", "run", "main", "Error", "String", "test", "add", "equals", "close")
"""Names that many symbols of a large tree have."""
SUBJECTS = (
    "parse a date from a string",
    "read a file into memory",
    "http request handler",
    "convert a list to a map",
    "thread pool",
    "open a database connection and run a query",
    "string",
)
_KINDS = (SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CLASS, SymbolKind.INTERFACE)
_WORD = re.compile(r"[A-Z]?[a-z]{3,}")

Questions = dict[str, list[Params[Any]]]


def drawn(client: Client, root: Path, count: int) -> list[SymbolInfo]:
    """Draw symbols, each of another file, every file as likely as any other."""
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    random.Random(SEED).shuffle(files)
    found: list[SymbolInfo] = []
    for file in files:
        if len(found) == count:
            break
        try:
            answer = client.call(messages.SymbolsParams(file=file, kinds=_KINDS, limit=1_000))
        except ProjectError:
            continue  # not indexed
        found += random.Random(file).sample(answer.symbols, min(1, len(answer.symbols)))
    return found


def questions(symbols: Sequence[SymbolInfo]) -> Questions:
    """Make questions of every kind, by what is asked."""
    pairs = zip(symbols, (*symbols[1:], *symbols[:1]), strict=True)
    words = [" ".join(_WORD.findall(f"{one.name} {other.name}")).lower() or "parse" for one, other in pairs]
    few = symbols[:4]
    return {
        "search": [messages.SearchParams(query=each) for each in words],
        "search_subject": [messages.SearchParams(query=each) for each in SUBJECTS],
        "search_name": [messages.SearchParams(query=each.name) for each in symbols],
        "search_filtered": [messages.SearchParams(query=f"{each} language:python") for each in SUBJECTS],
        "search_callers_of": [messages.SearchParams(query=f"calls:{each.name}") for each in few],
        "similar": [messages.SimilarParams(symbol=each.id) for each in symbols],
        "callers": [messages.CallersParams(symbol=each.id) for each in symbols],
        "callees": [messages.CalleesParams(symbol=each.id) for each in symbols],
        "references": [messages.ReferencesParams(symbol=each.id) for each in symbols],
        "impact": [messages.ImpactParams(symbol=each.id, depth=IMPACT_DEPTH, limit=IMPACT_LIMIT) for each in symbols],
        "status": [reports.StatusParams() for _ in symbols],
        "symbols_exact": [messages.SymbolsParams(name=each.name) for each in symbols],
        "symbols_common": [messages.SymbolsParams(name=each) for each in COMMON],
        "symbols_prefix": [messages.SymbolsParams(name=each.name[:6], match=Match.PREFIX) for each in few],
        "symbols_substring": [messages.SymbolsParams(name=each.name[1:7], match=Match.SUBSTRING) for each in few],
        "definition": [messages.DefinitionParams(symbol=each.qualified_name) for each in symbols],
        "definition_common": [messages.DefinitionParams(symbol=each) for each in COMMON],
        "definition_missing": [messages.DefinitionParams(symbol=f"{each.name[:-1]}qx") for each in few],
    }


def processor_milliseconds(process: int) -> float:
    """Return what the threads of a process have had of processors; 0 where the kernel does not say."""
    return sum(_nanoseconds(process)) / 1e6


def _nanoseconds(process: int) -> Iterator[int]:
    for place in Path(f"/proc/{process}/task").glob("*/schedstat"):
        try:
            yield int(place.read_text(encoding="ascii").split()[0])
        except OSError:
            continue  # the thread has ended


def measure(client: Client, asked: Questions) -> list[Figure]:
    """Ask everything in turn; an answer may be an error, as it is for a name that many have."""
    process = client.status().pid
    figures: list[Figure] = []
    for name, several in asked.items():
        walls, cpus = [], []
        for each in several:
            cpu, began = processor_milliseconds(process), time.perf_counter()
            with suppress(CodegraphError):
                client.call(each)
            walls.append(1e3 * (time.perf_counter() - began))
            cpus.append(processor_milliseconds(process) - cpu)
        figures += sampled(f"size.{name}.cpu", cpus, "ms", TARGET)
        figures += sampled(f"size.{name}.wall", walls, "ms")
    return figures


def main() -> int:
    """Ask, print, write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--each", type=int, default=EACH, help="how many symbols are asked about")
    parser.add_argument("--json", action="store_true", help="write the figures under benchmarks/results")
    arguments = parser.parse_args()
    root = arguments.directory.resolve()
    began = now(), load()
    with Client(Locations.from_environment(os.environ).socket(root), root=str(root), timeout=CALL_SECONDS) as client:
        figures = measure(client, questions(drawn(client, root, arguments.each)))
        status = client.status()
        figures += memory(client, "size")
    print(table(figures))
    if arguments.json:
        parts = sorted(place.name for place in root.iterdir() if place.is_dir())
        tree = {"files": status.files, "symbols": status.symbols, "edges": status.edges, "parts": parts}
        path = result_path(this_machine(), commit())
        write_report(gathered(began, tree, figures, {}, {}), path.with_name(f"size-{status.symbols}-{path.name}"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
