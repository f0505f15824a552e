"""Answers of search, similar and embed: ranked by `codegraph.search`, shown with the state of each symbol.

A result whose vector is stale or pending is still a result; it says so, and it goes to the front of
the queue. Graph, states and both search indexes are those of one view.
Tests: tests/integration/test_daemon.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon.candidate_texts import CandidateTexts, callers_of
from codegraph.daemon.encoders import QueryVectors
from codegraph.daemon.messages import (
    EmptyReason,
    Filters,
    SearchHit,
    SearchParams,
    SearchResult,
    SimilarParams,
    Target,
)
from codegraph.daemon.operations import Embedding, EmbedParams, EmbedResult
from codegraph.daemon.route_figures import troubles
from codegraph.daemon.targets import describe, find_target
from codegraph.daemon.understanding import Understood
from codegraph.daemon.view import View
from codegraph.embed.encoder import FloatArray
from codegraph.errors import ProjectError, UsageError
from codegraph.graph.snapshot import Snapshot
from codegraph.search.filters import Filter
from codegraph.search.narrowing import Narrowing, phrase_terms
from codegraph.search.query_language import languages_named, parse_query
from codegraph.search.search import Query, SearchAnswer
from codegraph.search.search import SearchResult as Ranked
from codegraph.search.supporting import is_supporting, is_test

if TYPE_CHECKING:
    from codegraph.daemon.project import Project

_REASONS = {
    "": EmptyReason.NOT_EMPTY,
    "empty_index": EmptyReason.NOTHING_INDEXED,
    "nothing_allowed": EmptyReason.FILTERED,
    "no_words": EmptyReason.NO_MATCH,
    "no_match": EmptyReason.NO_MATCH,
}


OWN_TESTS = 10
"""Results of `similar` beyond those wanted, for the tests among them that come later."""

TRIED_OUT = 0.25
"""What a symbol's own tests lose of their likeness to it."""


def answer_search(project: Project, view: View, params: SearchParams, vectors: QueryVectors) -> SearchResult:
    """Rank symbols for a query; without vectors by words alone. Raises ProjectError for a bad filter.

    `vectors` are those of `parse_query(params.query).text`.
    """
    parsed = parse_query(params.query)
    texts = CandidateTexts(view.snapshot, project.parts.facts)
    query = Query(
        text=parsed.text,
        vectors=vectors,
        limit=params.limit,
        allowed=_filter(params.filters),
        known=view.snapshot,
        narrowed=Narrowing(
            filter=parsed.filter,
            containers=parsed.containers,
            terms=phrase_terms(parsed.phrases),
            symbols=callers_of(view, parsed.calls, texts) if parsed.calls else None,
        ),
        fits=texts.containing(parsed.phrases),
        copies=texts if params.fold else None,
    )
    found = project.parts.searcher.search(query, view.search)
    understood = Understood(**dataclasses.asdict(parsed), nowhere=found.nowhere, read_as=dict(found.read_as))
    return msgspec.structs.replace(_shown(project, view, found), understood=understood)


def answer_similar(project: Project, view: View, params: SimilarParams, vectors: QueryVectors) -> SearchResult:
    """Rank symbols by nearness to a piece of code, or to a symbol among those that the same model embedded.

    Raises ProjectError unless it is one of the two.
    """
    if params.text and (params.symbol or params.file):
        raise ProjectError("both a symbol and a piece of code were named", "compare with one of them")
    limit = params.limit or project.config.search.limit
    exclude: SymbolId | None = None
    if not params.text:
        target = find_target(view, params)
        exclude = target.id
        found = project.parts.searcher.vector_of(target.id, view.search)
        vectors = {} if found is None else dict([found])
        if found is None:
            project.hurry([target.id])
    if not vectors:
        return SearchResult(clock=str(view.snapshot.clock), results=(), reason=EmptyReason.NO_VECTOR)
    asked = limit if exclude is None else limit + OWN_TESTS
    answer = project.parts.searcher.similar(
        vectors, asked, exclude=exclude, allowed=_filter(params.filters), view=view.search
    )
    if exclude is not None:
        ordered = own_tests_later(view.snapshot, exclude, answer.results)
        answer = dataclasses.replace(answer, results=tuple(ordered[:limit]))
    return _shown(project, view, answer)


def own_tests_later(snapshot: Snapshot, target: SymbolId, results: Sequence[Ranked]) -> list[Ranked]:
    """Order what is like a symbol anew: tests that refer to it try it out, which makes their vectors like its own."""
    found = list(results)
    if not _tries_out(snapshot.places[target][0], target):
        for place, each in enumerate(results):
            edges = snapshot.dependencies(each.symbol) if _tries_out(each.path, each.symbol) else ()
            if any(edge.target == target for edge in edges):
                signals = {**each.signals, "support": -TRIED_OUT}
                found[place] = dataclasses.replace(each, score=each.score - TRIED_OUT, signals=signals)
    return sorted(found, key=lambda each: (-each.score, each.symbol))


def _tries_out(path: str, symbol: SymbolId) -> bool:
    return is_supporting(path) or is_test(path, symbol)


def answer_embed(project: Project, view: View, params: EmbedParams, vectors: Sequence[QueryVectors]) -> EmbedResult:
    """Give full-precision vectors; a symbol without a fresh one has an empty vector and goes to the front."""
    targets = [find_target(view, Target(symbol=name)) for name in params.symbols]
    fresh = [each.id for each in targets if view.freshness(each.id) is Freshness.FRESH]
    keys = {symbol: view.snapshot.wanted(symbol) for symbol in fresh}
    kept = project.parts.tiers.get_many(list(keys.values()))
    embeddings = []
    for target in targets:
        key = keys.get(target.id)
        vector = kept.get(key) if key is not None else None
        if vector is None and key is not None:
            coded = project.parts.searcher.vector_of(target.id, view.search)
            vector = None if coded is None else coded[1]
        model = project.name_of(view.snapshot.model_of(target.id))
        embeddings.append(_embedding(target.id, vector, "" if key is None else key.hex(), model))
    code = project.models.code
    embeddings += [
        _embedding(f"text:{number}", found.get(code.identity), "", code.spec.name)
        for number, found in enumerate(vectors)
    ]
    missing = [each.id for each in targets if each.id not in keys]
    project.hurry(missing)
    return EmbedResult(
        clock=str(view.snapshot.clock),
        model=code.spec.name,
        dimensions=code.dimensions,
        embeddings=tuple(embeddings),
        reason=EmptyReason.NO_VECTOR if missing else EmptyReason.NOT_EMPTY,
    )


def _embedding(source: str, vector: FloatArray | None, key: str, model: str) -> Embedding:
    return Embedding(source=source, vector=() if vector is None else tuple(vector.tolist()), key=key, model=model)


def _filter(filters: Filters) -> Filter:
    try:
        return Filter(kinds=filters.kinds, languages=languages_named(filters.languages), include=filters.paths)
    except ValueError as error:
        raise UsageError(f"the filter cannot be used: {error}", "see docs/api.md, Filters") from error


def _shown(project: Project, view: View, answer: SearchAnswer) -> SearchResult:
    hits = [hit for result in answer.results if (hit := _hit(view, result)) is not None]
    folded = [hit for copy in answer.folded if (hit := _hit(view, copy.result, copy.under)) is not None]
    project.hurry(_not_fresh([*hits, *folded]))
    reason = _REASONS[answer.reason]
    if not hits and not view.reconciled:
        reason = EmptyReason.INDEXING
    return SearchResult(
        clock=str(view.snapshot.clock),
        results=tuple(hits),
        folded=tuple(folded),
        reason=reason,
        warnings=(*project.models.missing.values(), *troubles(project)),
    )


def _hit(view: View, result: Ranked, under: str = "") -> SearchHit | None:
    symbol = view.snapshot.symbol(result.symbol)
    if symbol is None:
        return None
    return SearchHit(
        symbol=describe(view, symbol), score=result.score, signals=dict(result.signals), folded_under=under
    )


def _not_fresh(hits: Iterable[SearchHit]) -> list[SymbolId]:
    return [SymbolId(hit.symbol.id) for hit in hits if hit.symbol.state is not Freshness.FRESH]
