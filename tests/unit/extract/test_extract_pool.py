"""The extract pool, with real processes: `codegraph.extract.pool` and `codegraph.extract.worker`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from codegraph.config import ExtractConfig
from codegraph.core.changes import SourceFile, Stamp
from codegraph.core.digests import blob_digest
from codegraph.core.facts import EncodedFacts, decode_compressed_occurrences, decode_outline
from codegraph.events import EventLog, WorkerLost
from codegraph.extract.pool import BYTES_PER_EXTRA_WORKER, ExtractPool, InlineExtractor
from codegraph.extract.worker import seconds_for

SMALL = b"def f():\n    return g()\n"
PATHOLOGICAL = b"x = [" + b"a.b(c), " * 1_500_000 + b"]\n"
"""Many seconds of work in a real path: millions of mentions."""


def source_file(path: str, data: bytes = SMALL) -> SourceFile:
    return SourceFile(path, data, blob_digest(data), Stamp(0, 0, len(data), 0), "python")


@pytest.fixture
def events() -> EventLog:
    return EventLog(lambda: 0.0)


@pytest.fixture
def pool(events: EventLog) -> Iterator[ExtractPool]:
    made = ExtractPool(ExtractConfig(workers=2), events, nice=0)
    yield made
    made.close()


def problems(facts: EncodedFacts) -> list[str]:
    return [problem.reason for problem in decode_outline(facts.outline).problems]


def test_same_facts_as_inline(pool: ExtractPool) -> None:
    """Facts from a worker equal facts made in this process, byte for byte."""
    files = [source_file(f"m{number}.py", SMALL + b"# %d" % number) for number in range(5)]
    assert dict(pool.extract(files)) == dict(InlineExtractor(ExtractConfig()).extract(files))


def test_once_all_files_are_with_workers_there_is_time_for_something_else(pool: ExtractPool) -> None:
    """`meanwhile` is called once: when all files were taken, and not all of them are done."""
    seen: list[str] = []

    def files() -> Iterator[SourceFile]:
        for number in range(3):
            yield source_file(f"m{number}.py")
            seen.append("taken")

    for _ in pool.extract(files(), lambda: seen.append("meanwhile")):
        seen.append("done")
    assert seen.count("meanwhile") == 1
    assert seen[:3] == ["taken"] * 3
    assert seen[-1] == "done"


def test_facts_of_an_edited_file_are_those_of_its_bytes(pool: ExtractPool) -> None:
    """What a worker remembers of a file, or of another one of that name, changes nothing in its facts."""
    text = b"class C:\n    def a(self):\n        return b()\n\n\ndef f(x):\n    return x.y\n"
    for data in (text, text.replace(b"b()", b"c(d)"), SMALL, text.replace(b"x.y", b"x.z\n    del x"), text):
        files = [source_file("m.py", data)]
        assert dict(pool.extract(files)) == dict(InlineExtractor(ExtractConfig()).extract(files))


def test_every_file_once(pool: ExtractPool, events: EventLog) -> None:
    """With several workers every file is answered exactly once, and one warm worker is left."""
    files = [source_file(f"m{number}.py") for number in range(80)]
    assert sorted(path for path, _ in pool.extract(files)) == sorted(file.path for file in files)
    assert len(pool.process_ids) == 1
    assert events.recent() == ()


def test_files_are_taken_as_needed(pool: ExtractPool) -> None:
    """The caller's iterator is not drained ahead of the work."""
    taken: list[int] = []

    def files() -> Iterator[SourceFile]:
        for number in range(10_000):
            taken.append(number)
            yield source_file(f"m{number}.py")

    results = pool.extract(files())
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(taken) < 1_000


def test_a_worker_is_started_only_for_work_that_is_worth_it(pool: ExtractPool) -> None:
    """Many small files stay with the warm worker; as many bytes as two workers need get a second one."""

    def most(size: int) -> int:
        files = (source_file(f"m{number}.py", SMALL + b"#" * size) for number in range(40))
        return max(len(pool.process_ids) for _ in pool.extract(files))

    assert most(1_000) == 1
    assert most(BYTES_PER_EXTRA_WORKER // 20) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_killed_idle_worker_costs_nothing(pool: ExtractPool, events: EventLog) -> None:
    """A worker killed between two files is replaced, and the next file is extracted as ever."""
    list(pool.extract([source_file("a.py")]))
    (victim,) = pool.process_ids
    os.kill(victim, signal.SIGKILL)
    os.waitid(os.P_PID, victim, os.WEXITED | os.WNOWAIT)
    ((path, facts),) = pool.extract([source_file("b.py")])
    assert (path, problems(facts)) == ("b.py", [])
    assert victim not in pool.process_ids
    assert [type(event) for event in events.recent()] == [WorkerLost]


def test_worker_killed_at_work_costs_its_file_only(events: EventLog) -> None:
    """A file at which two workers in turn are killed becomes a module with the problem "crash"; others are whole."""
    pool = ExtractPool(ExtractConfig(workers=1, timeout_seconds=600), events, nice=0)
    try:
        list(pool.extract([source_file("warm.py")]))
        killed: list[int] = []
        events.subscribe(lambda event: killed.append(0))
        results = pool.extract([source_file("bad.py", PATHOLOGICAL), source_file("good.py")])
        found = dict(_killing(pool, results))
        assert problems(found["bad.py"]) == ["crash"]
        assert [definition.descriptor for definition in decode_outline(found["good.py"].outline).definitions] == [
            "",
            "f().",
        ]
        assert len(killed) == 2
    finally:
        pool.close()


def _killing(pool: ExtractPool, results: Iterator[tuple[str, EncodedFacts]]) -> Iterator[tuple[str, EncodedFacts]]:
    """Kill the worker that was given "bad.py", twice, from a thread, while results are awaited."""
    over = threading.Event()

    def kill() -> None:
        killed: set[str] = set()
        while len(killed) < 2 and not over.is_set():
            for worker in list(pool._workers):
                task = worker.task  # the pool may take it away at any moment
                if task is None or task.file.path != "bad.py" or worker.name in killed:
                    continue
                with contextlib.suppress(ValueError):  # the pool has just seen it off
                    worker.process.kill()
                    killed.add(worker.name)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield from results
    finally:
        over.set()
        killer.join()


def names(facts: EncodedFacts) -> list[str]:
    return [definition.name for definition in decode_outline(facts.outline).definitions]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_parser_that_never_ends(events: EventLog, workers: int) -> None:
    """Kotlin's parser goes round in circles: its worker is replaced, the file read by lines, all others are whole."""
    data = (Path(__file__).parent / "stuck" / "kotlin.txt").read_bytes()
    stuck = SourceFile("stuck.kt", data, blob_digest(data), Stamp(0, 0, len(data), 0), "kotlin")
    pool = ExtractPool(ExtractConfig(workers=workers, timeout_seconds=0.2), events, nice=0)
    try:
        others = [source_file(f"m{number}.py") for number in range(20)]
        found = dict(pool.extract([*others[:10], stuck, *others[10:]]))
        assert problems(found["stuck.kt"]) == ["time"]
        assert names(found["stuck.kt"]) == ["", "OrderReader", "ordersOf", "parsed", "Order", "total"]
        assert decode_compressed_occurrences(found["stuck.kt"].occurrences).references == ()
        assert {file.path: names(found[file.path]) for file in others} == {file.path: ["", "f"] for file in others}
        assert [type(event) for event in events.recent()] == [WorkerLost]
        assert dict(pool.extract([source_file("next.py")]))["next.py"] == found["m0.py"]
    finally:
        pool.close()


@pytest.mark.skipif(sys.platform == "win32", reason="stops by signal")
def test_a_worker_that_hangs_without_computing(events: EventLog) -> None:
    """A worker that takes no processor time and gives no answer is replaced after a multiple of the limit."""
    pool = ExtractPool(ExtractConfig(workers=1, timeout_seconds=0.1), events, nice=0)
    try:
        list(pool.extract([source_file("warm.py")]))
        (victim,) = pool.process_ids
        os.kill(victim, signal.SIGSTOP)
        found = dict(pool.extract([source_file("a.py"), source_file("b.py")]))
        assert {path: problems(facts) for path, facts in found.items()} == {"a.py": ["time"], "b.py": []}
        assert names(found["a.py"]) == ["", "f"]
    finally:
        pool.close()


def test_processor_time_grows_with_the_file() -> None:
    """A file of 100 kB may take twice as long as a tiny one."""
    assert seconds_for(0, 1.0) == 1.0
    assert seconds_for(100_000, 1.0) == 2.0
    assert seconds_for(2_000_000, 0.5) == 10.5


def test_workers_are_recycled(events: EventLog) -> None:
    """After `recycle_files` files a worker is replaced, and nothing is lost with it."""
    pool = ExtractPool(ExtractConfig(workers=1, recycle_files=2), events, nice=0)
    try:
        first = pool.process_ids
        assert len(list(pool.extract([source_file(f"m{number}.py") for number in range(5)]))) == 5
        assert pool.process_ids != first
        assert events.recent() == ()
    finally:
        pool.close()


def test_close_leaves_no_process(events: EventLog) -> None:
    """After `close`, also in the middle of a call, no worker is alive."""
    pool = ExtractPool(ExtractConfig(workers=2), events, nice=0)
    results = pool.extract(source_file(f"m{number}.py") for number in range(200))
    next(results)
    workers = pool.process_ids
    pool.close()
    assert list(results) == []
    assert pool.process_ids == ()
    assert not any(psutil.pid_exists(worker) for worker in workers)


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_workers_die_with_their_parent() -> None:
    """When the parent is killed without warning, its idle workers end by themselves."""
    script = (
        "import sys\n"
        "from codegraph.config import ExtractConfig\n"
        "from codegraph.events import EventLog\n"
        "from codegraph.extract.pool import ExtractPool\n"
        "if __name__ == '__main__':\n"
        "    pool = ExtractPool(ExtractConfig(), EventLog(lambda: 0.0))\n"
        "    print(*pool.process_ids, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdin is not None
    workers = [psutil.Process(int(number)) for number in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    assert len(workers) == 1
    _, alive = psutil.wait_procs(workers, timeout=240)
    assert alive == []
