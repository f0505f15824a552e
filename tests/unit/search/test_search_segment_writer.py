"""Segments that were written elsewhere are those that the index would have built."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.core.symbols import SymbolKind, symbol_id
from codegraph.errors import StoreCorrupt
from codegraph.search import segment_writer
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.lexical import LexicalIndex
from codegraph.search.segment_writer import SegmentWriter


def _document(path: str, name: str) -> LexicalDocument:
    symbol = symbol_id(path, f"{name}().")
    return LexicalDocument(symbol, SymbolKind.FUNCTION, "python", name, name, f"def {name}", "Reads it.", (name, "x"))


def _file(number: int) -> FileDocuments:
    path = f"pkg/m{number}.py"
    names = (f"load_{number}", "common_name", f"save{number}")
    return FileDocuments(path, b"tag%d" % number, tuple(_document(path, name) for name in names))


def _index() -> LexicalIndex:
    return LexicalIndex(Catalogue(), None, "test")


def test_adopted_segments_answer_as_built_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores, tags and revision are equal to the last bit, and a later update takes hold."""
    monkeypatch.setattr(segment_writer, "BUILD_DOCUMENTS", 9)
    files = [_file(number) for number in range(10)]
    writer = SegmentWriter(tmp_path)
    for file in files:
        writer.add(file)
    names = writer.finished()
    assert len(names) == 4
    built, adopted = _index(), _index()
    built.update(files, (), 3)
    assert sorted(adopted.adopt([tmp_path / name for name in names], 3)) == [file.path for file in files]
    for index in (built, adopted):
        index.update([_file(10)], ["pkg/m3.py"], 4)
    assert adopted.tags() == built.tags()
    assert adopted.revision == built.revision == 4
    for terms in (["load"], ["common", "name"]):
        assert adopted.search(terms, 50) == built.search(terms, 50) != []


def test_adopted_files_become_part_of_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment that needs no merge is not written twice; until a flush names it, a start knows nothing of it."""
    place, directory = tmp_path / "first", tmp_path / "lexical"
    place.mkdir()
    writer = SegmentWriter(place)
    for number in range(10):
        writer.add(_file(number))
    [name] = writer.finished()
    inode = (place / name).stat().st_ino
    index = LexicalIndex.open(directory, identity="test")
    index.adopt([place / name], 3)
    assert list(place.iterdir()) == []
    monkeypatch.setattr("codegraph.search.lexical.write_segment", None)
    index.flush()
    assert inode in {file.stat().st_ino for file in directory.iterdir()}
    again = LexicalIndex.open(directory, identity="test")
    assert (again.tags(), again.revision) == (index.tags(), 3)
    assert again.search(["load"], 50) == index.search(["load"], 50) != []


def test_a_damaged_segment_changes_nothing(tmp_path: Path) -> None:
    """The index says so and is what it was."""
    writer = SegmentWriter(tmp_path)
    writer.add(_file(1))
    [name] = writer.finished()
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:-9])
    index = _index()
    with pytest.raises(StoreCorrupt):
        index.adopt([file], 1)
    assert not index.tags()
