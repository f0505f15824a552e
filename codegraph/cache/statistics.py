"""What a tier has counted since it was opened. Tests: tests/unit/cache/test_cache_tiers.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TierStatistics:
    """One look at one tier; keys are counted, not calls."""

    entries: int = 0
    bytes: int = 0
    limit_bytes: int = 0
    hits: int = 0
    misses: int = 0
    evictions: int = 0
    errors: int = 0
    """Operations that failed, and entries that were refused."""
    lookup_seconds: float = 0.0
    """Time spent on hits and misses together."""
    disabled: str = ""
    """Why the tier does nothing; "" when it works."""


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """Both tiers. A key missed in the hot tier is looked up in the cold one."""

    hot: TierStatistics
    cold: TierStatistics
