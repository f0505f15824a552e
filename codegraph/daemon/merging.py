"""Merging the lexical index in a process beside the daemon: queries do not wait for it, however large it is.

A merge is one process from its start to its end, from files to a file; what it makes gets its name here, once it has
ended well, so that a process that outlives its daemon can touch nothing of the next one.
Tests: tests/unit/daemon/test_daemon_merging.py.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.context import SpawnProcess
from pathlib import Path

from codegraph.processes import spawn_context, start_process
from codegraph.search.segment_file import StoredSegment
from codegraph.search.segment_writer import merge_files

logger = logging.getLogger(__name__)


class MergeProcess:
    """Merges segments as `search.lexical.MergeFiles` says; one at a time, until it is closed."""

    def __init__(self, nice: int = 0) -> None:
        """`nice` is added to the processes' niceness."""
        self._nice = nice
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._closed = False

    def __call__(self, directory: Path, parts: Sequence[StoredSegment], name: str) -> bool:
        """Merge segments of the directory into a file there; False when it was closed, or the process failed."""
        beside = f"merged-{os.getpid()}-{name}"
        process = spawn_context().Process(
            target=_merge, args=(directory, parts, beside, self._nice), name="merge", daemon=True
        )
        with self._lock:
            if self._closed:
                return False
            self._process = process
            start_process(process)
        process.join()
        with self._lock:
            self._process = None
            if process.exitcode != 0:
                if not self._closed:
                    logger.warning(
                        "the lexical index stays in %d parts: their merge ended with %s", len(parts), process.exitcode
                    )
                return False
        (directory / beside).replace(directory / name)
        return True

    def close(self) -> None:
        """Break off what runs, and merge nothing any more."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()


def _merge(directory: Path, parts: Sequence[StoredSegment], name: str, nice: int) -> None:
    """Merge; the process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon decides what an interrupt means
    os.nice(nice)
    merge_files(directory, parts, name)
