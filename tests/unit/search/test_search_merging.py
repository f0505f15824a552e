"""Merging is cut into portions, so that it holds nobody up; where it is cut does not show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search import merging
from codegraph.search.analysis import Analyser
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.merging import merge_segments
from codegraph.search.segment import Segment, build_segment

WORDS = st.sampled_from(["alpha", "beta", "gamma", "parse", "parser", "write", "größe", "é", "x1", "HTTPServer"])
BODIES = st.lists(st.lists(WORDS, max_size=6), max_size=4)


def segment_of(number: int, files: list[list[list[str]]], catalogue: Catalogue) -> Segment:
    """Return the segment of some files, each a list of bodies."""
    made = []
    for place, bodies in enumerate(files):
        path = f"s{number}/p{place}.py"
        documents = [
            LexicalDocument(SymbolId(f"{path}/f{i}()."), SymbolKind.FUNCTION, "python", "f", "f", "", "", tuple(body))
            for i, body in enumerate(bodies)
        ]
        made.append(FileDocuments(path, b"tag", tuple(documents)))
    return build_segment(made, Analyser(), lambda path, one: catalogue.admit(one.symbol, one.kind, one.language, path))


def as_lists(segment: Segment) -> tuple[object, ...]:
    """Return all of a segment."""
    columns = (segment.starts, segment.numbers, segment.offsets, segment.postings, segment.impacts, segment.peaks)
    kinds = [str(column.dtype) for column in columns]
    return (segment.paths, segment.tags, segment.terms.all(), kinds, *(column.tolist() for column in columns))


@settings(max_examples=40)
@given(st.lists(st.lists(BODIES, max_size=3), max_size=3), st.integers(1, 60), st.data())
def test_portions_do_not_show(parts: list[list[list[list[str]]]], portion: int, data: st.DataObject) -> None:
    """However small the portions, the result is that of one, to the last bit."""
    catalogue = Catalogue()
    segments = [segment_of(number, files, catalogue) for number, files in enumerate(parts)]
    sources = []
    for segment in segments:
        marks = data.draw(st.none() | st.lists(st.booleans(), min_size=len(segment.paths), max_size=len(segment.paths)))
        sources.append((segment, None if marks is None else np.array(marks, np.bool_)))
    assert as_lists(merge_segments(sources, portion)) == as_lists(merge_segments(sources, 1 << 40))


def test_no_step_handles_more_than_a_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step's postings and terms are bounded by the portion, but for one term's postings."""
    texts = [[[f"word{number}{each}" for each in range(20)] for number in range(60)]]
    segment = segment_of(0, texts, Catalogue())
    steps: list[int] = []
    merged = merging._merged

    def noted(sources: object, first: list[int], last: list[int]) -> object:
        steps.append(int(segment.offsets[last[0]] - segment.offsets[first[0]]))
        return merged(sources, first, last)  # type: ignore[arg-type]

    monkeypatch.setattr(merging, "_merged", noted)
    merge_segments([(segment, None)], 200)
    assert len(steps) > 10
    assert sum(steps) == len(segment.postings)
    assert max(steps) <= 200 + int(np.diff(segment.offsets).max())
