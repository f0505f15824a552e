"""Several segments become one: live files are copied, dead ones and terms without postings are left out.

`of_file` takes one file out of a segment, `interleaved` puts one together of which some documents have changed.

Postings stand by term, and terms are sorted, so the terms from one to another are merged without regard to the rest:
that is done portion by portion, each of so few postings and terms that no step of it holds other threads up (it
runs beside queries; a step is one call of C, which nobody can interrupt). The result is the same however it is cut.
Tests: tests/unit/search/test_search_merging.py, test_search_segment.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from codegraph.search.segment import (
    Impacts,
    Mask,
    Numbers,
    Offsets,
    Segment,
    TermDictionary,
    bounds_of,
    dead_documents,
    dictionary,
    peaks_of,
    ranges,
)

PORTION = 100_000
"""Postings that are merged at once, a term counting as `_TERM_WEIGHT` of them; one term's are not divided."""

_TERM_WEIGHT = 4

Kind = TypeVar("Kind", bound=np.generic)


class _Source(NamedTuple):
    """A segment that is merged."""

    segment: Segment
    places: npt.NDArray[np.int32]
    """Per document, its number in the result; -1 for a dead one."""


class _Merged(NamedTuple):
    """Some terms of the result, one after another."""

    text: bytes
    lengths: Offsets
    """Per term, its bytes."""
    counts: Offsets
    """Per term, its postings."""
    postings: Numbers
    impacts: Impacts


def merge_segments(parts: Sequence[tuple[Segment, Mask | None]], portion: int = PORTION) -> Segment:
    """Copy the live paths of some segments into one; a mask marks the dead paths of its segment."""
    kept = [_kept_paths(segment, dead) for segment, dead in parts]
    live = [None if dead is None else ~dead_documents(segment, dead) for segment, dead in parts]
    sources = _sources([segment for segment, _ in parts], live)
    merged = [_merged(sources, first, last) for first, last in _portions(sources, portion)]
    impacts = _joined([each.impacts for each in merged], np.float16)
    offsets = bounds_of(_joined([each.counts for each in merged], np.int64))
    lengths = _joined([each.lengths for each in merged], np.int64)
    return Segment(
        paths=tuple(segment.paths[i] for (segment, _), paths in zip(parts, kept, strict=True) for i in paths),
        tags=tuple(segment.tags[i] for (segment, _), paths in zip(parts, kept, strict=True) for i in paths),
        starts=bounds_of(
            [int(s.starts[i + 1] - s.starts[i]) for (s, _), paths in zip(parts, kept, strict=True) for i in paths]
        ),
        numbers=live_numbers(parts),
        terms=TermDictionary(b"".join([each.text for each in merged]), bounds_of(lengths)),
        offsets=offsets,
        postings=_joined([each.postings for each in merged], np.int32),
        impacts=impacts,
        peaks=peaks_of(impacts, offsets),
    )


def live_numbers(parts: Sequence[tuple[Segment, Mask | None]]) -> Numbers:
    """Return the symbol number of every document that `merge_segments` copies, in the order of the result."""
    return _joined([s.numbers if dead is None else s.numbers[~dead_documents(s, dead)] for s, dead in parts], np.int32)


def of_file(segment: Segment, place: int) -> Segment:
    """Copy one file of a segment, by its place, into a segment of its own. All postings are read for that."""
    first, last = int(segment.starts[place]), int(segment.starts[place + 1])
    rows = _rows_of(segment.postings, first, last)
    used, counts = np.unique(np.searchsorted(segment.offsets, rows, side="right") - 1, return_counts=True)
    impacts, offsets = segment.impacts[rows], bounds_of(counts)
    return Segment(
        paths=(segment.paths[place],),
        tags=(segment.tags[place],),
        starts=bounds_of([last - first]),
        numbers=segment.numbers[first:last],
        terms=dictionary([segment.terms.term(index) for index in used.tolist()]),
        offsets=offsets,
        postings=segment.postings[rows] - np.int32(first),
        impacts=impacts,
        peaks=peaks_of(impacts, offsets),
    )


def _rows_of(postings: Numbers, first: int, last: int) -> Offsets:
    """Return where the postings of the documents from `first` on to before `last` are."""
    found = []
    for start in range(0, len(postings), PORTION):
        beyond = (postings[start : start + PORTION] - np.int32(first)).view(np.uint32)  # of those before, a huge number
        found.append(np.flatnonzero(beyond < np.uint32(last - first)) + start)
    return _joined(found, np.int64)


def interleaved(before: Segment, places: Numbers, now: Segment, own: Numbers) -> Segment:
    """Put the documents of one file together; path and tag are those of `now`.

    `places`: per document of `before` its number in the result, -1 if it is gone; `own`: the same for those of `now`.
    """
    sources = [_Source(before, places), _Source(now, own)]
    merged = _merged(sources, [0, 0], [len(before.terms), len(now.terms)])
    documents = int(np.count_nonzero(places >= 0)) + len(own)
    order = np.argsort(
        np.repeat(np.arange(len(merged.counts)) * documents, merged.counts) + merged.postings, kind="stable"
    )
    numbers = np.empty(documents, dtype=np.int32)
    numbers[places[places >= 0]] = before.numbers[places >= 0]
    numbers[own] = now.numbers
    impacts, offsets = merged.impacts[order], bounds_of(merged.counts)
    terms = TermDictionary(merged.text, bounds_of(merged.lengths))
    starts = bounds_of([documents])
    postings = merged.postings[order]
    return Segment(now.paths, now.tags, starts, numbers, terms, offsets, postings, impacts, peaks_of(impacts, offsets))


def _sources(segments: Sequence[Segment], live: Sequence[Mask | None]) -> list[_Source]:
    """Number the live documents of the result."""
    sources: list[_Source] = []
    first = 0
    for segment, alive in zip(segments, live, strict=True):
        if alive is None:
            places = np.arange(first, first + segment.documents, dtype=np.int32)
            first += segment.documents
        else:
            places = np.cumsum(alive, dtype=np.int32) + np.int32(first - 1)
            places[~alive] = -1
            first += int(np.count_nonzero(alive))
        sources.append(_Source(segment, places))
    return sources


def _portions(sources: Sequence[_Source], portion: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield for each portion the first term of each segment, and the one after its last."""
    begin = [0] * len(sources)
    end = [len(source.segment.terms) for source in sources]
    if sources:
        largest = max((source.segment for source in sources), key=lambda segment: len(segment.postings))
        weights = np.asarray(largest.offsets) + _TERM_WEIGHT * np.arange(len(largest.offsets))
        cuts = np.searchsorted(weights, np.arange(portion, int(weights[-1]), portion))
        for cut in dict.fromkeys(cuts.tolist()):
            if 0 < cut < len(largest.terms):
                term = largest.terms.term(cut)
                last = [source.segment.terms.first(term) for source in sources]
                yield begin, last
                begin = last
    yield begin, end


def _merged(sources: Sequence[_Source], first: Sequence[int], last: Sequence[int]) -> _Merged:
    """Interleave the postings of some terms of several segments, without sorting them; drop terms without any."""
    own = [source.segment.terms.between(*span) for source, *span in zip(sources, first, last, strict=True)]
    vocabulary = _united(own)
    indices = {term: index for index, term in enumerate(vocabulary)}
    rows = []
    for source, terms, begin, end in zip(sources, own, first, last, strict=True):
        offsets = np.asarray(source.segment.offsets[begin : end + 1])
        owner = np.array([indices[term] for term in terms], dtype=np.int64)
        term_of = np.repeat(owner, np.diff(offsets))
        documents = source.places[source.segment.postings[int(offsets[0]) : int(offsets[-1])]]
        impacts = source.segment.impacts[int(offsets[0]) : int(offsets[-1])]
        good = np.flatnonzero(documents >= 0)
        if len(good) < len(documents):
            term_of, documents, impacts = term_of[good], documents[good], impacts[good]
        rows.append((np.bincount(term_of, minlength=len(vocabulary)), documents, impacts))
    totals = np.zeros(len(vocabulary), dtype=np.int64)
    for counts, _, _ in rows:
        totals += counts
    taken = bounds_of(totals)[:-1].copy()
    postings = np.empty(int(totals.sum()), dtype=np.int32)
    impacts_of = np.empty(len(postings), dtype=np.float16)
    for counts, documents, impacts in rows:
        places = ranges(taken, counts)
        postings[places] = documents
        impacts_of[places] = impacts
        taken += counts
    used = np.flatnonzero(totals)
    terms = [vocabulary[index] for index in used.tolist()]
    lengths = np.array([len(term) for term in terms], dtype=np.int64)
    return _Merged(b"".join(terms), lengths, totals[used], postings, impacts_of)


def _united(vocabularies: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Merge sorted vocabularies; sorting what is sorted in runs compares each term about once."""
    terms = [term for vocabulary in vocabularies for term in vocabulary]
    terms.sort()
    return list(dict.fromkeys(terms))


def _kept_paths(segment: Segment, dead: Mask | None) -> list[int]:
    return list(range(len(segment.paths))) if dead is None else np.flatnonzero(~dead).tolist()


def _joined(columns: Sequence[npt.NDArray[Kind]], kind: type[Kind]) -> npt.NDArray[Kind]:
    return np.concatenate(columns).astype(kind, copy=False) if columns else np.empty(0, dtype=kind)
