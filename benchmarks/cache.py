"""Claim: a vector that was ever computed on this machine is found again in microseconds.

Read from the daemon's own account (`status`) after edits were made and undone: what a look-up in the hot and
in the cold tier took on average, and how many vectors were evicted. Whether vectors are found again is
what `replay.py` shows over real commits. Tests: tests/unit/benchmarks/test_bench_cache.py.
"""

from __future__ import annotations

from benchmarks.figures import Figure
from codegraph.daemon.reports import StatusResult, TierFigures

HOT_TARGET_MICROSECONDS = 20.0
COLD_TARGET_MICROSECONDS = 1_000.0


def figures_of(status: StatusResult) -> list[Figure]:
    """Return the mean look-up times of the tiers that were asked, and the evictions as a share of what is kept."""
    tiers = (("hot", status.hot, HOT_TARGET_MICROSECONDS), ("cold", status.cold, COLD_TARGET_MICROSECONDS))
    return [figure for name, tier, target in tiers for figure in _of_tier(name, tier, target)]


def _of_tier(name: str, tier: TierFigures, target: float) -> list[Figure]:
    lookups = tier.hits + tier.misses
    if not lookups:
        return []
    note = f"{tier.hits:,} hits of {lookups:,}"
    return [
        Figure(name=f"cache.{name}.lookup", value=tier.lookup_microseconds, unit="us", target=target, note=note),
        Figure(name=f"cache.{name}.evicted", value=100 * tier.evictions / max(1, tier.entries), unit="%"),
    ]
