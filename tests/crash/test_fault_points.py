"""Death at every named place of the path: what was acknowledged is in the store, the rest is made up for (I7).

A child process (dying.py) kills itself at one place. Then the state it left is opened as any start does.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from dying import POINTS, SETTINGS
from installation import LIBRARY, PATIENCE, clock_of
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


def die(directory: Path, point: str, nth: int) -> list[dict[str, Any]]:
    """Run the child until it is dead, and return what it acknowledged."""
    shutil.copytree(LIBRARY / "json", directory / "tree" / "json", ignore=shutil.ignore_patterns("__pycache__"))
    path = os.pathsep.join((str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
    child = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("dying.py")), str(directory), point, str(nth), str(SEED)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, f"{point} was not passed {nth} times: {child.stderr.decode()[-2000:]}"
    return [msgspec.json.decode(line) for line in child.stdout.splitlines(keepends=True) if line.endswith(b"\n")]


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
def test_death_at_a_named_place(tmp_path: Path, point: str) -> None:
    """Dying at this place, early in life, loses nothing acknowledged and needs no repair."""
    check_aftermath(tmp_path, die(tmp_path, point, min(2, RARE.get(point, 2))))


DEATHS = [(point, nth) for point in POINTS for nth in range(1, RARE.get(point, DEEP) + 1)]


@pytest.mark.slow
@pytest.mark.parametrize(("point", "nth"), DEATHS)
def test_death_at_a_named_place_again_and_again(tmp_path: Path, point: str, nth: int) -> None:
    """Dying there at any later time loses nothing acknowledged either."""
    check_aftermath(tmp_path, die(tmp_path, point, nth))
