"""The native watcher over real files: nothing that happens to the tree is missed.

Each test keeps an index of paths and bytes the way the daemon does: sightings come in through a
queue, are settled, verified against the disk and read. A test changes the tree, then asks for a
cookie, and compares when the cookie has come through. Nobody sleeps; waiting has a limit.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codegraph.config import SourceConfig, WatchConfig
from codegraph.core.changes import SourceFile
from codegraph.errors import SourceError
from codegraph.source.cookies import CookieJar
from codegraph.source.fake import LossyWatcher
from codegraph.source.git_directory import git_lock
from codegraph.source.hints import CookieSeen, Hint, Loss, Sighting, Watcher
from codegraph.source.listing import Changes
from codegraph.source.polling import PollingWatcher
from codegraph.source.scan import Scanner
from codegraph.source.settle import Settler
from codegraph.source.stamps import KnownFile
from codegraph.source.watcher import FallbackWatcher, native_watcher

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guarantees tested here are inotify's")

PATIENCE = 240.0
"""Seconds until a test gives up waiting for something that should come within milliseconds."""


def language_of(path: str, head: bytes) -> str | None:
    return "python" if path.endswith(".py") else None


class Index:
    """The daemon's main path in small: watcher, settler, scanner, known files and their bytes."""

    def __init__(self, root: Path, state: Path, make: Callable[[Path], Watcher] = native_watcher) -> None:
        self.root = root
        self.jar = CookieJar(state / "cookies")
        self.watcher = make(self.jar.directory)
        self.scanner = Scanner(root, SourceConfig(), language_of, environment={})
        self.settler = Settler(WatchConfig(), git_lock(root))
        self.sightings: queue.Queue[Sighting] = queue.Queue()
        self.hints: list[Hint] = []
        self.losses: list[Loss] = []
        self.known: dict[str, KnownFile] = {}
        self.content: dict[str, bytes] = {}
        self.watcher.start(root, self.scanner.prune, self.sightings.put)
        self.watcher.complete()
        self.apply(self.scanner.reconcile(self.known))

    def sync(self) -> None:
        """Return when everything that happened before is in `content`."""
        waiter = self.jar.request()
        self.watcher.nudge()
        end = time.monotonic() + PATIENCE
        while not waiter.done():
            self.settler.add(self.sightings.get(timeout=end - time.monotonic()), time.monotonic())
            while not self.sightings.empty():
                self.settler.add(self.sightings.get(), time.monotonic())
            if self.settler.due(time.monotonic()) == 0.0:
                self.take()

    def take(self) -> None:
        batch = self.settler.take()
        self.hints += batch.hints
        self.losses += batch.losses
        changes = self.scanner.verify(batch.hints, self.known)
        self.apply(changes)
        if changes.reconcile_due:
            self.watcher.refresh()
        if changes.reconcile_due or batch.losses:
            self.apply(self.scanner.reconcile(self.known))
        self.jar.release(batch.cookies)

    def apply(self, changes: Changes) -> None:
        for path in changes.deleted:
            self.known.pop(path, None)
            self.content.pop(path, None)
        for path in changes.written:
            read = self.scanner.read(path)
            if isinstance(read, SourceFile):
                self.known[path] = KnownFile(read.stamp, read.blob, read.trusted_after_ns)
                self.content[path] = read.data
            else:
                self.known.pop(path, None)
                self.content.pop(path, None)

    def on_disk(self) -> dict[str, bytes]:
        """Walk the tree independently; directories named "ignored" and symbolic links are not entered."""
        found: dict[str, bytes] = {}
        for folder, directories, files in os.walk(self.root):
            directories[:] = [name for name in directories if name not in ("ignored", ".git")]
            for name in files:
                place = Path(folder) / name
                if name.endswith(".py") and not place.is_symlink():
                    found[place.relative_to(self.root).as_posix()] = place.read_bytes()
        return found


def write(root: Path, path: str, text: str = "x = 1\n") -> Path:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "project"
    write(place, "a.py")
    write(place, "pkg/b.py")
    write(place, "pkg/sub/c.py")
    return place


@pytest.fixture
def index(root: Path, tmp_path: Path) -> Iterator[Index]:
    made = Index(root, tmp_path)
    yield made
    made.watcher.stop()


def settled(index: Index) -> dict[str, bytes]:
    """Sync, and hold the result against the disk."""
    index.sync()
    assert index.content == index.on_disk()
    assert index.losses == []
    return index.content


def test_write_and_delete(index: Index) -> None:
    """A file that is written, appended to, or deleted is seen, and nothing else is hinted at."""
    write(index.root, "a.py", "x = 2\n")
    with (index.root / "pkg/b.py").open("a") as stream:
        stream.write("y = 1\n")
    (index.root / "pkg/sub/c.py").unlink()
    assert sorted(settled(index)) == ["a.py", "pkg/b.py"]
    assert {hint.path for hint in index.hints} == {"a.py", "pkg/b.py", "pkg/sub/c.py"}


def test_new_directory_with_files(index: Index) -> None:
    """A directory made with its files at once, and files added to it later, are seen."""
    write(index.root, "new/one.py")
    write(index.root, "new/two.py")
    assert "new/two.py" in settled(index)
    write(index.root, "new/later.py")
    assert "new/later.py" in settled(index)


def test_new_nested_directories(index: Index) -> None:
    """Two hundred nested directories, each with a file made right after it: none is missed."""
    for number in range(200):
        write(index.root, f"top{number}/in/deep{number}/file.py", f"n = {number}\n")
    assert len(settled(index)) == 203
    for number in range(200):
        write(index.root, f"top{number}/in/deep{number}/file.py", f"m = {number}\n")
    settled(index)


def test_directory_moved_in_and_out(index: Index, tmp_path: Path) -> None:
    """A populated directory that is moved in is walked and watched; moved out, its files are gone."""
    write(tmp_path, "outside/deep/er/x.py")
    (tmp_path / "outside").rename(index.root / "inside")
    assert "inside/deep/er/x.py" in settled(index)
    write(index.root, "inside/deep/er/y.py")
    assert "inside/deep/er/y.py" in settled(index)
    (index.root / "inside").rename(tmp_path / "outside")
    assert "inside/deep/er/x.py" not in settled(index)
    index.hints.clear()
    write(tmp_path, "outside/deep/er/z.py")
    settled(index)
    assert index.hints == []


def test_directory_renamed(index: Index) -> None:
    """Files move with their directory, and changes under the new name are seen, also after a second move."""
    (index.root / "pkg").rename(index.root / "renamed")
    (index.root / "renamed/sub").rename(index.root / "sub")
    assert sorted(settled(index)) == ["a.py", "renamed/b.py", "sub/c.py"]
    write(index.root, "renamed/b.py", "x = 2\n")
    write(index.root, "sub/c.py", "x = 2\n")
    settled(index)
    assert index.hints[-1] == Hint("sub/c.py", False)


def test_directory_replaced_by_another(index: Index) -> None:
    """When one directory takes the place of another, the new one's files are indexed."""
    write(index.root, "next/b.py", "x = 3\n")
    write(index.root, "next/extra/d.py")
    shutil.rmtree(index.root / "pkg")
    (index.root / "next").rename(index.root / "pkg")
    assert sorted(settled(index)) == ["a.py", "pkg/b.py", "pkg/extra/d.py"]
    write(index.root, "pkg/extra/d.py", "x = 4\n")
    settled(index)


def test_rename_of_case_only(index: Index) -> None:
    """Another case is another path."""
    (index.root / "a.py").rename(index.root / "A.py")
    (index.root / "pkg").rename(index.root / "Pkg")
    assert sorted(settled(index)) == ["A.py", "Pkg/b.py", "Pkg/sub/c.py"]


def test_hard_link(index: Index) -> None:
    """A second name is a file of its own, and a write through one name changes both."""
    os.link(index.root / "a.py", index.root / "pkg/twin.py")
    assert "pkg/twin.py" in settled(index)
    (index.root / "pkg/twin.py").write_text("x = 5\n")
    assert settled(index)["a.py"] == b"x = 5\n"


def test_symbolic_links_are_ignored(index: Index, tmp_path: Path) -> None:
    """Links to files, to directories outside and to the root itself bring nothing in."""
    write(tmp_path, "elsewhere/e.py")
    (index.root / "link").symlink_to(tmp_path / "elsewhere")
    (index.root / "loop").symlink_to(index.root)
    (index.root / "a_link.py").symlink_to(index.root / "a.py")
    settled(index)
    index.hints.clear()
    write(tmp_path, "elsewhere/e.py", "x = 2\n")
    settled(index)
    assert index.hints == []


def test_name_that_is_not_text_is_listed_at_once(index: Index) -> None:
    """A file or directory whose name is not UTF-8 is left out, and is said to be when it comes, not some time later."""
    for name in (b"bad\xff.py", b"later\xff"):
        index.sync()
        place = index.root / os.fsdecode(name)
        place.touch() if name.endswith(b".py") else place.mkdir()
    index.sync()
    assert index.scanner.counts()["undecodable"] == 2


def test_ignore_file_changed(index: Index) -> None:
    """A new rule removes what it names and ends the watch there; its removal brings both back."""
    write(index.root, "ignored/i.py")
    index.sync()
    assert "ignored/i.py" in index.content
    write(index.root, ".gitignore", "/ignored/\n")
    assert "ignored/i.py" not in settled(index)
    index.hints.clear()
    write(index.root, "ignored/i.py", "x = 2\n")
    settled(index)
    assert index.hints == []
    (index.root / ".gitignore").unlink()
    index.sync()
    write(index.root, "ignored/i.py", "x = 3\n")
    index.sync()
    assert index.content["ignored/i.py"] == b"x = 3\n"


def test_created_then_deleted(index: Index) -> None:
    """What lived too briefly to be read leaves no trace, and is no error."""
    for number in range(20):
        write(index.root, f"brief{number}/x.py")
        shutil.rmtree(index.root / f"brief{number}")
    assert sorted(settled(index)) == ["a.py", "pkg/b.py", "pkg/sub/c.py"]


def test_atomic_save(index: Index) -> None:
    """An editor's write to a temporary file and rename over the old one is one changed file."""
    write(index.root, "a.py.tmp", "x = 7\n").rename(index.root / "a.py")
    assert settled(index)["a.py"] == b"x = 7\n"
    assert sorted(index.content) == ["a.py", "pkg/b.py", "pkg/sub/c.py"]


def test_git_checkout(root: Path, tmp_path: Path) -> None:
    """Changing branches back and forth leaves exactly the files of the branch."""

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "core.excludesFile=/dev/null"]
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("checkout", "-q", "-b", "other")
    for number in range(60):
        write(root, f"branch/d{number % 7}/f{number}.py", f"n = {number}\n")
    write(root, "a.py", "x = 2\n")
    git("rm", "-q", "-r", "pkg/sub")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    index = Index(root, tmp_path)
    try:
        for branch in ("main", "other", "main"):
            git("checkout", "-q", branch)
            settled(index)
        assert sorted(index.content) == ["a.py", "pkg/b.py", "pkg/sub/c.py"]
        assert not any(hint.path.startswith(".git") for hint in index.hints)
    finally:
        index.watcher.stop()


def test_reading_wakes_nobody(index: Index) -> None:
    """The daemon's own reads, listings and stats produce no hint."""
    index.apply(index.scanner.reconcile({}))
    for path in index.content:
        (index.root / path).read_bytes()
    settled(index)
    assert index.hints == []


def test_left_out_directories_take_no_watch(root: Path, tmp_path: Path) -> None:
    """Directories that are left out are not watched, not even those made later; the count shows it."""
    for number in range(30):
        write(root, f"node_modules/m{number}/index.py")
    index = Index(root, tmp_path)
    try:
        assert index.watcher.health()[:5] == ("inotify", True, 3, 3, False)
        write(root, "pkg/node_modules/late/x.py")
        write(root, "seen/x.py")
        index.sync()
        assert index.watcher.health().watches == 4
        assert "seen/x.py" in index.content
        assert {hint.path for hint in index.hints} <= {"seen", "seen/x.py", "pkg/node_modules"}
    finally:
        index.watcher.stop()


def test_overflow_of_the_kernels_queue(root: Path, tmp_path: Path) -> None:
    """A real overflow is told as a Loss, the watch starts afresh, and later changes are seen."""
    length = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if length > 50_000:
        pytest.skip("the queue is too long to fill in a test")
    index = Index(root, tmp_path)
    blocked, release = threading.Event(), threading.Event()
    put = index.sightings.put

    def blocking(sighting: Sighting) -> None:
        put(sighting)
        blocked.set()
        assert release.wait(PATIENCE)

    index.watcher._sink = blocking
    try:
        write(root, "a.py", "x = 2\n")
        assert blocked.wait(PATIENCE)
        for number in range(length // 2 + 2000):
            os.utime(root / "a.py", (number, number))
            os.utime(root / "pkg/b.py", (number, number))
        write(root, "lost/deep/x.py")
        index.watcher._sink = put
        release.set()
        index_until(index, lambda: bool(index.losses))
        assert index.losses[0].reason == "overflow"
        index.losses.clear()
        write(root, "lost/deep/x.py", "x = 9\n")
        assert settled(index)["lost/deep/x.py"] == b"x = 9\n"
        health = index.watcher.health()
        assert (health.alive, health.watches, health.losses) == (True, 5, 1)
    finally:
        release.set()
        index.watcher.stop()


def index_until(index: Index, reached: Callable[[], bool]) -> None:
    """Process sightings until something is so."""
    end = time.monotonic() + PATIENCE
    while not reached():
        index.settler.add(index.sightings.get(timeout=end - time.monotonic()), time.monotonic())
        if index.sightings.empty():
            index.take()


def test_limit_on_watches_goes_over_to_polling(root: Path, tmp_path: Path) -> None:
    """At the limit the watcher says so, polling takes over, and changes in the unwatched part are seen."""
    from codegraph.source.inotify import InotifyWatcher

    def limited(cookies: Path) -> Watcher:
        return FallbackWatcher(InotifyWatcher(cookies, watch_budget=4), lambda why: PollingWatcher(3600, cookies, why))

    index = Index(root, tmp_path, limited)
    try:
        assert index.watcher.health().mode == "inotify"
        write(root, "more/and/more/x.py")
        index_until(index, lambda: bool(index.losses))
        assert index.losses[0].reason == "watch_limit"
        health = index.watcher.health()
        assert (health.mode, health.alive, health.limited) == ("poll", True, True)
        assert "budget" in health.detail
        write(root, "more/and/more/x.py", "x = 2\n")
        index.losses.clear()
        assert settled(index)["more/and/more/x.py"] == b"x = 2\n"
    finally:
        index.watcher.stop()


def test_limit_at_the_start(root: Path, tmp_path: Path) -> None:
    """A tree that is too large from the beginning is polled from the beginning, and the Loss is given."""
    from codegraph.source.inotify import InotifyWatcher

    sightings: queue.Queue[Sighting] = queue.Queue()
    alone = InotifyWatcher(watch_budget=2)
    alone.start(root, lambda _: False, sightings.put)
    alone.complete()
    assert alone.health()[:5] == ("inotify", True, 3, 2, True)
    alone.stop()
    assert sightings.get(timeout=PATIENCE) == Loss("watch_limit", "the budget of 2 watches is used up")
    watcher = FallbackWatcher(InotifyWatcher(watch_budget=2), lambda why: PollingWatcher(3600, None, why))
    watcher.start(root, lambda _: False, sightings.put)
    watcher.complete()
    assert watcher.health()[:5] == ("poll", True, 3, 3, True)
    watcher.stop()


def test_root_gone(index: Index) -> None:
    """A root that is removed or moved away is a Loss, not silence."""
    shutil.rmtree(index.root)
    end = time.monotonic() + PATIENCE
    seen: list[Sighting] = []
    while not any(isinstance(sighting, Loss) for sighting in seen):
        seen.append(index.sightings.get(timeout=end - time.monotonic()))
    assert seen[-1] == Loss("root_gone", str(index.root))


def test_what_is_looked_at_while_the_root_is_away_needs_a_refresh(root: Path, tmp_path: Path) -> None:
    """Directories that were not there to be watched are told by a Loss, though the root is the same as before."""
    from codegraph.source.inotify import InotifyWatcher

    away, seen = tmp_path / "away", list[Sighting]()
    write(root, "deep/b.py")
    watcher = InotifyWatcher(None)

    def moved_away(_: str) -> bool:
        if not seen and not away.exists():
            root.rename(away)
        return False

    try:
        watcher.start(root, moved_away, seen.append)
        watcher.complete()
        away.rename(root)
        assert watcher.watches_root()
        write(root, "deep/b.py", "x = 2\n")
        end = time.monotonic() + PATIENCE
        while not any(isinstance(each, Loss) and each.reason == "root_gone" for each in seen):
            assert time.monotonic() < end
        assert Hint("deep/b.py", False) not in seen
        watcher._prune = lambda _: False
        watcher.refresh()
        write(root, "deep/b.py", "x = 3\n")
        while Hint("deep/b.py", False) not in seen:
            assert time.monotonic() < end
    finally:
        watcher.stop()


@pytest.mark.parametrize("make", ["native", "poll", "observer"])
@pytest.mark.parametrize("moved", [True, False], ids=["moved away", "removed"])
def test_root_replaced(root: Path, tmp_path: Path, make: str, moved: bool) -> None:
    """A new directory at the root's path is not the one that is watched, and a refresh watches it instead."""
    from codegraph.source.observer import ObserverWatcher

    makers: dict[str, Callable[[Path], Watcher]] = {
        "native": native_watcher,
        "poll": lambda cookies: PollingWatcher(3600, cookies),
        "observer": ObserverWatcher,
    }
    index = Index(root, tmp_path, makers[make])
    try:
        assert index.watcher.watches_root()
        if moved:
            root.rename(tmp_path / "elsewhere")
        else:
            shutil.rmtree(root)
        index.watcher.nudge()
        end = time.monotonic() + PATIENCE
        while index.watcher.watches_root() and time.monotonic() < end:
            index.watcher.nudge()
        with pytest.raises(SourceError):
            index.watcher.refresh()
        assert not index.watcher.watches_root()
        write(root, "b.py")
        index.watcher.refresh()
        assert index.watcher.watches_root()
        index.apply(index.scanner.reconcile(index.known))
        write(root, "b.py", "x = 3\n")
        while index.content != index.on_disk() and time.monotonic() < end:
            index.sync()
        assert index.content == {"b.py": b"x = 3\n"}
    finally:
        index.watcher.stop()


def test_lossy_watcher_and_a_reconcile(root: Path, tmp_path: Path) -> None:
    """Dropped, repeated and reordered hints: after the next full comparison the index equals the tree."""
    index = Index(root, tmp_path, lambda cookies: LossyWatcher(native_watcher(cookies), seed=7, drop=0.5))
    try:
        for number in range(40):
            write(index.root, f"d{number % 5}/f{number}.py", f"n = {number}\n")
            if number % 3 == 0:
                (index.root / f"d{number % 5}").rename(index.root / f"e{number}")
        index.sync()
        assert isinstance(index.watcher, LossyWatcher)
        assert index.watcher.dropped > 0
        index.apply(index.scanner.reconcile(index.known))
        assert index.content == index.on_disk()
    finally:
        index.watcher.stop()


# When a directory appears, watchdog may set up the same watch twice: by the event, and by looking inside. It only
# warns of that, but a warning that is an error kills the thread that reads the events.
@pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")
@pytest.mark.parametrize("make", ["poll", "observer"])
def test_the_other_watchers_see_the_same(root: Path, tmp_path: Path, make: str) -> None:
    """Polling, and watchdog's own observer, report writes, new directories, moves and deletions."""
    from codegraph.source.observer import ObserverWatcher

    makers: dict[str, Callable[[Path], Watcher]] = {
        "poll": lambda cookies: PollingWatcher(3600, cookies),
        "observer": ObserverWatcher,
    }
    index = Index(root, tmp_path, makers[make])
    try:
        write(root, "a.py", "x = 2\n")
        write(root, "new/deep/x.py")
        (root / "pkg/sub").rename(root / "moved")
        wanted = {"a.py": b"x = 2\n", "pkg/b.py": b"x = 1\n", "moved/c.py": b"x = 1\n", "new/deep/x.py": b"x = 1\n"}
        end = time.monotonic() + PATIENCE
        while index.content != wanted and time.monotonic() < end:
            index.sync()
        assert index.content == wanted
        assert index.watcher.health().alive
    finally:
        index.watcher.stop()


@pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")
@pytest.mark.parametrize("make", ["inotify", "poll", "observer"])
def test_a_directory_that_comes_left_out_is_noted(root: Path, tmp_path: Path, make: str) -> None:
    """A virtual environment that is moved into the tree is counted, and its end as one is noticed."""
    from codegraph.source.observer import ObserverWatcher

    makers: dict[str, Callable[[Path], Watcher]] = {
        "inotify": native_watcher,
        "poll": lambda cookies: PollingWatcher(3600, cookies),
        "observer": ObserverWatcher,
    }
    write(tmp_path, "made/pyvenv.cfg", "")
    write(tmp_path, "made/x.py")
    index = Index(root, tmp_path, makers[make])
    try:
        (tmp_path / "made").rename(root / "env")
        end = time.monotonic() + PATIENCE
        while not index.scanner.counts() and time.monotonic() < end:
            index.sync()
        assert index.scanner.counts() == {"vendored": 1}
        assert not index.scanner.rules_outside_changed()
        (root / "env/pyvenv.cfg").unlink()
        assert index.scanner.rules_outside_changed()
    finally:
        index.watcher.stop()


def test_a_directory_that_was_left_out_for_a_moment_is_watched(index: Index, tmp_path: Path) -> None:
    """Whoever was told not to watch a directory is told again when the scan enters it."""
    write(tmp_path, "made/pyvenv.cfg", "")
    write(tmp_path, "made/x.py")
    put, moved = index.sightings.put, threading.Event()

    def unmarked(sighting: Sighting) -> None:
        if isinstance(sighting, Hint) and sighting.path == "env" and not moved.is_set():
            (index.root / "env/pyvenv.cfg").unlink()
            moved.set()
        put(sighting)

    index.watcher._sink = unmarked  # type: ignore[attr-defined]
    (tmp_path / "made").rename(index.root / "env")
    assert moved.wait(PATIENCE)
    index.sync()
    assert "env/x.py" in index.content
    write(index.root, "env/x.py", "x = 2\n")
    index.sync()
    assert index.content["env/x.py"] == b"x = 2\n"


def test_nothing_after_stop(index: Index) -> None:
    """When `stop` has returned, the sink is left in peace and the threads are gone."""
    index.watcher.stop()
    while not index.sightings.empty():
        index.sightings.get()
    write(index.root, "a.py", "x = 2\n")
    assert index.sightings.empty()
    assert not index.watcher.health().alive


def test_cookie_comes_after_what_was_before(root: Path, tmp_path: Path) -> None:
    """Five hundred times: write, make a cookie; the write's hint is always in front of the cookie."""
    jar = CookieJar(tmp_path / "cookies")
    watcher = native_watcher(jar.directory)
    sightings: queue.Queue[Sighting] = queue.Queue()
    watcher.start(root, lambda _: False, sightings.put)
    watcher.complete()
    try:
        for number in range(500):
            write(root, "a.py", f"x = {number}\n")
            jar.request()
            before: list[Sighting] = []
            while not (before and isinstance(before[-1], CookieSeen)):
                before.append(sightings.get(timeout=PATIENCE))
            assert Hint("a.py", False) in before
    finally:
        watcher.stop()
        jar.abort()


def test_cookie_outlives_a_refresh(root: Path, tmp_path: Path) -> None:
    """A cookie whose event goes with the instance that a refresh replaces is reported by the refresh."""
    jar = CookieJar(tmp_path / "cookies")
    told: list[Sighting] = []

    def keep(sighting: Sighting) -> None:  # what an instance's own thread says is lost
        if threading.current_thread() is threading.main_thread():
            told.append(sighting)

    watcher = native_watcher(jar.directory)
    watcher.start(root, lambda _: False, keep)
    watcher.complete()
    try:
        jar.request()
        (made,) = jar.directory.iterdir()
        watcher.refresh()
        assert told == [CookieSeen(made.name)]
    finally:
        watcher.stop()
        jar.abort()
