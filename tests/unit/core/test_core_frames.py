"""Frames are read by several threads at once, and none is believed to be larger than it may be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import zstandard

from codegraph.core.frames import unpacked

FRAMES = {bytes([number]) * 50_000: zstandard.compress(bytes([number]) * 50_000) for number in range(40)}


def test_threads_do_not_disturb_one_another() -> None:
    """What several threads decompress at once is what each frame holds."""
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(unpacked, 5 * list(FRAMES.values()))) == 5 * list(FRAMES)


def test_frames_are_bounded() -> None:
    """A frame that is larger than allowed, or is none, is refused."""
    with pytest.raises(msgspec.DecodeError):
        unpacked(zstandard.compress(b"x" * 1001), 1000)
    with pytest.raises(msgspec.DecodeError):
        unpacked(b"no frame")
