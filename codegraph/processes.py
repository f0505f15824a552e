"""Starting processes of our own without running anybody else's code.

A spawned interpreter puts the working directory first on its module path before it has read a line of
ours. Started from inside a project, it would import that project's `types.py` instead of Python's own:
the files we index are data, never code. So every process that we start is told to keep its path safe
(PYTHONSAFEPATH, Python 3.11; `-P` on a command line). Tests: tests/unit/test_processes.py.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import sys
from multiprocessing.context import SpawnContext

SAFE_PATH = "PYTHONSAFEPATH"


def spawn_context() -> SpawnContext:
    """Return the context whose processes, and whose resource tracker, do not look into the working directory."""
    os.environ[SAFE_PATH] = "1"
    return multiprocessing.get_context("spawn")


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs this package's command in a fresh interpreter."""
    return [sys.executable, "-P", "-m", "codegraph", *arguments]


def calm_collector() -> None:
    """Let the cyclic collector look less often: an index makes millions of objects, and none of them in cycles.

    With Python's own thresholds it added 30 to 80 % to the time of linking a large tree.
    """
    gc.set_threshold(100_000, 50, 100)


def give_memory_back() -> None:
    """Ask the C library to return freed memory to the system, where it can (malloc_trim(3) of glibc).

    After a first index about a fifth of the daemon's resident memory is freed blocks between used ones.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        trim = getattr(library, "malloc_trim", None)
        if trim is not None:
            trim(0)
