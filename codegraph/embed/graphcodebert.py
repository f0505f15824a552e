"""GraphCodeBERT, and without nodes its siblings CodeBERT and RoBERTa; imported only where torch is.

*Input*: `features.build` says what the model is fed; the spec says how much of it. Checkpoints that were
fine-tuned on code alone get no prose. A symbol longer than the limit becomes several windows, whose vectors
are averaged by their number of code sub-tokens. A query is `<s> text </s>`, at most `QUERY_TOKENS`, no nodes.

*Output* by the spec's pooling, then L2:

    mean      the last states of all positions before the nodes; for checkpoints that were not fine-tuned
    cls       the last state of <s>; likewise
    pooler    tanh(W h + b) of <s> with the checkpoint's own, trained pooler
    codecse   the same with CodeCSE's mlp.dense

Encoding has three stages, so that the device never waits for Python: `prepare` (tokenising and features; any
thread, ahead of time), `start` (padding, upload, launch; returns at once on a GPU) and the function that
`start` returns (waits for the vectors). The worker runs them overlapped; `encode` runs them in a row.
Tests: tests/unit/embed/test_embed_graphcodebert.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codegraph.embed import checkpoint, hardware
from codegraph.embed.collate import Batch, collate
from codegraph.embed.compiled import Compile
from codegraph.embed.encoder import FloatArray
from codegraph.embed.features import LAYOUT, Layout, build
from codegraph.embed.pooled import Head, PooledRoberta
from codegraph.embed.render import EncoderInput
from codegraph.embed.roberta import Attention, Roberta
from codegraph.embed.segments import Features
from codegraph.embed.spec import ModelSpec
from codegraph.embed.subtokens import Subtokens
from codegraph.embed.subwords import Subwords
from codegraph.errors import EncoderError

QUERY_TOKENS = 128
QUERY_CHARACTERS = 8 * QUERY_TOKENS
POOLINGS = ("mean", "cls", *checkpoint.HEADS)
RESERVED_POSITIONS = 2
"""Rows of the position table that no code position uses: 0 is the nodes', 1 is the padding's."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Inputs made ready: their features, and how many positions each of them needs in all its windows."""

    features: Features
    lengths: Sequence[int]


class GraphCodeBertEncoder:
    """One loaded model. `prepare` may run in one other thread; the rest belongs to one thread."""

    def __init__(
        self, spec: ModelSpec, identity: bytes, model: Roberta, subwords: Subwords, head: Head | None = None
    ) -> None:
        """Wrap a loaded model; `head` is needed for the poolings that have one."""
        self.name = spec.name
        self.identity = identity
        self.device = str(model.device)
        self.dimensions = model.shape.width
        self.max_length = min(spec.max_tokens, model.shape.positions - RESERVED_POSITIONS)
        self._pooled = PooledRoberta(spec.name, model, subwords.vocabulary, spec.pooling, head)
        self.in_flight = self._pooled.in_flight
        """How many batches may be started before the first of them is waited for."""
        self._query_prefix = subwords.prefix(spec.query_prefix) if spec.query_prefix else ()
        self.model = model
        self._subwords = subwords
        self._subtokens = Subtokens(subwords.many, sorted(LAYOUT))
        self._layout = _layout(spec, self.max_length, subwords)

    @classmethod
    def load(
        cls,
        spec: ModelSpec,
        directory: Path,
        identity: bytes,
        device: str = "auto",
        precision: str = "auto",
        attention: Attention = "sdpa",
        compile_layers: Compile = "off",
    ) -> GraphCodeBertEncoder:
        """Load weights and tokenizer from `directory`; raises EncoderError."""
        chosen = hardware.device_of(device)
        if spec.pooling not in POOLINGS:
            raise EncoderError(f"{spec.name} cannot be pooled by {spec.pooling}", f"use one of {', '.join(POOLINGS)}")
        found = checkpoint.read(spec.name, directory, spec.pooling)
        subwords = Subwords.load(spec.name, directory, found.shape.vocabulary)
        model = Roberta(found.shape, found.state, chosen, hardware.choose(precision, chosen), attention, compile_layers)
        return cls(spec, identity, model, subwords, found.head)

    def length(self, source: EncoderInput) -> int:
        """Return the number of positions after cutting, all special tokens and nodes included."""
        return int(build([source], self._layout, self._subtokens, self._subwords.vocabulary).lengths.max())

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises MemoryError when the batch does not fit on the device."""
        if not inputs:
            return np.empty((0, self.dimensions), np.float32)
        return self.start(self.prepare(inputs), range(len(inputs)))()

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        room = min(QUERY_TOKENS, self.max_length) - 2 - len(self._query_prefix)
        words = self._subwords.one(text[:QUERY_CHARACTERS])[:room]
        special = self._subwords.vocabulary
        ids = np.array([[special.start, *self._query_prefix, *words, special.end]], np.int64)
        size = np.array([ids.shape[1]])
        none = np.zeros(0, np.int64)
        vectors = self._pooled.launch(Batch(ids, size, size, none, none, none, none))
        row: FloatArray = _unit(vectors())[0]
        return row

    def prepare(self, inputs: Sequence[EncoderInput]) -> Prepared:
        """Tokenise and build features."""
        features = build(inputs, self._layout, self._subtokens, self._subwords.vocabulary)
        totals = np.bincount(features.owners, features.lengths, len(inputs))
        return Prepared(features, totals.astype(np.int64).tolist())

    def start(self, prepared: Prepared, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """Begin to encode some prepared inputs; the result waits for their unit rows. Both raise MemoryError."""
        features = prepared.features
        inputs = np.array(positions, np.int64)
        first = np.searchsorted(features.owners, inputs, "left")
        counts = np.searchsorted(features.owners, inputs, "right") - first
        chosen = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
        width = min(self.model.width_of(int(features.lengths[chosen].max())), self.max_length)
        batch = collate(features, chosen, width, self._subwords.vocabulary.padding)
        vectors = self._pooled.launch(batch)
        weights = features.weights[chosen]

        def finish() -> FloatArray:
            rows = vectors()
            if len(chosen) > len(inputs):
                rows = np.add.reduceat(rows * weights[:, None].astype(np.float32), np.cumsum(counts) - counts)
            return _unit(rows)

        return finish


def _layout(spec: ModelSpec, limit: int, subwords: Subwords) -> Layout:
    """Share out the positions; small models, as in tests, keep half of them for code."""
    return Layout(
        limit=limit,
        reserved_nodes=min(spec.node_tokens, limit // 4) if spec.reads_data_flow else 0,
        prose=min(spec.prose_tokens, limit // 4),
        windows=spec.windows,
        prefix=subwords.prefix(spec.document_prefix) if spec.document_prefix else (),
    )


def _unit(rows: FloatArray) -> FloatArray:
    found: FloatArray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return found
