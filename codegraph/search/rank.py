"""The order of results: what each candidate has for it, weighed and added up.

Each *signal* (`search.signals`) says how much it holds of each candidate, mostly from 0 to 1. The score is

    score = sum over signals of  weight * value  /  sum of the positive weights

so the best that can be is 1, a negative weight makes a penalty, and the parts that a result reports add up to its
score.

What is weighed depends on what is asked for (`search.shape`). An *identifier* wants its definition: each symbol is
weighed by itself, its name counts, and among equal names how many files mention it. A *subject* is what a file is
about: a file stands where the best of its symbols would stand, and its symbols come in the order in which they answer
the query as a sentence, so that the class that brought the file up does not stand before the method that was meant. A
*sentence* describes one symbol: vectors count more, what speaks of its file or its size counts less, and only here it
counts that the name begins as the sentence does, and that a sentence which begins so is said of symbols of this kind.
Last, the list of an identifier or a subject is *spread*: every further result of a file loses a little, so that ten
results are not ten of one file.

No signal can bring in a symbol that neither index found. Weights were fitted by `benchmarks/search/tune.py`, those of
sentences chosen on the task of `benchmarks/search/docstrings.py`. Pure. Tests: tests/unit/search/test_search_rank.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.search.shape import QueryKind, QueryShape
from codegraph.search.signals import SIGNALS, Candidates, Values, signal_values


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
    exact_name: float = 2.1
    """The query is an identifier, and the symbol's name."""
    mentioned: float = 0.6
    """Of several symbols that have an identifier's name: how many files mention this one."""
    beginning: float = 0.4
    """The symbol's name begins as the sentence does."""
    kind: float = 0.7
    """A sentence with this beginning is said of symbols of this kind."""
    size: float = 0.8
    """Logarithm of the symbol's lines."""
    depth: float = -1.65
    """How many folders the file lies in, five of them counting 1."""
    support: float = -1.5
    """The file is a test, an example or a benchmark, and the query does not ask for such."""
    elsewhere: float = -1.5
    """The symbol only names what is defined elsewhere."""
    document: float = -3.0
    """The symbol is of a document: whoever searches code wants code first, unless the query is a heading."""
    repeated: float = -3.0
    """How many better results of the same file there are, up to five."""
    sentence: float = 0.3
    """The factor of FILE_SIGNALS when the query is a sentence."""
    sentence_vector: float = 10.0
    """The factor of `vector` when the query is a sentence."""
    within: float = 0.2
    """The share of a symbol's score for a sentence in that for a subject, which orders the symbols of one file; with
    0 each symbol is weighed by itself."""

    def without(self, *names: str) -> RankWeights:
        """Return the weights with some signals switched off; raises TypeError on an unknown name."""
        return dataclasses.replace(self, **dict.fromkeys(names, 0.0))

    def of(self, kind: QueryKind) -> Weighing:
        """Return what is weighed of a candidate for a query of this kind."""
        named = {name: getattr(self, name) for name in SIGNALS if name != "repeated"}
        said = {name: named.pop(name) for name in SENTENCE_SIGNALS}
        plain = {name: weight for name, weight in named.items() if name not in NAME_SIGNALS}
        sentence = {name: weight * self._factor(name) for name, weight in plain.items()}
        if kind is QueryKind.SENTENCE:
            return Weighing(_set(sentence | said), {}, 0.0)
        if kind is QueryKind.IDENTIFIER:
            return Weighing(_set(named), {}, self.repeated)
        if not self.within:
            return Weighing(_set(plain), {}, self.repeated)
        inside = {name: weight * self.within for name, weight in sentence.items()}
        return Weighing(_set(inside), _set(plain), self.repeated)

    def _factor(self, name: str) -> float:
        return self.sentence if name in FILE_SIGNALS else self.sentence_vector if name == "vector" else 1.0


class Weighing(NamedTuple):
    """The weights of signals for one kind of query, those that are 0 left out."""

    own: Mapping[str, float]
    """Of what each symbol holds."""
    leading: Mapping[str, float]
    """Of what the symbol of its file holds for which these weights give most; empty if that does not count."""
    spread: float
    """Of `repeated`."""

    @property
    def total(self) -> float:
        """The most that a candidate can gather."""
        return sum(weight for weight in (*self.own.values(), *self.leading.values()) if weight > 0) or 1.0


def _set(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: weight for name, weight in weights.items() if weight}


FILE_SIGNALS = frozenset({"file_vector", "file", "stem", "size", "depth", "support"})
"""Signals that count less for a query that describes one symbol."""

SENTENCE_SIGNALS = ("beginning", "kind")
"""Signals that count only if the query is a sentence."""

NAME_SIGNALS = frozenset({"exact_name", "mentioned"})
"""Signals that count only if the query is an identifier."""

MOST_REPEATED = 5


class Ranked(NamedTuple):
    """Candidates in their final order."""

    order: list[int]
    """Indices of candidates, best first, equals by SymbolId."""
    scores: Values
    """By candidate."""
    parts: Mapping[str, Values]
    """By signal and candidate, what was added to the score."""


def rank(query: QueryShape, idf: Mapping[str, float], candidates: Candidates, weights: RankWeights) -> Ranked:
    """Order candidates; `idf` has the weights of those terms of the query that some document has."""
    kind = query.kind_among(candidates.names if query.opening else ())
    used, count = weights.of(kind), len(candidates.symbols)
    total = used.total
    equals = np.array(sorted(range(count), key=candidates.symbols.__getitem__), dtype=np.int64)
    held = signal_values(query, idf, candidates, used.leading or used.own)
    parts = {name: held[name] * (weight / total) for name, weight in used.own.items()}
    if used.leading:
        brought = {name: held[name] * (weight / total) for name, weight in used.leading.items()}
        leaders = leading(_ordered(equals, _sum(brought, count)), candidates.paths)
        parts = {name: parts.get(name, 0.0) + values[leaders] for name, values in brought.items()}
    scores = _sum(parts, count)
    order = _ordered(equals, scores)
    if used.spread:
        parts["repeated"] = repeated(order, candidates.paths) * (used.spread / total)
        scores = scores + parts["repeated"]
        order = _ordered(equals, scores)
    return Ranked(order, scores, parts)


def _sum(parts: Mapping[str, Values], count: int) -> Values:
    return np.sum(list(parts.values()), axis=0) if parts else np.zeros(count)


def leading(order: Sequence[int], paths: Sequence[str]) -> list[int]:
    """Return, for each candidate, the first of its file in `order`."""
    first: dict[str, int] = {}
    for index in order:
        first.setdefault(paths[index], index)
    return [first[path] for path in paths]


def _ordered(equals: npt.NDArray[np.int64], scores: Values) -> list[int]:
    """Order candidates by falling score, those with equal ones as in `equals`."""
    order: list[int] = equals[np.argsort(-scores[equals], kind="stable")].tolist()
    return order


def repeated(order: Sequence[int], paths: Sequence[str]) -> Values:
    """Return, for each candidate, how many of its file stand before it, at most MOST_REPEATED."""
    seen: dict[str, int] = {}
    before = [0] * len(order)
    for index in order:
        path = paths[index]
        before[index] = seen[path] = seen.get(path, -1) + 1
    return np.minimum(np.array(before, dtype=np.float64), MOST_REPEATED)
