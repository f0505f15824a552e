"""The order of results: what each candidate has for it, weighed and added up.

Each *signal* looks at the query and the candidates and says how much it holds of each, mostly from 0 to 1. The score
is

    score = sum over signals of  weight * value  /  sum of the positive weights

so the best that can be is 1, a negative weight makes a penalty, and the parts that a result reports add up to its
score. `lexical` and `vector` are what the two indexes said; `file` is the evidence of the whole file
(`search.terms`), `file_vector` that of its nearest symbol. `stem` compares the query's terms with those of the file's
name:

    similarity(q, n) = sum over t in both of idf(t)^2  /  (|q| |n|),    |x|^2 = sum over t in x of idf(t)^2

A name's other terms weigh as much as the query's rarest.

What is weighed depends on what is asked for (`search.shape`). An *identifier* wants its definition: each symbol is
weighed by itself, its name counts, and among equal names how many files mention it. A *subject* is what a file is
about: a file stands where the best of its symbols would stand, and its symbols come in the order in which they answer
the query as a sentence, so that the class that brought the file up does not stand before the method that was meant. A
*sentence* describes one symbol: vectors count more, what speaks of its file or its size counts less, and only here it
counts that the name begins as the sentence does. Last, the list of an identifier or a subject is *spread*: every
further result of a file loses a little, so that ten results are not ten of one file.

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

from codegraph.core.symbols import SymbolId, descriptor_parts
from codegraph.search.analysis import part_terms, query_terms, whole_name
from codegraph.search.beginnings import begin_alike
from codegraph.search.documents import module_name, qualified_name
from codegraph.search.shape import QueryKind, QueryShape
from codegraph.search.supporting import asks_for_supporting, is_supporting

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
    exact_name: float = 2.1
    """The query is an identifier, and the symbol's name."""
    mentioned: float = 0.6
    """Of several symbols that have an identifier's name: how many files mention this one."""
    beginning: float = 0.4
    """The symbol's name begins as the sentence does."""
    size: float = 0.8
    """Logarithm of the symbol's lines."""
    depth: float = -1.65
    """How many folders the file lies in, five of them counting 1."""
    support: float = -1.5
    """The file is a test, an example or a benchmark, and the query does not ask for such."""
    document: float = -3.0
    """The symbol is of a document: whoever searches code wants code first, unless the query is a heading."""
    repeated: float = -2.4
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
        beginning = named.pop("beginning")
        plain = {name: weight for name, weight in named.items() if name not in NAME_SIGNALS}
        sentence = {name: weight * self._factor(name) for name, weight in plain.items()}
        if kind is QueryKind.SENTENCE:
            return Weighing(_set(sentence | {"beginning": beginning}), {}, 0.0)
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

SAME_NAME, SAME_SPELLING = 0.7, 0.3
"""What an identifier's agreement with a symbol's own name is made of."""

OTHER_CONTAINERS = 0.5
"""The share of it that is left where nothing of what is written before the name is around the symbol."""

NAME_SIGNALS = frozenset({"exact_name", "mentioned"})
"""Signals that count only if the query is an identifier."""

MOST_REPEATED = 5
DEEP = 5
LARGE = math.log(400)
"""The logarithm of the lines at which `size` is about 1."""
OFTEN = math.log(100)
"""The logarithm of the files at which `mentioned` is about 1."""


ASKED_BY_HEADING = 0.3
"""What `document` holds of a section whose heading is the query."""

Mentions = Callable[[Sequence[SymbolId]], Sequence[int]]
"""Counts, for each of some symbols, the other files with an edge to it."""


class Candidates(NamedTuple):
    """What the ranking reads of symbols: one entry each, in any order."""

    symbols: Sequence[SymbolId]
    paths: Sequence[str]
    lexical: Values
    vector: Values
    file_vector: Values
    file: Values
    lines: Values
    """0 for documents."""
    document: Values
    """1 for what stands in a document, 0 for code."""
    mentions: Mentions
    """Asked of a few of them only."""

    def qualified(self, index: int) -> str:
        """Return a candidate's dotted name within its file; modules and sections of documents have none: "" it is."""
        return "" if self.document[index] else qualified_name(self.symbols[index][len(self.paths[index]) + 1 :])

    def name(self, index: int) -> str:
        """Return the last part of the dotted name."""
        return self.qualified(index).rpartition(".")[2]

    @property
    def names(self) -> list[str]:
        """The name of each."""
        return list(map(self.name, range(len(self.symbols))))


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
    kind = query.kind_among(candidates.names if query.opening else ())
    used, count = weights.of(kind), len(candidates.symbols)
    held = signal_values(query, idf, candidates, used.leading or used.own)
    parts = {name: held[name] * (weight / used.total) for name, weight in used.own.items()}
    if used.leading:
        brought = {name: held[name] * (weight / used.total) for name, weight in used.leading.items()}
        leaders = leading(_ordered(candidates.symbols, _sum(brought, count)), candidates.paths)
        parts = {name: parts.get(name, 0.0) + values[leaders] for name, values in brought.items()}
    scores = _sum(parts, count)
    order = _ordered(candidates.symbols, scores)
    if used.spread:
        parts["repeated"] = repeated(order, candidates.paths) * (used.spread / used.total)
        scores = scores + parts["repeated"]
        order = _ordered(candidates.symbols, scores)
    return Ranked(order, scores, parts)


def _sum(parts: Mapping[str, Values], count: int) -> Values:
    return np.sum(list(parts.values()), axis=0) if parts else np.zeros(count)


def leading(order: Sequence[int], paths: Sequence[str]) -> list[int]:
    """Return, for each candidate, the first of its file in `order`."""
    first: dict[str, int] = {}
    for index in order:
        first.setdefault(paths[index], index)
    return [first[path] for path in paths]


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
    """Say how well an identifier and the symbol's name agree, or a path and the module's."""
    shape = asked.shape
    places = [(candidates.qualified(index), path) for index, path in enumerate(candidates.paths)]
    if shape.path:
        return _each(places, lambda place: float(not place[0] and f"/{place[1]}".endswith(f"/{shape.path}")))
    return _each(places, lambda place: agreement(shape.written, *place))


def mentioned(asked: _Asked, candidates: Candidates) -> Values:
    """Return the logarithm of the files that mention a symbol of the name, as a share of OFTEN, if several have it."""
    values = np.zeros(len(candidates.symbols))
    same = np.flatnonzero(exact_name(asked, candidates))
    if len(same) > 1:
        files = candidates.mentions([candidates.symbols[index] for index in same.tolist()])
        values[same] = np.minimum(1.0, np.log1p(np.array(files, dtype=np.float64)) / OFTEN)
    return values


def agreement(written: Sequence[str], qualified: str, path: str) -> float:
    """Compare an identifier with a symbol's dotted name, from 0 to 1; 0 if they do not name the same.

    Most is worth that the names are the same but for case and underscores, then that they are spelled alike; half of it
    is lost where what is written before the name, a class, its module or a folder, is not around the symbol.
    """
    if not written:
        return 0.0
    *around, name = qualified.split(".")
    *before, wanted = written
    if not name or whole_name(name) != whole_name(wanted):
        return 0.0
    containers = {*around, *path.partition(".")[0].split("/")}
    held = sum(container in containers for container in before) / len(before) if before else 1.0
    return (SAME_NAME + SAME_SPELLING * (name == wanted)) * (OTHER_CONTAINERS + (1 - OTHER_CONTAINERS) * held)


def beginning(asked: _Asked, candidates: Candidates) -> Values:
    """Say whose name begins as the query does."""
    return _each(candidates.names, lambda name: float(begin_alike(asked.shape.terms, name)))


def size(_asked: _Asked, candidates: Candidates) -> Values:
    """Return the logarithm of each symbol's lines, as a share of LARGE."""
    values: Values = np.log(np.maximum(candidates.lines, 1.0)) / LARGE
    return values


def depth(_asked: _Asked, candidates: Candidates) -> Values:
    """Count the folders around each file, as a share of DEEP."""
    return _each(candidates.paths, lambda path: path.count("/") / DEEP)


def support(asked: _Asked, candidates: Candidates) -> Values:
    """Say which files only try out or show what other files do, unless that is asked for."""
    if asks_for_supporting(asked.shape.terms):
        return np.zeros(len(candidates.paths))
    return _each(candidates.paths, lambda path: float(is_supporting(path)))


def document(asked: _Asked, candidates: Candidates) -> Values:
    """Say what is of a document, and less of a section that the query is the heading of."""
    wanted = frozenset(asked.shape.terms)
    values = candidates.document.copy()
    for index in np.flatnonzero(values).tolist():
        if _heading_terms(candidates.symbols[index]) == wanted:
            values[index] = ASKED_BY_HEADING
    return values


@lru_cache(maxsize=16_384)
def _heading_terms(symbol: SymbolId) -> frozenset[str]:
    *_, (slug, _suffix) = descriptor_parts(symbol.rpartition("/")[2]) or [("", "")]
    return frozenset(query_terms(slug.replace("-", " ")))


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
    "mentioned": mentioned,
    "beginning": beginning,
    "size": size,
    "depth": depth,
    "support": support,
    "document": document,
}

SIGNALS = (*_SIGNALS, "repeated")
"""Names of all signals, which are those of their weights."""
