"""When an equal stamp proves equal bytes."""

from __future__ import annotations

from codegraph.core.changes import Stamp
from codegraph.core.symbols import BlobDigest
from codegraph.source.stamps import COARSE_TICK_NS, FINE_TICK_NS, KnownFile

T = 1_700_000_000_123_456_789
BLOB = BlobDigest(b"")


def test_trusted_only_one_tick_later() -> None:
    """Both times must lie more than a tick before the read; a record without a time is never trusted."""
    stamp = Stamp(T, T, 10, 1)
    assert KnownFile(stamp, BLOB, T + FINE_TICK_NS + 1).vouches_for(stamp)
    assert not KnownFile(stamp, BLOB, T + FINE_TICK_NS).vouches_for(stamp)
    assert not KnownFile(stamp, BLOB, 0).vouches_for(stamp)
    late_change = Stamp(T - 10 * FINE_TICK_NS, T, 10, 1)
    assert not KnownFile(late_change, BLOB, T + 1).vouches_for(late_change)


def test_any_difference_counts() -> None:
    """A different time, size or inode is a different file."""
    known = KnownFile(Stamp(T, T, 10, 1), BLOB, T + 10**12)
    for other in (Stamp(T + 1, T, 10, 1), Stamp(T, T + 1, 10, 1), Stamp(T, T, 11, 1), Stamp(T, T, 10, 2)):
        assert not known.vouches_for(other)


def test_whole_seconds_mean_a_coarse_clock() -> None:
    """Stamps without a fraction come from file systems that tick in seconds, and need longer."""
    second = T - T % 10**9
    stamp = Stamp(second, second, 10, 1)
    assert not KnownFile(stamp, BLOB, second + 10**9).vouches_for(stamp)
    assert KnownFile(stamp, BLOB, second + COARSE_TICK_NS + 1).vouches_for(stamp)
