"""The cold tier: codegraph/cache/cold.py and codegraph/cache/raw_disk.py."""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import diskcache
import pytest

from codegraph.cache import raw_disk
from codegraph.cache.cold import ColdTier, DiskColdTier, MemoryColdTier, open_cold
from codegraph.cache.raw_disk import MAX_VALUE_BYTES, RawDisk
from codegraph.errors import CacheError
from codegraph.events import EventLog, Rebuilt

LIMIT = 1 << 24


def _key(number: int) -> bytes:
    return number.to_bytes(16, "big")


@pytest.fixture
def events() -> EventLog:
    return EventLog(lambda: 0.0)


@pytest.fixture
def tier(tmp_path: Path, events: EventLog) -> Iterator[DiskColdTier]:
    opened = DiskColdTier(tmp_path / "cold", LIMIT, events)
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_values_come_back_under_their_keys(kind: str, tmp_path: Path, events: EventLog) -> None:
    """The real tier and the fake keep the same promises."""
    tier: ColdTier = DiskColdTier(tmp_path, LIMIT, events) if kind == "disk" else MemoryColdTier(LIMIT)
    tier.put_many({_key(number): bytes([number]) * 100 for number in range(50)})
    tier.put_many({_key(3): b"replaced"})
    found = tier.get_many([_key(number) for number in range(1_100)])
    assert len(found) == 50
    assert found[_key(3)] == b"replaced"
    assert found[_key(49)] == bytes([49]) * 100
    tier.delete_many([_key(1), _key(999)])
    assert tier.size()[0] == 49
    tier.clear()
    assert tier.get_many([_key(3)]) == {}
    assert tier.size()[0] == 0
    tier.close()


def test_values_survive_the_process(tmp_path: Path, events: EventLog) -> None:
    """What one process stored the next one finds."""
    first = DiskColdTier(tmp_path, LIMIT, events)
    first.put_many({_key(1): b"one"})
    first.close()
    second = DiskColdTier(tmp_path, LIMIT, events)
    assert second.get_many([_key(1)]) == {_key(1): b"one"}
    second.close()


class _Payload:
    """A pickle that makes a directory when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self._trace = str(trace)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self._trace,)


@pytest.mark.parametrize("plant", ["row", "file", "binary", "key", "text"])
def test_planted_entries_are_refused_and_nothing_is_executed(tmp_path: Path, tier: DiskColdTier, plant: str) -> None:
    """Pickled rows, rows that name files, and values that are no bytes count as missing and are deleted."""
    trace, outside = tmp_path / "trace", tmp_path / "outside"
    payload = pickle.dumps(_Payload(trace))
    outside.write_bytes(payload)
    tier.put_many({_key(number): b"good" for number in range(3)})
    columns = {
        "row": (4, None, payload, 1),
        "file": (4, "../outside", None, 1),
        "binary": (2, "../outside", None, 1),
        "key": (1, None, b"good", 0),
        "text": (1, None, "text", 1),
    }
    with sqlite3.connect(tmp_path / "cold" / "cache.db") as connection:
        key = payload if plant == "key" else _key(1)
        change = "UPDATE Cache SET mode = ?, filename = ?, value = ?, raw = ?, key = ? WHERE key = ?"
        connection.execute(change, (*columns[plant], key, _key(1)))
    connection.close()
    assert tier.get_many([_key(0), _key(1), _key(2)]) == {_key(0): b"good", _key(2): b"good"}
    assert tier.get_many([payload]) == {}
    tier.put_many({_key(1): b"new"})
    assert tier.get_many([_key(1)]) == {_key(1): b"new"}
    tier.prune(0)
    assert outside.exists()
    assert not trace.exists()


def test_every_way_into_pickle_is_closed(tmp_path: Path) -> None:
    """Each method of diskcache's Disk that could pickle, unpickle or open a file refuses."""
    disk = RawDisk(str(tmp_path))
    payload = pickle.dumps(_Payload(tmp_path / "trace"))
    for attempt in (
        lambda: disk.put("text"),
        lambda: disk.put((1, 2)),
        lambda: disk.get(payload, False),
        lambda: disk.store([1], False),
        lambda: disk.store(b"x" * (MAX_VALUE_BYTES + 1), False),
        lambda: disk.store(b"x", True),
        lambda: disk.fetch(4, None, payload, False),
        lambda: disk.fetch(1, "name", None, False),
        lambda: disk.filename(),
    ):
        with pytest.raises(CacheError, match="refuses"):
            attempt()
    assert not (tmp_path / "trace").exists()


def test_a_damaged_database_is_set_aside(tmp_path: Path, events: EventLog) -> None:
    """Opening never fails for damage: the file is kept for inspection, a new one begun, and it is said."""
    (tmp_path / "cache.db").write_bytes(b"this is no database" * 1_000)
    tier = DiskColdTier(tmp_path, LIMIT, events)
    tier.put_many({_key(1): b"one"})
    assert tier.get_many([_key(1)]) == {_key(1): b"one"}
    tier.close()
    assert (tmp_path / "cache.db.damaged").read_bytes().startswith(b"this is no database")
    assert [event.what for event in events.recent() if isinstance(event, Rebuilt)] == ["cold tier"]


def test_foreign_tables_and_settings_are_set_aside_too(tmp_path: Path, events: EventLog) -> None:
    """A database with other columns or with settings that make no sense is not ours."""
    with sqlite3.connect(tmp_path / "cache.db") as connection:
        connection.execute("CREATE TABLE Cache (other)")
        connection.execute("CREATE TABLE Settings (key TEXT NOT NULL UNIQUE, value)")
        connection.execute("INSERT INTO Settings VALUES ('disk_surprise', 1)")
    connection.close()
    tier = DiskColdTier(tmp_path, LIMIT, events)
    tier.put_many({_key(1): b"one"})
    assert tier.get_many([_key(1)]) == {_key(1): b"one"}
    tier.close()
    assert [type(event) for event in events.recent()] == [Rebuilt]


def test_damage_while_open_is_mended(tmp_path: Path, tier: DiskColdTier, events: EventLog) -> None:
    """A connection that meets damage gets a miss, and what is stored afterwards is found."""
    tier.put_many({_key(number): b"x" * 500 for number in range(100)})
    tier.prune(LIMIT)
    tier.close()
    database = tmp_path / "cold" / "cache.db"
    database.write_bytes(b"\xff" * database.stat().st_size)
    assert tier.get_many([_key(1)]) == {}
    tier.put_many({_key(1): b"one"})
    assert tier.get_many([_key(1)]) == {_key(1): b"one"}
    assert [type(event) for event in events.recent()] == [Rebuilt]


def test_a_full_disk_is_an_error_that_passes(tier: DiskColdTier, events: EventLog) -> None:
    """Nothing is stored in part, what was there can be read, and room makes it work again."""
    tier.put_many({_key(0): b"kept"})
    pages = tier._cache._pragma("page_count")
    tier._cache._pragma(f"max_page_count = {pages}")
    with pytest.raises(CacheError, match="full"):
        tier.put_many({_key(number): os.urandom(5_000) for number in range(1, 50)})
    assert tier.get_many([_key(number) for number in range(50)]) == {_key(0): b"kept"}
    tier._cache._pragma("max_page_count = 100000")
    tier.put_many({_key(1): b"one"})
    assert len(tier.get_many([_key(0), _key(1)])) == 2
    assert events.recent() == ()


def test_the_size_is_bounded_and_the_used_ones_stay(
    tmp_path: Path, events: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eviction keeps to the limit, takes the least recently used, and is counted."""
    monkeypatch.setattr(raw_disk, "TOUCH_SECONDS", -1.0)
    tier = DiskColdTier(tmp_path, 400_000, events)
    tier.put_many({_key(number): os.urandom(1_000) for number in range(100)})
    for start in range(100, 1_000, 100):
        assert _key(7) in tier.get_many([_key(7)])
        tier.put_many({_key(number): os.urandom(1_000) for number in range(start, start + 100)})
        assert tier.size()[1] <= 400_000
    assert _key(7) in tier.get_many([_key(7)])
    assert _key(8) not in tier.get_many([_key(8)])
    assert _key(999) in tier.get_many([_key(999)])
    assert tier.evictions == 1_000 - tier.size()[0]
    assert tier.prune(200_000) > 0
    assert (tmp_path / "cache.db").stat().st_size <= 200_000
    tier.close()


def test_an_unusable_directory_disables_the_tier_and_says_why(
    tmp_path: Path, events: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    """A path below a file, a directory of somebody else, a limit of 0: work goes on without a cold tier."""
    (tmp_path / "file").write_text("")
    tier = open_cold(tmp_path / "file" / "cold", LIMIT, events)
    assert "file" in tier.disabled
    assert "not kept on disk" in caplog.text
    tier.put_many({_key(1): b"one"})
    assert tier.get_many([_key(1)]) == {}
    assert "cold_bytes" in open_cold(tmp_path / "cold", 0, events).disabled


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only directories")
def test_a_read_only_directory_disables_the_tier(tmp_path: Path, events: EventLog) -> None:
    """Nothing is raised; the reason is kept for status."""
    tmp_path.chmod(0o500)
    assert "read-only" in open_cold(tmp_path, LIMIT, events).disabled


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_disables_the_tier(tmp_path: Path, events: EventLog) -> None:
    """Whoever owns the directory could plant anything in it."""
    os.chown(tmp_path, 12_345, 12_345)
    assert "another user" in open_cold(tmp_path, LIMIT, events).disabled


def test_threads_share_a_tier(tier: DiskColdTier) -> None:
    """Reads and writes from several threads neither fail nor mix up values."""

    def work(seed: int) -> bool:
        keys = [_key(1_000 * seed + number) for number in range(20)]
        for key in keys:
            tier.put_many({key: key * 10})
        return tier.get_many(keys) == {key: key * 10 for key in keys}

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(work, range(3)))


def test_no_thread_s_connection_outlives_the_tier(tmp_path: Path, events: EventLog) -> None:
    """Closing closes what other threads opened, too, while they live; who asks later is served."""
    tier = DiskColdTier(tmp_path / "cold", LIMIT, events)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(tier.put_many, {_key(1): b"one"}).result()
        assert _open_files(tmp_path)
        tier.close()
        assert not _open_files(tmp_path)
        assert pool.submit(tier.get_many, [_key(1)]).result() == {_key(1): b"one"}
        tier.close()


def _open_files(directory: Path) -> list[str]:
    names = [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return [name for name in names if name.startswith(f"{directory}/")]


CHILD = """
import sys
from pathlib import Path
from codegraph.cache.cold import DiskColdTier
from codegraph.events import EventLog
seed = int(sys.argv[2])
tier = DiskColdTier(Path(sys.argv[1]), 1 << 24, EventLog(lambda: 0.0))
for start in range(0, 200, 20):
    tier.put_many({b"%d:%d" % (seed, number): b"%d" % number * 50 for number in range(start, start + 20)})
found = tier.get_many([b"%d:%d" % (seed, number) for number in range(200)])
assert len(found) == 200, len(found)
tier.close()
"""


def test_processes_share_a_tier(tmp_path: Path, tier: DiskColdTier) -> None:
    """Three processes that open and write at once lose nothing, and a fourth reads it all."""
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path / "cold"), str(seed)], stderr=subprocess.PIPE)
        for seed in range(3)
    ]
    for child in children:
        _, errors = child.communicate()
        assert child.returncode == 0, errors
    keys = [b"%d:%d" % (seed, number) for seed in range(3) for number in range(200)]
    assert len(tier.get_many(keys)) == 600


def test_entries_are_counted_once(tmp_path: Path, events: EventLog) -> None:
    """Keys written again are no new entries, and a database that plain diskcache opened meanwhile counts alike."""
    tier = DiskColdTier(tmp_path, 1 << 24, events)
    tier.put_many({_key(number): b"one" for number in range(300)})
    diskcache.Cache(str(tmp_path)).close()
    tier.put_many({_key(number): b"two" for number in range(200, 500)})
    assert tier.size()[0] == 500
    assert tier.get_many([_key(0), _key(250)]) == {_key(0): b"one", _key(250): b"two"}
    tier.delete_many([_key(3), _key(3)])
    assert tier.size()[0] == 499
    tier.close()
