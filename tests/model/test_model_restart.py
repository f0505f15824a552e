"""Invariant I10 for the index: a warm start between any two changes makes no difference."""

from __future__ import annotations

import random

from libraries import PYTHON
from projects import Project

from codegraph.graph.compare import differences, is_equal
from codegraph.graph.stored import StoredFile


def restarted(project: Project) -> None:
    """Replace the index by one that is restored from what is stored of it."""
    old = project.index
    views = old.snapshot.files
    project.index = project.new_index()
    project.index.restore(
        [StoredFile(path, view.blob, view.outline, old.stored_links(path), view.keys) for path, view in views.items()],
        old.snapshot.clock.revision,
    )
    assert is_equal(differences(old, project.index))


def test_restarts_between_changes_do_not_matter() -> None:
    """Two indexes follow the same history, one of them restarted before every change: deltas and states agree."""
    choose = random.Random(6)
    for _ in range(12):
        choices = PYTHON.draw(choose)
        files = {path: PYTHON.text(path, choice) for path, choice in choices.items()}
        steady, restarting = Project(files), Project(files)
        for _ in range(10):
            path, place, variant = choose.choice(PYTHON.edits)
            choices[path][place] = variant
            change = {path: None if choose.random() < 0.2 else PYTHON.text(path, choices[path])}
            restarted(restarting)
            ours, theirs = steady.change(change), restarting.change(change)
            assert (ours.revision, ours.keys, ours.marked, ours.cut) == (
                theirs.revision,
                theirs.keys,
                theirs.marked,
                theirs.cut,
            )
            assert is_equal(differences(steady.index, restarting.index))
            assert is_equal(differences(restarting.index, restarting.clean()))
