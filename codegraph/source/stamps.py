"""When stat may be believed: the racy-git rule.

A file's *stamp* is what stat said when its bytes were read. An equal stamp proves equal bytes only
if any later write must have given a different one. Timestamps advance in ticks, so a write in the
tick of the read leaves the stamp as it was. Hence a stamp is *trusted* only if both of its times lie
at least one tick before the moment at which the read began (`trusted_after_ns`, Unix clock). The
moment of the commit would be too late: a write between read and commit, in the tick of the read,
would pass unseen for ever. Untrusted files are read again and compared by content.

A network server whose clock runs behind ours by more than a tick defeats the rule for writes within
that difference; the watcher's events still report them. Tests: tests/unit/source/test_source_stamps.py.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from codegraph.core.changes import Stamp
from codegraph.core.symbols import BlobDigest

FINE_TICK_NS = 20_000_000
"""Above the 10 ms of the slowest kernel tick that file systems take their clock from."""
COARSE_TICK_NS = 2_100_000_000
"""FAT stores even seconds; a stamp of whole seconds is taken to come from such a file system."""
_SECOND_NS = 1_000_000_000


class KnownFile(NamedTuple):
    """What the index knows of a file's place on disk."""

    stamp: Stamp
    blob: BlobDigest
    trusted_after_ns: int
    """`SourceFile.trusted_after_ns` of the read that this record was made from."""

    def vouches_for(self, stamp: Stamp) -> bool:
        """True if a file that has this stamp now certainly has the bytes that were read."""
        return stamp == self.stamp and is_settled(stamp.mtime_ns, stamp.ctime_ns, self.trusted_after_ns)


def is_settled(mtime_ns: int, ctime_ns: int, now_ns: int) -> bool:
    """Say whether a write from now on gives a file with these times other ones."""
    coarse = mtime_ns % _SECOND_NS == 0 and ctime_ns % _SECOND_NS == 0
    return max(mtime_ns, ctime_ns) + (COARSE_TICK_NS if coarse else FINE_TICK_NS) < now_ns


def stamp_of(status: os.stat_result) -> Stamp:
    """Take the four values that identify a state of a file."""
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
