"""zstd frames that state their size, decompressed no further than that.

Tests: tests/unit/core/test_core_frames.py.
"""

from __future__ import annotations

from threading import local

import msgspec
import zstandard

MAX_DECODED_BYTES = 1 << 27
"""No part of a file's facts is larger; a frame that says otherwise is not unpacked."""


class _PerThread(local):
    """Making a decompressor takes twice as long as what it does for a file; two threads may not share one."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor()


_own = _PerThread()


def unpacked(frame: bytes, most: int = MAX_DECODED_BYTES) -> bytes:
    """Decompress one zstd frame that states its size, at most that many bytes; raises msgspec.DecodeError."""
    try:
        size = zstandard.frame_content_size(frame)
        if not 0 <= size <= most:
            raise msgspec.DecodeError(f"a frame of {size} bytes is not accepted")
        return _own.decompressor.decompress(frame, max_output_size=most)
    except zstandard.ZstdError as error:
        raise msgspec.DecodeError(f"no zstd frame: {error}") from error
