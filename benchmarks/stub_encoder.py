"""An encoder that costs next to nothing, to see what everything around a model costs.

Tests: tests/unit/benchmarks/test_bench_ingest.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from codegraph.core.digests import digest
from codegraph.embed.encoder import FloatArray
from codegraph.embed.render import EncoderInput

DIMENSIONS = 768
ROWS = 1_024


class StubEncoder:
    """A vector is a row of a fixed table of random ones, chosen by a checksum of the input's name."""

    name = "stub"
    dimensions = DIMENSIONS
    identity = digest(b"stub")
    max_length = 512
    device = "cpu"

    def __init__(self) -> None:
        rows = np.random.Generator(np.random.PCG64(DIMENSIONS)).standard_normal((ROWS, DIMENSIONS))
        self._table = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def length(self, source: EncoderInput) -> int:
        """Count the input's tokens."""
        return max(1, min(self.max_length, len(source.tokens)))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return a row of the table for each input."""
        rows: FloatArray = self._table[[_row(source.name) for source in inputs]]
        return rows

    def encode_query(self, text: str) -> FloatArray:
        """Return the row of the table that an input of that name has."""
        row: FloatArray = self._table[_row(text)].copy()
        return row


def _row(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "replace")) % ROWS
