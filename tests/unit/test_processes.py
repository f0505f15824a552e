"""Processes of ours never run code of the project they were started in."""

from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from codegraph.processes import descendants, give_memory_back, own_command, spawn_context, start_process

INTERRUPTED = """
import os, signal, sys
sys.path.insert(0, {package!r})
import codegraph.processes as processes
if __name__ == "__main__":
    process = processes.spawn_context().Process(target=print, args=("done",))
    processes.start_process(process)
    os.kill(process.pid, signal.SIGINT)
    process.join(60)
    sys.exit(process.exitcode)
"""

CHILD = """
import sys
sys.path.insert(0, {package!r})
from codegraph.processes import give_memory_back, spawn_context
if __name__ == "__main__":
    process = spawn_context().Process(target=print, args=("clean",))
    process.start()
    process.join(60)
    sys.exit(process.exitcode)
"""


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A project whose modules have the names of Python's own, and betray that they were run."""
    for name in ("types", "threading", "functools", "codegraph"):
        (tmp_path / f"{name}.py").write_text('raise SystemExit("code of the project was run")\n')
    return tmp_path


def test_spawned_processes_do_not_import_from_the_working_directory(trapped: Path, tmp_path_factory) -> None:
    """A worker that is spawned inside a project with a `types.py` runs Python's own `types`."""
    script = tmp_path_factory.mktemp("script") / "child.py"
    script.write_text(CHILD.format(package=os.fspath(Path(__file__).resolve().parents[2])))
    done = subprocess.run([sys.executable, "-P", os.fspath(script)], cwd=trapped, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "clean", "")


def test_our_own_command_does_not_import_from_the_working_directory(trapped: Path) -> None:
    """The daemon's command line, run inside such a project, is still ours."""
    done = subprocess.run(own_command("--version"), cwd=trapped, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="madvise and /proc are Linux's")
def test_pages_of_a_mapped_file_are_let_go_and_come_back(tmp_path: Path) -> None:
    """After `give_memory_back` none of the file, or of files below, is resident, and what is read is the same."""
    file = tmp_path / "mapped"
    file.write_bytes(bytes(range(256)) * (1 << 14))
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        before = bytes(mapped)
        assert resident(file) >= len(before)
        give_memory_back(tmp_path / "map")
        assert resident(file) >= len(before), "a name that begins alike is another"
        for place in (file, tmp_path):
            give_memory_back(place)
            assert resident(file) == 0
            assert bytes(mapped) == before


def resident(file: Path) -> int:
    """Return how many bytes of a file's maps are resident in this process."""
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        if line.endswith(os.fspath(file)):
            found = next(line for line in lines if line.startswith("Rss:"))
            return int(found.split()[1]) * 1024
    return 0


def test_processes_below_this_one_are_found_whichever_thread_started_them() -> None:
    """Children and their children are listed; those that have ended are not."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(flush=True); input()'])"
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "-c", code]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        alive.set()
        done.wait()

    alive, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=start)
    thread.start()
    alive.wait()
    try:
        (child,) = started
        assert child.stdout is not None
        assert child.stdout.readline()
        (grandchild,) = psutil.Process(child.pid).children()
        assert {child.pid, grandchild.pid} <= set(descendants())
        child.communicate(b"")
        assert not {child.pid, grandchild.pid} & set(descendants())
    finally:
        done.set()
        thread.join()


COLLECTOR = """
import gc
import weakref
from codegraph.processes import calm_collector, settle_collector

class Node:
    pass

calm_collector()
gc.freeze()
walked = []
gc.callbacks.append(lambda phase, info: walked.append(info["generation"]) if phase == "start" else None)
node = Node()
node.self = node
gone = weakref.ref(node)
kept = [[number] for number in range(30_000)]
assert set(walked) == {0}
del node
assert gone() is not None
settle_collector()
assert gone() is None
assert walked[-1] == 1
assert gc.get_freeze_count() >= 30_000
walked.clear()
settle_collector()
assert not walked
kept += [[number] for number in range(300_000)]
assert set(walked) == {0}
walked.clear()
settle_collector()
assert not walked
assert gc.get_freeze_count() >= 330_000
"""


def test_the_collector_never_walks_a_whole_index() -> None:
    """Only what is young is looked at; a little more now and then; what a bulk load made, never."""
    done = subprocess.run([sys.executable, "-c", COLLECTOR], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_interrupt_does_not_reach_a_process_that_starts(tmp_path: Path) -> None:
    """Whoever types Ctrl-C while workers start gets one answer, from us, and no trace of an interpreter's beginning."""
    script = tmp_path / "child.py"
    script.write_text(INTERRUPTED.format(package=os.fspath(Path(__file__).resolve().parents[2])))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_who_starts_a_process_can_still_be_interrupted() -> None:
    """What is blocked for the new process is not blocked here afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    process = spawn_context().Process(target=int)
    start_process(process)
    process.join(120)
    assert process.exitcode == 0
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
