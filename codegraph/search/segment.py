"""Inverted files: terms, and for each term the documents that have it, with impacts.

A *segment* is an immutable inverted file over some files' documents. A *posting* is (document, impact).
The *impact* is the whole of a BM25F score but the factor that depends on other documents (Robertson and
Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.5):

    impact = (k1 + 1) w / (k1 + w),    w = sum over fields f of  weight_f tf_f / (1 - b_f + b_f len_f / pivot_f)

with one deviation: `pivot_f` is a constant where BM25 has the mean length over the collection. So an
impact is a pure function of its document, segments can be merged by copying, and an index that was
updated a thousand times scores exactly as one that was built afresh.

Documents of a file are neighbours and live and die together. Terms are sorted by their UTF-8 bytes, the
postings of a term by document. Impacts are float16: 6 bytes a posting, 28 MB for 100k symbols.
Tests: tests/unit/search/test_search_segment.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import SymbolKind
from codegraph.search.analysis import Analyser
from codegraph.search.distinct import stable_order
from codegraph.search.documents import FileDocuments, LexicalDocument, definitions

Numbers = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Impacts = npt.NDArray[np.float16]
Offsets = npt.NDArray[np.int64]

SATURATION = 1.2
"""k1 of BM25: how soon repeating a term stops to help."""

MAX_FIELD_TOKENS = 4_000
"""Tokens of one field that are read; the rest of a longer one is dropped."""


class Field(NamedTuple):
    """How one field of a document counts."""

    name: str
    weight: float
    length_share: float
    """b of BM25F: 0 ignores the field's length, 1 divides by it."""
    pivot: float
    """The length in terms at which a field counts its plain weight."""


FIELDS = (
    Field("name", 4.0, 0.3, 3.0),
    Field("qualified_name", 2.0, 0.3, 5.0),
    Field("signature", 1.5, 0.5, 12.0),
    Field("docstring", 1.5, 0.6, 20.0),
    Field("path", 1.0, 0.3, 8.0),
    Field("body", 0.4, 0.7, 80.0),
    Field("definition", 4.0, 0.0, 1.0),
)
"""Measured on the standard library's docstrings; part of the stored index's identity."""


class TermDictionary:
    """Sorted terms in one run of bytes; looked up by bisection, so that opening costs nothing."""

    __slots__ = ("_ends", "_offsets", "_text")

    def __init__(self, text: bytes | memoryview, offsets: Offsets) -> None:
        self._text = memoryview(text)
        self._offsets = offsets
        self._ends = np.ascontiguousarray(offsets, dtype=np.int64).data

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @property
    def text(self) -> memoryview:
        """All terms, one after another, UTF-8."""
        return self._text

    @property
    def offsets(self) -> Offsets:
        """Where each term starts, and where the last ends."""
        return self._offsets

    def first(self, begin: bytes) -> int:
        """Return how many terms come before those that begin so."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.term(middle) < begin:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: bytes) -> int:
        """Return the index of a term, or -1."""
        at = self.first(term)
        return at if at < len(self) and self.term(at) == term else -1

    def term(self, index: int) -> bytes:
        """Return a term by its index."""
        return bytes(self._text[self._ends[index] : self._ends[index + 1]])

    def all(self) -> list[bytes]:
        """Return the terms in order."""
        return self.between(0, len(self))

    def between(self, first: int, last: int) -> list[bytes]:
        """Return the terms from the `first` on to before the `last`."""
        bounds = self._offsets[first : last + 1]
        text = bytes(self._text[int(bounds[0]) : int(bounds[-1])])
        return [text[start:end] for start, end in pairwise((bounds - bounds[0]).tolist())]


@dataclass(frozen=True, slots=True)
class Segment:
    """An immutable inverted file. Document numbers are local: 0 to `documents`."""

    paths: tuple[str, ...]
    tags: tuple[bytes, ...]
    """Per path."""
    starts: Offsets
    """Per path, its first document; one more entry for the end."""
    numbers: Numbers
    """Per document, its symbol's number in the catalogue of this process."""
    terms: TermDictionary
    offsets: Offsets
    """Per term, its first posting; one more entry for the end."""
    postings: Numbers
    impacts: Impacts
    peaks: Impacts
    """Per term, its largest impact."""

    @property
    def documents(self) -> int:
        """How many documents there are, dead ones included."""
        return len(self.numbers)

    def numbers_of(self, place: int) -> Numbers:
        """Return the symbol numbers of one file's documents, by the place of its path."""
        return self.numbers[self.starts[place] : self.starts[place + 1]]


Admit = Callable[[str, LexicalDocument], int]
"""Gives the symbol number of a document of the file at that path."""


def build_segment(files: Sequence[FileDocuments], analyser: Analyser, admit: Admit) -> Segment:
    """Invert some files' documents, all of them at hand; paths are distinct."""
    documents = [
        (file.path, document) for file in files for document in file.documents if isinstance(document, LexicalDocument)
    ]
    tokens = _TokenNumbers()
    occurrences, lengths = _occurrences(documents, tokens)
    numbers = np.fromiter((admit(path, document) for path, document in documents), np.int32, len(documents))
    vocabulary, postings, offsets, impacts = _invert(occurrences, lengths, tokens, analyser, len(documents))
    return Segment(
        paths=tuple(file.path for file in files),
        tags=tuple(file.tag for file in files),
        starts=bounds_of([len(file.documents) for file in files]),
        numbers=numbers,
        terms=dictionary(vocabulary),
        offsets=offsets,
        postings=postings,
        impacts=impacts,
        peaks=peaks_of(impacts, offsets),
    )


def dictionary(terms: Sequence[bytes]) -> TermDictionary:
    """Pack sorted terms."""
    return TermDictionary(b"".join(terms), bounds_of([len(term) for term in terms]))


class _TokenNumbers(dict[str, int]):
    """Numbers tokens in order of first appearance."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


def _occurrences(
    documents: Sequence[tuple[str, LexicalDocument]], tokens: _TokenNumbers
) -> tuple[npt.NDArray[np.int32], Offsets]:
    """Return the token numbers of all fields of all documents in one row, and each field's token count."""
    row: list[int] = []
    lengths: list[int] = []
    number = tokens.__getitem__
    for path, document in documents:
        for content in (
            (document.name,),
            (document.qualified_name,),
            document.signature.split(" ", MAX_FIELD_TOKENS)[:MAX_FIELD_TOKENS],
            document.docstring.split(None, MAX_FIELD_TOKENS)[:MAX_FIELD_TOKENS],
            (path,),
            document.body[:MAX_FIELD_TOKENS],
            definitions(path, document.qualified_name) if document.kind is not SymbolKind.SECTION else (),
        ):
            row.extend(map(number, content))
            lengths.append(len(content))
    return np.array(row, dtype=np.int32), np.array(lengths, dtype=np.int64)


def _invert(
    occurrences: npt.NDArray[np.int32],
    lengths: Offsets,
    tokens: _TokenNumbers,
    analyser: Analyser,
    documents: int,
) -> tuple[list[bytes], Numbers, Offsets, Impacts]:
    """Return the sorted vocabulary, the postings in its order, their bounds per term, and their impacts."""
    vocabulary, token_terms, token_bounds = _vocabulary(tokens, analyser)
    slots = np.repeat(np.arange(len(lengths)), lengths)
    counts = np.diff(token_bounds)[occurrences]
    terms = token_terms[ranges(token_bounds[:-1][occurrences], counts)]
    slots = np.repeat(slots, counts)
    field_lengths = np.bincount(slots, minlength=len(lengths)).reshape(documents, len(FIELDS))
    weights = _field_weights(field_lengths).reshape(-1)[slots]
    keys = terms * max(documents, 1) + slots // len(FIELDS)
    order = stable_order(keys)
    keys = keys[order]
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    weighted = np.add.reduceat(weights[order], firsts) if len(firsts) else np.empty(0)
    impacts = ((SATURATION + 1) * weighted / (SATURATION + weighted)).astype(np.float16)
    keys = keys[firsts]
    postings = (keys % max(documents, 1)).astype(np.int32)
    offsets = np.searchsorted(keys // max(documents, 1), np.arange(len(vocabulary) + 1)).astype(np.int64)
    return vocabulary, postings, offsets, impacts


def _vocabulary(tokens: _TokenNumbers, analyser: Analyser) -> tuple[list[bytes], npt.NDArray[np.int64], Offsets]:
    """Return the sorted vocabulary and, token after token, the indices of its terms with their bounds."""
    of_tokens = [analyser.terms(token) for token in tokens]
    found = sorted(dict.fromkeys(chain.from_iterable(of_tokens)))  # UTF-8 keeps the order of its characters
    vocabulary = [term.encode("utf-8", "surrogatepass") for term in found]
    indices = {term: index for index, term in enumerate(found)}
    flat = list(map(indices.__getitem__, chain.from_iterable(of_tokens)))
    return vocabulary, np.array(flat, dtype=np.int64), bounds_of([len(terms) for terms in of_tokens])


def _field_weights(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return what one occurrence counts, per document and field: (n, fields)."""
    weight = np.array([field.weight for field in FIELDS])
    share = np.array([field.length_share for field in FIELDS])
    pivot = np.array([field.pivot for field in FIELDS])
    result: npt.NDArray[np.float64] = weight / (1 - share + share * lengths / pivot)
    return result


def dead_documents(segment: Segment, dead_paths: Mask) -> Mask:
    """Spread marks on paths over their documents."""
    return np.repeat(dead_paths, np.diff(segment.starts))


def ranges(starts: Offsets, counts: Offsets) -> Offsets:
    """Return start, start + 1, ... for each start, `count` of them, one run after another."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    result: Offsets = np.repeat(starts - (ends - counts), counts) + np.arange(total)
    return result


def bounds_of(lengths: Sequence[int] | Offsets) -> Offsets:
    """Return the running sums of `lengths`, from 0."""
    return np.concatenate(([0], np.cumsum(np.array(lengths, dtype=np.int64)))).astype(np.int64)


def peaks_of(impacts: Impacts, offsets: Offsets) -> Impacts:
    """Return the largest impact of each term; every term has a posting."""
    if len(offsets) < 2:
        return np.empty(0, dtype=np.float16)
    return np.maximum.reduceat(impacts, offsets[:-1])
