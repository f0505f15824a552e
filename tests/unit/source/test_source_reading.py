"""One consistent read, or a reason."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codegraph.config import SourceConfig
from codegraph.core.changes import Skipped, SourceFile
from codegraph.core.digests import blob_digest
from codegraph.errors import SourceError
from codegraph.source.reading import ATTEMPTS, FileReader
from codegraph.source.stamps import stamp_of


def python_only(path: str, head: bytes) -> str | None:
    return "python" if path.endswith(".py") or head.startswith(b"#!") else None


def reader_of(
    root: Path, language_of: Callable[[str, bytes], str | None] = python_only, ahead_ns: int = 0
) -> FileReader:
    config = SourceConfig(max_file_bytes=1000, max_line_bytes=100)
    return FileReader(root, config, language_of, lambda: time.time_ns() + ahead_ns)


def test_bytes_fingerprint_and_stamp_belong_together(tmp_path: Path) -> None:
    """A read gives the bytes, their digest, the stamp of that state and the moment before the read."""
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    before = time.time_ns()
    read = reader_of(tmp_path).read("a.py")
    assert isinstance(read, SourceFile)
    assert read.data == b"x = 1\n"
    assert read.blob == blob_digest(b"x = 1\n")
    assert read.stamp == stamp_of((tmp_path / "a.py").stat())
    assert read.language == "python"
    assert before <= read.trusted_after_ns <= time.time_ns()


def test_a_change_during_the_read_is_read_again(tmp_path: Path) -> None:
    """Stat before and after must agree: a file written to, or replaced, meanwhile is read again, not mixed."""
    place = tmp_path / "a.py"
    place.write_bytes(b"old\n")
    disturbances = [lambda: place.write_bytes(b"longer than before\n"), lambda: (tmp_path / "b").replace(place)]
    (tmp_path / "b").write_bytes(b"new\n")

    def disturbed(path: str, head: bytes) -> str:
        if disturbances:
            disturbances.pop(0)()
        return "python"

    read = reader_of(tmp_path, disturbed).read("a.py")
    assert isinstance(read, SourceFile)
    assert (read.data, disturbances) == (b"new\n", [])


def test_a_file_that_never_rests_is_given_up(tmp_path: Path) -> None:
    """The number of reads is bounded, and the outcome is not remembered."""
    calls: list[int] = []

    def restless(path: str, head: bytes) -> str:
        calls.append(1)
        (tmp_path / "a.py").write_bytes(b"x" * len(calls))
        return "python"

    (tmp_path / "a.py").write_bytes(b"")
    reader = reader_of(tmp_path, restless)
    read = reader.read("a.py")
    assert isinstance(read, Skipped)
    assert (read.reason, len(calls)) == ("unreadable", ATTEMPTS)  # the head is all of it, so it is asked once
    assert reader.reasons() == []


def test_what_is_no_regular_file_is_gone(tmp_path: Path) -> None:
    """Missing files, directories, symbolic links, pipes and children of files are None, at once."""
    (tmp_path / "d.py").mkdir()
    (tmp_path / "f.py").write_text("")
    (tmp_path / "l.py").symlink_to(tmp_path / "f.py")
    os.mkfifo(tmp_path / "p.py")
    reader = reader_of(tmp_path)
    for path in ("missing.py", "d.py", "l.py", "p.py", "f.py/x.py"):
        assert reader.read(path) is None


@pytest.mark.parametrize("path", ["../a.py", "/etc/passwd", "a/../b.py", "", "a//b.py", "a\0.py"])
def test_paths_stay_below_the_root(tmp_path: Path, path: str) -> None:
    """A path that could lead out of the project is refused."""
    with pytest.raises(SourceError):
        reader_of(tmp_path).read(path)


def test_reasons_are_remembered_while_the_file_is_the_same(tmp_path: Path) -> None:
    """A file judged by its content is not judged again before its stamp differs, and forgotten with the tree."""
    place = tmp_path / "a.py"
    place.write_bytes(b"\0")
    (tmp_path / "script").write_bytes(b"text")
    reader = reader_of(tmp_path, ahead_ns=10**12)
    assert reader.read("a.py") == Skipped("a.py", "binary", "NUL at byte 0")
    assert reader.read("script") == Skipped("script", "unknown_language")
    assert sorted(reader.reasons()) == ["binary", "unknown_language"]
    assert reader.verdict("a.py", stamp_of(place.stat())) == Skipped("a.py", "binary", "NUL at byte 0")
    place.write_bytes(b"ok = 1\n")
    assert reader.verdict("a.py", stamp_of(place.stat())) is None
    assert isinstance(reader.read("a.py"), SourceFile)
    assert reader.reasons() == ["unknown_language"]
    reader.forget_all_but(set())
    assert reader.reasons() == []


def test_sizes_are_bounded(tmp_path: Path) -> None:
    """A file above the limit is never read."""
    (tmp_path / "a.py").write_bytes(b"x" * 1001)
    assert reader_of(tmp_path).read("a.py") == Skipped("a.py", "too_large", "1001 bytes")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    """Without permission the reason says so."""
    (tmp_path / "a.py").touch(mode=0)
    read = reader_of(tmp_path).read("a.py")
    assert isinstance(read, Skipped)
    assert read.reason == "unreadable"
