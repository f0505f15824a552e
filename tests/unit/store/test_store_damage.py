"""When a data file is walked, and when the seal vouches for it. Kinds of damage: test_store_opening.py."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import lmdb.verify
import pytest

from codegraph.store.damage import find_damage, set_aside, write_seal


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were walked, in order."""
    walked: list[str] = []
    real: Callable[..., list[str]] = lmdb.verify.verify

    def recorded(path: str, subdir: bool | None = None) -> list[str]:
        walked.append(path)
        return real(path, subdir=subdir)

    monkeypatch.setattr(lmdb.verify, "verify", recorded)
    return walked


def _data_file(directory: Path) -> Path:
    with lmdb.open(str(directory), lib_version=0) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"key", b"value")
    return directory / "data.mdb"


def test_absent_file_is_not_damaged(tmp_path):
    """A fresh directory has nothing to complain about."""
    assert find_damage(tmp_path) is None


def test_sealed_file_is_not_walked(tmp_path, walks):
    """After a clean close the walk is left out; without the seal it is done."""
    file = _data_file(tmp_path)
    assert find_damage(tmp_path) is None
    write_seal(tmp_path)
    assert find_damage(tmp_path) is None
    assert walks == [str(file)]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"size":1,"mtime_ns":1,"inode":1}'])
def test_seal_that_does_not_fit_vouches_for_nothing(tmp_path, walks, content):
    """A torn, foreign or old seal leads to a walk, not to an error."""
    _data_file(tmp_path)
    (tmp_path / "sealed.json").write_bytes(content)
    assert find_damage(tmp_path) is None
    assert len(walks) == 1


def test_touched_file_is_walked_again(tmp_path, walks):
    """Another modification time than the sealed one means that somebody else wrote."""
    file = _data_file(tmp_path)
    write_seal(tmp_path)
    os.utime(file, ns=(1, 1))
    assert find_damage(tmp_path) is None
    assert len(walks) == 1


def test_failing_walk_is_damage(tmp_path, monkeypatch):
    """Content that the verifier itself stumbles over is damage, and the reason is kept."""
    _data_file(tmp_path)

    def stumble(path: str, subdir: bool) -> list[str]:
        raise IndexError("out of range")

    monkeypatch.setattr(lmdb.verify, "verify", stumble)
    assert find_damage(tmp_path) == "the file cannot be walked: out of range"


def test_set_aside_ignores_foreign_names(tmp_path):
    """Files that only look like ours do not confuse the numbering, and are not removed."""
    _data_file(tmp_path)
    (tmp_path / "data.mdb.corrupt-x").write_bytes(b"")
    assert set_aside(tmp_path).name == "data.mdb.corrupt-1"
    assert (tmp_path / "data.mdb.corrupt-x").exists()
    assert not (tmp_path / "data.mdb").exists()
