"""What is known of each candidate for a query: the *signals*, one function each.

A signal looks at the query and the candidates and says how much it holds of each, mostly from 0 to 1. `lexical` and
`vector` are what the two indexes said; `file` is the evidence of the whole file (`search.terms`), `file_vector` that of
its nearest symbol. `stem` compares the query's terms with those of the file's name:

    similarity(q, n) = sum over t in both of idf(t)^2  /  (|q| |n|),    |x|^2 = sum over t in x of idf(t)^2

A name's other terms weigh as much as the query's rarest. No signal reads a statistic that depends on the index's
history. What each is worth, and when it counts, says `search.rank`. Pure. Tests: tests/unit/search/test_search_rank.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import CALLABLE_KINDS, SymbolId, SymbolKind, descriptor_parts
from codegraph.search.analysis import part_terms, query_terms, whole_name
from codegraph.search.beginnings import begin_alike, described_kinds
from codegraph.search.catalogue import KINDS
from codegraph.search.documents import file_stem, qualified_name
from codegraph.search.known import Known
from codegraph.search.shape import QueryShape
from codegraph.search.supporting import asks_for_supporting, is_supporting, is_test

Values = npt.NDArray[np.float64]

SAME_NAME, SAME_SPELLING = 0.7, 0.3
"""What an identifier's agreement with a symbol's own name is made of."""

OTHER_CONTAINERS = 0.5
"""The share of it that is left where nothing of what is written before the name is around the symbol."""

_NAMES = np.array([kind in (SymbolKind.CONSTANT, SymbolKind.CLASS) for kind in KINDS])
_FUNCTIONS = np.array([kind in CALLABLE_KINDS for kind in KINDS])

DEEP = 5
LARGE = math.log(400)
"""The logarithm of the lines at which `size` is about 1."""
OFTEN = math.log(100)
"""The logarithm of the files at which `mentioned` is about 1."""

ASKED_BY_HEADING = 0.3
"""What `document` holds of a section whose heading is the query."""


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
    kinds: npt.NDArray[np.uint8]
    """Index into `catalogue.KINDS`."""
    document: Values
    """1 for what stands in a document, 0 for code."""
    known: Known
    """Asked of some of them, for what only a few signals need."""

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


def signal_values(
    query: QueryShape, idf: Mapping[str, float], candidates: Candidates, names: Iterable[str]
) -> dict[str, Values]:
    """Return what each of these signals, `repeated` aside, holds of each candidate."""
    asked = _Asked.of(query, idf)
    return {name: _SIGNALS[name](asked, candidates) for name in names}


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
        files = candidates.known.mentioning([candidates.symbols[index] for index in same.tolist()])
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


def kind(asked: _Asked, candidates: Candidates) -> Values:
    """Say who is of a kind that a sentence with this beginning is said of."""
    wanted = described_kinds(asked.shape.words)
    return np.array([kind in wanted for kind in KINDS], dtype=np.float64)[candidates.kinds]


def size(_asked: _Asked, candidates: Candidates) -> Values:
    """Return the logarithm of each symbol's lines, as a share of LARGE."""
    values: Values = np.log(np.maximum(candidates.lines, 1.0)) / LARGE
    return values


def depth(_asked: _Asked, candidates: Candidates) -> Values:
    """Count the folders around each file, as a share of DEEP."""
    return _each(candidates.paths, lambda path: path.count("/") / DEEP)


def support(asked: _Asked, candidates: Candidates) -> Values:
    """Say what only tries out or shows what other files do, unless that is asked for, and what a tool wrote."""
    if asks_for_supporting(asked.shape.terms):
        return np.zeros(len(candidates.paths))
    by_path = _each(candidates.paths, lambda path: float(is_supporting(path)))
    by_name = np.maximum(by_path, list(map(is_test, candidates.paths, candidates.symbols)))
    return np.maximum(by_name, candidates.known.generated(candidates.paths))


def elsewhere(_: _Asked, candidates: Candidates) -> Values:
    """Say who only names what is defined elsewhere; a function only if one of its name that does more was found."""
    values = np.zeros(len(candidates.symbols))
    functions = _FUNCTIONS[candidates.kinds]
    asked = np.flatnonzero(functions | (_NAMES[candidates.kinds] & (candidates.lines <= 1))).tolist()
    symbols, paths = [candidates.symbols[index] for index in asked], [candidates.paths[index] for index in asked]
    values[asked] = candidates.known.naming_only(symbols, paths)
    if not values.any():
        return values
    defined = {candidates.name(index) for index in np.flatnonzero(functions & (values == 0)).tolist()}
    for index in np.flatnonzero(functions & (values > 0)).tolist():
        values[index] = candidates.name(index) in defined
    return values


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
    return part_terms(file_stem(path))


_SIGNALS: Mapping[str, Signal] = {
    "lexical": lambda _, candidates: candidates.lexical,
    "vector": lambda _, candidates: candidates.vector,
    "file_vector": lambda _, candidates: candidates.file_vector,
    "file": lambda _, candidates: candidates.file,
    "stem": stem,
    "exact_name": exact_name,
    "mentioned": mentioned,
    "beginning": beginning,
    "kind": kind,
    "size": size,
    "depth": depth,
    "support": support,
    "elsewhere": elsewhere,
    "document": document,
}

SIGNALS = (*_SIGNALS, "repeated")
"""Names of all signals, which are those of their weights."""
