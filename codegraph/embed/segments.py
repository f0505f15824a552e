"""Segments as arrays: what `features` builds, `collate` pads and `roberta` reads; needs numpy only.

Tests: tests/unit/embed/test_embed_features.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from codegraph.embed.subtokens import Integers


class Vocabulary(NamedTuple):
    """The numbers of a model's special tokens; for RoBERTa 0, 1, 2, 3."""

    start: int = 0
    padding: int = 1
    end: int = 2
    node: int = 3


@dataclass(frozen=True, slots=True)
class Features:
    """Ragged arrays of n segments; `starts`, `node_starts`, `edge_starts` (n + 1,) say where each one's part is."""

    ids: Integers
    """Sub-token numbers, `Vocabulary.node` for nodes."""
    starts: Integers
    code: Integers
    """(n,) positions before the first node: special tokens, prose and code."""
    spans: Integers
    """(nodes, 2) first and last + 1 position of a node's token in its segment, cut or not."""
    node_starts: Integers
    edges: Integers
    """(edges, 2) node and parent, numbered within their segment."""
    edge_starts: Integers
    owners: Integers
    """(n,) which input a segment belongs to, ascending."""
    weights: Integers
    """(n,) how many code sub-tokens a segment has, at least 1."""

    @property
    def lengths(self) -> Integers:
        """(n,) positions of each segment."""
        return np.diff(self.starts)
