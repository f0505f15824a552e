"""Segments away from any index: documents in, files out, for `LexicalIndex.adopt` to take; or files in, one file out.

Each file that a `SegmentWriter` makes is one segment of about `BUILD_DOCUMENTS` documents; all have the form of
`segment_file`.
Tests: tests/unit/search/test_search_segment_writer.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from codegraph.search.analysis import Analyser
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments
from codegraph.search.lexical import BUILD_DOCUMENTS
from codegraph.search.merging import merge_segments
from codegraph.search.segment import Mask, Segment, build_segment
from codegraph.search.segment_file import StoredSegment, read_segment, write_segment


class SegmentWriter:
    """Inverts documents and writes them to a directory. One thread's data."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._analyser = Analyser()
        self._waiting: list[FileDocuments] = []
        self._documents = 0
        self._written: list[str] = []

    def add(self, file: FileDocuments) -> None:
        """Take the documents of one file; paths are distinct."""
        self._waiting.append(file)
        self._documents += len(file.documents)
        if self._documents >= BUILD_DOCUMENTS:
            self._write()

    def finished(self) -> list[str]:
        """Write what is left; return the names of all files. Raises OSError."""
        if self._waiting:
            self._write()
        return self._written

    def _write(self) -> None:
        catalogue = Catalogue()
        segment = build_segment(
            self._waiting,
            self._analyser,
            lambda path, document: catalogue.admit(document.symbol, document.kind, document.language, path),
        )
        name = f"built-{len(self._written)}"
        write_segment(self._directory / name, segment, catalogue.view())
        self._written.append(name)
        self._waiting, self._documents = [], 0


def merge_files(directory: Path, parts: Sequence[StoredSegment], name: str) -> None:
    """Merge segments of a directory into a file there. Raises OSError, and StoreCorrupt for one that is damaged."""
    catalogue = Catalogue()
    merged = merge_segments([_part(directory, part, catalogue) for part in parts])
    write_segment(directory / name, merged, catalogue.view())


def _part(directory: Path, part: StoredSegment, catalogue: Catalogue) -> tuple[Segment, Mask | None]:
    segment = read_segment(directory / part.file, catalogue.admit_stored)
    if not part.dead_paths:
        return segment, None
    dead = np.zeros(len(segment.paths), dtype=np.bool_)
    dead[list(part.dead_paths)] = True
    return segment, dead
