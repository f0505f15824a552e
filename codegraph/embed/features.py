"""What GraphCodeBERT is fed: sub-tokens, nodes, and who may see whom, as packed arrays.

Terms. A *sub-token* is a piece of a canonical token in the model's vocabulary. A *node* is a data-flow row
that found room (`core.dataflow`); its *span* is where its token's sub-tokens stand, its *parents* are the
nodes that its value comes from. A *segment* is one pass through the model: a symbol, or one window of a long
symbol (`embed.windows`). The sequence of a segment is

    <s> [prose </s>] code </s> node ... node

The rules are those of the reference (Guo et al. 2021, and the code released with it). Code may use what the
limit leaves after `reserved_nodes`, or after the nodes there really are if they are fewer; then nodes fill
all that is left, so both numbers are reservations and no caps. A parent is the last node that was kept of the
parent's token. Spans count cut sub-tokens too; a node whose span does not end before the code does sees none
of it. Layout tokens (line ends, indentation) have no sub-tokens, as the reference never sees them.

Everything is computed for many inputs at once: per input only its tokens are looked up in `Subtokens`, the
rest is arithmetic on arrays. `build` makes `Features`, ragged arrays of all segments; `embed.collate` pads them.
Invariant: a segment's arrays depend on its own input only.
Tests: tests/unit/embed/test_embed_features.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np

from codegraph.core.dataflow import FlowColumns, columns, unpack
from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END
from codegraph.embed.render import EncoderInput
from codegraph.embed.segments import Features, Vocabulary
from codegraph.embed.subtokens import Integers, Subtokens, ranges, starts_of
from codegraph.embed.windows import Window, cut

FEATURE_SCHEMA = 1
"""Bumped whenever the same input would give other features; part of the identity of models fed with them."""

CHARACTERS_PER_TOKEN = 8
"""Prose beyond this many characters per token of its room is not even tokenised."""

NO_ROWS = FlowColumns([], [], [])

LAYOUT = frozenset({STATEMENT_END, BLOCK_START, BLOCK_END})


@dataclass(frozen=True, slots=True)
class Layout:
    """How the positions of one sequence are shared out."""

    limit: int
    """Positions of a whole sequence, special tokens and nodes included."""
    reserved_nodes: int = 64
    """Positions that code leaves to nodes when there are that many; 0 feeds no nodes at all."""
    prose: int = 0
    """Positions for name, docstring and context together; 0 for models that were trained on code only."""
    windows: int = 1
    """The most segments that one symbol may become; 1 cuts its end off."""
    prefix: tuple[int, ...] = ()
    """Sub-tokens that stand behind the first `<s>`."""


class _Code(NamedTuple):
    """The code of all inputs as one row of tokens."""

    numbers: Integers
    lengths: Integers
    """Sub-tokens of each token."""
    bounds: Integers
    """(inputs + 1,) where each input's tokens are."""
    before: Integers
    """(tokens + 1,) sub-tokens before each token."""


class _Rows(NamedTuple):
    """The data flow of all inputs; tokens are counted through all inputs, so `tokens` ascends."""

    tokens: Integers
    children: Integers
    """(edges,) row numbers."""
    parents: Integers
    """(edges,) tokens."""


def build(
    inputs: Sequence[EncoderInput], layout: Layout, subtokens: Subtokens, vocabulary: Vocabulary | None = None
) -> Features:
    """Make the features of all inputs; `subtokens` must be silent about `LAYOUT`."""
    subtokens.make_room()
    special = vocabulary or Vocabulary()
    code = _code(inputs, subtokens)
    prose, prose_starts = _prose(inputs, layout, subtokens)
    rows = _rows(inputs, code.bounds) if layout.reserved_nodes else _rows((), code.bounds)
    heads = 1 + len(layout.prefix) + np.diff(prose_starts) + (np.diff(prose_starts) > 0)
    of_input = np.diff(np.searchsorted(rows.tokens, code.bounds))
    room = layout.limit - 1 - heads - np.minimum(of_input, layout.reserved_nodes)
    owners, first, last = _segments(inputs, code, room, layout.windows)

    first_row, last_row = np.searchsorted(rows.tokens, first), np.searchsorted(rows.tokens, last)
    head = heads[owners]
    available = layout.limit - 1 - head - np.minimum(last_row - first_row, layout.reserved_nodes)
    kept = np.minimum(code.before[last] - code.before[first], np.maximum(available, 0))
    nodes = np.minimum(last_row - first_row, layout.limit - 1 - head - kept)
    starts = starts_of(head + kept + 1 + nodes)
    at = starts[:-1]
    ids = np.full(int(starts[-1]), special.node, np.int64)
    ids[at] = special.start
    for offset, number in enumerate(layout.prefix, 1):
        ids[at + offset] = number
    length = np.diff(prose_starts)[owners]
    ids[ranges(at + 1 + len(layout.prefix), length)] = prose[ranges(prose_starts[owners], length)]
    ids[(at + head - 1)[length > 0]] = special.end
    ids[ranges(at + head, kept)] = _cut_code(code, first, last, kept, subtokens)
    ids[at + head + kept] = special.end
    spans, edges, edge_starts = _graph(code, rows, first_row, nodes, head - code.before[first])
    return Features(
        ids=ids,
        starts=starts,
        code=head + kept + 1,
        spans=spans,
        node_starts=starts_of(nodes),
        edges=edges,
        edge_starts=edge_starts,
        owners=owners,
        weights=np.maximum(kept, 1),
    )


def _code(inputs: Sequence[EncoderInput], subtokens: Subtokens) -> _Code:
    """Look up the tokens of all inputs. Every token has a blank before it, save an input's very first."""
    texts: list[str] = []
    bounds, first = [0], []
    for source in inputs:
        at = next((index for index, token in enumerate(source.tokens) if token not in LAYOUT), None)
        if at is not None:
            first.append(len(texts) + at)
        texts += source.tokens
        bounds.append(len(texts))
    numbers = subtokens.numbers(texts, spaced=True)
    numbers[first] = subtokens.numbers([texts[index] for index in first], spaced=False)
    lengths = subtokens.lengths(numbers)
    return _Code(numbers, lengths, np.array(bounds), starts_of(lengths))


def _cut_code(code: _Code, first: Integers, last: Integers, kept: Integers, subtokens: Subtokens) -> Integers:
    """Return the sub-tokens of the tokens first..last of each segment, the first `kept` of them."""
    tokens = ranges(first, last - first)
    used = code.before[tokens] - np.repeat(code.before[first], last - first)
    lengths = np.clip(np.repeat(kept, last - first) - used, 0, code.lengths[tokens])
    return subtokens.gather(code.numbers[tokens], lengths)


def _prose(inputs: Sequence[EncoderInput], layout: Layout, subtokens: Subtokens) -> tuple[Integers, Integers]:
    """Return the prose of all inputs, and where each one's is: container, name, docstring, context.

    A docstring leaves half of the room to the context when there is any.
    """
    if not layout.prose:
        return np.zeros(0, np.int64), np.zeros(len(inputs) + 1, np.int64)
    texts: list[str] = []
    limits: list[int] = []
    bounds, first = [0], []
    for source in inputs:
        half = layout.prose // 2 if source.context else layout.prose
        pieces = [(source.container, half), (source.name, half), (source.docstring, half)]
        pieces += [(signature, layout.prose) for signature in source.context]
        present = [(text[: limit * CHARACTERS_PER_TOKEN], limit) for text, limit in pieces if text]
        first += [len(texts)] if present else []
        texts += [text for text, _ in present]
        limits += [limit for _, limit in present]
        bounds.append(len(texts))
    numbers = subtokens.numbers(texts, spaced=True)
    numbers[first] = subtokens.numbers([texts[index] for index in first], spaced=False)
    lengths = np.minimum(subtokens.lengths(numbers), np.array(limits, np.int64))
    before = starts_of(lengths)
    ends = np.repeat(before[bounds[:-1]] + layout.prose, np.diff(bounds))
    lengths = np.clip(ends - before[:-1], 0, lengths)
    return subtokens.gather(numbers, lengths), starts_of(lengths)[bounds]


def _rows(inputs: Sequence[EncoderInput], bounds: Integers) -> _Rows:
    steps: list[int] = []
    counts: list[int] = []
    parents: list[int] = []
    sizes: list[tuple[int, int]] = []
    for source in inputs:
        own = _columns(source)
        steps += own.steps
        counts += own.counts
        parents += own.parents
        sizes.append((len(own.steps), len(own.parents)))
    rows, edges = np.array(sizes, np.int64).reshape(-1, 2).T
    first = starts_of(rows)[:-1]
    along = starts_of(np.array(steps, np.int64))
    tokens = along[1:] + np.repeat(bounds[: len(inputs)] - along[first], rows)
    return _Rows(
        tokens,
        np.repeat(np.arange(len(tokens)), np.array(counts, np.int64)),
        tokens[np.array(parents, np.int64) + np.repeat(first, edges)],
    )


def _columns(source: EncoderInput) -> FlowColumns:
    """Return the rows of an input, without those whose tokens were cut away; none when they are damaged."""
    if not source.data_flow:
        return NO_ROWS
    try:
        found = columns(source.data_flow)
        if sum(found.steps) < len(source.tokens):
            return found
        rows = unpack(source.data_flow, sum(found.steps) + 1)
    except msgspec.DecodeError:
        return NO_ROWS
    count = sum(row.token < len(source.tokens) for row in rows)
    kept = [[parent for parent in row.parents if parent < count] for row in rows[:count]]
    return FlowColumns(found.steps[:count], list(map(len, kept)), list(chain.from_iterable(kept)))


def _segments(
    inputs: Sequence[EncoderInput], code: _Code, room: Integers, windows: int
) -> tuple[Integers, Integers, Integers]:
    """Return the owner, the first and the last + 1 token of each segment."""
    first, last = code.bounds[:-1], code.bounds[1:]
    long = np.flatnonzero(code.before[last] - code.before[first] > room) if windows > 1 else ()
    if not len(long):
        return np.arange(len(inputs)), first, last
    cuts: dict[int, list[Window]] = {}
    for owner in map(int, long):
        lengths = code.lengths[first[owner] : last[owner]]
        cuts[owner] = cut(inputs[owner].tokens, lengths.tolist(), max(int(room[owner]), 1), windows)
    owners = [owner for owner in range(len(inputs)) for _ in cuts.get(owner, (None,))]
    parts = [part for owner in range(len(inputs)) for part in cuts.get(owner, [(0, int(last[owner] - first[owner]))])]
    base = first[owners]
    bounds = np.array(parts, np.int64)
    return np.array(owners), base + bounds[:, 0], base + bounds[:, 1]


def _graph(
    code: _Code, rows: _Rows, first_row: Integers, nodes: Integers, shift: Integers
) -> tuple[Integers, Integers, Integers]:
    """Return spans, edges and where each segment's edges are; `shift` leads from sub-tokens to positions."""
    kept = ranges(first_row, nodes)
    segment = np.repeat(np.arange(len(nodes)), nodes)
    node_starts = starts_of(nodes)
    tokens = rows.tokens[kept]
    begin = code.before[tokens] + shift[segment]
    spans = np.stack([begin, begin + code.lengths[tokens]], 1) if len(kept) else np.zeros((0, 2), np.int64)

    number = np.full(len(rows.tokens), -1)
    number[kept] = np.arange(len(kept))
    child = number[rows.children]
    parent = np.searchsorted(tokens, rows.parents, "right") - 1
    found = (child >= 0) & (parent >= 0)
    found[found] = (tokens[parent[found]] == rows.parents[found]) & (segment[parent[found]] == segment[child[found]])
    child, parent = child[found], parent[found]
    base = node_starts[segment[child]]
    edges = np.stack([child - base, parent - base], 1)
    return spans, edges, np.searchsorted(child, node_starts)
