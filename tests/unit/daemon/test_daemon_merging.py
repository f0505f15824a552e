"""The process that merges the lexical index: it makes a file or none, and nothing of it is left behind."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest

from codegraph.core.symbols import SymbolKind, symbol_id
from codegraph.daemon import merging
from codegraph.daemon.merging import MergeProcess
from codegraph.search import lexical
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.lexical import LexicalIndex


def _file(number: int) -> FileDocuments:
    path = f"pkg/m{number}.py"
    name = f"load_{number}"
    symbol = symbol_id(path, f"{name}().")
    document = LexicalDocument(symbol, SymbolKind.FUNCTION, "python", name, name, f"def {name}", "Reads it.", ("x",))
    return FileDocuments(path, b"tag%d" % number, (document,))


def _index(directory: Path, merge: MergeProcess) -> LexicalIndex:
    index = LexicalIndex.open(directory, identity="test", merge_files=merge)
    for number in range(6):
        index.update([_file(number)], (), number)
    return index


@pytest.fixture(autouse=True)
def merged_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every merge is large, and no edit merges."""
    monkeypatch.setattr(lexical, "MERGE_HERE_DOCUMENTS", 0)
    monkeypatch.setattr(lexical, "EDIT_MERGE_DOCUMENTS", 0)


def test_a_flush_merges_in_a_process(tmp_path: Path) -> None:
    """All segments become one, with the answers, tags and revision that were there before, for the next start too."""
    index = _index(tmp_path, MergeProcess())
    index.update([_file(9)], ["pkg/m3.py"], 7)
    before = index.search(["load"], 50)
    assert len(before) == 6
    assert len(index.view().segments) == 6
    assert index.flush() == 7
    assert len(index.view().segments) == 1
    assert index.search(["load"], 50) == before
    again = LexicalIndex.open(tmp_path, identity="test")
    assert (again.search(["load"], 50), again.tags(), again.revision) == (before, index.tags(), 7)
    assert sorted(file.name.partition("-")[0] for file in tmp_path.iterdir()) == ["manifest", "segment"]


def test_a_process_that_fails_costs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A segment that is damaged on disk ends the process; the index says so, and answers as before."""
    merge = MergeProcess()
    index = _index(tmp_path, MergeProcess())
    before = index.search(["load"], 50)

    def damaged(directory: Path, parts: object, name: str) -> bool:
        file = directory / "segment-2"
        file.write_bytes(file.read_bytes()[:-9])
        return merge(directory, parts, name)  # type: ignore[arg-type]  # handed on

    index = LexicalIndex.open(tmp_path / "other", identity="test", merge_files=damaged)
    for number in range(6):
        index.update([_file(number)], (), number)
    with caplog.at_level(logging.WARNING):
        assert index.flush() == 5
    assert "6 parts" in caplog.text
    assert index.search(["load"], 50) == before
    assert not [file for file in (tmp_path / "other").iterdir() if file.name.startswith("merged")]


def _never(directory: Path, parts: object, name: str, nice: int) -> None:
    (directory / "begun").write_bytes(b"yes")
    threading.Event().wait()


def test_closing_ends_a_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever closes does not wait for a merge; the flush ends without it, and its process is gone."""
    monkeypatch.setattr(merging, "_merge", _never)
    merge = MergeProcess()
    index = _index(tmp_path, merge)
    os.mkfifo(tmp_path / "begun")  # who reads from it waits for the process to write
    flush = threading.Thread(target=index.flush)
    flush.start()
    assert (tmp_path / "begun").read_bytes() == b"yes"
    merge.close()
    flush.join(60)
    assert not flush.is_alive()
    assert len(index.view().segments) == 6
    assert index.flush() == 5, "nothing is merged any more, and everything written"
    assert LexicalIndex.open(tmp_path, identity="test").search(["load"], 50) == index.search(["load"], 50)
