"""Segments of files that are edited: of a symbol that did not change the postings are copied from the last time.

What is remembered of a file edited lately is its segment, and what each of its documents was made of; so its owner
hands in those only that are made of something else, and a `KeptDocument` for each of the others. Impacts are a
function of their document alone, so the result is, bit for bit, what inverting all of the file gives.

A large file that was not edited lately is *recalled*: its postings are looked for among all of the index's.
Tests: tests/unit/search/test_search_edited.py.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from codegraph.core.symbols import SymbolId
from codegraph.search.documents import FileDocuments, KeptDocument
from codegraph.search.merging import interleaved, of_file
from codegraph.search.segment import Segment

MOST = 8
"""Files that are remembered; one of 2,000 lines takes some 300 kB."""

POSTINGS_TO_READ = 150_000
"""Postings of an index that are read in the time of inverting one document whose words were not met before (0.1 ms)."""


class _Known(NamedTuple):
    sources: Mapping[SymbolId, bytes]
    """In the order of the segment's documents."""
    segment: Segment


class EditedFiles:
    """The files whose documents were handed in last, each by itself."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, _Known] = OrderedDict()

    def sources(self, path: str) -> Mapping[SymbolId, bytes]:
        """Return what the documents of a file were made of, by digest; nothing if the file is not remembered."""
        known = self._files.get(path)
        return {} if known is None else known.sources

    def recall(self, segment: Segment, place: int, sources: Mapping[SymbolId, bytes]) -> None:
        """Remember one of a segment's files, unless it is so small that its documents are sooner inverted again.

        `sources`: what each of its documents was made of, in their order.
        """
        if len(segment.postings) <= len(sources) * POSTINGS_TO_READ:
            self._files[segment.paths[place]] = _Known(sources, of_file(segment, place))

    def forget(self, path: str) -> None:
        """Forget a file."""
        self._files.pop(path, None)

    def segments(self, files: Iterable[FileDocuments], build: Callable[[FileDocuments], Segment]) -> list[Segment]:
        """Return the segment of each file; `build` inverts documents. KeyError if what is kept is not remembered.

        Files are forgotten after all of them: what one of them keeps must not give way to another one.
        """
        made = [self._segment(file, build) for file in files]
        while len(self._files) > MOST:
            self._files.popitem(last=False)
        return made

    def _segment(self, file: FileDocuments, build: Callable[[FileDocuments], Segment]) -> Segment:
        known = self._files.pop(file.path, None)
        fresh = [at for at, each in enumerate(file.documents) if not isinstance(each, KeptDocument)]
        segment = build(file._replace(documents=tuple(file.documents[at] for at in fresh)))
        if len(fresh) < len(file.documents):
            if known is None:
                raise KeyError(file.path)
            place = {symbol: at for at, symbol in enumerate(known.sources)}
            places = np.full(len(place), -1, dtype=np.int32)
            for at, each in enumerate(file.documents):
                if isinstance(each, KeptDocument):
                    places[place[each.symbol]] = at
            segment = interleaved(known.segment, places, segment, np.array(fresh, dtype=np.int32))
        sources = dict(zip((each.symbol for each in file.documents), file.sources, strict=False))
        if len(sources) == len(file.documents):
            self._files[file.path] = _Known(sources, segment)
        return segment
