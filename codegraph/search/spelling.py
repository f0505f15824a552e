"""A word of a query that is nowhere in the index is read as the one that was probably meant.

A word is *unknown* if one of its parts has no term in any live document. It stands for the name of a definition, else
each unknown part for the term, that is one edit away (Damerau 1964: a letter left out, put in, exchanged, or two
neighbours swapped) and has the first two letters, which are seldom wrong and bound what is compared. Of several the
commonest is taken, then the first by name. Vectors still see what was typed.

What stands nowhere, and what was read instead, is part of the answer: a search by meaning always finds something.

Invariant: it depends on live documents only, and a query without unknown words is left as it is. Pure. Tests:
tests/unit/search/test_search_spelling.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from codegraph.embed.tokens import split_word
from codegraph.search.analysis import DEFINED, FUNCTION_WORDS, defined, root, terms_of_word
from codegraph.search.lexical import LexicalView
from codegraph.search.scoring import Matches
from codegraph.search.segment import Mask, TermDictionary
from codegraph.search.shape import QueryShape
from codegraph.search.terms import SegmentView, known_terms

LEAST_LETTERS = 5
"""Shorter words have too many neighbours."""

MOST_MENDED = 8
"""Unknown words of one query that are looked up."""

MOST_CUT = 2
"""Letters that the root of a word may lack: those of longer endings (exponential, exposes) do not make words alike."""

SURE_LETTERS = 2
"""Letters in front that are taken as right."""


def matched(lexical: LexicalView, shape: QueryShape, count: int, allowed: Mask | None) -> tuple[QueryShape, Matches]:
    """Search by words, with those that nothing has read as what was meant."""
    matches = lexical.search((*shape.terms, *shape.defined), count, allowed)
    nowhere = tuple(_unknown(shape, matches.idf))
    meant = mended(shape, lexical.segments, lexical.live, matches.idf) if nowhere else None
    if meant is not None:
        matches = lexical.search((*meant.terms, *meant.defined), count, allowed)
        shape = meant
    return dataclasses.replace(shape, nowhere=tuple(word for word in nowhere if word not in shape.read_as)), matches


def mended(shape: QueryShape, segments: Sequence[SegmentView], live: int, known: Collection[str]) -> QueryShape | None:
    """Return the query with its unknown words replaced; None if it has none, or nothing is like them.

    `known`: those of its terms that some live document has; `live`: number of live documents.
    """
    terms: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    parts: dict[str, str] = {}
    for word in islice((word for word in _unknown(shape, known) if len(word) >= LEAST_LETTERS), MOST_MENDED):
        name = _nearest(segments, live, defined(word))
        if name:
            names[word] = name.removeprefix(DEFINED)
            terms.update(dict.fromkeys(terms_of_word(word), terms_of_word(names[word])))
            continue
        for written in split_word(word):
            part = root(written)
            whole = len(written) - len(part) <= MOST_CUT
            if whole and part not in known and (meant := _nearest(segments, live, part)):
                terms[part] = (meant,)
                parts[word] = f"{parts.get(word, '')} {meant}".strip()
    if not terms:
        return None
    return _with(shape, terms, names, names | parts)


def _unknown(shape: QueryShape, known: Collection[str]) -> Iterator[str]:
    """Yield the words of which a part was looked for and is not known."""
    asked = set(shape.terms).difference(known)
    for word in dict.fromkeys(shape.words) if asked else ():
        if any(root(part) in asked and root(part) not in FUNCTION_WORDS for part in split_word(word)):
            yield word


def _with(
    shape: QueryShape, terms: Mapping[str, tuple[str, ...]], names: Mapping[str, str], read_as: Mapping[str, str]
) -> QueryShape:
    meant = [each for term in shape.terms for each in terms.get(term, (term,))]
    return dataclasses.replace(
        shape,
        terms=tuple(dict.fromkeys(meant)),
        defined=tuple(dict.fromkeys((*shape.defined, *map(defined, names.values())))),
        written=tuple(names.get(word, word) for word in shape.written),
        read_as=read_as,
    )


def _nearest(segments: Sequence[SegmentView], live: int, term: str) -> str:
    """Return the commonest term that is one edit away; "" if there is none."""
    begin = term[: SURE_LETTERS + term.startswith(DEFINED)].encode("utf-8", "surrogatepass")
    near = {
        each for view in segments for each in _beginning(view.segment.terms, begin, len(term)) if is_near(each, term)
    }
    found = known_terms(segments, live, sorted(near))
    return min(found, key=lambda one: (-one.live, one.text)).text if found else ""


def _beginning(terms: TermDictionary, begin: bytes, length: int) -> Iterator[str]:
    """Yield the terms with these first bytes whose length is the one given, or one more or less."""
    rows = slice(terms.first(begin), terms.first(begin + b"\xff"))
    lengths = np.diff(terms.offsets[rows.start : rows.stop + 1])
    for row in (rows.start + np.flatnonzero(np.abs(lengths - length) <= 1)).tolist():
        yield terms.term(row).decode("utf-8", "surrogatepass")


def is_near(one: str, other: str) -> bool:
    """Say whether one edit makes one word of the other, or none does, neither of them being several names."""
    if "." in one:
        return False
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return abs(len(one) - len(other)) <= 1
    rest, wanted = one[same:], other[same:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:] or swapped
