"""From what both indexes said of a query to the candidates that are ranked.

Both give their best symbols; a candidate is a symbol that either gave. Code is measured by the best
code, so that no document changes what code is worth beside other code. A symbol that only the vectors know still has
the evidence of its file, if the words found anything else there. Pure. Tests:
tests/unit/search/test_search_searcher.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codegraph.core.symbols import DOCUMENT_LANGUAGES
from codegraph.search.catalogue import CatalogueView
from codegraph.search.distinct import union
from codegraph.search.fusion import Ranking, interleave
from codegraph.search.known import Known
from codegraph.search.scoring import NO_MATCHES, Matches
from codegraph.search.signals import Candidates, Values
from codegraph.search.vectors import Mask, Neighbours, Numbers

_NOTHING_NEAR = Ranking(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0))


@dataclass(frozen=True, slots=True)
class Found:
    """What both indexes said of one query."""

    numbers: Numbers
    """All candidates, rising."""
    matches: Matches
    near: Ranking
    nearness: Values
    """Of `near`: cosines as shares of the best; standings where cosines of several models cannot be compared."""
    rankings: tuple[str, ...]
    """Which of lexical and vector took part."""

    @classmethod
    def of(cls, matches: Matches | None, near: Sequence[Neighbours], constant: int) -> Found:
        """Put the answers of the lexical index, None if it was not asked, and of the vector spaces together."""
        ranking = interleave(near) if near else _NOTHING_NEAR
        nearness = _shares(ranking.scores.astype(np.float64)) if len(near) == 1 else ranking.standings(constant)
        words = NO_MATCHES if matches is None else matches
        took_part = (*(() if matches is None else ("lexical",)), *(("vector",) if near else ()))
        return cls(union(words.numbers, ranking.numbers), words, ranking, nearness, took_part)

    def candidates(self, catalogue: CatalogueView, known: Known) -> Candidates:
        """Gather what the ranking reads of the candidates, in the order of `numbers`."""
        numbers = self.numbers.tolist()
        symbols = [catalogue.symbols[number] for number in numbers]
        codes = catalogue.paths[self.numbers]
        paths = [catalogue.path_names[code] for code in codes.tolist()]
        matches = self.matches
        evidence = dict(zip(catalogue.paths[matches.numbers].tolist(), matches.files.tolist(), strict=True))
        document = _are_documents(catalogue)[catalogue.languages[self.numbers]]
        # Whoever is not among the nearest is at most as near as the last of them.
        vector = self._placed(self.near.numbers, self.nearness, self.nearness.min(initial=1.0))
        vector = _shares_apart(vector, document)
        return Candidates(
            symbols=symbols,
            paths=paths,
            lexical=_shares_apart(self._placed(matches.numbers, matches.scores.astype(np.float64)), document),
            vector=vector,
            file_vector=_best_of_each(codes, vector),
            file=_shares_apart(np.array([evidence.get(code, 0.0) for code in codes.tolist()]), document),
            lines=np.where(document, 0.0, np.array(known.lines(symbols, paths), dtype=np.float64)),
            kinds=catalogue.kinds[self.numbers],
            document=document.astype(np.float64),
            known=known,
        )

    def raw(self, index: int) -> dict[str, float]:
        """Return what the indexes themselves gave the candidate with that index."""
        number = self.numbers[index]
        said = {}
        for name, numbers, scores in (
            ("bm25", self.matches.numbers, self.matches.scores),
            ("cosine", self.near.numbers, self.near.scores),
        ):
            [rows] = (numbers == number).nonzero()
            if len(rows):
                said[name] = float(scores[rows[0]])
        return said

    def _placed(self, some: Numbers, values: Values, otherwise: float = 0.0) -> Values:
        """Return the values of some of the candidates at their places, elsewhere `otherwise`; 0 if there are none."""
        placed = np.full(len(self.numbers), otherwise if len(some) else 0.0)
        placed[np.searchsorted(self.numbers, some)] = values
        return placed


def _shares(values: Values) -> Values:
    """Return values as shares of the largest; negative ones count nothing."""
    best = values.max(initial=0.0)
    return np.maximum(values, 0.0) / best if best > 0 else np.zeros(len(values))


def _shares_apart(values: Values, document: Mask) -> Values:
    """Return values of code as shares of the largest of code, those of documents of the largest of all."""
    shares = _shares(values)
    shares[~document] = _shares(values[~document])
    return shares


def _are_documents(catalogue: CatalogueView) -> Mask:
    """Say of each code of a language whether it is that of documents."""
    return np.array([name in DOCUMENT_LANGUAGES for name in catalogue.language_names], dtype=np.bool_)


def _best_of_each(codes: Numbers, values: Values) -> Values:
    """Return, for each candidate, the best value in its file."""
    best = np.zeros(int(codes.max(initial=0)) + 1)
    np.maximum.at(best, codes, values)
    return best[codes]
