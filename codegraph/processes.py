"""Starting processes of our own without running anybody else's code, and out of the keyboard's reach.

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
import signal
import sys
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path

SAFE_PATH = "PYTHONSAFEPATH"

PRIVATE = 0o077
"""The umask of processes that write state: it quotes from sources that others may not read."""

_YOUNG = 10_000
"""Containers between two looks at the youngest: less than a millisecond each."""
_MOST_ROUNDS = 3
_NEVER = 1_000_000_000
_M_ARENA_MAX = -8
_MADV_DONTNEED = 4


def spawn_context() -> SpawnContext:
    """Return the context whose processes, and whose resource tracker, do not look into the working directory."""
    os.environ[SAFE_PATH] = "1"
    return multiprocessing.get_context("spawn")


def start_process(process: BaseProcess) -> None:
    """Start a process that an interrupt from the keyboard does not reach, not even while its interpreter starts.

    Whoever starts it decides what an interrupt means. A blocked signal stays blocked in what a thread starts
    (sigprocmask(2)); systems without that leave it to the process itself, once it runs.
    """
    if not hasattr(signal, "pthread_sigmask"):
        process.start()
        return
    resource_tracker.ensure_running()  # which lets the signal through again when it has started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs this package's command in a fresh interpreter."""
    return [sys.executable, "-P", "-m", "codegraph", *arguments]


def descendants() -> list[int]:
    """Return the ids of all processes below this one, parents first.

    Linux lists the children of each thread (proc(5)); elsewhere every process of the machine is looked at.
    """
    own = os.getpid()
    if not Path(f"/proc/{own}/task/{own}/children").exists():
        import psutil

        return [child.pid for child in psutil.Process(own).children(recursive=True)]
    found = [own]
    for process in found:
        with suppress(OSError):  # it ended meanwhile
            for thread in Path(f"/proc/{process}/task").iterdir():
                with suppress(OSError):  # so did this thread; the children of the others are still there
                    found += map(int, (thread / "children").read_text().split())
    return found[1:]


def calm_collector() -> None:
    """Let the cyclic collector look less often: an index makes millions of objects, and none of them in cycles.

    With Python's own thresholds it added 30 to 80 % to the time of linking a large tree. What survives a look is not
    looked at again by itself, because that would hold everybody up for as long as the index is large: half a second
    for 100,000 symbols. `settle_collector` sees to it.
    """
    gc.set_threshold(_YOUNG, _NEVER, _NEVER)


def settle_collector() -> None:
    """Collect what became garbage since the last call, and spare the rest further looks; a few milliseconds at most.

    After a bulk load nothing is looked at: what a first index makes is no garbage.
    """
    rounds = gc.get_count()[1]
    if rounds:
        if rounds <= _MOST_ROUNDS:
            gc.collect(1)
        gc.freeze()


def share_arenas() -> None:
    """Let all threads allocate from two arenas, where the C library is glibc (mallopt(3)); before threads start.

    With one arena a thread, what the eight threads of a daemon free lies scattered and stays resident.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 2)


def give_memory_back(mapped: Path | None = None) -> None:
    """Ask the system to take back what this process does not need at the moment.

    Freed blocks, where the C library can (malloc_trim(3) of glibc): after a first index about a fifth of the
    daemon's resident memory. And the pages of files that are only read through their maps (madvise(2),
    MADV_DONTNEED), of `mapped` or of all below it: they stay in the system's cache, and come back when they are read.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        trim = getattr(library, "malloc_trim", None)
        if trim is not None:
            trim(0)
        if mapped is not None:
            for start, length in _maps_of(mapped):
                library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _MADV_DONTNEED)


def _maps_of(place: Path) -> list[tuple[int, int]]:
    """Return address and length of every shared, read-only map of a file, or of files below (proc_pid_maps(5))."""
    file = os.fspath(place)
    found = []
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[1] == "r--s" and (fields[5] == file or fields[5].startswith(f"{file}/")):
            start, end = (int(address, 16) for address in fields[0].split("-"))
            found.append((start, end - start))
    return found
