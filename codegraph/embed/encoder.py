"""What an encoder is, and a fake one that tests record with.

An encoder turns `EncoderInput`s into unit vectors. Its `identity` fingerprints everything that decides
those vectors (weights, tokenizer, pooling, prefixes, limits), so vectors of two models never meet under
one key. Encoding is a function of the single input: neither the other inputs of a batch nor earlier
calls may show in a vector beyond rounding.
Tests: tests/unit/embed/test_embed_encoder.py.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from codegraph.core.digests import digest
from codegraph.embed.render import EncoderInput

FloatArray = npt.NDArray[np.float32]
"""float32: shape (dimensions,) for one vector, (n, dimensions) for several."""

MAX_QUERY_CHARACTERS = 10_000
"""The rest of a longer query is not read."""


class Encoder(Protocol):
    """Turns symbols and queries into unit vectors of `dimensions` float32 numbers."""

    @property
    def identity(self) -> bytes:
        """Fingerprint of all that decides the vectors, 16 bytes."""
        ...

    @property
    def name(self) -> str:
        """The model's name, for people."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        ...

    @property
    def max_length(self) -> int:
        """The most tokens that one input can use; the rest is cut."""
        ...

    @property
    def device(self) -> str:
        """Where the model runs: cpu, cuda:0, ..."""
        ...

    def length(self, source: EncoderInput) -> int:
        """Return how many tokens `source` will take in a batch, at least 1 and at most `max_length`."""
        ...

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one L2-normalised row per input, shape (n, dimensions).

        Raises MemoryError when the batch is too large for the device, EncoderError for other failures.
        """
        ...

    def encode_query(self, text: str) -> FloatArray:
        """Return the L2-normalised vector of a search query, shape (dimensions,)."""
        ...


class RecordingEncoder:
    """A fake: vectors are drawn from a hash of the input, and every input is remembered.

    `recorded` and `queries` list what was encoded, in order. Equal inputs give equal vectors; different
    ones give nearly orthogonal ones. Safe to use from several threads.
    """

    max_length = 512
    device = "cpu"

    def __init__(self, name: str = "recording", dimensions: int = 16) -> None:
        self.name = name
        self.dimensions = dimensions
        self.identity = digest(f"{name}:{dimensions}".encode())
        self.recorded: list[EncoderInput] = []
        self.queries: list[str] = []
        self._lock = threading.Lock()

    def length(self, source: EncoderInput) -> int:
        """Count the input's tokens."""
        return max(1, min(self.max_length, len(source.tokens)))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Remember the inputs and return their hash vectors."""
        with self._lock:
            self.recorded.extend(inputs)
        rows = [self._vector(msgspec.msgpack.encode(source)) for source in inputs]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), np.float32)

    def encode_query(self, text: str) -> FloatArray:
        """Remember the query and return its hash vector."""
        with self._lock:
            self.queries.append(text)
        return self._vector(text.encode("utf-8", "replace"))

    def _vector(self, data: bytes) -> FloatArray:
        seed = int.from_bytes(digest(self.identity + data), "little")
        vector = np.random.Generator(np.random.PCG64(seed)).standard_normal(self.dimensions)
        return (vector / np.linalg.norm(vector)).astype(np.float32)
