"""Invariant I5: neither the order of files nor how they are grouped, nor Python's hash seed, can be seen."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from libraries import PYTHON
from projects import Project

from codegraph.core.changes import ChangeSet
from codegraph.graph.compare import differences, is_equal

DIGEST = """
import hashlib, random, sys
sys.path.insert(0, {tests!r})
from test_model_order import library
from projects import Project
project = Project(library(random.Random(4)))
project.change({{"lib/core.py": None, "app.py": "from lib import *\\n"}})
snapshot = project.index.snapshot
questions = (snapshot.dependencies, snapshot.dependents, snapshot.wanted)
whole = [(symbol.id, *(question(symbol.id) for question in questions)) for symbol in snapshot.symbols()]
stored = [project.index.stored_links(path) for path in sorted(snapshot.files)]
print(hashlib.sha256(repr((whole, stored, project.delta.marked, project.delta.relinked)).encode()).hexdigest())
"""


def library(choose: random.Random) -> dict[str, str]:
    """Return a random library."""
    return {path: PYTHON.text(path, choice) for path, choice in PYTHON.draw(choose).items()}


def test_the_order_of_files_does_not_matter() -> None:
    """The same change set in any order gives the same state and the same delta."""
    choose = random.Random(2)
    for _ in range(10):
        files, edit = library(choose), library(choose)
        results = []
        for _ in range(3):
            project = Project()
            deltas = []
            for changes in (files, edit):
                items = list(project.change_set(changes).files.items())
                choose.shuffle(items)
                delta = project.index.apply(ChangeSet(dict(items)))
                deltas.append((delta.added, delta.removed, delta.relinked, delta.touched, delta.marked, delta.keys))
            results.append((project, deltas))
        for project, deltas in results[1:]:
            assert deltas == results[0][1]
            assert is_equal(differences(project.index, results[0][0].index))


def test_split_and_merged_change_sets_end_alike() -> None:
    """One change set, or one per file, or anything between: the end is the same."""
    choose = random.Random(3)
    for _ in range(10):
        files = {**dict.fromkeys(library(choose)), **library(choose)}
        whole, split = Project(files), Project(library(choose))
        paths = list(files)
        choose.shuffle(paths)
        while paths:
            group = [paths.pop() for _ in range(min(len(paths), choose.randrange(1, 4)))]
            split.change({path: files[path] for path in group})
        assert is_equal(differences(whole.index, split.index))


def test_the_hash_seed_does_not_matter() -> None:
    """State, delta and stored bytes are the same in interpreters that hash strings differently."""
    here = Path(__file__).parent
    script = DIGEST.format(tests=str(here))
    found = set()
    for seed in ("0", "1", "77"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([str(here.parent), *sys.path]),
        }
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1
