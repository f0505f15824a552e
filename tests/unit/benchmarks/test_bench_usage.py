"""Accounts of processes: children count, failures keep their words, a program that hangs is ended."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.memory import wait_until_at_rest
from benchmarks.usage import run_measured, tree_bytes, tree_cpu_seconds

BUSY = "import time\nwhile time.process_time() < 0.3: pass"


def test_cpu_of_children_counts(tmp_path):
    """A program that lets a child work is charged with what the child used."""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}], check=True); print('done')"
    usage = run_measured([sys.executable, "-c", parent], tmp_path)
    assert (usage.code, usage.output) == (0, "done\n")
    assert usage.cpu_seconds >= 0.3


def test_memory_is_that_of_the_program(tmp_path):
    """A program that holds a hundred megabytes is seen to hold them, by a process that is small itself."""
    holding = "x = b'x' * 100_000_000"
    measuring = (  # what a process starts begins with the memory of that process, and the kernel counts it
        "import sys, pathlib; from benchmarks.usage import run_measured;"
        "print(run_measured([sys.executable, '-c', sys.argv[1]], pathlib.Path(sys.argv[2])).own_peak_bytes)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measuring, holding, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert 100_000_000 < int(done.stdout) < 1_000_000_000


def test_failures_tell_their_reason(tmp_path):
    """What a failing program wrote to standard error is kept."""
    usage = run_measured([sys.executable, "-c", "import sys; print('out'); sys.exit('because')"], tmp_path)
    assert usage.code == 1
    assert usage.output.splitlines() == ["out", "because"]


def test_a_program_that_hangs_is_ended(tmp_path):
    """Benchmarks come to an end."""
    with pytest.raises(TimeoutError):
        run_measured([sys.executable, "-c", "import signal; signal.pause()"], tmp_path, timeout=0.2)


def test_a_running_tree_can_be_read():
    """The account of a living process covers itself; one that is gone takes no memory."""
    total, own = tree_bytes(os.getpid())
    assert total >= own > 0
    assert tree_cpu_seconds(os.getpid()) > 0
    assert tree_bytes(2**22 + 1) == (0, 0)


def test_memory_is_read_at_rest(monkeypatch):
    """A process is at rest when it has used no processor time for several looks in a row; a pause is no rest."""
    seconds = iter([0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0])
    looks = []
    monkeypatch.setattr("benchmarks.memory.time.sleep", looks.append)

    class Process:
        def cpu_times(self):
            return (next(seconds), 0.0, 0.0, 0.0)

    wait_until_at_rest(Process())
    assert len(looks) == 8
    assert next(seconds) == 3.0
