"""Death at every named place of the path: what was acknowledged is in the store, the rest is made up for (I7).

A child process (dying.py) kills itself at one place. Then the state it left is opened as any start does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from dying import POINTS, SETTINGS
from installation import LIBRARY, clock_of
from workbench import Workbench

from codegraph.events import Rebuilt

SEED = 5
DEEP = 6
"""How many calls of each place the long version dies at."""

RARE = {
    "between_slices_of_keys": 5,
    "between_keys_and_pending": 5,
    "amid_garbage_collection": 1,
    "amid_compaction": 4,
    "after_opening": 1,
    "while_opening": 4,
    "after_taking_the_lock": 2,
    "amid_flush": 5,
    "before_manifest": 3,
    "after_manifest": 3,
    "before_sealing": 2,
}
"""Places that are passed only so often in a child's life."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    """The process that forks the children, so that what they are made of is imported once."""
    path = os.pathsep.join((str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
    command = [sys.executable, str(Path(__file__).with_name("dying.py"))]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nursery:
        yield nursery


def die(nursery: subprocess.Popen[str], directory: Path, point: str, nth: int) -> list[dict[str, Any]]:
    """Let a child run until it is dead, and return what it acknowledged."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    shutil.copytree(LIBRARY / "json", directory / "tree" / "json", ignore=shutil.ignore_patterns("__pycache__"))
    print(json.dumps([str(directory), point, nth, SEED]), file=nursery.stdin, flush=True)
    code = int(nursery.stdout.readline())
    said = (directory / "said").read_bytes()
    assert code == -signal.SIGKILL, f"{point} was not passed {nth} times: {said.decode()[-2000:]}"
    return [msgspec.json.decode(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]


def check_aftermath(directory: Path, acknowledged: list[dict[str, Any]]) -> None:
    """Open the state: what was acknowledged is there before anything is read; after a look, all is well."""
    bench = Workbench(directory, SETTINGS)
    try:
        store = bench.project.parts.store
        embedded = {bytes.fromhex(key) for line in acknowledged for key in line["keys"]}
        if acknowledged:
            last = acknowledged[-1]
            clock = clock_of(last["clock"])
            assert store.instance == clock.instance
            assert store.revision >= clock.revision
            if store.revision == clock.revision:
                assert {path: file.blob.hex() for path, file in store.files().items()} == last["blobs"]
        wanted = {key for _, states in store.symbols() for state in states for key in (state.wanted, state.served)}
        assert embedded & wanted <= store.vector_keys()
        assert not bench.events_of(Rebuilt)
        bench.reconcile()
        bench.drain()
        assert not set(bench.embedded()) & embedded & wanted
        batches = len(bench.batches)
        bench.restart()
        bench.reconcile()
        assert len(bench.batches) == batches
        bench.check()
    finally:
        bench.close()


@pytest.mark.parametrize("point", POINTS)
def test_death_at_a_named_place(nursery: subprocess.Popen[str], tmp_path: Path, point: str) -> None:
    """Dying at this place, early in life, loses nothing acknowledged and needs no repair."""
    check_aftermath(tmp_path, die(nursery, tmp_path, point, min(2, RARE.get(point, 2))))


DEATHS = [(point, nth) for point in POINTS for nth in range(1, RARE.get(point, DEEP) + 1)]


@pytest.mark.slow
@pytest.mark.parametrize(("point", "nth"), DEATHS)
def test_death_at_a_named_place_again_and_again(
    nursery: subprocess.Popen[str], tmp_path: Path, point: str, nth: int
) -> None:
    """Dying there at any later time loses nothing acknowledged either."""
    check_aftermath(tmp_path, die(nursery, tmp_path, point, nth))
