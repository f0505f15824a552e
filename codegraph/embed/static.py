"""Static models: a table with one vector per token; a text's vector is the mean of its tokens' vectors.

The format is model2vec's: `model.safetensors` with `embeddings` (tokens x dimensions, float or int8), perhaps
`weights` (one per token) and `mapping` (token -> row); `tokenizer.json`. Unknown tokens do not count. There is no
network: neither torch nor transformers is needed, only numpy and the tokenizer, and a symbol takes microseconds.
Tests: tests/unit/embed/test_embed_static.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codegraph.embed.encoder import MAX_QUERY_CHARACTERS, FloatArray
from codegraph.embed.ensemble import unit
from codegraph.embed.render import EncoderInput
from codegraph.embed.safetensors_file import tensors
from codegraph.embed.spec import ModelSpec
from codegraph.embed.text import passage
from codegraph.errors import EncoderError

NAMES = ("embeddings", "embedding.weight", "weights", "mapping")
BATCH_CHARACTERS = 1 << 22
TOKENS_A_LENGTH = 8
"""Tokens that count as one in a batch's length: nothing is padded here, and larger batches are faster."""


class StaticEncoder:
    """A loaded table. Safe to use from several threads."""

    device = "cpu"

    def __init__(self, spec: ModelSpec, identity: bytes, table: FloatArray, tokenizer: Any) -> None:
        """Wrap a table of one row per token number, and a tokenizer of the library `tokenizers`."""
        self.name = spec.name
        self.identity = identity
        self.dimensions = table.shape[1]
        self.max_length = spec.max_tokens
        self._table = table
        self._tokenizer = tokenizer
        self._prefixes = (spec.document_prefix, spec.query_prefix)
        unknown = getattr(tokenizer.model, "unk_token", None)
        self._unknown = tokenizer.token_to_id(unknown) if unknown else None

    @classmethod
    def load(cls, spec: ModelSpec, directory: Path, identity: bytes) -> StaticEncoder:
        """Read table and tokenizer; raises EncoderError."""
        from tokenizers import Tokenizer

        found = tensors(spec.name, directory / "model.safetensors", NAMES)
        table = found.get("embeddings", found.get("embedding.weight"))
        if table is None or table.ndim != 2 or not len(table):
            raise EncoderError(
                f"{spec.name} in {directory} holds no table of token vectors", "choose a model in model2vec's format"
            )
        try:
            tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        except Exception as error:  # the library raises Exception itself
            raise EncoderError(
                f"the tokenizer of {spec.name} in {directory} cannot be read: {error}", "fetch the model again"
            ) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        rows = _rows(spec.name, table, found.get("weights"), found.get("mapping"), tokenizer.get_vocab_size())
        return cls(spec, identity, rows, tokenizer)

    def length(self, source: EncoderInput) -> int:
        """Return about an eighth of the input's tokens."""
        return max(1, min(self.max_length, len(source.tokens) // TOKENS_A_LENGTH))

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; NaN for a text without any known token."""
        if not inputs:
            return np.empty((0, self.dimensions), np.float32)
        return self._encode([self._prefixes[0] + passage(source).within(BATCH_CHARACTERS) for source in inputs])

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query; NaN if it has no known token."""
        row: FloatArray = self._encode([self._prefixes[1] + text[:MAX_QUERY_CHARACTERS]])[0]
        return row

    def _encode(self, texts: list[str]) -> FloatArray:
        sums = np.zeros((len(texts), self.dimensions), np.float32)
        for row, found in enumerate(self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)):
            numbers = np.array(found.ids[: self.max_length], np.int64)
            if self._unknown is not None:
                numbers = numbers[numbers != self._unknown]
            sums[row] = self._table[numbers].sum(0)
        return unit(sums)


def _rows(
    name: str,
    table: npt.NDArray[Any],
    weights: npt.NDArray[Any] | None,
    mapping: npt.NDArray[Any] | None,
    tokens: int,
) -> FloatArray:
    """Return one weighted float32 row per token number; raises EncoderError if the parts do not fit together."""
    if mapping is not None:
        if mapping.ndim != 1 or not len(mapping) or mapping.min() < 0 or mapping.max() >= len(table):
            raise EncoderError(f"the mapping of {name} names rows that its table lacks", "fetch the model again")
        table = table[mapping]
    if len(table) != tokens:
        raise EncoderError(
            f"the tokenizer of {name} knows {tokens} tokens, its table has {len(table)}",
            "it is the tokenizer of another model; fetch the model again",
        )
    rows: FloatArray = table.astype(np.float32)
    if weights is not None:
        if weights.shape != (len(rows),):
            raise EncoderError(f"{name} has weights for {weights.shape} tokens, not {len(rows)}", "fetch it again")
        rows *= weights.astype(np.float32)[:, None]
    if not np.isfinite(rows).all():
        raise EncoderError(f"the table of {name} has numbers that are not finite", "fetch the model again")
    return rows
