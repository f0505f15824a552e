"""Figures of the cache: only tiers that were asked have a look-up time."""

from __future__ import annotations

from types import SimpleNamespace

from benchmarks.cache import figures_of
from codegraph.daemon.reports import TierFigures

ASKED = TierFigures(entries=200, bytes=1, limit_bytes=2, hits=3, misses=1, evictions=4, lookup_microseconds=25.0)
IDLE = TierFigures(entries=200, bytes=1, limit_bytes=2, hits=0, misses=0, evictions=0, lookup_microseconds=0.0)


def test_tiers_are_held_against_their_own_targets():
    """25 us are too much for the hot tier and little for the cold one; evictions are a share of what is kept."""
    figures = {figure.name: figure for figure in figures_of(SimpleNamespace(hot=ASKED, cold=ASKED))}
    assert (figures["cache.hot.lookup"].met, figures["cache.cold.lookup"].met) == (False, True)
    assert figures["cache.hot.evicted"].value == 2.0


def test_idle_tiers_have_no_figures():
    """A tier that nobody asked was not fast."""
    assert figures_of(SimpleNamespace(hot=IDLE, cold=IDLE)) == []
