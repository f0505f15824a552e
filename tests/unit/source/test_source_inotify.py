"""Where each watch's directory is, whatever order the news comes in."""

from __future__ import annotations

from watchdog.observers.inotify_c import WatchDescriptor

from codegraph.source.watch_table import WatchTable


def table_of(*paths: str) -> WatchTable:
    table = WatchTable()
    for number, path in enumerate(paths):
        table.put(WatchDescriptor(number), path)
    return table


def test_a_directory_and_all_below_it_is_forgotten() -> None:
    """The watches to end are those of the directory and its descendants, and of nothing that only looks alike."""
    table = table_of("", "a", "a/b", "a/b/c", "ab", "a/d")
    assert sorted(table.forget_below("a")) == [1, 2, 3, 5]
    assert sorted(table.path_of.values()) == ["", "ab"]
    assert table.forget_below("a") == []
    assert len(table) == 2


def test_a_watch_found_at_another_place_moves() -> None:
    """The system gives a moved directory its old watch: it is known by its new place only."""
    table = table_of("", "a", "a/b")
    assert table.put(WatchDescriptor(2), "c") is None
    assert table.path_of[WatchDescriptor(2)] == "c"
    assert table.forget_below("a") == [1]
    assert table.forget_below("c") == [2]


def test_a_new_directory_at_a_known_place_takes_over() -> None:
    """The watch of the directory that was there before is handed back to be ended, and its end changes nothing."""
    table = table_of("", "a")
    assert table.put(WatchDescriptor(7), "a") == 1
    assert table.forget(WatchDescriptor(1)) is None
    assert table.forget_below("a") == [7]
    assert table.put(WatchDescriptor(0), "") is None


def test_a_watch_that_the_kernel_ended() -> None:
    """Its directory is told once, and leaves its parent."""
    table = table_of("", "a", "a/b")
    assert table.forget(WatchDescriptor(2)) == "a/b"
    assert table.forget(WatchDescriptor(2)) is None
    assert table.forget_below("a") == [1]
    assert table.forget(WatchDescriptor(0)) == ""
    assert len(table) == 0
