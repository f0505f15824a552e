"""The order of results: what each candidate has for it, weighed and added up.

Each *signal* looks at the query and the candidates and says how much it holds of each, mostly from 0 to 1. The score
is

    score = sum over signals of  weight * value  /  sum of the positive weights

so the best that can be is 1, a negative weight makes a penalty, and the parts that a result reports add up to its
score. `lexical` and `vector` are what the two indexes said; `file` is the evidence of the whole file
(`search.terms`), `file_vector` that of its nearest symbol. `stem` compares the query's terms with those of the file's
name:

    similarity(q, n) = sum over t in both of idf(t)^2  /  (|q| |n|),    |x|^2 = sum over t in x of idf(t)^2

A name's other terms weigh as much as the query's rarest. Signals that speak of a file, or of the size of a symbol,
are for queries that name a subject; for sentences, which describe one symbol (`search.shape`), they are weakened, and
vectors count more. Last, a list is *spread*: every further result of a file loses a little, so that ten results are
not ten of one file.

No signal reads a statistic that depends on the index's history, and none can bring in a symbol that neither index
found. Weights were fitted by `benchmarks/search/tune.py`, those of sentences chosen on the task of
`benchmarks/search/docstrings.py`. Pure. Tests: tests/unit/search/test_search_rank.py.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import SymbolId
from codegraph.search.analysis import part_terms, whole_name
from codegraph.search.documents import module_name
from codegraph.search.shape import QueryShape

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankWeights:
    """Every weight of the ranking."""

    lexical: float = 1.0
    """BM25F of the symbol, as a share of the best."""
    vector: float = 0.5
    """Nearness of the symbol's vector, as a share of the best."""
    file_vector: float = 0.8
    """The best nearness in the symbol's file."""
    file: float = 0.6
    """Evidence of the symbol's file, as a share of the best."""
    stem: float = 1.75
    """Similarity of the file's name to the query."""
    exact_name: float = 0.35
    """An identifier of the query is the symbol's name."""
    size: float = 0.8
    """Logarithm of the symbol's lines."""
    depth: float = -1.65
    """How many folders the file lies in, five of them counting 1."""
    repeated: float = -2.4
    """How many better results of the same file there are, up to five."""
    sentence: float = 0.1
    """The factor of SUBJECT_SIGNALS when the query is a sentence."""
    sentence_vector: float = 8.0
    """The factor of `vector` when the query is a sentence."""

    def without(self, *names: str) -> RankWeights:
        """Return the weights with some signals switched off; raises TypeError on an unknown name."""
        return dataclasses.replace(self, **dict.fromkeys(names, 0.0))

    def of(self, query: QueryShape) -> dict[str, float]:
        """Return the weight of each signal that is switched on, for one query."""
        weights = {name: getattr(self, name) * self.factor(name, query) for name in SIGNALS}
        return {name: weight for name, weight in weights.items() if weight}

    def factor(self, name: str, query: QueryShape) -> float:
        """Return what a signal's weight is multiplied by for one query."""
        if not query.is_sentence:
            return 1.0
        return self.sentence if name in SUBJECT_SIGNALS else self.sentence_vector if name == "vector" else 1.0


SUBJECT_SIGNALS = frozenset({"stem", "size", "depth", "repeated"})
"""Signals that count less for a query that describes one symbol."""

MOST_REPEATED = 5
DEEP = 5
LARGE = math.log(400)
"""The logarithm of the lines at which `size` is about 1."""


class Candidates(NamedTuple):
    """What the ranking reads of symbols: one entry each, in any order."""

    symbols: Sequence[SymbolId]
    names: Sequence[str]
    """A module has none: "" stands for it."""
    paths: Sequence[str]
    lexical: Values
    vector: Values
    file_vector: Values
    file: Values
    lines: Values


class Ranked(NamedTuple):
    """Candidates in their final order."""

    order: list[int]
    """Indices of candidates, best first, equals by SymbolId."""
    scores: Values
    """By candidate."""
    parts: Mapping[str, Values]
    """By signal and candidate, what was added to the score."""


class _Asked(NamedTuple):
    """A query, with the squares of its terms' weights."""

    shape: QueryShape
    squares: Mapping[str, float]
    unknown: float
    """Of a term that no document has."""
    norm: float

    @classmethod
    def of(cls, query: QueryShape, idf: Mapping[str, float]) -> _Asked:
        unknown = max(idf.values(), default=1.0) ** 2
        squares = {term: idf[term] ** 2 if term in idf else unknown for term in query.terms}
        return cls(query, squares, unknown, math.sqrt(sum(squares.values())))


Signal = Callable[[_Asked, Candidates], Values]
Key = TypeVar("Key", bound=Hashable)


def rank(query: QueryShape, idf: Mapping[str, float], candidates: Candidates, weights: RankWeights) -> Ranked:
    """Order candidates; `idf` has the weights of those terms of the query that some document has."""
    used = weights.of(query)
    spread = used.pop("repeated", 0.0)
    total = sum(weight for weight in used.values() if weight > 0) or 1.0
    held = signal_values(query, idf, candidates, used)
    parts = {name: values * (used[name] / total) for name, values in held.items()}
    scores = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(candidates.symbols))
    order = _ordered(candidates.symbols, scores)
    if spread:
        parts["repeated"] = repeated(order, candidates.paths) * (spread / total)
        scores = scores + parts["repeated"]
        order = _ordered(candidates.symbols, scores)
    return Ranked(order, scores, parts)


def signal_values(
    query: QueryShape, idf: Mapping[str, float], candidates: Candidates, names: Iterable[str]
) -> dict[str, Values]:
    """Return what each of these signals, `repeated` aside, holds of each candidate."""
    asked = _Asked.of(query, idf)
    return {name: _SIGNALS[name](asked, candidates) for name in names}


def _ordered(symbols: Sequence[SymbolId], scores: Values) -> list[int]:
    falling = (-scores).tolist()
    return sorted(range(len(symbols)), key=lambda index: (falling[index], symbols[index]))


def repeated(order: Sequence[int], paths: Sequence[str]) -> Values:
    """Return, for each candidate, how many of its file stand before it, at most MOST_REPEATED."""
    seen: dict[str, int] = {}
    values = np.zeros(len(order))
    for index in order:
        before = seen.get(paths[index], 0)
        seen[paths[index]] = before + 1
        values[index] = min(before, MOST_REPEATED)
    return values


def similarity(asked: _Asked, terms: Sequence[str]) -> float:
    """Compare the query's terms with those of a name, from 0 to 1; the name's other terms count as unknown ones."""
    common = [square for term in terms if (square := asked.squares.get(term)) is not None]
    if not common:
        return 0.0
    shared = sum(common)
    return shared / (asked.norm * math.sqrt(shared + (len(terms) - len(common)) * asked.unknown))


def _each(keys: Sequence[Key], value: Callable[[Key], float]) -> Values:
    """Return the value of each key, computed once for equal ones."""
    known = {key: value(key) for key in dict.fromkeys(keys)}
    return np.array([known[key] for key in keys], dtype=np.float64)


def stem(asked: _Asked, candidates: Candidates) -> Values:
    """Return the similarity of each file's name to the query."""
    return _each(candidates.paths, lambda path: similarity(asked, _stem_terms(path)))


def exact_name(asked: _Asked, candidates: Candidates) -> Values:
    """Say whether an identifier of the query is the symbol's name."""
    wanted = asked.shape.identifiers
    return _each(candidates.names, lambda text: float(bool(text) and whole_name(text) in wanted))


def size(_asked: _Asked, candidates: Candidates) -> Values:
    """Return the logarithm of each symbol's lines, as a share of LARGE."""
    values: Values = np.log(np.maximum(candidates.lines, 1.0)) / LARGE
    return values


def depth(_asked: _Asked, candidates: Candidates) -> Values:
    """Count the folders around each file, as a share of DEEP."""
    return _each(candidates.paths, lambda path: path.count("/") / DEEP)


@lru_cache(maxsize=16_384)
def _stem_terms(path: str) -> tuple[str, ...]:
    return part_terms(module_name(path))


_SIGNALS: Mapping[str, Signal] = {
    "lexical": lambda _, candidates: candidates.lexical,
    "vector": lambda _, candidates: candidates.vector,
    "file_vector": lambda _, candidates: candidates.file_vector,
    "file": lambda _, candidates: candidates.file,
    "stem": stem,
    "exact_name": exact_name,
    "size": size,
    "depth": depth,
}

SIGNALS = (*_SIGNALS, "repeated")
"""Names of all signals, which are those of their weights."""
