"""Packed data-flow rows: what `OwnInput.data_flow` holds.

Terms. A *row* is one occurrence of a variable, literal or name that values flow to or from (a node of the
data-flow graph of GraphCodeBERT, Guo et al. 2021): the canonical token that it stands for, and the rows its
value may come from. Rows are in the order of the tokens they were found at, as the reference sorts them. Two
rows may name one token: an assignment whose right side has several tokens gives a row for each in most
languages. A parent is given by the number of the *last* row of the parent's token, as the reference does; who
keeps only the first rows must replace a parent that is cut off by an earlier row of the same token, if there
is one.

The format is a msgpack array (schema, steps, counts, parents): `steps` are differences between the tokens of
successive rows, `counts` the number of parents of each row, `parents` the row numbers one after another.
Equal rows give equal bytes. Decoding needs neither numpy nor a grammar, and trusts nothing: damage of any
kind raises msgspec.DecodeError.
Tests: tests/unit/core/test_core_dataflow.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import msgspec

DATA_FLOW_SCHEMA = 1
"""Bumped whenever the same code would give other rows or other bytes; part of a model's identity that reads them."""

MAX_ROWS = 8_192
MAX_PARENTS = 65_536
"""Bounds of one definition: an encoder reads a few hundred rows."""


class FlowRow(NamedTuple):
    """One node: the index of its canonical token, and the row numbers it gets its value from, ascending."""

    token: int
    parents: tuple[int, ...]


class FlowColumns(NamedTuple):
    """All rows of a definition: differences between successive tokens, numbers of parents, parents in a row."""

    steps: list[int]
    counts: list[int]
    parents: list[int]


class DataFlowTooLarge(ValueError):
    """More rows or parents than one definition may have."""


class _Packed(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    schema: int
    steps: list[int]
    counts: list[int]
    parents: list[int]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def pack(rows: Sequence[FlowRow]) -> bytes:
    """Encode rows; b"" for none. Raises DataFlowTooLarge beyond MAX_ROWS or MAX_PARENTS."""
    if not rows:
        return b""
    tokens = [row.token for row in rows]
    parents = [parent for row in rows for parent in row.parents]
    if len(rows) > MAX_ROWS or len(parents) > MAX_PARENTS:
        raise DataFlowTooLarge(f"{len(rows)} rows with {len(parents)} parents")
    steps = [tokens[0], *(after - before for before, after in pairwise(tokens))]
    return _encoder.encode(_Packed(DATA_FLOW_SCHEMA, steps, [len(row.parents) for row in rows], parents))


def unpack(data: bytes, tokens: int) -> tuple[FlowRow, ...]:
    """Decode rows of an input with so many canonical tokens. Raises msgspec.DecodeError on damage."""
    if not data:
        return ()
    steps, counts, flat = columns(data)
    _demand(sum(steps) < tokens, "a token that is not there")
    rows: list[FlowRow] = []
    start = 0
    for token, end in zip(accumulate(steps), accumulate(counts), strict=True):
        parents = tuple(flat[start:end])
        _demand(_is_ascending(parents, len(steps)), "parents out of order")
        rows.append(FlowRow(token, parents))
        start = end
    return tuple(rows)


def columns(data: bytes) -> FlowColumns:
    """Decode rows as they are packed, for those who need no row by row. Raises msgspec.DecodeError on damage."""
    packed = _decoder.decode(data)
    if packed.schema != DATA_FLOW_SCHEMA:
        raise msgspec.DecodeError(f"data flow of schema {packed.schema}, not {DATA_FLOW_SCHEMA}")
    steps, counts, parents = packed.steps, packed.counts, packed.parents
    if not 0 < len(steps) <= MAX_ROWS or len(counts) != len(steps) or len(parents) > MAX_PARENTS:
        raise msgspec.DecodeError(f"data flow of {len(steps)} rows, {len(parents)} parents")
    _demand(min(steps) >= 0, "a token that is not there")
    _demand(min(counts) >= 0 and sum(counts) == len(parents), "parents of no row")
    _demand(not parents or (min(parents) >= 0 and max(parents) < len(steps)), "a parent that is no row")
    return FlowColumns(steps, counts, parents)


def _is_ascending(parents: Sequence[int], count: int) -> bool:
    before: Iterable[int] = (-1, *parents)
    return all(low < high for low, high in zip(before, (*parents, count), strict=True))


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise msgspec.DecodeError(f"data flow names {otherwise}")
