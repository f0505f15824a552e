"""Claim: a daemon over 100,000 symbols stays under 1 GB beside the model.

Read from the daemon's own account (`status`): after a start over known symbols (`warm`), and after everything
else that a run of the benchmarks does to it (`used`). From the kernel comes what it is made of: `daemon_own` is
what only the daemon can give back; `daemon_mapped` are pages of files, of the store above all, which the system
keeps as long as nobody else wants the memory. Tests: tests/unit/benchmarks/test_bench_usage.py.
"""

from __future__ import annotations

import psutil

from benchmarks.corpus import assemble, tree_parser
from benchmarks.figures import Figure, table
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.client import Client

TARGET_MEBI = 1_000_000_000 / (1 << 20)
_MEBI = 1 << 20


def measure(client: Client, when: str) -> list[Figure]:
    """Account for a running daemon and its workers; `when` names the moment."""
    status = client.status()
    used = status.memory
    resident = psutil.Process(status.pid).memory_info()
    mapped = getattr(resident, "shared", 0)  # Linux: resident pages of files
    name = f"memory.{when}"
    return [
        Figure(name=f"{name}.daemon", value=used.daemon_bytes / _MEBI, unit="MiB", target=TARGET_MEBI),
        Figure(name=f"{name}.daemon_own", value=(resident.rss - mapped) / _MEBI, unit="MiB"),
        Figure(name=f"{name}.daemon_mapped", value=mapped / _MEBI, unit="MiB"),
        Figure(name=f"{name}.workers", value=used.workers_bytes / _MEBI, unit="MiB"),
        Figure(
            name=f"{name}.daemon_per_symbol",
            value=used.daemon_bytes / max(1, status.symbols),
            unit="bytes",
            note=f"{status.symbols:,} symbols, {status.edges:,} edges",
        ),
        Figure(name=f"{name}.state_on_disk", value=used.state_bytes / _MEBI, unit="MiB"),
    ]


def main() -> int:
    """Measure one tree and print the figures."""
    arguments = tree_parser(__doc__).parse_args()
    with Sandbox() as box:
        assemble(box, arguments.tree, arguments.symbols)
        with box.daemon() as client:
            wait_until_embedded(client)
            figures = measure(client, "cold")
        with box.daemon() as client:
            wait_until_embedded(client)
            figures += measure(client, "warm")
        print(table(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
