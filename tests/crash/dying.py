"""A process that indexes, edits, restarts and tidies up, until it kills itself at a named place of the path.

test_fault_points.py writes a line of JSON for each, [DIRECTORY, POINT, NTH, SEED], and reads the exit code of a
process forked for it; the tree is DIRECTORY/tree. After every step that process writes to DIRECTORY/said what a
client would now have been told: a JSON line with the clock and, where everything was embedded, the keys that were
served. Nothing in the product knows of this: a method or function is replaced by one that does the same and,
the nth time, sends SIGKILL to its own process before or after.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from edits import Edits
from workbench import Workbench

from codegraph.cache.tiers import Tiers
from codegraph.daemon.recording import Recorder
from codegraph.daemon.scheduler import Scheduler
from codegraph.graph.index import Index
from codegraph.search import lexical
from codegraph.search.search import Searcher
from codegraph.store import arrivals, environment, opening, store
from codegraph.store.environment import Environment, Transaction
from codegraph.store.store import Store

ROUNDS = 8
PATIENCE = 240
"""Seconds until a life is too long."""
SETTINGS = {"cache.cold_bytes": 1 << 24}


class Point(NamedTuple):
    """Where to die: around one callable of a class or module."""

    owner: Any
    name: str
    after: bool


POINTS: Mapping[str, Point] = {
    "between_extract_and_apply": Point(Index, "apply", False),
    "between_apply_and_search": Point(Searcher, "update", False),
    "between_search_and_commit": Point(Searcher, "update", True),
    "before_commit": Point(Store, "commit", False),
    "amid_commit": Point(store, "_write_files", True),
    "end_of_commit": Point(store, "_write_revision", True),
    "between_commit_and_publish": Point(Store, "commit", True),
    "after_publish": Point(Scheduler, "wake", True),
    "before_cold_tier": Point(Tiers, "put_many", False),
    "between_cold_tier_and_store": Point(Tiers, "put_many", True),
    "between_serving_and_storing": Point(Searcher, "put_vectors", True),
    "before_vectors": Point(Store, "put_vectors", False),
    "between_vectors_and_symbols": Point(Transaction, "put_many", True),
    "after_vectors": Point(Store, "put_vectors", True),
    "amid_sorting": Point(store, "sort_in", True),
    "after_sorting": Point(Store, "sort_vectors", True),
    "between_slices_of_keys": Point(Index, "compute_keys", False),
    "between_keys_and_pending": Point(Index, "compute_keys", True),
    "before_keys_hold": Point(Recorder, "settle_keys", False),
    "after_keys_hold": Point(Recorder, "settle_keys", True),
    "amid_garbage_collection": Point(store, "_sweep", True),
    "amid_compaction": Point(Environment, "_close_raw", True),
    "while_opening": Point(Environment, "_open", True),
    "after_opening": Point(opening, "_bring_up_to_date", True),
    "after_taking_the_lock": Point(opening, "lock_directory", True),
    "amid_flush": Point(lexical, "write_segment", True),
    "before_manifest": Point(lexical, "write_manifest", False),
    "after_manifest": Point(lexical, "write_manifest", True),
    "before_sealing": Point(environment, "write_seal", False),
}


def arm(point: Point, nth: int) -> None:
    """Make the nth call deadly."""
    original = getattr(point.owner, point.name)
    calls = 0

    def deadly(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and not point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **options)
        if calls == nth and point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(point.owner, point.name, deadly)


def acknowledge(bench: Workbench, *, embedded: bool) -> None:
    """Print what a client may believe from now on."""
    view = bench.view
    keys = sorted({key.hex() for key in view.served.values()}) if embedded else []
    blobs = {path: file.blob.hex() for path, file in view.snapshot.files.items()}
    line = {"clock": str(view.snapshot.clock), "keys": keys, "blobs": blobs}
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def live(directory: Path, seed: int) -> None:
    """Do everything that a daemon does in a long life."""
    bench = Workbench(directory, SETTINGS)
    edits = Edits(bench.root, seed)
    for number in range(ROUNDS):
        bench.reconcile()
        acknowledge(bench, embedded=False)
        bench.drain()
        acknowledge(bench, embedded=True)
        if number % 3 == 1:
            bench.project.parts.searcher.flush()
            bench.project.parts.store.collect_garbage(orphan_bytes=0)
        if number % 3 == 2:
            bench.project.parts.store.compact()
            bench.restart()
        for _ in range(4):
            edits.step()
    bench.close()


def sort_vectors_later() -> None:
    """Take every write of vectors for a batch, and sort few of them in at once."""
    arrivals.ARRIVING_TOGETHER, arrivals.SORTED_TOGETHER = 1, 8


def leave_keys_for_later() -> None:
    """Compute keys some at a time, however few are marked."""
    Index.__init__.__kwdefaults__["at_once"] = 0
    Index.compute_keys.__defaults__ = (2,)


def die(place: str, name: str, which: int, seed: int) -> None:
    """Live and die in this process; what it says goes to a file."""
    said = os.open(Path(place, "said"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    signal.alarm(PATIENCE)
    leave_keys_for_later()
    sort_vectors_later()
    arm(POINTS[name], which)
    live(Path(place), seed)


if __name__ == "__main__":
    for line in sys.stdin:
        if child := os.fork():
            sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
            sys.stdout.flush()
            continue
        try:
            die(*json.loads(line))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
