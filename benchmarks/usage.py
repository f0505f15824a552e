"""What a program and all its child processes consumed: wall time, CPU seconds, peak memory.

CPU seconds come from the kernel's account of a process that has ended and of the children that it
waited for, so they are exact. Memory is sampled: every 50 ms the resident sets of the whole process tree
are summed, and for each process its own peak is read from the kernel. The sum counts pages that
processes share once for each of them, so it errs on the high side.
Tests: tests/unit/benchmarks/test_bench_usage.py.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Usage:
    """One run of a program."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """Of the whole tree of processes at one moment."""
    own_peak_bytes: int
    """Of the first process alone."""
    output: str
    code: int


class MemoryProbe:
    """Watches the memory of a tree of processes from a thread of its own."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self.own_peak_bytes = 0
        self._pid = pid
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no further samples."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            total, own = tree_bytes(self._pid)
            self.peak_bytes = max(self.peak_bytes, total)
            self.own_peak_bytes = max(self.own_peak_bytes, own)
            self._stopped.wait(SAMPLE_SECONDS)


def tree_bytes(pid: int) -> tuple[int, int]:
    """Return the resident bytes of a process with all its descendants, and of it alone; zeros if it is gone."""
    try:
        first = psutil.Process(pid)
        own = first.memory_info().rss
        total = own
        for child in first.children(recursive=True):
            try:
                total += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue  # it ended between the listing and the question
    except psutil.NoSuchProcess:
        return 0, 0
    return total, own


def tree_cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a running process, its living descendants and those it has waited for."""
    first = psutil.Process(pid)
    total = 0.0
    for process in (first, *first.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue  # it ended between the listing and the question
        total += times.user + times.system + times.children_user + times.children_system
    return total


def run_measured(
    command: Sequence[str], directory: Path, environment: Mapping[str, str] | None = None, timeout: float = 3_600.0
) -> Usage:
    """Run a program to its end and account for it; standard error is part of `output` if it fails.

    Raises TimeoutError when it takes longer, after killing it.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        probe = MemoryProbe(process.pid)
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()  # whoever interrupts the measurement does not want the program to go on
            raise
        seconds = time.perf_counter() - started
        timer.cancel()
        probe.stop()
        process.returncode = code = os.waitstatus_to_exitcode(status)
        if code < 0 and seconds >= timeout:
            raise TimeoutError(f"{command[0]} took longer than {timeout:g} s")
        text = _text(output) if code == 0 else _text(output) + _text(errors)
    return Usage(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=probe.peak_bytes,
        own_peak_bytes=max(probe.own_peak_bytes, usage.ru_maxrss * 1_024 if code == 0 else 0),
        output=text,
        code=code,
    )


def _text(stream: object) -> str:
    stream.seek(0)  # type: ignore[attr-defined]
    return bytes(stream.read()).decode("utf-8", "replace")  # type: ignore[attr-defined]
