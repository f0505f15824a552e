"""Cookies: made outside of the tree, released by name, woken when the stream breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.errors import SourceError
from codegraph.source import cookies
from codegraph.source.cookies import CookieJar, CookieOutcome


def names_in(directory: Path) -> list[str]:
    return sorted(place.name for place in directory.iterdir())


def test_release_wakes_exactly_the_named(tmp_path: Path) -> None:
    """A waiter wakes when its own cookie is released, not before; its file is gone then."""
    jar = CookieJar(tmp_path / "cookies")
    first, second = jar.request(), jar.request()
    names = names_in(jar.directory)
    assert len(names) == 2
    jar.release([names[0], "of another process"])
    assert first.result(0) is CookieOutcome.SEEN
    assert not second.done()
    assert names_in(jar.directory) == names[1:]


def test_abort_wakes_everybody(tmp_path: Path) -> None:
    """After a loss nobody waits for a cookie that may never be seen."""
    jar = CookieJar(tmp_path)
    futures = [jar.request() for _ in range(3)]
    jar.abort()
    assert [future.result(0) for future in futures] == [CookieOutcome.ABORTED] * 3
    assert names_in(tmp_path) == []


def test_a_waiter_that_gave_up_is_no_error(tmp_path: Path) -> None:
    """A cancelled future may be released all the same."""
    jar = CookieJar(tmp_path)
    future = jar.request()
    future.cancel()
    jar.release(names_in(tmp_path))
    assert future.cancelled()


def test_leftovers_of_a_crash_are_cleared(tmp_path: Path) -> None:
    """Cookies of a process that died do not pile up."""
    (tmp_path / "1-1").touch()
    CookieJar(tmp_path)
    assert names_in(tmp_path) == []


def test_failures_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that cannot hold cookies, and too many waiters, raise instead of hanging."""
    (tmp_path / "file").touch()
    with pytest.raises(SourceError):
        CookieJar(tmp_path / "file")
    jar = CookieJar(tmp_path / "jar")
    monkeypatch.setattr(cookies, "MAX_WAITING", 1)
    jar.request()
    with pytest.raises(SourceError):
        jar.request()
    monkeypatch.undo()
    jar.abort()
    jar.directory.rmdir()
    with pytest.raises(SourceError):
        jar.request()
