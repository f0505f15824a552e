"""The writer: what it does when a step fails, and whom it answers when."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.symbols import EmbeddingKey, SymbolId
from codegraph.daemon.messages import Wait
from codegraph.daemon.writer import RETRY_SECONDS
from codegraph.errors import DaemonError, InternalError, SourceError, StoreError
from codegraph.events import Rebuilt
from codegraph.source.cookies import CookieOutcome
from codegraph.source.hints import CookieSeen, Hint, Loss

FILES = {"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): ...\n"}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A project of two files, up to date."""
    bench = Workbench(tmp_path)
    bench.write(FILES)
    bench.update()
    yield bench
    bench.close()


def fail_once(owner: Any, name: str, error: Exception, times: int = 1) -> Callable[[], int]:
    """Let a method raise the first times it is called; the result tells how often it was called."""
    original = getattr(owner, name)
    calls = 0

    def failing(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise error
        return original(*arguments, **options)

    setattr(owner, name, failing)
    return lambda: calls


def step(bench: Workbench, seconds: float = 0.0) -> None:
    """Let the writer take what has come in, time pass, and the writer do what is due then."""
    bench.project.writer.step(0.0)
    bench.now += seconds
    bench.project.writer.step(0.0)


def test_waiters_wait_for_the_index_or_for_the_vectors(bench: Workbench) -> None:
    """Who waits for the index is answered after the commit, who waits for vectors after the last one is filed."""
    writer = bench.project.writer
    bench.write({"b.py": "def g(): return 1\n"})
    bench.apply()
    indexed, embedded = writer.when(Wait.INDEXED), writer.when(Wait.EMBEDDED)
    step(bench)
    assert indexed.result(0) == bench.view.snapshot.clock
    assert not embedded.done()
    bench.drain()
    step(bench)
    assert embedded.result(0) == bench.view.snapshot.clock


def test_nobody_is_answered_while_a_failed_step_is_owed(bench: Workbench) -> None:
    """After a failed step a sync is not told that its change was seen, until a comparison has succeeded."""
    writer, cookies = bench.project.writer, bench.project.cookies
    fail_once(bench.project.parts.scanner, "verify", SourceError("somebody pulled the plug", "put it back"))
    fail_once(bench.project.parts.scanner, "reconcile", SourceError("still no plug", "put it back"))
    bench.write({"c.py": "def h(): ...\n"})
    bench.watcher.push(Hint("c.py", False))
    step(bench, 1.0)
    assert "plug; put it back" in writer.error
    cookie, waiting = cookies.request(), writer.when(Wait.INDEXED)
    (made,) = cookies.directory.iterdir()
    bench.watcher.push(CookieSeen(made.name))
    step(bench, 1.0)
    assert cookie.result(0) is CookieOutcome.ABORTED
    assert not waiting.done()
    assert "still no plug" in writer.error
    step(bench, RETRY_SECONDS)
    step(bench)
    assert waiting.done()
    assert not writer.error
    assert bench.view.snapshot.symbol(SymbolId("c.py/h().")) is not None
    bench.drain()
    bench.check()


def test_the_next_sighting_brings_the_comparison_forward(bench: Workbench) -> None:
    """A failed step is made up for with the next hint, which alone would not find what was missed."""
    fail_once(bench.project.parts.scanner, "verify", SourceError("no luck", "try again"))
    bench.write({"deep/c.py": "def h(): ...\n", "b.py": "def g(): return 2\n"})
    bench.watcher.push(Hint("deep", True))
    step(bench, 1.0)
    assert bench.project.writer.error
    bench.watcher.push(Hint("b.py", False))
    step(bench, 1.0)
    assert not bench.project.writer.error
    bench.drain()
    bench.check()


def test_a_loss_does_not_cost_the_hints_that_came_before_it(bench: Workbench) -> None:
    """A file that was reported is read, however much its record vouches for it, also where all is compared."""
    parts, known = bench.project.parts, bench.project.pipeline.known
    known.update({path: record._replace(trusted_after_ns=1 << 62) for path, record in known.items()})
    read: list[str] = []
    original = parts.scanner.read
    parts.scanner.read = lambda path: read.append(path) or original(path)  # type: ignore[method-assign,func-returns-value]
    bench.watcher.push(Hint("b.py", False), Loss("overflow", "the test says so"))
    step(bench, 1.0)
    assert read == ["b.py"]


def test_a_failed_step_does_not_cost_its_hints(bench: Workbench) -> None:
    """A file that was reported is read when the step is made up for, however much its record vouches for it."""
    parts, known = bench.project.parts, bench.project.pipeline.known
    known.update({path: record._replace(trusted_after_ns=1 << 62) for path, record in known.items()})
    read: list[str] = []
    original = parts.scanner.read
    fail_once(parts.scanner, "read", SourceError("no luck", "try again"))
    failing = parts.scanner.read
    parts.scanner.read = lambda path: read.append(path) or failing(path)  # type: ignore[method-assign,func-returns-value]
    bench.watcher.push(Hint("b.py", False))
    step(bench, 1.0)
    assert bench.project.writer.error
    parts.scanner.read = lambda path: read.append(path) or original(path)  # type: ignore[method-assign,func-returns-value]
    step(bench, RETRY_SECONDS)
    assert not bench.project.writer.error
    assert read == ["b.py", "b.py"]


@pytest.mark.parametrize("reason", ["root_gone", "unmounted"])
def test_all_is_watched_again_when_the_root_was_away_or_something_unmounted(bench: Workbench, reason: str) -> None:
    """Also where the same directory is back at once: a look at it meanwhile found nothing to watch."""
    watched = bench.watcher.refreshed
    bench.watcher.push(Loss(reason, "the test says so"))
    step(bench, 1.0)
    assert bench.watcher.refreshed == watched + 1
    bench.watcher.push(Loss("overflow", "the watcher looks again by itself"))
    step(bench, 1.0)
    assert bench.watcher.refreshed == watched + 1


def test_an_inconsistent_index_is_built_anew(bench: Workbench) -> None:
    """After an InternalError everything is read again, at once, and nothing is embedded twice."""
    fail_once(bench.project.parts.index, "apply", InternalError("two and two are five"))
    bench.write({"b.py": "def g(): return 3\n"})
    bench.watcher.push(Hint("b.py", False))
    step(bench, 1.0)
    step(bench)
    assert [event.reason for event in bench.events_of(Rebuilt)] == ["two and two are five"]
    before = len(bench.batches)
    bench.drain()
    assert len(bench.embedded(before)) == 1
    bench.check()


def test_an_index_that_stays_inconsistent_is_not_built_in_a_loop(bench: Workbench) -> None:
    """If the second attempt fails as well, the next one waits."""
    error = InternalError("extract workers do not start")
    calls = fail_once(bench.project.parts.extractor, "extract", error, times=3)
    bench.write({"b.py": "def g(): return 4\n"})
    bench.watcher.push(Hint("b.py", False))
    step(bench, 1.0)
    for _ in range(5):
        step(bench)
    assert calls() == 2
    for _ in range(2):
        step(bench, RETRY_SECONDS)
    assert calls() == 4
    bench.drain()
    bench.check()


def test_a_call_that_fails_is_made_up_for(bench: Workbench) -> None:
    """An error in work that somebody asked for reaches whoever asked, and the tree is compared again."""

    def broken() -> None:
        raise InternalError("asked for too much")

    asked = bench.project.writer.call(broken)
    step(bench)
    with pytest.raises(InternalError, match="too much"):
        asked.result(0)
    step(bench)
    bench.drain()
    bench.check()


def test_what_is_given_up_at_the_end_is_no_error_of_the_log(bench: Workbench, caplog: pytest.LogCaptureFixture) -> None:
    """Many files are not read because the daemon is to end: that is as asked for, unlike a step that fails."""
    caplog.set_level(logging.INFO)
    for error in (DaemonError("the daemon ends", "the next start goes on"), SourceError("no plug", "put it back")):
        fail_once(bench.project.parts.scanner, "reconcile", error)
        step(bench, bench.config.watch.reconcile_seconds + 1.0)
    levels = [(record.levelname, record.message) for record in caplog.records]
    assert levels == [("INFO", "the daemon ends; the next start goes on"), ("ERROR", "no plug; put it back")]


def test_a_loss_lets_everybody_ask_again(bench: Workbench) -> None:
    """When hints were lost, a cookie proves nothing: it is aborted after the comparison."""
    cookie = bench.project.cookies.request()
    bench.watcher.push(Loss("overflow", "too much at once"))
    step(bench, 1.0)
    assert cookie.result(0) is CookieOutcome.ABORTED


def test_those_who_wait_at_the_end_are_told(bench: Workbench) -> None:
    """A waiter that is left when the writer ends is cancelled, and its cookie aborted."""
    writer = bench.project.writer
    bench.write({"b.py": "def g(): return 5\n"})
    bench.apply()
    cookie, waiting = bench.project.cookies.request(), writer.when(Wait.EMBEDDED)
    writer.stop()
    writer.run()
    assert cookie.result(0) is CookieOutcome.ABORTED
    with pytest.raises(CancelledError):
        waiting.result(0)


def test_the_tree_is_compared_once_all_of_it_is_watched(bench: Workbench) -> None:
    """What happens at a start before the watch is complete is reported by nobody, and is in the first answer."""
    bench.close()
    bench.open()
    bench.watcher.completing = lambda: bench.write({"b.py": "def g(): ...\ndef late(): ...\n"})
    indexed = bench.project.writer.when(Wait.INDEXED)
    step(bench)
    assert indexed.done()
    assert bench.project.pipeline.view.snapshot.by_name("late")


@pytest.mark.parametrize("asked", [True, False])
def test_ignore_rules_outside_of_the_tree_are_followed(bench: Workbench, asked: bool) -> None:
    """Nobody watches .git/info/exclude: a sync looks at it, as the periodic comparison does, and both watch by it."""
    bench.write({".git/HEAD": "ref: refs/heads/main\n", ".git/info/exclude": "b.py\n"})
    bench.forget()
    for gone in (True, False):
        watched = bench.watcher.refreshed
        if asked:
            cookie = bench.project.cookies.request()
            (made,) = bench.project.cookies.directory.iterdir()
            bench.watcher.push(CookieSeen(made.name))
            step(bench)
            assert cookie.result(0) is CookieOutcome.SEEN
        else:
            step(bench, bench.config.watch.reconcile_seconds + 1.0)
        assert (not bench.view.snapshot.by_name("g")) is gone
        assert bench.watcher.refreshed == watched + 1
        bench.write({".git/info/exclude": ""})
        bench.forget()


def test_what_is_watched_follows_rules_that_change_during_each_look(bench: Workbench) -> None:
    """The last rules that a comparison saw are those by which the watcher was asked to watch, before a last look."""
    bench.write({".gitignore": "c/\n", "c/c.py": "def late(): ...\n"})
    bench.update()
    refresh, texts, pruned = bench.watcher.refresh, [".", ".", ""], []

    def refreshed() -> None:
        refresh()
        pruned.append(bench.watcher.prune("c"))
        if texts:
            bench.write({".gitignore": texts.pop(0).replace(".", f"c/\n# {len(texts)}\n")})

    bench.watcher.refresh = refreshed  # type: ignore[method-assign]
    bench.write({".gitignore": "c/\n# changed\n"})
    bench.apply()
    assert bench.view.snapshot.by_name("late")
    assert pruned == [True, True, True, False]


def test_what_is_watched_follows_rules_whose_revision_failed(bench: Workbench) -> None:
    """Rules that were read before a step failed are news to the watcher when it is made up for."""
    bench.write({".gitignore": "c/\n", "c/c.py": "def late(): ...\n"})
    bench.update()
    fail_once(bench.project.parts.extractor, "extract", SourceError("no luck", "try again"))
    watched = bench.watcher.refreshed
    bench.write({".gitignore": ""})
    bench.watcher.push(Hint(".gitignore", False))
    step(bench, 1.0)
    assert bench.project.writer.error
    step(bench, RETRY_SECONDS)
    step(bench)
    assert bench.view.snapshot.by_name("late")
    assert bench.watcher.refreshed > watched


def test_a_sync_sees_what_was_written_through_a_name_outside(bench: Workbench) -> None:
    """A hard link from elsewhere changes a file without an event in the tree."""
    os.link(bench.root / "b.py", bench.directory / "outside.py")
    bench.reconcile()
    (bench.directory / "outside.py").write_text("def elsewhere(): ...\n")
    cookie = bench.project.cookies.request()
    (made,) = bench.project.cookies.directory.iterdir()
    bench.watcher.push(CookieSeen(made.name))
    step(bench)
    assert cookie.result(0) is CookieOutcome.SEEN
    assert bench.view.snapshot.by_name("elsewhere")


def test_a_root_that_was_replaced_is_watched_again(bench: Workbench) -> None:
    """Before a sync is answered, and as often as it takes; until then nobody is told that the tree is in step."""
    calls = fail_once(bench.watcher, "refresh", SourceError("the root is gone", "put it back"))
    bench.watcher.rooted = False
    bench.write({"b.py": "def g(): ...\ndef other(): ...\n"})
    bench.forget()
    cookie = bench.project.cookies.request()
    (made,) = bench.project.cookies.directory.iterdir()
    bench.watcher.push(CookieSeen(made.name))
    step(bench)
    assert cookie.result(0) is CookieOutcome.ABORTED
    waiting = bench.project.writer.when(Wait.INDEXED)
    step(bench)
    assert "the root is gone" in bench.project.writer.error
    assert not waiting.done()
    step(bench, RETRY_SECONDS)
    assert (calls(), waiting.done(), bench.project.writer.error) == (2, True, "")
    assert bench.view.snapshot.by_name("other")


def test_a_sweep_gives_the_disk_back_what_has_become_free(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When most of the state's file is free pages, a sweep makes it small; nothing is lost. A full disk is said."""
    monkeypatch.setattr("codegraph.store.gc._COMPACT_FROM_BYTES", 1 << 20)
    store = bench.project.parts.store
    store.put_vectors({EmbeddingKey(number.to_bytes(16, "big")): bytes(4_000) for number in range(1_000)})
    bench.collect()
    full = store.statistics().file_bytes
    assert full > 4_000_000
    fail_once(store, "compact", StoreError("no room", "make some"))
    bench.project.collect_garbage()
    assert store.statistics().file_bytes == full
    bench.project.collect_garbage()
    assert store.statistics().file_bytes < full / 4
    bench.check()
    bench.restart()
    bench.reconcile()
    bench.check()
