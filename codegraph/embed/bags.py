"""A symbol as bags of sub-tokens: how often each occurs in each field. What the trained table sees, and is trained on.

Fields are what a symbol's parts are told apart by: its name, its container, its header, its documentation, the names
and the literals of its code, the headers of what it uses; a query is a field of its own.
Tests: tests/unit/embed/test_embed_trained.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codegraph.embed.encoder import MAX_QUERY_CHARACTERS
from codegraph.embed.pieces import LITERAL, Pieces
from codegraph.embed.render import EncoderInput

FIELDS = ("name", "container", "signature", "docstring", "code", "literals", "context", "query")
NAME, CONTAINER, SIGNATURE, DOCSTRING, CODE, LITERALS, CONTEXT, QUERY = range(len(FIELDS))
_READ = np.array([NAME, CONTAINER, SIGNATURE, DOCSTRING, CODE, CONTEXT])

Integers = npt.NDArray[np.int64]

_FIELD_BITS = 3
_NUMBER_BITS = 24


class Bags(NamedTuple):
    """Distinct (row, sub-token, field) in that order, with how often each occurs."""

    rows: Integers
    numbers: Integers
    fields: Integers
    counts: Integers


def bags(pieces: Pieces, inputs: Sequence[EncoderInput]) -> Bags:
    """Return what the inputs hold; row i is input i."""
    word, text = pieces.words.__getitem__, pieces.texts.__getitem__
    parts: list[bytes] = []
    for source in inputs:
        parts += (
            word(source.name),
            text(source.container),
            text(source.signature),
            pieces.of_text(source.docstring),
            b"".join(map(word, source.tokens)),
            b"".join(map(text, source.context)),
        )
    return _counted(parts, _READ, len(inputs))


def query_bag(pieces: Pieces, query: str) -> Bags:
    """Return what a query holds, as row 0."""
    return _counted([pieces.of_text(query[:MAX_QUERY_CHARACTERS])], np.array([QUERY]), 1)


def _counted(parts: list[bytes], fields: Integers, rows: int) -> Bags:
    lengths = np.array([len(part) for part in parts], np.int64) // 4
    found = np.frombuffer(b"".join(parts), "<i4").astype(np.int64)
    field = np.where(found & LITERAL, LITERALS, np.repeat(np.tile(fields, rows), lengths))
    row = np.repeat(np.repeat(np.arange(rows), len(fields)), lengths)
    codes = ((row << _NUMBER_BITS | found & (LITERAL - 1)) << _FIELD_BITS) | field
    codes, counts = np.unique(codes, return_counts=True)
    numbers = codes >> _FIELD_BITS
    return Bags(numbers >> _NUMBER_BITS, numbers & (LITERAL - 1), codes & ((1 << _FIELD_BITS) - 1), counts)
