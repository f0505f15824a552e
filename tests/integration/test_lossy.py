"""Events may be lost, repeated and reordered; a comparison of the tree makes up for all of it (invariant I9).

A programmer's edits (edits.py) are reported to the project by a watcher that drops, repeats and reorders
hints as a seed says. After a loss was reported, or after the periodic comparison, the project must equal
a clean build; in between it may lag behind, but never fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from edits import Edits
from installation import LIBRARY
from workbench import Workbench

from codegraph.source.fake import FakeWatcher, LossyWatcher
from codegraph.source.hints import Hint, Loss

PERIOD = 600.0

Sight = dict[str, tuple[int, int, int]]


class Lossy:
    """A project whose watcher cannot be relied on."""

    def __init__(self, directory: Path, seed: int, *, drop: float = 0.4) -> None:
        shutil.copytree(LIBRARY / "json", directory / "tree" / "json", ignore=shutil.ignore_patterns("__pycache__"))
        self.reliable = FakeWatcher()
        self.watcher = LossyWatcher(self.reliable, seed, drop=drop, repeat=0.3, reorder=0.5)
        settings = {"watch.reconcile_seconds": PERIOD}
        self.bench = Workbench(directory, settings, make={"watcher": lambda *_: self.watcher})
        self.bench.turn()
        self.edits = Edits(self.bench.root, seed)

    def edit(self, times: int) -> None:
        """Edit, and have each edit reported after a fashion."""
        for _ in range(times):
            before = self.look()
            self.edits.step()
            after = self.look()
            changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
            directories = {path for path in changed if (self.bench.root / path).is_dir() or path not in after}
            self.reliable.push(*(Hint(path, path in directories) for path in changed))
            self.bench.turn()

    def look(self) -> Sight:
        """Return what the system shows of every file and directory."""
        sight = {}
        for place in sorted(self.bench.root.rglob("*")):
            status = place.lstat()
            sight[os.fspath(place.relative_to(self.bench.root))] = (status.st_ino, status.st_size, status.st_mtime_ns)
        return sight


@pytest.fixture
def lossy(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Lossy]:
    """A project under one of many seeds."""
    lossy = Lossy(tmp_path, request.param)
    yield lossy
    lossy.bench.close()


SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 40))]


@pytest.mark.parametrize("lossy", SEEDS, indirect=True)
def test_a_reported_loss_makes_up_for_lost_hints(lossy: Lossy) -> None:
    """Once a loss is reported, the state equals a clean build, time and again."""
    for _ in range(3):
        lossy.edit(12)
        lossy.reliable.push(Loss("overflow", "the test says so"))
        lossy.bench.turn()
        lossy.bench.drain()
        lossy.bench.check()
    assert lossy.watcher.dropped


@pytest.mark.parametrize("lossy", SEEDS, indirect=True)
def test_the_periodic_comparison_makes_up_for_unreported_losses(lossy: Lossy) -> None:
    """Even if nobody notices that hints are missing, the state equals a clean build after a period of quiet."""
    lossy.edit(20)
    lossy.watcher.release()
    lossy.bench.turn()
    lossy.bench.now += PERIOD
    lossy.bench.turn()
    lossy.bench.drain()
    lossy.bench.check()


@pytest.mark.parametrize("lossy", SEEDS, indirect=True)
def test_a_restart_makes_up_for_lost_hints(lossy: Lossy) -> None:
    """What was lost when the project was closed is found when it is opened."""
    lossy.edit(12)
    lossy.bench.restart()
    lossy.bench.turn()
    lossy.bench.drain()
    lossy.bench.check()


def test_repeated_and_reordered_hints_are_enough(tmp_path: Path) -> None:
    """As long as no hint is dropped, no comparison is needed: the order and number of hints do not matter."""
    lossy = Lossy(tmp_path, seed=1, drop=0.0)
    try:
        for _ in range(3):
            lossy.edit(10)
            lossy.watcher.release()
            lossy.bench.turn()
            lossy.bench.drain()
            lossy.bench.check()
    finally:
        lossy.bench.close()
