"""Claim: a daemon over 100,000 symbols stays under 1 GB beside the model.

Read from the daemon's own account (`status`): after a start over known symbols (`warm`), and after everything
else that a run of the benchmarks does to it (`used`), each as soon as the daemon has come to rest: after a start it
completes its index, which takes some memory for a moment. From the kernel comes what it is made of: `daemon_own` is
what only the daemon can give back; `daemon_mapped` are pages of files, of the store above all, which the system
keeps as long as nobody else wants the memory. Tests: tests/unit/benchmarks/test_bench_usage.py.
"""

from __future__ import annotations

import time

import psutil

from benchmarks.corpus import assemble, tree_parser
from benchmarks.figures import Figure, table
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.client import Client

TARGET_MEBI = 1_000_000_000 / (1 << 20)
_MEBI = 1 << 20
LOOK_SECONDS = 0.5
RESTING_LOOKS = 4
"""So many looks in which a process used next to no processor time, and it is at rest."""
BUSY_SECONDS = 0.02
GIVE_UP_SECONDS = 120.0


def wait_until_at_rest(process: psutil.Process) -> None:
    """Wait until a process has had nothing to do for two seconds. Raises TimeoutError after two minutes."""
    before, resting = sum(process.cpu_times()[:2]), 0
    for _ in range(int(GIVE_UP_SECONDS / LOOK_SECONDS)):
        time.sleep(LOOK_SECONDS)
        used = sum(process.cpu_times()[:2])
        resting = resting + 1 if used - before < BUSY_SECONDS else 0
        before = used
        if resting == RESTING_LOOKS:
            return
    raise TimeoutError(f"process {process.pid} does not come to rest")


def measure(client: Client, when: str) -> list[Figure]:
    """Account for a running daemon and its workers; `when` names the moment."""
    process = psutil.Process(client.status().pid)
    wait_until_at_rest(process)
    status = client.status()
    used = status.memory
    resident = process.memory_info()
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
