"""Segments of features padded to one batch, and the mask that says who sees whom in it.

`collate` makes a `Batch` of chosen segments. `visible` makes the batch's attention mask, by the same lines for
numpy arrays and for torch tensors on any device: data flow opens single *cells* of the mask, which are listed,
and all else follows from lengths.
Invariant: apart from padding, nothing of a segment's part of a batch depends on its neighbours.
Tests: tests/unit/embed/test_embed_features.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from codegraph.embed.segments import Features, Vocabulary
from codegraph.embed.subtokens import Integers, ranges, starts_of


@dataclass(frozen=True, slots=True)
class Batch:
    """B segments padded to W positions. Flat indices count through (B, W), or through (B, W, W) for `cells`."""

    ids: Integers
    """(B, W)"""
    code: Integers
    """(B,) positions before the nodes."""
    present: Integers
    """(B,) positions before the padding."""
    nodes: Integers
    """(K,) flat positions of the nodes."""
    span: Integers
    """Flat positions of the code that the nodes see, node after node."""
    span_starts: Integers
    """(K,) where each node's part of `span` begins."""
    cells: Integers
    """Flat indices of the mask's cells that data flow opens."""


def collate(features: Features, chosen: Integers, width: int, padding: int = 1) -> Batch:
    """Pad the chosen segments to `width` positions, which must be enough for each of them."""
    size = len(chosen)
    present = features.lengths[chosen]
    code = features.code[chosen]
    ids = np.full(size * width, padding, np.int64)
    ids[ranges(np.arange(size) * width, present)] = features.ids[ranges(features.starts[chosen], present)]

    nodes = np.diff(features.node_starts)[chosen]
    row = np.repeat(np.arange(size), nodes)
    place = np.repeat(code, nodes) + ranges(np.zeros(size, np.int64), nodes)
    spans = features.spans[ranges(features.node_starts[chosen], nodes)]
    seen = np.where(spans[:, 1] < np.repeat(code, nodes), spans[:, 1] - spans[:, 0], 0)
    column = ranges(spans[:, 0], seen)
    node_row, node_place = np.repeat(row, seen), np.repeat(place, seen)

    flows = np.diff(features.edge_starts)[chosen]
    edges = features.edges[ranges(features.edge_starts[chosen], flows)]
    edge_row = np.repeat(np.arange(size), flows)
    base = np.repeat(code, flows)
    cells = [
        (node_row * width + node_place) * width + column,
        (node_row * width + column) * width + node_place,
        (edge_row * width + base + edges[:, 0]) * width + base + edges[:, 1],
    ]
    return Batch(
        ids=ids.reshape(size, width),
        code=code,
        present=present,
        nodes=row * width + place,
        span=node_row * width + column,
        span_starts=starts_of(seen)[:-1],
        cells=np.concatenate(cells),
    )


def visible(ids: Any, code: Any, present: Any, cells: Any, columns: Any, vocabulary: Vocabulary) -> Any:
    """Return who may see whom, bool (B, W, W), row = who looks; `columns` is arange(W) of the same kind of array.

    Code sees code, special tokens see everything, and `cells` says what nodes see and are seen by: nodes see
    neither special tokens nor themselves. Rows of padding, and nodes without code and parents, see nothing.
    """
    is_code = columns < code[:, None]
    is_special = (ids == vocabulary.start) | (ids == vocabulary.end)
    mask = (is_code[:, :, None] & is_code[:, None, :]) | (
        is_special[:, :, None] & (columns < present[:, None])[:, None, :]
    )
    mask.reshape(-1)[cells] = True
    return mask
