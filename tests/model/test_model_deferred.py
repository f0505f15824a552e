"""Invariants I1 to I3 where keys are computed some at a time, between changes and across them.

After every change, and after every slice, what the index says is either what a clean build says or openly unknown;
once nothing is owed any more, it is the clean build.
"""

from __future__ import annotations

from collections.abc import Mapping

from checked_project import CheckedProject
from test_model_index import IndexMachine, run

from codegraph.core.changes import IndexDelta
from codegraph.core.symbols import NO_KEY
from codegraph.graph.compare import differences, is_equal

SEAMS = {"at_once": 0}


class DeferringProject(CheckedProject):
    """Leaves every key for later that it can."""

    def change(self, changes: Mapping[str, str | None]) -> IndexDelta:
        """Apply a change set; compute none, some or all of the keys that are owed, by turns."""
        delta = self.project.change(changes)
        self.history.append(dict(self.project.files))
        assert set(delta.keys) <= set(delta.marked)
        assert set(delta.cut) == set(delta.marked) - set(delta.keys)
        assert set(delta.added) <= set(delta.keys)
        for _ in range(len(self.history) % 4):
            self.compare_known()
            self.compute(2)
        return delta

    def compute(self, limit: int) -> None:
        """Compute some keys: each belongs to somebody who was owed one, and each has a cause."""
        before = self.project.index.snapshot
        delta = self.project.index.compute_keys(limit)
        after = self.project.index.snapshot
        assert len(delta.marked) == min(limit, len(before.unkeyed))
        assert set(before.unkeyed) == {*after.unkeyed, *delta.marked}
        assert dict(delta.keys) == {symbol: after.wanted(symbol) for symbol in delta.keys}
        assert set(delta.cut) == set(delta.marked) - set(delta.keys)
        assert all(cause.rule in ("signature", "edges") for cause in delta.marked.values())
        assert before.clock == after.clock

    def compare_known(self) -> None:
        """Every key that the index gives is the clean build's."""
        ours, clean = self.project.index.snapshot, self.project.clean().snapshot
        for symbol in ours.symbols():
            expected = NO_KEY if symbol.id in ours.unkeyed else clean.wanted(symbol.id)
            assert ours.wanted(symbol.id) == expected, f"{symbol.id} is said to want a key that it does not"

    def compare(self) -> None:
        """Compare what is known; every third time, compute the rest and compare all (I1)."""
        self.compare_known()
        if len(self.history) % 3 == 0:
            while self.project.index.snapshot.unkeyed:
                self.compute(3)
            found = differences(self.project.index, self.project.clean())
            assert is_equal(found), found


class DeferringMachine(IndexMachine):
    """The same edits, on a project that computes keys later."""

    def __init__(self) -> None:
        super().__init__()
        self.checked = DeferringProject(**SEAMS)
        self.project = self.checked.project
        self.encoder = self.checked.encoder
        self.change = self.checked.change


def test_keys_that_are_computed_later_equal_a_clean_build() -> None:
    """I1 to I3, and never a key that does not hold, over random histories."""
    run(DeferringMachine, 25, 12)
