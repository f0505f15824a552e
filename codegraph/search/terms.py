"""The terms of a query as the segments know them, and what they say of whole files.

A *known term* has its postings in every segment and its weight, idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)), with N
live documents, n of them with t, counted over all segments at the moment of the query.

*File evidence* is BM25F with the file in the place of the document: a file whose symbols speak of the query's terms,
each of another one, is about the query though none of its symbols is. With imp(t, d) the impacts in a file's n
documents,

    evidence(f) = sum over terms t of  idf(t) w / (w + FILE_SATURATION),    w = sum over d of imp(t, d) / length
    length      = 1 - FILE_LENGTH_SHARE + FILE_LENGTH_SHARE n / FILE_PIVOT

It is computed for files with a match only, from the rows of the postings that are theirs. A file's documents are
neighbours in every segment and keep their order, so the sums do not depend on the history of the index. Tests:
tests/unit/search/test_search_terms.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.search.distinct import placed
from codegraph.search.segment import Impacts, Mask, Numbers, Segment, ranges

FILE_SATURATION = 8.0
FILE_LENGTH_SHARE = 0.3
FILE_PIVOT = 15.0
"""Symbols of a file of usual size."""

Places = npt.NDArray[np.int64]
"""Document numbers over all segments: a segment's first one plus the local number."""

Doubles = npt.NDArray[np.float64]


class SegmentView(NamedTuple):
    """A segment as one moment saw it."""

    first: int
    """Number of its first document over all segments."""
    segment: Segment
    dead: Mask | None
    """Per document; None when all are alive."""


class Postings(NamedTuple):
    """A term's postings in one segment or several."""

    first: int
    """What is added to a document's number here for its number over all segments."""
    documents: Numbers
    impacts: Impacts


@dataclass(frozen=True, slots=True)
class Term:
    """A term that some live document has."""

    live: int
    """Live documents with the term."""
    text: str
    idf: np.float32
    bound: float
    """The most that the term can add to a score."""
    postings: tuple[Postings, ...]

    @property
    def length(self) -> int:
        """How many postings there are, dead ones included."""
        return sum(len(part.documents) for part in self.postings)


def known_terms(segments: Sequence[SegmentView], live: int, texts: Sequence[str]) -> list[Term]:
    """Look terms up; rarest first, equally rare ones by name. `live`: number of live documents over all segments."""
    known = []
    for text in dict.fromkeys(texts):
        encoded = text.encode("utf-8", "surrogatepass")
        parts, having, peak = [], 0, 0.0
        for view in segments:
            segment = view.segment
            index = segment.terms.find(encoded)
            if index < 0:
                continue
            rows = slice(int(segment.offsets[index]), int(segment.offsets[index + 1]))
            documents = segment.postings[rows]
            having += len(documents) - (0 if view.dead is None else int(np.count_nonzero(view.dead[documents])))
            peak = max(peak, float(segment.peaks[index]))
            parts.append(Postings(view.first, documents, segment.impacts[rows]))
        if having:
            idf = np.float32(math.log(1 + (live - having + 0.5) / (having + 0.5)))
            # The bound is loosened a little: float32 sums may round upwards.
            known.append(Term(having, text, idf, float(idf) * peak * 1.0001, _few(parts)))
    return sorted(known, key=lambda term: (term.live, term.text))


def _few(parts: list[Postings]) -> tuple[Postings, ...]:
    """Join all parts but the largest: whoever reads them works on each part by itself, in many small steps."""
    if len(parts) < 3:
        return tuple(parts)
    largest = max(parts, key=lambda part: len(part.documents))
    others = [part for part in parts if part is not largest]
    documents = np.concatenate([part.documents + np.int32(part.first) for part in others])
    return largest, Postings(0, documents, np.concatenate([part.impacts for part in others]))


def file_evidence(segments: Sequence[SegmentView], terms: Sequence[Term], places: Places) -> Doubles:
    """Return, for each of these documents, the evidence of its file."""
    if not len(places):
        return np.zeros(0)
    starts = np.concatenate([[0], *(view.segment.starts[1:] + view.first for view in segments)])
    files, inverse = placed(np.searchsorted(starts, places, side="right") - 1)
    parts = [(float(term.idf), part) for term in terms for part in term.postings]
    return _of_files(parts, starts[files], starts[files + 1])[inverse]


def _of_files(parts: Sequence[tuple[float, Postings]], low: Places, high: Places) -> Doubles:
    """Return the evidence of the files with documents `low` up to `high`."""
    length = 1 - FILE_LENGTH_SHARE + FILE_LENGTH_SHARE * (high - low) / FILE_PIVOT
    evidence = np.zeros(len(low))
    for idf, part in parts:
        first = np.searchsorted(part.documents, low - part.first)
        counts = np.searchsorted(part.documents, high - part.first) - first
        some = np.flatnonzero(counts)
        if len(some):
            rows = ranges(first[some], counts[some])
            bounds = np.cumsum(counts[some]) - counts[some]
            weight = np.add.reduceat(part.impacts[rows].astype(np.float64), bounds) / length[some]
            evidence[some] += idf * weight / (weight + FILE_SATURATION)
    return evidence
