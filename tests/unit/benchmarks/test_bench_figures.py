"""Figures: percentiles are measured values, verdicts follow targets, the table says what was missed."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, percentile, sampled, spread_of, table


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 1.0), (0.01, 1.0), (0.5, 2.0), (0.51, 3.0), (0.95, 4.0), (1.0, 4.0)]
)
def test_percentiles_are_nearest_rank(share, expected):
    """A percentile is a value that was measured, never one in between."""
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == expected


def test_no_samples_have_no_percentile():
    """An empty measurement is an error, not a zero."""
    with pytest.raises(ValueError):
        spread_of([])


def test_spread_sorts_its_samples():
    """The order in which samples come does not matter."""
    spread = spread_of([5.0, 1.0, 3.0])
    assert (spread.count, spread.minimum, spread.p50, spread.maximum) == (3, 1.0, 3.0, 5.0)


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure(name="a", value=5.0, unit="ms", target=5.0), True),
        (Figure(name="a", value=5.1, unit="ms", target=5.0), False),
        (Figure(name="a", value=5.1, unit="/s", target=5.0, at_least=True), True),
        (Figure(name="a", value=4.9, unit="/s", target=5.0, at_least=True), False),
        (Figure(name="a", value=0.0, unit="", target=0.0), True),
        (Figure(name="a", value=5.0, unit="ms"), None),
    ],
)
def test_targets_are_ceilings_unless_they_are_floors(figure, met):
    """A value on the target meets it; without a target there is no verdict."""
    assert figure.met is met


def test_ratio_needs_a_baseline():
    """The ratio is value by baseline, and nothing without one."""
    assert Figure(name="a", value=6.0, unit="s", baseline=4.0, baseline_name="b").ratio == 1.5
    assert Figure(name="a", value=6.0, unit="s").ratio is None


def test_a_99th_percentile_takes_a_hundred_samples():
    """P99 of fewer samples is only the maximum, so it is not given."""
    assert [figure.name for figure in sampled("x", range(99), "ms")] == ["x.p50", "x.p95"]
    assert [figure.name for figure in sampled("x", range(100), "ms")] == ["x.p50", "x.p95", "x.p99"]


def test_targets_belong_to_percentiles():
    """Each percentile is held against its own target."""
    p50, p95 = sampled("x", [1.0, 2.0, 30.0], "ms", {"p50": 5.0})
    assert (p50.met, p95.met) == (True, None)


def test_table_names_what_is_missed_and_compared():
    """A reader sees value, target, verdict and ratio of each figure on its line."""
    shown = table(
        [
            Figure(name="fast", value=1.25, unit="ms", target=2.0, baseline=5.0, baseline_name="the limit"),
            Figure(name="slow", value=1234.5, unit="ms", target=50.0),
        ]
    )
    fast, slow = shown.splitlines()[1:]
    assert fast.split() == ["fast", "1.25", "ms", "<=", "2", "met", "0.25", "x", "the", "limit"]
    assert "MISSED" in slow
    assert "1,234 ms" in slow
