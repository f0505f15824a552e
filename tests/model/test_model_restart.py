"""Invariant I10 for the index: a warm start between any two changes makes no difference."""

from __future__ import annotations

import random

import pytest
from libraries import PYTHON
from projects import Project

from codegraph.core.facts import encode
from codegraph.core.symbols import EmbeddingKey
from codegraph.graph.compare import differences, is_equal
from codegraph.graph.file_view import FileView, StoredFile, stored_file


def stored(view: FileView, links: bytes) -> StoredFile:
    """Return a file as the store would give it back."""

    def keys() -> tuple[EmbeddingKey, ...]:
        return view.keys

    return stored_file(view.path, view.blob, view.language, encode(view.outline), links, keys)


def restarted(project: Project, is_trusted: bool) -> None:
    """Replace the index by one that is restored from what is stored of it, perhaps without looking at all of it."""
    old = project.index
    views = old.snapshot.files
    project.index = project.new_index()
    project.index.restore(
        [stored(view, old.stored_links(path)) for path, view in views.items()],
        old.snapshot.clock.revision,
        old.snapshot.counts if is_trusted else None,
    )
    if not is_trusted:  # comparing decodes everything
        assert is_equal(differences(old, project.index))


@pytest.mark.parametrize("is_trusted", [True, False])
def test_restarts_between_changes_do_not_matter(is_trusted: bool) -> None:
    """Two indexes follow the same history, one of them restarted before every change: deltas and states agree."""
    choose = random.Random(6)
    for _ in range(8):
        choices = PYTHON.draw(choose)
        files = {path: PYTHON.text(path, choice) for path, choice in choices.items()}
        steady, restarting = Project(files), Project(files)
        for _ in range(10):
            path, place, variant = choose.choice(PYTHON.edits)
            choices[path][place] = variant
            change = {path: None if choose.random() < 0.2 else PYTHON.text(path, choices[path])}
            restarted(restarting, is_trusted)
            ours, theirs = steady.change(change), restarting.change(change)
            assert (ours.revision, ours.keys, ours.marked, ours.cut) == (
                theirs.revision,
                theirs.keys,
                theirs.marked,
                theirs.cut,
            )
            assert is_equal(differences(steady.index, restarting.index))
            assert is_equal(differences(restarting.index, restarting.clean()))
