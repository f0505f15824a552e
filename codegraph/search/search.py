"""Search: both indexes behind one door.

`Searcher` is updated by the daemon's writer thread and asked by its reader threads. Each update ends with one
assignment of a `SearchView`, so a query sees the lexical index, the vectors and the names of one revision,
however long it takes. A query goes: filter -> mask; mask -> candidates of the lexical index and (when the
caller brings vectors, one for each model that symbols are served with) of the vectors -> ranking -> the best, ties
by SymbolId. Whether a result's vector is fresh, stale or pending is not known here: the daemon adds it.

Vectors belong to symbols that have a document; a symbol that disappears with its file loses its vector.
Tests: tests/unit/search/test_search_searcher.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.config import SearchConfig
from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.embed.encoder import MAX_QUERY_CHARACTERS
from codegraph.events import EventLog
from codegraph.search.candidates import Found
from codegraph.search.catalogue import Catalogue, CatalogueView
from codegraph.search.distinct import without
from codegraph.search.documents import FileDocuments
from codegraph.search.filters import Filter, FilterMasks
from codegraph.search.folding import MAX_CHECKED, Copies, choose
from codegraph.search.fusion import interleave
from codegraph.search.known import Known, NothingKnown
from codegraph.search.lexical import LexicalIndex, LexicalView, MergeFiles
from codegraph.search.narrowing import Narrowing, live
from codegraph.search.quantise import Floats, Quantised
from codegraph.search.rank import Ranked, RankWeights, rank
from codegraph.search.shape import QueryShape, shape_of
from codegraph.search.signals import Candidates
from codegraph.search.spaces import SpacesView, VectorSpaces
from codegraph.search.spelling import matched
from codegraph.search.vectors import DotProducts, Mask, Neighbours


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    text: str
    vectors: Mapping[bytes, Floats] = field(default_factory=dict)
    """By model: the encoded text, float32 (d,), length one. Vectors of other models are not searched."""
    limit: int | None = None
    """None takes the configured limit."""
    allowed: Filter = field(default_factory=Filter)
    known: Known = field(default_factory=NothingKnown)
    """What the graph says of candidates."""
    narrowed: Narrowing = field(default_factory=Narrowing)
    """What the text itself asks for; holds besides `allowed`."""
    fits: Callable[[SymbolId], bool] | None = None
    """Says of a candidate whether it may be shown; asked of the best first."""
    copies: Copies | None = None
    """Says whether one candidate repeats another, so that it is folded; None folds nothing."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One symbol that was found."""

    symbol: SymbolId
    score: float
    kind: SymbolKind
    path: str
    signals: Mapping[str, float]
    """By name of `rank.SIGNALS`: the parts of the score, which is their sum. `bm25`, `cosine`: of the indexes."""


class Folded(NamedTuple):
    """A result that repeats a better one."""

    result: SearchResult
    under: SymbolId
    """The better one."""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Results by falling score, ties by SymbolId."""

    results: tuple[SearchResult, ...]
    revision: int
    """The revision of the lexical index that answered."""
    rankings: tuple[str, ...]
    """Which of lexical and vector took part."""
    reason: str = ""
    """Why there are no results: empty_index, no_words, nothing_allowed or no_match; "" when there are."""
    folded: tuple[Folded, ...] = ()
    """Copies of results, best first; see `folding`."""
    nowhere: tuple[str, ...] = ()
    """Words of the query that no document has."""
    read_as: Mapping[str, str] = field(default_factory=dict)
    """Words of the query that no document has, and what was looked for instead."""


@dataclass(frozen=True, slots=True)
class SearchView:
    """Both indexes and the names, of one revision."""

    lexical: LexicalView
    vectors: SpacesView
    catalogue: CatalogueView


class Searcher:
    """Update from one thread, `flush` from that or another, ask from any."""

    def __init__(
        self,
        lexical: LexicalIndex,
        catalogue: Catalogue,
        config: SearchConfig,
        *,
        weights: RankWeights | None = None,
        dot_products: DotProducts | None = None,
    ) -> None:
        """Use `open`. `lexical` and the searcher share `catalogue`."""
        self._lexical = lexical
        self._catalogue = catalogue
        self._vectors = VectorSpaces(dot_products)
        self._config = config
        self.weights = weights or RankWeights()
        """What queries are ranked with; another value counts from the next query on."""
        self._masks = FilterMasks()
        self._lock = threading.Lock()
        self._documented = np.zeros(0, dtype=np.bool_)
        self._mark_documented(lexical.symbols_of(sorted(lexical.tags())), True)
        self._view = self._built_view()

    @classmethod
    def open(
        cls,
        directory: Path | None,
        *,
        identity: str,
        config: SearchConfig,
        events: EventLog | None = None,
        weights: RankWeights | None = None,
        merge: MergeFiles | None = None,
    ) -> Searcher:
        """Open the lexical index in `directory` (None: memory only); there are no vectors and no models yet.

        See `LexicalIndex.open` for the other arguments. Vectors are handed in by `put_vectors`.
        """
        catalogue = Catalogue()
        lexical = LexicalIndex.open(directory, identity=identity, catalogue=catalogue, events=events, merge_files=merge)
        return cls(lexical, catalogue, config, weights=weights)

    @property
    def revision(self) -> int:
        """The revision of the last update; -1 before the first."""
        return self._lexical.revision

    def open_model(self, model: bytes, mean: Floats) -> None:
        """Take vectors of a model from now on; `mean`, float32 (d,), is removed from them, see `quantise`."""
        with self._lock:
            self._vectors.open(model, mean)

    def close_model(self, model: bytes) -> None:
        """Forget a model with all its vectors and publish."""
        with self._lock:
            self._vectors.close(model)
            self._view = self._built_view()

    def mean(self, model: bytes) -> Floats | None:
        """Return the mean that vectors of a model must have had removed; None if it was not opened."""
        return self._vectors.mean(model)

    def models(self) -> dict[bytes, int]:
        """Count the vectors of each model that was opened."""
        with self._lock:
            return self._vectors.counts()

    def view(self) -> SearchView:
        """Return what was last published."""
        return self._view

    def outdated(self, tags: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
        """Compare the files of the index with the owner's; return paths to hand in again and paths to remove."""
        known = self._lexical.tags()
        return sorted(path for path in tags if known.get(path) != tags[path]), sorted(known.keys() - tags.keys())

    def update(self, files: Sequence[FileDocuments], removed: Sequence[str], revision: int) -> None:
        """Replace some files' documents, forget other files, publish; symbols that are gone lose their vectors."""
        touched = [*(file.path for file in files), *removed]
        with self._lock:
            before = self._lexical.symbols_of(touched)
            self._lexical.update(files, removed, revision)
            self._documents_changed(touched, before)

    def sources(self, path: str) -> Mapping[SymbolId, bytes]:
        """Return what the documents of a file edited lately were made of, by digest; an update may keep these."""
        return self._lexical.sources(path)

    def recall(self, path: str, tag: bytes, sources: Mapping[SymbolId, bytes]) -> None:
        """Remember a file that was not edited lately, see `LexicalIndex.recall`."""
        self._lexical.recall(path, tag, sources)

    def adopt(self, segments: Sequence[Path], revision: int) -> list[str]:
        """Take documents of files that have none yet, see `LexicalIndex.adopt`; return the paths."""
        with self._lock:
            paths = self._lexical.adopt(segments, revision)
            self._documents_changed(paths, np.empty(0, dtype=np.int32))
        return paths

    def merge_young(self) -> bool:
        """Merge the words of edits, see `LexicalIndex.merge_young`; return whether there is a new view."""
        with self._lock:
            is_merged = self._lexical.merge_young()
            if is_merged:
                self._view = self._built_view()
        return is_merged

    def _documents_changed(self, paths: Sequence[str], before: npt.NDArray[np.int32]) -> None:
        after = self._lexical.symbols_of(paths)
        self._mark_documented(before, False)
        self._mark_documented(after, True)
        self._vectors.remove(without(before, after))
        self._view = self._built_view()

    def put_vectors(self, model: bytes, symbols: Sequence[SymbolId], vectors: Quantised) -> list[SymbolId]:
        """Set the vectors of some symbols, distinct ones, and publish; return those that have no document.

        They replace what the symbols had, of whichever model. Vectors without a document are dropped: hand
        in documents first. Raises KeyError unless the model was opened, ValueError when the dimensions are
        not those of its mean.
        """
        with self._lock:
            found = [self._catalogue.number(symbol) for symbol in symbols]
            numbers = np.array([-1 if number is None else number for number in found], dtype=np.int32)
            known = (numbers >= 0) & (numbers < len(self._documented))
            known[known] = self._documented[numbers[known]]
            rows = np.flatnonzero(known)
            self._vectors.put(model, numbers[rows], vectors if known.all() else vectors.take(rows))
            self._view = self._built_view()
        return [symbols[row] for row in np.flatnonzero(~known).tolist()]

    def remove_vectors(self, symbols: Sequence[SymbolId]) -> None:
        """Forget the vectors of some symbols and publish."""
        with self._lock:
            numbers = [self._catalogue.number(symbol) for symbol in symbols]
            self._vectors.remove([number for number in numbers if number is not None])
            self._view = self._built_view()

    def flush(self) -> int:
        """Write the lexical index down, off the edit path; return the revision that is now on disk."""
        revision = self._lexical.flush()
        with self._lock:
            self._view = self._built_view()
        return revision

    def search(self, query: Query, view: SearchView | None = None) -> SearchAnswer:
        """Answer a query from `view`, or from what was last published.

        Raises ValueError when a vector of the query does not fit its model's.
        """
        view = view or self._view
        shape, found, allowed = self.gather(query, view)
        if allowed is not None and not shape.terms and not query.vectors:
            return self._listed(query, view, allowed)
        candidates = found.candidates(view.catalogue, query.known)
        ranked = rank(shape, found.matches.idf, candidates, self.weights)
        limit = query.limit or self._config.limit

        def name(index: int) -> tuple[str, int]:
            return candidates.name(index), int(view.catalogue.kinds[found.numbers[index]])

        chosen = choose(ranked.order, candidates.symbols, name, limit, query.fits, query.copies)

        def shown(index: int) -> SearchResult:
            return _result(found, candidates, ranked, view.catalogue, index)

        return SearchAnswer(
            results=tuple(map(shown, chosen.shown)),
            revision=view.lexical.revision,
            rankings=found.rankings,
            reason="" if chosen.shown else _reason(view, shape, query, allowed),
            folded=tuple(Folded(shown(index), candidates.symbols[under]) for index, under in chosen.folded),
            nowhere=shape.nowhere,
            read_as=shape.read_as,
        )

    def _listed(self, query: Query, view: SearchView, allowed: Mask) -> SearchAnswer:
        """Answer a query that has filters and no words: what they leave, by SymbolId."""
        catalogue = view.catalogue
        numbers = np.flatnonzero(allowed & live(view.lexical, catalogue.count)).tolist()
        numbers.sort(key=lambda number: catalogue.symbols[number])
        symbols = [catalogue.symbols[number] for number in numbers]
        limit = query.limit or self._config.limit
        shown = choose(range(len(numbers)), symbols, symbols.__getitem__, limit, query.fits).shown
        results = tuple(
            SearchResult(symbols[at], 0.0, catalogue.kind(numbers[at]), catalogue.path(numbers[at]), {}) for at in shown
        )
        reason = "" if results else ("nothing_allowed" if view.lexical.live else "empty_index")
        return SearchAnswer(results, view.lexical.revision, (), reason)

    def gather(self, query: Query, view: SearchView) -> tuple[QueryShape, Found, Mask | None]:
        """Return how a query was read, what both indexes found, and what they were narrowed to; see `search`."""
        shape = shape_of(query.text[:MAX_QUERY_CHARACTERS])
        allowed = self._allowed(query, view)
        count = max(self._config.candidates, query.limit or 0, MAX_CHECKED if query.fits else 0)
        matches = None
        if self.weights.lexical:
            shape, matches = matched(view.lexical, shape, count, allowed)
        near = view.vectors.search(query.vectors, count, allowed) if self.weights.vector else []
        return shape, Found.of(matches, near, self._config.rrf_constant), allowed

    def _allowed(self, query: Query, view: SearchView) -> Mask | None:
        """Return, by symbol number, what the filters of a query leave; None if that is all."""
        masks = [
            self._masks.mask(query.allowed, view.catalogue),
            self._masks.mask(query.narrowed.filter, view.catalogue),
            query.narrowed.mask(view.catalogue, view.lexical, self._catalogue.number),
        ]
        set_masks = [mask for mask in masks if mask is not None]
        return np.logical_and.reduce(set_masks) if set_masks else None

    def similar(
        self,
        vectors: Mapping[bytes, Floats],
        limit: int,
        *,
        exclude: SymbolId | None = None,
        allowed: Filter | None = None,
        view: SearchView | None = None,
    ) -> SearchAnswer:
        """Return the symbols nearest to `vectors`, by model float32 (d,), without `exclude`.

        Symbols of a model that is not named are left out. With several models the order is by rank, not
        by cosine.
        """
        view = view or self._view
        mask = self._masks.mask(allowed or Filter(), view.catalogue)
        near = view.vectors.search(vectors, limit + 1, mask)
        found = _neighbours(near, view.catalogue, self._config.rrf_constant)
        results = [result for result in found if result.symbol != exclude]
        results.sort(key=lambda result: (-result.score, result.symbol))
        reason = "" if results else ("no_match" if view.vectors.live else "empty_index")
        return SearchAnswer(tuple(results[:limit]), view.lexical.revision, ("vector",), reason)

    def vector_of(self, symbol: SymbolId, view: SearchView | None = None) -> tuple[bytes, Floats] | None:
        """Return a symbol's model and its vector as far as eight bits remember it, float32 (d,), or None."""
        view = view or self._view
        number = self._catalogue.number(symbol)
        return None if number is None else view.vectors.vector(number)

    def _mark_documented(self, numbers: npt.NDArray[np.int32], value: bool) -> None:
        if len(self._catalogue) > len(self._documented):
            larger = np.zeros(2 * len(self._catalogue), dtype=np.bool_)
            larger[: len(self._documented)] = self._documented
            self._documented = larger
        self._documented[numbers] = value

    def _built_view(self) -> SearchView:
        return SearchView(self._lexical.view(), self._vectors.view(), self._catalogue.view())


def _result(found: Found, candidates: Candidates, ranked: Ranked, catalogue: CatalogueView, index: int) -> SearchResult:
    signals = {name: value for name, values in ranked.parts.items() if (value := float(values[index]))}
    return SearchResult(
        candidates.symbols[index],
        float(ranked.scores[index]),
        catalogue.kind(int(found.numbers[index])),
        candidates.paths[index],
        signals | found.raw(index),
    )


def _neighbours(near: Sequence[Neighbours], catalogue: CatalogueView, constant: int) -> list[SearchResult]:
    """Show neighbours; their score is the cosine, bounded as eight bits round, or the standing of several models."""
    if not near:
        return []
    ranking = interleave(near)
    scores = ranking.scores if len(near) == 1 else ranking.standings(constant)
    rows = zip(ranking.numbers.tolist(), scores.clip(max=1).tolist(), ranking.scores.clip(-1, 1).tolist(), strict=True)
    return [
        SearchResult(
            catalogue.symbols[number], score, catalogue.kind(number), catalogue.path(number), {"cosine": cosine}
        )
        for number, score, cosine in rows
    ]


def _reason(view: SearchView, shape: QueryShape, query: Query, allowed: Mask | None) -> str:
    """Say why nothing was found; symbols that are gone are still numbered, and `allowed` may let them pass."""
    if not view.lexical.live:
        return "empty_index"
    if allowed is not None and not (allowed & live(view.lexical, view.catalogue.count)).any():
        return "nothing_allowed"
    return "no_match" if shape.terms or query.vectors else "no_words"
