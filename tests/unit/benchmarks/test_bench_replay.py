"""The account of a replay: sums, rates, and what counts as a difference."""

from __future__ import annotations

import msgspec

from benchmarks.replay import Replay, Step, totals, unequal

STEP = Step(
    commit="c",
    files_changed=3,
    files=2,
    touched=4,
    marked=10,
    cut_off=5,
    reused=1,
    embedded=4,
    symbols=100,
    revisions=1,
    milliseconds={"scan": 1.0, "total": 20.0},
    differences=0,
)


def test_totals_are_sums_and_rates():
    """Avoided: cut off or reused of marked. Reused: of changed keys. Kept: of all vectors that were wanted."""
    total = totals([STEP, msgspec.structs.replace(STEP, differences=None)], 0, 0, (0.1, 0.2))
    assert (total.commits, total.compared, total.marked, total.embedded) == (2, 1, 20, 8)
    assert (total.avoided_rate, total.reused_rate, total.kept_rate) == (0.6, 0.2, 0.96)
    assert total.milliseconds == {"scan": 2.0, "total": 40.0}


def test_rates_without_a_denominator_are_unknown():
    """Nothing marked is neither all avoided nor none."""
    assert totals([], 0, 0, (0.0, 0.0)).avoided_rate is None


def _replay(**changes: int) -> Replay:
    step = msgspec.structs.replace(STEP, differences=changes.get("differences", 0))
    total = totals([step], changes.get("independent", 0), changes.get("switched", 0), (0.0, 0.0))
    return Replay(repository="r", program="p", machine="m", load=(0, 0, 0), total=total, commits=(step,), examples=())


def test_any_difference_is_a_failure():
    """A difference to a clean build, to another process, or a vector computed for nothing: each one counts."""
    assert _replay().equal
    assert not _replay(differences=1).equal
    assert not _replay(independent=1).equal
    assert not _replay(switched=1).equal


def test_records_of_one_side_only_are_differences():
    """What only the incremental or only the clean side has is named, in a fixed order."""
    ours = {"symbol": {b"a", b"b"}, "edge": {b"x"}}
    assert unequal(ours, {"symbol": {b"b", b"c"}, "edge": {b"x"}}) == [
        "symbol only incremental: a",
        "symbol only clean: c",
    ]
    assert unequal(ours, ours) == []
