"""Opening: whatever is found in the directory, a usable store or a clear error comes back."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest

from codegraph.config import StoreConfig
from codegraph.core.changes import Cause, Verdict
from codegraph.core.symbols import SymbolId
from codegraph.errors import StoreCorrupt, StoreFull, StoreLocked
from codegraph.events import EventLog, Rebuilt
from codegraph.store import schema
from codegraph.store.opening import open_store
from codegraph.store.schema import RevisionRecord, SymbolState
from codegraph.store.store import Store

_VERDICT = Verdict(Cause("own", SymbolId("a.py/f().")), True, 1)


def _filled(store: Store, samples, files: int = 40) -> None:
    paths = [f"file{number}.py" for number in range(files)]
    store.commit(
        RevisionRecord(
            1,
            files={path: samples.file(path) for path in paths},
            facts=tuple(samples.facts(path, size=3_000) for path in paths),
            links=dict.fromkeys(paths, b"links" * 50),
            symbols={path: (SymbolState("f().", samples.key(path), samples.key(path), _VERDICT),) for path in paths},
        )
    )
    store.put_vectors({samples.key(path): path.encode().ljust(772) for path in paths})


def _reasons(events: EventLog) -> list[tuple[str, str]]:
    return [(event.what, event.reason) for event in events.recent() if isinstance(event, Rebuilt)]


def test_reopening_finds_everything(reopen, samples, events):
    """Name, revision, rows and kept values survive, and nothing is reported as rebuilt."""
    store = reopen()
    _filled(store, samples)
    store.set_meta("mean", b"mean")
    before = (store.instance, store.files(), dict(store.links()), dict(store.symbols()), store.vector_keys())
    store = reopen()
    assert (store.instance, store.files(), dict(store.links()), dict(store.symbols()), store.vector_keys()) == before
    assert (store.revision, store.meta("mean"), store.outdated, _reasons(events)) == (1, b"mean", (), [])


@pytest.mark.parametrize(
    ("name", "facts", "links", "vectors", "served"),
    [
        ("extractor", False, False, True, True),
        ("linker", True, False, True, True),
        ("key", True, True, True, True),
        ("codec", True, True, False, False),
    ],
)
def test_changed_version_drops_what_it_invalidates(reopen, samples, events, name, facts, links, vectors, served):
    """Each version takes along its own tables, clears the wanted keys, keeps the rest, and says so."""
    _filled(reopen(), samples)
    for _ in range(2):  # the second opening proves that the clearing was committed with the version
        store = reopen(**{name: "2"})
        assert all(store.has_facts(file.blob, file.language) for file in store.files().values()) is facts
        assert bool(dict(store.links())) is links
        assert bool(store.vector_keys()) is vectors
        ((state,), *_) = dict(store.symbols()).values()
        assert (state.wanted, bool(state.served), state.verdict) == (b"", served, None)
        assert (len(store.files()), store.revision, store.instance) == (40, 1, "instance-0")
    ((what, reason),) = _reasons(events)
    assert f"{name} {'int8' if name == 'codec' else '1'} -> 2" in reason
    assert ("links" in what, "vectors" in what) == (not links, not vectors)


def test_other_settings_of_the_source_only_doubt_files(reopen, samples, events):
    """Facts, links, vectors and keys stay and nothing is said to be built again; no stamp vouches for its file."""
    _filled(reopen(), samples)
    kept = dict(reopen().symbols())
    for _ in range(2):  # the second opening proves that the doubt was committed with the version
        store = reopen(source="2")
        assert {file.trusted_after_ns for file in store.files().values()} == {0}
        assert (dict(store.symbols()), store.outdated, _reasons(events)) == (kept, (), [])
        assert dict(store.links())


def test_outdated_names_versions_of_this_opening_only(reopen, samples):
    """`outdated` is what changed between the last opening and this one."""
    _filled(reopen(), samples)
    assert reopen(linker="2", key="2").outdated == ("linker", "key")
    assert reopen(linker="2", key="2").outdated == ()


def test_unknown_version_name_is_refused(tmp_path, events):
    """A version that the store knows no consequences of is an error, not ignored."""
    with pytest.raises(ValueError, match="grammar"):
        open_store(tmp_path, StoreConfig(), {"grammar": "1"}, events)


def test_other_schema_starts_afresh(reopen, samples, events, monkeypatch):
    """A state of another schema is removed, not read, and the new one has a new name."""
    _filled(reopen(), samples)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", "999")
    store = reopen()
    assert (store.files(), store.revision, store.instance) == ({}, 0, "instance-1")
    assert _reasons(events) == [("store", "schema 1 -> 999")]


def _truncate(data: bytearray) -> bytearray:
    return data[: len(data) // 2]


def _garbage_header(data: bytearray) -> bytearray:
    data[:8192] = os.urandom(8192)
    return data


def _garbage_everywhere(data: bytearray) -> bytearray:
    return bytearray(os.urandom(len(data)))


def _zero_pages(data: bytearray) -> bytearray:
    data[8192:] = bytes(len(data) - 8192)
    return data


def _garbage_page_heads(data: bytearray) -> bytearray:
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = bytes([255]) * 64
    return data


def _foreign(data: bytearray) -> bytearray:
    return bytearray(b"SQLite format 3\0" + bytes(100_000))


@pytest.mark.parametrize(
    "spoil",
    [
        _truncate,
        lambda data: data[:100],
        lambda data: data[:4096],
        lambda data: bytearray(),
        _garbage_header,
        _garbage_everywhere,
        _zero_pages,
        _garbage_page_heads,
        _foreign,
    ],
    ids=["half", "100 bytes", "one page", "empty", "header", "everything", "zero pages", "page heads", "foreign"],
)
def test_damaged_file_is_set_aside(reopen, samples, events, tmp_path, spoil: Callable[[bytearray], bytearray]):
    """A damaged file neither ends the process nor is believed: it is renamed, and a fresh store takes its place."""
    store = reopen()
    _filled(store, samples)
    store.close()
    file = tmp_path / "state" / "data.mdb"
    spoiled = bytes(spoil(bytearray(file.read_bytes())))
    file.write_bytes(spoiled)
    store = reopen()
    assert (store.files(), store.revision, store.instance) == ({}, 0, "instance-1")
    assert (tmp_path / "state" / "data.mdb.corrupt-1").read_bytes() == spoiled
    assert [what for what, _ in _reasons(events)] == ["store"]
    _filled(store, samples)
    assert len(reopen().files()) == 40


def test_file_of_the_other_engine_is_set_aside(reopen, tmp_path, events):
    """A file of LMDB's 1.0 format is not opened by the 0.9 engine."""
    (tmp_path / "state").mkdir()
    with lmdb.open(str(tmp_path / "state"), lib_version=1) as other, other.begin(write=True) as transaction:
        transaction.put(b"k", b"v")
    assert reopen().revision == 0
    assert (tmp_path / "state" / "data.mdb.corrupt-1").exists()


def test_damage_inside_a_row_is_found_at_opening(reopen, samples, events, tmp_path):
    """A flipped byte inside of a row that LMDB itself cannot notice leads to a rebuild, not to wrong rows."""
    store = reopen()
    _filled(store, samples)
    store.close()
    file = tmp_path / "state" / "data.mdb"
    file.write_bytes(file.read_bytes().replace(b"linkslinks", b"linkslinkz"))
    assert reopen().files() == {}
    assert _reasons(events) == [("store", "a row of links is damaged")]


def test_damaged_facts_and_vectors_count_as_missing(reopen, samples, events, tmp_path):
    """A flipped byte in facts or a vector makes that entry missing, and is reported; the rest is served."""
    store = reopen()
    _filled(store, samples)
    store.close()
    file = tmp_path / "state" / "data.mdb"
    data = file.read_bytes()
    data = data.replace(b"outline file7.py", b"outline file?.py").replace(b"file8.py      ", b"file?.py      ")
    file.write_bytes(data)
    store = reopen()
    assert len(store.files()) == 40
    assert store.outline(samples.file("file7.py").blob, "python") is None
    assert store.outline(samples.file("file9.py").blob, "python") is not None
    assert store.vectors([samples.key("file8.py")]) == {}
    assert len(store.vectors(store.vector_keys())) == 39
    assert [what for what, _ in _reasons(events)] == ["outlines", "vectors", "vectors"]


def test_only_the_newest_damaged_files_are_kept(reopen, tmp_path):
    """Files set aside do not fill the disk: the two newest stay, numbers go on."""
    for _ in range(4):
        reopen().close()
        (tmp_path / "state" / "data.mdb").write_bytes(b"")
    reopen()
    kept = sorted(file.name for file in (tmp_path / "state").glob("*.corrupt-*"))
    assert kept == ["data.mdb.corrupt-3", "data.mdb.corrupt-4"]


def test_leftovers_of_a_crash_are_removed(reopen, samples, tmp_path):
    """A half-written compacted copy of a crashed process is removed and not mistaken for the state."""
    _filled(reopen(), samples)
    (tmp_path / "state" / "data.mdb.compacted").write_bytes(b"half")
    assert len(reopen().files()) == 40
    assert not (tmp_path / "state" / "data.mdb.compacted").exists()


def test_second_store_is_refused(reopen, tmp_path, events):
    """A directory has one owner, also within one process; the error names it."""
    reopen()
    with pytest.raises(StoreLocked, match=f"process {os.getpid()}"):
        open_store(tmp_path / "state", StoreConfig(), {}, events)


_HOLD = """
import sys
from pathlib import Path
from codegraph.config import StoreConfig
from codegraph.events import EventLog
from codegraph.store.opening import open_store
store = open_store(Path(sys.argv[1]), StoreConfig(), {}, EventLog(lambda: 0.0))
print("open", flush=True)
sys.stdin.read()
"""


def test_killed_owner_frees_the_directory(tmp_path, events):
    """While another process holds the state it is refused; killed with SIGKILL, it leaves nothing to clean up."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match=f"process {holder.pid}"):
            open_store(tmp_path, StoreConfig(), {}, events)
        holder.kill()
        holder.wait()
    open_store(tmp_path, StoreConfig(), {}, events).close()
    assert _reasons(events) == []


def test_map_grows_with_what_is_stored(reopen, samples):
    """A commit larger than the first map is written whole, and the map stays within its limit."""
    store = reopen(StoreConfig(sync=False, map_bytes=1 << 30))
    first = store.statistics().map_bytes
    store.commit(RevisionRecord(1, links={f"{number}.py": bytes(1 << 20) for number in range(80)}))
    assert first < store.statistics().map_bytes <= 1 << 30
    assert sum(1 for _ in store.links()) == 80


def test_full_map_loses_nothing(reopen, samples):
    """At the configured limit StoreFull is raised, the last revision stands, and small work goes on."""
    store = reopen(StoreConfig(sync=False, map_bytes=1 << 20))
    store.commit(RevisionRecord(1, links={"a.py": b"1"}))
    with pytest.raises(StoreFull, match="limit of 1048576 bytes"):
        store.commit(RevisionRecord(2, links={"a.py": b"2", "b.py": bytes(2 << 20)}))
    assert (store.revision, dict(store.links())) == (1, {"a.py": b"1"})
    store.commit(RevisionRecord(2, links={"a.py": b"2"}))
    store = reopen(StoreConfig(sync=False, map_bytes=1 << 20))
    assert (store.revision, dict(store.links())) == (2, {"a.py": b"2"})


_FILL = """
import resource, sys
from pathlib import Path
from codegraph.config import StoreConfig
from codegraph.errors import StoreFull
from codegraph.events import EventLog
from codegraph.store.opening import open_store
from codegraph.store.schema import RevisionRecord
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
store = open_store(Path(sys.argv[1]), StoreConfig(), {}, EventLog(lambda: 0.0))
revision = 0
try:
    while True:
        store.commit(RevisionRecord(revision + 1, links={f"{revision}.py": bytes(50_000)}))
        revision += 1
except StoreFull:
    print(revision, store.revision, sum(1 for _ in store.links()), flush=True)
"""


def test_full_disk_loses_nothing(tmp_path, events):
    """When the file cannot grow any more, StoreFull is raised and every acknowledged revision is there."""
    done = subprocess.run([sys.executable, "-c", _FILL, str(tmp_path)], capture_output=True, text=True, check=True)
    acknowledged, revision, rows = map(int, done.stdout.split())
    assert acknowledged == revision == rows > 3
    store = open_store(tmp_path, StoreConfig(), {}, events)
    assert (store.revision, sum(1 for _ in store.links()), _reasons(events)) == (revision, revision, [])
    store.close()


def test_full_disk_at_the_beginning_and_at_the_end(reopen, samples, tmp_path, events, monkeypatch):
    """A lock that cannot be written is StoreFull; a seal that cannot be is done without, and nothing is lost."""

    def full(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = reopen()
    _filled(store, samples)
    with monkeypatch.context() as patch:
        patch.setattr("codegraph.store.environment.write_seal", full)
        store.close()
        patch.setattr("codegraph.store.environment.os.pwrite", full)
        with pytest.raises(StoreFull, match=str(tmp_path)):
            open_store(tmp_path, StoreConfig(), {}, events)
    store = reopen()
    assert (store.revision, len(store.files()), _reasons(events)) == (1, 40, [])


_READ_ONLY = """
import os, sys
from pathlib import Path
from codegraph.config import StoreConfig
from codegraph.errors import StoreReadOnly
from codegraph.events import EventLog
from codegraph.store.opening import open_store
if os.getuid() == 0:
    os.setuid(65534)
try:
    open_store(Path(sys.argv[1]), StoreConfig(), {}, EventLog(lambda: 0.0))
except StoreReadOnly as error:
    print("refused:", error)
"""


@pytest.mark.parametrize("present", [False, True], ids=["no directory", "a directory"])
def test_read_only_directory_is_named(tmp_path: Path, present: bool):
    """A state directory that cannot be made or written is StoreReadOnly, with its name."""
    directory = tmp_path / "state"
    if present:
        directory.mkdir()
        directory.chmod(0o555)
    tmp_path.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _READ_ONLY, str(directory)], capture_output=True, text=True, check=True
        )
    finally:
        tmp_path.chmod(0o755)
    assert done.stdout.startswith("refused:")
    assert str(directory) in done.stdout


def test_compaction_gives_pages_back(reopen, samples, tmp_path):
    """After much was removed, compaction makes the file smaller and loses nothing, before and after reopening."""
    store = reopen()
    _filled(store, samples)
    store.commit(RevisionRecord(2, links={f"{number}.py": bytes(100_000) for number in range(50)}))
    store.commit(RevisionRecord(3, links={f"{number}.py": None for number in range(50)}))
    size = (tmp_path / "state" / "data.mdb").stat().st_size
    statistics = store.statistics()
    assert statistics.file_bytes == size
    assert statistics.used_bytes < size / 4
    gained = store.compact()
    assert size - gained == (tmp_path / "state" / "data.mdb").stat().st_size < size / 4
    assert (len(store.files()), store.revision) == (40, 3)
    store.commit(RevisionRecord(4, links={"a.py": b"after"}))
    assert dict(reopen().links())["a.py"] == b"after"


def test_damaged_row_is_never_returned(reopen, samples):
    """A row damaged while the store is open raises StoreCorrupt instead of being decoded."""
    store = reopen()
    _filled(store, samples)
    broken = schema.pack_row("file1.py", b"links")[:-1] + b"\0"
    store._environment.write(lambda transaction: transaction.put(schema.LINKS, b"file1.py", broken))
    with pytest.raises(StoreCorrupt, match="row of links"):
        list(store.links())
