"""Top-k over segments: BM25F sums, exact, with the hopeless documents left out early.

score(d) = sum over query terms t of  idf(t) impact(t, d),   idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5))

with N live documents, n of them with t, counted over all segments at the moment of the query. Terms are
added from the rarest to the commonest. As soon as the terms still to come cannot lift a document that has
nothing yet into the best k (MaxScore: Turtle and Flood 1995), only the documents that can still win are
looked up in the long lists. Additions happen in the same order for every document on every way through,
so scores are equal to the last bit whatever the segments, the filter and the short cuts.
Tests: tests/unit/search/test_search_lexical.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.search.segment import Mask, Numbers
from codegraph.search.terms import Doubles, Places, SegmentView, Term, file_evidence, known_terms

Floats = npt.NDArray[np.float32]

LONG_LIST = 4_096
"""Shorter posting lists are simply added; looking for a short cut would cost more."""

FEW_CANDIDATES = 0.05
"""When a filter leaves a smaller share of all documents, only those are scored."""


class Matches(NamedTuple):
    """Symbols by falling score; all that tie with the last of the best k are there."""

    numbers: Numbers
    scores: Floats
    files: Doubles
    """Of each, the evidence of its file, see `terms`."""
    idf: Mapping[str, float]
    """Of the terms that any live document has."""


NO_MATCHES = Matches(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32), np.empty(0), {})


def best_matches(
    segments: Sequence[SegmentView], live: int, terms: Sequence[str], limit: int, allowed: Mask | None
) -> Matches:
    """Score the documents that have any of `terms`; `allowed` is by symbol number, None allows all.

    `live`: number of live documents over all segments.
    """
    total = sum(view.segment.documents for view in segments)
    known = known_terms(segments, live, terms)
    if not known or limit <= 0:
        return NO_MATCHES
    visible = _visible(segments, total, allowed)
    places, scores = _scored(known, total, visible, limit)
    places, scores = _best(places, scores, limit)
    idf = {term.text: float(term.idf) for term in known}
    return Matches(_numbers(segments, places), scores, file_evidence(segments, known, places), idf)


def _visible(segments: Sequence[SegmentView], total: int, allowed: Mask | None) -> Mask | None:
    """Mark the documents that may be returned; None means all."""
    if allowed is None and all(view.dead is None for view in segments):
        return None
    visible = np.ones(total, dtype=np.bool_)
    for view in segments:
        rows = slice(view.first, view.first + view.segment.documents)
        if allowed is not None:
            visible[rows] = allowed[view.segment.numbers]
        if view.dead is not None:
            visible[rows] &= ~view.dead
    return visible


def _scored(terms: Sequence[Term], total: int, visible: Mask | None, limit: int) -> tuple[Places, Floats]:
    """Return the documents that can be among the best, with their scores."""
    if visible is not None:
        places = np.flatnonzero(visible)
        if len(places) < FEW_CANDIDATES * total:
            return _looked_up(terms, places, np.zeros(len(places), dtype=np.float32))
    scores = np.zeros(total, dtype=np.float32)
    coming = [sum(term.bound for term in terms[position:]) for position in range(len(terms))]
    lengths = [term.length for term in terms]
    worth = max(LONG_LIST, total // 50)
    for position, term in enumerate(terms):
        if position and lengths[position] > worth:
            worth = 2 * lengths[position]
            hopeful = _hopeful(scores, visible, coming[position], limit)
            if hopeful is not None:
                return _looked_up(terms[position:], hopeful, scores[hopeful])
        for part in term.postings:
            scores[part.first :][part.documents] += part.impacts.astype(np.float32) * term.idf
    places = _having(scores, visible)
    return places, scores[places]


def _having(scores: Floats, visible: Mask | None) -> Places:
    """Return the visible documents that have a score; none is below 0."""
    return np.flatnonzero(scores > 0 if visible is None else (scores > 0) & visible)


def _hopeful(scores: Floats, visible: Mask | None, coming: float, limit: int) -> Places | None:
    """Return the documents that can still be among the best; None if one without any score yet can."""
    places = _having(scores, visible)
    if len(places) < limit:
        return None
    values = scores[places]
    threshold = float(np.partition(values, len(values) - limit)[len(values) - limit])
    if threshold <= coming:
        return None
    return places[values + np.float32(coming) >= threshold]


def _looked_up(terms: Sequence[Term], places: Places, scores: Floats) -> tuple[Places, Floats]:
    """Add the terms' scores for the given documents only; drop those without any."""
    for term in terms:
        for part in term.postings:
            low, high = np.searchsorted(places, (part.first, part.first + int(part.documents[-1]) + 1))
            local = (places[low:high] - part.first).astype(np.int32)
            rows = np.searchsorted(part.documents, local)
            hits = np.flatnonzero(part.documents[rows] == local)
            scores[low + hits] += part.impacts[rows[hits]].astype(np.float32) * term.idf
    good = np.flatnonzero(scores)
    return places[good], scores[good]


def _best(places: Places, scores: Floats, limit: int) -> tuple[Places, Floats]:
    """Keep the best `limit` and whatever ties with the last of them, by falling score."""
    if len(scores) > limit:
        threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        good = np.flatnonzero(scores >= threshold)
        places, scores = places[good], scores[good]
    order = np.argsort(-scores, kind="stable")
    return places[order], scores[order]


def _numbers(segments: Sequence[SegmentView], places: Places) -> Numbers:
    """Translate documents into symbol numbers."""
    numbers = np.empty(len(places), dtype=np.int32)
    for view in segments:
        own = np.flatnonzero((places >= view.first) & (places < view.first + view.segment.documents))
        numbers[own] = view.segment.numbers[places[own] - view.first]
    return numbers
