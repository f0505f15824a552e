"""A small rerank that knows code: what a symbol is called, what it is and where it stands.

Each *signal* looks at the query and one candidate and says how much it holds, from 0 to 1. The score is

    score = fused * product over signals of (1 + weight * value)

Fused scores are flat (with constant 60 the tenth of a ranking has 0.87 of the first), so weights are small.
A weight of 0 switches a signal off, a negative one makes it a penalty, and no signal can bring in a
symbol that neither index found. All weights stand in `RankWeights`. Signals see names, kinds and paths
only, never a statistic of the project.
Pure. Tests: tests/unit/search/test_search_rank.py.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from codegraph.core.symbols import SymbolKind
from codegraph.embed.tokens import words
from codegraph.search.analysis import query_terms, terms_of_word
from codegraph.search.documents import INDEX_FILES


@dataclass(frozen=True, slots=True)
class RankWeights:
    """Every weight of fusion and of the rerank."""

    lexical: float = 2.0
    """Weight of the lexical ranking in fusion."""
    vector: float = 1.0
    """Weight of the vector ranking in fusion."""
    identifier_query: float = 1.0
    """The lexical weight is multiplied by 1 + this when the query looks like an identifier."""
    exact_name: float = 0.5
    """An identifier of the query is the symbol's name."""
    name_overlap: float = 0.05
    """Share of the name's terms that the query has."""
    path_match: float = 0.1
    """Share of the query's terms that stand in the path."""
    definition: float = 0.05
    """The symbol is a type or a function, not a module or a constant."""
    test_file: float = -0.2
    """The file holds tests, and the query does not ask for tests."""
    index_file: float = -0.2
    """A module whose file stands for its folder (`__init__.py`, `index.ts`): mostly re-exports."""

    @property
    def signals(self) -> tuple[tuple[str, float], ...]:
        """Name and weight of each signal that is switched on."""
        return tuple((name, weight) for name in SIGNALS if (weight := getattr(self, name)))

    def without(self, *names: str) -> RankWeights:
        """Return the weights with some signals switched off; raises TypeError on an unknown name."""
        return dataclasses.replace(self, **dict.fromkeys(names, 0.0))


@dataclass(frozen=True, slots=True)
class QueryShape:
    """What the rerank reads of a query."""

    terms: tuple[str, ...]
    identifiers: frozenset[str]
    """Words that are written like identifiers, each as one term; membership only."""
    is_identifier: bool
    """The whole query is one name, dotted or not."""
    asks_for_tests: bool


class Candidate(NamedTuple):
    """What the rerank reads of a symbol."""

    name: str
    kind: SymbolKind
    path: str


_ONE_NAME = re.compile(r"[\w$]+(?:(?:\.|::|#|->|/)[\w$]+)*(?:\(\))?")
_WRITTEN_AS_CODE = re.compile(r"_|[a-z][A-Z]|\d|[A-Z]{2}")
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|spec|specs|__tests__)/|(?:^|/)(?:test_[^/]*|conftest)\.\w+$|[._-](?:test|tests|spec)\.\w+$"
)
_TEST_TERMS = frozenset({"test", "spec", "fixtur", "mock"})
_DEFINITIONS = frozenset(
    {SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM, SymbolKind.FUNCTION, SymbolKind.METHOD}
)


def shape_of(text: str) -> QueryShape:
    """Read a query's shape."""
    stripped = text.strip()
    is_identifier = _ONE_NAME.fullmatch(stripped) is not None
    as_code = [word for word in words(text)[:64] if is_identifier or _WRITTEN_AS_CODE.search(word)]
    terms = query_terms(text)
    return QueryShape(
        terms=terms,
        identifiers=frozenset(whole_name(word) for word in as_code),
        is_identifier=is_identifier,
        asks_for_tests=not _TEST_TERMS.isdisjoint(terms),
    )


def whole_name(name: str) -> str:
    """Return a name as one term: `parseRequests`, `parse_request` and `ParseRequest` are the same."""
    terms = _name_terms(name)
    return terms[-1] if terms else name


def exact_name(query: QueryShape, candidate: Candidate) -> float:
    """Say whether an identifier of the query is the symbol's name."""
    return float(whole_name(candidate.name) in query.identifiers)


def name_overlap(query: QueryShape, candidate: Candidate) -> float:
    """Return the share of the name's terms that the query has."""
    own = _name_terms(candidate.name)
    return sum(term in query.terms for term in own) / len(own) if own else 0.0


def path_match(query: QueryShape, candidate: Candidate) -> float:
    """Return the share of the query's terms that stand in the path."""
    path = _path_terms(candidate.path)
    return sum(term in path for term in query.terms) / len(query.terms) if query.terms else 0.0


@lru_cache(maxsize=16_384)
def _name_terms(name: str) -> tuple[str, ...]:
    return terms_of_word(name)


@lru_cache(maxsize=16_384)
def _path_terms(path: str) -> frozenset[str]:
    return frozenset(query_terms(path))


@lru_cache(maxsize=16_384)
def _is_test_path(path: str) -> bool:
    return _TEST_PATH.search(path) is not None


def definition(_query: QueryShape, candidate: Candidate) -> float:
    """Say whether the symbol is a type or a function."""
    return float(candidate.kind in _DEFINITIONS)


def test_file(query: QueryShape, candidate: Candidate) -> float:
    """Say whether the symbol stands among tests that nobody asked for."""
    return float(not query.asks_for_tests and _is_test_path(candidate.path))


def index_file(_query: QueryShape, candidate: Candidate) -> float:
    """Say whether the symbol is a module, or a constant, of a file that stands for its folder."""
    return float(
        candidate.kind not in _DEFINITIONS and candidate.path.rpartition("/")[2].partition(".")[0] in INDEX_FILES
    )


Signal = Callable[[QueryShape, Candidate], float]

SIGNALS: Mapping[str, Signal] = {
    "exact_name": exact_name,
    "name_overlap": name_overlap,
    "path_match": path_match,
    "definition": definition,
    "test_file": test_file,
    "index_file": index_file,
}


def lexical_weight(query: QueryShape, weights: RankWeights) -> float:
    """Return the lexical ranking's weight in fusion for this query."""
    return weights.lexical * (1 + weights.identifier_query * query.is_identifier)


def rerank(
    fused: float, query: QueryShape, candidate: Candidate, signals: Sequence[tuple[str, float]]
) -> tuple[float, dict[str, float]]:
    """Return the final score and the factor of each of `signals` (see `RankWeights.signals`) that holds."""
    score = fused
    factors: dict[str, float] = {}
    for name, weight in signals:
        value = SIGNALS[name](query, candidate)
        if value:
            factors[name] = 1 + weight * value
            score *= factors[name]
    return score, factors
